internal import Calling
internal import Files
internal import HTTPClient
internal import Telling

/// How calls say who they are.
struct CredentialSettings {
    var token: TokenOrigin?
    var user: String?
    var provider: TokenProvider?
}

/// The words of `SCHEDULER_AUTH`.
private enum Authentication: String, CaseIterable {
    case bearer, basic, oauth, google, azure

    /// The variables that it heeds, of those that not all do.
    var variables: [Variable] {
        switch self {
        case .bearer: []
        case .basic: [.apiUser]
        case .oauth: Variable.oauth
        case .google: [.oauthAudience]
        case .azure: [.oauthAudience, .oauthClientID]
        }
    }

    /// Whether tokens are fetched, rather than given.
    var fetches: Bool { self != .bearer && self != .basic }
}

extension Variable {
    fileprivate static let oauth: [Variable] = [
        .oauthTokenURL, .oauthClientID, .oauthClientSecretFile, .oauthAssertionFile, .oauthScope, .oauthAudience,
        .oauthClientAuth,
    ]
}

extension EnvironmentReader {
    /// `target` is where they will be sent.
    mutating func credentials(for target: BaseURL?) -> CredentialSettings {
        let words = Authentication.allCases.map { ($0.rawValue, $0) }
        let auth = word(.auth, words)
        let user = user(isNeeded: auth == .basic)
        let parts = providerParts(auth)
        var settings = CredentialSettings()
        guard let auth else { return settings }
        let unused = ([.apiUser] + Variable.oauth).filter { isSet($0) && !auth.variables.contains($0) }
        // As .env.example has it, that one says nothing.
        for variable in unused where variable != .oauthClientAuth {
            let fitting = Authentication.allCases.first { $0.variables.contains(variable) }?.rawValue ?? ""
            warn(
                variable.name,
                "\(variable.name) has no effect with \(Variable.auth.name)=\(auth.rawValue); leave it out, or write "
                    + "\(Variable.auth.name)=\(fitting)"
            )
        }
        guard auth.fetches else {
            settings.token = token(for: target, isPassword: auth == .basic)
            settings.user = auth == .basic ? user : nil
            return settings
        }
        _ = flag(.requireToken)
        for variable in [Variable.token, .tokenFile] where !(environment[variable.name]?.unquoted.isEmpty ?? true) {
            fault(
                variable,
                "\(variable.name) has no place beside \(Variable.auth.name)=\(auth.rawValue), which fetches tokens; leave "
                    + "it out"
            )
        }
        warnOfPlainHTTP(target)
        settings.provider = provider(auth, parts)
        return settings
    }

