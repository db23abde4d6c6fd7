import Clockwork
import Schedule
import Testing

@testable import Telling

@Suite("Tables on a terminal")
struct TerminalTests {
    private static let widths = Array(40...200)

    private static func snapshot() throws -> StatusSnapshot {
        Fixture.snapshot([
            try Fixture.entry("calm", runs: [Fixture.run(.ok, ago: 7)]),
            try Fixture.entry(
                "a-job-with-a-name-that-is-as-long-as-names-of-jobs-may-be-here-1",
                "cron 1,2,3,5,7,11,13,17,19,23,29,31,37 3,5,7,11,13 1,7,13,19 * MON-FRI",
                zone: "Europe/Prague",
                number: 1,
                activity: .barred(for: .seconds(90), .paused, note: String(repeating: "wo rd", count: 40)),
                runs: (0..<20).map { Fixture.run(.failed, status: 500, ago: 2_000 - $0 * 60) },
                failures: 20
            ),
        ])
    }

    @Test("no line is wider than the terminal, and every word is there", arguments: widths)
    func width(_ width: Int) throws {
        let snapshot = try Self.snapshot()
        let text = StatusTable.text(snapshot, on: Terminal(columns: width, hasColour: false))
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.allSatisfy { $0.count <= width }, "\(text)")
        #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
        for word in ["calm", "ok 7 s ago", "xxxxxxxxxx", "running"] {
            #expect(text.replacing("\n", with: " ").contains(word), "\(word) at \(width): \(text)")
        }
    }

    @Test("colours change nothing else, and end in the line in which they begin")
    func colours() throws {
        let snapshot = try Self.snapshot()
        for width in [40, 80, 120, 200] {
            let plain = StatusTable.text(snapshot, on: Terminal(columns: width, hasColour: false))
            var coloured = StatusTable.text(snapshot, on: Terminal(columns: width, hasColour: true))
            for line in coloured.split(separator: "\n") where line.contains("\u{1B}") {
                #expect(Ink.shown(String(line)) == line)
                let ends = line.split(separator: Ink.end, omittingEmptySubsequences: false).count - 1
                #expect(line.split(separator: "\u{1B}", omittingEmptySubsequences: false).count - 1 == 2 * ends)
            }
            #expect(coloured != plain)
            for code in Ink.allCases.map(\.rawValue) + [Ink.end] { coloured = coloured.replacing(code, with: "") }
            #expect(coloured == plain)
        }
    }

    @Test("what is no terminal gets what it always got")
    func plain() throws {
        let text = StatusTable.text(Fixture.snapshot([try Fixture.entry("a", runs: [Fixture.run(.ok, ago: 7)])]))
        #expect(
            text == """
                running; 1 job for http://app:8000, none failing, 0 in flight

                JOB  SCHEDULE   NEXT              LAST RUN    LAST 20
                a    every 15m  12:04 (in 4 min)  ok 7 s ago  +

                Times in UTC, where no zone is named. Runs, oldest first: + ok  = busy  x failed  - not finished

                """
        )
    }

    @Test(
        "colour unless NO_COLOR is set, or the terminal is a dumb one",
        arguments: [
            ([:], true), (["NO_COLOR": ""], true), (["NO_COLOR": "1"], false), (["NO_COLOR": "0"], false),
            (["TERM": "dumb"], false), (["TERM": "xterm"], true),
        ] as [([String: String], Bool)]
    )
    func environment(_ environment: [String: String], hasColour: Bool) {
        #expect(Terminal(columns: 100, environment: environment) == Terminal(columns: 100, hasColour: hasColour))
    }

    @Test(
        "a width that is not known or makes no sense",
        arguments: [(0, 80), (-1, 80), (1, 40), (90, 90), (9_999, 200)]
    )
    func columns(_ columns: Int, width: Int) { #expect(Terminal(columns: columns, hasColour: false).width == width) }

    @Test("what the command asks for is what the sidecar reads")
    func accept() {
        for terminal in [Terminal(columns: 77, hasColour: true), Terminal(columns: 120, hasColour: false)] {
            #expect(Terminal(accepting: terminal.accept) == terminal)
        }
        for header in [nil, "text/plain", "text/plain; columns=x; colour=1", "text/html; columns=80; colour=1"] {
            #expect(Terminal(accepting: header) == nil)
        }
    }

    @Test("an answer from elsewhere commands nothing but our colours")
    func commands() {
        #expect(
            Ink.shown("\u{1B}[31mbad\u{1B}[0m \u{1B}[2J\u{7}\u{1B}")
                == "\u{1B}[31mbad\u{1B}[0m \\x1b[2J\\x07\\x1b"
        )
    }

    @Test("lines break at blanks, and in words that are too long")
    func wrapping() {
        #expect(Wrapping.lines("one two three", width: 8) == ["one two", "three"])
        #expect(
            Wrapping.lines("    one two three", width: 9, indent: 6) == [
                "    one", "      two", "      thr", "      ee",
            ]
        )
        #expect(Wrapping.lines("abcdefghij", width: 4) == ["abcd", "efgh", "ij"])
        #expect(Wrapping.lines("", width: 4) == [""])
    }
}
