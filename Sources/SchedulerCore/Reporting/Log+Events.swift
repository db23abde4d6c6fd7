internal import HTTPClient
internal import Schedule

/// The wording of every line, in one place; operators grep for these.
extension Log {
    func started(_ settings: Settings, metadataOffset: Int) {
        info(
            """
            Scheduler started. API_URL=\(own: settings.target.text), \(settings.jobs.count) jobs, \
            tick=\(settings.tickSeconds)s, startup_grace=\(settings.startupGraceSeconds)s, \
            bq_metadata_initial_offset=\(metadataOffset)s. \
            Schedules: \(own: settings.jobs.map { "\($0.name) \($0.timetable.schedule)" }.joined(separator: "; "))
            """
        )
    }

    func nextSlot(_ job: Job, _ slot: Moment?) {
        info(
            "Next slot: \(own: job.name) (\(own: job.scheduleText))",
            [("job", .own(job.name)), ("slot", .own(slot?.description ?? "none"))]
        )
    }

    func moreSlots(_ count: Int) { info("Next slot: and those of \(count) more jobs.") }

    func setting(warning: SettingsFault) { self.warning("\(own: warning.message)") }

    func setting(fault: SettingsFault) { error("Configuration: \(own: fault.message)") }

    func refused(faults: Int) {
        error("Scheduler not started: \(faults) configuration \(own: faults == 1 ? "fault" : "faults").")
    }

    func refused(by alarm: AlarmError) { error("Scheduler not started: \(alarm.description)") }

    func running(_ job: Job, _ run: Run, id: String) {
        info(
            "Running job: \(own: job.name) (\(own: job.scheduleText))",
            [
                ("job", .own(job.name)), ("slot", .own(run.slot.description)), ("run_id", .own(id)),
                ("trigger", .own(run.trigger.rawValue)),
            ]
        )
    }

    func ended(_ end: RunEnd) {
        let path = end.job.path
        switch end.answer {
        case .success(let response) where end.outcome == .ok:
            info("Job \(own: path): \(response.status)", fields(end, status: response.status))
        case .success(let response):
            line(
                end.outcome == .busy ? .info : .warning,
                "Job \(own: path): HTTP \(response.status) - \(excerpt(response.body))",
                fields(end, status: response.status) + location(response)
            )
        case .failure(let error):
            line(
                error.kind == .aborted ? .warning : .error,
                "Job \(own: path) failed: \(error.detail)",
                fields(end, status: 0)
            )
        }
    }

    func held(_ job: Job, slot: Moment) {
        info(
            "Job \(own: job.name) is still running; its slots are held until it ends.",
            [("job", .own(job.name)), ("slot", .own(slot.description))]
        )
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
        let names = jobs.prefix(20).map(\.name).joined(separator: ", ") + (jobs.count > 20 ? ", …" : "")
        warning(
            """
            The wall clock went back to \(own: now.description), behind the last slots of \(jobs.count) jobs by more \
            than their gaps; they count as having run now: \(own: names).
            """
        )
    }

    func signal(_ number: Int32) { info("Received signal \(number), shutting down...") }

    func nothingToReload(_ number: Int32) { info("Received signal \(number); there is no file to read again.") }

    func endedInGrace() { info("Scheduler shutdown during startup grace; exiting.") }

    func stopping(inFlight: Int) {
        info("Scheduler stopping; waiting for in-flight jobs.", [("in_flight", .integer(inFlight))])
    }

    func aborting(inFlight: Int, because reason: String) {
        warning("\(own: reason); aborting \(inFlight) in-flight jobs.")
    }

    func stopped() { info("Scheduler stopped.") }

    private func fields(_ end: RunEnd, status: Int) -> [(String, LogValue)] {
        [
            ("job", .own(end.job.name)), ("slot", .own(end.run.slot.description)), ("run_id", .own(end.runID)),
            ("trigger", .own(end.run.trigger.rawValue)), ("attempts", .integer(end.attempts)),
            ("outcome", .own(end.outcome.rawValue)),
            ("status", .integer(status)), ("ms", .integer(end.duration.wholeMilliseconds)),
            ("late_ms", .integer(end.lateness.wholeMilliseconds)),
        ]
    }

    /// Where a redirect points to, without its query: that may hold what is not ours to log.
    private func location(_ response: Response) -> [(String, LogValue)] {
        guard let location = response.location, (300...399).contains(response.status) else { return [] }
        return [("location", .outside(String(location.prefix { $0 != "?" && $0 != "#" }.prefix(200))))]
    }
}
