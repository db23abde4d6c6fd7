// A libFuzzer target over what reads foreign text and bytes in the Schedule room. It is compiled together with the
// room's sources, so that it sees what is internal; `make fuzz` runs it for a bounded time.
//
// The first byte chooses what the rest is fed to. Each reader must return or throw, and what it accepts must hold.

/// One input, from libFuzzer; always 0.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard let choice = bytes.first else { return 0 }
    let rest = Array(bytes.dropFirst())
    switch choice % 4 {
    case 0: fuzzSchedule(String(decoding: rest, as: UTF8.self))
    case 1: fuzzZone(rest)
    case 2: fuzzWords(String(decoding: rest, as: UTF8.self))
    default: fuzzZone(wrapped(rule: rest))
    }
    return 0
}

private let moments: [Int64] = [.min, -62_135_596_800, -1, 1_782_864_000, 4_102_444_800, 253_402_300_799, .max]

private func fuzzSchedule(_ text: String) {
    let schedule: Schedule
    do throws(ScheduleError) {
        schedule = try Schedule(parsing: text)
    } catch {
        precondition(!error.description.isEmpty)
        return
    }
    let canonical = schedule.description
    precondition((try? Schedule(parsing: canonical)) == schedule, "does not parse back: \(canonical)")
    follow(Timetable(schedule, hashKey: HashKey(seed: "seed", job: text)))
}

private func fuzzWords(_ text: String) {
    if let interval = try? Interval(parsing: text) {
        precondition((try? Interval(parsing: interval.description)) == interval)
        precondition((0...Interval.limit).contains(interval.seconds))
    }
    if let moment = try? Moment(parsing: text) {
        precondition((try? Moment(parsing: moment.description)) == moment)
    }
    let nowhere = ZoneDirectory(path: "/nonexistent")
    if let zone = try? Zone(named: text, in: nowhere) { precondition(zone == .utc) }
}

private func fuzzZone(_ bytes: [UInt8]) {
    guard let data = try? TZif.read(bytes) else { return }
    let zone = Zone(name: "Fuzz/Zone", data: data)
    for moment in moments {
        let stretch = data.stretch(at: moment)
        precondition(stretch.start <= moment && (moment < stretch.end || stretch.end == .max))
        precondition(!zone.localDescription(of: Moment(seconds: moment)).isEmpty)
    }
    for text in ["daily 02:30", "cron 30 * * * *", "cron 0 0 29 2 1"] {
        if let schedule = try? Schedule(parsing: text) { follow(Timetable(schedule, in: zone)) }
    }
}

/// A sound file whose footer is the input.
private func wrapped(rule: [UInt8]) -> [UInt8] {
    let header = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15 + 16) + [0, 0, 0, 1, 0, 0, 0, 4]
    let block = header + [0, 0, 14, 16, 0, 0] + Array("CET\0".utf8)
    return block + block + [10] + rule + [10]
}

/// The properties of slots, wherever one starts.
private func follow(_ timetable: Timetable) {
    for start in moments {
        var last = Moment(seconds: start)
        for _ in 0..<3 {
            guard let slot = timetable.next(after: last) else { break }
            precondition(slot > last, "\(timetable.schedule) does not go on at \(last)")
            precondition(timetable.latest(after: last, through: slot) == slot, "\(timetable.schedule) at \(slot)")
            last = slot
        }
    }
}
