/// What a person should know of the state's files.
package enum StateEvent: Sendable, Equatable {
    /// From now on nothing is kept; `directory` says whose the directory is, if that can be seen.
    case unwritable(path: String, StateFailure, directory: String?)
    /// Another sidecar has taken the directory meanwhile, and runs the same jobs.
    case another(directory: String)
    /// It is kept again, all of it.
    case writable(path: String)
    /// The record file had damage: what was good is used.
    case damaged(path: String, good: Int, places: Int, bytes: Int, aside: String?)
    /// Something that is no file, or belongs to another name, stood where one belongs.
    case setAside(path: String, FileStatus.Kind, to: String)
    /// The record file could not be written anew, and grows.
    case notShortened(path: String, StateFailure)
    /// The record file has another name as well: it was left as it is, and written anew under its own.
    case shared(path: String)
    /// The record file was kept for another app.
    case otherTarget(path: String, was: String, now: String)
    /// The file system has no locks: another sidecar would not be kept out.
    case withoutLock(directory: String, StateFailure)
}
