extension Duration {
    /// Rounded towards zero.
    package var wholeMilliseconds: Int {
        // Nearly always less than nine seconds, and then a division of 64 bits does.
        if let short = Int64(exactly: attoseconds) { return Int(short / 1_000_000_000_000_000) }
        let (seconds, attoseconds) = components
        return Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
