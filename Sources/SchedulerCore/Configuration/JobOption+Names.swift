internal import Schedule

/// What people write who know it from elsewhere.
extension JobOption {
    /// What is wrong with an option that is none of ours: which one is meant, or where it has its place.
    static func fault(ofUnknown name: String) -> JobLineFault {
        let folded = String(name.lowercased().map { $0 == "_" ? "-" : $0 }.drop { $0 == "-" })
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

    private static let otherNames: [(option: String, names: Set<String>)] = [
        ("timeout", ["deadline", "max-time", "time-limit", "ttl", "read-timeout"]),
        ("retries", ["retry", "attempts", "tries", "max-retries", "max-attempts", "retry-count", "retry-limit"]),
        ("retry-on", ["retry-status", "retry-statuses", "retry-codes", "retry-for"]),
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
            "the token is SCHEDULER_API_TOKEN, for all jobs",
            ["token", "auth", "authorization", "bearer", "api-key", "apikey", "password", "user", "secret"]
        ),
        ("retries= waits 5, 10, 20 to 300 s by itself", ["backoff", "retry-delay", "retry-wait", "retry-interval"]),
        ("a job never overlaps itself", ["overlap", "no-overlap", "concurrency", "concurrency-policy", "lock"]),
        ("to switch a job off, write off in the place of its line", ["enabled", "disabled", "active", "suspend"]),
        ("a job has the name of its variable, or what stands before the colon in the file", ["name", "id", "job"]),
    ]
}
