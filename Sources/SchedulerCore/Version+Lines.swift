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
        // Swift's library knows no more of itself than its first two numbers.
        let swift = _SwiftStdlibVersion.current.description.split(separator: ".").prefix(2).joined(separator: ".")
        return names(inCurls: Library.version) + [
            "glibc \(unsafe String(cString: build_glibc()))", "libstdc++ \(build_libstdcxx())", "Swift \(swift)",
        ]
    }

    /// libcurl's text is `libcurl/7.88.1-10+deb12u15 OpenSSL/3.0.22 libpsl/0.21.2 (+libidn2/2.3.3) …`.
    static func names(inCurls text: String) -> [String] {
        text.split(separator: " ").reduce(into: []) { names, word in
            let parts = word.drop { "(+".contains($0) }.prefix { $0 != ")" }.split(separator: "/", maxSplits: 1)
            let name = parts.joined(separator: " ")
            if parts.count == 2, !names.contains(name) { names.append(name) }
        }
    }
}
