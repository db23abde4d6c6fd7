import Testing

@testable import Schedule

@Suite("FreezeCalendar")
struct FreezeCalendarTests {
    struct Line: Decodable {
        let freeze: String, at: String, frozen: Bool, windows: [[String]]
    }

    @Test("vectors from an independent implementation")
    func vectors() throws {
        let lines: [Line] = try Fixtures.vectors("freezes.jsonl")
        #expect(lines.count >= 103)
        for line in lines {
            var calendar = try Fixtures.freezes(line.freeze)
            let at = try Fixtures.moment(line.at)
            #expect((calendar.span(containing: at) != nil) == line.frozen, "\(line.freeze) at \(line.at)")
            #expect(calendar.shown(from: at, count: line.windows.count) == line.windows, "\(line.freeze) at \(line.at)")
        }
    }

    @Test(
        "both ends, where clocks change and elsewhere",
        arguments: [
            // Forward in the night to March 29, so the window begins an hour of the wall clock later and is as long.
            (
                "daily 01:30 for 2h tz=Europe/Berlin", "2026-03-28T12:00Z", "2026-03-29T01:30+01:00",
                "2026-03-29T04:30+02:00"
            ),
            // Begins in the hour that is left out.
            (
                "daily 02:30 for 1h tz=Europe/Berlin", "2026-03-28T12:00Z", "2026-03-29T03:00+02:00",
                "2026-03-29T04:00+02:00"
            ),
            // Begins in the hour that comes twice: the first time.
            (
                "daily 02:30 for 1h tz=Europe/Berlin", "2026-10-24T12:00Z", "2026-10-25T02:30+02:00",
                "2026-10-25T02:30+01:00"
            ),
            (
                "cron 0 22 * * FRI for 58h tz=Europe/Berlin", "2026-10-22T12:00Z", "2026-10-23T22:00+02:00",
                "2026-10-26T07:00+01:00"
            ),
            (
                "daily 02:30 for 30m tz=America/New_York", "2026-03-07T12:00Z", "2026-03-08T03:00-04:00",
                "2026-03-08T03:30-04:00"
            ),
            (
                "daily 01:30 for 90m tz=America/New_York", "2026-10-31T12:00Z", "2026-11-01T01:30-04:00",
                "2026-11-01T02:00-05:00"
            ),
            // Half an hour forward and back.
            (
                "daily 02:15 for 1h tz=Australia/Lord_Howe", "2026-10-03T03:00Z", "2026-10-04T02:30+11:00",
                "2026-10-04T03:30+11:00"
            ),
            (
                "daily 01:45 for 1h tz=Australia/Lord_Howe", "2026-04-04T03:00Z", "2026-04-05T01:45+11:00",
                "2026-04-05T02:15+10:30"
            ),
            ("monthly 29 00:00 for 1d", "2028-02-01T00:00Z", "2028-02-29T00:00Z", "2028-03-01T00:00Z"),
            ("cron 0 0 29 2 * for 366d", "2026-06-01T00:00Z", "2028-02-29T00:00Z", "2029-03-01T00:00Z"),
            ("monthly 31 22:00 for 8h", "2026-12-30T00:00Z", "2026-12-31T22:00Z", "2027-01-01T06:00Z"),
            (
                "2026-12-23T18:00+01:00/2027-01-04T06:00+02:00", "2026-06-01T00:00Z", "2026-12-23T18:00+01:00",
                "2027-01-04T06:00+02:00"
            ),
            // They touch, they overlap, one holds the other.
            ("daily 22:00 for 2h; daily 00:00 for 1h", "2026-01-01T12:00Z", "2026-01-01T22:00Z", "2026-01-02T01:00Z"),
            ("daily 22:00 for 2h; daily 23:59 for 1h", "2026-01-01T12:00Z", "2026-01-01T22:00Z", "2026-01-02T00:59Z"),
            ("daily 22:00 for 4h; daily 23:00 for 1h", "2026-01-01T12:00Z", "2026-01-01T22:00Z", "2026-01-02T02:00Z"),
            (
                "daily 22:00 for 1h; 2026-01-01T23:00Z/2026-01-05T22:00Z", "2026-01-01T12:00Z", "2026-01-01T22:00Z",
                "2026-01-05T23:00Z"
            ),
            (
                "2026-01-03T00:00Z/2026-01-04T00:00Z; 2026-01-02T00:00Z/2026-01-03T00:00Z", "2026-01-01T00:00Z",
                "2026-01-02T00:00Z", "2026-01-04T00:00Z"
            ),
            // Every window a second long, and as many as an hour less one has.
            ("cron * * 3 * * * for 1s", "2026-01-01T00:00Z", "2026-01-01T03:00Z", "2026-01-01T04:00Z"),
            // The hour that comes twice is frozen once: a hole in a year.
            (
                "daily 00:00 for 24h tz=Europe/Berlin", "2026-10-24T23:00Z", "2026-10-26T00:00+01:00",
                "2027-11-01T00:00+01:00"
            ),
        ]
    )
    func ends(_ freeze: String, after: String, start: String, end: String) throws {
        var calendar = try Fixtures.freezes(freeze)
        let from = try Fixtures.moment(after)
        let next = calendar.next(after: from)
        let span = try #require(next)
        #expect(span.start == (try Fixtures.moment(start)))
        #expect(span.startText.map { $0.replacing(":00+", with: "+") }?.prefix(16) == start.prefix(16))
        if freeze.contains("00:00 for 24h") { return }
        #expect(span.end == (try Fixtures.moment(end)))
        let shown = try #require(span.endText)
        #expect(shown.prefix(16) == end.prefix(16))
    }

