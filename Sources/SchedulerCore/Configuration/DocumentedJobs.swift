internal import Schedule

/// The jobs that are there without any configuration, in the order in which they are shown.
enum DocumentedJobs {
    struct Row {
        let name: String
        /// The variable that holds the interval, or the schedule itself.
        let schedule: Source
        let method: String
        let path: String
        let timeoutSeconds: Int
        /// Whether it counts as having run a while ago when it is first seen, so that fleets do not all call at once.
        let hasInitialOffset: Bool

        init(
            _ name: String,
            _ schedule: Source,
            _ method: String,
            _ path: String,
            timeout: Int,
            hasInitialOffset: Bool = false
        ) {
            self.name = name
            self.schedule = schedule
            self.method = method
            self.path = path
            timeoutSeconds = timeout
            self.hasInitialOffset = hasInitialOffset
        }
    }

    enum Source {
        case interval(Variable)
        case fixed(String)
    }

    static let rows = [
        Row("data-refresh", .interval(.dataRefresh), "POST", "/api/sync/trigger", timeout: 120),
        Row("health-check", .interval(.healthCheck), "GET", "/api/health", timeout: 30),
        Row("script-runner", .interval(.scriptRun), "POST", "/api/scripts/run-due", timeout: 600),
        Row("marketplaces", .fixed("daily 03:00"), "POST", "/api/marketplaces/sync-all", timeout: 900),
        Row(
            "session-collector",
            .interval(.sessionCollector),
            "POST",
            "/api/admin/run-session-collector",
            timeout: 300
        ),
        Row(
            "session-processor:verification",
            .interval(.verificationDetector),
            "POST",
            "/api/admin/run-session-processor?processor=verification",
            timeout: 900
        ),
        Row(
            "session-processor:usage",
            .interval(.usageProcessor),
            "POST",
            "/api/admin/run-session-processor?processor=usage",
            timeout: 300
        ),
        Row("corporate-memory", .interval(.corporateMemory), "POST", "/api/admin/run-corporate-memory", timeout: 900),
        Row("store-blocked-purge", .fixed("daily 04:00"), "POST", "/api/admin/run-blocked-purge", timeout: 600),
        Row("store-reap-stuck-reviews", .fixed("every 15m"), "POST", "/api/admin/run-reap-stuck-reviews", timeout: 60),
        Row(
            "bq-metadata-refresh",
            .interval(.metadataRefresh),
            "POST",
            "/api/admin/run-bq-metadata-refresh",
            timeout: 1800,
            hasInitialOffset: true
        ),
    ]

    /// The variables that hold an interval, in the order of the jobs.
    static let intervals = rows.compactMap { if case .interval(let variable) = $0.schedule { variable } else { nil } }

    /// An interval in seconds as a schedule: whole hours stay hours, all else is rounded up to minutes.
    ///
    /// Up, so that no job runs more often than its operator asked for.
    static func schedule(seconds: Int) -> String {
        if seconds.isMultiple(of: 3_600) { return "every \(seconds / 3_600)h" }
        return "every \((seconds + 59) / 60)m"
    }
}
