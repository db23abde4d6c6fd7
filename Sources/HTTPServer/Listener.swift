/// A socket that listens, before a server serves its clients.
package final class Listener: Sendable {
    let socket: Socket
    /// Where it listens, with the real port; nil for a local one.
    package let address: ListenAddress?

    /// Binds a TCP address.
    package init(on address: ListenAddress) throws(ListenError) {
        socket = try Socket.listening(on: address)
        self.address = socket.localAddress ?? address
    }

    /// Binds a TCP address; `localhost` on both loopbacks with one port, where the machine has both.
    package static func all(on address: ListenAddress) throws(ListenError) -> [Listener] {
        let first = try Listener(on: address)
        guard address.host.lowercased() == "localhost", Socket.hasIPv6Loopback,
            let port = first.address?.port
        else { return [first] }
        return [first, try Listener(on: ListenAddress(host: "::1", port: port))]
    }

    /// Binds a name that only processes of this network namespace can find, and only those of this user may use.
    ///
    /// It needs no file and goes with its owner (unix(7), abstract names).
    package init(local name: LocalName) throws(ListenError) {
        socket = try Socket.listening(on: name)
        address = nil
    }

    /// Whether the client is served: over a local name only who could read our memory anyway.
    func welcomes(_ client: borrowing Socket) -> Bool {
        address != nil || client.isPeerTrusted
    }
}
