import Clockwork
import Schedule
import TestSupport
import Testing

@testable import Ledger

@Suite("State: the record file's text")
struct StateTextTests {
    @Test("a book and facts after it, and books written anew, read back as they were", arguments: 1...150)
    func roundTrip(_ number: Int) {
        let seed = UInt64.random(in: 0 ... .max)
        var random = RandomState(seed: seed)
        var book = random.book()
        var text = StateText.bytes(book)
        for _ in 0..<random.number(0...60) {
            let fact = random.fact(book)
            text += StateText.bytes([fact], header: false)
            book.apply(fact)
        }
        let read = StateText.read(text, piece: random.number(1...500))
        #expect(read.book == book, "seed \(seed)")
        #expect(read.tally == .init(good: read.tally.good, bytes: text.count), "seed \(seed)")
        let again = StateText.read(StateText.bytes(book))
        #expect(again.book == book, "seed \(seed)")
        #expect(again.tally.damaged == 0, "seed \(seed)")
    }

    @Test("what is only told leaves no record")
    func told() {
        let facts: [Fact] = [
            .targetIsUp("app", after: .seconds(1), waited: 2), .clockIsWrong(.epoch, buildDate: .epoch),
            .clockIsRight(.epoch),
            .clockWentBack([], .epoch),
        ]
        #expect(StateText.bytes(facts, header: false) == [])
    }

