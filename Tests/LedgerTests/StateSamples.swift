import Clockwork
import Schedule

@testable import Ledger

extension RunBegin {
    /// The first attempt of a run with this number, and with a minute of its own.
    static func numbered(_ number: Int = 1) -> RunBegin {
        let slot = Moment(seconds: 1_780_000_000 + Int64(number) * 60)
        return RunBegin(id: RunID(1, UInt64(number)), slot: slot, trigger: .schedule, at: slot, attempt: 1)
    }
}

extension RunRecord {
    /// The end of the run that begins as `RunBegin.numbered` does.
    static func numbered(_ number: Int = 1, _ outcome: Outcome = .ok) -> RunRecord {
        let begin = RunBegin.numbered(number)
        return RunRecord(
            id: begin.id,
            slot: begin.slot,
            trigger: .schedule,
            began: begin.slot,
            attempts: 1,
            outcome: outcome,
            status: 200,
            milliseconds: 12,
            lateMilliseconds: 3
        )
    }
}

extension StateEvent {
    /// In few words, without paths.
    var kind: String {
        switch self {
        case .unwritable(_, .system(let call, _), _): "unwritable \(call)"
        case .unwritable(_, .hangs, _): "unwritable hangs"
        case .unwritable(_, .withoutThread, _): "unwritable without thread"
        case .unwritable(_, let failure, _):
            "unwritable \(failure)" == "unwritable \(StateFailure.replaced)" ? "unwritable replaced" : "\(failure)"
        case .another: "another"
        case .writable: "writable"
        case .damaged: "damaged"
        case .setAside: "setAside"
        case .notShortened: "notShortened"
        case .withoutLock: "withoutLock"
        case .shared: "shared"
        case .otherTarget: "otherTarget"
        }
    }
}
