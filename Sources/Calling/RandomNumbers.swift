internal import CLinux
internal import Glibc
internal import Locking

/// The system's random numbers, fetched some at a time: a run needs four, and a call of the kernel for each takes longer
/// than to write the run's headers.
package final class RandomNumbers: RandomNumberGenerator, Sendable {
    private let left = Mutex<[UInt64]>([])

    package init() {}

    package func next() -> UInt64 { one() }

    package func one() -> UInt64 {
        left.withLock { left in
            if left.isEmpty { left = Self.fetched() }
            return left.removeLast()
        }
    }

    /// getrandom(2) gives up to 256 bytes in one piece, whatever signal comes.
    private static func fetched() -> [UInt64] {
        var numbers = [UInt64](repeating: 0, count: 32)
        let count = unsafe numbers.withUnsafeMutableBytes { unsafe getrandom($0.baseAddress, $0.count, 0) }
        // A kernel or a filter without the call: the standard library knows other ways.
        return count == 256 ? numbers : [.random(in: 0 ... .max)]
    }
}
