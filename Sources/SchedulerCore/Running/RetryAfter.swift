internal import HTTPClient
internal import Schedule

extension RetryAfter {
    /// The wait from `now`, never negative and a day at most; nil for a value that makes no sense.
    func wait(from now: Moment) -> Duration? {
        let day = Duration.seconds(86_400)
        switch self {
        case .seconds(let seconds): return min(.seconds(seconds), day)
        case .date(let seconds): return min(max(.zero, Moment(seconds: seconds) - now), day)
        case .unreadable: return nil
        }
    }
}
