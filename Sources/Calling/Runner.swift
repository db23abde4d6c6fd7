package import Clockwork
internal import Files
package import HTTPClient
internal import Locking
internal import Schedule

/// Makes attempts: the request, and what became of it in the clockwork's words.
package final class Runner: Sendable {
    /// Where calls go, and how they are protected.
    package struct Target: Sendable {
        package var url: BaseURL
        package var tls: TLSOptions
        package var proxy: ProxyURL?
        /// The path of a Unix socket that calls go over; the URL then gives Host and path alone.
        package var socket: String?

        package init(url: BaseURL, tls: TLSOptions = TLSOptions(), proxy: ProxyURL? = nil, socket: String? = nil) {
            (self.url, self.tls, self.proxy, self.socket) = (url, tls, proxy, socket)
        }
    }

    /// An app, and what lets in there; nil: requests say nothing of who calls.
    package struct App: Sendable {
        package var target: Target
        package var token: (any Credential)?

        package init(_ target: Target, token: (any Credential)?) { (self.target, self.token) = (target, token) }
    }

    private let main: App
    /// By name; the main one's token goes to none of them.
    private let others: [String: App]
    private let headerFiles: HeaderFiles
    private let cancellation: Cancellation
    private let random: @Sendable () -> UInt64
    private let now: @Sendable () -> Reading
    /// True from the first signal on: no further request is made.
    private let isStopping: @Sendable () -> Bool
    /// Whether somebody tells traces of the requests.
    private let isTraced: Bool
    private let mask: @Sendable (String) -> String
    private let tell: @Sendable (CallingEvent) -> Void
    /// The jobs of which an unreadable `Retry-After` was told.
    private let warnedOfRetryAfter = Mutex<Set<String>>([])

    /// `mask` takes secrets out of a text from outside.
    package init(
        _ target: Target,
        token: (any Credential)?,
        others: [String: App] = [:],
        headerFiles: HeaderFiles = HeaderFiles(),
        cancellation: Cancellation,
        random: @escaping @Sendable () -> UInt64,
        now: @escaping @Sendable () -> Reading,
        isStopping: @escaping @Sendable () -> Bool = { false },
        isTraced: Bool = false,
        mask: @escaping @Sendable (String) -> String = { $0 },
        tell: @escaping @Sendable (CallingEvent) -> Void = { _ in }
    ) {
        (main, self.others) = (App(target, token: token), others)
        (self.cancellation, self.random) = (cancellation, random)
        (self.now, self.isStopping, self.mask, self.tell) = (now, isStopping, mask, tell)
        self.headerFiles = headerFiles
        self.isTraced = isTraced
    }

    /// Makes one attempt of a run, and one more at once if the token was denied and there is another; none at all where
    /// there is no token.
    ///
    /// Blocks until it has ended. `connected` is asked when the connection stands, and says whether the request may go
    /// out.
    package func make(_ attempt: Attempt, with client: Client, connected: () -> Bool) -> AttemptEnd {
        guard let app = attempt.job.target == Job.mainTarget ? main : others[attempt.job.target] else {
            return AttemptEnd(withoutApp: attempt.job.target)
        }
        // Whoever fires a run waits for its end; the clock can wait otherwise.
        switch app.token?.authorization(waits: attempt.run.trigger == .manual) {
        case nil: return make(attempt, app, nil, client, connected)
        case .success(let authorization): return make(attempt, app, authorization, client, connected)
        case .failure(let none): return AttemptEnd(none)
        }
    }

    private func make(
        _ attempt: Attempt,
        _ app: App,
        _ authorization: Authorization?,
        _ client: Client,
        _ connected: () -> Bool
    ) -> AttemptEnd {
        let sent = Secrets(authorization: authorization, headers: headerFiles.values(attempt.job))
        var end = send(attempt, 1, app.target, sent, client, connected: connected)
        if let newer = replacement(for: sent, of: attempt.job, app, after: end) {
            tell(.tokenIsTriedAgain(attempt))
            // The app has seen the run already.
            let calls = end.calls
            end = send(attempt, 2, app.target, newer, client) { !isStopping() }
            (end.requests, end.calls) = (2, calls + end.calls)
            if end.isAnswer, let authorization = newer.authorization {
                _ = app.token?.answered(end.status, to: authorization, mayReplace: false)
            }
        }
        return end
    }

    /// What a request carries that lets it in.
    private struct Secrets {
        let authorization: Authorization?
        let headers: [HeaderValue]
    }

    /// What took the place of secrets that the app denied; nil if nothing did, or nothing was denied.
    private func replacement(for sent: Secrets, of job: Job, _ app: App, after end: AttemptEnd) -> Secrets? {
        guard end.isAnswer, !isStopping() else { return nil }
        let isDenied = end.outcome == .denied
        let other = sent.authorization.flatMap { app.token?.answered(end.status, to: $0, mayReplace: isDenied) }
        let headers = isDenied ? headerFiles.values(job) : sent.headers
        guard other != nil || headers != sent.headers else { return nil }
        return Secrets(authorization: other ?? sent.authorization, headers: headers)
    }

    /// `request` counts those of this attempt.
    private func send(
        _ attempt: Attempt,
        _ request: Int,
        _ target: Target,
        _ secrets: Secrets,
        _ client: Client,
        connected: () -> Bool
    ) -> AttemptEnd {
        // An all-zero span is invalid (W3C Trace Context §3.2.2.4).
        let span = max(1, random())
        let begin = now()
        var end = self.end(
            of: answer(to: attempt, request, target, span, secrets, client, connected: connected),
            attempt
        )
        // What never left is no call.
        guard isTraced, !end.isOwnLimit, end.wasSent || end.outcome != .aborted else { return end }
        end.calls = [
            AttemptEnd.Call(
                span: span,
                began: begin.now,
                took: now().uptime - begin.uptime,
                outcome: end.outcome,
                status: end.status
            )
        ]
        return end
    }

    private func answer(
        to attempt: Attempt,
        _ request: Int,
        _ target: Target,
        _ span: UInt64,
        _ secrets: Secrets,
        _ client: Client,
        connected: () -> Bool
    ) -> Result<Response, TransferError> {
        let job = attempt.job
        let number = attempt.number + request - 1
        var headers = HeaderLines(attempt, number: number, span: span, secrets: secrets.headers)
        if let authorization = secrets.authorization {
            headers.add("Authorization") { value in
                value.append(utf8Of: authorization.scheme.rawValue)
                value.append(UInt8(ascii: " "))
                value.append(utf8Of: authorization.value.reveal)
            }
        }
        let request = Request(
            job.method,
            target.url.text + Template.filledPath(of: attempt),
            headers: headers,
            body: job.body.map { Array(Template.filled($0, for: attempt).utf8) },
            timeout: job.timeout,
            tls: target.tls,
            proxy: target.proxy,
            socket: target.socket
        )
        do throws(TransferError) {
            return .success(try client.send(request, until: cancellation, connected: connected))
        } catch {
            return .failure(error)
        }
    }

    // MARK: - What became of it

    /// As much of an answer is told.
    private static let longestExcerpt = 200

    private func end(of answer: Result<Response, TransferError>, _ attempt: Attempt) -> AttemptEnd {
        switch answer {
        case .success(let response):
            let verdict = Verdict(response, for: attempt.job)
            var end = AttemptEnd(verdict.outcome)
            (end.reason, end.items) = (mask(verdict.reason), verdict.items)
            end.status = response.status
            end.retryAfter = response.retryAfter.flatMap { heeded($0, attempt) }
            end.bytes = response.bodyLength
            // Who fires a run by hand wants to see what a good answer says; nobody else is told.
            if end.outcome != .ok || attempt.run.trigger == .manual {
                end.excerpt = excerpt(String(decoding: response.body, as: UTF8.self))
            }
            if (300...399).contains(response.status) {
                // Its query may hold what is not ours to tell.
                end.location = response.location.map { excerpt($0) { $0 != "?" && $0 != "#" } }
            }
            return end
        case .failure(let error):
            var end = AttemptEnd(Outcome(error.kind))
            end.isOwnLimit = error.kind == .limited
            end.wasSent = error.requestWasSent
            end.excerpt = mask(error.detail)
            return end
        }
    }

    /// Masked before it is cut: a cut through a token would leave a part that no search finds.
    private func excerpt(
        _ text: String,
        atMost longest: Int = longestExcerpt,
        while isWanted: (Unicode.Scalar) -> Bool = { _ in true }
    ) -> String {
        let masked = mask(text).unicodeScalars
        return String(String.UnicodeScalarView(masked.prefix(longest).prefix(while: isWanted)))
    }

    /// Never negative, and a day at most; nil for what makes no sense.
    private func heeded(_ retryAfter: RetryAfter, _ attempt: Attempt) -> Duration? {
        let day = Duration.seconds(86_400)
        switch retryAfter {
        case .seconds(let seconds): return min(.seconds(seconds), day)
        case .date(let seconds): return min(max(.zero, Moment(seconds: seconds) - now().now), day)
        case .unreadable(let text):
            if warnedOfRetryAfter.withLock({ $0.insert(attempt.job.name).inserted }) {
                tell(.retryAfterIsUnreadable(attempt, excerpt(text, atMost: 40)))
            }
            return nil
        }
    }
}

extension AttemptEnd {
    /// No request was made: nobody knows where to; the settings have seen to it that this is never so.
    fileprivate init(withoutApp name: String) {
        self.init(.aborted)
        (wasSent, excerpt) = (false, "there is no SCHEDULER_TARGET_ of the name \(name)")
    }

    /// One that was not made.
    fileprivate init(_ none: NoToken) {
        self.init(.unreachable)
        (wasSent, lacksToken, excerpt) = (false, true, "no token: \(none.reason)")
    }
}

extension [UInt8] {
    mutating func append(utf8Of text: String) {
        var text = text
        text.withUTF8 { unsafe append(contentsOf: $0) }
    }
}
