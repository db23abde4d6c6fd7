internal import Glibc
internal import Locking

/// Writes whole lines to a descriptor, and never waits for who reads them.
///
/// A pipe whose reader is stuck would otherwise stop the clock. Lines that find no room wait in memory up to a limit;
/// past that they are dropped, and a line tells how many once there is room again.
///
/// One thread writes at a time, without keeping the others from going on: what they have to say it writes as well.
package final class LineOutput: Sendable {
    struct State {
        var waiting: [UInt8] = []
        /// Empty: memory that was written from, and takes the place of `waiting` next time.
        var spare: [UInt8] = []
        /// Bytes that are being written; they count as waiting, since they may come back.
        var inHand = 0
        /// Whether a thread is about to write all that waits.
        var hasWriter = false
        var dropped = 0
        var failure: Int32?
    }

    private let channel: Channel
    private let limit: Int
    private let waits: Bool
    private let dropNote: @Sendable (Int) -> [UInt8]
    private let state = Mutex(State())
    /// Held while something is written, so that bytes keep their order.
    private let pen = Mutex(())

    /// `limit` is the number of bytes that may wait; with `waits` none do, and a write ends when all is written.
    ///
    /// `dropNote` is the line that tells how many lines were dropped.
    package init(
        descriptor: Int32,
        limit: Int = 1 << 20,
        waits: Bool = false,
        dropNote: @escaping @Sendable (Int) -> [UInt8] = {
            Array("\(counted($0, "log line")) dropped: nobody read the log\n".utf8)
        }
    ) {
        channel = Channel(descriptor, waits: waits)
        self.dropNote = dropNote
        self.limit = waits ? .max : limit
        self.waits = waits
    }

    package func write(_ text: String) { write(Array(text.utf8)) }

    package func write(_ line: [UInt8]) {
        var place = add(line)
        if place == .nowhere {
            flush()
            place = add(line)
        }
        switch place {
        case .first: writeOut()
        case .behind: if waits { flush() }
        case .nowhere: state.withLock { $0.dropped += 1 }
        }
    }

    /// Where a line has got to.
    private enum Place {
        /// Its thread is the one that writes.
        case first
        /// Another thread is about to write it.
        case behind
        /// There is no room for it.
        case nowhere
    }

    /// Why a line could not be written, as on a full disk; nil if all were.
    package var failure: String? {
        state.withLock { $0.failure }.map { unsafe String(cString: strerror($0)) }
    }

    /// Writes what waits, as far as there is room; true if nothing waits any more.
    @discardableResult
    package func flush() -> Bool {
        // The loop comes here again and again, and nearly always for nothing.
        state.withLock({ $0.isIdle }) || writeOut()
    }

    /// The last flush: waits for a reader who is slow, but not for one who takes nothing for a second.
    package func drain(atMost longest: Duration, uptime: () -> Duration) {
        let end = uptime() + longest
        while !flush(), uptime() < end, channel.waitForRoom(milliseconds: 1_000) {}
    }

    /// Answers as `flush` does.
    @discardableResult
    private func writeOut() -> Bool {
        pen.withLock { _ in
            while true {
                var bytes = state.withLock { $0.take() }
                let (sent, failure) = channel.send(bytes)
                bytes.removeFirst(sent)
                switch state.withLock({ $0.putBack(&bytes, failure, dropNote) }) {
                case .more: continue
                case .done: return true
                case .stuck: return false
                }
            }
        }
    }

    private func add(_ line: [UInt8]) -> Place {
        state.withLock { state in
            guard state.waiting.count + state.inHand + line.count <= limit else { return .nowhere }
            state.waiting.append(contentsOf: line)
            defer { state.hasWriter = true }
            return state.hasWriter ? .behind : .first
        }
    }
}

extension LineOutput.State {
    enum Next { case more, done, stuck }

    /// Whether nothing waits and nobody writes.
    var isIdle: Bool { waiting.isEmpty && inHand == 0 && dropped == 0 && !hasWriter }

    mutating func take() -> [UInt8] {
        var bytes: [UInt8] = []
        swap(&bytes, &waiting)
        swap(&waiting, &spare)
        inHand = bytes.count
        return bytes
    }

    /// More than this is given back to the system.
    private static let mostSpare = 8_192

    mutating func putBack(_ rest: inout [UInt8], _ failure: Int32?, _ dropNote: (Int) -> [UInt8]) -> Next {
        inHand = 0
        if let failure { self.failure = failure }
        if !rest.isEmpty {
            waiting = rest + waiting
            hasWriter = false
            return .stuck
        }
        if rest.capacity <= Self.mostSpare { swap(&rest, &spare) }
        if waiting.isEmpty, dropped > 0 {
            waiting = dropNote(dropped)
            dropped = 0
        }
        guard waiting.isEmpty else { return .more }
        hasWriter = false
        return .done
    }
}
