/// Variables that Kubernetes makes of every Service; those of one named `scheduler` begin like ours.
///
/// https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
enum ServiceLink {
    /// Whether both the name and the value are those of such a variable.
    static func isOne(_ name: String, _ value: String) -> Bool {
        let words = name.split(separator: "_", omittingEmptySubsequences: false)
        if name.hasSuffix("_SERVICE_HOST") { return isAddress(value[...]) }
        // `_SERVICE_PORT`, and one for each port that has a name.
        if zip(words, words.dropFirst()).contains(where: { $0 == "SERVICE" && $1 == "PORT" }) {
            return isPort(value[...])
        }
        guard let port = words.lastIndex(where: isProtocol), port > 1, words[port - 2] == "PORT",
            isPort(words[port - 1])
        else { return words.last == "PORT" && isURL(value) }
        switch words[(port + 1)...].joined(separator: "_") {
        case "": return isURL(value)
        case "PROTO": return value == words[port].lowercased()
        case "PORT": return isPort(value[...])
        case "ADDR": return isAddress(value[...])
        default: return false
        }
    }

    private static func isProtocol(_ word: Substring) -> Bool { ["TCP", "UDP", "SCTP"].contains(word) }

    private static func isPort(_ text: Substring) -> Bool {
        (1...5).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Of version 4 or 6; that it is none of our values is all that matters.
    private static func isAddress(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { "0123456789abcdefABCDEF.:".utf8.contains($0) }
            && (text.contains(":") || text.utf8.count { $0 == UInt8(ascii: ".") } == 3)
    }

    /// `tcp://10.0.0.1:80`, or with an address in brackets.
    private static func isURL(_ text: String) -> Bool {
        guard let scheme = ["tcp://", "udp://", "sctp://"].first(where: text.hasPrefix),
            let colon = text.lastIndex(of: ":"), isPort(text[colon...].dropFirst())
        else { return false }
        let host = text[..<colon].dropFirst(scheme.count)
        return isAddress(host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host)
    }
}

extension EnvironmentReader {
    /// One line for all of them; their operator can hardly know where they come from.
    mutating func tellServiceLinks() {
        guard let first = serviceLinks.first else { return }
        let others = serviceLinks.count > 1 ? " and \(serviceLinks.count - 1) more are" : " is"
        warn(
            first,
            "\(first)\(others) made by Kubernetes of a Service, and left out; enableServiceLinks: false in the pod's spec "
                + "keeps such names away"
        )
    }
}
