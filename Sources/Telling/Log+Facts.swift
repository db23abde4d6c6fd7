package import Clockwork
internal import Schedule

/// The wording of what happens, in one place; operators grep for these lines.
extension Log {
    /// More jobs than this make a line too long to read.
    package static let mostNames = 20

    /// The line that tells of a fact, if there is one; `target` is the main app's URL, and `others` has those of others.
    package func tell(_ fact: Fact, target: String, others: [String: String] = [:]) {
        switch fact {
        case .began(_, let begin, let attempt?): if begin.attempt == 1 { running(attempt) }
        case .failed(_, let run, _, let note?): retrying(run, note)
        case .ended(let name, let run, let hold, let note): ended(name, run, hold, note)
        case .passed(_, let slot, let job?): passed(job, slot)
        case .pauseBegan(let names, let pause): paused(names, pause)
        case .pauseIsOver(let names, let slots): pauseIsOver(names, slots)
        case .skips(let name, let left, let slot, let about): skipped(name, left, slot, about)
        case .frozen(let span, let held, let exempt): frozen(span, held, exempt)
        case .freezeIsOver(let slots, let runs):
            over("The freeze is over; \(own: counted(slots, "slot")) passed, \(runs) run now.")
        // A bar has a line of its own.
        case .slotHeld(_, _, .paused, _), .slotHeld(_, _, .frozen, _), .slotsReleased(_, _, .paused),
            .slotsReleased(_, _, .frozen):
            break
        case .slotHeld(let job, let slot, let reason, let note): held(job, slot, reason, note)
        case .slotsReleased(let job, let count, _): released(job, slots: count)
        case .slotGivenUp(let job, let slot, _, let time, let obstacle, isFirst: true):
            givenUp(job, slot, after: time, obstacle)
        case .targetIsDown(let attempt, let end):
            targetIsDown(attempt, end, others[attempt.job.target] ?? target)
        case .targetIsStillDown(let attempt, let end):
            debug("Target is still down: \(reason(end)).", [LogField("job", .own(attempt.job.name))])
        case .targetIsUp(let name, let down, let waited):
            targetIsUp(others[name] ?? target, after: down, waited: waited)
        case .limited(let job, let limit): limited(job, limit)
        case .clockIsWrong(let now, let buildDate): clockIsWrong(now, buildDate)
        case .clockIsRight(let now): over("The wall clock is believed again: \(own: now.description).")
        case .clockWentBack(let jobs, let now): clockWentBack(jobs, now)
        case .began, .attemptEnded, .failed, .paused, .notRun, .passed, .withdrawn, .configured, .gone, .dropped,
            .slotsGaveWay, .slotGivenUp, .trouble, .closing, .alert:
            break
        }
    }

    /// The members of a run's last line, and of answers to commands.
    package static func members(_ job: String, _ run: RunRecord, bytes: Int) -> [LogField] {
        var members = [LogField("job", .own(job))]
        for field in RunField.all where field.isLogged {
            switch field.access {
            case .number(let path): members.append(LogField(field.name, .integer(run[keyPath: path])))
            case .count(let path):
                if let count = run[keyPath: path] { members.append(LogField(field.name, .integer(count))) }
            case .moment, .id, .text, .word: members.append(LogField(field.name, .own(field.text(of: run))))
            }
        }
        members.append(LogField("bytes", .integer(bytes)))
        return members
    }

    private func running(_ attempt: Attempt) {
        info(
            "Running job: \(own: attempt.job.name) (\(own: attempt.job.scheduleText))",
            [
                LogField("job", .own(attempt.job.name)), LogField("slot", .own(attempt.slotText)),
                LogField("run_id", .own(attempt.idText)),
                LogField("trigger", .own(attempt.run.trigger.rawValue)),
            ]
        )
    }

