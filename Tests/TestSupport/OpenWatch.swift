import Foundation

/// Tells when someone opens a file (inotify(7)).
package final class OpenWatch: Sendable {
    private let descriptor: Int32

    package init(_ path: String) throws {
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard descriptor >= 0, unsafe inotify_add_watch(descriptor, path, UInt32(IN_OPEN)) >= 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
    }

    deinit { close(descriptor) }

    package var hasSeenOne: Bool {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        return unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) } > 0
    }
}
