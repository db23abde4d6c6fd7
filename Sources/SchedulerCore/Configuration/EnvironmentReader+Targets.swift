package import Calling
internal import Clockwork
internal import Files
package import HTTPClient
internal import Telling

/// One more app that is called.
package struct OtherApp: Sendable, Equatable {
    package var url: BaseURL
    /// Nil: requests carry none.
    package var token: TokenOrigin?
}

/// Apps beside the one that `API_URL` names.
extension EnvironmentReader {
    private static let (tokenEnd, fileEnd) = ("_TOKEN", "_TOKEN_FILE")
    /// Other programs' name for what is `API_URL` here.
    static let misnamed = Variable.targetPrefix + "URL"
    private static let example = "write for example \(Variable.targetPrefix)BILLING=https://billing:9000"

    /// By name.
    mutating func targets() -> [String: OtherApp] {
        var (apps, urls) = ([String: OtherApp](), [String: String]())
        let names = names(withPrefix: Variable.targetPrefix).filter { $0 != Self.misnamed }
        for name in names where !name.hasSuffix(Self.tokenEnd) && !name.hasSuffix(Self.fileEnd) {
            guard let app = appName(name) else { continue }
            if let other = urls.updateValue(name, forKey: app) {
                fault(name, "\(name) and \(other) name the same app, \(app); leave one of them out")
                continue
            }
            let (url, token) = (url(named: name), token(name))
            if let url { apps[app] = OtherApp(url: url, token: token) }
        }
        for name in names where name.hasSuffix(Self.tokenEnd) || name.hasSuffix(Self.fileEnd) {
            let end = name.hasSuffix(Self.fileEnd) ? Self.fileEnd : Self.tokenEnd
            let target = String(name.dropLast(end.count))
            if !isSet(named: target) {
                fault(
                    name,
                    "\(name) is the token of an app that is not there; set \(target) to its URL, or take it out"
                )
            }
        }
        return apps
    }

    /// The names of them, of those with a fault as well.
    var targetNames: [String] {
        names(withPrefix: Variable.targetPrefix).filter {
            $0 != Self.misnamed && !$0.hasSuffix(Self.tokenEnd) && !$0.hasSuffix(Self.fileEnd)
        }.map { JobName.folded($0.dropFirst(Variable.targetPrefix.count).lowercased()) }
    }

    private func isSet(named name: String) -> Bool { environment[name] != nil }

    /// `billing` of `SCHEDULER_TARGET_BILLING`.
    private mutating func appName(_ variable: String) -> String? {
        let name = JobName.folded(variable.dropFirst(Variable.targetPrefix.count).lowercased())
        guard JobName.isValid(name) else {
            fault(variable, "\(variable) names no app; \(Self.example)")
            return nil
        }
        guard name != Job.mainTarget else {
            fault(
                variable,
                "\(variable): app is the name of the main app, which \(Variable.apiURL.name) says; write another name"
            )
            return nil
        }
        return name
    }

    private mutating func url(named name: String) -> BaseURL? {
        guard let value = text(name, allowed: "an http:// or https:// URL") else { return nil }
        guard !UnexpandedReference.isIn(value) else {
            fault(name, "\(name) (its value is not shown) \(UnexpandedReference.rule)")
            return nil
        }
        do throws(URLError) {
            return try BaseURL(parsing: value.trimmingBlanks)
        } catch {
            fault(name, "\(quoted(name, withoutSecrets(value))) \(error)")
            return nil
        }
    }

    /// The token of the app that a variable names.
    private mutating func token(_ target: String) -> TokenOrigin? {
        let (plain, fileName) = (target + Self.tokenEnd, target + Self.fileEnd)
        let token = secret(named: plain)
        guard isSet(named: fileName) else { return token.map { TokenOrigin($0, file: nil) } }
        guard let path = text(fileName, allowed: "the path of a file with the token") else { return nil }
        let file = TokenFile(path, variable: fileName)
        guard token == nil else {
            fault(fileName, "\(file.shown) and \(plain) are both set; leave one of them out")
            return nil
        }
        do throws(TokenFile.Fault) {
            let token = try TokenFile.token(in: sources.read(file.path, TokenFile.limit))
            secrets.append(token)
            return TokenOrigin(token, file: file)
        } catch {
            let advice = error == .reference ? "" : "; write the path of a file that holds the token alone"
            fault(fileName, "\(file.shown) \(error)\(advice)")
            return nil
        }
    }

    /// Empty counts as not set, because compose writes that for `${X:-}`.
    private mutating func secret(named name: String) -> Secret? {
        guard let value = environment[name]?.unquoted, !value.isEmpty else { return nil }
        let rule: String? =
            UnexpandedReference.isIn(value)
            ? UnexpandedReference.rule
            : value.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? nil : Self.secretRule
        guard rule == nil else {
            fault(name, "\(name) (its value is not shown) \(rule ?? "")")
            return nil
        }
        secrets.append(Secret(value))
        return Secret(value)
    }
}
