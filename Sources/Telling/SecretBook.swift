package import Files
internal import Locking

/// Everything that must not appear in a log; a token that replaces another is added while the program runs.
package final class SecretBook: Sendable {
    private struct State {
        var fixed: [Secret] = []
        var rotated: [Secret] = []
        /// As bytes, the longest first, so that no secret that holds another is left in part.
        var needles: [[UInt8]] = []
        /// Those that are looked for in our own texts as well.
        var longNeedles: [[UInt8]] = []
    }

    private let state = Mutex(State())

    /// Of the tokens that came while the program ran, so many stay: an answer can only echo what was sent to it.
    private static let longestMemory = 100

    package init(_ secrets: [Secret] = []) {
        state.withLock { state in
            state.fixed = secrets
            Self.sort(&state)
        }
    }

    package func add(_ secret: Secret) {
        state.withLock { state in
            state.fixed.append(secret)
            Self.sort(&state)
        }
    }

    /// Adds a token that others have come before, and more may follow.
    package func addToken(_ token: Secret) {
        state.withLock { state in
            guard state.rotated.last != token else { return }
            state.rotated.removeAll { $0 == token }
            state.rotated.append(token)
            if state.rotated.count > Self.longestMemory { state.rotated.removeFirst() }
            Self.sort(&state)
        }
    }

    var needles: [[UInt8]] { state.withLock { $0.needles } }

    var longNeedles: [[UInt8]] { state.withLock { $0.longNeedles } }

    package var secrets: [Secret] { state.withLock { $0.fixed + $0.rotated } }

    private static func sort(_ state: inout State) {
        let texts = Set(Set(state.fixed + state.rotated).flatMap { SecretForms.all(of: $0.reveal) })
        state.needles = texts.map { Array($0.utf8) }.filter { !$0.isEmpty }.sorted { $0.count > $1.count }
        state.longNeedles = state.needles.filter { $0.count >= Redactor.shortestInOwn }
    }
}
