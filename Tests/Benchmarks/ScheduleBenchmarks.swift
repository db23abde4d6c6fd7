import Schedule

/// next() and latest() per second for typical schedules, in a zone with daylight saving; prints, asserts nothing.
enum ScheduleBenchmarks {
    private static let schedules = [
        "every 15m", "daily 03:00", "daily 07:00,13:00", "weekly mon,thu 03:00", "monthly last 03:00",
        "cron */5 * * * *", "cron 0 5 * * 1", "cron 0 0 29 2 *", "cron 0 9 LW * *", "cron * * * * * *",
        "cron H H(0-7) * * *",
    ]
    private static let zones = ["UTC", "Europe/Prague"]
    private static let rounds = 200_000

    static func run(directory: ZoneDirectory) {
        print("Schedule: calls per second, each from the slot before")
        for text in schedules {
            for name in zones {
                guard let schedule = try? Schedule(parsing: text), let zone = try? Zone(named: name, in: directory)
                else {
                    print("\(text) in \(name): cannot be measured here")
                    continue
                }
                let timetable = Timetable(schedule, in: zone, hashKey: HashKey(seed: "seed", job: "job"))
                print(
                    "\(text) in \(name): next \(perSecond(walking(timetable))), latest \(perSecond(catchingUp(timetable)))"
                )
            }
        }
        let parsing = perSecond { for text in schedules { _ = try? Schedule(parsing: text) } }
        print("parsing these \(schedules.count) schedules: \(parsing) times")
        print("bytes of a Timetable: \(MemoryLayout<Timetable>.stride)")
    }

    /// From 2026 on, beginning again when a schedule of rare slots leaves the calendar.
    private static func walking(_ timetable: Timetable) -> () -> Void {
        let start = Moment(seconds: 1_780_000_000)
        var moment = start
        return { moment = timetable.next(after: moment) ?? start }
    }

    private static func catchingUp(_ timetable: Timetable) -> () -> Void {
        let now = Moment(seconds: 1_780_000_000)
        let last = now - .seconds(3 * 86_400)
        return { _ = timetable.latest(after: last, through: now) }
    }

    private static func perSecond(_ call: () -> Void) -> Int {
        let elapsed = ContinuousClock().measure { for _ in 0..<rounds { call() } }
        return Int(
            Double(rounds) / (Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18)
        )
    }
}
