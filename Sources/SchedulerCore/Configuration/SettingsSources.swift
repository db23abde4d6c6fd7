package import Files
package import HTTPClient
internal import Ledger

/// What settings look at beside the environment; tests put a dictionary in the place of the machine's files.
package struct SettingsSources: Sendable {
    /// What there is at a path that should be a directory's.
    package enum Place: Sendable {
        case directory, nothing
        /// A part of the path that should be a directory is something else.
        case belowFile
        case other
    }

    /// All bytes of a regular file of at most `limit` bytes.
    package var read: @Sendable (_ path: String, _ limit: Int) -> Result<[UInt8], SmallFile.Fault>
    package var place: @Sendable (_ path: String) -> Place
    /// Why libcurl cannot use these files; nil if it can.
    package var refusal: @Sendable (TLSOptions) -> TLSOptions.Fault?
    /// The version of the format of what a directory for state holds, if that is a later one than ours.
    package var laterVersion: @Sendable (_ directory: String) -> Int?

    package init(
        read: @escaping @Sendable (_ path: String, _ limit: Int) -> Result<[UInt8], SmallFile.Fault>,
        place: @escaping @Sendable (_ path: String) -> Place,
        refusal: @escaping @Sendable (TLSOptions) -> TLSOptions.Fault?,
        laterVersion: @escaping @Sendable (_ directory: String) -> Int?
    ) {
        (self.read, self.place) = (read, place)
        (self.refusal, self.laterVersion) = (refusal, laterVersion)
    }

    /// The machine's own.
    package static let live = SettingsSources(
        read: { path, limit in
            Result { () throws(SmallFile.Fault) in try SmallFile.read(path, limit: limit) }
        },
        place: { path in
            if let owner = FileOwner(of: path) { return owner.isDirectory ? .directory : .other }
            return FileOwner.isBelowFile(path) ? .belowFile : .nothing
        },
        refusal: { options in
            do throws(TLSOptions.Fault) {
                try options.check()
                return nil
            } catch {
                return error
            }
        },
        laterVersion: { DirectoryLedger.laterVersion(in: $0) }
    )

    /// The same for a sidecar that runs: it has its state open, and what lies in the directory plays no part.
    package static let running = {
        var sources = live
        sources.laterVersion = { _ in nil }
        return sources
    }()
}
