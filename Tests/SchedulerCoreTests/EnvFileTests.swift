import Schedule
import Testing

@testable import SchedulerCore

@Suite(".env files")
struct EnvFileTests {
    private static let rule =
        "f: all readers agree on NAME=value, no quotes around it, no export before it, no comment behind it; a value of the "
        + #"scheduler's own with a blank, #, $ or \ stands in single quotes"#

    @Test(
        "what all readers read alike is taken without a word",
        arguments: [
            ("A='a b'", ["A": "a b"]), ("SCHEDULER_JOB_A='daily 03:00 POST /a body={\"a\": 1}'", nil),
            ("A=b", ["A": "b"]),
            ("A=", ["A": ""]), ("# A=b\n\n  # c\nA=b=c\n", ["A": "b=c"]), ("A=b#c", ["A": "b#c"]),
            ("  A=b", ["A": "b"]),
            ("", [:]),
        ] as [(String, [String: String]?)]
    )
    func alike(_ text: String, variables: [String: String]?) {
        let name = text.hasPrefix("A='") ? text.replacing("A=", with: "SCHEDULER_A=") : text
        let file = EnvFile(name, path: "f")
        #expect(file.notes == [])
        if let variables, name == text { #expect(file.variables == variables) }
    }

    @Test("where readers differ, the line says how", arguments: table)
    func differing(_ text: String, value: String?, sentence: String) {
        let file = EnvFile("# first\n\(text)\n", path: "f")
        #expect(file.variables["SCHEDULER_A"] == value)
        #expect(file.notes.map(\.message) == [Self.rule, "f:2: \(sentence)"])
        #expect(file.notes.map(\.variable) == ["f", "f:2"])
    }

    private static let plain = "docker, podman and kubectl"
    private static let table: [(String, String?, String)] = [
        (
            "export SCHEDULER_A=b", "b",
            "begins with export: docker and kubectl refuse the file, podman takes it into the name, systemd leaves the line "
                + "out; take it out"
        ),
        (
            "SCHEDULER_A=b # c", "b",
            "SCHEDULER_A has a # behind a blank: compose takes it for a comment, docker, podman, kubectl and systemd for a "
                + "part of the value; write single quotes"
        ),
        (
            "SCHEDULER_A= # c", "",
            "SCHEDULER_A has a # behind a blank: compose takes it for a comment, docker, podman, kubectl and systemd for a "
                + "part of the value; write single quotes"
        ),
        (
            "SCHEDULER_A='b c' # d", "b c",
            "SCHEDULER_A has a comment behind its value: compose leaves it out or refuses the file, docker, podman, kubectl "
                + "and systemd take it for a part of the value; take it out"
        ),
        (
            "SCHEDULER_A='it's'", "it",
            "SCHEDULER_A has more behind its closing quote: compose leaves it out or refuses the file, docker, podman, "
                + "kubectl and systemd take it for a part of the value; take it out"
        ),
        (
            "SCHEDULER_A=a$B", "a$B",
            "SCHEDULER_A has a $ without quotes: compose puts a variable there, the others leave it; write single quotes"
        ),
        (
            "SCHEDULER_A=a\\b", "a\\b",
            "SCHEDULER_A has a backslash without quotes, which systemd takes off; write single quotes"
        ),
        (
            "SCHEDULER_A=\"b c\"", "b c",
            "SCHEDULER_A stands in double quotes: \(plain) keep them (the scheduler takes them off); single ones are read "
                + "alike"
        ),
        (
            "SCHEDULER_A='b c", "b c",
            "SCHEDULER_A begins with a quote that does not end: compose and systemd go on with the next line; close it"
        ),
        (
            "SCHEDULER_A=b ", "b",
            "SCHEDULER_A has a blank at its end: \(plain) take it for a part of the value; take it out"
        ),
        (
            "SCHEDULER_A='b' ", "b",
            "SCHEDULER_A has a blank behind its closing quote, and \(plain) keep quotes and blank; take it out"
        ),
        (
            "SCHEDULER_A =b", "b",
            "has a blank before =: docker and kubectl refuse the file, podman takes it into the name; take it out"
        ),
        (
            "SCHEDULER_A= b", "b",
            "SCHEDULER_A has a blank behind =: \(plain) take it for a part of the value; take it out"
        ),
        (
            "SCHEDULER_A", nil,
            "has no =: compose, docker and podman take such a name's value from where they run, systemd none; write "
                + "NAME=value"
        ),
        ("SCHEDULER A=b", nil, "is not NAME=value, with a name of letters, digits and _"),
        ("=b", nil, "is not NAME=value, with a name of letters, digits and _"),
    ]

    @Test("double quotes are read with their escapes, of which one sentence tells")
    func escapes() {
        let file = EnvFile(#"SCHEDULER_A="a \"b\" \\ $C""#, path: "f")
        #expect(file.variables["SCHEDULER_A"] == #"a "b" \ $C"#)
        #expect(
            file.notes.map(\.message) == [
                Self.rule,
                "f:1: SCHEDULER_A has a $ in double quotes: compose puts a variable there, the others leave it; write single "
                    + "quotes",
            ]
        )
    }

    @Test("a byte order mark and CR LF are told of, and read")
    func windows() {
        let file = EnvFile("\u{FEFF}A=b\r\nC=d\r\n", path: "f")
        #expect(file.variables == ["A": "b", "C": "d"])
        #expect(
            file.notes.dropFirst().map(\.message) == [
                "f:1: begins with a byte order mark (BOM), which podman and systemd take for a part of the first name; take it "
                    + "out",
                "f:1: has lines that end with CR LF, and some readers take the CR for a part of the value; write LF alone",
            ]
        )
    }

