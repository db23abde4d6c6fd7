import Glibc

/// The directory of zone files; the one place of this room that touches the file system.
package struct ZoneDirectory: Hashable, Sendable {
    package let path: String

    package static let systemPath = "/usr/share/zoneinfo"
    /// Real files have at most 4 kB.
    static let largestFile = 1 << 18
    /// Real directories hold about 600 names, three levels deep.
    private static let mostNames = 4000
    private static let deepest = 4

    package init(path: String) { self.path = path }

    /// `TZDIR` if it is set and not empty, else the system's, as tzset(3) has it.
    package init(environment: [String: String]) {
        let given = environment["TZDIR"] ?? ""
        path = given.isEmpty ? Self.systemPath : given
    }

    /// Why a file cannot be read.
    enum Fault: Error {
        case missing
        case notAFile
        case tooLarge
        case system(errno: Int32)
    }

    var exists: Bool {
        guard let directory = unsafe opendir(path) else { return false }
        unsafe closedir(directory)
        return true
    }

    /// Reads a file whose name has been checked.
    ///
    /// Links are followed: some systems build the directory out of them.
    func contents(of name: String) throws(Fault) -> [UInt8] {
        // Without O_NONBLOCK a FIFO in the directory would hang here.
        let descriptor = unsafe open(path + "/" + name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw errno == ENOENT || errno == ENOTDIR ? .missing : .system(errno: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system(errno: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
        var bytes = [UInt8](repeating: 0, count: Self.largestFile + 1)
        var count = 0
        while count < bytes.count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
            }
            if got == 0 { break }
            guard got > 0 else {
                if errno == EINTR { continue }
                throw .system(errno: errno)
            }
            count += got
        }
        guard count <= Self.largestFile else { throw .tooLarge }
        return Array(bytes.prefix(count))
    }

    /// The names of all zones, sorted, for "did you mean"; empty if the directory is not there.
    package func names() -> [String] {
        var found: [String] = []
        collect(under: "", depth: 1, into: &found)
        return found.sorted()
    }

    /// The release of the zone data such as `2025b`, if the directory says so.
    package func version() -> String? {
        if let text = try? contents(of: "+VERSION") { return Self.firstLine(text) }
        guard let line = (try? contents(of: "tzdata.zi")).map(Self.firstLine) else { return nil }
        return line.hasPrefix("# version ") ? String(line.dropFirst(10)) : nil
    }

    private static func firstLine(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(64).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// Zones and their groups begin with a capital; `right`, `posix`, tables and links to one's own zone do not.
    private func collect(under prefix: String, depth: Int, into found: inout [String]) {
        guard depth <= Self.deepest, let directory = unsafe opendir(path + "/" + prefix) else { return }
        defer { unsafe closedir(directory) }
        while found.count < Self.mostNames, let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            guard let first = name.utf8.first, (0x41...0x5A).contains(first) else { continue }
            if unsafe Int32(entry.pointee.d_type) == Int32(DT_DIR) {
                collect(under: prefix + name + "/", depth: depth + 1, into: &found)
            } else {
                found.append(prefix + name)
            }
        }
    }
}
