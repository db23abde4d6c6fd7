internal import Clockwork
internal import Schedule
internal import Telling

/// Names with our prefix that nothing reads, and what is said of them.
extension EnvironmentReader {
    /// A name that nothing reads is likely a slip; the app may share the .env, so it is no fault unless asked for.
    ///
    /// `jobs` are the names of the jobs that are there.
    mutating func reportUnknown(asFaults: Bool, jobs: [String]) {
        let patterns: [Variable] = [.job, .target, .targetToken, .targetTokenFile]
        let own = [Variable.jobPrefix, Variable.targetPrefix].flatMap(names(withPrefix:)).filter { $0 != Self.misnamed }
        let known = Set(Variable.allCases.filter { !patterns.contains($0) }.map(\.name) + own)
        for name in names(withPrefix: Variable.prefix) where !known.contains(name) {
            guard let message = message(name, known, jobs) else { continue }
            if asFaults { fault(name, message) } else { warn(name, message) }
        }
        for name in environment.keys.sorted() {
            guard let (bare, what) = Self.misread(name), known.contains(bare) || bare.hasPrefix(Variable.prefix) else {
                continue
            }
            let message = "\"\(name)\" is read by nothing: the .env file has \(what) before \(bare); take it out"
            if asFaults { fault(name, message) } else { warn(name, message) }
        }
    }

    /// The name that is meant where a reader of an .env file took more for a part of it.
    private static func misread(_ name: String) -> (bare: String, what: String)? {
        for (beginning, what) in [("export ", "export"), ("\u{FEFF}", "a byte order mark (BOM)"), (" ", "a blank")] {
            guard name.unicodeScalars.starts(with: beginning.unicodeScalars) else { continue }
            let rest = name.unicodeScalars.dropFirst(beginning.unicodeScalars.count)
            return (String(String.UnicodeScalarView(rest)).trimmed, what)
        }
        return nil
    }

    /// Nil where there is nothing to be changed.
    private func message(_ name: String, _ known: Set<String>, _ jobs: [String]) -> String? {
        guard let later = LaterVariable.named(name) else { return hint(name, known) }
        let key = JobName.folded(later.job.name)
        let own = names(withPrefix: Variable.jobPrefix).map { $0.dropFirst(Variable.jobPrefix.count) }
        // Where there is a line already, the app's variable may stay beside it.
        guard let value = environment[name], !own.contains(where: { JobName.folded(String($0)) == key }),
            let line = later.line(value, isThere: jobs.contains { JobName.folded($0) == key })
        else { return nil }
        return
            "\(name) is read by later releases of the app, and by nothing here; write \(later.job.variable)='\(line)'"
    }

    private func hint(_ name: String, _ known: Set<String>) -> String {
        let bare = String(name.dropFirst(Variable.prefix.count))
        return "\(name) is read by nothing; \(meant(bare, known) ?? "scheduler help variables lists those that are")"
    }

    /// `bare` comes without our prefix.
    private func meant(_ bare: String, _ known: Set<String>) -> String? {
        if let several = Self.several[bare] { return several }
        if let elsewhere = Self.elsewhere[bare] { return "did you mean \(elsewhere)?" }
        if let option = JobOption.named(bare) { return advice(option, bare) }
        if let near = nearest(Variable.prefix + bare, in: known) { return "did you mean \(near)?" }
        return JobOption.meant(bare).map { advice($0, bare) }
    }

    /// An option has its place in job lines; a value is shown where the option takes it, and so is no secret.
    private func advice(_ option: JobOption, _ bare: String) -> String {
        guard option.name != "body" else { return "\(option.name)= is an option of a job; write it in the job's line" }
        let value = environment[Variable.prefix + bare].flatMap(option.taken) ?? "…"
        return
            "\(option.name)= is an option of a job; write \(option.name)=\(value) in \(Variable.jobDefaults.name) for "
            + "all jobs, or in a job's line"
    }

    private func nearest(_ name: String, in known: Set<String>) -> String? {
        let prefix = Variable.prefix
        let names = known.filter { $0.hasPrefix(prefix) }.sorted().map { String($0.dropFirst(prefix.count)) }
        return MeantName.of(String(name.dropFirst(prefix.count)), in: names).map { prefix + $0 }
    }

    /// Names without our prefix, by what is written with it, and those that other programs have.
    private static let elsewhere: [String: String] = {
        let bare = Variable.allCases.map(\.name).filter { !$0.hasPrefix(Variable.prefix) }
        var names = Dictionary(uniqueKeysWithValues: bare.map { ($0, $0) })
        for (variable, others) in others { for name in others { names[name] = variable.name } }
        return names
    }()

