/// Checks a zone's name as text, before any file is touched.
enum ZoneName {
    private static let longest = 128
    private static let machineDependent: Set = ["localtime", "posixrules"]
    private static let marks = Set("._+-".utf8)

    /// Throws unless the name is one or more parts of `[A-Za-z0-9._+-]` with a `/` between, none of them `.` or `..`.
    static func check(_ name: String) throws(ZoneError) {
        guard !name.isEmpty else { throw .empty }
        guard !looksLikeOffset(name) else { throw .fixedOffset(name: name) }
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard name.utf8.count <= longest, parts.allSatisfy(isPart) else {
            throw .malformed(name: String(name.prefix(longest)))
        }
        // RFC 9636 section 3.1: such files count TAI-like seconds, which UTC slots are not.
        if name.hasPrefix("right/") { throw .leapSeconds(name: name) }
        if name == "Factory" { throw .placeholder }
        if name == "Z" || name == "z" { throw .zulu }
        if machineDependent.contains(name) { throw .machineDependent(name: name) }
    }

    /// `+05:30`, `-3`, `UTC+2`, but not `GMT+0` and `GMT-0`, which are zones.
    private static func looksLikeOffset(_ name: String) -> Bool {
        var rest = name[...]
        for prefix in ["UTC", "GMT"] where rest.hasPrefix(prefix) { rest = rest.dropFirst(3) }
        guard let sign = rest.first, sign == "+" || sign == "-", let digit = rest.dropFirst().first else {
            return false
        }
        return digit.isNumber && name != "GMT+0" && name != "GMT-0"
    }

    private static func isPart(_ part: Substring.UTF8View) -> Bool {
        guard let first = part.first, first != UInt8(ascii: ".") else { return false }
        return part.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || marks.contains(byte)
        }
    }
}
