import Foundation

/// A name server that takes every question and never answers: UDP port 53 of an address of the loopback.
package final class SilentResolver: Sendable {
    private let descriptor: Int32

    package init(_ address: String) throws {
        descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = in_port_t(53).bigEndian
        name.sin_addr.s_addr = unsafe inet_addr(address)
        let descriptor = descriptor
        let isBound = unsafe withUnsafePointer(to: &name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isBound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EADDRNOTAVAIL) }
    }

    deinit { close(descriptor) }

    /// Does it once, on a thread of its own, as soon as someone asks: a busy machine's tasks may come much later.
    package func whenAsked(_ body: @escaping @Sendable () -> Void) {
        Thread.detachNewThread { [self] in
            var byte: UInt8 = 0
            if unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK)) >= 0 { body() }
        }
    }

    /// Whether someone has asked.
    package var wasAsked: Bool {
        var byte: UInt8 = 0
        return unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) >= 0
    }
}
