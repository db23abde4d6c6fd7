/// The calls to the system that keeping state needs, so that a test can make each one fail.
///
/// Symbolic links are not followed in the last part of a path, and nothing waits for the other end of a pipe.
package protocol FileLayer: Sendable {
    /// A file that is there.
    func open(_ path: String, writable: Bool) throws(StateFailure) -> Int32
    /// A file that must not be there yet, of mode 0600 whatever the umask.
    func create(_ path: String) throws(StateFailure) -> Int32
    func close(_ descriptor: Int32)
    /// How many bytes were put into the buffer from the index on; 0 at the end.
    func read(
        _ descriptor: Int32,
        into buffer: inout [UInt8],
        at index: Int,
        offset: Int
    ) throws(StateFailure) -> Int
    /// Writes all of it, or throws.
    func write(_ descriptor: Int32, _ bytes: [UInt8], offset: Int) throws(StateFailure)
    func truncate(_ descriptor: Int32) throws(StateFailure)
    /// Returns when the file's content is on the disk.
    func sync(_ descriptor: Int32) throws(StateFailure)
    /// Returns when the names in it are.
    func syncDirectory(_ path: String) throws(StateFailure)
    func setMode(_ descriptor: Int32, _ mode: UInt32) throws(StateFailure)
    /// False if another process has it.
    func lock(_ descriptor: Int32) throws(StateFailure) -> Bool
    func status(_ descriptor: Int32) throws(StateFailure) -> FileStatus
    /// Nil if there is nothing of that name.
    func status(_ path: String) throws(StateFailure) -> FileStatus?
    func rename(_ path: String, to new: String) throws(StateFailure)
    func link(_ path: String, to new: String) throws(StateFailure)
    func remove(_ path: String) throws(StateFailure)
    /// Of mode 0700, in a directory that is there; false if it is there itself.
    func makeDirectory(_ path: String) throws(StateFailure) -> Bool
    /// Whether there is one, also behind a symbolic link.
    func isDirectory(_ path: String) -> Bool
    func names(in directory: String) throws(StateFailure) -> [String]
}

/// Named as a message shows it.
package enum FileCall: String, Sendable, CaseIterable {
    case open, create, read, write, truncate, sync, chmod, lock, stat, rename, link, remove, mkdir, list
}

/// What is known of a file without reading it.
package struct FileStatus: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case regular = "regular file"
        case directory, fifo = "FIFO", link = "symbolic link", hardLink = "hard link", socket, device
    }

    package var kind: Kind
    package var device: UInt64
    package var inode: UInt64
    package var links: Int
    package var size: Int
    package var mode: UInt32
    package var owner: UInt32

    func isSame(_ other: FileStatus) -> Bool { (device, inode) == (other.device, other.inode) }
}
