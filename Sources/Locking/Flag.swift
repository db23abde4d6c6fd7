internal import Synchronization

/// False until it is set, then true for good; any thread may ask, and none waits for another.
///
/// Sequentially consistent: who sets it and then looks at something else, and who does both the other way round, never
/// both miss one another.
package final class Flag: Sendable {
    private let value = Atomic(false)

    package init() {}

    package var isSet: Bool { value.load(ordering: .sequentiallyConsistent) }

    package func set() { value.store(true, ordering: .sequentiallyConsistent) }
}
