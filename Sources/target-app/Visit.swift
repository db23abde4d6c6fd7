import HTTPServer
import Schedule

/// One call from arrival to end: what it answers goes out and into the log.
struct Visit: Sendable {
    let request: Request
    private let reply: Reply
    private let calls: CallLog
    private let id: CallLog.ID
    /// What becomes of an answer when its work is done.
    var afterwards: Fault.Afterwards?

    init(request: Request, reply: Reply, calls: CallLog, report: @escaping @Sendable (CallReport) -> Void) {
        self.request = request
        self.reply = reply
        self.calls = calls
        let id = calls.begin(Call(request, start: .now))
        self.id = id
        let start = ContinuousClock.now
        reply.whenOver { ending in
            let status = calls.end(id, at: .now)
            report(CallReport(request: request, status: status, ending: ending, time: .now - start))
        }
    }

    func answer(_ response: Response, _ later: Later) {
        switch afterwards {
        case nil: answer(response)
        case .lost: reply.end()
        case .late(let milliseconds): later.after(milliseconds: milliseconds) { answer(response) }
        }
    }

    private func answer(_ response: Response) {
        // Told to nobody is not answered.
        guard !reply.isGone else { return }
        calls.answered(id, status: response.status)
        reply.send(response)
    }

    func answer(_ response: Response, in manner: Fault.Manner, later: Later) {
        guard !reply.isGone else { return }
        if manner.hasAnswer { calls.answered(id, status: response.status) }
        let isHead = request.method == "HEAD"
        switch manner {
        case .whole: reply.send(response)
        case .drip(let milliseconds): drip(response.bytes(forHead: isHead)[...], each: milliseconds, later)
        case .truncate:
            reply.write(response.head(contentLength: response.body.count + 1_000) + (isHead ? [] : response.body))
            reply.end()
        case .endless: flood(response, later)
        // Held by its own observer until the client leaves.
        case .hang: reply.whenOver { [reply] _ in _ = reply.isGone }
        case .reset: reply.reset()
        case .close: reply.end()
        case .garbage:
            reply.write(Array("HTTP/1.1 banana\r\n\0\u{1B}[31m:: no header\r\n".utf8) + [0xFF, 0xFE, 0x0A])
            reply.end()
        }
    }

    private func drip(_ bytes: ArraySlice<UInt8>, each milliseconds: Int, _ later: Later) {
        reply.write(Array(bytes.prefix(1)))
        if bytes.count < 2 { return reply.end() }
        later.after(milliseconds: milliseconds) {
            if !reply.isGone { drip(bytes.dropFirst(), each: milliseconds, later) }
        }
    }

    /// At most 4 KiB each 10 ms, and nothing while the client does not read.
    private func flood(_ response: Response, _ later: Later) {
        reply.write(response.head(contentLength: nil, extra: [Header("Transfer-Encoding", "chunked")]))
        let chunk = Array("1000\r\n".utf8) + [UInt8](repeating: UInt8(ascii: "."), count: 4_096) + Array("\r\n".utf8)
        later.each(milliseconds: 10) { [reply] in
            if reply.waitingBytes < 65_536 { reply.write(chunk) }
            return !reply.isGone
        }
    }
}
