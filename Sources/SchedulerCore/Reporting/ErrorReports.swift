package import HTTPClient
internal import JSON
internal import Locking
package import Schedule

/// Reports attempts without an answer to PostHog, in the background; what can't be sent is dropped.
///
/// The event's form: https://posthog.com/docs/error-tracking/installation/manual
package final class ErrorReports: Sendable {
    private let key: Secret
    private let url: String
    private let tls: TLSOptions
    private let redactor: Redactor
    private let now: @Sendable () -> Moment
    private let pool: WorkerPool
    private let cancellation = Cancellation()
    private let log: Log?
    /// Whether the target was out of reach at the last attempt: an outage is reported once.
    private let isOutage = Mutex(false)
    /// Whether the last report was lost: that is told once, until one is taken.
    private let isLosing = Mutex(false)

    /// More reports than this don't wait: an outage of the reports' own host costs no memory.
    private static let longestQueue = 100

    /// `afterReport` is called on the reports' own thread each time one was sent or dropped.
    package init(
        _ settings: Settings.ErrorReportSettings,
        tls: TLSOptions = TLSOptions(),
        secrets: SecretBook,
        log: Log? = nil,
        now: @escaping @Sendable () -> Moment,
        afterReport: @escaping @Sendable () -> Void = {}
    ) {
        key = settings.key
        url = settings.host.text + "/i/v0/e/"
        self.tls = tls
        redactor = Redactor(secrets)
        self.log = log
        self.now = now
        pool = WorkerPool(width: 1, afterWork: afterReport)
    }

    /// Takes note of how a run ended, and reports it if there was no answer.
    package func note(_ end: RunEnd) {
        let isUnreachable = end.outcome == .unreachable
        let wasOutage = isOutage.withLock { flag in
            defer { if end.outcome != .aborted { flag = isUnreachable } }
            return flag
        }
        guard case .failure(let error) = end.answer, error.kind != .aborted else { return }
        guard !(isUnreachable && wasOutage), pool.load < Self.longestQueue else { return }
        let body = Array(event(error, end.job).description.utf8)
        pool.startRefusedThreads()
        // Weak, since the pool is ours.
        pool.submit { [weak self] client in self?.send(body, with: client) }
    }

    private func send(_ body: [UInt8], with client: Client) {
        let headers: HeaderLines = ["Content-Type": "application/json", "User-Agent": Version.userAgent]
        let request = Request("POST", url, headers: headers, body: body, timeout: .seconds(10), tls: tls)
        let answer: Result<Response, TransferError>
        do throws(TransferError) {
            answer = .success(try client.send(request, until: cancellation))
        } catch {
            answer = .failure(error)
        }
        if case .failure(let error) = answer, error.kind == .aborted { return }
        let isLost = if case .success(let response) = answer { Outcome(status: response.status) != .ok } else { true }
        let isNews = isLosing.withLock { flag in
            defer { flag = isLost }
            return isLost && !flag
        }
        if isNews { log?.reportIsLost(url, answer) }
    }

    /// Reports that are not sent yet.
    package var waiting: Int { pool.load }

    /// Gives up what is not sent, and ends the thread.
    package func stop() {
        pool.stop()
        cancellation.cancel()
        pool.join()
    }

    private func event(_ error: TransferError, _ job: Job) -> JSONValue {
        let exception: JSONValue = .object([
            ("type", .string("TransferError.\(error.kind.rawValue)")),
            ("value", .string(redactor.mask(error.detail))),
            ("mechanism", .object([("type", .string("generic")), ("handled", .bool(true))])),
        ])
        return .object([
            ("api_key", .string(key.reveal)),
            ("event", .string("$exception")),
            ("distinct_id", .string("system")),
            ("timestamp", .string(now().timestamp)),
            (
                "properties",
                .object([
                    ("distinct_id", .string("system")),
                    ("job", .string(job.path)),
                    ("method", .string(job.method)),
                    ("component", .string("scheduler")),
                    ("$exception_list", .array([exception])),
                    ("$exception_level", .string("error")),
                    ("$lib", .string(Version.name)),
                    ("$lib_version", .string(Version.number)),
                ])
            ),
        ])
    }
}
