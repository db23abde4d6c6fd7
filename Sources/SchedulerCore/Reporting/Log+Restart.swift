internal import Schedule

/// The wording of what a sidecar says about the one before it, and the one beside it.
extension Log {
    /// A run of which the last sidecar did not see the end.
    func interrupted(_ name: String, path: String?, _ run: RunRecord, hold: Duration) {
        let end =
            hold > .zero
            ? "; it may still go on in the app, so the job is held for \((hold.wholeMilliseconds + 999) / 1_000)s" : ""
        error(
            "Job \(own: path ?? name) failed: the scheduler ended while it was in flight\(own: end)",
            [
                LogField("job", .own(name)), LogField("slot", .own(run.slot.description)),
                LogField("run_id", .own(run.id.description)),
                LogField("trigger", .own(run.trigger.rawValue)), LogField("attempts", .integer(run.attempts)),
                LogField("outcome", .own(run.outcome.rawValue)), LogField("status", .integer(run.status)),
                LogField("ms", .integer(run.milliseconds)), LogField("late_ms", .integer(run.lateMilliseconds)),
                LogField("bytes", .integer(0)),
            ]
        )
    }

    func skipped(_ job: Job, slot: Moment) {
        let reason = job.catchup == .skip ? "catchup=skip" : "catchup-window=\(job.catchupWindowSeconds ?? 0)s"
        warning(
            "Job \(own: job.name) missed its slot, which is not caught up (\(own: reason)).",
            [LogField("job", .own(job.name)), LogField("slot", .own(slot.description))]
        )
    }

    func isStandby(_ directory: String) {
        info(
            "Another scheduler uses SCHEDULER_STATE_DIR=\(own: directory); waiting as standby until it ends."
        )
    }

    func tookOver(_ directory: String) { info("The other scheduler has ended; taking over \(own: directory).") }

    func endedInStandby() { info("Scheduler shutdown during standby; exiting.") }

    func slotIsTaken(_ run: Run, _ job: Job) {
        debug(
            "Job \(own: job.name): another scheduler has this slot.",
            [LogField("job", .own(job.name)), LogField("slot", .own(run.slot.description))]
        )
    }
}
