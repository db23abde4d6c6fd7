package import Files
package import HTTPClient

/// A service that alarms when it hears nothing.
package enum PingFormat: String, Sendable, CaseIterable {
    case healthchecks, kuma, cronitor, betterstack, sentry, plain

    /// The service that is known to be there; all else is taken for a Healthchecks of one's own.
    package init(host: String) {
        let host = "." + host.lowercased()
        let known: [(String, PingFormat)] = [
            (".cronitor.link", .cronitor), (".cronitor.io", .cronitor), (".betterstack.com", .betterstack),
            (".betteruptime.com", .betterstack), (".sentry.io", .sentry), (".kuma", .kuma), ("-kuma", .kuma),
        ]
        let isKuma = host.hasPrefix(".kuma.") || host.hasPrefix(".uptime-kuma.")
        self = isKuma ? .kuma : known.first { host.hasSuffix($0.0) }?.1 ?? .healthchecks
    }

    /// Whether it is told of a begin.
    package var hasStart: Bool {
        switch self {
        case .healthchecks, .cronitor, .sentry: true
        case .kuma, .betterstack, .plain: false
        }
    }
}

/// A URL somewhere else; its path and its query are secrets.
package struct NoticeURL: Sendable, Hashable {
    package let secret: Secret
    package let host: String

    /// What stands for the job's name.
    package static let job = "{job}"

    package var namesJob: Bool { secret.reveal.contains(Self.job) }

    package init(parsing text: String) throws(URLError) {
        guard !text.contains("#") else { throw .fragment }
        let base = String(text.prefix { $0 != "?" }).replacing(Self.job, with: "job")
        let isASCII = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isASCII else { throw text.utf8.last == 0x0D ? .carriageReturn : .notVisibleASCII }
        guard text.utf8.count <= BaseURL.longest else { throw .tooLong(count: text.utf8.count) }
        host = try BaseURL(parsing: base).host
        secret = Secret(text)
    }

    /// The URL of one job's.
    package func of(_ job: String) -> String {
        let name = job.lowercased().utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"): byte
            default: UInt8(ascii: "-")
            }
        }
        return secret.reveal.replacing(Self.job, with: String(decoding: name, as: UTF8.self))
    }

    /// What says once in a while that the clock turns.
    package var heartbeat: Notice { Notice(.heartbeat, "GET", secret, shown: host) }

    /// What is masked where others quote it: path and query, without what is too short to be a secret.
    package var secrets: [Secret] {
        let afterScheme = secret.reveal.drop { $0 != ":" }.dropFirst(3)
        let rest = afterScheme.drop { $0 != "/" && $0 != "?" }
        return String(rest).components(separatedBy: Self.job).filter { $0.utf8.count >= 8 }.map { Secret($0) }
    }
}

extension String {
    fileprivate func components(separatedBy separator: String) -> [String] {
        var (parts, rest) = ([String](), self[...])
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
