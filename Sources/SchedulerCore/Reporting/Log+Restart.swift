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
                ("job", .own(name)), ("slot", .moment(run.slot)), ("run_id", .id(run.id)),
                ("trigger", .own(run.trigger.rawValue)), ("attempts", .integer(run.attempts)),
                ("outcome", .own(run.outcome.rawValue)), ("status", .integer(run.status)),
                ("ms", .integer(run.milliseconds)), ("late_ms", .integer(run.lateMilliseconds)),
                ("bytes", .integer(0)),
            ]
        )
    }

    func skipped(_ job: Job, slot: Moment) {
        let reason = job.catchup == .skip ? "catchup=skip" : "catchup-window=\(job.catchupWindowSeconds ?? 0)s"
        warning(
            "Job \(own: job.name) missed its slot, which is not caught up (\(own: reason)).",
            [("job", .own(job.name)), ("slot", .moment(slot))]
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
            [("job", .own(job.name)), ("slot", .moment(run.slot))]
        )
    }
}
