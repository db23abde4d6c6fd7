import Schedule

/// next() and latest() per second for typical schedules, without and with daylight saving.
enum ScheduleBenchmarks {
    static let schedules = [
        "every 15m", "daily 03:00", "daily 07:00,13:00", "weekly mon,thu 03:00", "monthly last 03:00",
        "cron */5 * * * *", "cron 0 5 * * 1", "cron 0 0 29 2 *", "cron 0 9 LW * *", "cron * * * * * *",
        "cron H H(0-7) * * *",
    ]
    private static let rounds = 20_000

    static func run(directory: ZoneDirectory) throws {
        let prague = try Zone(named: "Europe/Prague", in: directory)
        var table = Table(
            "Schedule: calls per second, each from the slot before",
            "schedule",
            "next UTC",
            "next Prague",
            "ratio",
            "latest UTC",
            "latest Prague"
        )
        for text in schedules {
            let schedule = try Schedule(parsing: text)
            let key = HashKey(seed: "seed", job: "job")
            let (utc, local) = (Timetable(schedule, hashKey: key), Timetable(schedule, in: prague, hashKey: key))
            let next = (leastTime(rounds: rounds, walking(utc)), leastTime(rounds: rounds, walking(local)))
            table.add(
                text,
                perSecond(next.0),
                perSecond(next.1),
                Figure.ratio(next.1, to: next.0),
                perSecond(leastTime(rounds: rounds, catchingUp(utc))),
                perSecond(leastTime(rounds: rounds, catchingUp(local)))
            )
        }
        table.show()
        let parsing = leastTime(rounds: 200) { for text in schedules { _ = try? Schedule(parsing: text) } }
        print("  parsing: \(perSecond(parsing / schedules.count)) schedules per second")
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

    private static func perSecond(_ time: Duration) -> String {
        Figure.count(Int(1e9 / max(Figure.nanoseconds(time), 0.001)))
    }
}
