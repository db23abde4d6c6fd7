import Schedule
import TestSupport
import Testing

@testable import Clockwork

@Suite("Incidents")
struct IncidentTests {
    private static let hour = 3_600

    /// One that ran last an hour ago, and of whose incidents somebody is told.
    private func rig(
        _ schedule: String = "cron 0 * * * *",
        remind: Duration = .seconds(86_400),
        threads: Int = 256,
        _ change: (inout Job) -> Void = { _ in }
    ) throws -> Rig {
        let a = try job("a", schedule, change)
        return Rig([a], states: [ran(a, at: -Self.hour)], threads: threads, remind: remind)
    }

    /// All runs that are due until then are answered like this; each message is taken.
    private func play(_ rig: inout Rig, to seconds: Int, _ status: Int) throws {
        let before = rig.alerts.count
        _ = rig.run(to: Double(seconds), answer: status)
        if rig.alerts.count > before { try rig.alertEnds() }
    }

    @Test(
        "an incident opens with the failure that its job says, and ends with the first ok",
        arguments: [
            // The next slot is an hour away.
            ("cron 0 * * * *", Job.AlertAfter.byGap, [500], ["opened a 0 1"]),
            ("cron 0 * * * *", .byGap, [500, 500, 500, 200], ["opened a 0 1", "closed a 0 3"]),
            ("cron 0 * * * *", .runs(2), [500, 200, 500, 500, 200], ["opened a 7200 2", "closed a 7200 2"]),
            ("cron 0 * * * *", .never, [500, 500, 500, 200], []),
            ("every 30m", .byGap, [500, 500, 200, 500], []),
            ("every 30m", .byGap, [500, 500, 500, 200], ["opened a 0 3", "closed a 0 3"]),
            // Neither opens nor closes; a streak goes on behind it.
            ("cron 0 * * * *", .runs(2), [500, 409, 500], ["opened a 0 2"]),
            ("cron 0 * * * *", .byGap, [503, 429, 423, 200], []),
            ("cron 0 * * * *", .byGap, [500, 503, 409, 200], ["opened a 0 1", "closed a 0 1"]),
            ("cron 0 * * * *", .byGap, [404], ["opened a 0 1"]), ("cron 0 * * * *", .byGap, [301], ["opened a 0 1"]),
            ("cron 0 * * * *", .byGap, [401], ["opened a 0 1"]),
        ] as [(String, Job.AlertAfter, [Int], [String])]
    )
    func opens(_ schedule: String, _ after: Job.AlertAfter, _ statuses: [Int], _ alerts: [String]) throws {
        var rig = try rig(schedule) { $0.alertAfter = after }
        let gap = schedule == "every 30m" ? 1_800 : Self.hour
        for (place, status) in statuses.enumerated() { try play(&rig, to: place * gap, status) }
        #expect(rig.alerts == alerts)
    }

    @Test("which outcomes make an incident", arguments: Outcome.allCases)
    func outcomes(_ outcome: Outcome) throws {
        let failing: Set<Outcome> = [.failed, .timeout, .broken, .rejected, .redirected, .denied, .tls]
        var rig = try rig { $0.abandonHoldSeconds = 0 }
        guard outcome != .interrupted, outcome != .unreachable else { return }
        let attempt = try #require(rig.look(at: 0).first)
        _ = rig.fail(attempt, outcome, wasSent: true)
        #expect(rig.alerts == (failing.contains(outcome) ? ["opened a 0 1"] : []))
    }

    @Test("somebody is reminded once in a while, and never with 0")
    func reminders() throws {
        var rig = try rig(remind: .seconds(12_600))
        for slot in 0...9 { try play(&rig, to: slot * Self.hour, 500) }
        #expect(rig.alerts == ["opened a 0 1", "reminder a 0 4", "reminder a 0 8"])
        rig = try self.rig(remind: .zero)
        for slot in 0...9 { try play(&rig, to: slot * Self.hour, 500) }
        #expect(rig.alerts == ["opened a 0 1"])
    }

    @Test("what was refused is said again when a reminder would be due; of what nobody heard nobody hears the end")
    func refused() throws {
        var rig = try rig(remind: .seconds(7_000))
        _ = rig.run(to: 0, answer: 500)
        try rig.alertEnds(false)
        _ = rig.run(to: 7_000, answer: 500)
        try rig.alertEnds(false)
        _ = rig.run(to: 7_200, answer: 200)
        #expect(rig.alerts == ["opened a 0 1", "opened a 0 2"])
        #expect(rig.disk["a"]?.closing == nil && rig.disk["a"]?.trouble == nil)
    }

    @Test("messages about one incident arrive in their order: its end is sent when its begin was taken")
    func order() throws {
        var rig = try rig()
        _ = rig.run(to: 0, answer: 500)
        _ = rig.run(to: 3_600, answer: 200)
        #expect(rig.alerts == ["opened a 0 1"])
        // The next one has opened before the first message was answered.
        _ = rig.run(to: 7_200, answer: 500)
        try rig.alertEnds()
        #expect(rig.alerts == ["opened a 0 1", "closed a 0 1"])
        try rig.alertEnds()
        #expect(rig.alerts.last == "opened a 7200 1")
        // Refused: nobody has to hear that it is over.
        _ = rig.run(to: 10_800, answer: 200)
        try rig.alertEnds(false)
        #expect(rig.alerts.count == 3 && rig.disk["a"]?.closing == nil)
    }

