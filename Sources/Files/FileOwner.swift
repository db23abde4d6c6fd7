internal import Glibc

/// Whose a file is and who may use it: what an operator needs to know of one that cannot be used.
package struct FileOwner: Equatable, Sendable {
    package let user: UInt32
    package let group: UInt32
    /// The permission bits.
    package let mode: UInt32
    package let isDirectory: Bool

    /// Nil if even that cannot be seen; symbolic links are followed.
    package init?(of path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        user = status.st_uid
        group = status.st_gid
        mode = status.st_mode & 0o7777
        isDirectory = status.st_mode & S_IFMT == S_IFDIR
    }

    /// The user that the program runs as.
    package static var ourUser: UInt32 { geteuid() }

    /// Whether a part of the path that should be a directory is something else.
    package static func isBelowFile(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) != 0 && errno == ENOTDIR
    }

    /// Whether the program may make files in the directory.
    package static func mayWrite(in directory: String) -> Bool {
        unsafe faccessat(AT_FDCWD, directory, R_OK | W_OK | X_OK, AT_EACCESS) == 0
    }
}

extension FileOwner: CustomStringConvertible {
    package var description: String {
        let octal = String(mode, radix: 8)
        return "it belongs to \(user):\(group), mode \(String(repeating: "0", count: max(0, 4 - octal.count)))\(octal)"
    }
}
