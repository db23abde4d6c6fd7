internal import Clockwork
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
            "more attempts within a run, 0 to 100; see [what a run does](#what-a-run-does)",
            read: count(to: 100),
            set: { $0.retries = $1 },
            text: { "\($0.retries)" },
            member: { ("retries", .integer($0.retries)) }
        ),
        zone,
        JobOption(
            "first",
            .value("now"),
            "`now`: due right after the grace; `wait`: at its next slot",
            read: word(of: Job.First.self),
            set: { $0.first = $1 },
            text: { $0.first.rawValue },
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
        header, body,
    ]

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
            "one more request header; `header.X-Note=\"two words\"`. Not those that the sidecar sets itself, such as "
                + "`Authorization` and `Host`"
        )
        option.notes = { $0.headers.map { "header.\($0.name)" } }
        option.member = { ("headers", .array($0.headers.map { .string($0.name) })) }
        return option
    }

    private static var body: JobOption {
        var option = JobOption(
            "body",
            .words("none"),
            "comes last and takes the rest of the line; for POST, PUT, PATCH, DELETE. JSON is sent as "
                + "`application/json`, all else as `text/plain`, unless `header.Content-Type=` says otherwise"
        )
        option.notes = { $0.body.map { ["body of \($0.utf8.count) bytes"] } ?? [] }
        option.member = { ("body_bytes", .integer($0.body?.utf8.count ?? 0)) }
        return option
    }
}
