import Foundation
import TestSupport
import Testing

@testable import Telling

/// An echo may spell each character of a secret, be inside a longer text that is encoded, and be cut anywhere.
@Suite("Secrets in readings of a text")
struct SecretReadingTests {
    private static let token = "c817fb0e3a-Q9zLkP2vXw7TnR4sYm6HdJbGf"

    private static func each(_ text: String, _ format: String, between: String = "") -> String {
        text.utf8.map { String(format: format, Int($0)) }.joined(separator: between)
    }

    private static func base64(_ text: String, url: Bool = false) -> String {
        let plain = Data(text.utf8).base64EncodedString()
        guard url else { return plain }
        return String(plain.replacing("+", with: "-").replacing("/", with: "_").prefix { $0 != "=" })
    }

    typealias Encoding = (name: String, encode: @Sendable (String) -> String)

    private static let encodings: [Encoding] = [
        ("itself", { $0 }), ("upper case", { $0.uppercased() }), ("lower case", { $0.lowercased() }),
        ("HTML, decimal", { each($0, "&#%d;") }), ("HTML, leading zeros", { each($0, "&#%07d;") }),
        ("HTML, no semicolon", { each($0, "&#%d", between: " ").replacing(" ", with: "&#8203;") }),
        ("HTML in HTML", { each($0, "&amp;#%d;") }), ("HTML, hex", { each($0, "&#x%x;") }),
        ("hex", { each($0, "%02x") }), ("hex, blanks", { each($0, "%02x", between: " ") }),
        ("hex, capitals", { each($0, "%02X", between: " ") }), ("hex, colons", { each($0, "%02x", between: ":") }),
        ("hex, C", { each($0, "0x%02x", between: ", ") }), ("hex, lines", { each($0, "%02x", between: "\n") }),
        ("repr", { each($0, #"\x%02x"#) }), ("octal", { each($0, #"\%03o"#) }), ("JSON", { each($0, #"\u%04x"#) }),
        ("JSON in JSON", { each($0, #"\\u%04x"#) }), ("Rust", { each($0, #"\u{%x}"#) }),
        ("per cent", { each($0, "%%%02X") }), ("per cent, twice", { each($0, "%%25%02x") }),
        ("bytes", { "[" + each($0, "%d", between: ",") + "]" }),
        ("base64", { base64($0) }), ("base64url", { base64($0, url: true) }),
        ("base64 of Bearer", { base64("Bearer \($0)") }), ("base64 of user", { base64("user:\($0)\n") }),
        ("base64 of a header", { base64("Authorization: Bearer \($0), X", url: true) }),
        ("base64 in lines", { Data("a \($0)".utf8).base64EncodedString(options: .lineLength64Characters) }),
        ("base64 in JSON", { base64("ab\($0)").replacing("/", with: #"\/"#) }),
        ("base64 in a URL", { base64("x=\($0)").replacing("+", with: "%2B").replacing("/", with: "%2f") }),
        ("UTF-16", { $0.utf8.map { String(UnicodeScalar($0)) + "\0" }.joined() }),
        ("hex, hyphens", { each($0, "%02x", between: "-") }),
    ]

    @Test("each encoding leaves nothing to read", arguments: encodings.map(\.name))
    func whole(_ name: String) throws {
        let encode = try #require(Self.encodings.first { $0.name == name }).encode
        let search = SecretSearch([Self.token], wholeOnly: false)
        let echo = encode(Self.token)
        let masked = search.mask("no: \(echo) is wrong")
        #expect(masked.contains("***") && masked.hasSuffix(" is wrong"), "\(masked)")
        #expect(masked.utf8.count < 60, "\(masked)")
    }

    @Test("of a secret with a blank, or many marks, no piece stays")
    func blanks() {
        let secret = #"p@ss/w0 rd+x!y z9=k(q)7 m"#
        let search = SecretSearch([secret], wholeOnly: false)
        for echo in [
            secret, secret.uppercased(), secret.replacing(" ", with: "+"), secret.replacing(" ", with: "%20"),
            Self.each(secret, "&#%d;"), Self.base64("user:\(secret)"),
        ] {
            let masked = search.mask("no: \(echo) is wrong")
            #expect(masked.contains("***") && masked.utf8.count < 32, "\(masked)")
        }
        let long = SecretSearch(["ab-cd/ef.gh_ij-kl/mn.op_qr-st/uv"], wholeOnly: false)
        #expect(long.mask("ab-cd/ef.gh_ij-kl/mn.op_qr and ab-cd/ef.gh_ij") == "*** and ab-cd/ef.gh_ij")
        let words = SecretSearch(["nightly report, please", "header-number-2"], wholeOnly: false)
        let text = "nightly report of header-number-1, please"
        #expect(words.mask(text) == text)
        #expect(words.mask("Nightly Report, please: HEADER_NUMBER_2") == "***: ***")
    }

    @Test("six or seven letters are found whole, however spelled")
    func short() {
        let search = SecretSearch(["hun/ter2!!"], wholeOnly: false)
        #expect(search.mask("no: hun%2Fter2%21%21 hunter hunt") == "no: ***%21%21 hunter hunt")
    }

    @Test(
        "ordinary answers stay",
        arguments: [
            #"{"detail":"Not authenticated","code":401}"#,
            "<html><body>502 Bad Gateway &copy; nginx/1.25&#33;</body></html>",
            "deadbeef cafe 00 11 22 33 44 55", "0x63, 0x38, 0x31 and 63 38 31", "[99,56,49] \\143\\070 %63%38",
            "TG9yZW0gaXBzdW0gZG9sb3Igc2l0IGFtZXQ=", "a1b2c3d4-e5f6-7890-abcd-ef0123456789", "C817FB0 q9zlkp2 tnr4sym",
            "The scheduler token was refused; see the logs of 2026-11-25T10:46:25Z.",
        ]
    )
    func ordinary(_ text: String) {
        #expect(SecretSearch([Self.token, "hunter2==", "x/y z!"], wholeOnly: false).mask(text) == text)
    }

    @Test("a random secret, in a random encoding, at a random place, cut at random: no eight letters of it can be read")
    func fuzz() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        for _ in 0..<500 {
            var secret = ""
            while secret.count < 24 {
                secret += String(
                    (0..<Int.random(in: 1...20, using: &random)).compactMap { _ in letters.randomElement(using: &random)
                    }
                )
                secret += ["-", "_", ".", "/", "+", "=", "!", ""].randomElement(using: &random) ?? ""
            }
            guard let encoding = Self.encodings.randomElement(using: &random) else { continue }
            let lead = ["", "no: ", "token=", "a", "ab ", "Bearer ", "{\"k\":\""].randomElement(using: &random) ?? ""
            let echo = encoding.encode(secret)
            let from = Bool.random(using: &random) ? 0 : Int.random(in: 0..<echo.count, using: &random)
            let cut = echo.dropFirst(from).prefix(
                Bool.random(using: &random) ? .max : Int.random(in: 1...echo.count, using: &random)
            )
            let masked = SecretSearch([secret], wholeOnly: false).mask(lead + cut + " end")
            for run in secret.split(whereSeparator: { !letters.contains($0) }) where run.count >= 8 {
                for start in 0...run.count - 8 {
                    let part = String(run.dropFirst(start).prefix(8))
                    let shown = Self.decodable(masked).contains { $0.contains(part.lowercased()) }
                    #expect(!shown, "seed \(seed) \(encoding.name) \(secret): \(masked)")
                }
            }
        }
    }

    /// What a reader would make of a text: itself, its base64 from each of four places, and its hex pairs; small.
    private static func decodable(_ text: String) -> [String] {
        let digits = text.lowercased().filter(\.isHexDigit)
        let pairs = [digits, String(digits.dropFirst())].map { digits in
            let values = digits.compactMap(\.hexDigitValue)
            return String(
                decoding: stride(from: 0, to: max(0, values.count - 1), by: 2).map {
                    UInt8(values[$0] * 16 + values[$0 + 1])
                },
                as: UTF8.self
            )
        }
        let alphabet = text.replacing("-", with: "+").replacing("_", with: "/")
            .filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "+" || $0 == "/") }
        let decoded = (0..<4).map { place -> String in
            let text = alphabet.dropFirst(place)
            return Data(base64Encoded: String(text.prefix(text.count / 4 * 4))).map {
                String(decoding: $0, as: UTF8.self)
            } ?? ""
        }
        return ([text] + pairs + decoded).map { $0.lowercased() }
    }

    @Test(
        "the time grows as the text does",
        arguments: ["%25", "&amp;", #"\"#, "&#0", "a", "c8", "Yzgx", "%63", "c817fb0"]
    )
    func linear(_ piece: String) {
        let search = SecretSearch([Self.token], wholeOnly: false)
        func time(_ count: Int) -> Duration {
            let text = String(repeating: piece, count: count) + "uz"
            return ContinuousClock().measure { _ = search.mask(text) }
        }
        _ = time(100)
        let (short, long) = (
            (0..<5).map { _ in time(500) }.min() ?? .zero, (0..<3).map { _ in time(8_000) }.min() ?? .zero
        )
        // Sixteen times as long takes sixteen times as long; with the square of it, 256 times.
        #expect(long < short * 100)
    }
}
