/// Why nothing can listen there; each sentence names the text and what is allowed.
package enum ListenError: Error, Equatable {
    case noPort(text: String)
    case malformedPort(text: String, port: String)
    case noHost(text: String, port: String)
    case malformedHost(text: String, host: String)
    case bareIPv6(text: String)
    case unknownHost(address: ListenAddress, reason: String)
    case notBound(address: ListenAddress, reason: String)
    case notBoundLocally(name: LocalName, reason: String)
    case noThread(reason: String)
}

extension ListenError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noPort(let text):
            #"address "\#(text)" has no port; write host:port, such as 127.0.0.1:9090 or [::1]:9090"#
        case .malformedPort(let text, let port):
            #"address "\#(text)": port "\#(port)" is not a number from 0 to 65535"#
        case .noHost(let text, let port):
            #"address "\#(text)" has no host; write 0.0.0.0:\#(port) for every IPv4 address of this machine"#
        case .malformedHost(let text, let host):
            #"address "\#(text)": host "\#(host)" is neither an IPv4 address, an IPv6 address in brackets nor a name"#
        case .bareIPv6(let text):
            #"address "\#(text)": an IPv6 address stands in brackets, such as [::1]:9090"#
        case .unknownHost(let address, let reason):
            #"cannot listen on \#(address): host "\#(address.host)" does not resolve: \#(reason)"#
        case .notBound(let address, let reason):
            "cannot listen on \(address): \(reason)"
        case .notBoundLocally(let name, let reason):
            "cannot listen on the local name @\(name): \(reason)"
        case .noThread(let reason):
            "cannot start the server's thread: \(reason)"
        }
    }
}
