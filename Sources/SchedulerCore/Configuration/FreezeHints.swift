internal import Clockwork
internal import Schedule
internal import Telling

/// What is allowed of freeze windows and may yet surprise: jobs that never run.
enum FreezeHints {
    static func all(_ settings: Settings, at now: Moment) -> [SettingsFault] {
        guard !settings.freezes.isEmpty else { return [] }
        var freezes = settings.freezes
        let jobs = settings.jobs.filter { !$0.isFreezeExempt }
        let origin = settings.freezeOrigin
        if let endless = endless(&freezes, from: now) {
            let begin = endless.start <= now ? "is now and" : "from \(endless.startText ?? "ever") on"
            return [
                SettingsFault(
                    variable: origin,
                    message: "\(origin): the freeze \(begin) never ends (\(listed(endless.texts, most: 5, "window"))); "
                        + (jobs.isEmpty
                            ? "it stops no job, since all are exempt"
                            : "it stops \(listed(jobs.map(\.name), most: JobHints.most, "job")); "
                                + "shorten it, or write freeze=exempt at what is to run")
                )
            ]
        }
        let stopped = jobs.lazy.filter { neverRuns($0, &freezes, from: now) }.prefix(JobHints.most + 1)
        let hints = stopped.map { job in
            SettingsFault(
                variable: job.origin,
                message: "\(job.origin): job \(job.name) never runs, since all its slots lie in freeze windows "
                    + "(\(origin)); move its schedule or a window, or write freeze=exempt"
            )
        }
        guard hints.count > JobHints.most else { return Array(hints) }
        return hints.prefix(JobHints.most) + [SettingsFault(variable: origin, message: JobHints.more)]
    }

    /// What begins later than in a year is no news yet.
    private static func endless(_ freezes: inout FreezeCalendar, from now: Moment) -> FreezeSpan? {
        var span = freezes.span(containing: now) ?? freezes.next(after: now)
        var looks = 0
        while let one = span, one.start - now < .seconds(400 * 86_400), looks < 1_000 {
            if one.end == nil { return one }
            looks += 1
            span = freezes.next(after: one.start)
        }
        return nil
    }

    /// Whether each of the coming slots is frozen, for more than a year; those of `every` come at any time.
    private static func neverRuns(_ job: Job, _ freezes: inout FreezeCalendar, from now: Moment) -> Bool {
        guard !job.timetable.schedule.isElapsedTime else { return false }
        var (moment, looks) = (now, 0)
        while looks < 500, moment - now < .seconds(20 * 366 * 86_400), let slot = job.timetable.next(after: moment) {
            guard let end = freezes.span(containing: slot)?.end else { return false }
            moment = end - .nanoseconds(1)
            looks += 1
        }
        return looks > 0
    }

    private static func listed(_ texts: [String], most: Int, _ noun: String) -> String {
        guard texts.count > most else { return texts.joined(separator: ", ") }
        return texts.prefix(most).joined(separator: ", ") + " and \(counted(texts.count - most, "more \(noun)"))"
    }
}
