internal import Clockwork
package import Files
package import HTTPClient
internal import JSON

/// Where traces go, and as whose.
package struct Traces: Sendable, Equatable {
    /// The app, as its spans name it.
    package struct Target: Sendable, Equatable {
        package let scheme: String
        package let host: String
        package let port: Int
        /// Of all paths.
        package let prefix: String

        package init(_ url: BaseURL) {
            (scheme, host) = (url.scheme, url.host)
            let authority = url.text.dropFirst(url.scheme.count + 3)
            prefix = String(authority.drop { $0 != "/" })
            let name = authority.prefix { $0 != "/" }
            let afterHost = name.lastIndex(of: "]").map { name[$0...].dropFirst() } ?? name
            let port = afterHost.lastIndex(of: ":").flatMap { Int(afterHost[$0...].dropFirst()) }
            self.port = port ?? (url.scheme == "https" ? 443 : 80)
        }
    }

    /// With the path of traces.
    package var url: String
    package var headers: [(name: String, value: Secret)]
    package var timeout: Duration
    /// `service.name` among them.
    package var resource: [(name: String, value: String)]
    /// By name.
    package var targets: [String: Target]

    package init(
        url: String,
        headers: [(name: String, value: Secret)] = [],
        timeout: Duration = .seconds(10),
        resource: [(name: String, value: String)] = [],
        targets: [String: Target]
    ) {
        (self.url, self.headers, self.timeout) = (url, headers, timeout)
        (self.resource, self.targets) = (resource, targets)
    }

    /// The URL as a log may show it.
    package var shown: String { String(url.prefix { $0 != "?" }) }

    package static func == (left: Traces, right: Traces) -> Bool {
        left.url == right.url && left.timeout == right.timeout && left.targets == right.targets
            && left.headers.elementsEqual(right.headers, by: ==) && left.resource.elementsEqual(right.resource, by: ==)
    }

    /// The request's body (OTLP/HTTP, JSON): one resource, one scope.
    func body(_ spans: [Span]) -> [UInt8] {
        let attributes = resource.map { Span.Attribute($0.name, $0.value).json }
        let scope: JSONValue = .object([
            ("name", .string(Version.name)), ("version", .string(Version.number)),
        ])
        let scopes: JSONValue = .object([("scope", scope), ("spans", .array(spans.map(\.json)))])
        let resource: JSONValue = .object([
            ("resource", .object([("attributes", .array(attributes))])), ("scopeSpans", .array([scopes])),
        ])
        return Array(JSONValue.object([("resourceSpans", .array([resource]))]).description.utf8)
    }
}
