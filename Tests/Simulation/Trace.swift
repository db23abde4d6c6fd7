import Clockwork
import Schedule

/// The last events of a life, to be printed with a fault.
struct Trace: CustomStringConvertible {
    private var events: [(time: Reading, event: StaticString, attempt: Attempt?, orders: [Order])] = []
    private var oldest = 0
    private static let length = 60

    mutating func note(_ time: Reading, _ event: StaticString, _ attempt: Attempt?, _ orders: [Order]) {
        if events.count < Self.length { return events.append((time, event, attempt, orders)) }
        events[oldest] = (time, event, attempt, orders)
        oldest = (oldest + 1) % Self.length
    }

    var description: String {
        (events[oldest...] + events[..<oldest]).map { time, event, attempt, orders in
            (["  \(time.now) (\(time.uptime)) \(event) \(attempt?.job.name ?? "")"]
                + orders.map { "      " + Self.text($0) }).joined(
                    separator: "\n"
                )
        }.joined(separator: "\n")
    }

    private static func text(_ order: Order) -> String {
        switch order {
        case .start(let attempt):
            "start \(attempt.job.name) \(attempt.run.slot) \(attempt.run.trigger) #\(attempt.number)\(attempt.isProbe ? " probe" : "")"
        case .note(let fact): text(fact)
        }
    }

    private static func text(_ fact: Fact) -> String {
        switch fact {
        case .configured(let name, let new): "configured \(name) \(new)"
        case .gone(let name, _): "gone \(name)"
        case .dropped(let name): "dropped \(name)"
        case .passed(let name, let slot, _): "passed \(name) \(slot)"
        case .began(let name, let begin, _): "began \(name) \(begin.slot) #\(begin.attempt)"
        case .withdrawn(let name, _): "withdrawn \(name)"
        case .failed(let name, let run, let hold, _):
            "failed \(name) \(run.slot) \(run.outcome) \(String(describing: hold))"
        case .ended(let name, let run, let hold, _):
            "ended \(name) \(run.slot) \(run.outcome) \(String(describing: hold))"
        case .attemptEnded(let attempt, let end): "attempt ended \(attempt.job.name) \(end.outcome)"
        case .slotHeld(let job, let slot, let reason, _): "held \(job.name) \(slot) \(reason)"
        case .slotsReleased(let job, let count, let reason): "released \(job.name) \(count) \(reason)"
        case .slotsGaveWay(let job, let count, let reason, _): "gave way \(job.name) \(count) \(reason)"
        case .slotGivenUp(let job, let slot, let count, let time, let obstacle, _):
            "given up \(job.name) \(slot), \(count), after \(time) for \(obstacle)"
        case .paused(let name, let pause): "paused \(name) \(pause.from) \(pause.until)"
        case .skips(let name, let left, let slot, _): "skips \(name) \(left) \(slot?.description ?? "")"
        case .notRun(let name, _): "not run \(name)"
        case .pauseBegan(let names, let pause): "pause of \(names) until \(pause.until)"
        case .pauseIsOver(let names, let slots): "pause of \(names) is over, \(slots)"
        case .frozen(let span, let held, let exempt): "frozen until \(span.endText ?? "ever"), \(held), \(exempt)"
        case .freezeIsOver(let slots, let runs): "freeze is over, \(slots), \(runs)"
        case .targetIsDown: "target is down"
        case .targetIsStillDown: "target is still down"
        case .targetIsUp(_, let after, let waited): "target is up after \(after), \(waited) waited"
        case .limited(let job, _): "limited \(job.name)"
        case .clockIsWrong: "clock is wrong"
        case .clockIsRight: "clock is right"
        case .clockWentBack(let jobs, _): "clock went back: \(jobs.map(\.name))"
        case .trouble(let name, let incident): "trouble \(name) \(String(describing: incident))"
        case .closing(let name, let incident): "closing \(name) \(String(describing: incident))"
        case .alert(let alert): "\(alert.event) \(alert.key)"
        }
    }
}
