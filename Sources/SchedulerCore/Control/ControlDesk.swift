internal import Calling
internal import Clockwork
internal import Glibc
internal import HTTPServer
internal import JSON
internal import Ledger
internal import Locking
internal import Schedule
internal import Telling
internal import Threads

/// Answers what commands ask over the local socket.
///
/// On the listener's thread, which nothing here holds up: decisions are made under the core's lock, as the loop makes
/// them, and what has to be waited for keeps its `Reply`.
final class ControlDesk: Sendable {
    private let core: Core
    private let callers: Callers
    private let ledger: any Ledger
    private let runs: ManualRuns
    private let pulse: @Sendable () -> Pulse
    private let time: TimeSource

    /// That a change is kept is waited for so long; the client has a second.
    private static let patience = Duration.milliseconds(600)

    init(
        core: Core,
        callers: Callers,
        ledger: any Ledger,
        runs: ManualRuns,
        pulse: @escaping @Sendable () -> Pulse,
        time: TimeSource
    ) {
        (self.core, self.callers, self.ledger, self.runs) = (core, callers, ledger, runs)
        (self.pulse, self.time) = (pulse, time)
    }

    /// False if it is nothing for this desk.
    func answers(_ request: Request, _ reply: Reply) -> Bool {
        let path = request.path
        guard path.hasPrefix(ControlRequest.prefix) else { return false }
        if path.hasPrefix(ControlRequest.runPrefix), request.method == "GET" {
            guard let id = RunID(String(path.dropFirst(ControlRequest.runPrefix.count))) else { return false }
            runs.answer(id, reply)
            return true
        }
        guard ControlRequest.paths.contains(path) else { return false }
        guard request.method == "POST" else {
            reply.send(Response(status: 405, headers: [Header("Allow", "POST")]))
            return true
        }
        guard let (asked, deadline) = ControlRequest.read(path: path, body: request.body) else {
            reply.send(
                ControlAnswer(.malformed, job: "", "that is nothing that a command of this release asks").response
            )
            return true
        }
        if time.uptime() < deadline {
            answer(asked, reply)
        } else {
            reply.send(ControlAnswer(.refused, job: asked.job, "whoever asked this does not wait any more").response)
        }
        return true
    }

    private func answer(_ asked: ControlRequest, _ reply: Reply) {
        if let obstacle {
            return reply.send(ControlAnswer(.unable, job: asked.job, "this scheduler \(obstacle)").response)
        }
        let (clockwork, now) = (core.clockwork, time.reading())
        let configured = clockwork.entries.filter { !$0.isGone }.map(\.job.name)
        let names: [String]
        switch asked {
        case .pause(.all, _, _), .resume(.all): names = configured
        case .fire, .pause, .resume, .skip, .why:
            let key = JobName.folded(asked.job)
            guard let name = configured.first(where: { JobName.folded($0) == key }) else {
                let near = NearestName.of(asked.job, in: configured).map { [("near", JSONValue.string($0))] } ?? []
                return reply.send(ControlAnswer(.unknownJob, job: asked.job, "job is not known", near).response)
            }
            names = [name]
        }
        switch asked {
        case .fire(_, let force): fire(names[0], force: force, reply)
        case .pause(let choice, let until, let note): pause(names, choice, until: until, note, now, reply)
        case .resume(let choice): resume(names, choice, clockwork, reply)
        case .skip(_, let count): skip(names[0], count, reply)
        case .why(_, let moment):
            guard let entry = clockwork.entries.first(where: { $0.job.name == names[0] }) else { return }
            let why = Why(entry, at: moment, in: clockwork, leftOut: runs.leftOut, now: now)
            let more: [(String, JSONValue)] = [("slot", why.slot.map { .string($0.description) } ?? .null)]
            reply.send(ControlAnswer(.done, job: why.job, why.text, more).response)
        }
    }

    /// Why nothing can be done now, whatever is asked; found without any lock where the loop may hang with one.
    private var obstacle: String? {
        let pulse = pulse()
        guard pulse.isHealthy else {
            return "hangs: its loop has not looked at the clock for \(Phrase.duration(pulse.age))"
        }
        return ControlWording.obstacle(core.isStopping.isSet ? .draining : core.life)
    }

