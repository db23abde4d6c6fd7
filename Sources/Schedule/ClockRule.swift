/// Which seconds of a matching day match.
enum ClockRule: Hashable, Sendable {
    /// Every combination of these, one bit each; none of the three is empty.
    case fields(seconds: UInt64, minutes: UInt64, hours: UInt32)
    /// These times, ascending.
    case times([TimeOfDay])

    static let everyHour: UInt32 = 0xff_ffff

    /// The first match at or after `second` of the day.
    func next(onOrAfter second: Int) -> Int? {
        switch self {
        case .times(let times): return times.first { $0.secondOfDay >= second }?.secondOfDay
        case .fields(let seconds, let minutes, let hours):
            let (hour, minute) = (second / 3600, second / 60 % 60)
            if hours.contains(bit: hour) {
                if minutes.contains(bit: minute), let found = seconds.bit(from: second % 60) {
                    return second - second % 60 + found
                }
                if let found = minutes.bit(from: minute + 1) {
                    return hour * 3600 + found * 60 + seconds.trailingZeroBitCount
                }
            }
            guard let found = hours.bit(from: hour + 1) else { return nil }
            return found * 3600 + minutes.trailingZeroBitCount * 60 + seconds.trailingZeroBitCount
        }
    }

    /// The last match at or before `second` of the day.
    func previous(onOrBefore second: Int) -> Int? {
        switch self {
        case .times(let times): return times.last { $0.secondOfDay <= second }?.secondOfDay
        case .fields(let seconds, let minutes, let hours):
            let (hour, minute) = (second / 3600, second / 60 % 60)
            let (lastSecond, lastMinute) = (63 - seconds.leadingZeroBitCount, 63 - minutes.leadingZeroBitCount)
            if hours.contains(bit: hour) {
                if minutes.contains(bit: minute), let found = seconds.bit(through: second % 60) {
                    return second - second % 60 + found
                }
                if let found = minutes.bit(through: minute - 1) { return hour * 3600 + found * 60 + lastSecond }
            }
            guard let found = hours.bit(through: hour - 1) else { return nil }
            return found * 3600 + lastMinute * 60 + lastSecond
        }
    }
}
