internal import Calling
internal import Clockwork
internal import Files
internal import HTTPClient
internal import JSON
internal import Telling

/// The one table of options, in the order in which people read of them.
extension JobOption {
    /// libcurl keeps a timeout as 32 bits of milliseconds, 24.8 days.
    private static let longestTimeout: Int64 = 24 * 86_400

    static let all: [JobOption] = [
        // `check` shows this and the zone for every job, so these two have no note.
        JobOption(
            "timeout",
            .value("60s"),
            "deadline of one attempt, from the name's resolution to the last byte; at most 24 days",
            read: seconds(from: 1, to: longestTimeout),
            set: { $0.timeoutSeconds = $1 }
        ),
        JobOption(
            "retries",
            .value("0"),
            "more attempts within a run, 0 to 100, after `throttled`, `failed`, `timeout` and `broken`",
            read: count(to: 100),
            set: { $0.retries = $1 },
            text: { "\($0.retries)" },
            member: { ("retries", .integer($0.retries)) }
        ),
        JobOption(
            "retry-on",
            .words("none"),
            "statuses from 300 to 599 that `retries=` also covers: `retry-on=404,409`",
            read: statuses(in: 300...599, such: "404,409 or 500-504"),
            set: { $0.retryOn = $1 },
            text: { $0.retryOn.isEmpty ? nil : "\($0.retryOn)" },
            member: { ("retry_on", .string("\($0.retryOn)")) }
        ),
        JobOption(
            "ok",
            .value("200-299"),
            "statuses that count as `ok`, from 200 to 499, of 3xx only 304: `ok=200-299,404`",
            read: good,
            set: { $0.ok = $1 },
            text: { "\($0.ok)" },
            member: { ("ok", .string("\($0.ok)")) }
        ),
        JobOption(
            "expect",
            .words("none"),
            "a member of the answer, a JSON object, and its value: `expect=ok:true`, `expect=result.state:done`; a 2xx that "
                + "does not say so is `failed`. Not for HEAD",
            read: expectation,
            set: { $0.expectation = $1 },
            text: { $0.expectation.map { quoted("\($0)") } },
            member: { $0.expectation.map { ("expect", .string("\($0)")) } }
        ),
        JobOption(
            "items",
            .value("processed"),
            "the answer's member with the number of items that were processed: `items=result.count`; `off`: none",
            read: items,
            set: { $0.items = $1 },
            text: { $0.items?.joined(separator: ".") ?? "off" },
            member: { ("items", .string($0.items?.joined(separator: ".") ?? "off")) }
        ),
        zone,
        JobOption(
            "first",
            .words("`now` for documented jobs and `every`, else `wait`"),
            "of a job that never ran: `now`: due right after the grace; `wait`: at its next slot",
            read: word(of: Job.First.self),
            set: { $0.first = $1 },
            // The next slot says what `now` comes to.
            text: { $0.first == .wait ? "wait" : nil },
            member: { ("first", .string($0.first.rawValue)) }
        ),
        JobOption(
            "catchup",
            .value("one"),
            "slots missed by more than a tick, for whatever reason: `one` run for all of them, or `skip` to the next",
            read: word(of: Job.Catchup.self),
            set: { $0.catchup = $1 },
            text: { $0.catchup.rawValue },
            member: { ("catchup", .string($0.catchup.rawValue)) }
        ),
        JobOption(
            "catchup-window",
            .words("unlimited"),
            "a missed slot older than this is not caught up",
            read: seconds(from: 1),
            set: { $0.catchupWindowSeconds = $1 },
            text: { $0.catchupWindowSeconds.map { "\($0)s" } },
            member: { $0.catchupWindowSeconds.map { ("catchup_window_seconds", .integer($0)) } }
        ),
        JobOption(
            "jitter",
            .value("0s"),
            "delays each run by a stable amount below this, and below the gap to the next slot; not counted as lateness",
            read: seconds(from: 0),
            set: { $0.jitterSeconds = $1 },
            text: { "\($0.jitterSeconds)s" },
            member: { ("jitter_seconds", .integer($0.jitterSeconds)) }
        ),
        JobOption(
            "abandon-hold",
            .words("the timeout"),
            "how long a job is held after a call that timed out and may go on in the app; 0: not at all",
            read: seconds(from: 0),
            set: { $0.abandonHoldSeconds = $1 },
            text: { $0.abandonHoldSeconds.map { "\($0)s" } },
            member: { ("abandon_hold_seconds", .integer($0.abandonHoldSeconds ?? $0.timeoutSeconds)) }
        ),
        group,
        JobOption(
            "priority",
            .value("normal"),
            "`high`, `normal` or `low`: which of the runs that wait for a thread or a place goes first",
            read: word(of: Job.Priority.self),
            set: { $0.priority = $1 },
            text: { $0.priority.rawValue },
            member: { ("priority", .string($0.priority.rawValue)) }
        ),
        JobOption(
            "wait",
            .words("until the next slot, at most 1d"),
            "how long a run waits for a thread or a place; then its slot is not run, nor caught up",
            read: seconds(from: 1),
            set: { $0.waitSeconds = $1 },
            text: { $0.waitSeconds.map { "\($0)s" } },
            member: { $0.waitSeconds.map { ("wait_seconds", .integer($0)) } }
        ),
        JobOption(
            "freeze",
            .words("–"),
            "`exempt`: the job also runs in a [freeze window](#freeze-windows)",
            read: exempt,
            set: { $0.isFreezeExempt = $1 },
            text: { $0.isFreezeExempt ? "exempt" : nil },
            member: { $0.isFreezeExempt ? ("freeze", .string("exempt")) : nil }
        ),
        JobOption(
            "freeze-catchup",
            .value("skip"),
            "slots that a freeze window passed: `skip` leaves them out, `one` runs the latest after its end",
            read: word(of: Job.Catchup.self),
            set: { $0.freezeCatchup = $1 },
            text: { $0.freezeCatchup.rawValue },
            member: { ("freeze_catchup", .string($0.freezeCatchup.rawValue)) }
        ),
        JobOption(
            "alert-after",
            .words("1 where the next slot is an hour or more away, else 3"),
            "failed runs in a row that make an [incident](#incidents), 1 to 1000, or `off`",
            read: alertAfter,
            set: { $0.alertAfter = $1 },
            text: { $0.alertAfter.text },
            member: { $0.alertAfter.text.map { ("alert_after", .string($0)) } }
        ),
        JobOption(
            "ping",
            .words("`\(Variable.pingURL.name)`"),
            "where the job's [pings](#dead-man-pings) go: a URL, which is a secret, or `off`",
            read: ping,
            set: { $0.ping = $1 },
            text: { $0.ping == .standard ? nil : $0.ping == .off ? "off" : "***" },
            member: { $0.ping == .standard ? nil : ("ping", .string($0.ping == .off ? "off" : "***")) }
        ),
        header, headerFile, body,
    ]

