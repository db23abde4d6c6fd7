internal import Files
internal import Ledger
internal import Telling

/// Where state is kept.
extension EnvironmentReader {
    /// Nothing is made or written here; what is missing is made when the clock starts.
    mutating func stateDirectory() -> String? {
        guard let path = text(.stateDirectory)?.trimmingBlanks else { return nil }
        let allowed = Variable.stateDirectory.allowed
        guard path.hasPrefix("/") else {
            fault(.stateDirectory, "\(quoted(.stateDirectory, path)) does not begin with /; write \(allowed)")
            return nil
        }
        switch sources.place(path) {
        case .directory:
            guard let version = sources.laterVersion(path) else { return path }
            fault(.stateDirectory, StateFault.laterRelease(file: DirectoryLedger.recordFile(in: path), version))
        case .nothing: return path
        case .other: fault(.stateDirectory, "\(quoted(.stateDirectory, path)) is not a directory; write \(allowed)")
        case .belowFile: fault(.stateDirectory, "\(quoted(.stateDirectory, path)) lies below a file; write \(allowed)")
        }
        return nil
    }
}

/// Why there is no start with a directory for state.
enum StateFault {
    /// The record file is left alone.
    static func laterRelease(file: String, _ version: Int) -> String {
        """
        \(Variable.stateDirectory.name): \(file) was written by a later release (format version \(version), this one \
        knows \(DirectoryLedger.version)); use that release, or another directory.
        """
    }
}

/// What is allowed and yet will keep the state from being kept.
enum StateHint {
    static func of(_ directory: String?) -> SettingsFault? {
        guard let directory, let (place, owner) = nearest(to: directory), !FileOwner.mayWrite(in: place) else {
            return nil
        }
        let name = Variable.stateDirectory.name
        let cannot =
            place == directory
            ? "cannot be written by user \(FileOwner.ourUser)"
            : "cannot be made in \(place) by user \(FileOwner.ourUser)"
        return SettingsFault(
            variable: name,
            message: """
                \(name)="\(directory)" \(cannot): \(owner); state would be kept in memory and end with the process
                """
        )
    }

    /// The directory itself, or the one that it would be made in: the nearest above it that is there.
    private static func nearest(to directory: String) -> (place: String, owner: FileOwner)? {
        var place = directory[...]
        while true {
            let path = place.isEmpty ? "/" : String(place)
            if let owner = FileOwner(of: path) { return (path, owner) }
            guard let slash = place.lastIndex(of: "/") else { return nil }
            place = place[..<slash]
        }
    }
}
