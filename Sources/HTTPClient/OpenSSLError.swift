/// The error code of OpenSSL that libcurl's words quote: `error:0A00045C:SSL routines::…` (ERR_error_string(3)).
struct OpenSSLError: Equatable {
    private let code: UInt32

    init?(in text: String) {
        let (bytes, mark) = (Array(text.utf8), Array("error:".utf8))
        let codes = bytes.indices.lazy.filter { bytes[$0...].starts(with: mark) }.compactMap {
            UInt32(String(decoding: bytes[($0 + mark.count)...].prefix(8), as: UTF8.self), radix: 16)
        }
        guard let code = codes.first, code != 0 else { return nil }
        self.code = code
    }

    /// The system's error number, if it is one of the system's (openssl/err.h, ERR_SYSTEM_FLAG).
    var systemError: Int32? { code >> 31 == 1 ? Int32(code & 0x7FFF_FFFF) : nil }

    /// The reason, if it is one of the library of TLS (ERR_GET_LIB(3), ERR_LIB_SSL).
    private var reason: Int? { code >> 23 == 20 ? Int(code & 0x7F_FFFF) : nil }

    /// The alert that the other side sent (openssl/sslerr.h: a thousand more; the numbers are those of RFC 8446 §6.2).
    var alert: Int? { reason.flatMap { (1_000...1_255).contains($0) ? $0 - 1_000 : nil } }

    /// Whether it only says that the other side is gone; libcurl 7.88 lets OpenSSL see that as no error at all.
    var isEndOfFile: Bool { reason == 294 }  // SSL_R_UNEXPECTED_EOF_WHILE_READING

    /// Alerts that say that our certificate is missing, or isn't taken.
    static let alertsAboutCertificates: Set<Int> = [42, 43, 44, 45, 46, 48, 49, 116]
}
