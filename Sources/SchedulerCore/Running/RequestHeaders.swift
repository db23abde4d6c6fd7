internal import HTTPClient
internal import Schedule

/// The headers by which the app and its logs tell runs and attempts apart.
extension HeaderLines {
    /// Those of one attempt, counted from 1; each attempt is a span of its own, with a number other than zero.
    ///
    /// A job's own headers come first, and win where both say one thing. The run's id is the trace's as well, so that
    /// one search finds both.
    init(_ run: Run, of job: Job, id: RunID, attempt: Int, span: UInt64) {
        self.init(capacity: 512)
        for header in job.headers { add(header.name, header.value) }
        func isGiven(_ name: String) -> Bool { job.headers.contains { $0.name.lowercased() == name } }
        if !isGiven("user-agent") { add("User-Agent", Version.userAgent) }
        if let body = job.body, !isGiven("content-type") {
            add("Content-Type", JSONText.isValid(body) ? "application/json" : "text/plain")
        }
        add("Idempotency-Key") { value in
            value.append(utf8Of: job.name)
            value.append(UInt8(ascii: "@"))
            run.slot.appendDescription(to: &value)
            if run.trigger == .manual {
                value.append(utf8Of: "#manual-")
                id.append(to: &value)
            }
        }
        add("X-Scheduler-Job", job.name)
        add("X-Scheduler-Slot") { run.slot.appendDescription(to: &$0) }
        add("X-Scheduler-Attempt", String(attempt))
        add("X-Scheduler-Trigger", run.trigger.rawValue)
        add("X-Request-ID") { id.append(to: &$0) }
        // W3C Trace Context §3.2: version, trace, span, "sampled".
        add("traceparent") { value in
            value.append(utf8Of: "00-")
            id.append(to: &value)
            value.append(UInt8(ascii: "-"))
            RunID.append(span, to: &value)
            value.append(utf8Of: "-01")
        }
    }
}
