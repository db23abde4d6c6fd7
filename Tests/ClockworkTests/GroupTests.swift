import Schedule
import TestSupport
import Testing

@testable import Clockwork

@Suite("Groups, priorities and bounded waiting")
struct GroupTests {
    private static let one = [Group(name: "g", limit: 1)]

    /// Jobs at midnight, all in group `g`, that ran last an hour ago.
    private func rig(
        _ names: [String],
        groups: [Group] = one,
        threads: Int = 9,
        _ change: (inout Job) -> Void = { $0.groups = ["g"] }
    ) throws -> Rig {
        let jobs = try names.map { try job($0, "cron 0 * * * *", change) }
        return Rig(jobs, states: jobs.map { ran($0, at: -3_600) }, threads: threads, groups: groups)
    }

    @Test("a full group holds up nobody else, and a place that is freed is used within the same look")
    func places() throws {
        let jobs = try ["a", "b", "c", "other"].map { name in
            try job(name, "cron 0 * * * *") { $0.groups = name == "other" ? [] : ["g"] }
        }
        var rig = Rig(jobs, states: jobs.map { ran($0, at: -3_600) }, groups: [Group(name: "g", limit: 2)])
        let first = rig.look(at: 0)
        #expect(first.map(\.brief) == ["a 0 schedule", "b 0 schedule", "other 0 schedule"])
        rig.pass(to: 7)
        #expect(
            rig.clockwork.obstacle(of: try rig.entry("c"), at: rig.time)
                == .group(
                    "g",
                    heldBy: [
                        .init(job: "a", time: .seconds(7)), .init(job: "b", time: .seconds(7)),
                    ]
                )
        )
        let next = rig.answer(first[1], status: 200)
        #expect(next.map(\.brief) == ["c 0 schedule"])
        #expect(next.first?.waited == .seconds(7))
    }

    @Test("a job in two groups takes its places together, and holds neither while it waits")
    func twoGroups() throws {
        let jobs = try [("a", ["x"]), ("b", ["x", "y"]), ("c", ["y"])].map { name, groups in
            try job(name, "cron 0 * * * *") { $0.groups = groups }
        }
        let groups = [Group(name: "x", limit: 1), Group(name: "y", limit: 1)]
        var rig = Rig(jobs, states: jobs.map { ran($0, at: -3_600) }, groups: groups)
        let first = rig.look(at: 0)
        #expect(first.map(\.brief) == ["a 0 schedule", "c 0 schedule"])
        rig.pass(to: 1)
        #expect(rig.answer(first[0], status: 200).isEmpty)
        #expect(
            rig.clockwork.obstacle(of: try rig.entry("b"), at: rig.time)
                == .group(
                    "y",
                    heldBy: [
                        .init(job: "c", time: .seconds(1))
                    ]
                )
        )
        #expect(rig.answer(first[1], status: 200).map(\.brief) == ["b 0 schedule"])
        #expect(rig.clockwork.groupStates(at: rig.time).map(\.holders.count) == [1, 1])
    }

    @Test(
        "a run between two attempts, a call that may go on in the app, and one that a kill cut off keep their place",
        arguments: ["backoff", "held", "killed", "throttled"]
    )
    func keeps(what: String) throws {
        var rig = try rig(["a", "b"]) {
            ($0.groups, $0.retries, $0.abandonHoldSeconds) = (["g"], what == "backoff" ? 1 : 0, 600)
        }
        let a = try #require(rig.look(at: 0).first)
        rig.pass(to: 1)
        switch what {
        case "backoff":
            #expect(rig.answer(a, status: 500).isEmpty)
            #expect(rig.run(to: 20).map(\.brief) == ["a 0 schedule #2"])
        case "held":
            #expect(rig.fail(a, .timeout, wasSent: true).isEmpty)
            #expect(rig.run(to: 600).isEmpty)
            #expect(rig.run(to: 601).map(\.brief) == ["b 0 schedule"])
        case "killed":
            _ = rig.connect(a)
            rig = rig.restarted(after: 5)
            #expect(rig.run(to: 659).isEmpty)
            #expect(rig.clockwork.groupStates(at: rig.time).first?.holders == [.init(job: "a", time: .seconds(658))])
            #expect(rig.run(to: 661).map(\.brief) == ["b 0 schedule"])
        default:
            // The app is not at it: it asked to be left alone by this job.
            #expect(rig.answer(a, status: 503, retryAfter: .seconds(300)).map(\.brief) == ["b 0 schedule"])
        }
    }

    @Test("of those that wait the class goes first, then the slot, then the name; a third of the wait counts a class")
    func order() throws {
        let schedules = [
            ("busy", "cron 0 0 * * *", Job.Priority.normal), ("low", "cron 1 0 * * *", .low),
            ("high", "cron 3 0 * * *", .high), ("b", "cron 2 0 * * *", .normal), ("a", "cron 2 0 * * *", .normal),
            ("early", "cron 1 0 * * *", .normal),
        ]
        let jobs = try schedules.map { name, schedule, priority in
            try job(name, schedule) { ($0.groups, $0.priority, $0.waitSeconds) = (["g"], priority, 900) }
        }
        func order(freed: Double) throws -> [String] {
            var rig = Rig(jobs, states: jobs.map { ran($0, at: -3_600) }, groups: Self.one)
            var open = rig.run(to: 0)
            #expect(rig.run(to: freed).isEmpty)
            var begun: [String] = []
            while let attempt = open.popLast() {
                open += rig.answer(attempt, status: 200)
                begun += open.map(\.job.name)
            }
            return begun
        }
        #expect(try order(freed: 200) == ["high", "early", "a", "b", "low"])
        // low counts as normal since 360, early and low one class higher since.
        #expect(try order(freed: 361) == ["early", "high", "low", "a", "b"])
        #expect(try order(freed: 421) == ["early", "a", "b", "high", "low"])
        #expect(try order(freed: 661) == ["early", "low", "a", "b", "high"])
    }

    @Test("after its wait a slot is not run, not caught up, and one line is told for all of a streak")
    func waitIsOver() throws {
        var rig = try rig(["a", "b"]) { ($0.groups, $0.waitSeconds, $0.timeoutSeconds) = (["g"], 1_200, 86_400) }
        let a = try #require(rig.look(at: 0).first)
        _ = rig.connect(a)
        #expect(rig.run(to: 5_000).isEmpty)
        func told(_ rig: Rig) -> [String] {
            rig.told.map(\.brief).filter { $0.contains(" b ") && !$0.hasPrefix("conf") }
        }
        #expect(
            told(rig) == [
                "givenUp b 0 after 1200 g: a 1200", "passed b 0", "givenUp b 3600 after 1200 g: a 4800 again",
                "passed b 3600",
            ]
        )
        let late = rig.answer(a, status: 200)
        #expect(late.map(\.brief) == ["a 3600 catchup"])
        #expect(rig.answer(late[0], status: 200).isEmpty)
        // A start does not catch up what was given up.
        rig = rig.restarted(after: 5)
        #expect(rig.run(to: 7_100).isEmpty)
        let next = rig.look(at: 7_200)
        #expect(next.map(\.brief) == ["a 7200 schedule"])
        #expect(rig.answer(next[0], status: 200).map(\.brief) == ["b 7200 schedule"])
    }

    @Test("without wait= a run waits until its next slot, which takes its place, or for a day")
    func standardWait() throws {
        var rig = try rig(["a", "b"])
        let a = try #require(rig.look(at: 0).first)
        _ = rig.connect(a)
        #expect(rig.run(to: 3_600).isEmpty)
        #expect(rig.told.map(\.brief).last == "givenUp b 0 after 3600 g: a 3600")
        let next = rig.answer(a, status: 200)
        #expect(next.map(\.brief) == ["a 3600 schedule"])
        #expect(rig.answer(next[0], status: 200).map(\.brief) == ["b 3600 schedule"])
        let jobs = try ["a", "b"].map { try job($0, "weekly thu 00:00", timeout: 900_000) { $0.groups = ["g"] } }
        rig = Rig(jobs, states: jobs.map { ran($0, at: -7 * day) }, groups: Self.one)
        let held = try #require(rig.look(at: 0).first)
        let mayGo = rig.connect(held)
        #expect(mayGo)
        #expect(rig.run(to: 2 * Double(day)).isEmpty)
        #expect(rig.told.map(\.brief).suffix(2) == ["givenUp b 0 after 86400 g: a 86400", "passed b 0"])
    }

    @Test("with catchup=skip a wait that the job asks for does not make its slot too old")
    func waitAndSkip() throws {
        var rig = try rig(["a", "b"]) { ($0.groups, $0.catchup, $0.waitSeconds) = (["g"], .skip, 600) }
        let a = try #require(rig.look(at: 0).first)
        #expect(rig.run(to: 500).isEmpty)
        #expect(rig.answer(a, status: 200).map(\.brief) == ["b 0 schedule"])
    }

    @Test("an interval keeps its phase when its slot is given up")
    func phase() throws {
        let jobs = try ["a", "b"].map {
            try job($0, "every 10m", timeout: 4_000) { ($0.groups, $0.waitSeconds) = (["g"], 60) }
        }
        var rig = Rig(jobs, states: jobs.map { ran($0, at: -600) }, groups: Self.one)
        let a = try #require(rig.look(at: 0).first)
        #expect(rig.run(to: 100).isEmpty)
        _ = rig.answer(a, status: 200)
        #expect(rig.run(to: 600).map(\.brief) == ["a 600 schedule"])
        #expect(try rig.entry("b").run?.slot == Rig.at(600))
    }

    // MARK: - Other jobs

    @Test(
        "SIGHUP moves a job: a call and a hold keep the place they took, a run that waits is decided by the new groups"
    )
    func moved() throws {
        let groups = [Group(name: "x", limit: 1), Group(name: "y", limit: 1)]
        func jobs(_ of: [String]) throws -> [Job] {
            try zip(["a", "b", "c"], of).map { name, group in
                try job(name, "cron 0 * * * *") { ($0.groups, $0.abandonHoldSeconds) = ([group], 600) }
            }
        }
        let old = try jobs(["x", "x", "y"])
        var rig = Rig(old, states: old.map { ran($0, at: -3_600) }, groups: groups)
        let open = rig.look(at: 0)
        #expect(open.map(\.brief) == ["a 0 schedule", "c 0 schedule"])
        for attempt in open { _ = rig.connect(attempt) }
        // a and c change places; b waits for x, which a holds all the same.
        rig.replace(try jobs(["y", "x", "x"]), threads: 9)
        #expect(rig.look(at: 1).isEmpty)
        #expect(rig.fail(open[0], .timeout, wasSent: true).isEmpty)
        #expect(rig.clockwork.groupStates(at: rig.time).map { $0.holders.map(\.job) } == [["a"], ["c"]])
        // Moved to y, b starts as soon as c has left that.
        rig.replace(try jobs(["y", "y", "x"]), threads: 9)
        #expect(rig.answer(open[1], status: 200).map(\.brief) == ["b 0 schedule"])
        #expect(rig.run(to: 700).isEmpty)
        #expect(rig.clockwork.groupStates(at: rig.time).map { $0.holders.map(\.job) } == [[], ["b"]])
    }

    @Test("the target is probed by a run that could have its places; one of a full group waits on")
    func probe() throws {
        let jobs = try [("a", "g"), ("b", "g"), ("c", "")].map { name, group in
            try job(name, "cron 0 * * * *") { ($0.groups, $0.abandonHoldSeconds) = (group.isEmpty ? [] : [group], 600) }
        }
        var rig = Rig(jobs, states: jobs.map { ran($0, at: -3_600) }, groups: Self.one)
        let open = rig.look(at: 0)
        #expect(open.map(\.brief) == ["a 0 schedule", "c 0 schedule"])
        _ = rig.connect(open[0])
        rig.pass(to: 1)
        #expect(rig.fail(open[0], .timeout, wasSent: true).isEmpty)
        rig.pass(to: 2)
        let later = rig.look(at: 3_600)
        #expect(later.map(\.brief) == ["a 3600 schedule"])
    }

    // MARK: - Against a plain list

    @Test(
        "the queue chooses what a plain list, sorted anew each time, would choose",
        arguments: 0..<20 as Range<UInt64>
    )
    func random(seed: UInt64) {
        var random = SplitMix(seed: seed)
        func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }
        let limits = (0..<4).map { _ in number(1...3) }
        let groups = (0..<40).map { _ in (0..<4).filter { _ in number(0...3) == 0 } }
        let ranks = (0..<40).shuffled(using: &random)
        var queue = RunQueue(limits: limits, groups: groups, ranks: ranks)
        var waiting: [Int: RunQueue.Turn] = [:]
        var running: Set<Int> = []
        for step in 0..<2_000 {
            let job = number(0...39)
            if running.contains(job) {
                running.remove(job)
                queue.leave(groups[job], job)
            } else {
                let turn = RunQueue.Turn(priority: number(0...2), slot: Rig.at(number(0...5)))
                waiting[job] = number(0...4) == 0 ? nil : turn
                queue.set(job, waiting[job], hasPlace: false)
            }
            func isOpen(_ job: Int) -> Bool {
                groups[job].allSatisfy { group in running.count { groups[$0].contains(group) } < limits[group] }
            }
            let expected = waiting.filter { isOpen($0.key) }.min {
                ($0.value, ranks[$0.key]) < ($1.value, ranks[$1.key])
            }
            #expect(queue.first == expected?.key, "seed \(seed), step \(step)")
            for group in 0..<4 {
                #expect(queue.waiting(for: group) == waiting.keys.count { groups[$0].contains(group) })
            }
            if let (job, _) = expected, number(0...1) == 0 {
                waiting[job] = nil
                queue.set(job, nil, hasPlace: false)
                queue.take(groups[job], for: job)
                running.insert(job)
            }
        }
    }

    @Test("as long as a group's work fits, each run gets its place within its wait", arguments: 0..<8 as Range<UInt64>)
    func nobodyStarves(seed: UInt64) throws {
        // Twelve jobs of up to 4 minutes an hour, two at once: 24 of 120 minutes at most; low ones among many high ones.
        var random = SplitMix(seed: seed)
        let jobs = try (0..<12).map { number in
            try job("j\(number)", "cron 0 * * * *", timeout: 3_000) {
                ($0.groups, $0.waitSeconds) = (["g"], 1_800)
                $0.priority = number < 3 ? .low : .high
            }
        }
        var rig = Rig(jobs, states: jobs.map { ran($0, at: -3_600) }, groups: [Group(name: "g", limit: 2)])
        var open: [(attempt: Attempt, end: Double)] = []
        func begin(_ attempts: [Attempt]) {
            open += attempts.map { ($0, rig.seconds + Double(Int.random(in: 1...240, using: &random))) }
        }
        begin(rig.look(at: 0))
        while rig.seconds < 20 * 3_600 {
            let first = open.indices.min { open[$0].end < open[$1].end }
            if let first, open[first].end <= rig.next ?? .infinity {
                let (attempt, end) = open.remove(at: first)
                rig.pass(to: end)
                begin(rig.answer(attempt, status: 200))
            } else {
                begin(rig.look(at: try #require(rig.next)))
            }
            #expect(open.count <= 2)
        }
        #expect(!rig.told.contains { if case .slotGivenUp = $0 { true } else { false } }, "seed \(seed)")
        #expect(rig.ends.count >= 12 * 20)
    }
}