    @Test(
        "quotes around what the app reads as well are told of, since it keeps them",
        arguments: ["SCHEDULER_API_TOKEN", "X"]
    )
    func kept(_ name: String) {
        let told = EnvFile("\(name)='b'", path: "f").notes.map(\.message)
        let sentence = "keep them as a part of the value; write NAME=value without quotes"
        #expect(told == [Self.rule, "f:1: \(name) stands in quotes: \(Self.plain) \(sentence)"])
    }

    @Test("one mistake has one sentence, with its line and the form that all read alike", arguments: mistakes)
    func mistake(_ bytes: [UInt8], variables: [String: String], sentence: String) {
        let file = EnvFile(bytes, path: "f")
        #expect(file.notes.map(\.message) == [Self.rule, "f:\(sentence)"])
        #expect(file.variables == variables)
    }

    private static let two =
        "goes on over 2 lines: compose and systemd join them, docker, podman and kubectl end the value at the first and "
        + "take the next for a name; write it on one line"
    private static let backslash =
        "ends with a backslash: systemd goes on with the next line, compose, docker, podman and kubectl keep it in the "
        + "value; write it on one line, without it"
    private static let twice =
        "is given a second time, first on line 1: kubectl refuses the file, the others take the last; keep one"
    private static let noForm =
        "no form of it is read alike by all; put it into a file, SCHEDULER_API_TOKEN_FILE"
    private static let utf16 =
        "1: is UTF-16: docker and kubectl refuse the file, the others find no name in it; save it as UTF-8"
    private static let token = "SCHEDULER_API_TOKEN"
    private static let mistakes: [([UInt8], [String: String], String)] = [
        (
            Array("\(token)='k'".utf8), [token: "k"],
            "1: \(token) stands in quotes: \(plain) keep them as a part of the value; write NAME=value without quotes"
        ),
        (
            Array("\(token)='k$'".utf8), [token: "k$"],
            "1: \(token) stands in quotes: \(plain) keep them as a part of the value; \(noForm)"
        ),
        (
            Array("\(token)=\"k$\"".utf8), [token: "k$"],
            "1: \(token) has a $ in double quotes: compose puts a variable there, the others leave it; \(noForm)"
        ),
        (
            Array("\(token)=k$X".utf8), [token: "k$X"],
            "1: \(token) has a $ without quotes: compose puts a variable there, the others leave it; \(noForm)"
        ),
        (
            Array("\(token)=k # c".utf8), [token: "k"],
            "1: \(token) has a # behind a blank: compose takes it for a comment, docker, podman, kubectl and systemd for a part of the value; take it out"
        ),
        (Array("\n\(token)='k\nk='\nA=b".utf8), [token: "k\nk=", "A": "b"], "2: \(token) \(two)"),
        (Array("\(token)=\"k\r\n$k\"".utf8.filter { $0 != 0x0D }), [token: "k\n$k"], "1: \(token) \(two)"),
        (
            Array("SCHEDULER_JOB_A=daily 03:00 \\\n  POST /x\nA=b".utf8),
            ["SCHEDULER_JOB_A": "daily 03:00   POST /x", "A": "b"], "1: SCHEDULER_JOB_A \(backslash)"
        ),
        (Array("\(token)=k\\\nA=b".utf8), [token: "k\\", "A": "b"], "1: \(token) \(backslash)"),
        (Array("A=1\nB=2\nA=3".utf8), ["A": "3", "B": "2"], "3: A \(twice)"),
        (
            Array("\(token)=k\0k".utf8), [token: "kk"],
            "1: \(token) has a NUL character: no container starts with it, and systemd reads no further; write NAME=value without it"
        ),
        (units("A=b\nC=d", isBig: false, hasMark: true), ["A": "b", "C": "d"], utf16),
        (units("A=b\nC=d", isBig: true, hasMark: true), ["A": "b", "C": "d"], utf16),
        (units("A=b\nC=d", isBig: false, hasMark: false), ["A": "b", "C": "d"], utf16),
        (
            Array("A=b\nC=d".utf8) + [0xE9], ["A": "b", "C": "d\u{FFFD}"],
            "2: has bytes that are no UTF-8: docker and kubectl refuse the file; save it as UTF-8"
        ),
    ]

