import Foundation
import Testing

@testable import Schedule

@Suite("Zones by name")
struct ZoneTests {
    @Test(
        "rejects, and says what to write",
        arguments: [
            ("", "zone is empty; write an IANA name such as Europe/Prague, or UTC"),
            ("utc", #"zone "utc" is not known in DIR; did you mean "UTC"?"#),
            ("europe/prague", #"zone "europe/prague" is not known in DIR; did you mean "Europe/Prague"?"#),
            ("Prague", #"zone "Prague" is not known in DIR; did you mean "Europe/Prague"?"#),
            (
                "America/New York",
                #"zone "America/New York" is not a zone name; write an IANA name such as Europe/Prague, or UTC"#
            ),
            ("America/New-York", #"zone "America/New-York" is not known in DIR; did you mean "America/New_York"?"#),
            ("Europe/Pragu", #"zone "Europe/Pragu" is not known in DIR; did you mean "Europe/Prague"?"#),
            ("Bogus/Zone", #"zone "Bogus/Zone" is not known in DIR; write an IANA name such as Europe/Prague, or UTC"#),
            (
                "../../etc/passwd",
                #"zone "../../etc/passwd" is not a zone name; write an IANA name such as Europe/Prague, or UTC"#
            ),
            (
                "Europe/../UTC",
                #"zone "Europe/../UTC" is not a zone name; write an IANA name such as Europe/Prague, or UTC"#
            ),
            (
                "Europe/./Prague",
                #"zone "Europe/./Prague" is not a zone name; write an IANA name such as Europe/Prague, or UTC"#
            ),
            (
                "/etc/passwd",
                #"zone "/etc/passwd" is not a zone name; write an IANA name such as Europe/Prague, or UTC"#
            ),
            (
                "Europe//Prague",
                #"zone "Europe//Prague" is not a zone name; write an IANA name such as Europe/Prague, or UTC"#
            ),
            (
                "Europe/Prague/",
                #"zone "Europe/Prague/" is not a zone name; write an IANA name such as Europe/Prague, or UTC"#
            ),
            (" UTC", #"zone " UTC" is not a zone name; write an IANA name such as Europe/Prague, or UTC"#),
            ("UTC\0", "zone \"UTC\0\" is not a zone name; write an IANA name such as Europe/Prague, or UTC"),
            ("Ｕtc", #"zone "Ｕtc" is not a zone name; write an IANA name such as Europe/Prague, or UTC"#),
            (
                "+05:30",
                #"zone "+05:30" is an offset, not a zone; write an IANA name such as Asia/Kolkata, or UTC and shift the times"#
            ),
            (
                "UTC+2",
                #"zone "UTC+2" is an offset, not a zone; write an IANA name such as Asia/Kolkata, or UTC and shift the times"#
            ),
            (
                "right/Europe/Prague",
                #"zone "right/Europe/Prague" counts leap seconds, which no schedule does; write "Europe/Prague""#
            ),
            (
                "localtime",
                #"zone "localtime" depends on the machine; write an IANA name such as Europe/Prague, or UTC"#
            ),
            ("Europe", #"zone "Europe" is not a zone file in DIR; write an IANA name such as Europe/Prague, or UTC"#),
            ("Europe/Prague/x", #"zone "Europe/Prague/x" is not known in DIR; did you mean "Europe/Prague"?"#),
        ]
    )
    func rejects(_ name: String, message: String) throws {
        _ = try Fixtures.zone("Europe/Prague")
        let error = try #require(throws: ZoneError.self) { try Zone(named: name, in: Fixtures.directory) }
        #expect(error.description == message.replacingOccurrences(of: "DIR", with: Fixtures.directory.path))
    }

    @Test("UTC needs no directory, another zone names the one that is not there")
    func noDirectory() throws {
        let nowhere = ZoneDirectory(path: "/nonexistent/zoneinfo")
        #expect(try Zone(named: "UTC", in: nowhere) == .utc)
        let missing = try #require(throws: ZoneError.self) { try Zone(named: "Europe/Prague", in: nowhere) }
        #expect(
            missing.description == #"zone "Europe/Prague" cannot be read, there is no zone directory "#
                + "/nonexistent/zoneinfo; install tzdata, set TZDIR, or write UTC"
        )
        let lower = try #require(throws: ZoneError.self) { try Zone(named: "utc", in: nowhere) }
        #expect(lower == .unknown(name: "utc", directory: nowhere.path, near: "UTC"))
    }

    @Test("TZDIR, else the system's directory")
    func environment() {
        #expect(ZoneDirectory(environment: ["TZDIR": "/zones", "TZ": "Asia/Tokyo"]).path == "/zones")
        #expect(ZoneDirectory(environment: ["TZDIR": ""]).path == "/usr/share/zoneinfo")
        #expect(ZoneDirectory(environment: [:]).path == "/usr/share/zoneinfo")
    }

    @Test("every name of the directory is a zone that can be read")
    func names() throws {
        let names = Fixtures.directory.names()
        #expect(names.count > 300, "install tzdata")
        var cache = ZoneCache(directory: Fixtures.directory)
        for name in names where !["SECURITY", "README", "Factory"].contains(name) {
            #expect(try cache.zone(named: name).name == name)
        }
    }

    @Test("a cache reads a zone once, and remembers that one is bad")
    func cache() throws {
        var cache = ZoneCache(directory: Fixtures.directory)
        #expect(try cache.zone(named: "Europe/Prague") == cache.zone(named: "Europe/Prague"))
        let first = #expect(throws: ZoneError.self) { try cache.zone(named: "Bogus/Zone") }
        #expect(first == #expect(throws: ZoneError.self) { try cache.zone(named: "Bogus/Zone") })
    }

    @Test(
        "local time with its offset",
        arguments: [
            ("Europe/Prague", "2026-11-21T03:44:55Z", "2026-11-21T04:44:55+01:00"),
            ("Europe/Prague", "2026-07-01T00:00:00.250Z", "2026-07-01T02:00:00.250+02:00"),
            ("UTC", "2026-11-21T03:44:55Z", "2026-11-21T03:44:55+00:00"),
            ("America/St_Johns", "2026-01-01T00:00:00Z", "2025-12-31T20:30:00-03:30"),
            ("Asia/Kathmandu", "2026-01-01T00:00:00Z", "2026-01-01T05:45:00+05:45"),
            // -0:44:30 then: the clock is shown for -00:44, so that the text names the right moment
            ("Africa/Monrovia", "1971-01-01T00:00:00Z", "1970-12-31T23:16:00-00:44"),
        ]
    )
    func local(_ zone: String, _ moment: String, local: String) throws {
        let moment = try Moment(parsing: moment)
        let text = try Fixtures.zone(zone).localDescription(of: moment)
        #expect(text == local)
        #expect(try Moment(parsing: text) == moment)
    }

    @Test("what lies in the directory but is no zone file costs a fault, never a hang")
    func strangeFiles() throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "zones-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data().write(to: directory.appending(path: "Empty"))
        try Data("TZif".utf8).write(to: directory.appending(path: "Short"))
        try Data(repeating: 0x54, count: 1 << 20).write(to: directory.appending(path: "Huge"))
        try FileManager.default.createSymbolicLink(
            at: directory.appending(path: "Loop"),
            withDestinationURL: directory.appending(path: "Loop")
        )
        try FileManager.default.createSymbolicLink(
            at: directory.appending(path: "Zero"),
            withDestinationURL: URL(filePath: "/dev/zero")
        )
        #expect(unsafe mkfifo(directory.appending(path: "Fifo").path, 0o600) == 0)
        let zones = ZoneDirectory(path: directory.path)
        let expected: [(String, ZoneError)] = [
            ("Empty", .notAZoneFile(name: "Empty", directory: zones.path)),
            ("Short", .damaged(name: "Short", directory: zones.path, reason: "it ends too early")),
            ("Huge", .damaged(name: "Huge", directory: zones.path, reason: "it is too large")),
            ("Loop", .unreadable(name: "Loop", directory: zones.path, reason: "errno 40")),
            ("Zero", .notAZoneFile(name: "Zero", directory: zones.path)),
            ("Fifo", .notAZoneFile(name: "Fifo", directory: zones.path)),
        ]
        for (name, error) in expected {
            #expect(throws: error) { try Zone(named: name, in: zones) }
        }
    }

    @Test(
        "an abbreviation is answered with its zone, or with those that it may mean",
        arguments: [
            ("PST", "America/Los_Angeles"), ("PDT", "America/Los_Angeles"), ("MDT", "America/Denver"),
            ("CDT", "America/Chicago"), ("EDT", "America/New_York"), ("JST", "Asia/Tokyo"), ("CEST", "Europe/Berlin"),
            ("cest", "Europe/Berlin"), ("AEDT", "Australia/Sydney"),
        ]
    )
    func abbreviation(_ name: String, zone: String) throws {
        let directory = ZoneDirectory(environment: ProcessInfo.processInfo.environment)
        let fault = try #require(throws: ZoneError.self) { try Zone(named: name, in: directory) }
        #expect(fault == .unknown(name: name, directory: directory.path, near: zone))
    }

    @Test(
        "an abbreviation of several zones",
        arguments: [
            ("CST", "America/Chicago, Asia/Shanghai or America/Havana"), ("BST", "Europe/London or Asia/Dhaka"),
            ("IST", "Asia/Kolkata, Europe/Dublin or Asia/Jerusalem"),
        ]
    )
    func ambiguous(_ name: String, zones: String) throws {
        let directory = ZoneDirectory(environment: ProcessInfo.processInfo.environment)
        let fault = try #require(throws: ZoneError.self) { try Zone(named: name, in: directory) }
        #expect(
            fault.description
                == #"zone "\#(name)" is an abbreviation that may mean \#(zones); write the one that is meant"#
        )
    }

    @Test("each abbreviation stands for zones that there are")
    func abbreviations() throws {
        let directory = ZoneDirectory(environment: ProcessInfo.processInfo.environment)
        for name in [
            "PST", "EST", "MST", "HST", "CET", "EET", "WET", "BRT", "SGT", "SST", "GST", "NZST", "ICT", "AKST",
        ] {
            #expect(!ZoneAbbreviation.zones(name).isEmpty)
            for zone in ZoneAbbreviation.zones(name) {
                #expect(throws: Never.self) { try Zone(named: zone, in: directory) }
            }
        }
    }
}
