package import Clockwork
package import Files
package import HTTPClient
internal import JSON
internal import Locking
package import Schedule
internal import Threads

/// Reports attempts without an answer to PostHog, in the background; what can't be sent is dropped.
///
/// One per outage of the target, whatever ends meanwhile. The event's form:
/// https://posthog.com/docs/error-tracking/installation/manual
package final class ErrorReports: Sendable {
    package struct Destination: Sendable, Equatable {
        package let key: Secret
        package let host: BaseURL
        /// What the app's own reports are marked with; nil: not at all.
        package let environment: String?
        package let release: String?

        package init(key: Secret, host: BaseURL, environment: String? = nil, release: String? = nil) {
            (self.key, self.host, self.environment, self.release) = (key, host, environment, release)
        }
    }

    private let key: Secret
    /// The properties that all reports have.
    private let marks: [(String, JSONValue)]
    private let url: String
    private let tls: TLSOptions
    private let now: @Sendable () -> Moment
    private let tell: @Sendable (CallingEvent) -> Void
    private let mask: @Sendable (String) -> String
    private let pool: WorkerPool<Client>
    private let cancellation = Cancellation()
    private let isOutage = Mutex(false)
    /// Whether the last report was lost: that is told once, until one is taken.
    private let isLosing = Mutex(false)

    /// More reports than this don't wait: an outage of the reports' own host costs no memory.
    private static let longestQueue = 100

    /// `afterReport` is called on the reports' own thread each time one was sent or dropped.
    package init(
        _ destination: Destination,
        tls: TLSOptions = TLSOptions(),
        now: @escaping @Sendable () -> Moment,
        mask: @escaping @Sendable (String) -> String = { $0 },
        tell: @escaping @Sendable (CallingEvent) -> Void = { _ in },
        afterReport: @escaping @Sendable () -> Void = {}
    ) {
        key = destination.key
        marks = [("environment", destination.environment), ("release", destination.release)].compactMap { name, value in
            value.map { (name, .string($0)) }
        }
        url = destination.host.text + "/i/v0/e/"
        (self.tls, self.now, self.mask, self.tell) = (tls, now, mask, tell)
        pool = WorkerPool(width: 1, afterWork: afterReport) { Client() }
    }

    /// Takes note of what happened, and reports it where that is due.
    package func note(_ fact: Fact) {
        switch fact {
        case .targetIsDown(let attempt, let end):
            isOutage.withLock { $0 = true }
            report(attempt, end)
        case .targetIsUp: isOutage.withLock { $0 = false }
        case .attemptEnded(let attempt, let end)
        where !end.isAnswer && end.outcome != .unreachable && end.outcome != .aborted:
            // Whatever an older call comes to in the middle of an outage is a part of it.
            if !isOutage.withLock({ $0 }) { report(attempt, end) }
        default: break
        }
    }

    private func report(_ attempt: Attempt, _ end: AttemptEnd) {
        guard pool.load < Self.longestQueue else { return }
        let body = Array(event(attempt.job, end).description.utf8)
        // Weak, since the pool is ours.
        let refusal = pool.submit { [weak self] client in self?.send(body, with: client) }
        if refusal != nil { lose("there is no thread to send it") }
    }

    private func send(_ body: [UInt8], with client: Client) {
        let headers: HeaderLines = ["Content-Type": "application/json", "User-Agent": Version.userAgent]
        let request = Request("POST", url, headers: headers, body: body, timeout: .seconds(10), tls: tls)
        do throws(TransferError) {
            let response = try client.send(request, until: cancellation)
            guard Outcome(status: response.status) != .ok else { return isLosing.withLock { $0 = false } }
            let answer = mask(String(decoding: response.body, as: UTF8.self)).unicodeScalars.prefix(200)
            lose("HTTP \(response.status) - \(String(String.UnicodeScalarView(answer)))")
        } catch {
            if error.kind != .aborted { lose(mask(error.detail)) }
        }
    }

    private func lose(_ why: String) {
        let isNews = isLosing.withLock { flag in
            defer { flag = true }
            return !flag
        }
        if isNews { tell(.reportIsLost(url: url, why: why)) }
    }

    /// Reports that are not sent yet.
    package var waiting: Int { pool.load }

    /// Gives up what is not sent, and ends the thread.
    package func stop() {
        pool.stop()
        cancellation.cancel()
        pool.join()
    }

    private func event(_ job: Job, _ end: AttemptEnd) -> JSONValue {
        let exception: JSONValue = .object([
            ("type", .string("TransferError.\(end.outcome.rawValue)")),
            ("value", .string(end.excerpt)),
            ("mechanism", .object([("type", .string("generic")), ("handled", .bool(true))])),
        ])
        return .object([
            ("api_key", .string(key.reveal)),
            ("event", .string("$exception")),
            ("distinct_id", .string("system")),
            ("timestamp", .string(now().timestamp)),
            (
                "properties",
                .object(
                    [
                        ("distinct_id", .string("system")),
                        ("job", .string(job.path)),
                        ("method", .string(job.method)),
                        ("component", .string("scheduler")),
                        ("$exception_list", .array([exception])),
                        ("$exception_level", .string("error")),
                        ("$lib", .string(Version.name)),
                        ("$lib_version", .string(Version.number)),
                    ] + marks
                )
            ),
        ])
    }
}
