package import HTTPClient
internal import Schedule

/// The headers by which the app and its logs tell runs and attempts apart.
package struct RequestIdentity: Sendable {
    /// One per run, and the trace's id as well, so that one search finds both.
    package let id: RunID
    /// The same as text, which a run needs several times.
    package let runID: String
    private let random: @Sendable () -> UInt64

    package init(random: @escaping @Sendable () -> UInt64) {
        self.random = random
        id = RunID(random(), random())
        runID = id.description
    }

    /// The headers of one attempt, counted from 1; each attempt is a span of its own.
    ///
    /// A job's own headers come first, and win where both say one thing.
    package func headers(job: Job, run: Run, attempt: Int) -> [Request.Header] {
        var headers: [Request.Header] = []
        headers.reserveCapacity(job.headers.count + 10)
        for header in job.headers { headers.append(Request.Header(header.name, header.value)) }
        func isGiven(_ name: String) -> Bool { job.headers.contains { $0.name.lowercased() == name } }
        if !isGiven("user-agent") { headers.append(Request.Header("User-Agent", Version.userAgent)) }
        if let body = job.body, !isGiven("content-type") {
            headers.append(Request.Header("Content-Type", JSONText.isValid(body) ? "application/json" : "text/plain"))
        }
        append(to: &headers, job: job.name, run: run, attempt: attempt)
        return headers
    }

    private func append(to headers: inout [Request.Header], job: String, run: Run, attempt: Int) {
        let slot = run.slot.description
        headers += [
            Request.Header("Idempotency-Key", "\(job)@\(slot)" + (run.trigger == .manual ? "#manual-\(runID)" : "")),
            Request.Header("X-Scheduler-Job", job),
            Request.Header("X-Scheduler-Slot", slot),
            Request.Header("X-Scheduler-Attempt", String(attempt)),
            Request.Header("X-Scheduler-Trigger", run.trigger.rawValue),
            Request.Header("X-Request-ID", runID),
            // W3C Trace Context §3.2: version, trace, span, "sampled". An all-zero span is invalid.
            Request.Header("traceparent", "00-\(runID)-\(RunID.hex(max(1, random())))-01"),
        ]
    }
}
