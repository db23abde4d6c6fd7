package import Clockwork
internal import Schedule

/// Times and states as one would say them; the same on the page and in the table.
package enum Phrase {
    /// Two signs of precision are enough: `304 ms`, `4.2 s`, `12 s`, `5 min`, `3 h`, `2 d`.
    package static func duration(_ duration: Duration) -> String {
        let milliseconds = max(0, duration.wholeMilliseconds)
        if milliseconds < 1_000 { return "\(milliseconds) ms" }
        if milliseconds < 10_000 { return "\(milliseconds / 1_000).\(milliseconds / 100 % 10) s" }
        let seconds = milliseconds / 1_000
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3_600 { return "\(seconds / 60) min" }
        if seconds < 2 * 86_400 {
            let minutes = seconds / 60 % 60
            return seconds < 10 * 3_600 && minutes > 0 ? "\(seconds / 3_600) h \(minutes) min" : "\(seconds / 3_600) h"
        }
        return "\(seconds / 86_400) d"
    }

    /// `in 4 min`, `now`, or how long it is overdue.
    static func until(_ moment: Moment, from now: Moment) -> String {
        let rest = moment - now
        if rest >= .seconds(1) { return "in \(coarse(rest))" }
        return rest > .seconds(-2) ? "now" : "due \(coarse(.zero - rest)) ago"
    }

    static func ago(_ moment: Moment, from now: Moment) -> String {
        let past = now - moment
        return past < .seconds(1) ? "just now" : "\(coarse(past)) ago"
    }

    /// In whole seconds at least.
    private static func coarse(_ time: Duration) -> String {
        let seconds = time.components.seconds
        return seconds < 60 ? "\(seconds) s" : duration(.seconds(seconds))
    }

    static func phase(_ snapshot: StatusSnapshot) -> String {
        switch snapshot.phase {
        case .standby: return "standby: another scheduler has the state directory"
        case .grace(let rest): return "starting: the first runs come in \(duration(rest))"
        case .clockIsWrong: return "the wall clock stands before this program was built, so nothing runs"
        case .stopping: return "stopping"
        case .running:
            if let lack = snapshot.token { return "\(noToken(lack)); \(counted(lack.waiting, "run")) waiting" }
            guard let down = snapshot.targetDown else { return "running" }
            return "\(unreachable(snapshot, for: down)); \(counted(snapshot.waiting, "run")) waiting"
        }
    }

    /// `the app has been out of reach for 5 min (Connection refused)`.
    static func unreachable(_ snapshot: StatusSnapshot, for down: Duration) -> String {
        let reason = snapshot.targetReason.map { $0.isEmpty ? "" : " (\($0))" } ?? ""
        return "the app has been out of reach for \(duration(down))\(reason)"
    }

    /// `there has been no token for 5 min (login.example.com answered 400 invalid_client)`.
    static func noToken(_ lack: TokenLack) -> String {
        "there has been no token for \(duration(lack.time))\(lack.reason.map { " (\($0))" } ?? "")"
    }

    /// `, 42 items`; nothing where the app says nothing of them.
    static func items(_ run: RunRecord) -> String { run.items.map { ", \(counted($0, "item"))" } ?? "" }

    static func activity(_ activity: StatusSnapshot.Activity) -> String? {
        switch activity {
        case .idle: nil
        case .delayed(let rest): "starts in \(duration(rest))"
        case .waiting(let target): target == Target.main ? "waits for the app" : "waits for \(target)"
        case .waitingForToken: "waits for a token"
        case .queued(let time, let obstacle): "has waited \(duration(time)) for \(self.obstacle(obstacle))"
        case .running(let time): "running for \(duration(time))"
        case .retrying(let rest): "next attempt in \(duration(rest))"
        case .barred(let rest, let reason, let note):
            (reason == .paused ? "paused" : "frozen") + (rest.map { " for \(duration($0))" } ?? "")
                + (note.isEmpty ? "" : " (\(Escaping.controls(note)))")
        case .held(let rest, .abandoned): "may still run in the app, free in \(duration(rest))"
        case .held(let rest, .throttled): "the app asked for a pause, free in \(duration(rest))"
        }
    }

    /// As a line of the log has it: `41s`, `20m`, `2h5m`, `3d`.
    package static func short(_ time: Duration) -> String {
        let seconds = time.components.seconds
        if seconds < 60 { return "\(seconds)s" }
        if seconds < 3_600 { return "\(seconds / 60)m" }
        if seconds < 86_400 { return "\(seconds / 3_600)h" + (seconds / 60 % 60 > 0 ? "\(seconds / 60 % 60)m" : "") }
        return "\(seconds / 86_400)d"
    }

    /// What a run waits for, and who has it.
    package static func obstacle(_ obstacle: Obstacle) -> String {
        switch obstacle {
        case .threads: return "a free thread"
        case .group(let name, let holders):
            let shown = holders.prefix(mostHolders).map { "\($0.job), \(short($0.time))" }
            let more = holders.count > mostHolders ? ["and \(holders.count - mostHolders) more"] : []
            return "group \(name) (held by \((shown + more).joined(separator: "; ")))"
        }
    }

    private static let mostHolders = 3

    static func outcome(_ run: RunRecord) -> String {
        run.outcome != .ok && run.status > 0 ? "\(run.outcome.rawValue) \(run.status)" : run.outcome.rawValue
    }
}

