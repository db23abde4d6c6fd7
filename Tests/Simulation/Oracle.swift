import Clockwork
import Schedule

/// What is promised of the clock, of runs and of holds, checked order by order against the specification.
///
/// It has no queues and no arithmetic of its own; it knows the rules, walks the slots of each job one by one, and
/// remembers what it was told. Everything is said to it before the clockwork hears it, and every order as it is given.
final class Oracle {
    /// A promise that was not kept.
    struct Fault: Error { let text: String }

    /// What the clockwork was told, to which the orders belong that come now.
    enum Event {
        case nothing, load, look, connect(Attempt), end(Attempt, AttemptEnd, begin: Reading), refuse(Attempt), replace
        case stop, finish
    }

    struct Rules {
        var tick: Duration
        var buildDate: Moment
        var spread: Duration
        var threads: Int
        var groups: [Group] = []
    }

    var rules: Rules
    var jobs: [Known] = []
    var places: [String: Int] = [:]
    /// Runs that have had their end.
    var ended: Set<RunID> = []

    // MARK: In this process

    var event = Event.nothing
    var time = Reading(now: .epoch, uptime: .zero)
    var grace = Duration.zero...Duration.zero
    var isStopped = false
    /// What is stuck is given up.
    var isFinishing = false
    var isClockWrong = false
    var mustIntroduce = false
    /// Whether the clock has gone back, so that what was late when it was decided may not be any more.
    var hasGoneBack = false
    /// When it last looked at a clock that it believed.
    var lastLook: Reading?
    var target = Target()
    /// After a refusal: so many threads until then.
    var limit: (count: Int, until: Duration)?
    var toldOfLimit: Duration?

    // MARK: In this event

    /// Facts of jobs' configuration that have to be told now, by name.
    var introductions: [String: Introduction] = [:]
    var moved: [String] = []
    var isMoveTold = false

    struct Introduction: Equatable {
        var seen: Moment?
        var last: Moment?
        var isGone = false
        var isDropped = false
    }

    /// Up, or down since then.
    struct Target {
        var down: (since: Duration, failures: Int, probe: Duration)?
        var probing: Attempt?
        var lastContact: Duration?
        var lastUp: Duration?
        var owes: (down: Bool, up: Bool) = (false, false)
    }

    init(rules: Rules) { self.rules = rules }

    // MARK: - Jobs

    func known(_ name: String) throws -> Int {
        guard let place = places[name] else { throw Fault(text: "a fact of \(name), which never was a job") }
        return place
    }

    /// What jobs there are from now on.
    func configure(_ new: [Job]) {
        for job in jobs.indices { jobs[job].isConfigured = false }
        for job in new {
            if let place = places[job.name] {
                if jobs[place].job != job { jobs[place].delay = nil }
                jobs[place].job = job
                jobs[place].isConfigured = true
                jobs[place].setLast(jobs[place].last)
            } else {
                places[job.name] = jobs.count
                jobs.append(Known(job))
            }
        }
    }

    // MARK: - Clocks

    /// The wall clock, or what it would show if somebody had not set it back to 1970.
    var believed: Reading {
        guard time.now < rules.buildDate, let lastLook else { return time }
        return Reading(now: lastLook.moment(at: time.uptime), uptime: time.uptime)
    }

    /// How late it is for what was due then; the own grace does not count.
    func lateness(_ due: Moment) -> Duration {
        let (from, to) = (time.moment(at: grace.lowerBound), time.moment(at: grace.upperBound))
        return time.now - due - max(.zero, min(time.now, to) - max(due, from))
    }

    // MARK: - Telling

    func expect(_ holds: Bool, _ job: Int, _ text: @autoclosure () -> String) throws {
        guard !holds else { return }
        let known = jobs[job]
        throw Fault(
            text:
                "\(known.job.name) (\(known.job.schedule), last \(shown(known.last)), highest \(shown(known.highest))) "
                + text()
        )
    }

    func expect(_ holds: Bool, _ text: @autoclosure () -> String) throws {
        if !holds { throw Fault(text: text()) }
    }

    func shown(_ moment: Moment?) -> String { moment?.description ?? "none" }
}
