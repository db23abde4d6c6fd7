import Testing

@testable import Schedule

@Suite("FreezeWindow")
struct FreezeWindowTests {
    @Test(
        "what is read, and its canonical form, which reads back to an equal value",
        arguments: [
            ("cron 0 22 * * FRI for 58h tz=Europe/Berlin", "cron 0 22 * * FRI for 58h tz=Europe/Berlin"),
            ("cron 0 22 * *  fri tz=Europe/Berlin  for 58h", "cron 0 22 * * fri for 58h tz=Europe/Berlin"),
            ("tz=Europe/Berlin daily 22:00 for 8h", "daily 22:00 for 8h tz=Europe/Berlin"),
            ("\tdaily 22:00 for 8h0m\n", "daily 22:00 for 8h"), ("weekly mon 22:00 for 90", "weekly mon 22:00 for 90s"),
            ("monthly last 00:00 for 366d", "monthly last 00:00 for 366d"),
            ("cron @daily for 1s", "cron @daily for 1s"),
            (
                "2026-12-23T18:00+01:00/2027-01-04T06:00+01:00", "2026-12-23T18:00+01:00/2027-01-04T06:00+01:00"
            ),
            ("2026-12-23t18:00:30z / 2027-01-04 06:00-05:30", "2026-12-23T18:00:30Z/2027-01-04T06:00-05:30"),
            ("2026-01-01T00:00Z/9999-01-01T00:00Z", "2026-01-01T00:00Z/9999-01-01T00:00Z"),
        ]
    )
    func canonical(_ text: String, canonical: String) throws {
        let window = try Fixtures.window(text)
        #expect(window.description == canonical)
        #expect(try Fixtures.window(canonical) == window)
    }

    @Test(
        "rejects, with all that is wrong",
        arguments: [
            (
                "",
                [#"it is empty; write "cron 0 22 * * FRI for 58h" or "2026-12-23T18:00+01:00/2027-01-04T06:00+01:00""#]
            ),
            (
                "every 8h for 1h",
                [
                    #""every" knows no clock; write a schedule with one: daily, weekly, monthly or cron, as in "daily 22:00 for 8h""#
                ]
            ),
            (
                "daily 22:00",
                [#"it does not say how long; write for and a duration behind the schedule: "daily 22:00 for 8h""#]
            ),
            (
                "daily 22:00 for",
                [#"it does not say how long; write for and a duration behind the schedule: "daily 22:00 for 8h""#]
            ),
            (
                "tonight at ten for 8h",
                [
                    #"schedule "tonight" is not known; begin with daily, weekly, monthly or cron, as in "daily 22:00 for 8h""#
                ]
            ),
            (
                "minutely for 5m",
                [
                    #""every" knows no clock; write a schedule with one: daily, weekly, monthly or cron, as in "daily 22:00 for 8h""#
                ]
            ),
            ("for 8h", [#"no schedule stands before "for"; write "daily 22:00 for 8h""#]),
            ("daily 22:00 for 0h", [#"duration "0h" is too short; write 1s to 366d"#]),
            ("daily 22:00 for 367d", [#"duration "367d" is too long; write 1s to 366d"#]),
            ("daily 22:00 for 366d1s", [#"duration "366d1s" is too long; write 1s to 366d"#]),
            ("daily 22:00 for 99999d", [#"duration "99999d" is too long; write 1s to 366d"#]),
            (
                "daily 25:00 for 8hours tz=Mars/Base",
                [
                    #"time "25:00" is not a time of day; write HH:MM from 00:00 to 23:59, two digits each"#,
                    #"duration "8hours" is not whole numbers with the units d h m s, from long to short; write 90s, 15m, 2h, 1d or 1h30m"#,
                    #"zone "Mars/Base" is not known in /usr/share/zoneinfo; write an IANA name such as Europe/Prague, or UTC"#,
                ]
            ),
            (
                "0 22 * * FRI for 58h",
                [#"schedule "0 22 * * FRI" is not understood; write "cron 0 22 * * 5""#]
            ),
            ("daily 22:00 for 8h 30m", [#""30m" has no place behind the duration; take it out"#]),
            ("daily 22:00 for 8h tz=UTC tz=UTC", ["tz= is given twice; keep one"]),
            ("daily 22:00 for 8h tz=", ["zone is empty; write an IANA name such as Europe/Prague, or UTC"]),
            (
                "2026-12-23T18:00/2027-01-04T06:00",
                [
                    #"time "2026-12-23T18:00" has no offset; write Z or one such as +01:00 behind it"#,
                    #"time "2027-01-04T06:00" has no offset; write Z or one such as +01:00 behind it"#,
                ]
            ),
            (
                "2026-12-23T18:00Z",
                [
                    "it has 1 moment; write the first and the last with one / between: "
                        + "2026-12-23T18:00+01:00/2027-01-04T06:00+01:00"
                ]
            ),
            (
                "2026-12-23T18:00Z/2026-12-24T18:00Z/2026-12-25T18:00Z tz=UTC",
                [
                    "tz= has no place beside moments, which have their offset; take it out",
                    "it has 3 moments; write the first and the last with one / between: "
                        + "2026-12-23T18:00+01:00/2027-01-04T06:00+01:00",
                ]
            ),
            (
                "2026-12-23T18:00Z/P7D",
                [
                    #"time "P7D" is not a moment; write RFC 3339 with an offset, "#
                        + "2026-03-08T02:30:00Z or 2026-03-08T02:30:00+01:00"
                ]
            ),
            (
                "2026-02-30T18:00Z/2026-12-24T18:00Z",
                [
                    #"time "2026-02-30T18:00Z" is not a moment; write RFC 3339 with an offset, "#
                        + "2026-03-08T02:30:00Z or 2026-03-08T02:30:00+01:00"
                ]
            ),
            ("2026-12-23T18:00Z/2026-12-23T19:00+01:00", ["its end is its start; write a later end"]),
            ("2026-12-24T18:00Z/2026-12-23T18:00Z", ["its end lies before its start; write the earlier moment first"]),
            (String(repeating: "x", count: 2049), ["it is 2049 bytes long; at most 2048 are allowed"]),
        ] as [(String, [String])]
    )
    func rejects(_ text: String, messages: [String]) throws {
        let error = try #require(throws: FreezeFaults.self) { try Fixtures.window(text) }
        #expect(error.faults.map(\.description) == messages)
    }

    @Test("a fault can be told with less of what was written")
    func showing() throws {
        let error = try #require(throws: FreezeFaults.self) {
            try Fixtures.window("secret 22:00 for secret tz=Secret secret")
        }
        for fault in error.faults { #expect(!fault.showing { _ in "…" }.description.lowercased().contains("secret")) }
    }
}

extension Fixtures {
    static func window(_ text: String) throws -> FreezeWindow {
        var zones = ZoneCache(directory: directory)
        return try FreezeWindow(parsing: text, in: .utc, zones: &zones)
    }

    static func freezes(_ text: String) throws -> FreezeCalendar {
        var zones = ZoneCache(directory: directory)
        return FreezeCalendar(
            try text.split(separator: ";").map { try FreezeWindow(parsing: String($0), in: .utc, zones: &zones) }
        )
    }
}