    @Sendable private static func alertAfter(_ text: String) throws(Problem) -> Job.AlertAfter {
        if text == "off" { return .never }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let runs = Int(text), (1...1_000).contains(runs)
        else {
            throw Problem("\"\(ShownWord.of(text))\" is not a whole number from 1 to 1000, or off")
        }
        return .runs(runs)
    }

    /// As a job line needs it.
    private static func quoted(_ value: String) -> String {
        value.contains(where: \.isWhitespace) ? value.contains("\"") ? "'\(value)'" : "\"\(value)\"" : value
    }

    @Sendable private static func ping(_ text: String) throws(Problem) -> Job.Ping {
        if text == "off" { return .off }
        do throws(URLError) {
            return .url(try NoticeURL(parsing: text).secret.reveal)
        } catch {
            throw Problem("its value, which is not shown, \(NoticeURL.rule(error)), or off")
        }
    }

    private static var group: JobOption {
        var option = JobOption(
            "group",
            .words("none"),
            "groups of `\(Variable.groups.name)` that the job is in: `group=llm,nightly`; it runs with a place in all"
        )
        option.take = { options, text throws(Problem) in options.groups = try GroupNames.read(text) }
        option.notes = { $0.groups.isEmpty ? [] : ["group=" + $0.groups.joined(separator: ",")] }
        option.members = { [("groups", .array($0.groups.map(JSONValue.string)))] }
        return option
    }

    private static var zone: JobOption {
        var option = JobOption("tz", .words("`\(Variable.timezone.name)`"), "zone of the schedule")
        // Looked up when the job is built, once for all jobs.
        option.take = { options, text throws(Problem) in options.zone = text }
        return option
    }

    private static var header: JobOption {
        var option = JobOption(
            "header.NAME",
            .words("–"),
            "one more request header; `header.X-Note=\"two words\"`. At most 64. Not those that the sidecar "
                + "sets itself, such as `Authorization` and `Host`, nor those of the connection, such as `Expect`"
        )
        option.notes = { $0.headers.map { "header.\($0.name)" } }
        option.members = { [("headers", .array($0.headers.map { .string($0.name) }))] }
        return option
    }

    private static var headerFile: JobOption {
        var option = JobOption(
            "header-file.NAME",
            .words("–"),
            "the same with a secret value, which is read from this file before each attempt: "
                + "`header-file.X-Api-Key=/run/secrets/key`"
        )
        option.notes = { $0.headerFiles.map { "header-file.\($0.name)" } }
        option.members = { job in
            job.headerFiles.isEmpty ? [] : [("header_files", .array(job.headerFiles.map { .string($0.name) }))]
        }
        return option
    }

    private static var body: JobOption {
        var option = JobOption(
            "body",
            .words("none"),
            "comes last and takes the rest of the line; for POST, PUT, PATCH, DELETE. JSON is sent as "
                + "`application/json`, all else as `text/plain`, unless `header.Content-Type=` says otherwise"
        )
        option.notes = { job in
            guard let body = job.body else { return [] }
            return ["body of \(body.utf8.count) bytes"] + (mediaType(job).map { ["as \($0)"] } ?? [])
        }
        option.members = { job in
            let type = job.body == nil ? nil : mediaType(job)
            return [("body_bytes", .integer(job.body?.utf8.count ?? 0))]
                + (type.map { [("content_type", .string($0))] } ?? [])
        }
        return option
    }

    /// What the body is sent as, without parameters; nil where the header that says it holds something else.
    private static func mediaType(_ job: Job) -> String? {
        let type = (job.contentType ?? "").prefix { $0 != ";" }
        let parts = type.split(separator: "/", omittingEmptySubsequences: false)
        let isOne = type.utf8.count <= 100 && parts.count == 2 && parts.allSatisfy(JobOptions.isToken)
        return isOne ? String(type) : nil
    }
}

extension Job.AlertAfter {
    /// As a job line has it; nil: the default.
    fileprivate var text: String? {
        switch self {
        case .byGap: nil
        case .never: "off"
        case .runs(let runs): "\(runs)"
        }
    }
}
