internal import Files
internal import Ledger
internal import Telling

/// The wording of what becomes of the files in `SCHEDULER_STATE_DIR`.
extension Log {
    func state(_ event: StateEvent) {
        switch event {
        case .unwritable(let path, let failure, let directory):
            let user = "this program runs as user \(FileOwner.ourUser)"
            let facts = directory.map { "the directory: \($0); \(user)" } ?? user
            warning(
                """
                SCHEDULER_STATE_DIR: \(path) cannot be written: \(own: failure.description) (\(own: facts)). \
                The clock goes on in memory; all is written when it can be.
                """
            )
        case .another(let directory):
            error(
                """
                SCHEDULER_STATE_DIR: another scheduler has taken \(own: directory) after its files were removed or \
                replaced: both run the jobs now. Stop one of them.
                """
            )
        case .writable(let path):
            over("SCHEDULER_STATE_DIR: \(path) is written again, nothing is missing in it.")
        case .damaged(let path, let good, let places, let bytes, let aside):
            let damage =
                bytes == 0 && good == 0
                ? "was empty" : "was damaged in \(counted(places, "place")) (\(counted(bytes, "byte")))"
            let kept = aside.map { " The damaged file is kept as \($0)." } ?? ""
            warning(
                """
                SCHEDULER_STATE_DIR: \(path) \(own: damage); \(own: counted(good, "record")) could be read and \
                \(own: good == 1 ? "is" : "are") used.\(kept) Runs that began shortly before may be repeated.
                """
            )
        case .setAside(let path, let kind, let aside):
            warning(
                """
                SCHEDULER_STATE_DIR: \(path) was a \(own: kind.rawValue), not a file of its own; it was not \
                touched, only renamed to \(aside).
                """
            )
        case .shared(let path):
            warning(
                """
                SCHEDULER_STATE_DIR: \(path) was a hard link: the file has another name as well and was not touched; \
                its records are used, and are written to a file of their own.
                """
            )
        case .otherTarget(let path, let old, let new):
            warning(
                """
                SCHEDULER_STATE_DIR: \(path) was kept for API_URL=\(old) and goes on for API_URL=\(new): what ran there \
                counts as run here. If that is not one app that moved, give each a directory of its own.
                """
            )
        case .withoutLock(let directory, let failure):
            warning(
                """
                SCHEDULER_STATE_DIR: the file system of \(own: directory) has no locks (\(own: failure.description)): \
                a second scheduler on it could not be kept out, and both would run the jobs. Start only one, or use a \
                local disk.
                """
            )
        case .notShortened(let path, let failure):
            warning(
                """
                SCHEDULER_STATE_DIR: \(path) could not be written anew, so it grows: \(own: failure.description). \
                It needs as much room again as it has; nothing is lost, and it is tried again.
                """
            )
        }
    }

    /// Why there is no start: the file was put there after the settings were read.
    func state(_ error: LedgerError) {
        switch error {
        case .newerVersion(let path, let version):
            let message = StateFault.laterRelease(file: path, version)
            setting(fault: SettingsFault(variable: Variable.stateDirectory.name, message: message))
            refused(faults: 1)
        }
    }
}
