internal import Files

/// The one token of all jobs, and when the next is fetched: a value, on a clock that only goes forward.
struct TokenLife {
    struct Token: Equatable {
        let value: Secret
        let number: Int
        let end: Duration
        /// The app has answered 403 to it.
        var isForbidden = false

        var authorization: Authorization { Authorization(value, number: number) }
    }

    /// What to do now.
    enum Step: Equatable {
        case fetch
        /// For so long, or until something happens.
        case wait(Duration)
        /// It has ended, and why there is no other.
        case lost(String)
    }

    /// What a fetch that failed means.
    enum Failure: Equatable {
        /// There is no token.
        case lost
        /// The one that is there goes on for so long; `isFirst`: the failures begin.
        case notRenewed(Duration, isFirst: Bool)
    }

    enum Denial: Equatable {
        /// That one has come since.
        case use(Authorization)
        /// One is being fetched.
        case wait
        case nothing
    }

    /// One that ends sooner is not used: it could end on its way.
    static let leeway = Duration.seconds(30)

    /// Why the last fetch failed; nil: it did not.
    private(set) var reason: String?
    /// Fetches that have ended.
    private(set) var fetches: UInt64 = 0
    private var token: Token?
    private var number = 0
    private var isFetching = false
    private var next = Duration.zero
    private var failures = 0
    /// Denials in a row, and until when another one changes nothing.
    private var denials = 0
    private var deniedUntil = Duration.zero

    /// What requests may carry.
    func usable(at now: Duration) -> Token? {
        guard let token, token.end - now >= Self.leeway else { return nil }
        return token
    }

    /// Whether a fetch is under way, or begins at once.
    func isFetching(at now: Duration) -> Bool { isFetching || next <= now }

    mutating func step(at now: Duration) -> Step {
        if next <= now {
            isFetching = true
            return .fetch
        }
        guard let token else { return .wait(next - now) }
        guard usable(at: now) != nil else {
            self.token = nil
            return .lost(reason ?? "it has ended")
        }
        // The millisecond after the last one in which it is of use.
        return .wait(min(next, token.end - Self.leeway + .milliseconds(1)) - now)
    }

    /// `begin` is when it was asked for: it may have been made right then.
    mutating func fetched(_ answer: TokenAnswer, begin: Duration) {
        number += 1
        let end = begin + answer.life
        token = Token(value: answer.token, number: number, end: end)
        next = min(begin + answer.life * 4 / 5, end - Self.leeway)
        (reason, failures) = (nil, 0)
        endFetch()
    }

    mutating func failed(_ why: String, at now: Duration) -> Failure {
        next = now + Self.pause(failures)
        failures += 1
        reason = why
        endFetch()
        if let token = usable(at: now) { return .notRenewed(token.end - Self.leeway - now, isFirst: failures == 1) }
        token = nil
        return .lost
    }

    private mutating func endFetch() {
        isFetching = false
        fetches += 1
    }

    /// 1, 2, 4 … 30 s.
    private static func pause(_ count: Int) -> Duration { .seconds(min(30, 1 << min(count, 5))) }

    // MARK: - What the app says of it

    /// Any other answer than a denial.
    mutating func accepted(_ number: Int) {
        if token?.number == number { denials = 0 }
    }

    /// 401, or 403: that may mean that the token has ended as well, and for each token it is believed once.
    ///
    /// It is dropped, and another one fetched, which is denied as well where it is the app that says no: then not again
    /// at once, or each run would fetch one.
    mutating func denied(_ number: Int, _ status: Int, mayReplace: Bool, at now: Duration) -> Denial {
        if let token = usable(at: now), token.number > number { return .use(token.authorization) }
        guard let token, token.number == number else { return isFetching(at: now) ? .wait : .nothing }
        let isKnown = status == 403 && token.isForbidden
        if status == 403 { self.token?.isForbidden = true }
        guard mayReplace, !isKnown, denials == 0 || now >= deniedUntil else { return .nothing }
        deniedUntil = now + Self.pause(denials)
        denials += 1
        self.token = nil
        next = now
        return .wait
    }

    /// Somebody asks for another try.
    mutating func hurry(at now: Duration) {
        if token == nil, !isFetching { next = min(next, now) }
    }
}
