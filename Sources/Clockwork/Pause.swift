package import Schedule

/// A time in which no slot of a job is run, because somebody asked for it.
///
/// The last one is kept after its end: what passed in it is not missed.
package struct Pause: Sendable, Equatable {
    package var from: Moment
    package var until: Moment
    package var note: String

    package init(from: Moment, until: Moment, note: String = "") {
        (self.from, self.until, self.note) = (from, until, note)
    }

    /// Nothing is paused for longer.
    package static let longest = Duration.seconds(30 * 86_400)
    package static let longestNote = 200

    /// Whether nothing starts at this time; also on a clock that has gone back since.
    package func isOn(at now: Moment) -> Bool { now < until }

    package func holds(_ slot: Moment) -> Bool { from <= slot && slot < until }
}

/// Why a run is not made by hand.
package enum FireRefusal: Error, Sendable, Equatable {
    case unknownJob
    /// A call is open, or about to be.
    case running(for: Duration)
    case betweenAttempts
    /// A run by hand waits already, for so long.
    case waiting(for: Duration, Obstacle)
    case held(for: Duration, Hold.Reason)
    case paused(Pause)
    case frozen(FreezeSpan)
    /// Nothing begins now, whoever asks.
    case life(Life)
    /// The wall clock stands before the build date.
    case clock
}
