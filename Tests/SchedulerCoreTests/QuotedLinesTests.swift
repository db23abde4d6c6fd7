import Clockwork
import Foundation
import Telling
import Testing

/// What the papers quote of the log is what the program writes.
@Suite("Log lines in the papers")
struct QuotedLinesTests {
    private static let trouble = "Sources/scheduler/Documentation.docc/Troubleshooting.md"
    private static let program = Result { SourceTexts(try sources("Sources")) }
    /// Reasons that libcurl and OpenSSL give stand in the tests that had them from there.
    private static let others = Result {
        SourceTexts(try sources("Tests/HTTPClientTests") + sources("Tests/EndToEndTests"))
    }

    @Test("each line that Troubleshooting, another article or the README quotes")
    func quoted() throws {
        let (program, others) = (try Self.program.get(), try Self.others.get())
        var count = 0
        for (paper, line) in try Self.lines() {
            for clause in Self.clauses(line) {
                count += 1
                #expect(program.have(clause) || others.have(clause), "\(paper): \"\(clause)\" of \(line)")
            }
        }
        #expect(count > 60)
    }

    @Test(
        "a word that the program does not say is seen; an example's own words are no matter",
        arguments: [
            ("Job sync was held for 3 slots.", true), ("Job sync was stopped for 3 slots.", false),
            ("Target http://app:8000 is down: …; due runs wait for it.", true),
            ("Target http://app:8000 is down: …; due runs wait for its return.", false),
            ("Job sync missed its slot, which is not caught up (catchup=skip).", true),
            ("outcome=busy", true), ("outcome=bussy", false), ("outcom=busy", false),
        ]
    )
    func broken(_ line: String, isSaid: Bool) throws {
        let program = try Self.program.get()
        #expect(Self.clauses(line).allSatisfy(program.have) == isSaid)
    }

    @Test("texts are found as the program writes them: joined, over lines, with values put in")
    func texts() {
        let source = #####"""
            // "no text"
            let a = "one \(two ? "three" : "four") five" + " and"
                + #" "six" \#(seven(8)) \(nine)"#
            let b = """
                ten \
                eleven \(12)
                """
            """#####
        let texts = SourceTexts([source])
        for text in [#"one … five and "six" … \(nine)"#, "ten eleven …"] { #expect(texts.have(text)) }
        for text in ["no text", "three", "and\n"] { #expect(!texts.have(text)) }
    }

    // MARK: - Parts

    private static func sources(_ folder: String) throws -> [String] {
        let files = FileManager.default.enumerator(atPath: Papers.root.appending(path: folder).path)
        return try (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".swift") }
            .map { try Papers.text("\(folder)/\($0)") }
    }

    /// What is quoted, with the paper where it stands: the first column of Troubleshooting; elsewhere a line of a log in a
    /// block, and code that begins as a sentence does.
    private static func lines() throws -> [(paper: String, line: String)] {
        try Papers.names().flatMap { name in
            let text = try Papers.text(name)
            if name == trouble {
                let cells = text.split(separator: "\n").filter { $0.hasPrefix("| ") }
                    .compactMap { $0.components(separatedBy: " | ").first }
                return cells.flatMap { $0.matches(of: /`([^`]+)`/) }.map { (name, String($0.1)) }
            }
            // Every second part is a block; that of a language begins with its name.
            let parts = text.components(separatedBy: "```").enumerated()
            let logged = parts.filter { $0.0 % 2 == 1 && $0.1.hasPrefix("\n") }.map(\.1).joined()
                .matches(of: /(?m)^(?:\d{4}-\S+Z (?:INFO |WARNING|ERROR|DEBUG) )?([A-Z][a-z]+ .+)$/).map {
                    String($0.1)
                }
            let prose = text.replacing(/(?s)```.*?```/, with: "")
            let spans = prose.matches(of: /`((?:[A-Z][a-z]+|…|\d+ [a-z]+) [^`:][^`]+)`/)
            return (logged + spans.map { String($0.1).replacing(/\s+/, with: " ") }).map { (name, $0) }
        }
    }

    private static let known = Set(
        Log.members("a", RunRecord(), bytes: 0).map(\.name.description)
            + ["bq_metadata_initial_offset", "catchup", "in_flight", "location", "startup_grace", "tick"]
    )

    /// The parts of a line that are the program's own words: without the values of the example.
    private static func clauses(_ line: String) -> [String] {
        let fields = line.matches(of: /\b([a-z_]{3,})=/).map { String($0.1) }.filter { !known.contains($0) }
        let outcomes = line.matches(of: /\boutcome=(\w+)/).map { String($0.1) }
            .filter { Outcome(rawValue: $0) == nil }
        let own = line.replacing(/https?:\/\/[^\s,]+|\/api\/\w+|\bsync\b|SCHEDULER_[A-Z_]+/, with: "…")
            .replacing(/\b[a-z_]{3,}=[^\s,)]*/, with: "…")
            .replacing(/\b\d+ (?:in-flight |configuration |log )?[a-z]+\b/, with: "…")
            .replacing(/"[^"]*"|<[^>]*>|\([^)]*\)|\b\d+[smh]?\b/, with: "…")
        let words = own.split { "…;:".contains($0) }.map { $0.trimmingCharacters(in: .whitespaces) }
        return words.filter { $0.count(where: \.isLetter) > 3 } + (fields + outcomes).map { "unknown: \($0)" }
    }
}