    private func ended(_ name: String, _ run: RunRecord, _ hold: Hold?, _ note: Fact.EndNote?) {
        let path = note?.job?.path ?? name
        let members = Self.members(name, run, bytes: note?.end?.bytes ?? 0)
        guard let end = note?.end else { return cutOff(path, run, hold, members) }
        if !end.isAnswer {
            let level = end.outcome == .aborted ? LogLevel.warning : .error
            line(level, "Job \(own: path) failed: \(end.excerpt)", members)
        } else if run.outcome == .ok {
            info("Job \(own: path): \(run.status)", members)
        } else {
            let location = end.location.map { [LogField("location", .outside($0))] } ?? []
            let reason = end.reason.isEmpty ? [] : [LogField("reason", .outside(end.reason))]
            let level = run.outcome == .busy ? LogLevel.info : .warning
            line(level, "Job \(own: path): HTTP \(run.status) - \(end.excerpt)", members + location + reason)
        }
    }

    /// A run of which the last sidecar did not see the end.
    private func cutOff(_ path: String, _ run: RunRecord, _ hold: Hold?, _ members: [LogField]) {
        let what = run.outcome == .interrupted ? "while it was in flight" : "before its next attempt"
        let rest = hold.map { $0.rest(at: time) } ?? .zero
        let end =
            rest <= .zero
            ? ""
            : hold?.reason == .throttled
                ? "; the app asked to be left alone, so the job is held for \(seconds(rest))s"
                : "; it may still go on in the app, so the job is held for \(seconds(rest))s"
        error("Job \(own: path) failed: the scheduler ended \(own: what)\(own: end)", members)
    }

    private func passed(_ job: Job, _ slot: Moment) {
        let reason = job.catchup == .skip ? "catchup=skip" : "catchup-window=\(job.catchupWindowSeconds ?? 0)s"
        warning(
            "Job \(own: job.name) missed its slot, which is not caught up (\(own: reason)).",
            [LogField("job", .own(job.name)), LogField("slot", .own(slot.description))]
        )
    }

    private func held(_ job: Job, _ slot: Moment, _ reason: SlotReason, _ note: Fact.HoldNote?) {
        let why =
            switch reason {
            case .throttled: "was asked to wait (\(answer(note?.run)))"
            case .abandoned: "may still be running in the app (\(cause(note?.run)))"
            default: "is still running"
            }
        let end = note?.until.description ?? "it ends"
        info(
            "Job \(own: job.name) \(own: why); its slots are held until \(own: end).",
            [LogField("job", .own(job.name)), LogField("slot", .own(slot.description))]
        )
    }

    /// What became of a call after which the app may still be at it.
    private func cause(_ run: RunRecord?) -> String {
        switch run?.outcome {
        case .timeout: "its last call timed out"
        case .aborted: "its last call was cut off by a stop"
        case .interrupted: "nobody saw its last call end"
        default: "its last call was given up by a proxy, \(answer(run))"
        }
    }

    private func answer(_ run: RunRecord?) -> String { "HTTP \(run?.status ?? 0)" }

    private func released(_ job: Job, slots: Int) {
        let more = slots > 1_000 ? " or more" : ""
        info(
            "Job \(own: job.name) was held for \(min(slots, 1_000))\(own: more) \(own: slots == 1 ? "slot" : "slots").",
            [LogField("job", .own(job.name)), LogField("slots", .integer(min(slots, 1_000)))]
        )
    }

    private func paused(_ names: [String], _ pause: Pause) {
        let note = pause.note.isEmpty ? [] : [LogField("note", .outside(pause.note))]
        info(
            "\(own: Self.jobs(names, "is", "are")) paused until \(own: pause.until.description).",
            [LogField("jobs", .integer(names.count))] + note
        )
    }

    private func pauseIsOver(_ names: [String], _ slots: Int) {
        over(
            "\(own: Self.jobs(names, "is", "are")) not paused any more; \(own: counted(slots, "slot")) passed.",
            [LogField("jobs", .integer(names.count)), LogField("slots", .integer(slots))]
        )
    }

    private func skipped(_ name: String, _ left: Int, _ slot: Moment?, _ about: SkipNote?) {
        let rest = left == 0 ? "" : "; \(counted(left, "more slot")) to skip"
        guard about != nil else {
            let what = left == 0 ? "skips no slot any more" : "skips its next \(counted(left, "slot"))"
            return info(
                "Job \(own: name) \(own: what).",
                [LogField("job", .own(name)), LogField("left", .integer(left))]
            )
        }
        guard let slot else { return }
        info(
            "Job \(own: name) skips its slot \(own: slot.description), as it was asked to\(own: rest).",
            [LogField("job", .own(name)), LogField("slot", .own(slot.description))]
        )
    }

