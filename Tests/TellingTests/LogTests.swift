import Clockwork
import Files
import Schedule
import TestSupport
import Testing

@testable import Telling

@Suite("Log")
struct LogTests {
    private let book = LogBook()

    @Test("a text line: time, level, message, fields")
    func text() {
        book.log().info(
            "Running job: \(own: "a:b") (\(own: "every 1m"))",
            [LogField("job", .own("a:b")), LogField("ms", 5)]
        )
        book.log().error("no fields")
        #expect(
            book.lines == [
                "2025-11-21T03:44:55.123Z INFO  Running job: a:b (every 1m) job=a:b ms=5\n",
                "2025-11-21T03:44:55.123Z ERROR no fields\n",
            ]
        )
    }

    @Test("a JSON line: the documented members first, in their order")
    func json() {
        book.log(.json).warning(
            "odd \"text\"",
            [LogField("job", .own("a")), LogField("ms", 5), LogField("status", 404)]
        )
        #expect(
            book.lines == [
                #"{"ts":"2025-11-21T03:44:55.123Z","lvl":"WARNING","severity":"WARNING","logger":"scheduler","#
                    + #""service":"scheduler","msg":"odd \"text\"","job":"a","ms":5,"http_status":404}"# + "\n"
            ]
        )
    }

    @Test(
        "the end of a trouble is written wherever its begin was",
        arguments: [LogLevel.debug, .info, .warning, .error]
    )
    func over(_ level: LogLevel) {
        let log = book.log(level: level)
        log.warning("a began")
        log.over("a is over")
        log.error("b began")
        log.over("b is over", since: .error)
        log.info("c began")
        log.over("c is over", since: .info)
        let lines = book.lines.map { $0.split(separator: " ", maxSplits: 1).last.map(String.init) ?? "" }
        for trouble in ["a", "b", "c"] {
            let isShown = lines.contains { $0.hasSuffix("\(trouble) began\n") }
            #expect(lines.contains("INFO  \(trouble) is over\n") == isShown)
        }
    }

    @Test("what is below the level is not written")
    func level() {
        let log = book.log(level: .warning)
        log.debug("a")
        log.info("b")
        log.warning("c")
        log.error("d")
        #expect(book.lines.map { $0.suffix(2) } == ["c\n", "d\n"])
    }

    @Test(
        "texts from outside can forge neither a line nor a field",
        arguments: [
            ("a\nb", #"a\nb"#, #"a\nb"#),
            ("a\r\tb", #"a\r\tb"#, #"a\r\tb"#),
            ("\u{1B}[31mred", #"\x1b[31mred"#, #"\u001b[31mred"#),
            ("x outcome=ok", #"x outcome\x3dok"#, "x outcome=ok"),
            (#"say "hi""#, #"say \"hi\""#, #"say \"hi\""#),
            (#"back\slash"#, #"back\\slash"#, #"back\\slash"#),
            ("\u{85}\u{2028}\u{202E}", #"\x85\u{2028}\u{202e}"#, #"\u0085\u2028\u202e"#),
            ("\u{0}", #"\x00"#, #"\u0000"#),
            ("příliš 日本 🙂", "příliš 日本 🙂", "příliš 日本 🙂"),
        ]
    )
    func escaping(_ outside: String, text: String, json: String) throws {
        book.log().info("m \(outside)")
        book.log(.json).info("m \(outside)")
        #expect(book.lines[0] == "2025-11-21T03:44:55.123Z INFO  m \(text)\n")
        #expect(book.lines[1].hasSuffix("\"msg\":\"m \(json)\"}\n"))
    }

    @Test("a secret is masked in every text from outside, also where escaping or a combining mark would hide it")
    func masking() {
        let secrets = SecretBook([Secret("hunter2=="), Secret("hunter2==longer")])
        book.log(secrets: secrets).info("m \("hunter2== a hunter2==longer b hunter2==\u{301}")")
        book.log(.json, secrets: secrets).info("m \("x")", [LogField("f", .outside("hunter2=="))])
        #expect(book.lines[0].hasSuffix("m *** a *** b ***\u{301}\n"))
        #expect(book.lines[1].hasSuffix(#""msg":"m x","f":"***"}"# + "\n"))
    }

    @Test("a secret is masked in the forms in which an answer may echo it, and in our own texts")
    func encodedSecrets() {
        let secrets = SecretBook([Secret(#"Zm9v/YmFy+&"=="#)])
        let echoes = [
            #"Zm9v/YmFy+&"=="#, #"Zm9v\/YmFy+&\"=="#, #"Zm9v/YmFy+&\"=="#, "Zm9v%2FYmFy%2B%26%22%3D%3D",
            "Zm9v%2fYmFy%2b%26%22%3d%3d", "Zm9v/YmFy+&amp;&quot;==",
        ]
        for echo in echoes { book.log(secrets: secrets).info("m \(echo)") }
        #expect(
            book.lines.allSatisfy {
                $0.dropFirst(31).hasPrefix("m ***") && !$0.contains("Zm9v") && !$0.contains("YmFy")
            }
        )
        book.log(secrets: secrets).info("m \(own: #"/path?k=Zm9v/YmFy+&"=="#)")
        #expect(book.lines.last?.dropFirst(31) == "m /path?k=***\n")
    }

    @Test(
        "the line that ends a run",
        arguments: [
            (.answer(204), "INFO  Job /api/x?y=1: 204", "outcome=ok status=204", ""),
            (
                .answer(500, "no\nway"), #"WARNING Job /api/x?y=1: HTTP 500 - no\nway"#, "outcome=failed status=500", ""
            ),
            (.answer(409, "busy"), "INFO  Job /api/x?y=1: HTTP 409 - busy", "outcome=busy status=409", ""),
            (
                .answer(302, location: "https://app/a=b"), "WARNING Job /api/x?y=1: HTTP 302 - ",
                "outcome=redirected status=302", #" location=https://app/a\x3db"#
            ),
            (
                .none(.unreachable, "Couldn't connect"), "ERROR Job /api/x?y=1 failed: Couldn't connect",
                "outcome=unreachable status=0", ""
            ),
            (
                .none(.aborted, "aborted by shutdown"), "WARNING Job /api/x?y=1 failed: aborted by shutdown",
                "outcome=aborted status=0", ""
            ),
        ] as [(AttemptEnd, String, String, String)]
    )
    func ended(_ end: AttemptEnd, head: String, outcome: String, more: String) throws {
        book.log().tell(try Fixture.ended(end), target: "")
        #expect(
            book.lines == [
                "\(LogBook.time) \(head) job=a slot=2026-01-01T00:00:00Z run_id=00000000000000010000000000000001 "
                    + "trigger=schedule attempts=1 \(outcome) ms=1500 late_ms=12 bytes=\(end.bytes)\(more)\n"
            ]
        )
    }

    @Test("what an answer says, and where it points to, is masked once more: the token may be a new one")
    func maskedEnds() throws {
        let log = book.log(secrets: SecretBook([Secret("hunter2")]))
        log.tell(try Fixture.ended(.answer(302, "hunter2", location: "https://app/hunter2")), target: "")
        log.tell(try Fixture.ended(.none(.broken, "hunter2")), target: "")
        #expect(book.lines.count == 2)
        #expect(!book.lines.joined().contains("hunter2"))
    }

    @Test("numbers are written in decimal", arguments: [0, 7, -7, 10, 1_000_000, .max, .min])
    func numbers(_ number: Int) {
        var bytes: [UInt8] = [0x3D]
        bytes.append(decimal: number)
        #expect(String(decoding: bytes, as: UTF8.self) == "=\(number)")
    }

    @Test(
        "a line's time is that of any timestamp, also where a year needs no four digits, or more",
        arguments: [-62_167_219_201, -1, 0, 1_767_225_600, 253_402_300_799, 253_402_300_800]
    )
    func times(_ seconds: Int64) {
        var bytes: [UInt8] = [0x3D]
        let moment = Moment(seconds: seconds, nanoseconds: 7_999_999)
        moment.appendTimestamp(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "=" + moment.timestamp)
        #expect(moment.timestamp.hasSuffix(".007Z"))
    }

    @Test("a run's id is 32 hex digits, and reads back")
    func ids() {
        let id = RunID(0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210)
        #expect(id.description == "0123456789abcdeffedcba9876543210")
        #expect(RunID(id.description) == id)
        #expect(RunID.hex(1) == "0000000000000001")
    }

    @Test("parts of ours and from outside keep their order, and each its masking")
    func parts() {
        let secrets = SecretBook([Secret("hunter2="), Secret("a")])
        let log = book.log(secrets: secrets)
        log.info("\("a=") own a \("")\("b")\(own: "a")", [LogField("f", .own("a b")), LogField("g", .own(""))])
        log.info("\(own: "hunter2=") \("x")\(own: "y")", [LogField("f", .own("hunter2="))])
        #expect(book.lines[0].hasSuffix(#" ***\x3d own a ba f="a b" g="""# + "\n"))
        #expect(book.lines[1].hasSuffix(" *** xy f=***\n"))
    }
}
