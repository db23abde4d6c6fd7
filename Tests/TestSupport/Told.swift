import Locking

/// What was told, in its order, from whatever thread.
package final class Told<Element: Sendable>: Sendable {
    private let kept = Mutex<[Element]>([])

    package init() {}

    package var all: [Element] { kept.withLock { $0 } }

    package func add(_ element: Element) { kept.withLock { $0.append(element) } }
}
