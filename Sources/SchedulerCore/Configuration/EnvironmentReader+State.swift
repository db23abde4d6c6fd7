/// Where state is kept.
extension EnvironmentReader {
    static let stateName = "SCHEDULER_STATE_DIR"

    /// Nothing is made or written here; what is missing is made when the clock starts.
    mutating func stateDirectory() -> String? {
        let allowed = "the absolute path of a directory"
        guard let path = text(Self.stateName, allowed: allowed)?.trimmingBlanks else { return nil }
        guard path.hasPrefix("/") else {
            fault(Self.stateName, "\(quoted(Self.stateName, path)) does not begin with /; write \(allowed)")
            return nil
        }
        if let owner = FileOwner(of: path), !owner.isDirectory {
            fault(Self.stateName, "\(quoted(Self.stateName, path)) is not a directory; write \(allowed)")
            return nil
        }
        if FileOwner.isBelowFile(path) {
            fault(Self.stateName, "\(quoted(Self.stateName, path)) lies below a file; write \(allowed)")
            return nil
        }
        return path
    }
}

/// What is allowed and yet will keep the state from being kept.
enum StateHint {
    static func of(_ directory: String?) -> SettingsFault? {
        guard let directory, let owner = FileOwner(of: directory), !FileOwner.mayWrite(in: directory) else {
            return nil
        }
        let name = EnvironmentReader.stateName
        return SettingsFault(
            variable: name,
            message: """
                \(name)="\(directory)" cannot be written by user \(FileOwner.ourUser): \(owner); state would be kept in \
                memory and end with the process
                """
        )
    }
}
