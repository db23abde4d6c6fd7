/// One HTTP request to be sent once.
package struct Request: Sendable {
    /// Which connection a request goes over.
    package enum Connection: Sendable {
        /// One of its own, closed after it.
        case fresh
        /// One that an earlier request of the same client has left, if there is one; it is left for the next.
        ///
        /// If the other side has closed it meanwhile, libcurl sends the request again by itself, a POST as well: only for
        /// what may arrive twice.
        case kept
    }

    /// A timeout beyond it is a slip: 32 bits of milliseconds, which many things in between keep, are 24.8 days.
    package static let longestTimeout = Duration.seconds(24 * 86_400)

    /// The method as it goes over the wire; upper case.
    package var method: String
    /// Absolute http or https URL.
    package var url: String
    package var headers: HeaderLines
    package var body: [UInt8]?
    /// For the whole attempt, from name resolution to the last byte of the answer; `longestTimeout` at most.
    package var timeout: Duration
    package var connection: Connection
    /// How much of an answer is kept, in bytes; the rest is read and dropped.
    package var bodyLimit: Int
    /// The headers of the answer that are wanted in `Response.headers`.
    package var wantedHeaders: [String]
    package var tls: TLSOptions
    /// Nil: straight to the target, whatever the environment says of proxies.
    package var proxy: ProxyURL?
    /// The path of a Unix socket to connect to, whatever the URL says of host and port; no proxy then.
    package var socket: String?

    /// sun_path holds so many bytes before its zero (unix(7)).
    package static let longestSocketPath = 107

    package init(
        _ method: String,
        _ url: String,
        headers: HeaderLines = [:],
        body: [UInt8]? = nil,
        timeout: Duration = .seconds(60),
        connection: Connection = .fresh,
        bodyLimit: Int = 64 * 1024,
        wantedHeaders: [String] = [],
        tls: TLSOptions = TLSOptions(),
        proxy: ProxyURL? = nil,
        socket: String? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.connection = connection
        self.bodyLimit = bodyLimit
        self.wantedHeaders = wantedHeaders
        self.tls = tls
        self.proxy = proxy
        self.socket = socket
    }

    /// Until the connection stands: ten seconds, or the timeout where that is less.
    var connectTimeout: Duration { min(timeout, .seconds(10)) }
}
