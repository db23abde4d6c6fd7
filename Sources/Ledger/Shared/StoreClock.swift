internal import HTTPClient
internal import Locking
internal import Schedule

/// How far a store's clock is from ours, by the `Date` headers of its answers.
final class StoreClock: Sendable {
    private let now: @Sendable () -> Moment
    private let last = Mutex<Duration?>(nil)

    init(_ now: @escaping @Sendable () -> Moment) { self.now = now }

    var offset: Duration? { last.withLock { $0 } }
    var moment: Moment { now() }

    /// Takes the header of an answer to a request that was sent then.
    ///
    /// The store wrote it somewhere between then and now, and it leaves out the part of the second: so half of both is
    /// the best guess, rounded to what the header can say.
    func note(_ date: String?, sent: Moment) {
        guard let date, let seconds = HTTPDate.seconds(parsing: date) else { return }
        let middle = sent + (now() - sent) / 2
        let difference = Moment(seconds: seconds, nanoseconds: 500_000_000) - middle
        let (whole, attoseconds) = difference.components
        let half: Int64 = 500_000_000_000_000_000
        let rounded = attoseconds > half ? whole + 1 : attoseconds < -half ? whole - 1 : whole
        last.withLock { $0 = .seconds(rounded) }
    }
}
