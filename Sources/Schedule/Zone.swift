/// A time zone: what a wall clock shows at a moment.
package struct Zone: Hashable, Sendable {
    package let name: String

    package static let utc = Zone(name: "UTC")
}
