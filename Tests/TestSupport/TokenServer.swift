import Foundation
import HTTPServer
import Locking

/// A token endpoint that follows RFC 6749 to the letter (§2.3.1, §4.4, §5), until it is told to do otherwise.
package final class TokenServer: Sendable {
    package enum Mood: Sendable {
        /// `life` is what `expires_in` is, as JSON.
        case good(life: String)
        case refusing(Int, String)
        case redirecting(String)
        case hanging
    }

    package static let id = "my:client &%+"
    package static let secret = "s3cret:/+%&=canary"

    private let mood: Shared<Mood>
    package let server: TestServer

    /// `token` is what it gives, by the count of those that it has given.
    package init(
        _ mood: Mood = .good(life: "3600"),
        token: @escaping @Sendable (Int) -> String = { "canary-token-\($0)-0123456789abcdef" }
    ) throws {
        // Replies that are let go are answered.
        let (kept, given, hung) = (Shared(mood), Shared(0), Shared<[Reply]>([]))
        self.mood = kept
        server = try TestServer { request, reply in
            switch kept.value {
            case .hanging: hung.change { $0.append(reply) }
            case .redirecting(let place):
                reply.send(Response(status: 302, headers: [Header("Location", place)]))
            case .refusing(let status, let body): reply.send(Self.json(status, body))
            case .good(let life):
                if let error = Self.complaint(request) { return reply.send(Self.json(400, "{\"error\":\"\(error)\"}")) }
                given.change { $0 += 1 }
                let text = token(given.value)
                reply.send(
                    Self.json(200, #"{"access_token":"\#(text)","token_type":"Bearer","expires_in":\#(life)}"#)
                )
            }
        }
    }

    package var url: String { server.url + "/oauth/token/" }
    package var requests: Int { server.seen.count }

    package func be(_ new: Mood) { mood.change { $0 = new } }

    private static func json(_ status: Int, _ body: String) -> Response {
        let headers = [Header("Content-Type", "application/json"), Header("Cache-Control", "no-store")]
        return Response(status: status, headers: headers, body: Array(body.utf8))
    }

    /// An error code of §5.2; nil: all is as it should be.
    private static func complaint(_ request: Request) -> String? {
        let form = form(String(decoding: request.body, as: UTF8.self))
        guard request.method == "POST", request.path == "/oauth/token/", request.query == nil,
            request.header("Content-Type") == "application/x-www-form-urlencoded"
        else { return "invalid_request" }
        guard form["grant_type"] == "client_credentials" else { return "unsupported_grant_type" }
        if form["client_assertion"] != nil {
            let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            let isGood = form["client_assertion"] == secret && form["client_assertion_type"] == type
            return isGood && form["client_id"] == id && request.header("Authorization") == nil ? nil : "invalid_client"
        }
        guard let header = request.header("Authorization") else {
            return form["client_id"] == id && form["client_secret"] == secret ? nil : "invalid_client"
        }
        guard form["client_id"] == nil, form["client_secret"] == nil else { return "invalid_request" }
        guard header.hasPrefix("Basic "), let data = Data(base64Encoded: String(header.dropFirst(6))) else {
            return "invalid_client"
        }
        let parts = String(decoding: data, as: UTF8.self).split(separator: ":").map(decoded)
        return parts == [id, secret] ? nil : "invalid_client"
    }

    package static func form(_ text: String) -> [String: String] {
        text.split(separator: "&").reduce(into: [:]) { form, pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            form[decoded(parts[0])] = parts.count == 2 ? decoded(parts[1]) : ""
        }
    }

    private static func decoded(_ text: Substring) -> String {
        text.replacing("+", with: " ").removingPercentEncoding ?? "?"
    }
}

/// A value that several threads change.
package final class Shared<Value: Sendable>: Sendable {
    private let kept: Mutex<Value>
    package init(_ value: Value) { kept = Mutex(value) }
    package var value: Value { kept.withLock { $0 } }
    package func change(_ body: @Sendable (inout Value) -> Void) { kept.withLock { body(&$0) } }
}
