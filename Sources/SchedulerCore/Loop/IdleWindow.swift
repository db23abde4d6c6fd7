internal import Clockwork
internal import Schedule

/// The time from a look of the loop to the next one, in which a tick has only to see that nothing has changed.
///
/// A tick that finds nothing to do takes half the processor time without a look: it touches less memory, and after a
/// second of sleep all of that is cold.
struct IdleWindow {
    private let began: Reading
    /// When something is due, on the wall clock and on the one that only goes forward; nil for never.
    let end: (moment: Moment?, uptime: Duration?)

    /// By so much may the two clocks drift apart: less than any step that matters.
    static let tolerance = Duration.milliseconds(10)
    /// At least as often there is a look.
    static let longest = Duration.seconds(30)

    init(began: Reading, until end: (moment: Moment?, uptime: Duration?)) {
        self.began = began
        self.end = end
    }

    /// Whether there is still no need to look, after a sleep that nothing and nobody ended.
    func goesOn(at time: Reading, sleptThrough: Bool) -> Bool {
        let elapsed = time.uptime - began.uptime
        let drift = (time.now - began.now) - elapsed
        return sleptThrough && elapsed < Self.longest && drift <= Self.tolerance && drift >= .zero - Self.tolerance
            && end.moment.map { time.now < $0 } ?? true && end.uptime.map { time.uptime < $0 } ?? true
    }
}