    @Test("the start is frozen, the end is not")
    func edges() throws {
        var calendar = try Fixtures.freezes("daily 22:00 for 8h")
        func frozen(_ text: String) throws -> Bool { try calendar.span(containing: Fixtures.moment(text)) != nil }
        #expect(try !frozen("2026-01-01T21:59:59.999Z"))
        #expect(try frozen("2026-01-01T22:00:00Z"))
        #expect(try frozen("2026-01-02T05:59:59.999Z"))
        #expect(try !frozen("2026-01-02T06:00:00Z"))
    }

    @Test(
        "a window that never ends, and always was",
        arguments: [
            "daily 22:00 for 25h", "daily 22:00 for 25h tz=Europe/Berlin", "daily 12:00 for 24h",
            "cron * * * * * * for 1s", "cron * * * * * for 1m tz=Australia/Lord_Howe", "cron 0 0 1 1 * for 366d",
            "weekly mon 00:00 for 7d", "cron 0 0 * * 1-6 for 24h; weekly sun 00:00 for 24h",
            "cron * 0-58 * * * * for 1s; cron * 59 * * * * for 1s", "monthly 1 00:00 for 31d",
            "cron 0 */6 * * * for 6h; daily 09:00 for 1h tz=America/New_York",
        ]
    )
    func endless(_ freeze: String) throws {
        var calendar = try Fixtures.freezes(freeze)
        // Two that hang together by their ends are followed as far as patience goes.
        let isLong = freeze.contains("0-58")
        for text in ["2026-03-01T12:00Z", "2027-11-01T12:34:56.789Z", "1999-01-01T00:00Z"].prefix(isLong ? 1 : 3) {
            let found = try calendar.span(containing: Fixtures.moment(text))
            let span = try #require(found)
            #expect(span.end == nil)
            #expect(span.endText == nil)
            #expect(span.startText == nil)
            #expect(span.texts.count == freeze.split(separator: ";").count)
            #expect(calendar.next(after: try Fixtures.moment(text)) == nil)
        }
    }

    @Test("begins once and never ends")
    func beginsOnce() throws {
        var calendar = try Fixtures.freezes("2026-06-01T00:00Z/9999-12-31T23:00Z")
        let found = try calendar.next(after: Fixtures.moment("2026-01-01T00:00Z"))
        let span = try #require(found)
        #expect(span.startText == "2026-06-01T00:00:00+00:00")
        #expect(span.endText == "9999-12-31T23:00:00+00:00")
        #expect(calendar.next(after: try Fixtures.moment("2026-07-01T00:00Z")) == nil)
    }

    @Test("a long row of windows of others' making")
    func row() throws {
        let days = (0..<1_000).map { day in
            let from = Moment(seconds: 1_767_225_600 + Int64(day) * 86_400)
            return "\(from)/\(from + .seconds(86_400))"
        }
        var calendar = try Fixtures.freezes(days.shuffled().joined(separator: ";"))
        let found = try calendar.span(containing: Fixtures.moment("2028-01-01T00:00Z"))
        let span = try #require(found)
        #expect(span.start.description == "2026-01-01T00:00:00Z")
        #expect(span.end?.description == "2028-09-27T00:00:00Z")
        #expect(span.texts.count == 1_000)
    }

