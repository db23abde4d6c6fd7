/// One answer.
///
/// `Content-Length`, `Connection: close` and `Date` are added when it is written.
package struct Response: Sendable, Equatable {
    package var status: Int
    package var headers: [Header]
    package var body: [UInt8]

    package init(status: Int, headers: [Header] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A line of plain text.
    package static func text(_ status: Int, _ text: String) -> Response {
        Response(
            status: status,
            headers: [Header("Content-Type", "text/plain; charset=utf-8")],
            body: Array((text + "\n").utf8)
        )
    }
}

extension Response {
    /// The status line and the header section, with the blank line after it.
    ///
    /// `contentLength` replaces the body's own length; nil leaves the field out. For answers sent in raw pieces.
    package func head(contentLength: Int?, extra: [Header] = []) -> [UInt8] {
        head(contentLength: contentLength, extra: extra, date: .now)
    }

    private func head(contentLength: Int?, extra: [Header], date: HTTPDate) -> [UInt8] {
        var text = "HTTP/1.1 \(status) \(Self.reason(of: status))\r\n"
        let framing = ["content-length", "connection", "transfer-encoding"]
        let given = headers.filter { !framing.contains($0.name.lowercased()) }
        var fields = given + extra
        if !given.contains(where: { $0.name.lowercased() == "date" }) {
            fields.append(Header("Date", date.description))
        }
        if let contentLength { fields.append(Header("Content-Length", String(contentLength))) }
        fields.append(Header("Connection", "close"))
        for field in fields { text += "\(field.name): \(Self.oneLine(field.value))\r\n" }
        return Array((text + "\r\n").utf8)
    }

    /// The whole message.
    ///
    /// For HEAD the same header section without the body (RFC 9110 section 9.3.2).
    package func bytes(forHead isHead: Bool = false) -> [UInt8] {
        bytes(forHead: isHead, date: .now)
    }

    func bytes(forHead isHead: Bool, date: HTTPDate) -> [UInt8] {
        // RFC 9110 section 8.6: neither length nor body with 1xx and 204; RFC 9112 section 6.3: no body with 304.
        let hasLength = status >= 200 && status != 204
        let hasBody = hasLength && status != 304 && !isHead
        let head = head(contentLength: hasLength ? body.count : nil, extra: [], date: date)
        return hasBody ? head + body : head
    }

    /// A value that cannot end its line, whatever it was made from.
    private static func oneLine(_ value: String) -> String {
        String(String.UnicodeScalarView(value.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    }

    /// The reason phrase of RFC 9110 section 15; no recipient may rely on it.
    private static func reason(of status: Int) -> String {
        reasons[status] ?? "Status"
    }

    private static let reasons: [Int: String] = [
        200: "OK", 201: "Created", 202: "Accepted", 204: "No Content",
        301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
        307: "Temporary Redirect", 308: "Permanent Redirect",
        400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
        408: "Request Timeout", 409: "Conflict", 410: "Gone", 411: "Length Required", 413: "Content Too Large",
        414: "URI Too Long", 422: "Unprocessable Content", 423: "Locked", 429: "Too Many Requests",
        431: "Request Header Fields Too Large",
        500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
        504: "Gateway Timeout", 505: "HTTP Version Not Supported",
    ]
}
