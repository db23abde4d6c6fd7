// A libFuzzer target over the HTTP request parser. It is compiled together with the parser's sources, so that it
// sees what is internal; `make fuzz` runs it for a bounded time.
//
// The first byte chooses where the rest is cut: however a request arrives, in one piece or many, it is the same one.

/// One input, from libFuzzer; always 0.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard let piece = bytes.first else { return 0 }
    let rest = Array(bytes.dropFirst())
    let whole = outcome(of: rest, piece: max(1, rest.count))
    precondition(outcome(of: rest, piece: 1) == whole, "cut into bytes it is another request")
    precondition(outcome(of: rest, piece: max(1, Int(piece))) == whole, "cut into pieces it is another request")
    return 0
}

private enum Outcome: Equatable {
    case incomplete
    case complete(Request)
    case refused(Refusal)
}

/// Small, so that inputs reach them.
private var limits: Limits {
    var limits = Limits()
    limits.requestLineBytes = 64
    limits.headerBytes = 256
    limits.headerCount = 4
    limits.bodyBytes = 64
    return limits
}

private func outcome(of bytes: [UInt8], piece: Int) -> Outcome {
    var parser = RequestParser(limits: limits)
    var rest = bytes[...]
    while !rest.isEmpty {
        do throws(Refusal) {
            if case .complete(let request) = try parser.feed(rest.prefix(piece)) {
                check(request)
                return .complete(request)
            }
        } catch {
            precondition(!error.description.isEmpty)
            precondition((400...599).contains(error.status))
            return .refused(error)
        }
        rest = rest.dropFirst(piece)
    }
    return .incomplete
}

private func check(_ request: Request) {
    precondition(request.body.count <= limits.bodyBytes)
    precondition(request.headers.count <= limits.headerCount)
    precondition(!request.method.isEmpty && !request.path.isEmpty)
    let texts = [request.method, request.target] + request.headers.flatMap { [$0.name, $0.value] }
    for text in texts {
        precondition(!text.utf8.contains { $0 == 0 || $0 == 10 || $0 == 13 }, "a line end inside \(text)")
    }
}
