package import Clockwork
package import Schedule

/// What is allowed and may yet surprise, for each job; depends on the time, because clock changes do.
package enum JobHints {
    /// More than this are not shown one by one.
    static let most = 50
    static let more = "and more such warnings, which are not shown"

    package static func all(_ jobs: [Job], at now: Moment, keepsState: Bool) -> [SettingsFault] {
        let hints = jobs.lazy.flatMap { job in
            sentences(job, now, keepsState).map {
                SettingsFault(variable: job.origin, message: "\(job.origin): job \(job.name) \($0)")
            }
        }.prefix(most + 1)
        guard hints.count > most else { return Array(hints) }
        return hints.prefix(most) + [
            SettingsFault(variable: Variable.jobsFile.name, message: more)
        ]
    }

    private static func sentences(_ job: Job, _ now: Moment, _ keepsState: Bool) -> [String] {
        var sentences = JobLineHint.sentences(job) + job.timetable.hints(from: now).map(\.description)
        if job.isChanged, let gap = gap(job.timetable, now), gap.components.seconds <= job.timeoutSeconds {
            sentences.append(
                "has a timeout of \(job.timeoutSeconds)s, no less than the \(gap.components.seconds)s to the next slot; "
                    + "slots are held while a run lasts"
            )
        }
        if !keepsState, let sentence = restarts(job) { sentences.append(sentence) }
        return sentences
    }

    /// A container is seldom up for hours on end without a deployment.
    private static func restarts(_ job: Job) -> String? {
        guard case .every(let interval) = job.timetable.schedule, interval.seconds >= 3600, job.first == .wait,
            job.initialOffset == nil
        else { return nil }
        return "waits for an interval of \(interval) from each start (first=wait) and may never run; "
            + "set \(Variable.stateDirectory.name), or write first=now or a schedule with a time of day"
    }

    private static func gap(_ timetable: Timetable, _ now: Moment) -> Duration? {
        guard let first = timetable.next(after: now), let second = timetable.next(after: first) else { return nil }
        return second - first
    }
}
