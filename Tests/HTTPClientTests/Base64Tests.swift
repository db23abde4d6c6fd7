import HTTPClient
import Testing

@Suite("Base64")
struct Base64Tests {
    @Test(
        "RFC 4648 §10, and back",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"), ("\u{7FF}\u{FFFD}", "37/vv70="),
        ]
    )
    func vectors(_ text: String, encoded: String) {
        #expect(Base64.encode(text.utf8) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test("all bytes, in all lengths")
    func bytes() {
        for count in 0...300 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ count) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
    }

    @Test(
        "what no writer writes is none",
        arguments: ["Z", "Zg", "Zg=", "Zh==", "Zg==\n", "Zm9v=", "Zm-_", "====", " "]
    )
    func none(_ text: String) { #expect(Base64.decode(text) == nil) }
}