    // MARK: - What is done

    private func fire(_ job: String, force: Bool, _ reply: Reply) {
        let (result, attempts, _) = core.operate { [time] clockwork in
            let (result, orders) = clockwork.fire(job, force: force, at: time.reading())
            let entry = clockwork.entries.first { $0.job.name == job }
            return (result.map { ($0, entry?.run?.slot) }, orders)
        }
        if case .success(let (id, _)) = result { runs.begin(id) }
        core.start(attempts, callers)
        switch result {
        case .failure(let refusal):
            reply.send(ControlAnswer(.refused, job: job, ControlWording.refusal(refusal, of: job)).response)
        case .success(let (id, slot)):
            let members = FiredRun.members(job, slot, id)
            reply.send(ControlAnswer(run: members).response)
        }
    }

    private func pause(
        _ jobs: [String],
        _ choice: JobChoice,
        until: Moment,
        _ note: String,
        _ now: Reading,
        _ reply: Reply
    ) {
        let pause = Pause(from: now.now.wholeMilliseconds, until: until, note: note)
        guard core.life != .clockNotBelieved else {
            return reply.send(
                ControlAnswer(.refused, job: choice.text, "this scheduler \(ControlWording.wrongClock)").response
            )
        }
        // The command has looked as well, some moments ago.
        guard until > now.now, until - now.now <= Pause.longest + .seconds(5) else {
            return reply.send(
                ControlAnswer(.refused, job: choice.text, "a pause ends later than now, and within 30d").response
            )
        }
        let (_, attempts, number) = core.operate { [time] in ((), $0.pause(jobs, pause, at: time.reading())) }
        core.start(attempts, callers)
        let shown = ControlWording.paused(jobs, choice, pause)
        let more: [(String, JSONValue)] = [("paused_until", .string(until.description)), ("note", .string(note))]
        answer(ControlAnswer(.done, job: choice == .all ? "all" : jobs[0], shown, more), reply, whenKept: number)
    }

    private func resume(_ jobs: [String], _ choice: JobChoice, _ before: Clockwork, _ reply: Reply) {
        let now = time.now()
        let paused = jobs.filter { before.state(of: $0)?.pause?.isOn(at: now) == true }
        let (next, attempts, number) = core.operate { [time] clockwork in
            let now = time.reading()
            let orders = clockwork.pause(paused, nil, at: now)
            let entry = clockwork.entries.first { $0.job.name == jobs.first }
            return (entry.flatMap { clockwork.nextSlot(of: $0, at: now) }, orders)
        }
        core.start(attempts, callers)
        let shown = ControlWording.resumed(jobs, paused: paused, choice, next: next)
        answer(ControlAnswer(.done, job: choice == .all ? "all" : jobs[0], shown), reply, whenKept: number)
    }

    private func skip(_ job: String, _ count: Int, _ reply: Reply) {
        let (next, attempts, number) = core.operate { [time] clockwork in
            let now = time.reading()
            let orders = clockwork.skip(job, count: count, at: now)
            let entry = clockwork.entries.first { $0.job.name == job }
            return (entry.flatMap { clockwork.nextSlot(of: $0, at: now) }, orders)
        }
        core.start(attempts, callers)
        let shown = ControlWording.skipped(job, count, next: next)
        answer(ControlAnswer(.done, job: job, shown, [("skips", .integer(count))]), reply, whenKept: number)
    }

    /// What is answered has to outlive a kill, so the answer comes when it is kept, or says that it is not.
    private func answer(_ answer: ControlAnswer, _ reply: Reply, whenKept number: UInt64?) {
        guard let number else {
            // Nothing changed, or it is not written.
            return reply.send((ledger.isWritable ? answer : answer.notKept).response)
        }
        let thread = SystemThread.start { [ledger] in
            let isKept = ledger.isKept(number, within: Self.patience)
            reply.send(isKept ? answer.response : answer.notKept.response)
        }
        switch thread {
        case .success(let thread): pthread_detach(thread)
        case .failure: reply.send(answer.response)
        }
    }
}
