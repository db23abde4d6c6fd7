import CLinux
import Glibc

extension Socket {
    /// Binds an abstract name and listens.
    static func listening(on name: LocalName) throws(ListenError) -> Socket {
        let listener = try Socket.local(name)
        let isBound = unsafe withAddress(of: name) { unsafe bind(listener.descriptor, $0, $1) } == 0
        guard isBound, listen(listener.descriptor, 64) == 0 else {
            throw .notBoundLocally(name: name, reason: errorText())
        }
        return listener
    }

    /// Whether the process at the other end has our user id.
    ///
    /// Else anyone who shares the network namespace could ask, or answer in our place (unix(7), SO_PEERCRED).
    var isPeerTrusted: Bool { peerUser == geteuid() }

    /// The user of the process at the other end.
    var peerUser: UInt32? {
        // struct ucred, which Glibc's Swift module leaves out: process, user, group.
        var credentials: [UInt32] = [0, 0, 0]
        var length = socklen_t(MemoryLayout<UInt32>.size * credentials.count)
        let answer = unsafe getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length)
        return answer == 0 ? credentials[1] : nil
    }

    /// A socket that is not connected yet.
    static func local(_ name: LocalName) throws(ListenError) -> Socket {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw .notBoundLocally(name: name, reason: errorText()) }
        return Socket(prepared: descriptor)
    }

    /// The address with the length that counts the name and no zero bytes behind it.
    static func withAddress<Result>(
        of name: LocalName,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(name.description.utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { path in
            for (place, byte) in bytes.enumerated() { unsafe path[place + 1] = byte }
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + bytes.count)
        return unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, length) }
        }
    }
}
