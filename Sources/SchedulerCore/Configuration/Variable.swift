/// The variables that are read, by their names, in the order in which people read of them.
///
/// Each has one row in `Variable+Rows.swift`; reading, the search for the name that was meant, and the tables for people
/// (Operating.md and .env.example, which tests compare) come from there.
package enum Variable: String, CaseIterable, Sendable {
    case apiURL = "API_URL"
    case token = "SCHEDULER_API_TOKEN"
    case tokenFile = "SCHEDULER_API_TOKEN_FILE"
    case auth = "SCHEDULER_AUTH"
    case apiUser = "SCHEDULER_API_USER"
    case oauthTokenURL = "SCHEDULER_OAUTH_TOKEN_URL"
    case oauthClientID = "SCHEDULER_OAUTH_CLIENT_ID"
    case oauthClientSecretFile = "SCHEDULER_OAUTH_CLIENT_SECRET_FILE"
    case oauthAssertionFile = "SCHEDULER_OAUTH_ASSERTION_FILE"
    case oauthScope = "SCHEDULER_OAUTH_SCOPE"
    case oauthAudience = "SCHEDULER_OAUTH_AUDIENCE"
    case oauthClientAuth = "SCHEDULER_OAUTH_CLIENT_AUTH"
    case metadataHost = "GCE_METADATA_HOST"
    case identityEndpoint = "IDENTITY_ENDPOINT"
    case identityHeader = "IDENTITY_HEADER"
    case requireToken = "SCHEDULER_REQUIRE_TOKEN"
    case dataRefresh = "SCHEDULER_DATA_REFRESH_INTERVAL"
    case healthCheck = "SCHEDULER_HEALTH_CHECK_INTERVAL"
    case scriptRun = "SCHEDULER_SCRIPT_RUN_INTERVAL"
    case sessionCollector = "SCHEDULER_SESSION_COLLECTOR_INTERVAL"
    case verificationDetector = "SCHEDULER_VERIFICATION_DETECTOR_INTERVAL"
    case usageProcessor = "SCHEDULER_USAGE_PROCESSOR_INTERVAL"
    case corporateMemory = "SCHEDULER_CORPORATE_MEMORY_INTERVAL"
    case metadataRefresh = "SCHEDULER_BQ_METADATA_REFRESH_INTERVAL"
    /// Stands for every name that begins so.
    case job = "SCHEDULER_JOB_<NAME>"
    /// Stands for every name that begins so.
    case target = "SCHEDULER_TARGET_<NAME>"
    case targetToken = "SCHEDULER_TARGET_<NAME>_TOKEN"
    case targetTokenFile = "SCHEDULER_TARGET_<NAME>_TOKEN_FILE"
    case jobsFile = "SCHEDULER_JOBS_FILE"
    case jobDefaults = "SCHEDULER_JOB_DEFAULTS"
    case builtinJobs = "SCHEDULER_BUILTIN_JOBS"
    case timezone = "SCHEDULER_TIMEZONE"
    case freeze = "SCHEDULER_FREEZE"
    case freezeFile = "SCHEDULER_FREEZE_FILE"
    case seed = "SCHEDULER_SEED"
    case groups = "SCHEDULER_GROUPS"
    case maxConcurrency = "SCHEDULER_MAX_CONCURRENCY"
    case tick = "SCHEDULER_TICK_SECONDS"
    case startupGrace = "SCHEDULER_STARTUP_GRACE_SECONDS"
    case startupSpread = "SCHEDULER_STARTUP_SPREAD_SECONDS"
    case metadataOffsetMax = "SCHEDULER_BQ_METADATA_INITIAL_OFFSET_MAX_SECONDS"
    case stopTimeout = "SCHEDULER_STOP_TIMEOUT_SECONDS"
    case caFile = "SCHEDULER_CA_FILE"
    case sslCertFile = "SSL_CERT_FILE"
    case curlCABundle = "CURL_CA_BUNDLE"
    case clientCertFile = "SCHEDULER_CLIENT_CERT_FILE"
    case clientKeyFile = "SCHEDULER_CLIENT_KEY_FILE"
    case proxy = "SCHEDULER_PROXY"
    case unixSocket = "SCHEDULER_UNIX_SOCKET"
    case alertURL = "SCHEDULER_ALERT_URL"
    case alertURLFile = "SCHEDULER_ALERT_URL_FILE"
    case alertFormat = "SCHEDULER_ALERT_FORMAT"
    case alertKey = "SCHEDULER_ALERT_KEY"
    case alertKeyFile = "SCHEDULER_ALERT_KEY_FILE"
    case alertRemind = "SCHEDULER_ALERT_REMIND"
    case alertDownAfter = "SCHEDULER_ALERT_DOWN_AFTER"
    case pingURL = "SCHEDULER_PING_URL"
    case pingURLFile = "SCHEDULER_PING_URL_FILE"
    case pingFormat = "SCHEDULER_PING_FORMAT"
    case heartbeatURL = "SCHEDULER_HEARTBEAT_URL"
    case heartbeatURLFile = "SCHEDULER_HEARTBEAT_URL_FILE"
    case postHogKey = "POSTHOG_API_KEY"
    case postHogHost = "POSTHOG_HOST"
    case postHogEnvironment = "POSTHOG_ENVIRONMENT"
    case appVersion = "AGNES_VERSION"
    case otlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"
    case otlpTracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
    case otlpHeaders = "OTEL_EXPORTER_OTLP_HEADERS"
    case otlpTimeout = "OTEL_EXPORTER_OTLP_TIMEOUT"
    case otlpProtocol = "OTEL_EXPORTER_OTLP_PROTOCOL"
    case otelServiceName = "OTEL_SERVICE_NAME"
    case otelResource = "OTEL_RESOURCE_ATTRIBUTES"
    case otelDisabled = "OTEL_SDK_DISABLED"
    case otelSampler = "OTEL_TRACES_SAMPLER"
    case logLevel = "LOG_LEVEL"
    case ownLogLevel = "SCHEDULER_LOG_LEVEL"
    case logFormat = "LOG_FORMAT"
    case ownLogFormat = "SCHEDULER_LOG_FORMAT"
    case logOk = "SCHEDULER_LOG_OK"
    case strict = "SCHEDULER_STRICT_ENV"
    case stateDirectory = "SCHEDULER_STATE_DIR"
    case store = "SCHEDULER_STORE"
    case storeUser = "SCHEDULER_STORE_USER"
    case storePasswordFile = "SCHEDULER_STORE_PASSWORD_FILE"
    case storeCAFile = "SCHEDULER_STORE_CA_FILE"
    case storeCertFile = "SCHEDULER_STORE_CERT_FILE"
    case storeKeyFile = "SCHEDULER_STORE_KEY_FILE"
    case storeDown = "SCHEDULER_STORE_DOWN"
    case replica = "SCHEDULER_REPLICA"
    case listen = "SCHEDULER_LISTEN"

    package var name: String { rawValue }
    var standard: Standard { row.standard }
    /// What may be written, as a fault says it after "write".
    var allowed: String { row.rule.allowed }

    /// Whether the app reads it as well, by a name that is not ours to rule over.
    var isShared: Bool { !name.hasPrefix(Self.prefix) && self != .apiURL }

    static let jobPrefix = "SCHEDULER_JOB_"
    static let targetPrefix = "SCHEDULER_TARGET_"
    /// What begins so and is read by nothing is likely a slip.
    static let prefix = "SCHEDULER_"
}

