/// A text that does not print itself.
package struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself; for the request that carries it, and for finding it in texts from outside.
    package let reveal: String

    package init(_ text: String) { reveal = text }

    package var description: String { "***" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
