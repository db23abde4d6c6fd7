import Clockwork
import Schedule

extension AttemptEnd {
    static func answer(_ status: Int, _ body: String = "", location: String? = nil) -> AttemptEnd {
        var end = AttemptEnd(Outcome(status: status))
        (end.status, end.excerpt, end.bytes, end.location) = (status, body, body.utf8.count, location)
        return end
    }

    /// There was none.
    static func none(_ outcome: Outcome, _ why: String) -> AttemptEnd {
        var end = AttemptEnd(outcome)
        end.excerpt = why
        return end
    }
}

/// Facts of one job, `a`, and its run of this slot.
extension Fixture {
    static let slot = Moment(seconds: 1_767_225_600)  // 2026-01-01T00:00:00Z
    static let id = RunID(1, 1)

    static func caller(_ change: (inout Job) -> Void = { _ in }) throws -> Job {
        var job = try job("a", "every 1m")
        job.path = "/api/x?y=1"
        change(&job)
        return job
    }

    static func attempt(_ number: Int = 1, due: Moment? = nil) throws -> Attempt {
        Attempt(job: try caller(), run: Run(slot: slot, due: due, trigger: .schedule), id: id, number: number)
    }

    static func begin(_ number: Int = 1, late: Duration = .zero) -> RunBegin {
        RunBegin(id: id, slot: slot, trigger: .schedule, at: slot + late, attempt: number)
    }

    static func record(_ outcome: Outcome, status: Int = 0, attempts: Int = 1) -> RunRecord {
        RunRecord(
            id: id,
            slot: slot,
            trigger: .schedule,
            began: slot + .milliseconds(12),
            attempts: attempts,
            outcome: outcome,
            status: status,
            milliseconds: 1_500,
            lateMilliseconds: 12
        )
    }

    static func ended(_ end: AttemptEnd) throws -> Fact {
        .ended(
            "a",
            record(end.outcome, status: end.status),
            nil,
            about: Fact.EndNote(job: try caller(), end: end)
        )
    }
}
