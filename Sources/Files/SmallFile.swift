internal import Glibc

/// Reads files that an operator names: secrets, job files; the one file of this room that opens files to read.
///
/// A wrong name must not hang or fill the memory, so pipes, devices and large files are refused.
package enum SmallFile {
    /// Why a file cannot be read; to follow the variable's name and the path.
    package enum Fault: Error, Equatable {
        case missing
        case notRegular
        case tooLarge(limit: Int)
        /// `owner` says whose the file is, where that may be the reason.
        case system(number: Int32, owner: String? = nil)
    }

    /// All bytes of a regular file of at most `limit` bytes; symbolic links are followed.
    package static func read(_ path: String, limit: Int) throws(Fault) -> [UInt8] {
        // Without O_NONBLOCK a pipe that nobody writes to would hang here.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            let number = errno
            if number == ENOENT { throw .missing }
            throw .system(number: number, owner: number == EACCES ? FileOwner(of: path)?.description : nil)
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system(number: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notRegular }
        guard status.st_size <= limit else { throw .tooLarge(limit: limit) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .system(number: errno)
            }
            bytes += chunk.prefix(count)
            // The size that was reported may be a lie, as it is for files of /proc.
            guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
        }
    }
}

extension SmallFile.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing: "does not exist"
        case .notRegular: "is not a regular file"
        case .tooLarge(let limit): "is larger than \(limit) bytes"
        case .system(let number, let owner):
            unsafe "cannot be read by user \(geteuid()): \(String(cString: strerror(number)))"
                + (owner.map { "; \($0)" } ?? "")
        }
    }
}
