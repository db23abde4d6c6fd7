/// How much a text may ask of its reader.
package struct JSONLimits: Sendable {
    /// The whole text.
    package var bytes: Int
    /// Arrays and objects in one another: each takes some of the thread's stack, to read and to write.
    package var depth: Int
    /// Characters of one number.
    package var numberLength: Int

    package init(bytes: Int = 1_048_576, depth: Int = 64, numberLength: Int = 128) {
        self.bytes = bytes
        self.depth = depth
        self.numberLength = numberLength
    }
}
