extension FixedWidthInteger where Self: UnsignedInteger {
    /// The lowest set bit at or above `position`, which is not negative.
    func bit(from position: Int) -> Int? {
        guard position < Self.bitWidth else { return nil }
        let rest = self >> Self(truncatingIfNeeded: position)
        return rest == 0 ? nil : position + rest.trailingZeroBitCount
    }

    /// The highest set bit at or below `position`.
    func bit(through position: Int) -> Int? {
        guard position >= 0 else { return nil }
        let above = Self.bitWidth - 1 - position
        let rest = above > 0 ? self & (Self.max >> Self(truncatingIfNeeded: above)) : self
        return rest == 0 ? nil : Self.bitWidth - 1 - rest.leadingZeroBitCount
    }

    func contains(bit position: Int) -> Bool { self >> Self(truncatingIfNeeded: position) & 1 == 1 }
}
