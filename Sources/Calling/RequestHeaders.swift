internal import Clockwork
internal import Files
internal import HTTPClient
internal import Schedule

/// The headers by which the app and its logs tell runs and attempts apart.
extension HeaderLines {
    /// Those of one attempt, counted from 1; each attempt is a span of its own, with a number other than zero.
    ///
    /// A job's own headers come first, and win where both say one thing. The run's id is the trace's as well, so that
    /// one search finds both.
    init(_ attempt: Attempt, number: Int, span: UInt64, secrets: [HeaderValue] = []) {
        let job = attempt.job
        self.init(capacity: 512)
        for header in job.headers { add(header.name, header.value) }
        for header in secrets { add(header.name, header.value.reveal) }
        func isGiven(_ name: String) -> Bool {
            job.headers.contains { $0.name.lowercased() == name } || secrets.contains { $0.name.lowercased() == name }
        }
        if !isGiven("user-agent") { add("User-Agent", Version.userAgent) }
        if !isGiven("content-type"), let type = job.contentType { add("Content-Type", type) }
        add("Idempotency-Key") { value in
            value.append(utf8Of: job.name)
            value.append(UInt8(ascii: "@"))
            value.append(utf8Of: attempt.slotText)
            if attempt.run.trigger == .manual {
                value.append(utf8Of: "#manual-")
                value.append(utf8Of: attempt.idText)
            }
        }
        add("X-Scheduler-Job", job.name)
        add("X-Scheduler-Slot", attempt.slotText)
        add("X-Scheduler-Attempt", String(number))
        add("X-Scheduler-Trigger", attempt.run.trigger.rawValue)
        add("X-Request-ID", attempt.idText)
        // W3C Trace Context §3.2: version, trace, span, "sampled".
        add("traceparent") { value in
            value.append(utf8Of: "00-")
            value.append(utf8Of: attempt.idText)
            value.append(UInt8(ascii: "-"))
            value.append(utf8Of: RunID.hex(span))
            value.append(utf8Of: "-01")
        }
    }
}
