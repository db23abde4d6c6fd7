package import Files
internal import HTTPClient

/// Who gives tokens, and what is sent to it.
package enum TokenProvider: Sendable, Equatable {
    case oauth(OAuthClient)
    /// The metadata server of Google's machines, which signs who we are for an audience.
    case google(host: String, audience: String)
    case azure(AzureIdentity)
}

/// A client of its own right (RFC 6749 §4.4).
package struct OAuthClient: Sendable, Equatable {
    /// How it proves who it is.
    package enum Proof: Sendable, Equatable {
        /// `inForm`: as members of the form, which some servers want; else as RFC 6749 §2.3.1 wants it.
        case secret(TokenOrigin, inForm: Bool)
        /// A token that somebody else has signed (RFC 7523 §2.2).
        case assertion(TokenOrigin)
    }

    package var url: TokenURL
    package var id: String
    package var proof: Proof
    package var scope: String?
    package var audience: String?

    package init(url: TokenURL, id: String, proof: Proof, scope: String? = nil, audience: String? = nil) {
        (self.url, self.id, self.proof, self.scope, self.audience) = (url, id, proof, scope, audience)
    }
}

/// The managed identity of a machine or a container in Azure.
package struct AzureIdentity: Sendable, Equatable {
    /// Where the platform says that it is; nil: at the address of the metadata service.
    package var endpoint: TokenURL?
    /// What shows that we are inside.
    package var header: Secret?
    package var resource: String
    /// Which of several identities; nil: the system's.
    package var clientID: String?

    package init(endpoint: TokenURL?, header: Secret?, resource: String, clientID: String? = nil) {
        (self.endpoint, self.header, self.resource, self.clientID) = (endpoint, header, resource, clientID)
    }
}

/// An address that was checked, as it was written: a slash at its end counts.
package struct TokenURL: Sendable, Equatable {
    package let text: String
    package let host: String

    package init(text: String, host: String) { (self.text, self.host) = (text, host) }
}

extension TokenProvider {
    /// What may be told of it.
    var host: String {
        switch self {
        case .oauth(let client): client.url.host
        case .google(let host, _): host
        case .azure(let identity): identity.endpoint?.host ?? Self.azureHost
        }
    }

    /// The file or value that is sent with each request.
    var proof: TokenOrigin? {
        guard case .oauth(let client) = self else { return nil }
        switch client.proof {
        case .secret(let origin, _), .assertion(let origin): return origin
        }
    }

    private static let azureHost = "169.254.169.254"

    /// How long an answer may take, and how much of it is looked at.
    static let patience = Duration.seconds(10)
    static let longestAnswer = 64 * 1024

    /// The request, and what of it must not be told.
    ///
    /// It carries nothing of the app's: no certificate, no proxy, no authorities.
    func request(_ proof: Secret?, tls: TLSOptions) -> (Request, secrets: [Secret]) {
        switch self {
        case .oauth(let client): return client.request(proof, tls)
        case .google(let host, let audience):
            let account = "http://\(host)/computeMetadata/v1/instance/service-accounts/default/identity"
            let url = "\(account)?audience=\(FormText.encoded(audience, blank: "%20"))"
            return (Self.get(url, ["Metadata-Flavor": "Google"], tls), [])
        case .azure(let identity):
            let version = identity.endpoint == nil ? "2018-02-01" : "2019-08-01"
            let base = identity.endpoint?.text ?? "http://\(Self.azureHost)/metadata/identity/oauth2/token"
            var url = "\(base)?api-version=\(version)&resource=\(FormText.encoded(identity.resource, blank: "%20"))"
            if let id = identity.clientID { url += "&client_id=\(FormText.encoded(id, blank: "%20"))" }
            var headers: HeaderLines = identity.endpoint == nil ? ["Metadata": "true"] : [:]
            if let header = identity.header { headers.add("X-IDENTITY-HEADER", header.reveal) }
            return (Self.get(url, headers, tls), identity.header.map { [$0] } ?? [])
        }
    }

    private static func get(_ url: String, _ headers: HeaderLines, _ tls: TLSOptions) -> Request {
        Request("GET", url, headers: headers, timeout: patience, bodyLimit: longestAnswer, tls: tls)
    }
}

extension OAuthClient {
    /// What says that a form holds a signed token (RFC 7523 §2.2).
    private static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    fileprivate func request(_ proof: Secret?, _ tls: TLSOptions) -> (Request, secrets: [Secret]) {
        let text = proof?.reveal ?? ""
        var form: [(String, String?)] = [
            ("grant_type", "client_credentials"), ("scope", scope), ("audience", audience),
        ]
        var headers: HeaderLines = [
            "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
        ]
        var secrets = [text, FormText.encoded(text)]
        switch self.proof {
        case .secret(_, inForm: true): form += [("client_id", id), ("client_secret", text)]
        case .secret(_, inForm: false):
            // Both are encoded before they are joined: either may hold a colon (§2.3.1).
            let value = Base64.encode("\(FormText.encoded(id)):\(FormText.encoded(text))".utf8)
            headers.add("Authorization", "Basic \(value)")
            secrets.append(value)
        case .assertion:
            form += [
                ("client_id", id), ("client_assertion_type", Self.assertionType), ("client_assertion", text),
            ]
        }
        let request = Request(
            "POST",
            url.text,
            headers: headers,
            body: Array(FormText.encoded(form).utf8),
            timeout: TokenProvider.patience,
            bodyLimit: TokenProvider.longestAnswer,
            tls: tls
        )
        return (request, secrets.map(Secret.init))
    }
}
