package import Clockwork
internal import Files
package import HTTPClient
internal import JSON
internal import Locking
internal import Schedule
internal import Threads

/// Sends spans in batches, on a thread of its own; nothing waits for it, and a dead collector costs nothing.
///
/// Requests carry nothing of the app's, like those of the `Courier`.
package final class TraceCourier: Sendable {
    private struct State {
        var queue = SpanQueue()
        var isStarted = false
        var isStopped = false
        /// What is not sent then is given up.
        var end: Duration?
        var isTroubled = false
        var failures = 0
    }

    private let traces: Traces
    private let tls: TLSOptions
    private let time: @Sendable () -> Reading
    private let mask: @Sendable (String) -> String
    private let tell: @Sendable (CallingEvent) -> Void
    private let count: @Sendable (_ isSent: Bool, Int) -> Void
    private let pool = WorkerPool(width: 1) { Client() }
    private let state = Mutex(State())
    private let bell = Semaphore()
    private let cancellation = Cancellation()

    /// `count` and `tell` are called on the courier's own thread for the most part.
    package init(
        _ traces: Traces,
        tls: TLSOptions = TLSOptions(),
        time: @escaping @Sendable () -> Reading,
        mask: @escaping @Sendable (String) -> String = { $0 },
        tell: @escaping @Sendable (CallingEvent) -> Void = { _ in },
        count: @escaping @Sendable (Bool, Int) -> Void = { _, _ in }
    ) {
        (self.traces, self.tls, self.time, self.mask) = (traces, tls, time, mask)
        (self.tell, self.count) = (tell, count)
    }

    /// Takes the spans that a fact ends; never waits.
    package func note(_ fact: Fact) {
        let spans = Span.ended(by: fact, at: traces.targets, mask: mask)
        guard !spans.isEmpty else { return }
        let now = time().uptime
        let (dropped, isDue, isFirst) = state.withLock { state -> (Int, Bool, Bool) in
            guard !state.isStopped else { return (spans.count, false, false) }
            let wasEmpty = state.queue.count == 0
            let dropped = state.queue.add(spans, at: now)
            let isFirst = !state.isStarted
            state.isStarted = true
            return (dropped, wasEmpty || state.queue.count % SpanQueue.batch < spans.count, isFirst)
        }
        if dropped > 0 { count(false, dropped) }
        // Tried again with the next span if the system has no thread.
        if isFirst, pool.submit({ [self] in work($0) }) != nil { state.withLock { $0.isStarted = false } }
        if isDue { bell.post() }
    }

    /// Whether there is something to be sent.
    package var isBusy: Bool { state.withLock { $0.isStarted && !$0.queue.isEmpty } }

    /// Sends at once what there is, and gives up what is not taken by then.
    package func finish(by end: Duration) {
        state.withLock { $0.end = end }
        bell.post()
    }

    /// Gives up what is not sent, and ends the thread.
    package func stop() {
        state.withLock { $0.isStopped = true }
        bell.post()
        cancellation.cancel()
        pool.stop()
        pool.join()
        let lost = state.withLock { $0.queue.removeAll() }
        if lost > 0 { count(false, lost) }
    }

    // MARK: - The thread

    private enum Step { case send([Span], within: Duration), wait(Duration?), end }

    private func work(_ client: Client) {
        while true {
            while bell.isTaken() {}
            switch step() {
            case .send(let spans, let patience): send(spans, within: patience, client)
            case .wait(let longest): _ = bell.wait(atMost: longest)
            case .end: return
            }
        }
    }

    private func step() -> Step {
        let now = time().uptime
        return state.withLock { state in
            if state.isStopped { return .end }
            guard let due = state.queue.due(isEnding: state.end != nil) else { return .wait(nil) }
            if due > now { return .wait(due - now) }
            let left = state.end.map { $0 - now } ?? traces.timeout
            guard left > .zero else { return .wait(nil) }
            return .send(state.queue.take(), within: min(left, traces.timeout))
        }
    }

    private func send(_ spans: [Span], within patience: Duration, _ client: Client) {
        var headers: HeaderLines = ["User-Agent": Version.userAgent, "Content-Type": "application/json"]
        for (name, value) in traces.headers { headers.add(name, value.reveal) }
        let request = Request(
            "POST",
            traces.url,
            headers: headers,
            body: traces.body(spans),
            timeout: patience,
            bodyLimit: 4_096,
            tls: tls
        )
        let result: Swift.Result<Response, TransferError>
        do throws(TransferError) {
            result = .success(try client.send(request, until: cancellation))
        } catch {
            result = .failure(error)
        }
        settle(spans, SpanDelivery(result, at: time().now))
    }

    /// Longer pauses from failure to failure, where the collector asks for none.
    private static let pauses: [Duration] = [.seconds(1), .seconds(2), .seconds(5), .seconds(10), .seconds(30)]

    private func settle(_ spans: [Span], _ delivery: SpanDelivery) {
        let now = time().uptime
        switch delivery {
        case .taken(let rejected, let why):
            let wasTroubled = state.withLock { state in
                state.queue.finish(at: now)
                state.failures = 0
                guard rejected == 0 else { return false }
                defer { state.isTroubled = false }
                return state.isTroubled
            }
            let lost = min(spans.count, rejected)
            if spans.count > lost { count(true, spans.count - lost) }
            if lost > 0 { count(false, lost) }
            if wasTroubled { tell(.tracesAreTaken(traces)) }
            if lost > 0 { trouble("\(lost) of \(spans.count) spans were rejected: \(why)") }
        case .again(let pause, let why):
            let dropped = state.withLock { state in
                let usual = Self.pauses[min(state.failures, Self.pauses.count - 1)]
                state.failures += 1
                // At the end there is no other time.
                guard state.end == nil else {
                    state.queue.finish(at: now)
                    return spans.count
                }
                return state.queue.putBack(spans, notBefore: now + (pause ?? usual), at: now)
            }
            if dropped > 0 { count(false, dropped) }
            trouble(why)
        case .lost(let why):
            state.withLock { $0.queue.finish(at: now) }
            count(false, spans.count)
            if let why { trouble(why) }
        }
    }

    private func trouble(_ why: String) {
        let isNews = state.withLock { state in
            defer { state.isTroubled = true }
            return !state.isTroubled
        }
        if isNews { tell(.tracesAreLost(traces, why: String(mask(why).prefix(211)))) }
    }
}

