package import Clockwork
internal import Files

/// What is told of a run to whoever alarms when nothing comes.
package struct Ping: Sendable, Equatable {
    package enum Event: Sendable { case start, success, failure }

    package var event: Event
    package var id: RunID
    /// Nil: it begins.
    package var run: RunRecord?

    package init(_ event: Event, id: RunID, run: RunRecord? = nil) {
        (self.event, self.id, self.run) = (event, id, run)
    }

    /// What a fact is to a service; nil: nothing.
    package static func of(_ fact: Fact, _ format: PingFormat) -> (job: Job, ping: Ping)? {
        switch fact {
        case .began(_, let begin, let attempt?) where begin.attempt == 1 && format.hasStart:
            return (attempt.job, Ping(.start, id: begin.id))
        case .ended(_, let run, _, let about):
            guard let job = about?.job else { return nil }
            let event: Event
            switch run.outcome {
            case .ok: event = .success
            // Where a begin was told the service would wait for its end in vain.
            case .busy where format.hasStart || format == .plain: event = .success
            case .busy: return nil
            default:
                if format == .plain { return nil }
                event = .failure
            }
            return (job, Ping(event, id: run.id, run: run))
        default: return nil
        }
    }

    /// The words for people: `failed, status 500, 1203 ms`.
    var text: String { run.map { "\($0.outcome.rawValue), status \($0.status), \($0.milliseconds) ms" } ?? "" }

    /// The run's id as a UUID (RFC 9562 §4).
    var uuid: String {
        let digits = Array("\(id)".utf8)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(decoding: digits[$0], as: UTF8.self) }
            .joined(separator: "-")
    }

    /// The request of a service.
    package func notice(_ format: PingFormat, to url: NoticeURL, job: String) -> Notice {
        let address = PingURL(url.of(job))
        var (end, query, isPost) = ("", [(String, String)](), false)
        switch format {
        case .healthchecks:
            end = event == .start ? "/start" : event == .failure ? "/fail" : ""
            (query, isPost) = ([("rid", uuid)], true)
        case .betterstack: (end, isPost) = (event == .failure ? "/fail" : "", true)
        case .kuma:
            query = [("status", event == .failure ? "down" : "up"), ("msg", text)]
            query.append(("ping", "\(run?.milliseconds ?? 0)"))
        case .cronitor:
            query = [("state", event == .start ? "run" : event == .success ? "complete" : "fail"), ("series", uuid)]
            if let run {
                query += [("message", text), ("metric", "duration:\(Self.seconds(run.milliseconds))")]
                if run.status > 0 { query.append(("status_code", "\(run.status)")) }
            }
        case .sentry:
            let status = event == .start ? "in_progress" : event == .success ? "ok" : "error"
            query = [("status", status), ("check_in_id", uuid)]
        case .plain: break
        }
        return Notice(
            .ping,
            isPost ? "POST" : "GET",
            Secret(address.with(end, query)),
            contentType: isPost && !text.isEmpty ? "text/plain; charset=utf-8" : nil,
            body: isPost ? Array(text.utf8) : nil,
            address: Secret(address.text),
            shown: url.host
        )
    }

    /// `1.203`.
    private static func seconds(_ milliseconds: Int) -> String {
        let rest = String(milliseconds % 1_000)
        return "\(milliseconds / 1_000)." + String(repeating: "0", count: max(0, 3 - rest.count)) + rest
    }
}

/// A pasted URL, to which a path's end and parameters are added.
private struct PingURL {
    let text: String

    init(_ text: String) { self.text = text }

    /// Parameters of these names are replaced, all others stay as they are.
    func with(_ end: String, _ parameters: [(String, String)]) -> String {
        var path = text.prefix { $0 != "?" }
        if !end.isEmpty { while path.hasSuffix("/") { path.removeLast() } }
        let names = Set(parameters.map(\.0))
        let kept = text.dropFirst(text.prefix { $0 != "?" }.count + 1).split(separator: "&").filter { item in
            !names.contains(String(item.prefix { $0 != "=" }))
        }
        let query = (kept.map(String.init) + parameters.map { "\($0)=\(Self.encoded($1))" }).joined(separator: "&")
        return path + end + (query.isEmpty ? "" : "?" + query)
    }

    /// RFC 3986 §2.3.
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: ":"):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}

/// Where each job's pings go.
package struct Pings: Sendable, Equatable {
    /// Of jobs without a `ping=` of their own; nil: none.
    package var standard: NoticeURL?
    /// Nil: what the host says.
    package var format: PingFormat?

    package init(standard: NoticeURL? = nil, format: PingFormat? = nil) {
        (self.standard, self.format) = (standard, format)
    }

    /// What a fact has to be told, if anything.
    package func notice(of fact: Fact) -> Notice? {
        guard let job = Self.job(of: fact), let (url, format) = address(of: job) else { return nil }
        return Ping.of(fact, format).map { $0.ping.notice(format, to: url, job: $0.job.name) }
    }

    /// Nil: it has none.
    package func address(of job: Job) -> (NoticeURL, PingFormat)? {
        let url: NoticeURL? =
            switch job.ping {
            case .standard: standard
            case .off: nil
            case .url(let text): try? NoticeURL(parsing: text)
            }
        return url.map { ($0, format ?? PingFormat(host: $0.host)) }
    }

    private static func job(of fact: Fact) -> Job? {
        switch fact {
        case .began(_, _, let attempt?): attempt.job
        case .ended(_, _, _, let about?): about.job
        default: nil
        }
    }
}
