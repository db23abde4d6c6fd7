/// Why a name gives no zone; the sentence for each case is in `description`.
///
/// The texts are as they came in: whoever shows them escapes control characters.
package enum ZoneError: Error, Equatable {
    case empty
    /// Not made of the letters zone names have, or a path that would leave the directory.
    case malformed(name: String)
    case fixedOffset(name: String)
    case leapSeconds(name: String)
    /// A name for "whatever this machine is set to".
    case machineDependent(name: String)
    /// The placeholder of a machine whose zone was never set.
    case placeholder
    /// The military letter for UTC.
    case zulu
    case unknown(name: String, directory: String, near: String?)
    /// An abbreviation of several zones.
    case ambiguous(name: String, zones: [String])
    case noDirectory(name: String, directory: String)
    case notAZoneFile(name: String, directory: String)
    case damaged(name: String, directory: String, reason: String)
    case unreadable(name: String, directory: String, reason: String)
}

extension ZoneError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty:
            "zone is empty; write an IANA name such as Europe/Prague, or UTC"
        case .malformed(let name):
            #"zone "\#(name)" is not a zone name; write an IANA name such as Europe/Prague, or UTC"#
        case .fixedOffset(let name):
            #"zone "\#(name)" is an offset, not a zone; write an IANA name such as Asia/Kolkata, "#
                + "or UTC and shift the times"
        case .leapSeconds(let name):
            #"zone "\#(name)" counts leap seconds, which no schedule does; write "\#(name.dropFirst(6))""#
        case .machineDependent(let name):
            #"zone "\#(name)" depends on the machine; write an IANA name such as Europe/Prague, or UTC"#
        case .placeholder:
            #"zone "Factory" stands for a machine without a zone; write an IANA name such as Europe/Prague, or UTC"#
        case .zulu:
            #"zone "Z" is not an IANA name; write UTC"#
        case .unknown(let name, let directory, let near):
            #"zone "\#(name)" is not known in \#(directory); "#
                + (near.map { #"did you mean "\#($0)"?"# } ?? "write an IANA name such as Europe/Prague, or UTC")
        case .ambiguous(let name, let zones):
            #"zone "\#(name)" is an abbreviation that may mean \#(listed(zones, "or")); write the one that is meant"#
        case .noDirectory(let name, let directory):
            #"zone "\#(name)" cannot be read, there is no zone directory \#(directory); "#
                + "install tzdata, set TZDIR, or write UTC"
        case .notAZoneFile(let name, let directory):
            #"zone "\#(name)" is not a zone file in \#(directory); write an IANA name such as Europe/Prague, or UTC"#
        case .damaged(let name, let directory, let reason):
            #"zone "\#(name)" cannot be used, its file in \#(directory) is damaged: \#(reason); reinstall tzdata"#
        case .unreadable(let name, let directory, let reason):
            #"zone "\#(name)" cannot be read in \#(directory): \#(reason)"#
        }
    }
}

extension TZif.Fault: CustomStringConvertible {
    var description: String {
        switch self {
        case .notTZif: "it does not begin with TZif"
        case .truncated: "it ends too early"
        case .leapSeconds: "it counts leap seconds"
        case .badCounts: "its counts contradict each other"
        case .badOffset: "an offset is wider than a day"
        case .badType: "a change names a type that is not there"
        case .timesNotAscending: "its changes are not in order"
        case .badRule: "its footer is not a TZ rule"
        }
    }
}
