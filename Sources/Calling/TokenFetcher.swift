package import Clockwork
package import Files
package import HTTPClient
internal import Locking
package import Schedule
internal import Threads

/// Whom a fetcher tells how things stand; on its own thread.
package struct TokenListener: Sendable {
    /// No call can be made, and why.
    package var lacks: @Sendable (_ reason: String) -> Void
    /// Calls can be made.
    package var has: @Sendable () -> Void
    /// A token was asked for; `end` is that of the one that came, as the wall clock is now.
    package var asked: @Sendable (TokenResult, _ end: Moment?) -> Void

    package init(
        lacks: @escaping @Sendable (String) -> Void,
        has: @escaping @Sendable () -> Void,
        asked: @escaping @Sendable (TokenResult, Moment?) -> Void
    ) {
        (self.lacks, self.has, self.asked) = (lacks, has, asked)
    }

    package static let nobody = TokenListener(lacks: { _ in }, has: {}, asked: { _, _ in })
}

/// Fetches the token of all jobs, one request at a time, on a thread of its own, before it is needed.
package final class TokenFetcher: Credential {
    private struct State {
        var life = TokenLife()
        var listener: TokenListener?
        var isStarted = false
        var isStopped = false
        /// It was told that the token in use is not renewed.
        var hasWarned = false
    }

    private let provider: TokenProvider
    private let tls: TLSOptions
    /// Of what proves who we are.
    private let proof: TokenSource?
    private let time: @Sendable () -> Reading
    private let cancellation: Cancellation
    private let mask: @Sendable (String) -> String
    private let learn: @Sendable (Secret) -> Void
    private let tell: @Sendable (CallingEvent) -> Void
    private let pool = WorkerPool<Void>(width: 1)
    private let state = Mutex(State())
    private let bell = Semaphore()
    /// How many fetches have ended.
    private let ended = Milestone()

    /// `learn` is told of each secret before anyone else has it.
    package init(
        _ provider: TokenProvider,
        tls: TLSOptions = TLSOptions(),
        cancellation: Cancellation = Cancellation(),
        time: @escaping @Sendable () -> Reading,
        mask: @escaping @Sendable (String) -> String = { $0 },
        learn: @escaping @Sendable (Secret) -> Void,
        tell: @escaping @Sendable (CallingEvent) -> Void = { _ in }
    ) {
        (self.provider, self.tls, self.cancellation, self.time) = (provider, tls, cancellation, time)
        (self.mask, self.learn, self.tell) = (mask, learn, tell)
        proof = provider.proof.map { TokenSource($0, learn: learn, tell: tell) }
    }

    // MARK: - Credential

    package func authorization(waits: Bool) -> Result<Authorization, NoToken> {
        let now = time().uptime
        let (token, fetch) = state.withLock { state in
            (state.life.usable(at: now), waits && state.life.isFetching(at: now) ? state.life.fetches + 1 : nil)
        }
        if let token { return .success(token.authorization) }
        if let fetch { awaitEnd(of: fetch) }
        let later = time().uptime
        return state.withLock { state in
            if let token = state.life.usable(at: later) { return .success(token.authorization) }
            return .failure(NoToken(reason: state.life.reason ?? "it is being fetched"))
        }
    }

    package func answered(_ status: Int, to sent: Authorization, mayReplace: Bool) -> Authorization? {
        guard status == 401 || status == 403 else {
            state.withLock { $0.life.accepted(sent.number) }
            return nil
        }
        let now = time().uptime
        let (denial, fetch) = state.withLock { state in
            (state.life.denied(sent.number, status, mayReplace: mayReplace, at: now), state.life.fetches + 1)
        }
        guard mayReplace else { return nil }
        switch denial {
        case .use(let newer): return newer
        case .nothing: return nil
        case .wait:
            bell.post()
            awaitEnd(of: fetch)
            let later = time().uptime
            return state.withLock { $0.life.usable(at: later)?.authorization }
        }
    }

    /// As long as a request may take, and a little more.
    private func awaitEnd(of fetch: UInt64) { ended.wait(for: fetch, atMost: TokenProvider.patience + .seconds(2)) }

    package func reopen() {
        proof?.reopen()
        let now = time().uptime
        state.withLock { $0.life.hurry(at: now) }
        bell.post()
    }

    package func start(_ listener: TokenListener) -> Bool {
        let isFirst = state.withLock { state in
            defer { (state.listener, state.isStarted) = (listener, true) }
            return !state.isStarted
        }
        guard isFirst, let number = pool.submit({ [self] in work() }) else { return true }
        state.withLock { $0.isStarted = false }
        listener.lacks("the system refused a thread (error \(number))")
        return false
    }

    package func stop() {
        state.withLock { $0.isStopped = true }
        cancellation.cancel()
        bell.post()
        ended.reach(.max)
        pool.stop()
        pool.join()
    }

    // MARK: - The thread

    private func work() {
        while let step = step() {
            switch step {
            case .fetch: fetch()
            case .wait(let longest): _ = bell.wait(atMost: longest)
            case .lost(let reason): listener?.lacks(reason)
            }
        }
        ended.reach(.max)
    }

    private var listener: TokenListener? { state.withLock { $0.listener } }

    /// Nil: it is over.
    private func step() -> TokenLife.Step? {
        while bell.isTaken() {}
        let now = time().uptime
        return state.withLock { $0.isStopped || cancellation.isCancelled ? nil : $0.life.step(at: now) }
    }

    private func fetch() {
        let begin = time()
        let (request, secrets) = provider.request(proof?.current(), tls: tls)
        for secret in secrets where !secret.reveal.isEmpty { learn(secret) }
        let answer: Result<Response, TransferError>
        do throws(TransferError) {
            // Of its own: it would lie there for an hour.
            answer = .success(try Client().send(request, until: cancellation))
        } catch {
            answer = .failure(error)
        }
        switch answer {
        case .failure(let error):
            fail(.unreachable, "is out of reach (\(error.isAnswer ? error.kind.rawValue : mask(error.detail)))")
        case .success(let response):
            do throws(TokenAnswer.Refusal) {
                take(try TokenAnswer(response, from: provider, at: time().now), begin)
            } catch {
                fail(.refused, mask(error.words))
            }
        }
    }

    private func take(_ answer: TokenAnswer, _ begin: Reading) {
        learn(answer.token)
        let (fetches, listener, hasWarned) = state.withLock { state in
            defer { state.hasWarned = false }
            state.life.fetched(answer, begin: begin.uptime)
            return (state.life.fetches, state.listener, state.hasWarned)
        }
        ended.reach(fetches)
        listener?.asked(.ok, begin.now + answer.life)
        listener?.has()
        if hasWarned { tell(.tokenIsRenewed(host: provider.host)) }
    }

    private func fail(_ result: TokenResult, _ why: String) {
        guard !cancellation.isCancelled else { return }
        let reason = "\(provider.host) \(why)"
        let now = time().uptime
        let (failure, fetches, listener) = state.withLock { state in
            let failure = state.life.failed(reason, at: now)
            // Another line tells of it from now on.
            state.hasWarned = failure != .lost
            return (failure, state.life.fetches, state.listener)
        }
        ended.reach(fetches)
        listener?.asked(result, nil)
        switch failure {
        case .lost: listener?.lacks(reason)
        case .notRenewed(let rest, isFirst: true): tell(.tokenIsNotRenewed(reason, rest: rest))
        case .notRenewed: break
        }
    }
}

extension TransferError {
    /// Whether its words may be those of an answer.
    fileprivate var isAnswer: Bool { kind == .broken }
}
