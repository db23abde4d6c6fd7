package import HTTPClient
internal import Schedule
internal import Synchronization

/// Carries out a run: the request, its outcome, and the line that tells of it.
package final class Runner: Sendable {
    private let target: BaseURL
    private let token: Secret?
    private let log: Log
    private let time: TimeSource
    private let reports: ErrorReports?
    private let cancellation: Cancellation
    private let random: @Sendable () -> UInt64
    private let hasWarnedOfToken = Atomic(false)

    package init(
        _ settings: Settings,
        log: Log,
        time: TimeSource,
        reports: ErrorReports?,
        cancellation: Cancellation,
        random: @escaping @Sendable () -> UInt64
    ) {
        target = settings.target
        token = settings.token
        self.log = log
        self.time = time
        self.reports = reports
        self.cancellation = cancellation
        self.random = random
    }

    /// Blocks until the run has ended.
    @discardableResult
    package func perform(_ run: Run, of job: Job, with client: Client) -> RunEnd {
        let identity = RequestIdentity(random: random)
        let late = max(.zero, time.now() - run.due)
        let begin = time.uptime()
        log.running(job, run, id: identity.runID)
        let answer = attempt(job, run, identity, client)
        let end = RunEnd(
            job: job,
            run: run,
            runID: identity.runID,
            answer: answer,
            duration: time.uptime() - begin,
            lateness: late
        )
        log.ended(end)
        reports?.note(end)
        return end
    }

    private func attempt(
        _ job: Job,
        _ run: Run,
        _ identity: RequestIdentity,
        _ client: Client
    ) -> Result<Response, TransferError> {
        var headers = identity.headers(job: job, run: run, attempt: 1)
        if let token {
            headers.append(Request.Header("Authorization", "Bearer \(token.reveal)"))
        } else if !hasWarnedOfToken.exchange(true, ordering: .relaxed) {
            log.tokenIsMissing()
        }
        let body = job.body.map { Array($0.utf8) }
        let request = Request(job.method, target.text + job.path, headers: headers, body: body, timeout: job.timeout)
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
            ("trigger", .own(run.trigger.rawValue)), ("attempts", 1), ("outcome", .own(outcome.rawValue)),
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