extension Variable {
    /// What is known of a variable beside its name.
    struct Row {
        let standard: Standard
        let rule: Rule
        /// What it is for, in Markdown.
        let summary: String

        init(_ standard: Standard, _ rule: Rule, _ summary: String) {
            (self.standard, self.rule, self.summary) = (standard, rule, summary)
        }
    }

    /// What a value may be.
    enum Rule: Equatable {
        case text(String)
        case number(ClosedRange<Int>, String)
        case flag, url, secret

        /// Ten years of 365 days: what is longer is taken for a slip of the keyboard.
        static let longestSeconds = 10 * 365 * 86_400

        static func number(_ range: ClosedRange<Int>, of what: String) -> Self {
            .number(range, "\(what) from \(range.lowerBound) to \(range.upperBound), digits only")
        }

        static func seconds(from least: Int) -> Self { number(least...longestSeconds, of: "seconds") }

        var allowed: String {
            switch self {
            case .text(let allowed), .number(_, let allowed): allowed
            case .flag: "true or false"
            case .url: "an http:// or https:// URL"
            case .secret: "visible ASCII"
            }
        }

        /// Of a number; of anything else, so that nobody has to ask, whatever a number may be.
        var range: ClosedRange<Int> {
            if case .number(let range, _) = self { range } else { -Self.longestSeconds...Self.longestSeconds }
        }
    }
}
