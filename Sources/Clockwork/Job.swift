package import Schedule

/// What is called, and when.
package struct Job: Sendable, Equatable {
    /// What happens with a job that never ran, as far as is known.
    package enum First: String, CaseIterable, Sendable {
        case now, wait
    }

    /// What happens with a slot that was missed.
    package enum Catchup: String, CaseIterable, Sendable {
        case one, skip
    }

    /// Who goes first of those that wait.
    package enum Priority: String, CaseIterable, Sendable {
        case high, normal, low

        var place: Int {
            switch self {
            case .high: 0
            case .normal: 1
            case .low: 2
            }
        }
    }

    /// Where the job's dead-man pings go.
    package enum Ping: Sendable, Equatable {
        /// Where those of all jobs go, if anywhere.
        case standard
        case off
        /// A secret.
        case url(String)
    }

    /// What a good answer has to say.
    package struct Expectation: Sendable, Equatable, CustomStringConvertible {
        /// The names that lead to a member of it.
        package let member: [String]
        /// The member's value, as JSON or a bare word.
        package let value: String

        package init(member: [String], value: String) { (self.member, self.value) = (member, value) }

        /// As a job line has it: `ok:true`.
        package var description: String { member.joined(separator: ".") + ":" + value }
    }

    package struct Header: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(name: String, value: String) { (self.name, self.value) = (name, value) }
    }

    /// A header whose value is a secret that stands in a file.
    package struct HeaderFile: Sendable, Equatable {
        package let name: String
        package let path: String

        package init(name: String, path: String) { (self.name, self.path) = (name, path) }
    }

    package var name: String
    /// The variable or `file:line` that defines it.
    package var origin = ""
    /// Whether its operator has a hand in it, rather than the documented defaults alone.
    package var isChanged = true
    package var timetable: Timetable { didSet { scheduleText = timetable.schedule.description } }
    /// The schedule in its canonical form, as it is shown everywhere; kept, since every run is announced with it.
    package private(set) var scheduleText: String
    package var method: String
    /// The app that is called.
    package var target = Target.main
    /// Begins with `/`, may hold a query.
    package var path: String
    /// Of one attempt.
    package var timeoutSeconds: Int
    /// More attempts within a run.
    package var retries = 0
    /// What counts as ok.
    package var ok = Statuses([200...299])
    /// The names that lead to the answer's count of what was processed; nil: it is not read.
    package var items: [String]? = ["processed"]
    package var expectation: Expectation?
    /// What is tried again beside what always is.
    package var retryOn = Statuses()
    package var first = First.now
    package var catchup = Catchup.one
    /// A missed slot older than this is not caught up; nil: however old.
    package var catchupWindowSeconds: Int?
    package var jitterSeconds = 0
    /// How long a job is held after an attempt that may still be running in the app; nil: as long as the timeout.
    package var abandonHoldSeconds: Int?
    /// It runs only with a place in each of them; in alphabetical order.
    package var groups: [String] = []
    package var priority = Priority.normal
    /// How long a run waits for a thread or a place before its slot is given up; nil: until the next slot, at most a day.
    package var waitSeconds: Int?
    /// Whether it starts in freeze windows too.
    package var isFreezeExempt = false
    /// What happens with the slots that a freeze window passed.
    package var freezeCatchup = Catchup.skip
    package var ping = Ping.standard
    package var alertAfter = AlertAfter.byGap
    package var headers: [Header] = []
    package var headerFiles: [HeaderFile] = []
    package var body: String?
    /// When it is first seen it counts as having run so long before the end of the grace; nil: as `first` says.
    package var initialOffset: Duration?

    package init(name: String, timetable: Timetable, method: String, path: String, timeoutSeconds: Int) {
        self.name = name
        self.timetable = timetable
        scheduleText = timetable.schedule.description
        self.method = method
        self.path = path
        self.timeoutSeconds = timeoutSeconds
    }

    /// The app that all jobs call that name no other.
    package static let mainTarget = Target.main

    /// The path, behind the app's name where it is not the main one: `billing:/close`.
    package var place: String { target == Self.mainTarget ? path : "\(target):\(path)" }

    package var timeout: Duration { .seconds(timeoutSeconds) }

    /// How long the job is held after an attempt that may still be running in the app.
    package var abandonHold: Duration { .seconds(abandonHoldSeconds ?? timeoutSeconds) }

    /// The zone that the slots are reckoned in; empty where it plays no part.
    package var zoneText: String { timetable.schedule.isElapsedTime ? "" : timetable.zone.name }

    /// What the seed and the name come to where the slots depend on them (`H`); nil where they play no part.
    package var seedHash: UInt64? { timetable.hashKey?.value(for: "seed") }

    /// How old a missed slot may be to be caught up, zero for not at all; nil: however old.
    var catchupLimit: Duration? { catchup == .skip ? .zero : catchupWindowSeconds.map { .seconds($0) } }
}

extension Schedule {
    /// Whether it knows no clock and no zone.
    package var isElapsedTime: Bool {
        if case .every = self { return true }
        return false
    }
}
