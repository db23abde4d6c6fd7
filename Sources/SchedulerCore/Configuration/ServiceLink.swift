/// Variables that Kubernetes makes of every Service; those of one named `scheduler` begin like ours.
///
/// https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
enum ServiceLink {
    /// Whether both the name and the value are those of such a variable.
    static func isOne(_ name: String, _ value: String) -> Bool {
        if name.hasSuffix("_SERVICE_HOST") { return isAddress(value) }
        if name.contains(/_SERVICE_PORT(_[A-Z0-9_]+)?$/) { return isPort(value) }
        if let port = name.firstMatch(of: /_PORT_[0-9]{1,5}_(TCP|UDP|SCTP)(_PROTO|_PORT|_ADDR)?$/) {
            switch port.2 {
            case "_PROTO": return value.lowercased() == port.1.lowercased()
            case "_PORT": return isPort(value)
            case "_ADDR": return isAddress(value)
            default: return isURL(value)
            }
        }
        return name.hasSuffix("_PORT") && isURL(value)
    }

    private static func isAddress(_ text: String) -> Bool {
        text.wholeMatch(of: /[0-9]{1,3}(\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/) != nil
    }

    private static func isPort(_ text: String) -> Bool { text.wholeMatch(of: /[0-9]{1,5}/) != nil }

    private static func isURL(_ text: String) -> Bool {
        text.contains(/^(tcp|udp|sctp):\/\/[0-9A-Fa-f:.\[\]]+:[0-9]{1,5}$/)
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
