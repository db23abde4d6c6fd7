internal import JSON

/// The forms in which an answer may echo a secret: as it is, or as JSON, URLs and HTML write it.
enum SecretForms {
    /// Shorter ones are looked for as they are only: their encoded forms would be found everywhere.
    private static let shortest = 8

    static func all(of secret: String) -> [String] {
        guard secret.utf8.count >= shortest else { return [secret] }
        return [
            secret,
            JSONValue.escaped(secret), JSONValue.escaped(secret).swapping("/", for: #"\/"#),
            percentEncoded(secret, hexDigits: "0123456789ABCDEF"),
            percentEncoded(secret, hexDigits: "0123456789abcdef"),
            secret.swapping("&", for: "&amp;").swapping("<", for: "&lt;").swapping(">", for: "&gt;")
                .swapping("\"", for: "&quot;").swapping("'", for: "&#39;"),
            Escaping.text(secret), Escaping.quotable(secret),
        ]
    }

    /// RFC 3986 §2.3: all but the unreserved characters.
    private static func percentEncoded(_ text: String, hexDigits: String) -> String {
        let digits = Array(hexDigits)
        return text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(Unicode.Scalar(byte))
            default: "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }.joined()
    }
}

extension String {
    fileprivate func swapping(_ mark: Character, for text: String) -> String {
        split(separator: mark, omittingEmptySubsequences: false).joined(separator: text)
    }
}
