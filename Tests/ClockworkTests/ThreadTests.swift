import Schedule
import Testing

@testable import Clockwork

@Suite("Runs that wait for a thread")
struct ThreadTests {
    @Test("a freed thread starts the next at once; by slot, then by name")
    func order() throws {
        let jobs = [
            try job("c", "daily 00:01"), try job("b", "daily 00:01"), try job("d", "daily 00:00"),
            try job("a", "daily 00:02"),
        ]
        var rig = Rig(jobs, states: jobs.map { ran($0, at: -3_600) }, threads: 1)
        let first = try #require(rig.look(at: 0).first)
        #expect(first.brief == "d 0 schedule")
        #expect(rig.look(at: 60).isEmpty)
        #expect(try rig.entry("b").isQueued)
        #expect(rig.look(at: 120).isEmpty)
        var open: [Attempt] = [first]
        var begun: [String] = []
        while let attempt = open.popLast() {
            rig.pass(to: rig.seconds + 1)
            open += rig.answer(attempt, status: 200)
            begun += open.map(\.brief)
        }
        #expect(
            begun
                == ["b 60 catchup", "c 60 catchup", "a 120 schedule"].map { $0.replacing("catchup", with: "schedule") }
        )
    }

    @Test("what frees a thread asks for a look at once, whoever looks")
    func asksForLook() throws {
        var rig = Rig([try job("a", "daily 03:00"), try job("b", "daily 03:00")], threads: 1)
        let first = try #require(rig.look(at: 0).first)
        _ = rig.connect(first)
        rig.pass(to: 3)
        var clockwork = rig.clockwork
        _ = clockwork.ended(first, begin: rig.time, AttemptEnd(.ok), at: rig.time)
        #expect(clockwork.nextLook.uptime.map { $0 <= .seconds(3) } == true)
    }

    @Test("a between two attempts, b hangs, a's retry waits for the thread, stop: a ends once, as its last attempt did")
    func retryWaits() throws {
        let jobs = [try job("a", "daily 03:00") { $0.retries = 2 }, try job("b", "daily 03:00")]
        var rig = Rig(jobs, threads: 1)
        let first = try #require(rig.look(at: 0).first)
        let hanging = try #require(rig.answer(first, status: 500).first)
        _ = rig.connect(hanging)
        #expect(rig.look(at: 10).isEmpty)
        #expect(try rig.entry("a").isQueued)
        rig.stop()
        #expect(rig.facts.map(\.brief) == ["ended a 0 failed"])
        _ = rig.fail(hanging, .aborted, wasSent: true)
        rig.end()
        #expect(rig.records("a").map(\.outcome) == [.failed])
        #expect(rig.ends.map(\.id).sorted { $0.high < $1.high } == rig.begins.sorted { $0.high < $1.high })
    }

    @Test(
        "what waits for a thread gives way to its job's next slot, and is left out by catchup=skip and a window",
        arguments: [
            (nil, 50.0, "a 60 schedule", []), (0, 30, "a 0 schedule", []),
            (0, 31, nil, ["passed a 0"]),
            (40, 40, "a 0 schedule", []), (40, 41, nil, ["passed a 0"]),
        ] as [(Int?, Double, String?, [String])]
    )
    func window(_ window: Int?, _ freed: Double, _ begun: String?, _ facts: [String]) throws {
        let a = try job("a", window == nil ? "every 20s" : "every 10m") { $0.catchupWindowSeconds = window }
        let hanging = try job("0", "daily 00:00")
        var rig = Rig(
            [a, hanging],
            states: [ran(a, at: window == nil ? -20 : -600), ran(hanging, at: -9)],
            threads: 1
        )
        let first = try #require(rig.look(at: 0).first)
        _ = rig.connect(first)
        if window == nil {
            _ = rig.run(to: 60)
            #expect(
                rig.told.map(\.brief).filter { $0.hasPrefix("givenUp") }
                    == [
                        "givenUp a 0 after 20 threads", "givenUp a 20 after 20 threads again",
                        "givenUp a 40 after 20 threads again",
                    ]
            )
            #expect(rig.answer(first, status: 200).map(\.brief) == ["a 60 schedule"])
            return
        }
        _ = rig.run(to: freed)
        #expect(rig.answer(first, status: 200).map(\.brief) == [begun].compactMap(\.self))
        #expect(rig.facts.map(\.brief).filter { $0.hasPrefix("passed") } == facts)
    }

    @Test("an interval that is caught up, waits for a thread, and is left out keeps its phase")
    func caughtUpThenLeftOut() throws {
        let a = try job("a", "every 1h") { $0.catchupWindowSeconds = 100 }
        let hanging = try job("0", "daily 00:01")
        var rig = Rig([a, hanging], states: [ran(a, at: -3_600), ran(hanging, at: -9)], threads: 1)
        let first = try #require(rig.look(at: 60).first)
        _ = rig.connect(first)
        #expect(try rig.entry("a").run == Run(slot: Rig.at(60), due: Rig.at(0), trigger: .catchup))
        rig.pass(to: 200)
        #expect(rig.answer(first, status: 200).isEmpty)
        #expect(rig.facts.map(\.brief).last == "passed a 0")
        #expect(rig.next == 3_600)
    }

    @Test(
        "limits of our own: no news of the target, again after a second, told once a minute",
        arguments: [true, false]
    )
    func limits(isRefused: Bool) throws {
        var rig = Rig([try job("a", "daily 03:00")])
        var attempt = try #require(rig.look(at: 0).first)
        for second in 1...130 {
            _ = isRefused ? rig.refuse(attempt) : rig.limit(attempt)
            #expect(!rig.clockwork.target.isDown)
            #expect(rig.next == Double(second))
            #expect(rig.look(at: Double(second) - 0.001).isEmpty)
            attempt = try #require(rig.look(at: Double(second)).first)
            #expect(attempt.brief == "a 0 first")
        }
        #expect(rig.told.count { $0.brief == "limited a" } == 3)
        #expect(rig.ends.isEmpty)
        _ = rig.answer(attempt, status: 200)
        #expect(rig.ends.map(\.attempts) == [1])
    }

    @Test(
        "after a refusal no more calls than there are, for a second; each that ends makes room",
        arguments: [true, false]
    )
    func refusedLimit(isRefused: Bool) throws {
        let jobs = try ["a", "b", "c", "d"].map { try job($0, "daily 03:00") }
        var rig = Rig(jobs)
        let attempts = rig.look(at: 0)
        for attempt in attempts[2...].reversed() {
            #expect((isRefused ? rig.refuse(attempt) : rig.limit(attempt)).isEmpty)
        }
        for (attempt, next) in zip(attempts, ["c 0 first", "d 0 first"]) {
            _ = rig.connect(attempt)
            #expect(rig.answer(attempt, status: 200).map(\.brief) == [next])
            #expect(rig.clockwork.open == 2)
        }
        #expect(rig.ends.map(\.outcome) == [.ok, .ok])
    }

    @Test("one that is refused its thread while the target is down waits for that, and not for a thread")
    func refusedWhileDown() throws {
        var rig = Rig([try job("a", "daily 03:00"), try job("b", "daily 03:00")])
        let attempts = rig.look(at: 0)
        _ = rig.fail(attempts[0], .unreachable, wasSent: false)
        _ = rig.take(rig.orders { $0.refused(attempts[1], number: 11, at: $1) })
        #expect(try rig.entry("b").stage == .waitingForTarget)
    }

    @Test("an attempt whose connection is told twice has one begin")
    func connectedTwice() throws {
        var rig = Rig([try job("a", "daily 03:00")])
        let first = try #require(rig.look(at: 0).first)
        let answers = [rig.connect(first), rig.connect(first)]
        #expect(answers == [true, true])
        _ = rig.answer(first, status: 200)
        #expect(rig.told.count { $0.brief.hasPrefix("began") } == 1)
    }

    @Test("a second request after a denied token is an attempt, but none of the retries")
    func deniedToken() throws {
        var rig = Rig([try job("a", "daily 03:00") { $0.retries = 1 }])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.connect(first)
        var end = AttemptEnd(.failed)
        end.requests = 2
        _ = rig.end(first, end)
        let second = try #require(rig.look(at: 10).first)
        #expect(second.brief == "a 0 first #3")
        _ = rig.answer(second, status: 500)
        #expect(rig.ends.map(\.attempts) == [3])
    }

    @Test("what the app never saw of a run that had begun takes its begin back", arguments: [true, false])
    func takenBack(isLimit: Bool) throws {
        let a = try job("a", "daily 00:00")
        var rig = Rig([a], states: [ran(a, at: -86_400)])
        let first = try #require(rig.look(at: 0).first)
        _ = rig.connect(first)
        _ = isLimit ? rig.limit(first) : rig.fail(first, .unreachable, wasSent: false)
        #expect(rig.disk["a"]?.last == Rig.at(-86_400))
        #expect(rig.disk["a"]?.inFlight == nil)
        let again = try #require(rig.run(to: 2).first)
        _ = rig.answer(again, status: 200)
        #expect(rig.ends.map(\.slot) == [Rig.at(0)])
    }
}