/// The clock of one zone, for people.
struct WallClock {
    let zone: Zone
    let now: Moment

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `03:00` today, else with the day before it; seconds only where there are some.
    func text(_ moment: Moment) -> String {
        let (time, today) = (civil(moment), civil(now).day)
        switch time.day.daysSinceEpoch - today.daysSinceEpoch {
        case 0: return clock(time)
        case 1: return "tomorrow \(clock(time))"
        case -1: return "yesterday \(clock(time))"
        default: return "\(day(time.day)) \(clock(time))"
        }
    }

    /// The same clock, as it is read where a job's schedule is.
    func at(_ entry: StatusSnapshot.Entry) -> WallClock { WallClock(zone: entry.job.timetable.zone, now: now) }

    /// The zone behind a time, where it is not the one that holds for all.
    func zoneNote(_ entry: StatusSnapshot.Entry) -> String {
        entry.job.timetable.zone.name == zone.name ? "" : " " + entry.job.timetable.zone.name
    }

    /// Always with day and seconds.
    func full(_ moment: Moment) -> String {
        let time = civil(moment)
        return "\(day(time.day)) \(hourAndMinute(time)):\(two(time.secondOfDay % 60))"
    }

    func hourAndMinute(_ moment: Moment) -> String { hourAndMinute(civil(moment)) }

    func civil(_ moment: Moment) -> CivilTime {
        CivilTime(secondsSinceEpoch: (moment + .seconds(zone.offset(at: moment))).seconds)
    }

    /// `Sat 21 Nov`, with the year where it is another one.
    private func day(_ day: CalendarDay) -> String {
        let (year, month, number) = day.components
        let isThisYear = civil(now).day.components.year == year
        return "\(Self.weekdays[day.weekday]) \(number) \(Self.months[month - 1])" + (isThisYear ? "" : " \(year)")
    }

    private func clock(_ time: CivilTime) -> String {
        let second = time.secondOfDay % 60
        return hourAndMinute(time) + (second == 0 ? "" : ":" + two(second))
    }

    private func hourAndMinute(_ time: CivilTime) -> String {
        two(time.secondOfDay / 3_600) + ":" + two(time.secondOfDay / 60 % 60)
    }

    private func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
}

extension StatusSnapshot {
    /// The zone that most jobs are written in.
    var commonZone: Zone {
        var counts: [Zone: Int] = [:]
        for entry in entries { counts[entry.job.timetable.zone, default: 0] += 1 }
        return counts.max { ($0.value, $1.key.name) < ($1.value, $0.key.name) }?.key ?? .utc
    }
}
