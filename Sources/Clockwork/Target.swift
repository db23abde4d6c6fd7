internal import Schedule

/// What is known of one app that is called.
package struct Target: Sendable {
    package let name: String
    package internal(set) var reach = Reachability()
    /// Why it could not be reached when last tried.
    package internal(set) var reason: String?
    /// When something is to be said of its incident, and when its outage becomes one.
    var talk: Moment?
    var opens: Duration?
    /// Whether an outage is on record, of this process or the one before.
    var hasOutage = false

    init(_ name: String) { self.name = name }

    /// The one that all jobs call that name no other.
    package static let main = "app"

    /// What is known of it is kept under this name, which no job can have.
    var record: String { Self.prefix + name }

    package static let prefix = "@"

    /// The app that is kept under a name; nil: it is a job's.
    package static func name(of record: String) -> String? {
        guard record.hasPrefix(prefix) else { return nil }
        let name = String(record.dropFirst(prefix.count))
        return JobName.isValid(name) ? name : nil
    }
}