    @Test("a restart repeats nothing that was taken, and says again what was not, with the same key")
    func restarts() throws {
        var rig = try rig()
        _ = rig.run(to: 0, answer: 500)
        let key = rig.told.compactMap { if case .alert(let alert) = $0 { alert.key } else { nil } }
        // Killed between the message and its answer.
        rig = rig.restarted(after: 10)
        _ = rig.look(at: 20)
        #expect(rig.alerts == ["opened a 0 1"])
        #expect(rig.told.compactMap { if case .alert(let alert) = $0 { alert.key } else { nil } } == key)
        #expect(key == ["seed/a/2026-01-01T00:00:00Z"])
        try rig.alertEnds()
        rig = rig.restarted(after: 10)
        _ = rig.run(to: 7_200, answer: 500)
        #expect(rig.alerts.isEmpty)
        // Its end, and a kill before that was answered.
        _ = rig.run(to: 10_800, answer: 200)
        #expect(rig.alerts == ["closed a 0 3"])
        rig = rig.restarted(after: 10)
        _ = rig.look(at: 10_820)
        #expect(rig.alerts == ["closed a 0 3"])
        try rig.alertEnds()
        rig = rig.restarted(after: 10)
        _ = rig.run(to: 14_400, answer: 200)
        #expect(rig.alerts.isEmpty && rig.disk["a"]?.closing == nil)
    }

    @Test("a slot that is missed and that nobody asked to be left out counts; a pause, a skip and a freeze do not")
    func missed() throws {
        // The sidecar was down over its slot.
        let a = try job("a", "cron 0 * * * *") { $0.catchup = .skip }
        var rig = Rig([a], states: [ran(a, at: -2 * Self.hour)], remind: .zero, at: 100)
        _ = rig.look(at: 100)
        #expect(rig.alerts == ["opened a 0 1"])
        #expect(rig.disk["a"]?.trouble?.run == nil)

        rig = try self.rig("cron 0 * * * *") { $0.catchup = .skip }
        rig.pause(["a"], until: 8_000)
        rig.skip("a", 1)
        _ = rig.run(to: 12_000, answer: 200)
        #expect(rig.alerts.isEmpty)

        // A thread that others have for too long.
        let b = try job("b", "cron 0 * * * *") { $0.waitSeconds = 60 }
        rig = Rig([a, b], states: [ran(a, at: -Self.hour), ran(b, at: -Self.hour)], threads: 1, remind: .zero)
        let open = rig.look(at: 0)
        #expect(open.map(\.job.name) == ["a"])
        _ = rig.connect(open[0])
        _ = rig.run(to: 61)
        #expect(rig.alerts == ["opened b 0 1"])
    }

