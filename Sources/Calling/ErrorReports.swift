package import Clockwork
package import Files
package import HTTPClient
internal import JSON
internal import Locking
package import Schedule

/// Reports attempts without an answer to PostHog, in the background.
///
/// One per outage of the target, whatever ends meanwhile. The event's form:
/// https://posthog.com/docs/error-tracking/installation/manual
package final class ErrorReports: Sendable {
    package struct Destination: Sendable, Equatable {
        package let key: Secret
        package let host: BaseURL
        /// What the app's own reports are marked with; nil: not at all.
        package let environment: String?
        package let release: String?

        package init(key: Secret, host: BaseURL, environment: String? = nil, release: String? = nil) {
            (self.key, self.host, self.environment, self.release) = (key, host, environment, release)
        }
    }

    private let key: Secret
    /// The properties that all reports have.
    private let marks: [(String, JSONValue)]
    private let url: String
    private let now: @Sendable () -> Moment
    private let send: @Sendable (Notice) -> Void
    /// The apps that are down.
    private let outages = Mutex<Set<String>>([])

    package init(
        _ destination: Destination,
        now: @escaping @Sendable () -> Moment,
        send: @escaping @Sendable (Notice) -> Void
    ) {
        key = destination.key
        marks = [("environment", destination.environment), ("release", destination.release)].compactMap { name, value in
            value.map { (name, .string($0)) }
        }
        url = destination.host.text + "/i/v0/e/"
        (self.now, self.send) = (now, send)
    }

    /// Takes note of what happened, and reports it where that is due.
    package func note(_ fact: Fact) {
        switch fact {
        case .targetIsDown(let attempt, let end):
            _ = outages.withLock { $0.insert(attempt.job.target) }
            report(attempt, end)
        case .targetIsUp(let target, _, _): _ = outages.withLock { $0.remove(target) }
        case .attemptEnded(let attempt, let end)
        where !end.isAnswer && end.outcome != .unreachable && end.outcome != .aborted:
            // Whatever an older call comes to in the middle of an outage is a part of it.
            if !outages.withLock({ $0.contains(attempt.job.target) }) { report(attempt, end) }
        default: break
        }
    }

    private func report(_ attempt: Attempt, _ end: AttemptEnd) {
        let body = Array(event(attempt.job, end).description.utf8)
        send(Notice(.report, "POST", Secret(url), contentType: "application/json", body: body, shown: url))
    }

    private func event(_ job: Job, _ end: AttemptEnd) -> JSONValue {
        let exception: JSONValue = .object([
            ("type", .string("TransferError.\(end.outcome.rawValue)")),
            ("value", .string(end.excerpt)),
            ("mechanism", .object([("type", .string("generic")), ("handled", .bool(true))])),
        ])
        return .object([
            ("api_key", .string(key.reveal)),
            ("event", .string("$exception")),
            ("distinct_id", .string("system")),
            ("timestamp", .string(now().timestamp)),
            (
                "properties",
                .object(
                    [
                        ("distinct_id", .string("system")),
                        ("job", .string(job.path)),
                        ("method", .string(job.method)),
                        ("component", .string("scheduler")),
                        ("$exception_list", .array([exception])),
                        ("$exception_level", .string("error")),
                        ("$lib", .string(Version.name)),
                        ("$lib_version", .string(Version.number)),
                    ] + marks
                )
            ),
        ])
    }
}
