/// Takes secrets out of texts from outside, such as an answer that echoes the token.
struct Redactor: Sendable {
    private let secrets: [[UInt8]]

    init(_ secrets: [Secret]) {
        // The longest first, so that no secret that holds another is left in part.
        self.secrets = secrets.map { Array($0.reveal.utf8) }.filter { !$0.isEmpty }.sorted { $0.count > $1.count }
    }

    /// Works on bytes: a mark that combines with the token's last letter must not hide it.
    func mask(_ text: String) -> String {
        var bytes = Array(text.utf8)
        for secret in secrets { bytes = Self.replace(secret, in: bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func replace(_ secret: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= secret.count else { return bytes }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == secret[0], bytes[index...].starts(with: secret) {
                result += Array("***".utf8)
                index += secret.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
