import Glibc

/// A moment in whole seconds, printed as RFC 9110 section 5.6.7 wants it: `Sun, 06 Nov 1994 08:49:37 GMT`.
struct HTTPDate: Equatable, CustomStringConvertible {
    /// Since 1970, UTC.
    let seconds: Int

    /// A clock before 1970 counts as 1970.
    init(seconds: Int) {
        self.seconds = max(0, seconds)
    }

    static var now: HTTPDate { HTTPDate(seconds: time(nil)) }

    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb"]

    var description: String {
        let day = seconds / 86_400
        let second = seconds % 86_400
        // Years counted from 1 March, so that the leap day comes last; 146097 days are 400 such years.
        let shifted = day + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * month + 2) / 5 + 1
        let year = era * 400 + yearOfEra + (month >= 10 ? 1 : 0)
        let clock = [second / 3_600, second / 60 % 60, second % 60].map(Self.twoDigits).joined(separator: ":")
        return "\(Self.weekdays[day % 7]), \(Self.twoDigits(dayOfMonth)) \(Self.months[month]) \(year) \(clock) GMT"
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : String(number)
    }
}
