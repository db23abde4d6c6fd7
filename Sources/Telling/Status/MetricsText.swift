internal import Clockwork
internal import Schedule

/// The counters and what is known of each job, in the text format of Prometheus.
///
/// https://prometheus.io/docs/instrumenting/exposition_formats/
enum MetricsText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Outcomes that a run cannot end with.
    private static let neverOfRuns: Set<Outcome> = [.unreachable]
    /// Outcomes that an attempt cannot have.
    private static let neverOfAttempts: Set<Outcome> = [.interrupted]

    static func render(_ snapshot: StatusSnapshot) -> String {
        var text = Text(snapshot)
        text.jobCounters()
        text.jobGauges()
        text.groups()
        text.process()
        return text.text
    }

    private struct Text {
        let snapshot: StatusSnapshot
        /// `job="…"` of each.
        let labels: [String]
        var text = ""

        init(_ snapshot: StatusSnapshot) {
            self.snapshot = snapshot
            labels = snapshot.entries.map { "job=\"\(MetricsText.escaped($0.job.name))\"" }
            text.reserveCapacity(snapshot.entries.count * (snapshot.isLarge ? 700 : 4_000) + 8_192)
        }

        // MARK: - Of each job

        mutating func jobCounters() {
            head("scheduler_runs_total", "counter", "Runs that ended, by outcome.")
            outcomes("scheduler_runs_total", without: neverOfRuns) { $0.runs($1, $2) }
            head("scheduler_attempts_total", "counter", "Requests that ended, by outcome; a run makes one or more.")
            outcomes("scheduler_attempts_total", without: neverOfAttempts) { $0.attempts($1, $2) }
            head("scheduler_slots_held_total", "counter", "Slots that did not become a run of their own, by reason.")
            for (entry, label) in zip(snapshot.entries, labels) {
                for reason in SlotReason.allCases {
                    let count = snapshot.metrics.held(entry.job.name, reason)
                    if count > 0 || !snapshot.isLarge || reason == .running {
                        line("scheduler_slots_held_total", "\(label),reason=\"\(reason.rawValue)\"", String(count))
                    }
                }
            }
            head("scheduler_job_items_total", "counter", "Items that the app said it processed.")
            for (entry, label) in zip(snapshot.entries, labels) {
                line("scheduler_job_items_total", label, String(snapshot.metrics.items(entry.job.name)))
            }
            let duration = "scheduler_run_duration_seconds"
            head(duration, "histogram", "From the begin of a run's first attempt to the end of its last.")
            for (entry, label) in zip(snapshot.entries, labels) {
                let durations = snapshot.metrics.durations(entry.job.name)
                if !snapshot.isLarge || durations.counts.contains(where: { $0 > 0 }) {
                    histogram(duration, label, durations)
                }
            }
        }

        /// All that can come are there from the start, so that the first failure of a job is an increase; with many
        /// jobs only two of them are, and what has come.
        private mutating func outcomes(
            _ name: String,
            without never: Set<Outcome>,
            _ count: (Metrics, String, Outcome) -> Int
        ) {
            for (entry, label) in zip(snapshot.entries, labels) {
                for outcome in Outcome.allCases {
                    let count = count(snapshot.metrics, entry.job.name, outcome)
                    let isExpected =
                        snapshot.isLarge ? outcome == .ok || outcome == .failed : !never.contains(outcome)
                    guard count > 0 || isExpected else { continue }
                    line(name, "\(label),outcome=\"\(outcome.rawValue)\"", String(count))
                }
            }
        }

        mutating func jobGauges() {
            gauge("scheduler_job_last_slot_timestamp_seconds", "The slot that ran last; 0: none yet.") {
                MetricsText.seconds($0.lastSlot)
            }
            gauge("scheduler_job_last_success_timestamp_seconds", "The end of the last run that was ok; 0: none yet.") {
                MetricsText.seconds($0.state?.lastSuccess)
            }
            gauge(
                "scheduler_job_next_slot_timestamp_seconds",
                "The next slot; in the past while it waits for something; 0: there is none."
            ) { MetricsText.seconds($0.next) }
            gauge("scheduler_job_running", "Whether a run of the job has begun and not ended.") {
                $0.activity.isRun ? "1" : "0"
            }
            gauge(
                "scheduler_job_longest_gap_seconds",
                "The longest gap between two slots of the coming 35 days; 0: there is no slot."
            ) { String(($0.longestGap ?? .zero).components.seconds) }
            let now = snapshot.now
            gauge("scheduler_job_paused", "Whether the job is paused.") {
                $0.state?.pause?.isOn(at: now) == true ? "1" : "0"
            }
            gauge("scheduler_incident_open", "Whether an incident of the job is open; without a job: of the app.") {
                $0.state?.trouble?.isOpen == true ? "1" : "0"
            }
            line("scheduler_incident_open", "job=\"\"", snapshot.incident?.isOpen == true ? "1" : "0")
            gauge("scheduler_job_consecutive_failures", "Runs since the last one that was ok or busy.") {
                String($0.failures)
            }
        }

        private mutating func gauge(_ name: String, _ help: String, _ value: (StatusSnapshot.Entry) -> String) {
            head(name, "gauge", help)
            for (entry, label) in zip(snapshot.entries, labels) { line(name, label, value(entry)) }
        }

        // MARK: - Of each group

        mutating func groups() {
            group("scheduler_group_limit", "Runs that the group has places for.") { $0.group.limit }
            group("scheduler_group_running", "Jobs that have a place in the group, held ones too.") { $0.holders.count }
            group("scheduler_group_waiting", "Runs that wait and need a place in the group.") { $0.waiting }
            let wait = "scheduler_wait_duration_seconds"
            head(wait, "histogram", "How long runs waited for a place in the group; without one: for a thread alone.")
            for name in [""] + snapshot.groups.map(\.group.name) {
                histogram(wait, "group=\"\(MetricsText.escaped(name))\"", snapshot.metrics.waits(name))
            }
        }

        private mutating func group(_ name: String, _ help: String, _ value: (GroupState) -> Int) {
            guard !snapshot.groups.isEmpty else { return }
            head(name, "gauge", help)
            for state in snapshot.groups {
                line(name, "group=\"\(MetricsText.escaped(state.group.name))\"", String(value(state)))
            }
        }

        // MARK: - Of the whole

        mutating func process() {
            head("scheduler_start_lateness_seconds", "histogram", "How much later than due runs began.")
            histogram("scheduler_start_lateness_seconds", "", snapshot.metrics.lateness)
            single("scheduler_runs_in_flight", "Runs that have begun and not ended.", snapshot.runsInFlight)
            head("scheduler_target_up", "gauge", "Whether an app can be reached; the main one is app.")
            line("scheduler_target_up", "target=\"\(Target.main)\"", snapshot.targetDown == nil ? "1" : "0")
            for target in snapshot.others {
                line("scheduler_target_up", "target=\"\(target.name)\"", target.down == nil ? "1" : "0")
            }
            single("scheduler_runs_waiting", "Runs that wait for the app.", snapshot.waiting)
            single(
                "scheduler_state_writable",
                "Whether the state is kept; 1 also where it is in memory on purpose.",
                snapshot.isStateWritable ? 1 : 0
            )
            single("scheduler_frozen", "Whether a freeze window holds.", snapshot.freeze == nil ? 0 : 1)
            head("scheduler_freeze_end_timestamp_seconds", "gauge", "When the freeze ends; 0: there is none.")
            let end = snapshot.freeze.map { $0.end.map(MetricsText.seconds) ?? "+Inf" }
            line("scheduler_freeze_end_timestamp_seconds", "", end ?? "0")
            single("scheduler_ready", "What /readyz says.", snapshot.isReady ? 1 : 0)
            single("scheduler_jobs", "Jobs that are configured.", snapshot.entries.count)
            head("scheduler_last_look_age_seconds", "gauge", "How long ago the loop last looked at the clock.")
            line("scheduler_last_look_age_seconds", "", MetricsText.seconds(snapshot.pulse.age.wholeMilliseconds))
            head("scheduler_tick_seconds", "gauge", "How long the loop sleeps at most; three times this is too long.")
            line("scheduler_tick_seconds", "", MetricsText.seconds(snapshot.pulse.tick.wholeMilliseconds))
            head(
                "scheduler_clock_steps_total",
                "counter",
                "How often the wall clock was set by more than a second, or the machine slept."
            )
            line("scheduler_clock_steps_total", "", String(snapshot.metrics.clockSteps))
            head("scheduler_notifications_total", "counter", "Alerts, pings and heartbeats, by what became of them.")
            for kind in ["alert", "ping", "heartbeat"] {
                for result in ["sent", "refused", "lost"] {
                    line(
                        "scheduler_notifications_total",
                        "kind=\"\(kind)\",result=\"\(result)\"",
                        String(snapshot.metrics.notices[kind]?[result] ?? 0)
                    )
                }
            }
            if let token = snapshot.metrics.token { self.token(token) }
            head("scheduler_otlp_spans_total", "counter", "Spans of traces, by what became of them.")
            line("scheduler_otlp_spans_total", "result=\"sent\"", String(snapshot.metrics.spans.sent))
            line("scheduler_otlp_spans_total", "result=\"dropped\"", String(snapshot.metrics.spans.dropped))
            head("process_start_time_seconds", "gauge", "When the process started.")
            line("process_start_time_seconds", "", MetricsText.seconds(snapshot.started))
            head("scheduler_build_info", "gauge", "Always 1; the version is the label.")
            line("scheduler_build_info", "version=\"\(MetricsText.escaped(Version.number))\"", "1")
        }

        private mutating func token(_ token: TokenCounts) {
            head("scheduler_token_requests_total", "counter", "Requests for a token, by what became of them.")
            for (result, count) in token.requests.sorted(by: { $0.key < $1.key }) {
                line("scheduler_token_requests_total", "result=\"\(result)\"", String(count))
            }
            head("scheduler_token_expiry_timestamp_seconds", "gauge", "When the token ends; 0: there is none.")
            line("scheduler_token_expiry_timestamp_seconds", "", MetricsText.seconds(token.end))
        }

        private mutating func single(_ name: String, _ help: String, _ value: Int) {
            head(name, "gauge", help)
            line(name, "", String(value))
        }

        // MARK: - Lines

        private mutating func head(_ name: String, _ type: String, _ help: String) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        }

        private mutating func line(_ name: String, _ labels: String, _ value: String) {
            text += name
            if !labels.isEmpty {
                text += "{"
                text += labels
                text += "}"
            }
            text += " "
            text += value
            text += "\n"
        }

        private mutating func histogram(_ name: String, _ label: String, _ histogram: Histogram) {
            let prefix = label.isEmpty ? "" : label + ","
            var total = 0
            for (place, count) in histogram.counts.enumerated() {
                total += count
                let bound =
                    histogram.bounds.indices.contains(place) ? MetricsText.seconds(histogram.bounds[place]) : "+Inf"
                line(name + "_bucket", "\(prefix)le=\"\(bound)\"", String(total))
            }
            line(name + "_sum", label, MetricsText.seconds(histogram.sum))
            line(name + "_count", label, String(total))
        }
    }

    /// Milliseconds as seconds, without a detour over a float.
    private static func seconds(_ milliseconds: Int) -> String {
        let (whole, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
        guard rest != 0 else { return String(whole) }
        var digits = String(1_000 + rest)
        digits.removeFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }

    /// 0 for none.
    private static func seconds(_ moment: Moment?) -> String {
        guard let moment, moment.seconds >= 0 else { return "0" }
        let fraction = seconds(Int(moment.nanoseconds / 1_000_000)).dropFirst()
        return String(moment.seconds) + fraction
    }

    /// A label's value: backslash, quote and line end are escaped.
    static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return value }
        return value.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\\": result += #"\\"#
            case "\"": result += #"\""#
            case "\n": result += #"\n"#
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
