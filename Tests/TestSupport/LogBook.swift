internal import Schedule
package import Telling

/// A log that keeps its lines, and a fixed time.
package struct LogBook: Sendable {
    private let told = Told<String>()

    package init() {}

    /// The time of each line.
    package static let time = "2025-11-21T03:44:55.123Z"

    package var lines: [String] { told.all }

    package func log(
        _ format: LogFormat = .text,
        level: LogLevel = .debug,
        secrets: SecretBook = SecretBook()
    ) -> Log {
        Log(
            level: level,
            format: format,
            secrets: secrets,
            now: { Moment(seconds: 1_763_696_695, nanoseconds: 123_999_999) },
            write: { [told] line in told.add(String(decoding: line, as: UTF8.self)) }
        )
    }
}
