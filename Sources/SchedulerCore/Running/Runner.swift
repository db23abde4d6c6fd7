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
        log: Log,
        time: TimeSource,
        reports: ErrorReports?,
        cancellation: Cancellation,
        isStopping: @escaping @Sendable () -> Bool = { false },
        random: @escaping @Sendable () -> UInt64
    ) {
        target = settings.target
        token = settings.token
        transport = settings.transport
        self.log = log
        self.time = time
        self.reports = reports
        self.cancellation = cancellation
        self.isStopping = isStopping
        self.random = random
    }

    /// What a new run is told apart by.
    func identity() -> RequestIdentity { RequestIdentity(random: random) }

    /// Makes one attempt of a run, and one more at once if the token was denied and has changed since.
    ///
    /// Blocks until it has ended. `context` is that of the run's earlier attempts. A run that the app has not seen yet
    /// gets its first line when the connection stands.
    package func attempt(
        _ run: Run,
        of job: Job,
        number: Int = 1,
        identity: RequestIdentity? = nil,
        context: RunContext? = nil,
        with client: Client,
        connected: () -> Void = {}
    ) -> RunEnd {
        // Announced once, on whichever of two occasions comes first.
        var isAnnounced = context != nil
        let context =
            context
            ?? RunContext(
                identity: identity ?? self.identity(),
                began: time.uptime(),
                lateness: max(.zero, time.now() - run.due)
            )
        func announce() {
            guard !isAnnounced else { return }
            isAnnounced = true
            log.running(job, run, id: context.identity.runID)
        }
        func made(_ attempt: Int, _ token: Secret?) -> Result<Response, TransferError> {
            send(attempt, job, run, context.identity, token, client) {
                announce()
                connected()
            }
        }
        var attempts = number
        let sent = token?.current(log)
        var answer = made(attempts, sent)
        if let newer = newerToken(than: sent, after: answer) {
            log.tokenIsTriedAgain(job, id: context.identity.runID)
            attempts += 1
            answer = made(attempts, newer)
        }
        let end = RunEnd(
            job: job,
            run: run,
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
        let end = attempt(run, of: job, with: client)
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
        _ attempt: Int,
        _ job: Job,
        _ run: Run,
        _ identity: RequestIdentity,
        _ token: Secret?,
        _ client: Client,
        connected: () -> Void
    ) -> Result<Response, TransferError> {
        var headers = identity.headers(job: job, run: run, attempt: attempt)
        if let token {
            headers.append(Request.Header("Authorization", "Bearer \(token.reveal)"))
        } else if !hasWarnedOfToken.exchange(true, ordering: .relaxed) {
            log.tokenIsMissing()
        }
        let body = job.body.map { Array($0.utf8) }
        let request = Request(
            job.method,
            target.text + job.path,
            headers: headers,
            body: body,
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
