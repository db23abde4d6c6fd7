package import Foundation

/// Takes connections, as the kernel does for any listener, and never says a word.
package final class SilentListener {
    private let socket: ListeningSocket
    package var port: UInt16 { socket.port }

    package init() throws { socket = try ListeningSocket() }
}

/// A socket that listens on a free port of the loopback.
package final class ListeningSocket: Sendable {
    package let port: UInt16
    package let descriptor: Int32

    /// Zero is any port.
    package init(port wanted: UInt16 = 0) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = wanted.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // A port whose last connections are still being closed is as good.
        var reuse: Int32 = 1
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        let descriptor = descriptor
        let isReady = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, length) == 0 && listen(descriptor, 64) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard isReady else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }

    /// Lives as long as this object.
    package var handle: FileHandle { FileHandle(fileDescriptor: descriptor, closeOnDealloc: false) }

    /// A port that is free, and that the kernel gives nobody by itself: one below its own range (ip(7)), since a
    /// connection of another test could have a port of that range a moment later.
    package static func quietPort() throws -> UInt16 {
        let range = try String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
        let lowest = range.split(separator: "\t").first.flatMap { UInt16($0) } ?? 32_768
        for _ in 0..<100 {
            let port = UInt16.random(in: lowest / 2..<lowest)
            if (try? ListeningSocket(port: port)) != nil { return port }
        }
        throw POSIXError(.EADDRINUSE)
    }
}
