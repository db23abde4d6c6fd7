package import HTTPClient
internal import JSON
internal import Schedule

/// What the attempts of one run share.
package struct RunContext: Sendable {
    let id: RunID
    /// The id and the slot as they are written: in each request, and in two lines at least.
    let idText: String
    let slotText: String
    /// When the first attempt began, on the clock that only goes forward.
    let began: Duration
    /// How much later than due that was.
    let lateness: Duration

    init(id: RunID, slot: Moment, began: Duration, lateness: Duration) {
        (self.id, self.began, self.lateness) = (id, began, lateness)
        (idText, slotText) = (id.description, slot.description)
    }
}

/// All that is known when a run, or an attempt of it, has ended.
package struct RunEnd: Sendable {
    /// The last one.
    let attempt: Clockwork.Attempt
    package let context: RunContext
    package let answer: Result<Response, TransferError>
    package let duration: Duration
    /// Attempts made so far.
    package let attempts: Int

    package var job: Job { attempt.job }
    package var run: Run { attempt.run }

    package var outcome: Outcome {
        switch answer {
        case .success(let response): Outcome(status: response.status)
        case .failure(let error): Outcome(error.kind)
        }
    }

    /// Whether the target is up, as far as this tells.
    var hasReached: Bool { ![.unreachable, .aborted].contains(outcome) }

    package var status: Int {
        if case .success(let response) = answer { return response.status }
        return 0
    }

    /// Of the answer's body, as many as arrived.
    package var bytes: Int {
        if case .success(let response) = answer { return response.bodyLength }
        return 0
    }

    /// What is known of a run that ended, as members; the same in logs and in answers to a command.
    var members: [LogField] {
        [
            LogField("job", .own(job.name)), LogField("slot", .own(context.slotText)),
            LogField("run_id", .own(context.idText)),
            LogField("trigger", .own(run.trigger.rawValue)), LogField("attempts", .integer(attempts)),
            LogField("outcome", .own(outcome.rawValue)),
            LogField("status", .integer(status)), LogField("ms", .integer(duration.wholeMilliseconds)),
            LogField("late_ms", .integer(context.lateness.wholeMilliseconds)), LogField("bytes", .integer(bytes)),
        ]
    }

    var json: JSONValue {
        .object(
            members.map { field in
                switch field.value {
                case .own(let text), .outside(let text): (field.name.description, .string(text))
                case .integer(let number): (field.name.description, .integer(number))
                }
            }
        )
    }

    /// What matters for what comes next; `now` is what a date in `Retry-After` is compared with.
    func facts(at now: Moment) -> AttemptEnd {
        switch answer {
        case .success(let response):
            AttemptEnd(outcome, retryAfter: response.retryAfter?.wait(from: now))
        case .failure(let error): AttemptEnd(outcome, requestWasSent: error.requestWasSent)
        }
    }
}