    private func frozen(_ span: FreezeSpan, _ held: Int, _ exempt: [String]) {
        let until = span.endText.map { "until \($0)" } ?? "without an end"
        let exempt = exempt.isEmpty ? "" : ", " + Self.list(exempt) + " exempt"
        info(
            """
            Frozen \(own: until) (\(own: span.texts.joined(separator: "; "))); \(own: counted(held, "job")) \
            held\(own: exempt).
            """
        )
    }

    /// `Job a is`, or `3 jobs are (a, b, c)` in a form that a verb fits.
    private static func jobs(_ names: [String], _ one: String, _ many: String) -> String {
        names.count == 1 ? "Job \(names[0]) \(one)" : "\(names.count) jobs (\(list(names))) \(many)"
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(mostNames).joined(separator: ", ") + (names.count > mostNames ? ", …" : "")
    }

    private func givenUp(_ job: Job, _ slot: Moment, after time: Duration, _ obstacle: Obstacle) {
        warning(
            """
            Job \(own: job.name) waited \(own: Phrase.short(time)) for \(own: Phrase.obstacle(obstacle)); its slot \
            \(own: slot.description) is not run.
            """,
            [
                LogField("job", .own(job.name)), LogField("slot", .own(slot.description)),
                LogField("reason", .own(obstacle.slots.rawValue)),
            ]
        )
    }

    private func retrying(_ run: RunRecord, _ note: Fact.RetryNote) {
        let job = note.attempt.job
        warning(
            """
            Retrying job: \(own: job.name) in \(own: seconds(note.wait))s, attempt \(run.attempts + 1) of \
            \(max(job.retries + 1, run.attempts + 1)): \(reason(note.end))
            """,
            [
                LogField("job", .own(job.name)), LogField("slot", .own(note.attempt.slotText)),
                LogField("run_id", .own(note.attempt.idText)),
                LogField("outcome", .own(run.outcome.rawValue)), LogField("status", .integer(run.status)),
            ]
        )
    }

    private func targetIsDown(_ attempt: Attempt, _ end: AttemptEnd, _ target: String) {
        warning(
            "Target \(own: target) is down: \(reason(end)); due runs wait for it.",
            [LogField("job", .own(attempt.job.name)), LogField("slot", .own(attempt.slotText))]
        )
    }

    private func targetIsUp(_ target: String, after down: Duration, waited: Int) {
        over(
            "Target \(own: target) is up again after \(down.components.seconds)s; \(own: counted(waited, "run")) waited.",
            [LogField("down_ms", .integer(down.wholeMilliseconds)), LogField("waited", .integer(waited))]
        )
    }

    private func limited(_ job: Job, _ limit: Fact.Limit) {
        let advice: LogText =
            switch limit {
            case .thread(let number):
                """
                The system refused a thread (error \(number)): runs wait for the threads that are there. Raise the limit \
                on processes (pids) of the container.
                """
            case .call(let why):
                """
                The system refused what a call needs: \(why). It is made when another one ends, or after a second. Raise \
                the limits on processes (pids) and open files (nofile) of the container.
                """
            }
        warning(advice, [LogField("job", .own(job.name))])
    }

    private func clockIsWrong(_ now: Moment, _ buildDate: Moment) {
        warning(
            """
            The wall clock says \(own: now.description), which is before this program was built \
            (\(own: buildDate.description)): nothing runs until the clock is right.
            """
        )
    }

    private func clockWentBack(_ jobs: [Job], _ now: Moment) {
        let names = jobs.prefix(Self.mostNames).map(\.name).joined(separator: ", ")
        warning(
            """
            The wall clock went back to \(own: now.description), behind the last slots of \
            \(own: counted(jobs.count, "job")) by more than their gaps; they count as having run now: \
            \(own: names + (jobs.count > Self.mostNames ? ", …" : "")).
            """
        )
    }

    /// Whole seconds, rounded up.
    private func seconds(_ wait: Duration) -> String { String((wait.wholeMilliseconds + 999) / 1_000) }

    private func reason(_ end: AttemptEnd) -> String {
        guard end.isAnswer else { return end.excerpt }
        return "HTTP \(end.status)" + (end.reason.isEmpty ? "" : ", \(end.reason)")
    }
}