/// What became of a batch, decided (OTLP/HTTP: opentelemetry-proto, docs/specification.md).
enum SpanDelivery: Equatable {
    case taken(rejected: Int, why: String)
    /// Once more, after that pause if it names one.
    case again(after: Duration?, why: String)
    /// Nil: by our own stop.
    case lost(why: String?)

    private static let longestPause = 300

    init(_ answer: Swift.Result<Response, TransferError>, at now: Moment) {
        switch answer {
        case .failure(let error): self = .lost(why: error.kind == .aborted ? nil : error.detail)
        case .success(let response):
            let body = String(decoding: response.body, as: UTF8.self)
            let why = "HTTP \(response.status) - \(body)"
            switch response.status {
            case 200...299: self = Self.taken(response)
            case 429, 502, 503, 504: self = .again(after: Self.pause(response, now), why: why)
            case 400, 415:
                self = .lost(why: "HTTP \(response.status), as where only protobuf is taken and this is JSON: \(body)")
            default: self = .lost(why: why)
            }
        }
    }

    private static func taken(_ response: Response) -> SpanDelivery {
        let partial = (try? JSONValue(parsing: response.body))?["partialSuccess"]
        var rejected = 0
        switch partial?["rejectedSpans"] {
        case .string(let text): rejected = Int(text) ?? 0
        case .integer(let number): rejected = number
        default: break
        }
        var why = ""
        if case .string(let text) = partial?["errorMessage"] { why = text }
        return .taken(rejected: max(0, rejected), why: why)
    }

    private static func pause(_ response: Response, _ now: Moment) -> Duration? {
        switch response.retryAfter {
        case .seconds(let seconds): .seconds(min(seconds, longestPause))
        case .date(let seconds): min(max(.zero, Moment(seconds: seconds) - now), .seconds(longestPause))
        case .unreadable, nil: nil
        }
    }
}
