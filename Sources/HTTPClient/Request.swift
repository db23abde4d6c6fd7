/// One HTTP request to be sent once.
package struct Request: Sendable {
    /// The method as it goes over the wire; upper case.
    package var method: String
    /// Absolute http or https URL.
    package var url: String
    package var headers: HeaderLines
    package var body: [UInt8]?
    /// For the whole attempt, from name resolution to the last byte of the answer.
    package var timeout: Duration
    package var tls: TLSOptions
    /// Nil: straight to the target, whatever the environment says of proxies.
    package var proxy: ProxyURL?

    package init(
        _ method: String,
        _ url: String,
        headers: HeaderLines = [:],
        body: [UInt8]? = nil,
        timeout: Duration = .seconds(60),
        tls: TLSOptions = TLSOptions(),
        proxy: ProxyURL? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.tls = tls
        self.proxy = proxy
    }

    /// Until the connection stands: ten seconds, or the timeout where that is less.
    var connectTimeout: Duration { min(timeout, .seconds(10)) }
}
