import HTTPServer
import JSON

/// One of the app's endpoints that the scheduler knows.
struct Endpoint: Sendable, Equatable {
    var method: String
    var path: String
    var needsToken = true
}

extension Endpoint {
    static let processor = Endpoint(method: "POST", path: "/api/admin/run-session-processor")

    static let all = [
        Endpoint(method: "POST", path: "/api/sync/trigger"),
        Endpoint(method: "GET", path: "/api/health", needsToken: false),
        Endpoint(method: "POST", path: "/api/scripts/run-due"),
        Endpoint(method: "POST", path: "/api/marketplaces/sync-all"),
        Endpoint(method: "POST", path: "/api/admin/run-session-collector"),
        processor,
        Endpoint(method: "POST", path: "/api/admin/run-corporate-memory"),
        Endpoint(method: "POST", path: "/api/admin/run-blocked-purge"),
        Endpoint(method: "POST", path: "/api/admin/run-reap-stuck-reviews"),
        Endpoint(method: "POST", path: "/api/admin/run-bq-metadata-refresh"),
    ]

    static let processors = ["verification", "usage"]

    /// HEAD goes wherever GET goes (RFC 9110 section 9.3.2).
    var methods: [String] { method == "GET" ? ["GET", "HEAD"] : [method] }
}

/// What is to be done about a request, before any work.
enum Verdict: Equatable {
    case refused(Response)
    /// Work, then this answer; `exclusive` names what may not run twice at a time.
    case work(Response, exclusive: String?)
}

extension Endpoint {
    /// In this order: unknown path, wrong method, no authorization, bad request.
    static func judge(_ request: Request, by authorization: Authorization) -> Verdict {
        guard let endpoint = all.first(where: { $0.path == request.path }) else {
            return .refused(.detail(404, "no such endpoint"))
        }
        guard endpoint.methods.contains(request.method) else {
            return .refused(.methodNotAllowed(endpoint.methods))
        }
        guard !endpoint.needsToken || authorization.allows(request.header("Authorization")) else {
            return .refused(.tokenIsNeeded)
        }
        guard endpoint == processor else {
            return .work(.done([]), exclusive: nil)
        }
        let named = (request.query ?? "").split(separator: "&").filter { $0.hasPrefix("processor=") }
        guard named.count == 1, let name = named.first?.dropFirst("processor=".count), processors.contains(String(name))
        else {
            return .refused(.detail(400, "processor= must be one of \(processors.joined(separator: ", "))"))
        }
        return .work(.done([("processor", .string(String(name)))]), exclusive: String(name))
    }
}

extension Response {
    static func json(_ status: Int, _ value: JSONValue) -> Response {
        Response(
            status: status,
            headers: [Header("Content-Type", "application/json")],
            body: Array((value.description + "\n").utf8)
        )
    }

    /// Each call processes one item.
    fileprivate static func done(_ members: [(String, JSONValue)]) -> Response {
        json(200, .object(members + [("status", .string("ok")), ("processed", .integer(1))]))
    }

    static func detail(_ status: Int, _ reason: String) -> Response {
        json(status, .object([("detail", .string(reason))]))
    }

    static var tokenIsNeeded: Response {
        var refusal = detail(401, "a bearer token is needed")
        refusal.headers.append(Header("WWW-Authenticate", "Bearer"))
        return refusal
    }

    static func methodNotAllowed(_ methods: [String]) -> Response {
        var refusal = detail(405, "method not allowed")
        refusal.headers.append(Header("Allow", methods.joined(separator: ", ")))
        return refusal
    }
}
