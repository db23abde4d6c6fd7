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

    /// Blocks until the run has ended.
    @discardableResult
    package func perform(_ run: Run, of job: Job, with client: Client) -> RunEnd {
        let identity = RequestIdentity(random: random)
        let late = max(.zero, time.now() - run.due)
        let begin = time.uptime()
        log.running(job, run, id: identity.runID)
        var attempts = 1
        let sent = token?.current(log)
        var answer = attempt(attempts, job, run, identity, sent, client)
        if let newer = newerToken(than: sent, after: answer) {
            log.tokenIsTriedAgain(job, id: identity.runID)
            attempts += 1
            answer = attempt(attempts, job, run, identity, newer, client)
        }
        let end = RunEnd(
            job: job,
            run: run,
            runID: identity.runID,
            answer: answer,
            duration: time.uptime() - begin,
            lateness: late,
            attempts: attempts
        )
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

    private func attempt(
        _ attempt: Int,
        _ job: Job,
        _ run: Run,
        _ identity: RequestIdentity,
        _ token: Secret?,
        _ client: Client
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
            return .success(try client.send(request, until: cancellation))
        } catch {
            return .failure(error)
        }
    }
}

/// All that is known when a run has ended.
package struct RunEnd: Sendable {
    package let job: Job
    package let run: Run
    package let runID: String
    package let answer: Result<Response, TransferError>
    package let duration: Duration
    package let lateness: Duration
    package var attempts = 1

    package var outcome: Outcome {
        switch answer {
        case .success(let response): Outcome(status: response.status)
        case .failure(let error): Outcome(error.kind)
        }
    }

    package var status: Int {
        if case .success(let response) = answer { return response.status }
        return 0
    }

    /// What is known of a run that ended, as members; the same in logs and in answers to a command.
    var members: [(String, LogValue)] {
        [
            ("job", .own(job.name)), ("slot", .own(run.slot.description)), ("run_id", .own(runID)),
            ("trigger", .own(run.trigger.rawValue)), ("attempts", .integer(attempts)),
            ("outcome", .own(outcome.rawValue)),
            ("status", .integer(status)), ("ms", .integer(duration.wholeMilliseconds)),
            ("late_ms", .integer(lateness.wholeMilliseconds)),
        ]
    }

    var json: JSONValue {
        .object(
            members.map { name, value in
                switch value {
                case .own(let text), .outside(let text): (name, .string(text))
                case .integer(let number): (name, .integer(number))
                }
            }
        )
    }
}
