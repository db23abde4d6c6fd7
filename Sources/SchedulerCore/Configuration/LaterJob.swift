internal import Clockwork
internal import HTTPClient
internal import Schedule
internal import Telling

/// A job that later releases of the documented app have; docker/jobs has their lines as a file, which a test compares.
struct LaterJob: Sendable {
    let name: String
    let schedule: String
    /// All behind the schedule; nil: of a documented job, which has a call.
    let call: String?

    init(_ name: String, _ schedule: String, _ call: String?) {
        (self.name, self.schedule, self.call) = (name, schedule, call)
    }

    /// The name of the variable that changes it.
    var variable: String { Variable.jobPrefix + JobName.folded(name).uppercased().swapping("-", for: "_") }

    /// A whole line, for those that have none; with a schedule of one's own where that is given.
    func line(_ schedule: String? = nil) -> String? { call.map { "\(schedule ?? self.schedule) \($0)" } }

    static func named(_ name: String) -> LaterJob? {
        let key = JobName.folded(name)
        return all.first { JobName.folded($0.name) == key }
    }

    static let all = [
        LaterJob(
            "initial-workspace",
            "daily 03:30",
            "POST /api/admin/initial-workspace/sync-if-configured timeout=900s"
        ),
        queued("jira-org-refresh", "daily 05:00"),
        queued("ducklake-maintenance", "daily 04:30"),
        LaterJob("store-lint-audit", "cron 0 5 * * 1", "POST /api/admin/store/lint-audit timeout=900s"),
        refresh("keboola-semantic-layer"), refresh("databricks-semantic-layer"), refresh("semantic-sources"),
        LaterJob("usage-prune", "every 24h", "POST /api/admin/telemetry/prune timeout=60s"),
        LaterJob("jira-sla-poll", "every 45m", "POST /api/admin/run-jira-sla-poll timeout=3600s"),
        LaterJob("jira-consistency-check", "every 30m", "POST /api/admin/run-jira-consistency-check timeout=1800s"),
        LaterJob("knowledge-packaging", "every 15m", "POST /api/admin/run-knowledge-packaging timeout=600s"),
        LaterJob("knowledge-digests", "every 30m", "POST /api/admin/run-knowledge-digests timeout=900s"),
        LaterJob("data-app-idle-reaper", "every 5m", "POST /api/data-apps/reap-idle timeout=120s"),
        LaterJob("agents-run-due", "every 1m", "POST /api/v1/agents/run-due timeout=600s"),
    ]

    private static func queued(_ kind: String, _ schedule: String) -> LaterJob {
        let body = #"{"kind": "\#(kind)", "idempotency_key": "\#(kind)"}"#
        return LaterJob(kind, schedule, "POST /api/jobs timeout=30s body=\(body)")
    }

    private static func refresh(_ what: String) -> LaterJob {
        LaterJob("\(what)-refresh", "every 6h", "POST /api/admin/run-\(what)-refresh timeout=900s")
    }
}

/// A variable that later releases of the documented app read, and the job line that does the same here.
struct LaterVariable: Sendable {
    /// How its value says when, or whether.
    private enum Form { case schedule, seconds, flag }

    let job: LaterJob
    private let form: Form

    static func named(_ name: String) -> LaterVariable? {
        all[String(name.dropFirst(Variable.prefix.count))]
    }

    /// What to write; nil where a value asks for nothing that is not so already.
    func line(_ written: String, isThere: Bool) -> String? {
        let value = written.trimmingBlanks.unquoted.trimmingBlanks
        guard !value.isEmpty else { return nil }
        if Self.off.contains(value.lowercased()) { return isThere ? "off" : nil }
        var schedule = job.schedule
        switch form {
        case .schedule: schedule = Schedule.meant(by: value)?.description ?? schedule
        case .seconds:
            if let own = Int(value), (1...Variable.Rule.longestSeconds).contains(own) {
                schedule = DocumentedJobs.schedule(seconds: own)
            } else if Int(value) == nil {
                schedule = Schedule.meant(by: value)?.description ?? schedule
            }
        case .flag:
            if ["0", "no"].contains(value.lowercased()) { return isThere ? "off" : nil }
            if isThere { return nil }
        }
        return isThere ? schedule : job.line(schedule)
    }

    /// As apps switch things off.
    private static let off: Set = ["off", "false", "none", "disabled", "never", "-"]

    /// By their names without our prefix.
    private static let all: [String: LaterVariable] = {
        let verification = LaterJob("session-processor:verification", "daily 04:15", nil)
        let memory = LaterJob("corporate-memory", "daily 04:30", nil)
        let reviews = LaterJob("store-reap-stuck-reviews", "every 15m", nil)
        var all = [
            "VERIFICATION_SCHEDULE": LaterVariable(job: verification, form: .schedule),
            "CORPORATE_MEMORY_SCHEDULE": LaterVariable(job: memory, form: .schedule),
            "REAP_STUCK_REVIEWS_INTERVAL": LaterVariable(job: reviews, form: .seconds),
        ]
        let others: [(String, String, Form)] = [
            ("INITIAL_WORKSPACE_SCHEDULE", "initial-workspace", .schedule),
            ("KEBOOLA_SEMANTIC_LAYER_REFRESH_INTERVAL", "keboola-semantic-layer-refresh", .seconds),
            ("DATABRICKS_SEMANTIC_LAYER_REFRESH_INTERVAL", "databricks-semantic-layer-refresh", .seconds),
            ("SEMANTIC_SOURCES_REFRESH_INTERVAL", "semantic-sources-refresh", .seconds),
            ("USAGE_PRUNE_INTERVAL", "usage-prune", .seconds), ("USAGE_PRUNE_SCHEDULE", "usage-prune", .schedule),
            ("JIRA_SLA_POLL_INTERVAL", "jira-sla-poll", .seconds),
            ("JIRA_CONSISTENCY_INTERVAL", "jira-consistency-check", .seconds),
            ("KNOWLEDGE_PACKAGING_INTERVAL", "knowledge-packaging", .seconds),
            ("KNOWLEDGE_DIGESTS_INTERVAL", "knowledge-digests", .seconds),
            ("DATA_APP_REAP_INTERVAL", "data-app-idle-reaper", .seconds),
            ("AGENT_SCHEDULES", "agents-run-due", .flag),
        ]
        for (name, job, form) in others {
            all[name] = LaterJob.named(job).map { LaterVariable(job: $0, form: form) }
        }
        return all
    }()
}
