import Files
import Glibc
import HTTPServer
import JSON
import Locking

/// Records for sidecars that share them, under `/internal/scheduler-state/…`: GET and PUT with ETags (RFC 9110 §13).
///
/// In memory, or in a file that is replaced before a change is answered.
final class StateStore: Sendable {
    static let prefix = "/internal/scheduler-state"
    /// Far more than jobs; who writes without end does not fill the memory.
    static let most = 10_000

    private struct Record {
        /// By chance, so that also after a restart no old one matches.
        var tag = "\"\(String(UInt64.random(in: .min ... .max), radix: 16))\""
        var body: String
    }

    private let file: String?
    private let records: Mutex<[String: Record]>

    /// What the file holds that is there; nil if it is none of ours.
    init?(file: String?) {
        self.file = file
        var all: [String: Record] = [:]
        if let file {
            do throws(SmallFile.Fault) {
                let bytes = try SmallFile.read(file, limit: 256 * 1024 * 1024)
                guard case .object(let members)? = try? JSONValue(parsing: bytes, limits: JSONLimits(bytes: .max))
                else {
                    return nil
                }
                for case (let key, .string(let body)) in members { all[key] = Record(body: body) }
                guard all.count == members.count else { return nil }
            } catch {
                guard error == .missing else { return nil }
            }
        }
        records = Mutex(all)
    }

    static func owns(_ path: String) -> Bool { path == prefix || path.hasPrefix(prefix + "/") }

    /// `takesStale`: as a server that does not look at `If-Match`.
    func answer(_ request: Request, by authorization: Authorization, takesStale: Bool = false) -> Response {
        guard authorization.allows(request.header("Authorization")) else { return .tokenIsNeeded }
        let key = String(request.path.dropFirst(Self.prefix.count + 1))
        guard !key.isEmpty else { return .detail(404, "a record's name is missing") }
        return records.withLock { records in
            let old = records[key]
            switch request.method {
            case "GET", "HEAD":
                guard let old else { return .detail(404, "no such record") }
                return Self.answer(200, old, Array(old.body.utf8))
            case "PUT", "DELETE":
                if let refusal = Self.refusal(request, old, takesStale) { return refusal }
                let new = request.method == "PUT" ? String(validating: request.body, as: UTF8.self) : nil
                if request.method == "PUT", new == nil { return .detail(415, "a record is UTF-8 text") }
                if old == nil, records.count >= Self.most { return .detail(507, "\(Self.most) records are the most") }
                var all = records
                all[key] = new.map { Record(body: $0) }
                guard keep(all) else { return .detail(500, "the record could not be written") }
                records = all
                return all[key].map { Self.answer(old == nil ? 201 : 204, $0) } ?? Response(status: 204)
            default: return .methodNotAllowed(["GET", "HEAD", "PUT", "DELETE"])
            }
        }
    }

    /// Why a change is not made; what has no condition is refused, since it would be no swap (RFC 6585 §3).
    private static func refusal(_ request: Request, _ old: Record?, _ takesStale: Bool) -> Response? {
        switch (request.header("If-Match"), request.header("If-None-Match")) {
        case (let tags?, nil):
            let isMet = old.map { old in
                tags == "*" || takesStale || tags.split(separator: ",").contains { $0.trimmed == old.tag }
            }
            return isMet == true ? nil : .detail(412, "the record is another one")
        case (nil, "*") where request.method == "PUT":
            return old == nil || takesStale ? nil : .detail(412, "the record is there")
        case (nil, nil): return .detail(428, "If-Match, or If-None-Match: *, is needed")
        default: return .detail(400, "one condition is needed: If-Match, or If-None-Match: * of a PUT")
        }
    }

    private static func answer(_ status: Int, _ record: Record, _ body: [UInt8] = []) -> Response {
        var response = Response(status: status, body: body)
        if status == 200 { response.headers.append(Header("Content-Type", "application/json")) }
        response.headers.append(Header("ETag", record.tag))
        return response
    }

    /// Replaces the file, if there is one, so that it holds all or what it held before.
    private func keep(_ records: [String: Record]) -> Bool {
        guard let file else { return true }
        let members = records.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value.body)) }
        var rest = Array((JSONValue.object(members).description + "\n").utf8)[...]
        let temporary = file + ".new"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { return false }
        return unsafe rename(temporary, file) == 0
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}
