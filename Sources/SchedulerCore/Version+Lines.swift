internal import Clockwork
internal import HTTPClient
internal import Schedule

extension Version {
    /// Our own version, then what comes from the system: libraries and time zones.
    static func lines(_ zones: ZoneDirectory) -> [String] {
        ["\(name) \(number)", Library.version, "tzdata \(zones.version() ?? "unknown") in \(zones.path)"]
    }
}
