internal import HTTPClient
internal import Schedule

/// The wording of every line, in one place; operators grep for these.
extension Log {
    /// More jobs than this make a line too long to read.
    private static let most = 20

    func started(_ settings: Settings) {
        let shown = settings.jobs.prefix(Self.most)
        let more = settings.jobs.count > Self.most ? "; …" : ""
        info(
            """
            Scheduler started. API_URL=\(own: settings.target.text), \(own: counted(settings.jobs.count, "job")), \
            tick=\(settings.tickSeconds)s, startup_grace=\(settings.startupGraceSeconds)s, \
            bq_metadata_initial_offset=\(settings.metadataOffset)s. \
            Schedules: \(own: shown.map { "\($0.name) \($0.scheduleText)" }.joined(separator: "; "))\(own: more)
            """
        )
    }

    func nextSlot(_ job: Job, _ slot: Moment?) {
        info(
            "Next slot: \(own: job.name) (\(own: job.scheduleText))",
            [LogField("job", .own(job.name)), LogField("slot", .own(slot?.wholeMilliseconds.description ?? "none"))]
        )
    }

    /// Where schedules get their zones from.
    func zoneData(_ directory: ZoneDirectory) {
        debug("Time zones: \(own: directory.path), tzdata \(directory.version() ?? "of unknown release").")
    }

    func moreSlots(_ count: Int) { info("Next slot: and those of \(own: counted(count, "more job")).") }

    func setting(warning: SettingsFault) { self.warning("\(own: warning.message)") }

    func setting(fault: SettingsFault) { error("Configuration: \(own: fault.message)") }

    func refused(faults: Int) {
        error("Scheduler not started: \(own: counted(faults, "configuration fault")).")
    }

    /// The line that takes the place of lines that found no room.
    func droppedNote(_ lines: Int) -> [UInt8] {
        rendered(.error, "\(own: counted(lines, "log line")) dropped: nobody read the log.")
    }

    func running(_ job: Job, _ run: Run, _ context: RunContext) {
        info(
            "Running job: \(own: job.name) (\(own: job.scheduleText))",
            [
                LogField("job", .own(job.name)), LogField("slot", .own(context.slotText)),
                LogField("run_id", .own(context.idText)),
                LogField("trigger", .own(run.trigger.rawValue)),
            ]
        )
    }

    func ended(_ end: RunEnd) {
        let path = end.job.path
        switch end.answer {
        case .success(let response) where end.outcome == .ok:
            info("Job \(own: path): \(response.status)", end.members)
        case .success(let response):
            line(
                end.outcome == .busy ? .info : .warning,
                "Job \(own: path): HTTP \(response.status) - \(excerpt(response.body))",
                end.members + location(response)
            )
        case .failure(let error):
            line(
                error.kind == .aborted ? .warning : .error,
                "Job \(own: path) failed: \(error.detail)",
                end.members
            )
        }
    }

    func held(_ job: Job, slot: Moment, isAbandoned: Bool) {
        let reason =
            isAbandoned
            ? "may still be running in the app after its last attempt, or was asked to wait"
            : "is still running"
        info(
            "Job \(own: job.name) \(own: reason); its slots are held until it ends.",
            [LogField("job", .own(job.name)), LogField("slot", .own(slot.description))]
        )
    }

    func released(_ job: Job, slots: Int) {
        info(
            "Job \(own: job.name) was held for \(slots)\(own: slots == 1_000 ? " or more" : "") \(own: slots == 1 ? "slot" : "slots").",
            [LogField("job", .own(job.name)), LogField("slots", .integer(slots))]
        )
    }

    func retrying(_ end: RunEnd, after wait: Duration) {
        warning(
            """
            Retrying job: \(own: end.job.name) in \(own: seconds(wait))s, attempt \(end.attempts + 1) of \
            \(max(end.job.retries + 1, end.attempts + 1)): \(reason(end))
            """,
            [
                LogField("job", .own(end.job.name)), LogField("slot", .own(end.run.slot.description)),
                LogField("run_id", .own(end.context.idText)),
                LogField("outcome", .own(end.outcome.rawValue)), LogField("status", .integer(end.status)),
            ]
        )
    }

