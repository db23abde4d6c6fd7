internal import Clockwork
internal import Schedule
internal import Telling

/// The lines in which commands are answered.
enum ControlWording {
    /// What keeps a scheduler from doing what it is asked; nil: nothing does.
    static func obstacle(_ life: Life) -> String? {
        switch life {
        case .standby: "stands by: another one has the state directory"
        case .loading: "is still reading its state"
        case .draining, .ended: "is stopping"
        case .grace, .clockNotBelieved, .running: nil
        }
    }

    static let wrongClock = "does not believe its clock, which stands before the program was built"

    static func refusal(_ refusal: FireRefusal, of job: String) -> String {
        switch refusal {
        case .unknownJob: "job \(job) is not known"
        case .running(let time): "job \(job) has been running for \(Phrase.duration(time)), so it is not fired"
        case .waiting(let time, let obstacle):
            "job \(job) has waited \(Phrase.duration(time)) for \(Phrase.obstacle(obstacle)), so it is not fired once more"
        case .betweenAttempts: "job \(job) is between two attempts of a run, so it is not fired"
        case .held(let time, .abandoned):
            "job \(job) may still be running in the app and is held for \(Phrase.duration(time))" + passable
        case .held(let time, .throttled):
            "job \(job) is held for \(Phrase.duration(time)), since the app asked to be left alone" + passable
        case .paused(let pause): "job \(job) is \(pause.words)" + passable
        case .frozen(let span): "job \(job) is \(span.words)" + passable
        case .life(let life): "this scheduler \(obstacle(life) ?? "is not ready")"
        case .clock: "this scheduler \(wrongClock)"
        }
    }

    private static let passable = ", so it is not fired; --force passes over that"

    static func paused(_ jobs: [String], _ choice: JobChoice, _ pause: Pause) -> String {
        "\(subject(jobs, choice)) \(pause.words)."
    }

    /// `paused` are those among them that were.
    static func resumed(_ jobs: [String], paused: [String], _ choice: JobChoice, next: Moment?) -> String {
        if choice == .all {
            return paused.isEmpty
                ? "No job is paused." : "\(counted(paused.count, "job")) resumed: \(paused.joined(separator: ", "))."
        }
        let job = jobs.first ?? ""
        return "Job \(job) is \(paused.isEmpty ? "not paused" : "resumed"); \(self.next(next))."
    }

    /// `next` is the one that runs after those.
    static func skipped(_ job: String, _ count: Int, next: Moment?) -> String {
        let what = count == 0 ? "no slot" : count == 1 ? "its next slot" : "its next \(count) slots"
        return "Job \(job) skips \(what); \(self.next(next))."
    }

    private static func next(_ slot: Moment?) -> String {
        slot.map { "the next one that runs is \($0)" } ?? "there is none that runs after"
    }

    private static func subject(_ jobs: [String], _ choice: JobChoice) -> String {
        choice == .all ? "All jobs (\(jobs.count)) are" : "Job \(jobs.first ?? "") is"
    }
}
