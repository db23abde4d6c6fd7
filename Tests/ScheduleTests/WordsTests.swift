import Schedule
import Testing

@Suite("Schedules in words")
struct WordsTests {
    @Test(
        "as one would say it",
        arguments: [
            ("every 15m", "every 15 minutes"), ("every 1m", "every minute"), ("every 1h", "every hour"),
            ("every 1h30m", "every 1 hour 30 minutes"), ("every 120m", "every 120 minutes"),
            ("every 2d", "every 2 days"), ("every 30", "every 30 seconds"),
            ("daily 03:00", "daily at 03:00 UTC"), ("daily 07:00,13:00", "daily at 07:00 and 13:00 UTC"),
            ("weekly mon 03:00", "Monday at 03:00 UTC"),
            ("weekly mon,thu,sun 03:00", "Monday, Thursday and Sunday at 03:00 UTC"),
            ("weekly tue,wed,thu 03:00,15:00", "Tuesday to Thursday at 03:00 and 15:00 UTC"),
            ("monthly 1 03:00", "on the 1st of the month at 03:00 UTC"),
            ("monthly 22 03:00", "on the 22nd of the month at 03:00 UTC"),
            ("monthly last 03:00", "on the last day of the month at 03:00 UTC"),
            ("cron 0 5 * * *", "daily at 05:00 UTC"), ("cron 30 0 5 * * *", "daily at 05:00:30 UTC"),
            ("cron 0 5 * * 1", "Monday at 05:00 UTC"), ("cron 0 5 * * MON-FRI", "Monday to Friday at 05:00 UTC"),
            ("cron 0 5 * * SAT,SUN", "Saturday and Sunday at 05:00 UTC"),
            ("cron * * * * *", "every minute"), ("cron */15 * * * *", "every 15 minutes"),
            ("cron * * * * * *", "every second"), ("cron */10 * * * * *", "every 10 seconds"),
            ("cron @hourly", "every hour at :00"), ("cron 5,35 * * * *", "every hour at :05 and :35"),
            ("cron */15 9-17 * * *", "every 15 minutes from 09:00 to 17:59 UTC"),
            ("cron 0 9-17 * * MON-FRI", "every hour at :00 from 09:00 to 17:59, Monday to Friday UTC"),
            ("cron 5 */2 * * *", "every 2 hours at :05"), ("cron @yearly", "on the 1st of January at 00:00 UTC"),
            ("cron 0 5 1,15 * *", "on the 1st and the 15th of the month at 05:00 UTC"),
            ("cron 0 5 13 * 5", "on the 13th of the month or Friday at 05:00 UTC"),
            ("cron 0 5 LW * *", "on the last weekday of the month at 05:00 UTC"),
            ("cron 0 5 15W * *", "on the weekday nearest the 15th of the month at 05:00 UTC"),
            ("cron 0 5 * * MON#2", "on the second Monday of the month at 05:00 UTC"),
            ("cron 0 5 * 1 5L", "on the last Friday of January at 05:00 UTC"),
            ("cron 0 5 * 6-8 *", "daily in June to August at 05:00 UTC"),
            ("cron 0 5 * 7 1", "Monday in July at 05:00 UTC"),
        ]
    )
    func words(_ text: String, words: String) throws {
        #expect(Timetable(try Schedule(parsing: text)).words == words)
    }

    @Test(
        "too many words: none",
        arguments: [
            "cron */7 * * * *", "cron 1,5,9,20,33 3-5 * * *", "cron 0 5 */2 * 1", "cron 5 1,2,3,5,7,11,13 * * *",
        ]
    )
    func none(_ text: String) throws {
        #expect(Timetable(try Schedule(parsing: text)).words == nil)
    }

    @Test("the zone is named where the time depends on it; H is what it came to")
    func zone() throws {
        let prague = try Zone(named: "Europe/Prague", in: ZoneDirectory(environment: [:]))
        #expect(Timetable(try Schedule(parsing: "daily 03:00"), in: prague).words == "daily at 03:00 Europe/Prague")
        #expect(Timetable(try Schedule(parsing: "cron */15 * * * *"), in: prague).words == "every 15 minutes")
        let hashed = Timetable(try Schedule(parsing: "cron H H * * *"), hashKey: HashKey(seed: "a", job: "b"))
        let next = try #require(hashed.next(after: .epoch)).description.dropFirst(11).prefix(5)
        #expect(hashed.words == "daily at \(next) UTC")
    }
}
