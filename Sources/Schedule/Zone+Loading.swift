extension Zone {
    /// Reads the zone of this IANA name; `UTC` needs no directory.
    ///
    /// For many jobs use a `ZoneCache`: this reads the file each time.
    package init(named name: String, in directory: ZoneDirectory) throws(ZoneError) {
        try ZoneName.check(name)
        if name == Zone.utc.name {
            self = .utc
            return
        }
        let bytes: [UInt8]
        do throws(ZoneDirectory.Fault) {
            bytes = try directory.contents(of: name)
        } catch {
            throw Self.fault(error, name, directory)
        }
        do throws(TZif.Fault) {
            self.init(name: name, data: try TZif.read(bytes))
        } catch {
            throw error == .notTZif
                ? .notAZoneFile(name: name, directory: directory.path)
                : .damaged(name: name, directory: directory.path, reason: error.description)
        }
    }

    private static func fault(_ fault: ZoneDirectory.Fault, _ name: String, _ directory: ZoneDirectory) -> ZoneError {
        let path = directory.path
        switch fault {
        case .missing:
            let names = [Zone.utc.name] + directory.names()
            let meant = ZoneAbbreviation.zones(name).filter(names.contains)
            if meant.count > 1 { return .ambiguous(name: name, zones: meant) }
            let near = meant.first ?? NearestName.of(name, in: names)
            return near == nil && !directory.exists
                ? .noDirectory(name: name, directory: path)
                : .unknown(name: name, directory: path, near: near)
        case .notAFile: return .notAZoneFile(name: name, directory: path)
        case .tooLarge: return .damaged(name: name, directory: path, reason: "it is too large")
        case .system(let number): return .unreadable(name: name, directory: path, reason: "errno \(number)")
        }
    }
}

/// Reads each zone once, good or bad, so that 100 000 jobs share one copy of their few zones.
package struct ZoneCache: Sendable {
    package let directory: ZoneDirectory
    private var known: [String: Result<Zone, ZoneError>] = [:]

    package init(directory: ZoneDirectory) { self.directory = directory }

    package mutating func zone(named name: String) throws(ZoneError) -> Zone {
        if let known = known[name] { return try known.get() }
        let result = Result { () throws(ZoneError) in try Zone(named: name, in: directory) }
        known[name] = result
        return try result.get()
    }
}
