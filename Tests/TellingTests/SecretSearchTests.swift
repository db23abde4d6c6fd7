import Files
import Foundation
import Testing

@testable import Telling

/// An app, or what stands before it, may spell a token in many ways when it echoes it.
@Suite("Secrets in texts")
struct SecretSearchTests {
    private static let plain = "canary-5d41402abc4b2a76b9719d911017c592"
    private static let base64 = "q7Kd/9xPZ2mfa+Lw8TzRvB4yHsUeJ1oN0cGt6XiAkM=="
    private static let short = #"Zm9v/YmFy+&"=it's<b>"#

    /// A spelling of one character; letters and digits stay as they are.
    private static let spellings: [(name: String, spell: @Sendable (UInt8) -> String)] = [
        ("itself", { String(UnicodeScalar($0)) }),
        ("per cent", { String(format: "%%%02X", $0) }), ("per cent, small", { String(format: "%%%02x", $0) }),
        ("per cent, twice", { String(format: "%%25%02X", $0) }),
        ("urllib.quote", { $0 == 0x2F || $0 == 0x2D ? String(UnicodeScalar($0)) : String(format: "%%%02X", $0) }),
        ("JSON of Go and Rails", { String(format: #"\u%04x"#, $0) }),
        ("JSON in JSON", { #"\\"# + String(UnicodeScalar($0)) }),
        ("HTML", { "&#x\(String($0, radix: 16, uppercase: true));" }), ("HTML, decimal", { "&#\($0);" }),
        ("HTML, padded", { String(format: "&#x%04x;", $0) }), ("HTML in HTML", { "&amp;#x\(String($0, radix: 16));" }),
        (
            "HTML, by name",
            { [0x22: "&quot;", 0x26: "&amp;", 0x27: "&apos;", 0x3C: "&lt;"][$0] ?? String(UnicodeScalar($0)) }
        ),
        ("repr", { $0 == 0x27 ? #"\'"# : String(UnicodeScalar($0)) }),
        ("repr, hex", { String(format: #"\x%02x"#, $0) }),
        ("shell", { String(format: #"\%03o"#, $0) }), ("left out", { _ in "" }), ("underscores", { _ in "_" }),
    ]

    @Test("whatever stands in the place of what is neither letter nor digit", arguments: [plain, base64, short])
    func spelled(_ secret: String) {
        let search = SecretSearch([secret], wholeOnly: false)
        for (name, spell) in Self.spellings {
            let echo = secret.utf8.map { byte in
                Self.isPlain(byte) ? String(UnicodeScalar(byte)) : spell(byte)
            }.joined()
            let masked = search.mask("no: \(echo) \(echo.prefix(echo.count - 1)), try again")
            #expect(masked.hasPrefix("no: ***") && masked.hasSuffix(", try again"), "\(name): \(masked)")
            if secret != Self.short { #expect(!Self.holdsPart(of: secret, masked), "\(name): \(masked)") }
            let head = masked.split(separator: " ").dropFirst().first ?? ""
            #expect(!["canary", "Zm9v", "YmFy", "AkM"].contains { head.contains($0) }, "\(name): \(masked)")
        }
    }

    @Test("letters and digits in another form: base64, hex, all per cent", arguments: [plain, base64, short])
    func encoded(_ secret: String) throws {
        let search = SecretSearch([secret], wholeOnly: false)
        func each(_ format: String) -> String { secret.utf8.map { String(format: format, $0) }.joined() }
        for echo in [each("%02x"), each("%02X"), each("%%%02x"), each("%%%02X"), each(#"\x%02x"#), each(#"\u%04x"#)]
            + [each("&#x%02X;"), each("%02x:")]
        {
            #expect(search.mask("no: \(echo.dropLast(0))!").contains("***"), "\(echo)")
            let masked = search.mask("no: \(echo)!")
            #expect(!masked.contains(echo.prefix(16)) && masked.count < 20, "\(masked)")
        }
        for lead in ["", "a", "ab", "Bearer ", "user:"] {
            let echo = Data((lead + secret + ".").utf8).base64EncodedString()
            let masked = search.mask("no: \(echo)!")
            // What is left of it is a group at each end, which holds two bytes of the secret at most.
            #expect(masked.contains("***"), "\(masked)")
            #expect(masked.count < 4 + lead.count * 4 / 3 + 4 + 3 + 8 + 2, "\(echo) \(masked)")
        }
    }

    @Test(
        "a cut leaves less than eight letters and digits of it, and so does the other half",
        arguments: [plain, base64]
    )
    func cut(_ secret: String) {
        let search = SecretSearch([secret], wholeOnly: false)
        for count in 1..<secret.count {
            for part in [secret.prefix(count), secret.suffix(count)] {
                let masked = search.mask("no: \(part)")
                #expect(!Self.holdsPart(of: secret, masked), "\(masked)")
            }
        }
        #expect(
            search.mask("5d41402, canary-, 5d41 402a, canaries, q7Kd") == "5d41402, canary-, 5d41 402a, canaries, q7Kd"
        )
    }

    @Test("what is none stays, to the byte: ids, times, words, other tokens, and bytes that are no UTF-8")
    func others() {
        let search = SecretSearch([Self.plain, Self.base64, Self.short, "a-b-c-d-e-f", "hunter2"], wholeOnly: false)
        let texts = [
            "2025-11-21T03:44:55.123Z INFO  Job /api/sync/trigger: 200 run_id=5d41402bbc4b2a86b9718d911018c592",
            "a b c d e f, a - b, a\nb\nc", "Zm9w/YmFy+", "příliš 日本 🙂\u{301}", "", "hunter", "canary-canary-5d4140",
            String(decoding: [0x61, 0xFF, 0xFE], as: UTF8.self),
        ]
        for text in texts { #expect(search.mask(text) == text) }
    }

    @Test("secrets one after the other, one inside the other, and short ones, which are found whole alone")
    func several() {
        let search = SecretSearch(["hunter2==", "hunter2==longer", "pw1", "", "abcdefgh"], wholeOnly: false)
        #expect(search.mask("hunter2== a hunter2==longer b hunter2==\u{301}") == "*** a *** b ***\u{301}")
        #expect(search.mask("pw1pw1 pw2 PW1") == "*** pw2 PW1")
        #expect(search.mask("xabcdefghx ABCDEFGH abcdefg") == "x***x *** abcdefg")
        #expect(SecretSearch([], wholeOnly: false).mask("pw1") == "pw1")
    }

    @Test("in our own texts whole ones alone, and not the short ones")
    func own() {
        let search = SecretSearch([Self.short, "scheduler-token", "a", "daily"], wholeOnly: true)
        let texts = ["Scheduler started.", "a scheduler", "scheduler", "daily 03:00", "token", "Zm9v"]
        for text in texts { #expect(search.mask(text) == text) }
        #expect(search.mask("/hook/scheduler-token/x") == "/hook/***/x")
        #expect(search.mask("/hook/\(Self.short)/x") == "/hook/***/x")
        #expect(search.mask("/hook/Zm9v%2FYmFy%2B%26%22%3Dit%27s%3Cb%3E") == "/hook/***%3E")
    }

    @Test("many long tokens cost little memory, and the first is found as the last")
    func many() {
        let secrets = (0..<200).map { number in
            (0..<60).map { String(UInt64(number * 60 + $0) &* 0x9E37_79B9_7F4A_7C15, radix: 36) }.joined()
        }
        let search = SecretSearch(secrets, wholeOnly: false)
        for secret in [secrets[0], secrets[99], secrets[199]] {
            #expect(search.mask("x \(secret.dropFirst(9)) y") == "x *** y")
        }
        #expect(search.mask("nothing of all that stands in here") == "nothing of all that stands in here")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        UnicodeScalar(byte).properties.isAlphabetic || (0x30...0x39).contains(byte)
    }

    /// Whether eight letters and digits of the secret in a row stand in the text.
    private static func holdsPart(of secret: String, _ text: String) -> Bool {
        secret.split { !$0.isLetter && !$0.isNumber }.contains { run in
            run.count >= 8 && (0...run.count - 8).contains { text.contains(run.dropFirst($0).prefix(8)) }
        }
    }
}
