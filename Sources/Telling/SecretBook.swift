package import Files
internal import Locking

/// Everything that must not appear in a log; a token that replaces another is added while the program runs.
package final class SecretBook: Sendable {
    private struct State {
        var fixed: [Secret] = []
        /// By what they came from.
        var rotated: [String: [Secret]] = [:]
        /// Those of the jobs as they are, and as they were before: a call that is open may still echo one.
        var values: [Secret] = []
        var formerValues: [Secret] = []
        var search = SecretSearch([], wholeOnly: false)
        /// For our own texts.
        var ownSearch = SecretSearch([], wholeOnly: true)

        mutating func change(_ body: (inout Self) -> Void) {
            body(&self)
            let own = (fixed + rotated.values.joined()).map(\.reveal)
            search = SecretSearch(own + (values + formerValues).map(\.reveal), wholeOnly: false)
            ownSearch = SecretSearch(own, wholeOnly: true)
        }
    }

    private let state = Mutex(State())

    /// Of the tokens that came from one place while the program ran, so many stay: an answer can only echo what was sent
    /// to it.
    private static let longestMemory = 100

    package init(_ secrets: [Secret] = []) {
        state.withLock { state in state.change { $0.fixed = secrets } }
    }

    /// Adds a token that others have come before from the same place, and more may follow.
    package func addToken(_ token: Secret, from place: String = "") {
        state.withLock { state in
            var tokens = state.rotated[place] ?? []
            guard tokens.last != token else { return }
            tokens.removeAll { $0 == token }
            tokens.append(token)
            if tokens.count > Self.longestMemory { tokens.removeFirst() }
            state.change { $0.rotated[place] = tokens }
        }
    }

    /// Takes the values of the jobs' headers; they are masked in texts from outside alone, as many are common words.
    package func replaceValues(_ values: [Secret]) {
        state.withLock { state in
            guard state.values != values else { return }
            state.change { ($0.formerValues, $0.values) = ($0.values, values) }
        }
    }

    var search: SecretSearch { state.withLock { $0.search } }

    var ownSearch: SecretSearch { state.withLock { $0.ownSearch } }

    package var secrets: [Secret] { state.withLock { $0.fixed + $0.rotated.values.joined() } }
}
