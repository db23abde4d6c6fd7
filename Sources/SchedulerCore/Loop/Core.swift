internal import Clockwork
internal import Ledger
internal import Locking
internal import Schedule

/// The clockwork as the loop, the callers and the listeners share it: decisions under the lock, effects outside.
///
/// Facts are handed to the ledger under that lock as well, so that they are kept in the order in which they were
/// decided; there it only queues them. The loop tells them to everybody else, in the same order.
///
/// Order of locks: this one, then the ledger's.
final class Core: Sendable {
    private struct State {
        var clockwork: Clockwork
        /// Facts that the loop has not told yet.
        var untold: [Fact] = []
    }

    private let state: Mutex<State>
    private let ledger: any Ledger
    private let time: TimeSource
    /// Wakes the loop.
    private let ring: @Sendable () -> Void
    /// Set by the first signal that asks for the end, before anything else is done about it.
    let isStopping = Flag()

    init(_ clockwork: Clockwork, ledger: any Ledger, time: TimeSource, ring: @escaping @Sendable () -> Void) {
        state = Mutex(State(clockwork: clockwork))
        (self.ledger, self.time, self.ring) = (ledger, time, ring)
    }

    /// The clockwork as it stands.
    var clockwork: Clockwork { state.withLock { $0.clockwork } }

    var life: Life { state.withLock { $0.clockwork.life } }
    var openRequests: Int { state.withLock { $0.clockwork.open } }
    var nextLook: (moment: Moment?, uptime: Duration?) { state.withLock { $0.clockwork.nextLook } }

    /// Has the clockwork decide something; answers the attempts to be made.
    func decide(_ body: @Sendable (inout Clockwork) -> [Order]) -> [Attempt] {
        let (attempts, isNews) = state.withLock { state -> ([Attempt], Bool) in
            let orders = body(&state.clockwork)
            let isNews = note(orders, &state).isNews
            return (Self.attempts(orders), isNews)
        }
        if isNews { ring() }
        return attempts
    }

    /// What an operator asks for: the clockwork's answer, the attempts to be made, and what `Ledger.wait` takes.
    ///
    /// The loop comes to look again, whatever has changed.
    func operate<Answer: Sendable>(
        _ body: @Sendable (inout Clockwork) -> (Answer, [Order])
    ) -> (Answer, [Attempt], number: UInt64?) {
        let result = state.withLock { state in
            let (answer, orders) = body(&state.clockwork)
            let number = note(orders, &state).number
            return (answer, Self.attempts(orders), number: number)
        }
        ring()
        return result
    }

    private static func attempts(_ orders: [Order]) -> [Attempt] {
        orders.compactMap { if case .start(let attempt) = $0 { attempt } else { nil } }
    }

    /// Everything that is to be done now.
    func look() -> [Attempt] { decide { [time] in $0.look(at: time.reading()) } }

    /// The facts that are to be told, each once.
    func takeUntold() -> [Fact] {
        state.withLock { state in
            var facts: [Fact] = []
            swap(&facts, &state.untold)
            return facts
        }
    }

    /// Has facts kept, and remembers them for the loop.
    ///
    /// `number` is what `Ledger.wait` takes for the last of them; `isNews` says that the loop has to be woken for them:
    /// where others wait to be told, it is about to come.
    private func note(_ orders: [Order], _ state: inout State) -> (number: UInt64?, isNews: Bool) {
        let facts = orders.compactMap { if case .note(let fact) = $0 { fact } else { nil } }
        let isNews = state.untold.isEmpty && !facts.isEmpty
        state.untold += facts
        guard ledger.isDurable else { return (nil, isNews) }
        return (ledger.keep(facts.compactMap { KeptFact($0) { state.clockwork.state(of: $0) } }), isNews)
    }

    // MARK: - What callers tell

    /// The attempt's connection stands: it is kept that it begins, and then its request may go out.
    func connected(_ attempt: Attempt, _ begin: Reading) -> Bool {
        guard !isStopping.isSet else { return false }
        let now = time.reading()
        let (mayGo, number, isNews) = state.withLock { state -> (Bool, UInt64?, Bool) in
            let (mayGo, orders) = state.clockwork.connected(attempt, begin: begin, at: now)
            let (number, isNews) = note(orders, &state)
            return (mayGo, number, isNews)
        }
        if isNews { ring() }
        guard mayGo else { return false }
        if let number, !ledger.wait(for: number), ledger.mustKeep { return false }
        // A slow disk may have taken its time, and nothing begins after a signal.
        return !isStopping.isSet
    }

    /// The attempt has ended; answers what is to be made next, for which its thread is free.
    func ended(_ attempt: Attempt, _ begin: Reading, _ end: AttemptEnd) -> [Attempt] {
        let now = time.reading()
        // After a signal the loop comes to the stop, and what ended unsent must not begin once more before it does.
        let mayBegin = !isStopping.isSet
        return decide { [time] clockwork in
            // The clocks of a look are read under the lock: another thread's may have been later, and none goes back.
            clockwork.ended(attempt, begin: begin, end, at: now) + (mayBegin ? clockwork.look(at: time.reading()) : [])
        }
    }

    /// The system has no thread for the attempt.
    func refused(_ attempt: Attempt, number: Int32) {
        let now = time.reading()
        _ = decide { $0.refused(attempt, number: number, at: now) }
        // Where a caller was refused it, the loop sleeps until something else is due.
        ring()
    }
}
