internal import Calling
internal import Clockwork
internal import Files
internal import HTTPClient
internal import Telling

/// Where traces go; the app reads these variables as well, so nothing about them is ever a fault.
///
/// https://opentelemetry.io/docs/specs/otel/protocol/exporter
extension EnvironmentReader {
    /// `others` are called beside the main app.
    mutating func traces(of target: BaseURL?, _ others: [String: OtherApp]) -> Traces? {
        guard let target, let (variable, text) = endpoint else { return nil }
        guard value(of: .otelDisabled)?.lowercased() != "true", value(of: .otelSampler) != "always_off" else {
            return nil
        }
        let problem: String
        do throws(URLError) {
            let address = try NoticeURL(parsing: text)
            if !UnexpandedReference.isIn(text) {
                warnOfProtocol(address)
                return Traces(
                    url: text,
                    headers: traceHeaders(),
                    timeout: traceTimeout(),
                    resource: traceResource(),
                    targets: others.mapValues { Traces.Target($0.url) }.merging([Job.mainTarget: Traces.Target(target)])
                    { $1 }
                )
            }
            problem = UnexpandedReference.rule
        } catch {
            problem = NoticeURL.rule(error, "http://collector:4318")
        }
        warn(variable.name, "\(variable.name) (its value is not shown) \(problem); until then no traces are sent")
        return nil
    }

    /// With the path of traces, and which variable says so.
    private var endpoint: (Variable, String)? {
        if let text = value(of: .otlpTracesEndpoint) { return (.otlpTracesEndpoint, text) }
        guard let text = value(of: .otlpEndpoint) else { return nil }
        let base = text.utf8.last == UInt8(ascii: "/") ? String(text.dropLast()) : text
        return (.otlpEndpoint, base + "/v1/traces")
    }

    /// Empty is as good as not there.
    private func value(of variable: Variable) -> String? {
        isGiven(variable) ? environment[variable.name].map { $0.unquoted.trimmingBlanks } : nil
    }

    private mutating func warnOfProtocol(_ address: NoticeURL) {
        guard value(of: .otlpProtocol)?.lowercased() == "grpc" else { return }
        let name = Variable.otlpProtocol.name
        warn(
            name,
            "\(name)=grpc: traces go out as JSON over HTTP all the same; its port is usually 4318, not 4317. Write "
                + "http/json, or an endpoint of its own in \(Variable.otlpTracesEndpoint.name)"
        )
    }

    private mutating func traceTimeout() -> Duration {
        guard let text = value(of: .otlpTimeout) else { return .seconds(10) }
        guard let milliseconds = Int(text), (1...600_000).contains(milliseconds) else {
            let name = Variable.otlpTimeout.name
            warn(
                name,
                "\(quoted(.otlpTimeout, text)) is not known; write milliseconds from 1 to 600000; until then it counts as 10000"
            )
            return .seconds(10)
        }
        return .milliseconds(milliseconds)
    }

    /// All values are secrets: mostly one of them is a key.
    private mutating func traceHeaders() -> [(name: String, value: Secret)] {
        pairs(.otlpHeaders).compactMap { name, value in
            let isName = !name.isEmpty && name.utf8.allSatisfy(Self.isTokenByte)
            guard isName, value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), !Self.own.contains(name.lowercased())
            else {
                let variable = Variable.otlpHeaders.name
                warn(variable, "\(variable) (its value is not shown) has a header that cannot be sent; it is left out")
                return nil
            }
            if value.utf8.count >= 8 { secrets.append(Secret(value)) }
            return (name, Secret(value))
        }
    }

    private static let own = ["content-length", "content-type", "transfer-encoding", "host", "connection", "expect"]

    private mutating func traceResource() -> [(name: String, value: String)] {
        let named = value(of: .otelServiceName)
        var resource = pairs(.otelResource).map { (name: $0, value: $1) }
        if named != nil || !resource.contains(where: { $0.name == "service.name" }) {
            resource.removeAll { $0.name == "service.name" }
            resource.insert(("service.name", named ?? Version.name), at: 0)
        }
        return resource
    }

    /// `key=value,…`, values percent-decoded (W3C Baggage); what is none is left out, with a warning.
    private mutating func pairs(_ variable: Variable) -> [(String, String)] {
        guard let text = value(of: variable) else { return [] }
        let parts = text.split(separator: ",").filter { !$0.allSatisfy(\.isWhitespace) }
        let pairs = parts.compactMap { part -> (String, String)? in
            guard let mark = part.firstIndex(of: "="), mark > part.startIndex else { return nil }
            let name = String(part[..<mark]).trimmed
            let raw = String(part[part.index(after: mark)...]).trimmed
            guard !name.isEmpty, let value = Substring(raw).percentDecoded else { return nil }
            return (name, value)
        }
        if pairs.count < parts.count {
            warn(
                variable.name,
                "\(variable.name) (its value is not shown) is no list of key=value, with %XX in values; what is none of "
                    + "it is left out"
            )
        }
        return pairs
    }

    /// RFC 9110 §5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
