/// Where the sidecar stands in its life; readiness and the status page read it from here.
package enum Life: Sendable, Equatable {
    /// Another sidecar has the state.
    case standby
    /// The state is read.
    case loading
    /// The first runs come after this, on the clock that only goes forward.
    case grace(until: Duration)
    /// The wall clock stands before the program was built, so that nothing begins.
    case clockNotBelieved
    case running
    /// Nothing begins any more; what is in flight may end.
    case draining
    case ended

    /// Whether it is known what the state says.
    package var isLoaded: Bool {
        switch self {
        case .standby, .loading: false
        case .grace, .clockNotBelieved, .running, .draining, .ended: true
        }
    }

    /// Whether nothing begins any more.
    package var isOver: Bool { self == .draining || self == .ended }
}