    private static func units(_ text: String, isBig: Bool, hasMark: Bool) -> [UInt8] {
        ((hasMark ? [0xFEFF] : []) + Array(text.utf16)).flatMap { unit in
            isBig ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
        }
    }

    @Test("a quote that is left open takes no assignment with it")
    func leftOpen() {
        let file = EnvFile("SCHEDULER_A='b\nSCHEDULER_B='c'\n", path: "f")
        #expect(file.variables == ["SCHEDULER_A": "b", "SCHEDULER_B": "c"])
        #expect(file.notes.count == 2)
    }

    @Test("any text is read")
    func anything() {
        let parts = [
            "A", "=", "'", "\"", "\\", " ", "#", "$", "\n", "\r\n", "\u{FEFF}", "export ", ":", "é", "\u{301}", "\0",
        ]
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let text = (0..<12).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
            let file = EnvFile(text, path: "f")
            #expect(file.notes.isEmpty || file.notes.count > 1)
        }
        #expect(EnvFile(String(repeating: "A='", count: 100_000), path: "f").variables.count == 1)
    }

    @Test("no value is shown, and check has these lines first")
    func report() throws {
        let file = EnvFile(
            "SCHEDULER_API_TOKEN=hunter2$X # hunter2\nexport A=\"hunter2\\\"\nhunter2 hunter2=3\n",
            path: "f"
        )
        #expect(file.notes.count > 5)
        #expect(!file.notes.contains { $0.message.contains("hunter2") })
        let settings = try Settings(environment: [:])
        let report = CheckReport(.success(settings), asJSON: false, now: .epoch, notes: file.notes)
        #expect(report.standardError.hasPrefix("warning: \(Self.rule)\n"))
        let json = CheckReport(.success(settings), asJSON: true, now: .epoch, notes: file.notes)
        #expect(json.standardOutput.contains(#""warnings":[{"variable":"f","message":"f: all readers agree"#))
    }

    @Test("the example is read alike by all, and as the environment that it is")
    func example() throws {
        let file = EnvFile(try Papers.text(".env.example"), path: "f")
        #expect(file.notes == [])
        #expect(try Settings(environment: file.variables) == Settings(environment: [:]))
    }
}
