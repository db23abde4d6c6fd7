internal import Calling
internal import Clockwork

/// What connects the decisions with the threads that carry them out.
extension Core {
    /// Hands attempts to threads.
    func start(_ attempts: some Sequence<Attempt>, _ callers: Callers) {
        for attempt in attempts {
            if let number = callers.start(attempt, listener(callers)) { refused(attempt, number: number) }
        }
    }

    /// What callers tell; a thread that is free makes the next attempt itself.
    private func listener(_ callers: Callers) -> Callers.Listener {
        Callers.Listener(
            connected: connected,
            ended: { [self] attempt, begin, end in
                let next = ended(attempt, begin, end)
                start(next.dropFirst(), callers)
                return next.first
            }
        )
    }
}