    func retryAfterIsIgnored(_ end: RunEnd, _ text: String) {
        warning(
            "Retry-After \"\(text)\" of \(own: end.job.path) is neither seconds nor a date; it is ignored.",
            [LogField("job", .own(end.job.name)), LogField("run_id", .own(end.context.idText))]
        )
    }

    func targetIsDown(_ end: RunEnd, _ target: String) {
        warning(
            "Target \(own: target) is down: \(reason(end)); due runs wait for it.",
            [LogField("job", .own(end.job.name)), LogField("slot", .own(end.run.slot.description))]
        )
    }

    func reportIsLost(_ url: String, _ answer: Result<Response, TransferError>) {
        let reason =
            switch answer {
            case .success(let response): "HTTP \(response.status) - \(excerpt(response.body))"
            case .failure(let error): error.detail
            }
        warning("An error report to \(own: url) is lost: \(reason); look at POSTHOG_API_KEY and POSTHOG_HOST.")
    }

    func targetIsStillDown(_ end: RunEnd) {
        debug("Target is still down: \(reason(end)).", [LogField("job", .own(end.job.name))])
    }

    func targetIsUp(_ target: String, after down: Duration, waited: Int) {
        info(
            "Target \(own: target) is up again after \(down.components.seconds)s; \(own: counted(waited, "run")) waited.",
            [LogField("down_ms", .integer(down.wholeMilliseconds)), LogField("waited", .integer(waited))]
        )
    }

    /// Whole seconds, rounded up.
    private func seconds(_ wait: Duration) -> String { String((wait.wholeMilliseconds + 999) / 1_000) }

    private func reason(_ end: RunEnd) -> String {
        switch end.answer {
        case .success(let response): "HTTP \(response.status)"
        case .failure(let error): error.detail
        }
    }

    func threadRefused(_ number: Int32) {
        warning(
            """
            The system refused a thread (error \(number)): runs wait for the threads that are there. Raise the limit on \
            processes (pids) of the container.
            """
        )
    }

    func tokenIsMissing() {
        warning(
            """
            SCHEDULER_API_TOKEN is not set: calls go out without Authorization, and the app has to let them in \
            (as it does in its development mode). Set it in production.
            """
        )
    }

    func clockIsWrong(_ now: Moment, buildDate: Moment) {
        warning(
            """
            The wall clock says \(own: now.description), which is before this program was built \
            (\(own: buildDate.description)): nothing runs until the clock is right.
            """
        )
    }

    func clockIsRight(_ now: Moment) { info("The wall clock is believed again: \(own: now.description).") }

    func clockWentBack(_ jobs: [Job], now: Moment) {
        let names = jobs.prefix(Self.most).map(\.name).joined(separator: ", ") + (jobs.count > Self.most ? ", …" : "")
        warning(
            """
            The wall clock went back to \(own: now.description), behind the last slots of \(own: counted(jobs.count, "job")) by more \
            than their gaps; they count as having run now: \(own: names).
            """
        )
    }

    func signal(_ number: Int32) { info("Received signal \(number), shutting down...") }

    func reloading(_ number: Int32) { info("Received signal \(number), reading the files again.") }

    func reloaded(jobs: Int) { info("Reloaded: \(own: counted(jobs, "job")).") }

    func reloadRefused(faults: Int) {
        error("Not reloaded, the old jobs stay: \(own: counted(faults, "configuration fault")).")
    }

    func endedInGrace() { info("Scheduler shutdown during startup grace; exiting.") }

    func stopping(inFlight: Int) {
        info("Scheduler stopping; waiting for in-flight jobs.", [LogField("in_flight", .integer(inFlight))])
    }

    func aborting(inFlight: Int, because reason: String) {
        warning("\(own: reason); aborting \(own: counted(inFlight, "in-flight job")).")
    }

    func stopped() { info("Scheduler stopped.") }

    /// Where a redirect points to, without its query: that may hold what is not ours to log.
    private func location(_ response: Response) -> [LogField] {
        guard let location = response.location, (300...399).contains(response.status) else { return [] }
        return [LogField("location", .outside(excerpt(location) { $0 != "?" && $0 != "#" }))]
    }
}
