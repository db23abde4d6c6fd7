package import Calling
package import Clockwork
package import Files
package import HTTPClient
package import HTTPServer
package import Schedule
package import Telling

/// Everything that the environment says, checked: a value, made of what is handed in.
package struct Settings: Sendable, Equatable {
    package let target: BaseURL
    /// Nil: requests carry none, or it is fetched.
    package let token: TokenOrigin?
    /// Whose password the token is; nil: it is a bearer's.
    package let apiUser: String?
    /// Who gives tokens; nil: nobody.
    package let tokenProvider: TokenProvider?
    package let transport: TransportSettings
    /// The files of the jobs' headers, each with its value when the settings were read.
    package let headerFiles: [TokenOrigin]
    /// The documented ones in their order, then one's own by name.
    package let jobs: [Job]
    /// That of schedules that name none.
    package let zone: Zone
    /// When no job starts but those that are exempt.
    package let freezes: FreezeCalendar
    /// The variable that says so, for warnings.
    let freezeOrigin: String
    package let tickSeconds: Int
    package let startupGraceSeconds: Int
    /// The first run of `bq-metadata-refresh` comes so many seconds earlier than an interval; 0: no such offset.
    package let metadataOffset: Int
    package let stopTimeoutSeconds: Int
    package let startupSpreadSeconds: Int
    package let groups: [Group]
    /// Apps that are called beside the main one, by name.
    package let targets: [String: OtherApp]
    /// Worker threads.
    package let maxConcurrency: Int
    /// Enters the hashes of `H`, jitter and spread, so that two installs differ and one is stable.
    package let seed: String
    /// Where the status listener listens; nil: nowhere.
    package let listen: ListenAddress?
    package let errorReports: ErrorReports.Destination?
    /// Nil: nowhere.
    package let traces: Traces?
    package let pings: Pings
    package let heartbeat: NoticeURL?
    /// Nil: nobody is told of incidents.
    package let alerts: Alerts?
    /// An app that cannot be reached for so long is an incident.
    package let downAfterSeconds: Int
    /// Nil: state ends with the process.
    package let stateDirectory: String?
    /// Nil: this sidecar is alone.
    package let store: StoreSettings?
    package let logLevel: LogLevel
    package let logFormat: LogFormat
    package let logOk: OkLogging
    package let warnings: [SettingsFault]

    /// Everything that must not appear in a log.
    package let secrets: [Secret]

    package var tick: Duration { .seconds(tickSeconds) }

    /// Where the jobs' calls go, and how they are protected.
    package func app(_ other: OtherApp) -> Runner.Target {
        Runner.Target(url: other.url, tls: transport.target, proxy: transport.proxy)
    }

    package var app: Runner.Target {
        Runner.Target(url: target, tls: transport.target, proxy: transport.proxy, socket: transport.socket)
    }

    /// Checks the whole environment, and throws all that is wrong with it at once.
    ///
    /// What is left to chance is made of `random`; the same number makes the same settings.
    package init(
        environment: [String: String],
        sources: SettingsSources = .live,
        random: UInt64 = 0
    ) throws(SettingsFaults) {
        var reader = EnvironmentReader(environment, sources)
        let target = reader.target()
        // Over a socket nobody is on the way who could read it.
        let credentials = reader.credentials(for: reader.isSet(.unixSocket) ? nil : target)
        (token, apiUser, tokenProvider) = (credentials.token, credentials.user, credentials.provider)
        transport = reader.transport(for: target)
        var intervals: [Variable: Int] = [:]
        for variable in DocumentedJobs.intervals { intervals[variable] = reader.number(variable) }
        let tick = reader.number(.tick)
        let grace = reader.number(.startupGrace)
        metadataOffset = reader.metadataOffset(random)
        let stopTimeout = reader.number(.stopTimeout)
        let spread = reader.number(.startupSpread)
        let reportKey = reader.secret(.postHogKey)
        let reportHost = reader.url(.postHogHost)
        let environmentOfApp = reader.sharedText(.postHogEnvironment)
        let release = reader.sharedText(.appVersion)
        logLevel = reader.logLevel()
        logFormat = reader.logFormat()
        logOk = reader.logOk()
        seed = reader.text(.seed) ?? target?.text ?? ""
        let initialOffset: Duration? = metadataOffset > 0 ? .seconds(metadataOffset) : nil
        groups = reader.groups()
        targets = reader.targets()
        traces = reader.traces(of: target, targets)
        var zones = ZoneCache(directory: ZoneDirectory(environment: reader.environment))
        zone = reader.zone(&zones) ?? .utc
        let jobs = reader.jobs(
            intervals: intervals,
            tick: tick,
            seed: seed,
            initialOffset: initialOffset,
            groups: groups,
            targets: reader.targetNames,
            zone: zone,
            &zones
        )
        headerFiles = reader.headerFiles
        reader.warnOfEmptyGroups(groups, jobs)
        pings = reader.pings(jobs)
        heartbeat = reader.heartbeat()
        alerts = reader.alerts()
        downAfterSeconds = reader.duration(.alertDownAfter) ?? 0
        freezes = reader.freezes(zone, seed: seed, &zones)
        freezeOrigin = (reader.isSet(.freeze) ? Variable.freeze : .freezeFile).name
        let mostThreads = Variable.maxConcurrency.row.rule.range.upperBound
        let threads = reader.number(.maxConcurrency) ?? min(max(4, jobs.count), mostThreads)
        stateDirectory = reader.stateDirectory()
        store = reader.store(authorities: transport.elsewhere.caFile)
        listen = reader.listenAddress()
        let isStrict = reader.flag(.strict)
        reader.reportUnknown(asFaults: isStrict, jobs: jobs.map(\.name))
        reader.tellServiceLinks()
        reader.warnOfTZ(jobs)

        secrets = reader.secrets
        let book = SecretBook(secrets)
        warnings = book.masked(reader.warnings)
        guard reader.faults.isEmpty, let target, let tick, let grace, let stopTimeout, let spread,
            let reportHost
        else {
            throw SettingsFaults(faults: book.masked(reader.faults), warnings: warnings, logFormat: logFormat)
        }
        self.target = target
        self.jobs = jobs
        tickSeconds = tick
        startupGraceSeconds = grace
        stopTimeoutSeconds = stopTimeout
        startupSpreadSeconds = spread
        maxConcurrency = threads
        errorReports = reportKey.map {
            ErrorReports.Destination(key: $0, host: reportHost, environment: environmentOfApp, release: release)
        }
    }
}

extension Settings {
    /// All that `check`, the start and each reload warn of; clock changes make some of it depend on the time.
    ///
    /// `state` is what only `check` has to foresee: the start tries the directory, and tells what came of it.
    package func warnings(at now: Moment, state: SettingsFault? = nil) -> [SettingsFault] {
        warnings + (token == nil && tokenProvider == nil ? [Self.noToken] : []) + (state.map { [$0] } ?? [])
            + JobHints.all(jobs, at: now, keepsState: stateDirectory != nil || store != nil)
            + FreezeHints.all(self, at: now)
    }

    private static let noToken = SettingsFault(
        variable: Variable.token.name,
        message: """
            \(Variable.token.name) is not set: calls go out without Authorization, and the app has to let them in (as it \
            does in its development mode). Set it in production.
            """
    )
}
