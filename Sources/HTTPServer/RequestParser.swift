/// Bytes → `Request`, strictly (RFC 9112); pure, fed piece by piece, each byte looked at once.
///
/// Memory is bounded by the limits: what would exceed them is refused before it is stored.
package struct RequestParser: Sendable {
    package enum Progress: Sendable, Equatable {
        case incomplete
        /// Bytes that follow the request are ignored: there is one request per connection.
        case complete(Request)
    }

    private enum Part { case start, requestLine, headers, body }

    private let limits: Limits
    private var part = Part.start
    private var line: [UInt8] = []
    private var headerBytes = 0
    private var head = RequestHead()
    private var body: [UInt8] = []
    private var bodyLength = 0

    package init(limits: Limits) {
        self.limits = limits
    }

    /// Whether any byte has arrived.
    package var hasBegun: Bool { part != .start || !line.isEmpty }

    /// Whether the refused or unfinished request asks for an answer without a body.
    package var isHead: Bool { head.method == "HEAD" }

    /// Whether the client waits for `100 Continue` before it sends the body (RFC 9110 section 10.1.1).
    package var awaitsContinue: Bool { part == .body && body.isEmpty && head.expectsContinue }

    /// Takes the next bytes of the connection.
    package mutating func feed(_ bytes: ArraySlice<UInt8>) throws(Refusal) -> Progress {
        var rest = bytes
        while part != .body, let byte = rest.popFirst() {
            if try endsLine(byte), let request = try finishLine() { return .complete(request) }
        }
        guard part == .body else { return .incomplete }
        body += rest.prefix(bodyLength - body.count)
        return body.count == bodyLength ? .complete(head.request(body: body)) : .incomplete
    }

    /// Adds one byte to the current line; true when the line is whole.
    private mutating func endsLine(_ byte: UInt8) throws(Refusal) -> Bool {
        let afterReturn = line.last == .carriageReturn
        if byte == .lineFeed {
            // RFC 9112 section 2.2 allows a lone LF as a line end; two readings of one text are a smuggler's tool.
            guard afterReturn else { throw .bareLineEnd }
            line.removeLast()
            return true
        }
        if afterReturn { throw .bareLineEnd }
        switch part {
        case .start, .requestLine:
            // At once, so that a TLS hello is not waited for until its time is up.
            guard byte == .carriageReturn || (byte >= 0x20 && byte < 0x7F) else { throw .malformedRequestLine }
            guard line.count < limits.requestLineBytes || byte == .carriageReturn else {
                throw .requestLineTooLong(limit: limits.requestLineBytes)
            }
        case .headers, .body:
            headerBytes += 1
            guard headerBytes <= limits.headerBytes else { throw .headersTooLong(limit: limits.headerBytes) }
        }
        line.append(byte)
        return false
    }

    /// Uses up the current line; the request, if it ends here.
    private mutating func finishLine() throws(Refusal) -> Request? {
        defer { line.removeAll(keepingCapacity: true) }
        switch part {
        case .start where line.isEmpty:
            part = .requestLine  // RFC 9112 section 2.2: one empty line before the request is forgiven.
        case .start, .requestLine:
            try head.takeRequestLine(line)
            part = .headers
        case .headers where line.isEmpty:
            bodyLength = try head.bodyLength()
            if bodyLength == 0 { return head.request(body: []) }
            guard bodyLength <= limits.bodyBytes else { throw .bodyTooLong(limit: limits.bodyBytes) }
            part = .body
        case .headers:
            guard head.headers.count < limits.headerCount else { throw .tooManyHeaders(limit: limits.headerCount) }
            try head.takeHeaderLine(line)
        case .body:
            break
        }
        return nil
    }
}

extension UInt8 {
    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")
}
