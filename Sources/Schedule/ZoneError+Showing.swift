extension ZoneError {
    /// The same fault with less of the name that came in, as `show` has it.
    package func showing(_ show: (String) -> String) -> ZoneError {
        switch self {
        case .empty, .placeholder, .zulu: self
        case .malformed(let name): .malformed(name: show(name))
        case .fixedOffset(let name): .fixedOffset(name: show(name))
        case .leapSeconds(let name): .leapSeconds(name: show(name))
        case .machineDependent(let name): .machineDependent(name: show(name))
        case .ambiguous(let name, let zones): .ambiguous(name: show(name), zones: zones)
        case .unknown(let name, let directory, let near): .unknown(name: show(name), directory: directory, near: near)
        case .noDirectory(let name, let directory): .noDirectory(name: show(name), directory: directory)
        case .notAZoneFile(let name, let directory): .notAZoneFile(name: show(name), directory: directory)
        case .damaged(let name, let directory, let reason):
            .damaged(name: show(name), directory: directory, reason: reason)
        case .unreadable(let name, let directory, let reason):
            .unreadable(name: show(name), directory: directory, reason: reason)
        }
    }
}
