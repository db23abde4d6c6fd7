import Calling
import Files
import Schedule
import TestSupport
import Testing

@testable import SchedulerCore

@Suite("Settings: who calls")
struct CredentialSettingsTests {
    private let folder: TemporaryFolder
    private let good: [String: String]

    init() throws {
        folder = try TemporaryFolder()
        good = [
            "SCHEDULER_AUTH": "oauth", "SCHEDULER_OAUTH_TOKEN_URL": "https://login.example.com/oauth/token/",
            "SCHEDULER_OAUTH_CLIENT_ID": "client",
            "SCHEDULER_OAUTH_CLIENT_SECRET_FILE": try folder.write("secret", "canary\n"),
        ]
    }

    private static let password = "0123456789abcdef0123456789abcdef"

    private func faults(_ environment: [String: String]) throws -> [String] {
        try #require(throws: SettingsFaults.self) { try Settings(environment: environment) }.faults.map(\.message)
    }

    /// What is wrong with good settings and these.
    private func faults(with change: [String: String?]) throws -> [String] {
        var environment = good
        for (name, value) in change { environment[name] = value }
        return try faults(environment)
    }

    // MARK: - Good

    @Test("client credentials; the address as it is written, a slash at its end too")
    func oauth() throws {
        var environment = good
        environment["SCHEDULER_OAUTH_SCOPE"] = " a b "
        environment["SCHEDULER_OAUTH_AUDIENCE"] = "https://api"
        let settings = try Settings(environment: environment)
        let secret = TokenOrigin(
            Secret("canary"),
            file: TokenFile(folder.path("secret"), variable: "SCHEDULER_OAUTH_CLIENT_SECRET_FILE")
        )
        let url = TokenURL(text: "https://login.example.com/oauth/token/", host: "login.example.com")
        func client(_ proof: OAuthClient.Proof) -> TokenProvider {
            .oauth(OAuthClient(url: url, id: "client", proof: proof, scope: "a b", audience: "https://api"))
        }
        #expect(settings.tokenProvider == client(.secret(secret, inForm: false)))
        #expect(settings.token == nil)
        #expect(settings.secrets.contains(Secret("canary")))
        #expect(!settings.warnings(at: .epoch).contains { $0.variable.contains("TOKEN") })
        environment["SCHEDULER_OAUTH_CLIENT_AUTH"] = "FORM"
        environment["SCHEDULER_REQUIRE_TOKEN"] = "true"
        environment["SCHEDULER_API_TOKEN"] = ""
        #expect(try Settings(environment: environment).tokenProvider == client(.secret(secret, inForm: true)))
        environment["SCHEDULER_OAUTH_ASSERTION_FILE"] = environment.removeValue(
            forKey: "SCHEDULER_OAUTH_CLIENT_SECRET_FILE"
        )
        let assertion = TokenOrigin(
            Secret("canary"),
            file: TokenFile(folder.path("secret"), variable: "SCHEDULER_OAUTH_ASSERTION_FILE")
        )
        #expect(try Settings(environment: environment).tokenProvider == client(.assertion(assertion)))
    }

    @Test(
        "plain http to this machine alone",
        arguments: ["http://localhost:8080/t", "http://127.0.0.1/t", "http://[::1]:9/t", "http://a.localhost/t"]
    )
    func loopback(_ url: String) throws {
        var environment = good
        environment["SCHEDULER_OAUTH_TOKEN_URL"] = url
        #expect(try Settings(environment: environment).tokenProvider != nil)
    }

