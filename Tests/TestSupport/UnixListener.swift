import Foundation

/// Takes connections on a Unix socket of the file system, and hands on to a port of the loopback what comes over them.
package final class UnixListener: Sendable {
    private let descriptor: Int32
    private let path: String

    package init(_ path: String, to port: UInt16) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let descriptor = descriptor
        let isReady = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                    && listen(descriptor, 64) == 0
            }
        }
        guard isReady else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        Thread.detachNewThread {
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread { Self.relay(client, to: port) }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
        _ = unsafe unlink(path)
    }

    private static func relay(_ client: Int32, to port: UInt16) {
        defer { close(client) }
        guard let server = try? RawListener.Connection(to: port) else { return }
        let connection = RawListener.Connection(descriptor: client)
        let isOver = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            copy(from: server, to: connection)
            shutdown(client, Int32(SHUT_RDWR))
            isOver.signal()
        }
        copy(from: connection, to: server)
        server.shutDown()
        isOver.wait()
        server.end()
    }

    private static func copy(from one: RawListener.Connection, to other: RawListener.Connection) {
        while true {
            let bytes = one.read()
            guard !bytes.isEmpty, other.send(bytes) else { return }
        }
    }
}
