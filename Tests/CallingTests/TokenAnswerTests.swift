import Files
import HTTPClient
import Schedule
import Testing

@testable import Calling

@Suite("What a provider answers")
struct TokenAnswerTests {
    private static let now = Moment(seconds: 1_000_000)
    private static let oauth = TokenProvider.oauth(
        OAuthClient(
            url: TokenURL(text: "https://login.example.com/token", host: "login.example.com"),
            id: "id",
            proof: .secret(TokenOrigin(Secret("secret")), inForm: false)
        )
    )
    private static let azure = TokenProvider.azure(AzureIdentity(endpoint: nil, header: nil, resource: "api://x"))
    private static let google = TokenProvider.google(host: "metadata.google.internal", audience: "x")

    /// The life in seconds, or why there is none.
    private func read(
        _ body: String,
        status: Int = 200,
        from provider: TokenProvider = oauth,
        length: Int = 0
    ) -> String {
        let bytes = Array(body.utf8)
        let response = Response(status: status, body: bytes, bodyLength: max(length, bytes.count), location: nil)
        do throws(TokenAnswer.Refusal) {
            let answer = try TokenAnswer(response, from: provider, at: Self.now)
            return "\(answer.token.reveal) \(answer.life.components.seconds)"
        } catch {
            return error.words
        }
    }

    @Test(
        "how long it lives: a number, a text, nothing, garbage, nothing positive",
        arguments: [
            ("3600", "t 3600"), ("\"3600\"", "t 3600"), ("3599.9", "t 3599"), ("3.6e3", "t 3600"), ("null", "t 300"),
            ("\"\"", "t 300"), ("\"soon\"", "t 300"), ("true", "t 300"), ("[60]", "t 300"), ("1e400", "t 300"),
            ("\"nan\"", "t 300"), ("\"inf\"", "t 300"), ("31", "t 31"),
            ("99999999999999999999", "t 31536000"), ("1e300", "t 31536000"),
            ("0", "answered with a token that has ended already"),
            ("-1", "answered with a token that has ended already"),
            ("\"-5\"", "answered with a token that has ended already"),
            ("0.5", "answered with a token that has ended already"),
            ("-1e300", "answered with a token that has ended already"),
            ("30", "answered with a token that lives 30s; one is used that lives more than 30s"),
            ("\"1\"", "answered with a token that lives 1s; one is used that lives more than 30s"),
        ]
    )
    func life(_ expires: String, _ told: String) {
        #expect(read(#"{"access_token":"t","token_type":"Bearer","expires_in":\#(expires)}"#) == told)
    }

    @Test("an answer that does not say it is good for five minutes")
    func noLife() { #expect(read(#"{"access_token":"t"}"#) == "t 300") }

    @Test(
        "what is no answer with a token: nothing of it is told but its status and its error code",
        arguments: [
            (400, #"{"error":"invalid_client","error_description":"canary"}"#, "answered 400 invalid_client"),
            (401, #"{"error":"unauthorized_client"}"#, "answered 401 unauthorized_client"),
            (400, #"{"error":"can ary"}"#, "answered 400"), (400, #"{"error":""}"#, "answered 400"),
            (400, #"{"error":{"code":"x"}}"#, "answered 400"), (500, "<html>canary</html>", "answered 500"),
            (400, "{\"error\":\"\(String(repeating: "x", count: 65))\"}", "answered 400"),
            (302, "", "answered 302"), (404, "canary", "answered 404"), (429, "", "answered 429"),
            (200, "", "answered 200 without a token"), (200, "canary", "answered 200 without a token"),
            (200, "[]", "answered 200 without a token"), (200, #"{"access_token":""}"#, "answered 200 without a token"),
            (200, #"{"access_token":7}"#, "answered 200 without a token"),
            (200, #"{"access_token":"a\r\nX: 1"}"#, "answered 200 without a token"),
            (200, #"{"access_token":"a b"}"#, "answered 200 without a token"),
            (200, #"{"access_token":"ä"}"#, "answered 200 without a token"),
            (200, #"{"access_token":"t","access_token":"u"}"#, "answered 200 without a token"),
            (200, #"{"access_token":"t","token_type":"mac"}"#, "answered with a token that is no bearer token"),
        ]
    )
    func none(_ status: Int, _ body: String, _ told: String) { #expect(read(body, status: status) == told) }

    @Test("the type in any case, and a body that is too long")
    func rest() {
        #expect(read(#"{"access_token":"t","token_type":"bearer","expires_in":60}"#) == "t 60")
        #expect(read(#"{"access_token":"t"}"#, length: 65_537) == "answered 200 with more than 65536 bytes")
    }

    @Test(
        "azure's end on the wall clock will do, where the life is not there; of others it means nothing",
        arguments: [
            (#""expires_on":"1003600""#, "t 3600"), (#""expires_on":1003600"#, "t 3600"),
            (#""expires_in":"100","expires_on":"1003600""#, "t 100"), (#""expires_on":"11/05/2026""#, "t 300"),
            (#""expires_in":"x","expires_on":"1003600""#, "t 3600"),
            (#""expires_on":"1000000""#, "answered with a token that has ended already"),
            (#""expires_on":"-99999999999999999999""#, "answered with a token that has ended already"),
        ]
    )
    func azure(_ members: String, _ told: String) {
        #expect(read("{\"access_token\":\"t\",\(members)}", from: Self.azure) == told)
        let own = members.contains("expires_in\":\"100") ? "t 100" : "t 300"
        #expect(read("{\"access_token\":\"t\",\(members)}") == own)
    }

    @Test(
        "google's end is the one in the token",
        arguments: [
            (#"{"exp":1003600}"#, 3_600), (#"{"exp":"1003600"}"#, 3_600), (#"{}"#, 300), (#"{"exp":null}"#, 300),
            (#"{"exp":1003600.5,"aud":"ÿ?>~"}"#, 3_600),
        ]
    )
    func google(_ payload: String, _ seconds: Int) {
        let token = "e30.\(Self.encoded(payload)).sig"
        #expect(read(token, from: Self.google) == "\(token) \(seconds)")
        #expect(read(token + "\n", from: Self.google) == "\(token) \(seconds)")
    }

    @Test(
        "what is no JSON Web Token is none",
        arguments: ["", "a.b", "a.b.c", "e30.e30.e30.e30", "<html>", "e30.W10.s", "e30.e30.s s", "e30.!!.s"]
    )
    func noIdentityToken(_ body: String) {
        #expect(read(body, from: Self.google) == "answered 200 without a token")
    }

    @Test("an identity token that has ended")
    func endedIdentityToken() {
        let token = "e30.\(Self.encoded(#"{"exp":999999}"#)).sig"
        #expect(read(token, from: Self.google) == "answered with a token that has ended already")
    }

    private static func encoded(_ text: String) -> String {
        String(Base64.encode(text.utf8).filter { $0 != "=" }.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
    }
}