    @Test("a run by hand counts both ways")
    func manual() throws {
        var rig = try rig()
        _ = rig.run(to: 5, answer: 200)
        rig.pass(to: 10)
        let (_, failing) = try rig.fire("a")
        _ = rig.answer(try #require(failing.first), status: 500)
        #expect(rig.alerts == ["opened a 10 1"])
        try rig.alertEnds()
        let (_, good) = try rig.fire("a")
        _ = rig.answer(try #require(good.first), status: 200)
        #expect(rig.alerts == ["opened a 10 1", "closed a 10 1"])
    }

    @Test("an app that is down for long enough is one incident for all jobs, which ends when it is reached")
    func outage() throws {
        let jobs = try (0..<50).map { number in
            try job("j\(number)", "cron 0 * * * *") { $0.catchup = number > 0 ? .skip : .one }
        }
        var rig = Rig(jobs, states: jobs.map { ran($0, at: -Self.hour) }, remind: .seconds(86_400))
        for attempt in rig.look(at: 0) { _ = rig.fail(attempt, .unreachable, wasSent: false) }
        var probes = rig.run(to: 299)
        while let probe = probes.popLast() {
            _ = rig.fail(probe, .unreachable, wasSent: false)
            if probes.isEmpty { probes = rig.run(to: 299) }
        }
        #expect(rig.alerts.isEmpty)
        // Over a restart it is the same outage.
        rig = rig.restarted()
        _ = rig.look(at: 299).map { rig.fail($0, .unreachable, wasSent: false) }
        for second in 300...400 {
            for attempt in rig.look(at: Double(second)) { _ = rig.fail(attempt, .unreachable, wasSent: false) }
        }
        #expect(rig.alerts == ["opened app 0 0"])
        try rig.alertEnds()
        // Hours later: their slots were missed, and that is no incident of each.
        for minute in 7..<200 {
            for attempt in rig.look(at: Double(60 * minute)) { _ = rig.fail(attempt, .unreachable, wasSent: false) }
        }
        rig = rig.restarted()
        _ = rig.run(to: 12_100, answer: 200)
        #expect(rig.alerts == ["closed app 0 0"])
        #expect(rig.disk["@app"]?.trouble == nil)
    }

    @Test("a short outage is none")
    func shortOutage() throws {
        var rig = try rig()
        for attempt in rig.look(at: 0) { _ = rig.fail(attempt, .unreachable, wasSent: false) }
        _ = rig.run(to: 299, answer: 200)
        _ = rig.run(to: 1_000, answer: 200)
        #expect(rig.alerts.isEmpty && rig.disk["@app"]?.trouble == nil)
    }

    @Test("a job that is taken out of the configuration has no incident left")
    func gone() throws {
        var rig = try rig()
        try play(&rig, to: 0, 500)
        rig.replace([try job("b", "daily 03:00")])
        #expect(rig.alerts == ["opened a 0 1", "closed a 0 1"])
        try rig.alertEnds()
        #expect(rig.disk["a"]?.closing == nil)
    }

    @Test("with nobody to be told incidents still open and close, and nothing of them is left")
    func nobody() throws {
        let a = try job("a", "cron 0 * * * *")
        var rig = Rig([a], states: [ran(a, at: -Self.hour)])
        _ = rig.run(to: 0, answer: 500)
        #expect(rig.alerts.isEmpty && rig.disk["a"]?.trouble?.isOpen == true)
        _ = rig.run(to: 3_600, answer: 200)
        #expect(rig.alerts.isEmpty && rig.disk["a"]?.trouble == nil && rig.disk["a"]?.closing == nil)
    }

    @Test("a kill between two attempts counts as the failure that it was")
    func cut() throws {
        var rig = try rig { $0.retries = 3 }
        let attempt = try #require(rig.look(at: 0).first)
        _ = rig.answer(attempt, status: 500)
        rig = rig.restarted(after: 10)
        _ = rig.look(at: 10)
        #expect(rig.alerts == ["opened a 0 1"])
    }
}

@Suite("Incidents in random lives")
struct IncidentSimulationTests {
    /// What a plain reading of the answers comes to: each incident, and whether it is over.
    private struct Known {
        var key: String
        var isOver = false
    }

    @Test(
        "whatever is lost, and whenever it restarts: each incident is told, in order, and nothing twice that was taken"
    )
    func lives() throws {
        for seed in 1...200 as ClosedRange<UInt64> {
            var random = SplitMix(seed: seed)
            let a = try job("a", "cron 0 * * * *") { $0.alertAfter = .runs(Int.random(in: 1...3, using: &random)) }
            var rig = Rig(
                [a],
                states: [ran(a, at: -3_600)],
                remind: .seconds([0, 7_200].randomElement(using: &random)!)
            )
            var incidents: [Known] = []
            var (streak, first) = (0, 0)
            var (said, taken): ([(key: String, event: Alert.Event)], [(key: String, event: Alert.Event)]) = ([], [])
            guard case .runs(let count) = a.alertAfter else { return }
            func settle(_ seen: inout Int) throws {
                while true {
                    let alerts = rig.told.compactMap { if case .alert(let alert) = $0 { alert } else { nil } }
                    guard alerts.count > seen, let alert = alerts.last else { return }
                    seen = alerts.count
                    said.append((alert.key, alert.event))
                    // Killed before the answer; or it is refused.
                    if Int.random(in: 0...9, using: &random) == 0 {
                        rig = rig.restarted(after: 1)
                        seen = 0
                        _ = rig.look(at: rig.seconds + 1)
                        continue
                    }
                    let isTaken = Int.random(in: 0...4, using: &random) > 0
                    if isTaken { taken.append((alert.key, alert.event)) }
                    try rig.alertEnds(isTaken)
                }
            }
            var seen = 0
            for slot in 0..<60 {
                let status = [200, 500, 500, 409].randomElement(using: &random)!
                _ = rig.run(to: max(Double(slot * 3_600), rig.seconds), answer: status)
                if status == 500 {
                    if streak == 0 { first = slot }
                    streak += 1
                    if streak == count { incidents.append(Known(key: "seed/a/\(Rig.at(first * 3_600))")) }
                } else if status == 200 {
                    if streak >= count { incidents[incidents.count - 1].isOver = true }
                    streak = 0
                }
                try settle(&seen)
            }
            let comment: Comment = "seed \(seed)"
            for incident in incidents {
                let events = said.filter { $0.key == incident.key }.map(\.event)
                let good = taken.filter { $0.key == incident.key }.map(\.event)
                #expect(events.first == .opened, comment)
                // Once taken it is not said again, and only then is anything else said.
                #expect(good.count { $0 == .opened } <= 1 && good.count { $0 == .closed } <= 1, comment)
                if let first = good.first { #expect(first == .opened, comment) }
                if !good.contains(.opened) { #expect(!events.contains(.closed), comment) }
                if good.contains(.opened), incident.isOver { #expect(events.last == .closed, comment) }
                if !incident.isOver { #expect(!events.contains(.closed), comment) }
            }
            #expect(Set(said.map(\.key)) == Set(incidents.map(\.key)), comment)
            if let last = rig.disk["a"] { #expect(last.closing == nil, comment) }
        }
    }
}
