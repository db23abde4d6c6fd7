import Testing

@testable import Schedule

@Suite("The stable hash behind H")
struct HashKeyTests {
    /// Worked out apart from this code.
    ///
    /// If one changes, every install's `H` slots move.
    @Test(
        "is the same for ever",
        arguments: [
            ("", "", "", 0x6bc5_37b4_6c7f_7baf),
            ("http://localhost:8000", "data-refresh", "minute", 0xc880_2e60_5218_738d),
            ("http://localhost:8000", "nightly-report", "hour", 0xc20c_7315_b7ef_d8c5),
            ("ü", "a", "b", 0xcc42_eb0f_c6b0_442b),
        ] as [(String, String, String, UInt64)]
    )
    func golden(_ seed: String, _ job: String, _ label: String, value: UInt64) {
        #expect(HashKey(seed: seed, job: job).value(for: label) == value)
    }

    @Test("a bare H is the hash modulo the size of the field's range")
    func golden() throws {
        let key = HashKey(seed: "http://localhost:8000", job: "data-refresh")
        let slot = try Fixtures.timetable("cron H * * * *", hashKey: key).next(after: .epoch)
        #expect(slot == Moment(seconds: 37 * 60))
    }

    @Test("seed, job and label are kept apart")
    func boundaries() {
        #expect(HashKey(seed: "ab", job: "c").value(for: "d") != HashKey(seed: "a", job: "bc").value(for: "d"))
        #expect(HashKey(seed: "a", job: "bc").value(for: "d") != HashKey(seed: "a", job: "b").value(for: "cd"))
    }

    @Test("spreads a fleet evenly over the minutes")
    func even() {
        var counts = [Int](repeating: 0, count: 60)
        for job in 0..<60_000 { counts[HashKey(seed: "s", job: "job-\(job)").value(for: "minute", below: 60)] += 1 }
        // 59 degrees of freedom; 98 is the 0.1 % point of chi-squared.
        let chiSquared = counts.reduce(0.0) { $0 + Double(($1 - 1000) * ($1 - 1000)) / 1000 }
        #expect(chiSquared < 98)
    }

    @Test(
        "H stays in its range, keeps its step, and is one slot per period",
        arguments: [
            ("cron H * * * *", 0...59, 24), ("cron H(0-29) * * * *", 0...29, 24), ("cron H(5-5) * * * *", 5...5, 24),
            ("cron H/15 * * * *", 0...59, 96), ("cron H(10-39)/10 * * * *", 10...39, 72),
        ]
    )
    func ranges(_ text: String, minutes: ClosedRange<Int>, perDay: Int) throws {
        let start = try Moment(parsing: "2026-11-21T00:00:00Z")
        for job in 0..<200 {
            let key = HashKey(seed: "s", job: "job-\(job)")
            let timetable = try Fixtures.timetable(text, hashKey: key)
            #expect(timetable == (try Fixtures.timetable(text, hashKey: key)))
            let slots = timetable.slots(after: start - .seconds(1), count: perDay + 1)
            #expect(slots[perDay] == slots[0] + .seconds(86_400), "\(text) for \(job)")
            #expect(slots.allSatisfy { minutes.contains(Int($0.seconds / 60 % 60)) }, "\(text) for \(job)")
        }
    }

    @Test("a hashed day of the month is one that every month has")
    func dayOfMonth() throws {
        for job in 0..<300 {
            let timetable = try Fixtures.timetable("cron H H H * *", hashKey: HashKey(seed: "s", job: "job-\(job)"))
            let slots = timetable.slots(after: try Moment(parsing: "2026-01-01T00:00:00Z") - .seconds(1), count: 12)
            #expect(slots.last.map { $0.description.hasPrefix("2026-12") } == true)
        }
    }
}