    @Test("it is text that a person can read")
    func text() {
        let id = RunID(0x1234, 0xabcdef)
        let slot = Moment(seconds: 1_763_696_695)
        var state = JobState(name: "a")
        (state.schedule, state.seen, state.last, state.highest) = ("every 15m", slot, slot, slot)
        state.inFlight = .init(
            RunBegin(id: id, slot: slot, trigger: .schedule, at: slot + .milliseconds(7), attempt: 1),
            previous: nil,
            previousHighest: nil
        )
        var other = JobState(name: "b")
        (other.schedule, other.zone) = ("daily 03:00", "UTC")
        other.hold = Hold(from: slot, until: slot + .seconds(60), reason: .throttled)
        other.unfinished = RunRecord(id: id, slot: slot, began: slot, outcome: .throttled, status: 429)
        let bytes = StateText.bytes(state) + StateText.bytes(other, header: false)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "1ccdb788 000025 scheduler-state version=1",
                "18101e96 000148 flight job=a slot=2025-11-21T03:44:55Z run=00000000000012340000000000abcdef "
                    + "trigger=schedule at=2025-11-21T03:44:55.007Z attempt=1 previous=- peak=-",
                "d9f92fce 000194 job job=a last=2025-11-21T03:44:55Z success=- failures=0 gone=- runs=0 "
                    + #"flight=00000000000012340000000000abcdef zone="" schedule="every 15m" seen="#
                    + "2025-11-21T03:44:55Z highest=2025-11-21T03:44:55Z",
                "566b14e5 000172 unfinished job=b slot=2025-11-21T03:44:55Z run=00000000000012340000000000abcdef "
                    + "trigger=schedule at=2025-11-21T03:44:55Z attempts=1 outcome=throttled status=429 ms=0 late=0",
                #"4245e720 000221 job job=b last=- success=- failures=0 gone=- runs=0 flight=- zone=UTC "#
                    + #"schedule="daily 03:00" seen=- highest=- unfinished=00000000000012340000000000abcdef "#
                    + "hold=throttled from=2025-11-21T03:44:55Z until=2025-11-21T03:45:55Z",
            ]
        )
        #expect(CRC32.sum(Array("123456789".utf8).span, 0..<9) == 0xCBF4_3926)
    }

    /// Each record of a job of its own, so that one lost record is one lost job.
    private static let sound: [(name: String, bytes: [UInt8])] = {
        var random = RandomState(seed: 7)
        let hold = Hold(from: .epoch, until: .epoch + .seconds(60), reason: .throttled)
        let configuration = Fact.Configuration(
            schedule: "daily 03:00",
            zone: "Europe/Prague",
            seen: random.moment(),
            last: random.moment()
        )
        return (0..<8).map { number in
            let name = "job-\(number)"
            let fact: Fact
            switch number {
            case 0, 3: fact = .began(name, random.begin())
            case 1: fact = .ended(name, random.run(), hold)
            case 2: fact = .configured(name, configuration)
            case 4: fact = .failed(name, random.run(), hold)
            case 5: fact = .passed(name, slot: random.moment())
            default:
                var state = JobState(name: name)
                (state.schedule, state.zone, state.seen) = ("every 1h", "UTC", random.moment())
                (state.last, state.highest, state.hold) = (random.moment(), random.moment(), hold)
                return (name, StateText.bytes(state, header: false))
            }
            return (name, StateText.bytes([fact], header: false))
        }
    }()

    @Test("a bad byte costs its record, and no other", arguments: [0x01, 0x20, 0x80, 0xFF, -10, -0, -32] as [Int])
    func oneBadByte(_ change: Int) async {
        let header = StateText.bytes([])
        let bytes = header + Self.sound.flatMap(\.bytes)
        let whole = StateText.read(bytes).book
        var start = header.count
        for (name, record) in Self.sound {
            await Task.yield()
            for index in start..<start + record.count {
                var damaged = bytes
                // A change of bits, or another byte in its place.
                damaged[index] = change > 0 ? bytes[index] ^ UInt8(change) : UInt8(-change)
                if damaged[index] == bytes[index] { continue }
                let (book, tally) = StateText.read(damaged)
                var expected = whole
                let isLineEnd = index == start + record.count - 1
                if !isLineEnd { expected.apply(.dropped(name)) }
                #expect(book == expected, "byte \(index)")
                #expect(tally.damaged > 0 && tally.good >= Self.sound.count, "byte \(index)")
            }
            start += record.count
        }
        for index in 0..<header.count {
            var damaged = bytes
            damaged[index] = change > 0 ? bytes[index] ^ UInt8(change) : UInt8(-change)
            if damaged[index] == bytes[index] { continue }
            let (book, tally) = StateText.read(damaged)
            #expect(book == whole, "byte \(index)")
            #expect(tally.damaged > 0, "byte \(index)")
        }
    }

    @Test("each value of each byte of a record: the next record is always read")
    func everyValue() async {
        let (first, second) = (Self.sound[0], Self.sound[1])
        let expected = StateText.read(second.bytes).book[second.name]
        let bytes = first.bytes + second.bytes
        for index in first.bytes.indices {
            await Task.yield()
            for value in UInt8.min ... .max where value != bytes[index] {
                var damaged = bytes
                damaged[index] = value
                let (book, tally) = StateText.read(damaged)
                let isLineEnd = index == first.bytes.count - 1
                guard book[second.name] == expected, (book[first.name] != nil) == isLineEnd, tally.damaged > 0 else {
                    Issue.record("byte \(index) as \(value)")
                    return
                }
            }
        }
    }

    @Test("cut at any byte: all records before it are read")
    func truncation() {
        let bytes = StateText.bytes([]) + Self.sound.flatMap(\.bytes)
        var ends = [StateText.bytes([]).count]
        for record in Self.sound { ends.append((ends.last ?? 0) + record.bytes.count) }
        for length in 0...bytes.count {
            let (book, tally) = StateText.read(Array(bytes.prefix(length)))
            // A record is whole without the end of its line.
            #expect(book.count == ends.dropFirst().filter { $0 - 1 <= length }.count, "\(length) bytes")
            #expect((tally.damaged == 0) == (length == 0 || ends.contains(length)), "\(length) bytes")
        }
    }

    private static let begin =
        "slot=2026-01-01T00:00:00Z run=00000000000000000000000000000001 trigger=first at=2026-01-01T00:00:00Z attempt=1"

    private static let job =
        "job job=a last=1970-01-01T00:00:00Z success=- failures=0 gone=- runs=0 flight=- zone=UTC schedule=x seen=- highest=1970-01-01T00:00:00Z"

    @Test("the records that the senseless ones are made of make sense")
    func sensible() {
        let (book, tally) = StateText.read(StateText.line(Self.job) + StateText.line("begin job=a " + Self.begin))
        #expect(tally.damaged == 0)
        #expect(book["a"]?.inFlight != nil)
    }

    private static func begins(_ field: String, _ values: [String]) -> [String] {
        let whole = begin.split(separator: " ").first { $0.hasPrefix(field + "=") }.map(String.init) ?? ""
        return values.map { "begin job=a " + begin.replacing(whole, with: "\(field)=\($0)") }
    }

    private static let senseless: [String] = {
        var payloads = [
            "begin", "begin job=a", "begin job= \(begin)", "withdrawn job=a run=1", "end job=a", "gone job=a at=never",
            "begin job=\"x\\x0aforged\" \(begin)", "gone job=9lives at=2026-01-01T00:00:00Z", "dropped", "job job=a",
            "run \(begin)", "scheduler-state version=-1", "scheduler-state version=",
            "configured job=a", "passed job=a", "passed job=a slot=-", "failed job=a \(begin)",
            "unfinished job=a \(begin)", "paused job=a", "skips job=a left=x", "skips job=a left=99999",
            "skips job=a left=1 slot=soon", "paused job=a paused=2026-01-01T00:00:00Z",
            "paused job=a paused=2026-01-01T00:00:00Z resumes=2025-01-01T00:00:00Z",
            "paused job=a paused=2026-01-01T00:00:00Z resumes=2027-01-01T00:00:00Z",
        ]
        payloads += begins(
            "slot",
            [
                "-5", "1e308", "\"x\"", "", "10000-01-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
                "2026-01-01T00:00:61Z", "2026-01-01T24:00:00Z", "0000-01-01T00:00:00Z", "2026-01-01T00:00:00.Z",
                "2026-01-01T00:00:00.1234567890Z", "2026-01-01T00:00:00+01:00", "-", "99999999999999999999999",
            ]
        )
        let run = begin.replacing("attempt=1", with: "attempts=1 outcome=ok status=200 ms=5 late=0")
        let changes = [
            ("ms=5", ["ms=-5", "ms=1e308", "ms=999999999999999", "ms=nan", "ms="]),
            ("late=0", ["late=-1", "late=999999999999999"]), ("status=200", ["status=1000", "status=-1", "status=x"]),
            ("attempts=1", ["attempts=0", "attempts=99999999"]), ("outcome=ok", ["outcome=fine", "outcome=OK"]),
            ("trigger=first", ["trigger=cron"]),
        ]
        for kind in ["end", "failed", "run", "unfinished"] {
            for (whole, wrong) in changes {
                payloads += wrong.map { "\(kind) job=a " + run.replacing(whole, with: $0) }
            }
        }
        let until = "until=2026-01-01T00:01:00Z"
        for hold in [
            "hold=asleep from=2026-01-01T00:00:00Z \(until)", "hold=abandoned \(until)",
            "hold=abandoned from=never \(until)",
            "hold=throttled from=2026-01-01T00:00:00Z until=9999-12-31T23:59:59Z",
            "hold=abandoned from=2026-01-02T00:00:00Z \(until)", "hold= from=2026-01-01T00:00:00Z \(until)",
        ] {
            payloads += ["end job=a \(run) \(hold)", "failed job=a \(run) \(hold)", "\(job) \(hold)"]
        }
        payloads += [
            ("last=1970-01-01T00:00:00Z", ["last=-", "last=1e308", "last=-5", "last=\"yesterday\"", "last="]),
            ("success=-", ["success=0", "success=1e308"]), ("failures=0", ["failures=-1", "failures=99999999999"]),
            ("gone=-", ["gone=no"]), ("runs=0", ["runs=-1", "runs=5000", "runs="]), ("flight=-", ["flight=1"]),
            ("seen=-", ["seen=1e308", "seen=- seed=1", "seen=- seed=0000000000000g00"]),
            ("highest=1970-01-01T00:00:00Z", ["highest=soon"]), ("schedule=x", ["schedule=", ""]),
            ("runs=0", ["runs=0 unfinished=1"]),
        ].flatMap { whole, wrong in wrong.map { job.replacing(whole, with: $0) } }
        payloads += [
            "configured job=a last=nan zone=UTC schedule=x", "configured job=a last=- zone=UTC schedule=x seen=nan",
            "flight job=a \(begin) previous=nan", "flight job=a \(begin) previous=- peak=nan",
            "flight job=a \(begin) previous=- peak=2026-01-01T00:00:00Z",
        ]
        payloads += begins("attempt", ["0", "-1", "1e9", "x", "", "9999999999999999", "9999999999999999999"])
        payloads += begins("trigger", ["", "never", "First"])
        payloads += begins("run", ["0000000000000000000000000000000G", "1", ""])
        return payloads
    }()

    @Test("a sound record that makes no sense changes nothing", arguments: senseless)
    func nonsense(_ payload: String) {
        let known = StateText.bytes([
            .began("a", RunBegin(id: RunID(1, 2), slot: .epoch, trigger: .first, at: .epoch, attempt: 1))
        ])
        let (book, tally) = StateText.read(known + StateText.line(payload))
        #expect(book == StateText.read(known).book)
        #expect(tally.damaged == 1)
        #expect(tally.good == 2)
    }

    @Test("what is unknown is passed over; order plays no part, a leap second is the second after it")
    func unknown() {
        let lines =
            StateText.line("scheduler-state version=1 written-by=someone")
            + StateText.line("weather job=a is=fine")
            + StateText.line(
                "begin attempt=2 colour=\"dark blue job=b\" at=2026-12-31T23:59:60Z trigger=catchup "
                    + "run=000000000000000000000000000000ff slot=2026-12-31T23:59:60Z job=a"
            )
        let (book, tally) = StateText.read(lines)
        #expect(tally.damaged == 0)
        let midnight = Moment(seconds: 1_798_761_600)
        #expect(
            book["a"]?.inFlight?.begin
                == RunBegin(id: RunID(0, 255), slot: midnight, trigger: .catchup, at: midnight, attempt: 2)
        )
        #expect(book.count == 1)
    }

    @Test("whichever record is lost, a job that ran is not one that never ran")
    func lostRecord() {
        var random = RandomState(seed: 3)
        let begin = RunBegin(id: random.id(), slot: .epoch, trigger: .schedule, at: .epoch, attempt: 1)
        var run = random.run(begin.id)
        (run.slot, run.outcome) = (begin.slot, .failed)
        var state = JobState(name: "a")
        (state.schedule, state.last, state.highest) = ("every 1h", begin.slot, begin.slot)
        var (flying, between) = (state, state)
        flying.inFlight = .init(begin, previous: nil, previousHighest: nil)
        between.unfinished = run
        state.runs = [run]
        let files = [
            StateText.bytes([.began("a", begin), .ended("a", run, nil)], header: false),
            StateText.bytes([.began("a", begin), .failed("a", run, nil)], header: false),
            StateText.bytes(state, header: false), StateText.bytes(flying, header: false),
            StateText.bytes(between, header: false),
        ]
        for file in files {
            let lines = file.split(separator: 10).map { Array($0) + [10] }
            #expect(lines.count == 2)
            for line in lines {
                #expect(StateText.read(line).book["a"]?.last == begin.slot)
                #expect(StateText.read(line).book["a"]?.highest == begin.slot)
            }
        }
        run.outcome = .unreachable
        #expect(StateText.read(StateText.bytes([.ended("a", run, nil)])).book["a"]?.last == nil)
        // One by hand moves no slot, whatever is lost.
        (run.outcome, run.trigger) = (.failed, .manual)
        flying.inFlight?.begin.trigger = .manual
        (state.runs, between.unfinished) = ([run], run)
        for state in [state, flying, between] {
            let first = StateText.bytes(state, header: false).split(separator: 10).first.map { Array($0) + [10] }
            #expect(StateText.read(first ?? []).book["a"]?.last == nil)
        }
    }

    @Test("an endless line, NUL bytes, random bytes: read over, and what stands behind them is read")
    func garbage() {
        var random = SplitMix(seed: 11)
        let noise = (0..<1_000_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let begin = RunBegin(id: RunID(1, 2), slot: .epoch, trigger: .first, at: .epoch, attempt: 1)
        let sound = StateText.bytes([.began("a", begin)], header: false)
        for garbage in [noise, [UInt8](repeating: 0, count: 2_000_000), [UInt8](repeating: 10, count: 100_000)] {
            let (book, tally) = StateText.read(sound + garbage + [10] + sound)
            #expect(tally.good == 2)
            #expect(tally.damaged == 1)
            #expect(tally.damagedBytes >= garbage.count)
            #expect(book["a"]?.last == .epoch)
        }
    }

    @Test("lines that say that they are long cost no more than they are", .timeLimit(.minutes(1)))
    func longClaims() {
        let begin = RunBegin(id: RunID(1, 2), slot: .epoch, trigger: .first, at: .epoch, attempt: 1)
        let sound = StateText.bytes([.began("a", begin)], header: false)
        let claims = Array(repeatElement("00000000 262144 x\n".utf8, count: 200_000).joined())
        let (book, tally) = StateText.read(sound + claims + sound)
        #expect(tally.good == 2)
        #expect(tally.damagedBytes == claims.count)
        #expect(book["a"]?.last == .epoch)
    }

    @Test("a text of any length makes a record that can be read")
    func longText() {
        let schedule = String(repeating: "\u{1}", count: 300_000)
        let bytes = StateText.bytes([
            .configured("a", Fact.Configuration(schedule: schedule, zone: schedule)), .gone("a", at: .epoch),
        ])
        let (book, tally) = StateText.read(bytes)
        #expect(tally.damaged == 0)
        #expect(book["a"]?.gone == .epoch)
        #expect(book["a"].map { schedule.hasPrefix($0.schedule) && !$0.schedule.isEmpty } == true)
    }
}
