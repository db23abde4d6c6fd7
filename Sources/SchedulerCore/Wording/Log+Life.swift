internal import Clockwork
internal import HTTPClient
internal import Schedule
internal import Telling

/// The wording of the sidecar's own life; operators grep for these lines.
extension Log {
    func started(_ settings: Settings) {
        let shown = settings.jobs.prefix(Self.mostNames)
        let more = settings.jobs.count > Self.mostNames ? "; …" : ""
        info(
            """
            Scheduler started. API_URL=\(own: settings.target.text), \(own: counted(settings.jobs.count, "job")), \
            tick=\(settings.tickSeconds)s, startup_grace=\(settings.startupGraceSeconds)s, \
            bq_metadata_initial_offset=\(settings.metadataOffset)s. \
            Schedules: \(own: shown.map { "\($0.name) \($0.scheduleText)" }.joined(separator: "; "))\(own: more)
            """
        )
    }

    func fewFiles(_ settings: Settings, _ files: OpenFiles) {
        let (room, wish) = (settings.threads(files), settings.maxConcurrency)
        warning(
            """
            The limit on open files (nofile, \(files.limit)) has room for \(own: counted(room, "call")) at once, of the \
            \(wish) that SCHEDULER_MAX_CONCURRENCY allows; further runs wait until one ends. Raise nofile of the container.
            """
        )
    }

    func nextSlot(_ job: Job, _ slot: Moment?) {
        info(
            "Next slot: \(own: job.name) (\(own: job.scheduleText))",
            [LogField("job", .own(job.name)), LogField("slot", .own(slot?.wholeMilliseconds.description ?? "none"))]
        )
    }

    func moreSlots(_ count: Int) { info("Next slot: and those of \(own: counted(count, "more job")).") }

    /// Where schedules get their zones from.
    func zoneData(_ directory: ZoneDirectory) {
        debug("Time zones: \(own: directory.path), tzdata \(directory.version() ?? "of unknown release").")
    }

    func setting(warning: SettingsFault) { self.warning("\(own: warning.message)") }

    func setting(fault: SettingsFault) { error("Configuration: \(own: fault.message)") }

    func refused(faults: Int) {
        error("Scheduler not started: \(own: counted(faults, "configuration fault")).")
    }

    /// The line that takes the place of lines that found no room.
    func droppedNote(_ lines: Int) -> [UInt8] {
        rendered(.error, "\(own: counted(lines, "log line")) dropped: nobody read the log.")
    }

    func signal(_ number: Int32) { info("Received signal \(number), shutting down...") }

    func reloading(_ number: Int32) { info("Received signal \(number), reading the files again.") }

    /// `wasRefused`: the last time it was not reloaded, which was an error.
    func reloaded(_ change: JobsChange, jobs: Int, wasRefused: Bool) {
        over("Reloaded: \(own: counted(jobs, "job")). \(own: change.words)", since: wasRefused ? .error : .info)
    }

    /// Nothing runs before; the wall clock may be set until then.
    func grace(until end: Moment) {
        info("Startup grace: the first runs begin at \(own: end.wholeMilliseconds.description).")
    }

    func reloadRefused(faults: Int) {
        error("Not reloaded, the old jobs stay: \(own: counted(faults, "configuration fault")).")
    }

    func isStandby(_ directory: String) {
        info(
            "Another scheduler uses SCHEDULER_STATE_DIR=\(own: directory); waiting as standby until it ends."
        )
    }

    func tookOver(_ directory: String) { info("The other scheduler has ended; taking over \(own: directory).") }

    func endedInStandby() { info("Scheduler shutdown during standby; exiting.") }

    func endedInGrace() { info("Scheduler shutdown during startup grace; exiting.") }

    func stopping(inFlight: Int) {
        info("Scheduler stopping; waiting for in-flight jobs.", [LogField("in_flight", .integer(inFlight))])
    }

    func aborting(inFlight: Int, because reason: String) {
        warning("\(own: reason); aborting \(own: counted(inFlight, "in-flight job")).")
    }

    func stopped() { info("Scheduler stopped.") }

    func threadRefused(_ number: Int32) {
        warning(
            "The system refused a thread (error \(number)). Raise the limit on processes (pids) of the container."
        )
    }
}