    @Test("the texts are those of all windows in it, as they were written, each once")
    func texts() throws {
        var calendar = try Fixtures.freezes(
            "daily 23:00 for 1h; weekly mon 09:00 for 1h; daily  22:00 for 60m tz=Europe/London; daily 22:00 for 60m"
        )
        let found = try calendar.next(after: Fixtures.moment("2026-01-01T12:00Z"))
        let span = try #require(found)
        #expect(span.texts == ["daily 23:00 for 1h", "daily 22:00 for 60m"])
    }

    @Test("without windows nothing is frozen")
    func none() {
        var calendar = FreezeCalendar()
        #expect(calendar.span(containing: .epoch) == nil)
        #expect(calendar.next(after: .epoch) == nil)
    }

    @Test("as minutes are frozen one by one", arguments: 0..<40)
    func minutes(_ run: Int) throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"]
        let texts = (0..<Int.random(in: 1...4, using: &random)).map { _ in
            let (hour, minute) = (Int.random(in: 0...23, using: &random), Int.random(in: 0...59, using: &random))
            let day = Int.random(in: 1...28, using: &random)
            let time = String("0\(hour)".suffix(2)) + ":" + String("0\(minute)".suffix(2))
            let schedule =
                [
                    "daily \(time)", "weekly sun,wed \(time)", "monthly \(day) \(time)", "cron \(minute) */6 * * *",
                    "cron \(minute) * * * MON-FRI", "cron */20 1-4 * * *",
                ].randomElement(using: &random) ?? ""
            let span = ["20m", "1h", "59m", "6h", "24h", "25h", "58h", "9d"].randomElement(using: &random) ?? ""
            return "\(schedule) for \(span) tz=\(zones.randomElement(using: &random) ?? "")"
        }
        let text = texts.joined(separator: "; ")
        var calendar = try Fixtures.freezes(text)
        // Ninety days with one change of the clocks, or nearly.
        let from: Int64 = [1_772_000_000, 1_790_000_000, 1_775_001_600].randomElement(using: &random)! / 60 * 60
        let count = 90 * 1_440
        var isFrozen = [Bool](repeating: false, count: count)
        for window in calendar.windows {
            guard case .repeated(let recurrence) = window.kind else { continue }
            var slot = Moment(seconds: from) - recurrence.length - .seconds(1)
            while let next = recurrence.timetable.next(after: slot), next.seconds < from + Int64(count) * 60 {
                let first = (next.seconds - from) / 60
                let last = first + recurrence.length.components.seconds / 60
                for minute in max(0, first)..<max(0, min(Int64(count), last)) { isFrozen[Int(minute)] = true }
                slot = next
            }
        }
        func moment(_ minute: Int) -> Moment { Moment(seconds: from + Int64(minute) * 60) }
        for minute in [0..<count].flatMap({ $0 }) where (minute * 7 + run) % 3 == 0 || minute % 60 < 2 {
            let span = calendar.span(containing: moment(minute))
            guard (span != nil) == isFrozen[minute] else {
                Issue.record("\(text) at \(moment(minute)), seed \(seed)")
                return
            }
        }
        // The spans between two holes, asked for anew in the middle of each.
        var minute = isFrozen.firstIndex(of: false) ?? count
        while let start = isFrozen[minute...].firstIndex(of: true), let end = isFrozen[start...].firstIndex(of: false) {
            var fresh = FreezeCalendar(calendar.windows)
            let span = fresh.span(containing: moment((start + end) / 2))
            #expect(span?.start == moment(start), "\(text), seed \(seed)")
            #expect(span?.end == moment(end), "\(text), seed \(seed)")
            #expect(calendar.next(after: moment(max(0, start - 1)))?.start == moment(start), "\(text), seed \(seed)")
            minute = end
        }
    }
}

extension FreezeCalendar {
    /// The span that holds `from` or the next one, and those that follow.
    fileprivate mutating func shown(from: Moment, count: Int) -> [[String]] {
        var span = self.span(containing: from) ?? next(after: from)
        var shown: [[String]] = []
        while let one = span, shown.count < count {
            shown.append([one.start.description, one.end?.description ?? "never"])
            span = next(after: one.start)
        }
        return shown
    }
}