    @Test("google and azure, where the platform says")
    func platforms() throws {
        var environment = ["SCHEDULER_AUTH": "google", "SCHEDULER_OAUTH_AUDIENCE": "https://api"]
        #expect(
            try Settings(environment: environment).tokenProvider
                == .google(host: "metadata.google.internal", audience: "https://api")
        )
        environment["GCE_METADATA_HOST"] = "127.0.0.1:8080"
        #expect(
            try Settings(environment: environment).tokenProvider
                == .google(host: "127.0.0.1:8080", audience: "https://api")
        )
        environment["GCE_METADATA_HOST"] = "http://x"
        let warned = try Settings(environment: environment)
        #expect(
            warned.warnings.map(\.message) == [
                #"GCE_METADATA_HOST="http://x" is no host; write a host, with a port if need be; until then it counts as "#
                    + "metadata.google.internal"
            ]
        )
        environment = [
            "SCHEDULER_AUTH": "azure", "SCHEDULER_OAUTH_AUDIENCE": "api://x",
            "IDENTITY_ENDPOINT": "http://127.0.0.1:41741/msi/token/", "IDENTITY_HEADER": "canary-header",
            "SCHEDULER_OAUTH_CLIENT_ID": "one",
        ]
        let endpoint = TokenURL(text: "http://127.0.0.1:41741/msi/token/", host: "127.0.0.1")
        let header = Secret("canary-header")
        let settings = try Settings(environment: environment)
        let identity = AzureIdentity(endpoint: endpoint, header: header, resource: "api://x", clientID: "one")
        #expect(settings.tokenProvider == .azure(identity))
        #expect(settings.secrets.contains(header) && settings.warnings.isEmpty)
        environment["IDENTITY_ENDPOINT"] = "nowhere"
        #expect(
            try Settings(environment: environment).warnings.map(\.message) == [
                #"IDENTITY_ENDPOINT="nowhere" is no URL; write an http:// or https:// URL; until then it counts as unset"#
            ]
        )
        // Without a word for it, they say nothing here.
        #expect(try Settings(environment: ["IDENTITY_ENDPOINT": "nowhere"]).warnings.isEmpty)
    }

    @Test("basic: the token is the password, of whatever length")
    func basic() throws {
        let environment = ["SCHEDULER_AUTH": "Basic", "SCHEDULER_API_USER": "bob é", "SCHEDULER_API_TOKEN": "pw"]
        let settings = try Settings(environment: environment)
        #expect(settings.apiUser == "bob é" && settings.token?.token == Secret("pw") && settings.warnings.isEmpty)
        #expect(try Settings(environment: ["SCHEDULER_API_TOKEN": Self.password]).apiUser == nil)
    }

    // MARK: - Bad

    @Test(
        "one thing is wrong",
        arguments: [
            (
                ["SCHEDULER_AUTH": "ouath"],
                [#"SCHEDULER_AUTH="ouath" is not known; write bearer, basic, oauth, google or azure"#]
            ),
            (
                ["SCHEDULER_API_TOKEN": password],
                ["SCHEDULER_API_TOKEN has no place beside SCHEDULER_AUTH=oauth, which fetches tokens; leave it out"]
            ),
            (
                ["SCHEDULER_API_TOKEN_FILE": "/x"],
                [
                    "SCHEDULER_API_TOKEN_FILE has no place beside SCHEDULER_AUTH=oauth, which fetches tokens; leave it out"
                ]
            ),
            (
                ["SCHEDULER_OAUTH_ASSERTION_FILE": "/x"],
                [
                    "SCHEDULER_OAUTH_ASSERTION_FILE and SCHEDULER_OAUTH_CLIENT_SECRET_FILE are both set; leave one of them out"
                ]
            ),
            (
                ["SCHEDULER_OAUTH_CLIENT_AUTH": "post"],
                [#"SCHEDULER_OAUTH_CLIENT_AUTH="post" is not known; write basic or form"#]
            ),
            (
                ["SCHEDULER_OAUTH_CLIENT_SECRET_FILE": "/nowhere"],
                [
                    #"SCHEDULER_OAUTH_CLIENT_SECRET_FILE="/nowhere" does not exist; write the path of a file that holds the "#
                        + "client's secret alone"
                ]
            ),
            (
                ["SCHEDULER_OAUTH_CLIENT_SECRET_FILE": "canary"],
                [
                    "SCHEDULER_OAUTH_CLIENT_SECRET_FILE (its value is not shown, as it does not begin with / and may be a "
                        + "token) does not exist; write the path of a file that holds the client's secret alone"
                ]
            ),
            (
                ["SCHEDULER_OAUTH_CLIENT_ID": "a\tb"],
                [
                    #"SCHEDULER_OAUTH_CLIENT_ID="a\tb" holds a control character or a non-ASCII character; write the "#
                        + "client's ID, printable ASCII"
                ]
            ),
            (
                ["SCHEDULER_OAUTH_SCOPE": "${SCOPE}"],
                [
                    "SCHEDULER_OAUTH_SCOPE (its value is not shown) holds a reference, $(NAME) or ${NAME}, that nothing has "
                        + "replaced; write the value, or set NAME where the container is started"
                ]
            ),
        ] as [([String: String], [String])]
    )
    func one(_ change: [String: String], _ told: [String]) throws { #expect(try faults(with: change) == told) }

    @Test(
        "the address of the token endpoint",
        arguments: [
            (
                "http://login.example.com/t",
                #"="http://login.example.com/t" is plain http: anyone on the way can read the secret; write https://…"#
            ),
            ("http://idp/t", #"="http://idp/t" is plain http: anyone on the way can read the secret; write https://…"#),
            (
                "login.example.com",
                #"="login.example.com" is not an absolute http:// or https:// URL; write for example "#
                    + "https://login.example.com/oauth/token"
            ),
            ("https://a/t?canary=1", #"="https://a/t?…" holds a query (?…); take it out"#),
            ("https://a/t#canary", #"="https://a/t#…" holds a fragment (#…); take it out"#),
            (
                "https://bob:canary@a/t",
                #"="…@a/t" holds a user name or password; take it out, they go into SCHEDULER_OAUTH_CLIENT_ID and "#
                    + "SCHEDULER_OAUTH_CLIENT_SECRET_FILE"
            ),
            (
                "https://:1/t",
                #"="https://:1/t" names no host; write for example https://login.example.com/oauth/token"#
            ),
            ("https://a:0/t", #"="https://a:0/t" has the port 0; write a port from 1 to 65535"#),
            (
                "$(URL)",
                " (its value is not shown) holds a reference, $(NAME) or ${NAME}, that nothing has replaced; write the "
                    + "value, or set NAME where the container is started"
            ),
        ]
    )
    func url(_ url: String, _ told: String) throws {
        #expect(try faults(with: ["SCHEDULER_OAUTH_TOKEN_URL": url]) == ["SCHEDULER_OAUTH_TOKEN_URL\(told)"])
    }

    @Test("what is missing, all at once")
    func missing() throws {
        let needs = "SCHEDULER_AUTH=oauth needs SCHEDULER_OAUTH_"
        let oauth = [
            needs + "TOKEN_URL, which is not set; write the https:// URL of a token endpoint",
            needs + "CLIENT_ID, which is not set; write the client's ID, printable ASCII",
            needs
                + "CLIENT_SECRET_FILE or SCHEDULER_OAUTH_ASSERTION_FILE, and neither is set; write the path of a file with "
                + "one of them",
        ]
        #expect(try faults(["SCHEDULER_AUTH": "oauth"]) == oauth)
        for word in ["google", "azure"] {
            let told =
                "SCHEDULER_AUTH=\(word) needs SCHEDULER_OAUTH_AUDIENCE, which is not set; write a URL or a name, printable "
                + "ASCII"
            #expect(try faults(["SCHEDULER_AUTH": word]) == [told])
        }
        #expect(
            try faults(["SCHEDULER_AUTH": "basic"]) == [
                "SCHEDULER_AUTH=basic needs SCHEDULER_API_USER, which is not set; write a user name without a colon",
                "SCHEDULER_AUTH=basic, but there is no password; set SCHEDULER_API_TOKEN_FILE or SCHEDULER_API_TOKEN",
            ]
        )
    }

    @Test("a user without colon and control characters", arguments: ["a:b", "a\tb", "a\u{7F}", ":"])
    func user(_ user: String) throws {
        let told = try faults([
            "SCHEDULER_AUTH": "basic", "SCHEDULER_API_USER": user, "SCHEDULER_API_TOKEN": Self.password,
        ])
        #expect(told.count == 1)
        #expect(told[0].hasPrefix("SCHEDULER_API_USER=\""))
        #expect(
            told[0].hasSuffix("\" holds a colon or a control character; write a user name without a colon"),
            "\(told[0])"
        )
    }

    @Test("what has no effect is told")
    func unused() throws {
        let environment = [
            "SCHEDULER_API_TOKEN": Self.password, "SCHEDULER_API_USER": "bob",
            "SCHEDULER_OAUTH_CLIENT_SECRET_FILE": "/nowhere", "SCHEDULER_OAUTH_CLIENT_AUTH": "basic",
        ]
        let suffix = " has no effect with SCHEDULER_AUTH=bearer; leave it out, or write SCHEDULER_AUTH="
        #expect(
            try Settings(environment: environment).warnings.map(\.message) == [
                "SCHEDULER_API_USER\(suffix)basic", "SCHEDULER_OAUTH_CLIENT_SECRET_FILE\(suffix)oauth",
            ]
        )
    }

    @Test("plain http to an app beyond this network is warned of as with any token")
    func plainHTTP() throws {
        var environment = good
        environment["API_URL"] = "http://app.example.org"
        #expect(
            try Settings(environment: environment).warnings.map(\.message) == [
                #"API_URL="http://app.example.org" is plain http: anyone on the way can read the token; write https://…"#
            ]
        )
    }
}
