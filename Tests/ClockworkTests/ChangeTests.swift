import Schedule
import Testing

@testable import Clockwork

@Suite("Another list of jobs")
struct ChangeTests {
    @Test("what stays keeps its phase, what changed misses nothing, what is gone ends, what is new begins")
    func list() throws {
        let names = ["changes", "goes", "stays"]
        var rig = Rig(try names.map { try job($0, "every 1m") })
        let attempts = rig.look(at: 0)
        for attempt in attempts where attempt.job.name != "goes" { _ = rig.answer(attempt, status: 200) }
        _ = rig.connect(attempts[1])
        rig.pass(to: 30)
        rig.replace(
            [
                try job("stays", "every 1m"), try job("changes", "every 2m"), try job("new", "every 1h"),
                try job("waits", "every 1m") { $0.first = .wait },
            ],
            threads: 9
        )
        #expect(
            rig.facts.map(\.brief) == [
                "configured changes last=30", "configured new seen=30", "configured waits seen=30 last=30", "gone goes",
            ]
        )
        #expect(rig.run(to: 30, answer: 200).map(\.brief) == ["new 30 first"])
        #expect(rig.run(to: 60, answer: 200).map(\.brief) == ["stays 60 schedule"])
        rig.pass(to: 70)
        #expect(rig.answer(attempts[1], status: 200).isEmpty)
        #expect(
            rig.run(to: 150, answer: 200).map(\.brief) == [
                "waits 90 schedule", "stays 120 schedule", "changes 150 schedule", "waits 150 schedule",
            ]
        )
        #expect(rig.clockwork.entries.map(\.job.name) == ["stays", "changes", "new", "waits"])
        #expect(rig.records("goes").map(\.outcome) == [.ok])
    }

    @Test("jobs that were removed do not accumulate, whatever their runs were at")
    func removed() throws {
        var rig = Rig([try job("job0", "daily 03:00")])
        var open: [Attempt] = []
        for number in 1...10 {
            open += rig.look(at: Double(number))
            for attempt in open { _ = rig.connect(attempt) }
            rig.replace([try job("job\(number)", "daily 03:00")], threads: 99)
        }
        for attempt in open { _ = rig.answer(attempt, status: 200) }
        #expect(rig.clockwork.entries.map(\.job.name) == ["job10"])
        #expect(rig.records("job3").map(\.outcome) == [.ok])
        #expect(rig.disk["job3"]?.gone == Rig.at(4))
    }

    @Test(
        "a run of an old slot waits, the schedule changes: dropped, and the next start runs no slot from before",
        arguments: [true, false]
    )
    func changedWhileWaiting(isConnecting: Bool) throws {
        let a = try job("a", "every 30m")
        let b = try job("b", "daily 00:00")
        var rig = Rig([a, b], states: [ran(a, at: -1_800), ran(b, at: -9)], threads: isConnecting ? 2 : 1)
        var attempts = rig.look(at: 0)
        if !isConnecting {
            // b has the thread.
            #expect(attempts.map(\.brief) == ["a 0 schedule"])
            attempts = rig.answer(attempts[0], status: 200)
            _ = rig.look(at: 1_800)
            #expect(try rig.entry("a").isQueued)
        }
        rig.pass(to: rig.seconds + 10)
        let now = Int(rig.seconds)
        rig.replace([try job("a", "cron */20 * * * *"), b], threads: 2)
        #expect(rig.facts.map(\.brief) == ["configured a last=\(now)"])
        if isConnecting {
            let mayGo = rig.connect(attempts[0])
            #expect(!mayGo)
            #expect(rig.fail(attempts[0], .aborted, wasSent: false).isEmpty)
        }
        #expect(rig.disk["a"]?.last == Rig.at(now))
        for next in [rig.restarted(), rig] {
            var next = next
            let slot = (now / 1_200 + 1) * 1_200
            #expect(
                next.run(to: Double(slot), answer: 200).map(\.brief).filter { $0.hasPrefix("a") } == [
                    "a \(slot) schedule"
                ]
            )
        }
    }

    @Test(
        "another option of a job whose run has not begun: it begins as the job is now",
        arguments: ["thread", "target", "connecting", "delayed"]
    )
    func option(stage: String) throws {
        let a = try job("a", "daily 00:00") { $0.jitterSeconds = stage == "delayed" ? 3_600 : 0 }
        let b = try job("b", "daily 00:00")
        var rig = Rig([a, b], states: [ran(a, at: -9), ran(b, at: -9)], threads: 2)
        if stage == "thread" {
            rig = Rig([a, try job("0", "daily 00:00")], states: [ran(a, at: -9), ran(b, at: -9)], threads: 1)
        }
        let attempts = rig.look(at: 0)
        if stage == "target" { for attempt in attempts { _ = rig.fail(attempt, .unreachable, wasSent: false) } }
        var new = a
        (new.path, new.jitterSeconds) = ("/new", 0)
        rig.replace([new, stage == "thread" ? try job("0", "daily 00:00") : b], threads: 3)
        #expect(rig.facts.filter { $0.keptJob == "a" }.isEmpty)
        if stage == "connecting" {
            let mayGo = rig.connect(attempts[0])
            #expect(!mayGo)
        }
        var begun = stage == "connecting" ? rig.fail(attempts[0], .aborted, wasSent: false) : []
        begun += rig.run(to: 1)
        let attempt = try #require(begun.first { $0.job.name == "a" })
        #expect(attempt.job.path == "/new")
        #expect(attempt.brief == "a 0 schedule")
    }

    @Test("a job is removed while its run waits for a thread: it does not run")
    func removedWhileWaiting() throws {
        let jobs = [try job("a", "daily 00:00"), try job("b", "daily 00:00")]
        var rig = Rig(jobs, states: jobs.map { ran($0, at: -9) }, threads: 1)
        let first = try #require(rig.look(at: 0).first)
        rig.replace([jobs[0]])
        #expect(rig.facts.map(\.brief) == ["gone b"])
        #expect(rig.answer(first, status: 200).isEmpty)
        #expect(rig.run(to: 86_399).isEmpty)
    }

    @Test("a job is removed while it connects, and while it is between two attempts: no request, and one end")
    func removedInFlight() throws {
        let jobs = [try job("a", "daily 00:00"), try job("b", "daily 00:00") { $0.retries = 3 }]
        var rig = Rig(jobs, states: jobs.map { ran($0, at: -9) })
        let attempts = rig.look(at: 0)
        _ = rig.answer(attempts[1], status: 500)
        rig.replace([try job("c", "daily 03:00") { $0.first = .wait }])
        #expect(rig.facts.map(\.brief) == ["ended b 0 failed", "configured c seen=0 last=0", "gone a", "gone b"])
        let mayGo = rig.connect(attempts[0])
        #expect(!mayGo)
        #expect(rig.fail(attempts[0], .aborted, wasSent: false).isEmpty)
        #expect(rig.clockwork.entries.count == 1)
        #expect(rig.disk["a"]?.last == Rig.at(-9))
    }

    @Test("a job that goes and comes back runs again, whatever stage its run was in")
    func goesAndComes() throws {
        let jobs = [
            try job("a", "every 1h") { $0.jitterSeconds = 3_600 }, try job("b", "every 1h") { $0.retries = 3 },
            try job("c", "every 1h"), try job("d", "every 1h"),
        ]
        var rig = Rig(jobs)
        let attempts = rig.look(at: 0)
        #expect(attempts.map(\.job.name) == ["b", "c", "d"])
        _ = rig.answer(attempts[0], status: 500)
        _ = rig.fail(attempts[1], .unreachable, wasSent: false)
        rig.replace([])
        #expect(rig.run(to: 60).isEmpty)
        rig.replace(jobs, threads: 9)
        let mayGo = rig.connect(attempts[2])
        #expect(!mayGo)
        let begun = rig.fail(attempts[2], .aborted, wasSent: false) + rig.run(to: 3 * 3_600, answer: 200)
        #expect(Set(begun.map(\.job.name)) == ["a", "b", "c", "d"])
        #expect(begun.allSatisfy { $0.run.slot >= Rig.at(60) })
    }

    @Test("a first run is pending, the job is removed and put back: it runs, and once")
    func firstRemoved() throws {
        let a = try job("a", "daily 03:00")
        var rig = Rig([a], grace: 60)
        _ = rig.look(at: 10)
        rig.replace([])
        #expect(rig.facts.map(\.brief) == ["gone a"])
        rig.pass(to: 20)
        rig.replace([a])
        #expect(rig.facts.map(\.brief) == ["configured a seen=20"])
        #expect(rig.run(to: 3_600, answer: 200).map(\.brief) == ["a 20 first"])
    }

    @Test("a schedule changes while a run is between two attempts: it is left to its end, before the new next slot")
    func changedInBackoff() throws {
        let a = try job("a", "daily 00:00") { $0.retries = 9 }
        var rig = Rig([a], states: [ran(a, at: -9)])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.answer(first, status: 500)
        rig.pass(to: 1)
        rig.replace([try job("a", "cron 30 0 0 * * *") { $0.retries = 9 }])
        let second = try #require(rig.run(to: 7).first)
        #expect(second.brief == "a 0 schedule #2")
        _ = rig.answer(second, status: 500)
        let third = try #require(rig.run(to: 20).first)
        #expect(third.brief == "a 0 schedule #3")
        // The next wait would end after the new schedule's slot.
        _ = rig.answer(third, status: 500)
        #expect(rig.ends.map(\.attempts) == [3])
        #expect(rig.run(to: 30).map(\.brief) == ["a 30 schedule"])
    }

    @Test("a hold that is over by the clock that only goes forward does not come back with another list")
    func oldHold() throws {
        let a = try job("a", "every 1h")
        var rig = Rig([a])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.fail(first, .timeout, wasSent: true)
        _ = rig.look(at: 61)
        rig.shift = .seconds(-60)
        _ = rig.look(at: 61)
        rig.replace([a])
        #expect(try rig.entry("a").stage == .idle)
        // One that is not over comes back with its job.
        let second = try #require(rig.run(to: 3_660).first)
        _ = rig.fail(second, .timeout, wasSent: true)
        rig.replace([])
        rig.replace([a])
        #expect(try rig.entry("a").stage == .held(until: .seconds(3_720), .abandoned))
    }
}
