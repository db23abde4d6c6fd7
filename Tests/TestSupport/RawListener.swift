import Foundation

/// Takes connections on a free port of the loopback and does with each what it is told, one thread a connection.
package final class RawListener: Sendable {
    /// One connection that was accepted, or made.
    package struct Connection: Sendable {
        fileprivate let descriptor: Int32

        init(descriptor: Int32) { self.descriptor = descriptor }

        /// To a port of the loopback; for whoever makes it to end.
        package init(to port: UInt16) throws {
            descriptor = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let descriptor = descriptor
            let result = unsafe withUnsafePointer(to: &address) { address in
                unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        }

        package func end() { close(descriptor) }

        /// Nothing more comes or goes.
        package func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }

        /// Some bytes of the other side; empty at its end.
        package func read() -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe bytes.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            return Array(bytes.prefix(max(0, count)))
        }

        /// False if the other side is gone.
        @discardableResult
        package func send(_ bytes: [UInt8]) -> Bool {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes {
                    unsafe Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            }
            return true
        }

        /// The end, when it comes, is a reset.
        package func endWithReset() {
            var option = linger(l_onoff: 1, l_linger: 0)
            _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        }
    }

    private let socket: ListeningSocket

    /// The connection ends when `serve` returns; zero is any port.
    ///
    /// Nobody is let in any more when this object is gone, and connections that stand go on.
    package init(port: UInt16 = 0, _ serve: @escaping @Sendable (Connection) -> Void) throws {
        let socket = try ListeningSocket(port: port)
        self.socket = socket
        Thread.detachNewThread {
            while true {
                let client = accept(socket.descriptor, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread {
                    serve(Connection(descriptor: client))
                    close(client)
                }
            }
        }
    }

    deinit { shutdown(socket.descriptor, Int32(SHUT_RDWR)) }

    package var port: UInt16 { socket.port }
    package var url: String { "http://127.0.0.1:\(port)" }
}
