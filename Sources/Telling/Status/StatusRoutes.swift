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
        case "/status" where request.wantsPlainText: return plain(200, StatusTable.text(snapshot()))
        case "/status": return answer(200, "application/json", StatusJSON.text(snapshot()) + "\n")
        case "/":
            let policy = Header("Content-Security-Policy", StatusPage.policy)
            return answer(200, "text/html; charset=utf-8", StatusPage.html(snapshot()), [policy])
        default: return plain(404, unknown)
        }
    }

    private static let unknown = "there is /, /status, /metrics, /healthz and /readyz"

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
    fileprivate var wantsPlainText: Bool { header("Accept") == "text/plain" }
}
