import Dispatch

/// Runs what is due, in order of time, on one queue: a thousand waiting calls hold one thread.
struct Later: Sendable {
    private let queue = DispatchQueue(label: "later")

    /// Zero runs it at once, on the caller's thread.
    func after(milliseconds: Int, _ body: @escaping @Sendable () -> Void) {
        if milliseconds == 0 { return body() }
        queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: body)
    }

    /// Repeats until the body says false; the first time at once.
    func each(milliseconds: Int, _ body: @escaping @Sendable () -> Bool) {
        guard body() else { return }
        after(milliseconds: milliseconds) { each(milliseconds: milliseconds, body) }
    }
}
