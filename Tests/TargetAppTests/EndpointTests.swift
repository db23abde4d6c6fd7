import HTTPServer
import JSON
import Testing

@testable import target_app

let token = "0123456789abcdef0123456789abcdef"

@Suite("Endpoints and who may call them")
struct EndpointTests {
    private let closed = Authorization(token: token, letsAllIn: false)

    @Test(
        "the token alone opens",
        arguments: [
            ("Bearer \(token)", true), ("bearer \(token)", true),
            (nil, false), ("", false), ("Bearer", false), ("Bearer ", false), (token, false), ("Basic \(token)", false),
            ("Bearer \(token)x", false), ("Bearer \(token.dropLast())", false), ("Bearer  \(token)", false),
            ("Bearer \(token.uppercased())", false), ("Bearer \(token.dropLast())g", false),
        ]
    )
    func authorization(_ header: String?, isAllowed: Bool) {
        #expect(closed.allows(header) == isAllowed)
    }

    @Test("a token of 31 characters opens nothing, in LOCAL_DEV_MODE nothing is needed")
    func shortToken() {
        let short = String(token.dropLast())
        #expect(!Authorization(token: short, letsAllIn: false).allows("Bearer \(short)"))
        #expect(!Authorization(token: "", letsAllIn: false).allows("Bearer "))
        #expect(Authorization(token: "", letsAllIn: true).allows(nil))
    }

    @Test("there are ten, each open to the token", arguments: Endpoint.all)
    func ten(_ endpoint: Endpoint) {
        #expect(Endpoint.all.count == 10)
        let target = endpoint == .processor ? endpoint.path + "?processor=usage" : endpoint.path
        guard case .work = judge(endpoint.method, target, "Bearer \(token)") else {
            Issue.record("refused")
            return
        }
        let status = endpoint.needsToken ? 401 : nil
        #expect(refusal(endpoint.method, target, nil)?.status == status)
        #expect(endpoint.needsToken == (endpoint.path != "/api/health"))
    }

    @Test(
        "refuses in this order: path, method, token, request",
        arguments: [
            ("GET", "/nowhere", 404, #"{"detail":"no such endpoint"}"#),
            ("GET", "/api/health/", 404, #"{"detail":"no such endpoint"}"#),
            ("GET", "http://a/api/health", 404, #"{"detail":"no such endpoint"}"#),
            ("GET", "/api/sync/trigger", 405, #"{"detail":"method not allowed"}"#),
            ("POST", "/api/health", 405, #"{"detail":"method not allowed"}"#),
            ("POST", "/api/sync/trigger", 401, #"{"detail":"a bearer token is needed"}"#),
            ("POST", "/api/admin/run-session-processor", 401, #"{"detail":"a bearer token is needed"}"#),
        ]
    )
    func order(_ method: String, target: String, status: Int, body: String) {
        let response = refusal(method, target, nil)
        #expect(response?.status == status)
        #expect(String(decoding: response?.body ?? [], as: UTF8.self) == body + "\n")
    }

    @Test("405 says what is allowed, 401 how")
    func hints() {
        #expect(refusal("DELETE", "/api/health", nil)?.headers.last == Header("Allow", "GET, HEAD"))
        #expect(refusal("GET", "/api/sync/trigger", nil)?.headers.last == Header("Allow", "POST"))
        #expect(refusal("POST", "/api/sync/trigger", nil)?.headers.last == Header("WWW-Authenticate", "Bearer"))
    }

    @Test(
        "an unknown, missing or doubled processor is 400",
        arguments: ["", "?", "?processor=", "?processor=Usage", "?processor=usage&processor=usage", "?Processor=usage"]
    )
    func badProcessor(_ query: String) {
        let response = refusal("POST", Endpoint.processor.path + query, "Bearer \(token)")
        #expect(response == .detail(400, "processor= must be one of verification, usage"))
    }

    @Test("each processor excludes only itself", arguments: ["verification", "usage"])
    func processors(_ name: String) {
        let verdict = judge("POST", Endpoint.processor.path + "?x=1&processor=\(name)", "Bearer \(token)")
        #expect(
            verdict
                == .work(
                    .json(
                        200,
                        .object([("processor", .string(name)), ("status", .string("ok")), ("processed", .integer(1))])
                    ),
                    exclusive: name
                )
        )
    }

    private func judge(_ method: String, _ target: String, _ header: String?) -> Verdict {
        let headers = header.map { [Header("Authorization", $0)] } ?? []
        return Endpoint.judge(Request(method: method, target: target, headers: headers), by: closed)
    }

    private func refusal(_ method: String, _ target: String, _ header: String?) -> Response? {
        guard case .refused(let response) = judge(method, target, header) else { return nil }
        return response
    }
}
