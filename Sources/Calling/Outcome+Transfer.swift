internal import Clockwork
internal import HTTPClient

extension Outcome {
    /// What a call that got no answer came to.
    init(_ kind: TransferError.Kind) {
        switch kind {
        // What our own machine refuses never got to the app either.
        case .unreachable, .limited: self = .unreachable
        case .timeout: self = .timeout
        case .tls: self = .tls
        case .broken: self = .broken
        case .aborted: self = .aborted
        }
    }
}
