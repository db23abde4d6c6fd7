internal import CBuild
internal import Clockwork
internal import HTTPClient
internal import Schedule

extension Version {
    /// A build that was not told its date is no older than this.
    static let oldestDate = Moment(
        seconds: CivilTime(day: CalendarDay(year: 2026, month: 11, day: 21), secondOfDay: 0).secondsSinceEpoch
    )
    /// The date of the sources, as the build was told: a clock that stands before it is wrong.
    static let buildDate = max(Moment(seconds: Int64(build_source_date())), oldestDate)

    /// Our own version, then what comes from the system: libraries and time zones; then the date of the sources.
    static func lines(_ zones: ZoneDirectory) -> [String] {
        ["\(name) \(number)", Library.version, "tzdata \(zones.version() ?? "unknown") in \(zones.path)"]
            + (build_source_date() == 0 ? [] : ["sources of \(buildDate)"])
    }

    /// Whatever is linked in, or would be in the image: name and version.
    static var libraries: [String] {
        // libcurl's text is "libcurl/7.88.1 OpenSSL/3.0.22 libpsl/0.21.2 (+libidn2/2.3.3) …".
        var parts: [[Substring]] = []
        for part in Library.version.split(whereSeparator: { " (+)".contains($0) }) {
            let part = part.split(separator: "/", maxSplits: 1)
            if part.count == 2, !parts.contains(part) { parts.append(part) }
        }
        // Swift's library knows no more of itself than its first two numbers.
        let swift = _SwiftStdlibVersion.current.description.split(separator: ".").prefix(2).joined(separator: ".")
        return parts.map { $0.joined(separator: " ") } + [
            "glibc \(unsafe String(cString: build_glibc()))", "libstdc++ \(build_libstdcxx())", "Swift \(swift)",
        ]
    }
}
