package import Clockwork
internal import Files
package import HTTPClient
internal import JSON
internal import Locking
package import Schedule
internal import Threads

/// Sends what goes elsewhere, one after the other, on a thread of its own; nothing waits for it.
///
/// Requests carry nothing of the app's: no token, no client certificate, no proxy, no identity; redirects are answers.
package final class Courier: Sendable {
    /// What is sent again and again while there is reason to.
    package struct Heartbeat: Sendable {
        package var notice: Notice
        package var interval: Duration
        package var isDue: @Sendable () -> Bool

        package init(
            _ notice: Notice,
            every interval: Duration = .seconds(60),
            while isDue: @escaping @Sendable () -> Bool
        ) {
            (self.notice, self.interval, self.isDue) = (notice, interval, isDue)
        }
    }

    private struct State {
        var queue = NoticeQueue()
        var isStarted = false
        var isStopped = false
        /// What is due later is given up.
        var end: Duration?
        var nextBeat = Duration.zero
        /// Addresses that said that they are gone.
        var gone: Set<String> = []
        /// What was told to be in trouble, until it answers.
        var troubled: Set<String> = []
    }

    private let tls: TLSOptions
    private let heartbeat: Heartbeat?
    private let time: @Sendable () -> Reading
    private let patience: Duration
    private let mask: @Sendable (String) -> String
    private let tell: @Sendable (CallingEvent) -> Void
    private let count: @Sendable (Notice.Kind, Notice.Result) -> Void
    private let answered: @Sendable (Notice, Notice.Result) -> Void
    private let pool = WorkerPool(width: 1) { Client() }
    private let state = Mutex(State())
    private let bell = Semaphore()
    private let cancellation = Cancellation()

    /// Whoever asks for more patience gets no second try: what it would tell is old then.
    private static let longestPause = Duration.seconds(3_600)

    /// `count`, `answered` and `tell` are called on the courier's own thread for the most part; `answered` only of what is
    /// over for good.
    package init(
        tls: TLSOptions = TLSOptions(),
        heartbeat: Heartbeat? = nil,
        time: @escaping @Sendable () -> Reading,
        patience: Duration = .seconds(10),
        mask: @escaping @Sendable (String) -> String = { $0 },
        tell: @escaping @Sendable (CallingEvent) -> Void = { _ in },
        count: @escaping @Sendable (Notice.Kind, Notice.Result) -> Void = { _, _ in },
        answered: @escaping @Sendable (Notice, Notice.Result) -> Void = { _, _ in }
    ) {
        (self.tls, self.heartbeat, self.time, self.patience) = (tls, heartbeat, time, patience)
        (self.mask, self.tell, self.count, self.answered) = (mask, tell, count, answered)
    }

    /// Begins with the heartbeat, if there is one; all else begins with the first notice.
    package func start() {
        guard heartbeat != nil, !begin() else { return }
        if let notice = heartbeat?.notice { fail(notice, .lost, "there is no thread to send it") }
    }

    /// Takes a notice to be sent soon; never waits.
    package func send(_ notice: Notice) {
        guard begin() else { return fail(notice, .lost, "there is no thread to send it") }
        let dropped = state.withLock { state -> Notice? in
            guard !state.isStopped, !state.gone.contains(notice.address.reveal) else { return nil }
            return state.queue.add(notice)
        }
        bell.post()
        if let dropped { fail(dropped, .lost, "too many wait to be sent") }
    }

    /// Notices that are not sent yet.
    package var waiting: Int { state.withLock { $0.queue.count } }

    /// Begins nothing new, and gives up what would only be tried later than that.
    package func finish(by end: Duration) {
        let lost = state.withLock { state in
            state.end = end
            return state.queue.remove { $0.due > end }
        }
        for notice in lost { count(notice.kind, .lost) }
    }

    /// Gives up what is not sent, and ends the thread.
    package func stop() {
        state.withLock { state in
            state.isStopped = true
            _ = state.queue.remove { _ in true }
        }
        bell.post()
        cancellation.cancel()
        pool.stop()
        pool.join()
    }

    // MARK: - The thread

    /// Whether there is a thread, or need not be one any more.
    private func begin() -> Bool {
        let isFirst = state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted
        }
        guard isFirst, pool.submit({ [self] in work($0) }) != nil else { return true }
        state.withLock { $0.isStarted = false }
        return false
    }

    private enum Step { case send(NoticeQueue.Item), wait(Duration?), end }

    private func work(_ client: Client) {
        while true {
            while bell.isTaken() {}
            switch step() {
            case .send(let item): deliver(item, with: client)
            case .wait(let longest): _ = bell.wait(atMost: longest)
            case .end: return
            }
        }
    }

    private func step() -> Step {
        let now = time().uptime
        let isDue = heartbeat?.isDue() ?? false
        return state.withLock { state in
            if state.isStopped { return .end }
            var wake: Duration?
            if let heartbeat, state.end == nil {
                if now >= state.nextBeat {
                    state.nextBeat = now + heartbeat.interval
                    if isDue, !state.gone.contains(heartbeat.notice.address.reveal) {
                        _ = state.queue.add(heartbeat.notice)
                    }
                }
                wake = state.nextBeat
            }
            if let item = state.queue.next(at: now) { return .send(item) }
            wake = [wake, state.queue.nextDue(after: now)].compactMap { $0 }.min()
            return .wait(wake.map { max(.zero, $0 - now) })
        }
    }

    private func deliver(_ item: NoticeQueue.Item, with client: Client) {
        let notice = item.notice
        switch Delivery(attempt(notice, client), at: time().now) {
        case .taken: take(notice)
        case .aborted: state.withLock { $0.queue.finish() }
        case .failed(let result, let why, let retry):
            if item.tries == 0, let retry, retry <= Self.longestPause, putBack(item, in: retry) { return }
            fail(notice, result, why)
        case .gone(let why):
            state.withLock { state in
                state.gone.insert(notice.address.reveal)
                _ = state.queue.remove { $0.notice.address == notice.address }
            }
            fail(notice, .refused, why, isForGood: true)
        }
        state.withLock { $0.queue.finish() }
    }

    /// What one try comes to.
    package func attempt(_ notice: Notice, _ client: Client) -> Swift.Result<Response, TransferError> {
        var headers: HeaderLines = ["User-Agent": Version.userAgent]
        if let type = notice.contentType { headers.add("Content-Type", type) }
        let request = Request(
            notice.method,
            notice.url.reveal,
            headers: headers,
            body: notice.body,
            timeout: patience,
            bodyLimit: 4_096,
            tls: tls
        )
        do throws(TransferError) {
            return .success(try client.send(request, until: cancellation))
        } catch {
            return .failure(error)
        }
    }

    /// False if it would come too late.
    private func putBack(_ item: NoticeQueue.Item, in pause: Duration) -> Bool {
        let due = time().uptime + pause
        return state.withLock { state in
            guard !state.isStopped, state.end.map({ due < $0 }) ?? true else { return false }
            state.queue.putBack(item, due: due)
            return true
        }
    }

    // MARK: - What became of it

    private func take(_ notice: Notice) {
        count(notice.kind, .sent)
        answered(notice, .sent)
        let isNews = state.withLock { state in
            let names = [Self.trouble(notice, .refused), Self.trouble(notice, .lost)]
            return names.map { state.troubled.remove($0) != nil }.contains(true)
        }
        if isNews { tell(.noticeIsTaken(notice)) }
    }

    private func fail(_ notice: Notice, _ result: Notice.Result, _ why: String, isForGood: Bool = false) {
        count(notice.kind, result)
        answered(notice, result)
        let isNews = state.withLock { $0.troubled.insert(Self.trouble(notice, result)).inserted }
        guard isNews || isForGood else { return }
        tell(.noticeFailed(notice, result, why: excerpt(why), isForGood: isForGood))
    }

    /// An answer is an address's own; where there is none, its host is what is told of.
    private static func trouble(_ notice: Notice, _ result: Notice.Result) -> String {
        "\(result == .lost ? notice.kind.rawValue + " " + notice.shown : notice.address.reveal)"
    }

    /// Masked before it is cut.
    package func excerpt(_ text: String) -> String {
        String(String.UnicodeScalarView(mask(text).unicodeScalars.prefix(211)))
    }
}

