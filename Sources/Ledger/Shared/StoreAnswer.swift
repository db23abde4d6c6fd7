internal import HTTPClient
internal import JSON

extension Client {
    /// Sends one request to a store, and notes what its clock says.
    func ask(
        _ request: Request,
        _ clock: StoreClock,
        until cancellation: Cancellation
    ) throws(TransferError) -> Response {
        let sent = clock.moment
        let response = try send(request, until: cancellation)
        clock.note(response.headers["Date"], sent: sent)
        return response
    }
}

extension Response {
    /// What a person is told of an answer that is none of the expected ones.
    var excerpt: String {
        let text = String(decoding: body.prefix(200), as: UTF8.self).split(whereSeparator: \.isWhitespace)
        return text.isEmpty ? "HTTP \(status)" : "HTTP \(status): \(text.joined(separator: " "))"
    }

    /// The body as JSON; nil if it is none, or was longer than is read.
    var json: JSONValue? {
        guard bodyLength == body.count else { return nil }
        return try? JSONValue(parsing: body, limits: JSONLimits(bytes: longestStoreAnswer))
    }
}
