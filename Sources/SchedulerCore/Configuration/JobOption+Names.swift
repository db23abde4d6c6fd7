internal import Schedule
internal import Telling

/// What people write who know it from elsewhere.
extension JobOption {
    /// What is wrong with an option that is none of ours: which one is meant, or where it has its place.
    static func fault(ofUnknown name: String) -> JobLineFault {
        if let header = header(in: name) { return .unknownOption(name, near: header) }
        let folded = folded(name)
        if let meant = otherNames.first(where: { $0.names.contains(folded) }) {
            return .unknownOption(name, near: meant.option)
        }
        if let place = otherPlaces.first(where: { $0.names.contains(folded) }) { return .noOption(name, place.advice) }
        let names = all.map(\.name)
        return .unknownOption(
            name,
            near: NearestName.of(name, in: names) ?? names.first { folded.count > 2 && $0.hasPrefix(folded) }
        )
    }

    private static func folded(_ name: String) -> String {
        String(name.lowercased().map { $0 == "_" ? "-" : $0 }.drop { $0 == "-" })
    }

    /// The option of this name, as a variable writes it: `ABANDON_HOLD`.
    static func named(_ name: String) -> JobOption? {
        let folded = folded(name)
        return all.first { $0.name == folded }
    }

    /// The option that is probably meant: `MAX_RETRIES`, `REQUEST_TIMEOUT`.
    static func meant(_ name: String) -> JobOption? {
        let words = folded(name).split(separator: "-")
        for start in [0, 1] where words.count > start {
            let rest = words[start...].joined(separator: "-")
            if let option = named(rest) { return option }
            if let other = otherNames.first(where: { $0.names.contains(rest) }) {
                return all.first { $0.name == other.option }
            }
        }
        return nil
    }

    /// A value as it may be shown: one that the option takes.
    func taken(_ value: String) -> String? {
        let value = value.trimmed.unquoted
        var options = JobOptions()
        guard let take, name != "tz", value.utf8.count <= 20,
            value.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "," || $0 == "-" }),
            (try? take(&options, value)) != nil
        else { return nil }
        return value
    }

    /// `headers.X-Key`, `X-Key`, `content-type`: a header without `header.` before it.
    private static func header(in name: String) -> String? {
        var rest = name[...]
        if ["header-file", "header_file", "headerfile"].contains(where: name.lowercased().hasPrefix) {
            return "header-file.NAME"
        }
        if let prefix = ["headers.", "header-", "header_", "header:"].first(where: name.lowercased().hasPrefix) {
            rest = name.dropFirst(prefix.count)
        } else {
            let lowered = name.lowercased()
            guard lowered.hasPrefix("x-") || commonHeaders.contains(lowered) else { return nil }
        }
        return JobOptions.isToken(rest) ? "header.\(ShownWord.cut(String(rest)))" : "header.NAME"
    }

    private static let commonHeaders: Set<String> = [
        "accept", "accept-language", "cache-control", "content-type", "contenttype", "cookie", "if-none-match",
        "origin",
        "prefer", "referer", "user-agent",
    ]

    private static let otherNames: [(option: String, names: Set<String>)] = [
        ("timeout", ["deadline", "max-time", "time-limit", "ttl", "read-timeout"]),
        ("retries", ["retry", "attempts", "tries", "max-retries", "max-attempts", "retry-count", "retry-limit"]),
        ("retry-on", ["retry-status", "retry-statuses", "retry-codes", "retry-for"]),
        (
            "ok",
            [
                "success", "success-codes", "success-status", "success-statuses", "ok-status", "ok-codes", "status",
                "statuses", "status-codes", "expected-status", "expect-status", "accept-status",
                "accepted-status-codes",
            ]
        ),
        ("expect", ["expected", "assert", "assertion", "success-if", "match", "json-path", "keyword"]),
        ("items", ["item", "processed", "count", "items-processed", "items-field"]),
        ("tz", ["timezone", "time-zone", "zone", "cron-tz"]),
        (
            "first",
            ["start", "initial", "run-on-start", "run-at-start", "run-on-startup", "run-immediately", "immediate"]
        ),
        ("catchup", ["misfire", "missed", "coalesce", "persistent", "backfill"]),
        ("catchup-window", ["misfire-grace-time", "starting-deadline-seconds", "startingdeadlineseconds"]),
        (
            "jitter",
            ["delay", "random-delay", "randomized-delay-sec", "randomizeddelaysec", "splay", "spread", "stagger"]
        ),
        ("abandon-hold", ["hold", "cooldown"]),
        ("group", ["groups", "pool", "queue", "semaphore", "mutex", "concurrency-group", "concurrency-key"]),
        ("priority", ["prio", "nice", "weight", "priority-weight", "importance"]),
        ("wait", ["max-wait", "wait-timeout", "queue-timeout", "queue-for", "wait-for", "patience"]),
        ("freeze", ["exempt", "freeze-exempt", "no-freeze", "ignore-freeze", "blackout", "maintenance"]),
        ("freeze-catchup", ["catchup-freeze", "catchup-after-freeze"]),
        ("header.NAME", ["headers", "h", "request-headers"]),
        ("body", ["data", "data-raw", "json", "payload", "content", "request-body", "form", "d"]),
    ]

    private static let otherPlaces: [(advice: String, names: Set<String>)] = [
        (
            "method and path stand before the options: POST /api/nightly; the host is that of API_URL",
            ["method", "verb", "path", "url", "uri", "endpoint", "route", "target", "host", "port", "http"]
        ),
        (
            "the schedule stands first, without a name: daily 03:00, every 15m or cron 0 5 * * 1",
            ["schedule", "cron", "every", "daily", "at", "interval", "time", "when", "rule"]
        ),
        (
            "the schedule stands first, without names: cron 0 4 * * * is minute hour day-of-month month day-of-week",
            [
                "second", "minute", "hour", "day", "day-of-month", "day-of-week", "month-of-year", "month", "week",
                "weekday",
                "seconds", "minutes", "hours", "days", "weeks", "year",
            ]
        ),
        (
            "the token is SCHEDULER_API_TOKEN, for all jobs",
            ["token", "auth", "authorization", "bearer", "api-key", "apikey", "password", "user", "secret"]
        ),
        ("retries= waits 5, 10, 20 to 300 s by itself", ["backoff", "retry-delay", "retry-wait", "retry-interval"]),
        ("a job never overlaps itself", ["overlap", "no-overlap", "concurrency", "concurrency-policy", "lock"]),
        ("to switch a job off, write off in the place of its line", ["enabled", "disabled", "active", "suspend"]),
        ("a job has the name of its variable, or what stands before the colon in the file", ["name", "id", "job"]),
    ]
}
