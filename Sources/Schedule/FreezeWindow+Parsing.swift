extension FreezeWindow {
    /// Reads `<calendar schedule> for <duration> [tz=ZONE]` or `<RFC 3339>/<RFC 3339>`.
    ///
    /// `zone` is that of windows that name none; `seed` enters the values of `H`.
    package init(
        parsing text: String,
        in zone: Zone,
        seed: String = "",
        zones: inout ZoneCache
    ) throws(FreezeFaults) {
        let words = Schedule.words(of: text)
        guard text.utf8.count <= Schedule.longestText else {
            throw FreezeFaults(faults: [.tooLong(bytes: text.utf8.count)])
        }
        guard let first = words.first else { throw FreezeFaults(faults: [.empty]) }
        if Self.beginsWithDate(first) {
            try self.init(moments: words)
        } else {
            try self.init(words: words, zone, seed, &zones)
        }
    }

    private static func beginsWithDate(_ word: Substring) -> Bool {
        let bytes = Array(word.utf8.prefix(5))
        return bytes.count == 5 && bytes[4] == UInt8(ascii: "-")
            && bytes[..<4].allSatisfy { (0x30...0x39).contains($0) }
    }

    // MARK: - A schedule and a duration

    private init(
        words: [Substring],
        _ standardZone: Zone,
        _ seed: String,
        _ zones: inout ZoneCache
    ) throws(FreezeFaults) {
        var faults: [FreezeError] = []
        let names = words.filter { $0.hasPrefix("tz=") }.map { String($0.dropFirst(3)) }
        let rest = words.filter { !$0.hasPrefix("tz=") }
        let split = rest.firstIndex(of: "for") ?? rest.count
        let schedule = Self.schedule(rest[..<split], &faults)
        let duration = Self.duration(rest[split...].dropFirst(), &faults)
        var zone = standardZone
        if names.count > 1 { faults.append(.twoZones) }
        if let name = names.first {
            do throws(ZoneError) { zone = try zones.zone(named: name) } catch { faults.append(.zone(error)) }
        }
        guard faults.isEmpty, let schedule, let duration else { throw FreezeFaults(faults: faults) }
        let timetable = Timetable(schedule, in: zone, hashKey: HashKey(seed: seed))
        kind = .repeated(FreezeRecurrence(timetable, .seconds(duration.seconds)))
        (startZone, endZone, zoneName) = (zone, zone, names.first)
        text = "\(rest[..<split].joined(separator: " ")) for \(duration)"
    }

    private static func schedule(_ words: ArraySlice<Substring>, _ faults: inout [FreezeError]) -> Schedule? {
        guard let first = words.first else {
            faults.append(.noSchedule)
            return nil
        }
        guard !["every", "@every"].contains(first.lowercased()) else {
            faults.append(.elapsedTime)
            return nil
        }
        do throws(ScheduleError) {
            return try Schedule(parsing: words.joined(separator: " "))
        } catch {
            switch error {
            case .unknownKind: faults.append(.unknownSchedule(text: String(first)))
            // Other words for it.
            case .writeInstead(_, let instead) where instead.hasPrefix("every"): faults.append(.elapsedTime)
            default: faults.append(.schedule(error))
            }
            return nil
        }
    }

    private static func duration(_ words: ArraySlice<Substring>, _ faults: inout [FreezeError]) -> Interval? {
        guard let first = words.first else {
            faults.append(.noDuration)
            return nil
        }
        do throws(ScheduleError) {
            let duration = try Interval(parsing: String(first))
            if duration.seconds == 0 { faults.append(.noTime(text: String(first))) }
            if duration.seconds > longestDays * 86_400 { faults.append(.tooMuchTime(text: String(first))) }
            if let extra = words.dropFirst().first { faults.append(.extraText(text: String(extra))) }
            return duration
        } catch {
            if case .intervalTooLong(let text) = error {
                faults.append(.tooMuchTime(text: text))
            } else {
                faults.append(.schedule(error))
            }
            return nil
        }
    }

    // MARK: - Two moments

    private init(moments words: [Substring]) throws(FreezeFaults) {
        var faults: [FreezeError] = []
        if words.contains(where: { $0.hasPrefix("tz=") }) { faults.append(.zoneBesideMoments) }
        let text = words.filter { !$0.hasPrefix("tz=") }.joined(separator: " ").uppercased()
        let ends = text.split(separator: "/", omittingEmptySubsequences: false)
            .map { Schedule.words(of: String($0)).joined(separator: "T") }
        guard ends.count == 2 else { throw FreezeFaults(faults: faults + [.notTwoMoments(ends.count)]) }
        let moments = ends.compactMap { Self.moment($0, &faults) }
        guard faults.isEmpty, moments.count == 2 else { throw FreezeFaults(faults: faults) }
        guard moments[0] < moments[1] else {
            throw FreezeFaults(faults: [moments[0] == moments[1] ? .sameMoment : .backwards])
        }
        kind = .once(from: moments[0], to: moments[1])
        (startZone, endZone) = (Self.zone(moments[0], ends[0]), Self.zone(moments[1], ends[1]))
        zoneName = nil
        self.text = ends.joined(separator: "/")
    }

    private static func moment(_ text: String, _ faults: inout [FreezeError]) -> Moment? {
        do throws(ScheduleError) {
            return try Moment(parsing: text)
        } catch {
            faults.append((try? Moment(parsing: text + "Z")) == nil ? .moment(error) : .noOffset(text: text))
            return nil
        }
    }

    /// The offset that a moment was written with, as a zone.
    private static func zone(_ moment: Moment, _ text: String) -> Zone {
        guard text.last != "Z" else { return .utc }
        let local = (try? Moment(parsing: text.dropLast(6) + "Z")) ?? moment
        return Zone(name: String(text.suffix(6)), data: ZoneData(constant: (local - moment).components.seconds))
    }
}
