/// How much a log line matters.
package enum LogLevel: Int, Comparable, Sendable, CaseIterable {
    case debug, info, warning, error

    package var name: String {
        switch self {
        case .debug: "DEBUG"
        case .info: "INFO"
        case .warning: "WARNING"
        case .error: "ERROR"
        }
    }

    /// In lower case: our own four, and the names that other programs have for the nearest one.
    package static let words: [(String, LogLevel)] = [
        ("debug", .debug), ("info", .info), ("warning", .warning), ("error", .error),
        ("trace", .debug), ("warn", .warning), ("critical", .error), ("fatal", .error),
    ]

    package static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

/// The form of the log.
package enum LogFormat: Sendable {
    case text, json
}
