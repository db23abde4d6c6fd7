import Foundation
import Locking

/// Carries bytes to a port of the loopback and back, until it is told to do worse; it goes with its owner.
package final class FaultyRelay: Sendable {
    package enum Behaviour: Sendable, Equatable {
        case pass
        /// Closes each new connection at once.
        case refuse
        /// Takes requests, and passes neither them nor anything else on.
        case silence
        /// Passes so many requests on, and closes where the answer would come; then as `pass`.
        case loseAnswers(Int)
        /// Passes each piece of an answer on after so many milliseconds.
        case delay(Int)
    }

    private final class Book: Sendable {
        let behaviour = Mutex(Behaviour.pass)
        let connections = Mutex(0)

        /// Whether the answer that has come is to be lost.
        func loses() -> Bool {
            behaviour.withLock { behaviour in
                guard case .loseAnswers(let count) = behaviour else { return false }
                behaviour = count > 1 ? .loseAnswers(count - 1) : .pass
                return true
            }
        }
    }

    private let book = Book()
    private let listener: RawListener

    package init(to target: UInt16) throws {
        let book = book
        listener = try RawListener { client in
            book.connections.withLock { $0 += 1 }
            if book.behaviour.withLock({ $0 }) == .refuse { return client.endWithReset() }
            guard let server = try? RawListener.Connection(to: target) else { return }
            let isOver = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                while case let bytes = server.read(), !bytes.isEmpty {
                    if book.loses() { break }
                    if case .delay(let milliseconds) = book.behaviour.withLock({ $0 }) {
                        Thread.sleep(forTimeInterval: Double(milliseconds) / 1_000)
                    }
                    client.send(bytes)
                }
                client.shutDown()
                isOver.signal()
            }
            while case let bytes = client.read(), !bytes.isEmpty {
                if book.behaviour.withLock({ $0 }) != .silence { server.send(bytes) }
            }
            server.shutDown()
            isOver.wait()
            server.end()
        }
    }

    package var port: UInt16 { listener.port }
    package var url: String { listener.url }

    /// How many there were.
    package var connections: Int { book.connections.withLock { $0 } }

    package func set(_ behaviour: Behaviour) { book.behaviour.withLock { $0 = behaviour } }
}
