/// When a job runs, as it was written: the value behind `every 15m`, `daily 03:00` or `cron 0 5 * * 1`.
package enum Schedule: Hashable, Sendable {
    /// Elapsed time since the last slot; knows no zone.
    case every(Interval)
    /// These times of each local day, ascending and each once.
    case daily([TimeOfDay])
    /// These times of these days, from Monday on.
    case weekly([Weekday], [TimeOfDay])
    /// These times of one day of each month that has it.
    case monthly(MonthDay, [TimeOfDay])
    /// Boxed, because it is far larger than the others and there may be 100 000 schedules.
    indirect case cron(CronExpression)
}

extension Schedule: CustomStringConvertible {
    /// The canonical form; it parses back to an equal value.
    package var description: String {
        switch self {
        case .every(let interval): "every \(interval)"
        case .daily(let times): "daily \(joined(times))"
        case .weekly(let days, let times): "weekly \(joined(days)) \(joined(times))"
        case .monthly(let day, let times): "monthly \(day) \(joined(times))"
        case .cron(let expression): "cron \(expression)"
        }
    }

    private func joined(_ items: [some CustomStringConvertible]) -> String {
        items.map(\.description).joined(separator: ",")
    }
}