    /// RFC 7617 §2.
    private mutating func user(isNeeded: Bool) -> String? {
        let faultsBefore = faults.count
        guard let user = text(.apiUser) else {
            if isNeeded, faults.count == faultsBefore { missing(.apiUser, .basic) }
            return nil
        }
        guard !user.contains(":"), user.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            fault(
                .apiUser,
                "\(quoted(.apiUser, user)) holds a colon or a control character; write \(Variable.apiUser.allowed)"
            )
            return nil
        }
        return user
    }

    private mutating func missing(_ variable: Variable, _ auth: Authentication) {
        fault(
            variable,
            "\(Variable.auth.name)=\(auth.rawValue) needs \(variable.name), which is not set; write \(variable.allowed)"
        )
    }

    // MARK: - Those who give tokens

    /// What the variables of providers say, whichever of them counts.
    private struct Parts {
        var url: TokenURL?
        var id: String?
        var secret: TokenOrigin?
        var assertion: TokenOrigin?
        var scope: String?
        var audience: String?
        var isInForm = false
    }

    private mutating func providerParts(_ auth: Authentication?) -> Parts {
        var parts = Parts()
        parts.url = tokenURL()
        parts.id = printable(.oauthClientID)
        parts.scope = printable(.oauthScope)
        parts.audience = printable(.oauthAudience)
        parts.isInForm = word(.oauthClientAuth, [("basic", false), ("form", true)]) ?? false
        guard !(isSet(.oauthClientSecretFile) && isSet(.oauthAssertionFile)) else {
            let (one, other) = (Variable.oauthClientSecretFile.name, Variable.oauthAssertionFile.name)
            fault(.oauthAssertionFile, "\(other) and \(one) are both set; leave one of them out")
            return parts
        }
        let isRead = auth == .oauth
        parts.secret = proof(.oauthClientSecretFile, "the client's secret", isRead: isRead)
        parts.assertion = proof(.oauthAssertionFile, "the signed token", isRead: isRead)
        return parts
    }

    private mutating func tokenURL() -> TokenURL? {
        guard let value = text(.oauthTokenURL)?.trimmingBlanks else { return nil }
        guard !UnexpandedReference.isIn(value) else {
            fault(
                .oauthTokenURL,
                "\(Variable.oauthTokenURL.name) (its value is not shown) \(UnexpandedReference.rule)"
            )
            return nil
        }
        do throws(URLError) {
            let url = try BaseURL(parsing: value)
            guard url.scheme == "https" || url.isLoopback else {
                fault(
                    .oauthTokenURL,
                    "\(quoted(.oauthTokenURL, value)) is plain http: anyone on the way can read the secret; write https://…"
                )
                return nil
            }
            return TokenURL(text: value, host: url.host)
        } catch {
            fault(.oauthTokenURL, "\(quoted(.oauthTokenURL, withoutSecrets(value))) \(Self.rule(error))")
            return nil
        }
    }

    /// What is wrong and what to write.
    private static func rule(_ error: URLError) -> String {
        let example = "write for example https://login.example.com/oauth/token"
        return switch error {
        case .scheme: "is not an absolute http:// or https:// URL; \(example)"
        case .noHost: "names no host; \(example)"
        case .userInfo:
            "holds a user name or password; take it out, they go into \(Variable.oauthClientID.name) and "
                + Variable.oauthClientSecretFile.name
        case .query: "holds a query (?…); take it out"
        case .malformed(let reason): "is not a URL (\(reason)); \(example)"
        default: error.description
        }
    }

    private mutating func printable(_ variable: Variable) -> String? {
        guard let value = text(variable)?.trimmingBlanks else { return nil }
        guard !UnexpandedReference.isIn(value) else {
            fault(variable, "\(variable.name) (its value is not shown) \(UnexpandedReference.rule)")
            return nil
        }
        guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            fault(
                variable,
                "\(quoted(variable, value)) holds a control character or a non-ASCII character; write \(variable.allowed)"
            )
            return nil
        }
        return value
    }

    /// What a file holds that proves who we are.
    private mutating func proof(_ variable: Variable, _ what: String, isRead: Bool) -> TokenOrigin? {
        guard let path = text(variable)?.trimmingBlanks, isRead else { return nil }
        let file = TokenFile(path, variable: variable.name)
        do throws(TokenFile.Fault) {
            let secret = try TokenFile.token(in: sources.read(path, TokenFile.limit))
            secrets.append(secret)
            return TokenOrigin(secret, file: file)
        } catch {
            let problem = error == .empty ? "is empty" : error.description
            let advice = error == .reference ? "" : "; write the path of a file that holds \(what) alone"
            fault(variable, "\(file.shown) \(problem)\(advice)")
            return nil
        }
    }

    private mutating func provider(_ auth: Authentication, _ parts: Parts) -> TokenProvider? {
        for variable in auth == .oauth ? [.oauthTokenURL, .oauthClientID] : [Variable.oauthAudience]
        where !isSet(variable) {
            missing(variable, auth)
        }
        switch auth {
        case .bearer, .basic: return nil
        case .oauth:
            if !isSet(.oauthClientSecretFile), !isSet(.oauthAssertionFile) {
                fault(
                    .oauthClientSecretFile,
                    "\(Variable.auth.name)=oauth needs \(Variable.oauthClientSecretFile.name) or "
                        + "\(Variable.oauthAssertionFile.name), and neither is set; write the path of a file with one of them"
                )
            }
            let proof =
                parts.secret.map { OAuthClient.Proof.secret($0, inForm: parts.isInForm) }
                ?? parts.assertion.map { .assertion($0) }
            guard let url = parts.url, let id = parts.id, let proof else { return nil }
            return .oauth(OAuthClient(url: url, id: id, proof: proof, scope: parts.scope, audience: parts.audience))
        case .google: return parts.audience.map { .google(host: metadataHost(), audience: $0) }
        case .azure:
            let (endpoint, header) = (identityEndpoint(), secret(.identityHeader))
            return parts.audience.map {
                .azure(AzureIdentity(endpoint: endpoint, header: header, resource: $0, clientID: parts.id))
            }
        }
    }

    // MARK: - What the platforms say

    /// The name is not ours, so what makes no sense is a warning.
    private mutating func metadataHost() -> String {
        let standard = "metadata.google.internal"
        guard let value = sharedText(.metadataHost) else { return standard }
        if (try? BaseURL(parsing: "http://\(value)")) != nil, !value.contains("/") { return value }
        warn(
            Variable.metadataHost.name,
            "\(quoted(.metadataHost, value)) is no host; write \(Variable.metadataHost.allowed); until then it counts as "
                + standard
        )
        return standard
    }

    private mutating func identityEndpoint() -> TokenURL? {
        guard let value = sharedText(.identityEndpoint) else { return nil }
        if let url = try? BaseURL(parsing: value) { return TokenURL(text: value, host: url.host) }
        warn(
            Variable.identityEndpoint.name,
            "\(quoted(.identityEndpoint, withoutSecrets(value))) is no URL; write \(Variable.identityEndpoint.allowed); "
                + "until then it counts as unset"
        )
        return nil
    }
}
