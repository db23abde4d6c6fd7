package import HTTPClient
package import HTTPServer
internal import Schedule

/// Everything that the environment says, checked.
package struct Settings: Sendable {
    package let target: BaseURL
    /// Nil: requests carry none.
    package let token: TokenSource?
    package let transport: TransportSettings
    /// The documented ones in their order, then one's own by name.
    package let jobs: [Job]
    package let tickSeconds: Int
    package let startupGraceSeconds: Int
    /// The first run of `bq-metadata-refresh` comes up to this much earlier than an interval; 0: no such offset.
    package let metadataOffsetMaxSeconds: Int
    package let stopTimeoutSeconds: Int
    package let startupSpreadSeconds: Int
    /// Worker threads.
    package let maxConcurrency: Int
    /// Enters the hashes of `H`, jitter and spread, so that two installs differ and one is stable.
    package let seed: String
    /// Where the status listener listens; nil: nowhere.
    package let listen: ListenAddress?
    package let errorReports: ErrorReportSettings?
    /// Nil: state ends with the process.
    package let stateDirectory: String?
    package let logLevel: LogLevel
    package let logFormat: LogFormat
    package let warnings: [SettingsFault]

    /// Everything that must not appear in a log.
    package let secrets: SecretBook

    package struct ErrorReportSettings: Sendable {
        package let key: Secret
        package let host: BaseURL
    }

    package var tick: Duration { .seconds(tickSeconds) }

    /// Checks the whole environment, and throws all that is wrong with it at once.
    package init(environment: [String: String]) throws(SettingsFaults) {
        var reader = EnvironmentReader(environment)
        let target = reader.url("API_URL", default: "http://localhost:8000")
        secrets = SecretBook()
        token = reader.token(for: target, secrets: secrets)
        transport = reader.transport(for: target)
        for secret in transport.proxy?.secrets ?? [] { secrets.add(Secret(secret)) }
        var intervals: [IntervalVariable: Int] = [:]
        for variable in IntervalVariable.allCases {
            intervals[variable] = reader.seconds(variable.rawValue, default: variable.defaultSeconds, least: 1)
        }
        let tick = reader.seconds(EnvironmentReader.tickName, default: 30, least: 1)
        let grace = reader.seconds("SCHEDULER_STARTUP_GRACE_SECONDS", default: 60, least: 0)
        metadataOffsetMaxSeconds = reader.metadataOffset(default: 900)
        let stopTimeout = reader.seconds("SCHEDULER_STOP_TIMEOUT_SECONDS", default: 50, least: 0)
        let spread = reader.seconds("SCHEDULER_STARTUP_SPREAD_SECONDS", default: 0, least: 0)
        let reportKey = reader.secret("POSTHOG_API_KEY")
        let reportHost = reader.url("POSTHOG_HOST", default: "https://eu.i.posthog.com")
        if let reportKey { secrets.add(reportKey) }
        logLevel = reader.logLevel()
        logFormat = reader.logFormat()
        seed = reader.text("SCHEDULER_SEED", allowed: "any text") ?? target?.text ?? ""
        let jobs = reader.jobs(intervals: intervals, tick: tick, seed: seed)
        let standard = min(max(4, jobs.count), EnvironmentReader.mostThreads)
        let threads = reader.number(
            "SCHEDULER_MAX_CONCURRENCY",
            default: standard,
            in: 1...EnvironmentReader.mostThreads,
            of: "threads"
        )
        stateDirectory = reader.stateDirectory()
        listen = reader.listenAddress()
        let isStrict = reader.flag("SCHEDULER_STRICT_ENV", default: false)
        reader.reportUnknown(asFaults: isStrict)

        warnings = secrets.masked(reader.warnings)
        guard reader.faults.isEmpty, let target, let tick, let grace, let stopTimeout, let spread, let threads,
            let reportHost
        else {
            throw SettingsFaults(faults: secrets.masked(reader.faults), warnings: warnings, logFormat: logFormat)
        }
        self.target = target
        self.jobs = jobs
        tickSeconds = tick
        startupGraceSeconds = grace
        stopTimeoutSeconds = stopTimeout
        startupSpreadSeconds = spread
        maxConcurrency = threads
        errorReports = reportKey.map { ErrorReportSettings(key: $0, host: reportHost) }
    }
}
