internal import Calling
internal import Clockwork
internal import Files
internal import HTTPClient

extension Settings {
    /// What may be secret in the jobs' own headers and pings, each once.
    var headerSecrets: [Secret] {
        let values = jobs.flatMap(\.headers).filter(\.mayBeSecret).map { Secret($0.value) }
        return Array(Set(values + jobs.flatMap(\.pingSecrets)))
    }
}

extension Job.Header {
    /// Headers that say how to talk, or where a request comes from: their values are words that answers hold as well.
    private static let plain: Set<String> = [
        "user-agent", "cache-control", "pragma", "origin", "referer", "from", "date", "range", "prefer", "via",
        "forwarded",
        "traceparent", "tracestate", "te", "priority",
    ]
    private static let plainBeginnings = ["accept", "content-", "if-", "x-forwarded-", "x-requested-", "x-request-"]
    /// With such a word in its name a header has a secret, be it ever so short.
    private static let words = ["key", "token", "secret", "auth", "pass", "cookie", "credential", "signature"]

    /// Whether the value is masked in what the app says; short ones elsewhere are words such as `true` and `staging`.
    fileprivate var mayBeSecret: Bool {
        let name = name.lowercased()
        let isTelling = Self.words.contains { name.holds($0) }
        let isPlain = Self.plain.contains(name) || Self.plainBeginnings.contains { name.hasPrefix($0) }
        return value.utf8.count >= (isTelling ? 4 : 8) && (isTelling || !isPlain)
    }
}

extension Job {
    fileprivate var pingSecrets: [Secret] {
        guard case .url(let text) = ping, let url = try? NoticeURL(parsing: text) else { return [] }
        return url.secrets
    }
}
