/// How a run or an attempt ended: one word, the same in logs, metrics and state.
package enum Outcome: String, Sendable, CaseIterable {
    case ok, busy, throttled, denied, rejected, redirected, failed, timeout, unreachable, tls, broken, aborted
    /// In flight when the sidecar was killed; what became of it is not known.
    case interrupted

    /// What an HTTP status says; one outside 200 to 599 makes no sense as a final answer.
    package init(status: Int) {
        switch status {
        case 200...299: self = .ok
        case 304: self = .rejected
        case 300...399: self = .redirected
        case 408, 425: self = .failed
        case 409, 423: self = .busy
        case 429, 503: self = .throttled
        case 401, 403: self = .denied
        case 400...499: self = .rejected
        case 500...599: self = .failed
        default: self = .broken
        }
    }

    /// Whether someone should look; `aborted` and `interrupted` are the sidecar's own doing.
    package var isFailure: Bool {
        switch self {
        case .ok, .busy, .aborted, .interrupted: false
        case .throttled, .denied, .rejected, .redirected, .failed, .timeout, .unreachable, .tls, .broken: true
        }
    }
}
