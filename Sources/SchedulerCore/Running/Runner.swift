package import HTTPClient
internal import Schedule
internal import Synchronization

/// Carries out a run: the request, its outcome, and the line that tells of it.
package final class Runner: Sendable {
    private let target: BaseURL
    private let token: TokenSource?
    private let transport: TransportSettings
    private let log: Log
    private let time: TimeSource
    private let reports: ErrorReports?
    private let cancellation: Cancellation
    /// True from the first signal on: no further attempt starts.
    private let isStopping: @Sendable () -> Bool
    private let random: @Sendable () -> UInt64
    private let hasWarnedOfToken = Atomic(false)

    package init(
        _ settings: Settings,
        token: TokenSource?,
        log: Log,
        time: TimeSource,
        reports: ErrorReports?,
        cancellation: Cancellation,
        isStopping: @escaping @Sendable () -> Bool = { false },
        random: @escaping @Sendable () -> UInt64
    ) {
        target = settings.target
        self.token = token
        transport = settings.transport
        self.log = log
        self.time = time
        self.reports = reports
        self.cancellation = cancellation
        self.isStopping = isStopping
        self.random = random
    }

    /// What a new run is told apart by.
    func newID() -> RunID { RunID(random(), random()) }

    /// Makes one attempt of a run, and one more at once if the token was denied and has changed since.
    ///
    /// Blocks until it has ended. A run that the app has not seen yet gets its first line when the connection stands.
    func attempt(
        _ attempt: Clockwork.Attempt,
        id: RunID,
        with client: Client,
        connected: () -> Void = {}
    ) -> RunEnd {
        // Announced once, on whichever of two occasions comes first.
        var isAnnounced = attempt.context != nil
        let context =
            attempt.context
            ?? RunContext(
                id: id,
                slot: attempt.run.slot,
                began: time.uptime(),
                lateness: max(.zero, time.now() - attempt.run.due)
            )
        func announce() {
            guard !isAnnounced else { return }
            isAnnounced = true
            log.running(attempt.job, attempt.run, context)
        }
        func made(_ number: Int, _ token: Secret?) -> Result<Response, TransferError> {
            send(number, attempt, context, token, client) {
                announce()
                connected()
                return true
            }
        }
        var attempts = attempt.number
        let sent = token?.current(log)
        var answer = made(attempts, sent)
        if let newer = newerToken(than: sent, after: answer) {
            log.tokenIsTriedAgain(attempt.job, context)
            attempts += 1
            answer = made(attempts, newer)
        }
        let end = RunEnd(
            attempt: attempt,
            context: context,
            answer: answer,
            duration: time.uptime() - context.began,
            attempts: attempts
        )
        if end.outcome != .unreachable { announce() }
        return end
    }

    /// A whole run that waits for nothing, with its lines: one attempt.
    package func perform(_ run: Run, of job: Job, with client: Client) -> RunEnd {
        let end = attempt(Clockwork.Attempt(run: run, job: job), id: newID(), with: client)
        log.ended(end)
        reports?.note(end)
        return end
    }

    /// The token that took the place of one that the app denied; nil if there is none, or nothing was denied.
    private func newerToken(than sent: Secret?, after answer: Result<Response, TransferError>) -> Secret? {
        guard case .success(let response) = answer, Outcome(status: response.status) == .denied, !isStopping(),
            let newer = token?.current(log), newer != sent
        else { return nil }
        return newer
    }

    private func send(
        _ number: Int,
        _ attempt: Clockwork.Attempt,
        _ context: RunContext,
        _ token: Secret?,
        _ client: Client,
        connected: () -> Bool
    ) -> Result<Response, TransferError> {
        let job = attempt.job
        // An all-zero span is invalid (W3C Trace Context §3.2.2.4).
        var headers = HeaderLines(attempt.run, of: job, context, attempt: number, span: max(1, random()))
        if let token {
            headers.add("Authorization") { value in
                value.append(utf8Of: "Bearer ")
                value.append(utf8Of: token.reveal)
            }
        } else if !hasWarnedOfToken.exchange(true, ordering: .relaxed) {
            log.tokenIsMissing()
        }
        let request = Request(
            job.method,
            target.text + job.path,
            headers: headers,
            body: job.body.map { Array($0.utf8) },
            timeout: job.timeout,
            tls: transport.target,
            proxy: transport.proxy
        )
        do throws(TransferError) {
            return .success(try client.send(request, until: cancellation, connected: connected))
        } catch {
            return .failure(error)
        }
    }
}
