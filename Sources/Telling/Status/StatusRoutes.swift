internal import Clockwork
package import HTTPServer

/// What the status listener answers: a request and a snapshot in, an answer out.
///
/// Paths are compared exactly, so that nothing needs to be decoded; a query means nothing. Nothing of a request is
/// repeated in an answer, no header lets another site's script read one, and no request changes anything.
package enum StatusRoutes {
    /// `snapshot` is only asked where it is needed: whether the loop turns has to be told without any lock.
    package static func response(
        to request: Request,
        pulse: Pulse,
        snapshot: () -> StatusSnapshot
    ) -> Response {
        // Whatever asks: over a port nothing can be changed.
        guard !request.path.hasPrefix("/control/") else { return plain(404, unknown) }
        guard request.method == "GET" || request.method == "HEAD" else {
            return plain(405, "only GET and HEAD are answered here", [Header("Allow", "GET, HEAD")])
        }
        switch request.path {
        case "/healthz": return health(pulse)
        case "/readyz": return readiness(snapshot())
        case "/metrics": return answer(200, MetricsText.contentType, MetricsText.render(snapshot()))
        case "/status" where request.wantsPlainText:
            return plain(200, StatusTable.text(snapshot(), on: Terminal(accepting: request.header("Accept"))))
        case "/status": return json(StatusJSON.text(snapshot()))
        case "/":
            return html(StatusPage.html(snapshot()))
        case "/missed":
            let snapshot = snapshot()
            return request.wantsJSON ? json(StatusJSON.missed(snapshot)) : html(MissedPage.html(snapshot))
        case let path where path.hasPrefix("/jobs/"): return job(path.dropFirst(6), request, snapshot)
        default: return plain(404, unknown)
        }
    }

    private static let unknown = "there is /, /jobs/<name>, /missed, /events, /status, /metrics, /healthz and /readyz"

    /// Names are compared as everywhere, and may be written as URLs have to write them.
    private static func job(_ name: Substring, _ request: Request, _ snapshot: () -> StatusSnapshot) -> Response {
        guard let name = name.percentDecoded, JobName.isValid(name) else { return plain(404, unknownJob) }
        let (snapshot, folded) = (snapshot(), JobName.folded(name))
        guard let entry = snapshot.entries.first(where: { JobName.folded($0.job.name) == folded }) else {
            return plain(404, unknownJob)
        }
        return request.wantsJSON ? json(StatusJSON.job(entry, in: snapshot)) : html(JobPage.html(entry, in: snapshot))
    }

    private static let unknownJob = "there is no such job; /status names all"

    private static func json(_ text: String) -> Response { answer(200, "application/json", text + "\n") }

    private static func html(_ page: String) -> Response {
        answer(200, "text/html; charset=utf-8", page, [Header("Content-Security-Policy", PageFrame.policy)])
    }

    /// Nothing but the loop counts: a dead app or a full disk must not get the clock restarted.
    private static func health(_ pulse: Pulse) -> Response {
        let age = Phrase.duration(pulse.age)
        if pulse.isHealthy { return plain(200, "ok") }
        return plain(503, "the loop has not looked at the clock for \(age); its tick is \(Phrase.duration(pulse.tick))")
    }

    private static func readiness(_ snapshot: StatusSnapshot) -> Response {
        snapshot.isReady ? plain(200, "ok") : plain(503, Phrase.phase(snapshot))
    }

    private static func plain(_ status: Int, _ text: String, _ headers: [Header] = []) -> Response {
        let isWhole = text.hasSuffix("\n")
        return answer(status, "text/plain; charset=utf-8", isWhole ? text : text + "\n", headers)
    }

    /// By which `scheduler status` knows that it has asked a scheduler.
    package static let server = "scheduler-sidecar"

    private static func answer(_ status: Int, _ type: String, _ text: String, _ more: [Header] = []) -> Response {
        let headers = [
            Header("Content-Type", type), Header("Cache-Control", "no-store"),
            Header("X-Content-Type-Options", "nosniff"), Header("Server", server),
        ]
        return Response(status: status, headers: headers + more, body: Array(text.utf8))
    }
}

extension Request {
    /// `scheduler status` asks so; a browser and curl do not.
    package var wantsPlainText: Bool {
        let accept = header("Accept")
        return accept == "text/plain" || Terminal(accepting: accept) != nil
    }
    /// Programs ask so, where people get a page; a browser does not.
    package var wantsJSON: Bool { header("Accept")?.lowercased().contains("application/json") == true }
}

extension Terminal {
    /// What `scheduler status` asks for on a terminal: `text/plain; columns=80; colour=1`.
    package var accept: String { "text/plain; columns=\(width); colour=\(hasColour ? 1 : 0)" }

    init?(accepting header: String?) {
        let parts = header?.split(separator: ";").map { $0.drop { $0 == " " } } ?? []
        guard parts.count == 3, parts[0] == "text/plain", parts[1].hasPrefix("columns="), parts[2].hasPrefix("colour="),
            let columns = Int(parts[1].dropFirst(8))
        else { return nil }
        self.init(columns: columns, hasColour: parts[2] == "colour=1")
    }
}

extension Substring {
    /// Nil for what is no text.
    package var percentDecoded: String? {
        var (bytes, rest) = ([UInt8](), self.utf8[...])
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let value = UInt8(Substring(digits), radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
