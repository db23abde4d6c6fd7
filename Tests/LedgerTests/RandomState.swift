import Clockwork
import Schedule
import TestSupport

@testable import Ledger

/// Facts and states as they may be, from a seed.
struct RandomState {
    var random: SplitMix

    init(seed: UInt64) { random = SplitMix(seed: seed) }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    mutating func id() -> RunID { RunID(random.next(), random.next()) }

    mutating func moment() -> Moment {
        let choices: [Int32] = [0, 0, 123_000_000, 999_999_999, 1, 120_000]
        let nanoseconds = choices[number(0...5)]
        let edges = RecordFields.believed
        return switch number(0...20) {
        case 0: Moment(seconds: edges.lowerBound + 100_000)
        case 1: Moment(seconds: edges.upperBound - 100_000, nanoseconds: nanoseconds)
        default: Moment(seconds: 1_780_000_000 + Int64(number(0...100_000_000)), nanoseconds: nanoseconds)
        }
    }

    mutating func optionalMoment() -> Moment? { number(0...2) == 0 ? nil : moment() }

    mutating func one<Value>(of values: [Value]) -> Value { values[number(0...values.count - 1)] }

    /// A clock may have gone back between the two.
    private mutating func slotAndBegin() -> (Moment, Moment) {
        let slot = moment()
        return (slot, slot + .milliseconds(number(-50_000_000...10_000_000)))
    }

    mutating func begin(_ id: RunID? = nil) -> RunBegin {
        let (slot, at) = slotAndBegin()
        return RunBegin(
            id: id ?? self.id(),
            slot: slot,
            trigger: one(of: Run.Trigger.allCases),
            at: at,
            attempt: number(1...4)
        )
    }

    private mutating func end() -> AttemptEnd {
        var end = AttemptEnd(.ok)
        end.items = one(of: [nil, 0, 7, 1 << 53 - 1])
        return end
    }

    mutating func run(_ id: RunID? = nil) -> RunRecord {
        let (slot, began) = slotAndBegin()
        return RunRecord(
            id: id ?? self.id(),
            slot: slot,
            trigger: one(of: Run.Trigger.allCases),
            began: began,
            attempts: number(1...9),
            outcome: one(of: Outcome.allCases),
            status: one(of: [0, 200, 503]),
            milliseconds: number(0...900_000),
            lateMilliseconds: number(0...1_000),
            end: end()
        )
    }

    mutating func hold() -> Hold {
        let from = moment()
        return Hold(from: from, until: from + .seconds(number(0...900)), reason: one(of: Hold.Reason.allCases))
    }

    mutating func optionalHold() -> Hold? { number(0...2) == 0 ? hold() : nil }

    mutating func pause() -> Pause {
        let from = moment()
        return Pause(from: from, until: from + .seconds(number(0...999)), note: text())
    }

    mutating func incident() -> Incident? {
        guard number(0...3) > 0 else { return nil }
        var incident = Incident(slot: moment(), since: moment())
        (incident.failures, incident.last) = (number(0...9), moment())
        incident.run = number(0...1) == 0 ? nil : id()
        (incident.opened, incident.told, incident.closed) = (optionalMoment(), optionalMoment(), optionalMoment())
        return incident
    }

    mutating func text() -> String {
        one(of: [
            "", "-", "UTC", "Europe/Prague", "every 15m", "cron 0 5 * * 1", "a\"b\\c", "line\nbreak\r\t\u{0}",
            "háčky 日本",
            "=", " ", #"\x41"#, "x=\"", #"""#, #"\"#, "run=0 job=x",
        ])
    }

    mutating func name() -> String {
        let number = number(0...9)
        return one(of: ["a", "data-refresh", "session-processor:usage", "Session_Processor.Usage", "X-\(number)"])
    }

    mutating func configuration() -> Fact.Configuration {
        Fact.Configuration(schedule: text(), zone: text(), seen: optionalMoment(), last: optionalMoment())
    }

    /// Whatever a file may hold, also what no facts lead to.
    mutating func job() -> JobState {
        var state = JobState(name: name())
        (state.schedule, state.zone, state.seen) = (text(), text(), optionalMoment())
        (state.last, state.hold) = (optionalMoment(), optionalHold())
        if state.last != nil { state.highest = optionalMoment() }
        if number(0...2) == 0 {
            let previous = optionalMoment()
            state.inFlight = .init(begin(), previous: previous, previousHighest: previous.map { _ in moment() })
        }
        if number(0...2) == 0 { state.unfinished = run() }
        for _ in 0..<number(0...JobState.keptRuns) { state.runs.append(run()) }
        state.lastSuccess = optionalMoment()
        state.consecutiveFailures = number(0...99)
        if number(0...3) == 0 { state.gone = moment() }
        if number(0...3) == 0 { (state.pause, state.skips) = (pause(), number(0...9)) }
        return state
    }

    mutating func book() -> Book { Book((0..<number(0...3)).map { _ in job() }) }

    /// Something that happens to a job of the book, or to another one; mostly it makes sense there.
    mutating func fact(_ book: Book) -> Fact {
        let name = name()
        let (flight, between) = (book[name]?.inFlight?.begin.id, book[name]?.unfinished?.id)
        return switch number(0...18) {
        case 17: .trouble(name, incident())
        case 18: .closing(name, incident())
        case 15: .paused(name, pause())
        case 16: .skips(name, left: number(0...9), slot: optionalMoment())
        case 0: .gone(name, at: moment())
        case 1: number(0...3) == 0 ? .dropped(name) : .configured(name, configuration())
        case 2: .configured(name, configuration())
        case 3: .withdrawn(name, flight ?? id())
        case 4: .passed(name, slot: moment())
        case 5...8: .began(name, begin(number(0...3) == 0 ? flight : between))
        case 9...10: .failed(name, run(number(0...4) == 0 ? nil : flight), optionalHold())
        default: .ended(name, run(number(0...4) == 0 ? nil : flight ?? between), optionalHold())
        }
    }
}

/// Text of facts, and back.
enum StateText {
    static func bytes(_ facts: [Fact], header: Bool = true) -> [UInt8] {
        var writer = RecordWriter()
        if header { writer.header() }
        for fact in facts { writer.append(fact) }
        return writer.bytes
    }

    static func bytes(_ book: Book) -> [UInt8] { RecordFile.text(of: book) }

    /// A job as a compacted file has it.
    static func bytes(_ state: JobState, header: Bool = true) -> [UInt8] {
        var writer = RecordWriter()
        if header { writer.header() }
        writer.append(state)
        return writer.bytes
    }

    /// A sound record of any payload.
    static func line(_ payload: String) -> [UInt8] { RecordFile.record(Array(payload.utf8)) }

    /// `piece` is how many bytes a read gives at most.
    static func read(_ bytes: [UInt8], piece: Int = .max) -> (book: Book, tally: RecordReader.Tally) {
        RecordFile.tallied(bytes, piece: piece)
    }
}