    private static let others: [(Variable, [String])] = [
        (.apiURL, ["URL", "APP_URL", "BASE_URL", "TARGET_URL", "TARGET", "API_BASE_URL", "API_HOST", "ENDPOINT"]),
        (.token, ["BEARER", "BEARER_TOKEN", "AUTH_TOKEN", "API_KEY", "APIKEY", "SECRET", "PASSWORD"]),
        (.auth, ["AUTH_TYPE", "AUTH_MODE", "AUTH_METHOD"]), (.apiUser, ["USER", "USERNAME", "API_USERNAME"]),
        (.oauthTokenURL, ["TOKEN_URL", "TOKEN_ENDPOINT", "OAUTH_URL", "OIDC_URL"]),
        (.oauthClientID, ["CLIENT_ID", "OIDC_CLIENT_ID"]),
        (.oauthClientSecretFile, ["CLIENT_SECRET", "CLIENT_SECRET_FILE", "OAUTH_CLIENT_SECRET", "OAUTH_SECRET_FILE"]),
        (.oauthAssertionFile, ["ASSERTION_FILE", "CLIENT_ASSERTION_FILE", "FEDERATED_TOKEN_FILE"]),
        (.oauthScope, ["SCOPE", "SCOPES", "OAUTH_SCOPES"]),
        (.oauthAudience, ["AUDIENCE", "OAUTH_RESOURCE", "RESOURCE"]),
        (.tokenFile, ["SECRET_FILE", "API_KEY_FILE", "AUTH_TOKEN_FILE"]),
        (.jobsFile, ["CRONTAB", "CRONTAB_FILE", "CRON_FILE", "CONFIG", "CONFIG_FILE", "SCHEDULE_FILE"]),
        (.jobDefaults, ["DEFAULTS", "DEFAULT_OPTIONS"]), (.builtinJobs, ["BUILTIN", "BUILTINS", "DEFAULT_JOBS"]),
        (.timezone, ["TZ", "TIME_ZONE", "ZONE", "CRON_TZ"]),
        (.maxConcurrency, ["WORKERS", "MAX_WORKERS", "THREADS", "MAX_THREADS", "PARALLELISM", "POOL_SIZE"]),
        (.tick, ["POLL_INTERVAL", "CHECK_INTERVAL", "INTERVAL"]),
        (.startupGrace, ["STARTUP_DELAY", "START_DELAY", "INITIAL_DELAY", "WARMUP", "GRACE_PERIOD", "GRACE"]),
        (
            .stopTimeout,
            ["SHUTDOWN_TIMEOUT", "DRAIN_TIMEOUT", "GRACEFUL_TIMEOUT", "STOP_GRACE_PERIOD", "SHUTDOWN_GRACE"]
        ),
        (.caFile, ["CA_CERT", "CA_BUNDLE", "CACERT", "SSL_CA_FILE"]), (.proxy, ["HTTP_PROXY", "HTTPS_PROXY"]),
        (.postHogKey, ["POSTHOG_KEY"]), (.logLevel, ["LOGLEVEL", "VERBOSITY", "LEVEL"]),
        (.stateDirectory, ["STATE_PATH", "STATE_FILE", "STATE_FOLDER", "DATA_DIR", "DATA_PATH", "STORAGE_DIR"]),
        (.store, ["STORE_URL", "STATE_STORE", "STATE_URL", "ETCD", "ETCD_URL", "ETCD_ENDPOINTS", "ETCD_HOSTS"]),
        (.storeUser, ["ETCD_USER", "ETCD_USERNAME", "STORE_USERNAME"]),
        (.storePasswordFile, ["STORE_PASSWORD", "ETCD_PASSWORD", "ETCD_PASSWORD_FILE"]),
        (.replica, ["REPLICA_NAME", "REPLICA_ID", "INSTANCE", "INSTANCE_NAME", "NODE", "NODE_NAME"]),
        (
            .listen,
            [
                "PORT", "BIND", "METRICS_PORT", "LISTEN_ADDR", "LISTEN_ADDRESS", "LISTEN_PORT", "LISTEN_HOST",
                "BIND_ADDR",
                "BIND_ADDRESS", "HTTP_PORT", "STATUS_PORT", "HEALTH_PORT", "METRICS_ADDR",
            ]
        ),
    ]

    /// Names that may mean one or the other.
    private static let several = [
        "HOST", "ADDR", "ADDRESS", "HOSTNAME",
    ].reduce(into: [String: String]()) { names, name in
        names[name] =
            "did you mean \(Variable.apiURL.name), where the app is, or \(Variable.listen.name), where status is shown?"
    }

    /// `TZ` alone moves no schedule, and its operator may believe that it does.
    mutating func warnOfTZ(_ jobs: [Job]) {
        guard let text = environment["TZ"]?.trimmingBlanks, !isSet(.timezone) else { return }
        let name = text.hasPrefix(":") ? String(text.dropFirst()) : text
        let isUTC = ["", "utc", "utc0", "etc/utc", "gmt", "etc/gmt", "uct", "zulu", "universal"].contains(
            name.lowercased()
        )
        guard !isUTC, jobs.contains(where: { !$0.timetable.schedule.isElapsedTime && $0.timetable.zone == .utc }) else {
            return
        }
        let isZone = (try? Zone(named: name, in: ZoneDirectory(environment: environment))) != nil
        let value = isZone ? name : Variable.timezone.allowed
        warn(
            "TZ",
            "TZ is not read, so schedules are in UTC; write \(Variable.timezone.name)=\(value), or UTC if that is meant"
        )
    }
}