/// What one try comes to, decided.
package enum Delivery: Equatable {
    case taken
    /// `retry`: when a second try may help; nil: never.
    case failed(Notice.Result, why: String, retry: Duration?)
    /// 404, 410: nobody is there any more.
    case gone(why: String)
    /// By our own stop.
    case aborted

    private static let pause = Duration.seconds(2)

    package init(_ answer: Swift.Result<Response, TransferError>, at now: Moment) {
        switch answer {
        case .failure(let error):
            self = error.kind == .aborted ? .aborted : .failed(.lost, why: error.detail, retry: Self.pause)
        case .success(let response):
            let why = "HTTP \(response.status) - " + String(decoding: response.body, as: UTF8.self)
            switch response.status {
            case 200...299: self = .taken
            case 404, 410: self = .gone(why: why)
            case 408, 425, 429, 500...599:
                self = .failed(.refused, why: why, retry: Self.pause(response, now) ?? Self.pause)
            default: self = .failed(.refused, why: why, retry: nil)
            }
        }
    }

    /// As the header says it, or as Discord does in its body.
    private static func pause(_ response: Response, _ now: Moment) -> Duration? {
        switch response.retryAfter {
        case .seconds(let seconds): return .seconds(min(seconds, 86_400))
        case .date(let seconds): return max(.zero, Moment(seconds: seconds) - now)
        case .unreadable: return nil
        case nil: break
        }
        guard response.status == 429, let json = try? JSONValue(parsing: response.body) else { return nil }
        let seconds: Double? =
            switch json["retry_after"] {
            case .integer(let whole): Double(whole)
            case .number(let text): Double(text)
            default: nil
            }
        return seconds.flatMap { (0...86_400).contains($0) ? .milliseconds(Int($0 * 1_000)) : nil }
    }
}
