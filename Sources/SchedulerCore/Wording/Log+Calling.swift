internal import Calling
internal import Clockwork
internal import Schedule
internal import Telling

/// The wording of what concerns tokens and what is sent elsewhere.
extension Log {
    func alertIsTaken(_ alert: Alert, by host: String) {
        let about = alert.job.map { [LogField("job", .own($0))] } ?? []
        info("\(own: host) was told: \(own: alert.title).", about + [LogField("event", .own(alert.event.rawValue))])
    }

    /// At the start.
    func tracesGo(to traces: Traces) { info("Traces go to \(own: traces.shown).") }

    func tell(_ event: CallingEvent) {
        switch event {
        case .tokenHasChanged(let file, let isMended):
            over(
                "The \(own: file.content.rawValue) in \(own: file.variable) has changed; requests carry the new one.",
                since: isMended ? .warning : .info
            )
        case .tokenFileIsGood(let file):
            over("\(own: file.variable) can be read again; the \(own: file.content.rawValue) is the same.")
        case .tokenFileIsBad(let file, let fault):
            let content = file.content
            warning(
                """
                \(own: file.shown) \(own: fault.description(of: content)); the last \(own: content.rawValue) stays in use \
                until this is mended.
                """
            )
        case .tokenIsTriedAgain(let attempt):
            info(
                """
                Job \(own: attempt.job.name) was denied, and its token has been replaced meanwhile; one more attempt \
                with the new one.
                """,
                [LogField("job", .own(attempt.job.name)), LogField("run_id", .own(attempt.idText))]
            )
        case .tokenIsNotRenewed(let reason, let rest):
            warning("The token is not renewed: \(reason); the one in use is good for \(own: Phrase.short(rest)).")
        case .tokenIsRenewed(let host): over("\(own: host) gives tokens again.")
        case .retryAfterIsUnreadable(let attempt, let text):
            warning(
                "Retry-After \"\(text)\" of \(own: attempt.job.path) is neither seconds nor a date; it is ignored.",
                [LogField("job", .own(attempt.job.name)), LogField("run_id", .own(attempt.idText))]
            )
        case .noticeFailed(let notice, let result, let why, let isForGood):
            let end = isForGood ? " It is not tried again until a restart." : ""
            warning(notice.failure(result.rawValue, why, end))
        case .tracesAreLost(let traces, let why):
            warning("Traces to \(own: traces.shown) are lost: \(why); look at OTEL_EXPORTER_OTLP_ENDPOINT.")
        case .tracesAreTaken(let traces): over("Traces to \(own: traces.shown) are taken again.")
        case .noticeIsTaken(let notice): over("\(own: notice.words) to \(own: notice.shown) is taken again.")
        }
    }
}

extension Log {
    /// Nothing is called until there is one.
    func waitsForToken(_ reason: String) { warning("Waiting for a token: \(reason)") }

    func hasToken(after wait: Duration, waited: Int) {
        over(
            "There is a token again after \(wait.components.seconds)s; \(own: counted(waited, "run")) waited.",
            [LogField("wait_ms", .integer(wait.wholeMilliseconds)), LogField("waited", .integer(waited))]
        )
    }
}

extension TokenFile {
    /// The variable and its value, to begin a message; a value that may be the token itself is not shown.
    var shown: String {
        path.hasPrefix("/") || path.hasPrefix("./") || path.hasPrefix("../")
            ? "\(variable)=\"\(Escaping.quotable(path))\""
            : "\(variable) (its value is not shown, as it does not begin with / and may be a \(content.rawValue))"
    }
}

extension Notice {
    fileprivate var words: String {
        switch kind {
        case .alert: "An alert"
        case .heartbeat: "A heartbeat"
        case .ping: "A ping"
        case .report: "An error report"
        }
    }

    fileprivate func failure(_ result: String, _ why: String, _ end: String) -> LogText {
        switch kind {
        case .alert:
            "An alert to \(own: shown) is \(own: result): \(why); look at SCHEDULER_ALERT_URL.\(own: end)"
        case .heartbeat:
            "A heartbeat to \(own: shown) is \(own: result): \(why); look at SCHEDULER_HEARTBEAT_URL.\(own: end)"
        case .ping:
            """
            A ping to \(own: shown) is \(own: result): \(why); look at the URL of pings.\(own: end)
            """
        case .report:
            """
            An error report to \(own: shown) is \(own: result): \(why); look at POSTHOG_API_KEY and POSTHOG_HOST.\(own: end)
            """
        }
    }
}
