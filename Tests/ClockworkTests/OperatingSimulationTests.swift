import Schedule
import TestSupport
import Testing

@testable import Clockwork

/// Days of pauses, skips, freezes, runs by hand and restarts, beside a list that is made slot by slot.
@Suite("Operating, played through beside a plain list")
struct OperatingSimulationTests {
    private struct Window {
        let text: String
        let timetable: Timetable
        let length: Duration
    }

    /// What a plain reading of the rules comes to for one job.
    private struct Oracle {
        let job: Job
        let windows: [Window]
        var pausedUntil: Moment?
        var skips = 0
        /// The latest slot that passed in a bar, to be run after it.
        var pending: Moment?
        var runs: [String] = []

        func isFrozen(_ moment: Moment) -> Bool {
            !job.isFreezeExempt
                && windows.contains { window in
                    window.timetable.latest(after: moment - window.length, through: moment) != nil
                }
        }

        func isBarred(_ moment: Moment) -> Bool { pausedUntil.map { moment < $0 } ?? false || isFrozen(moment) }

        mutating func turn(_ moment: Moment, isSlot: Bool) {
            if isBarred(moment) {
                if isSlot, job.freezeCatchup == .one { pending = moment }
            } else if isSlot, skips > 0 {
                (skips, pending) = (skips - 1, nil)
            } else if let slot = isSlot ? moment : pending {
                runs.append("\(moment) \(job.name) \(slot)")
                pending = nil
            }
        }
    }

    @Test(
        "no start inside, exempt jobs run, catch-up as asked, intervals keep their phase",
        arguments: 0..<60 as Range<UInt64>
    )
    func play(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }
        let windows = try (0..<number(0...2)).map { _ in
            let (schedule, length) = ("daily \(number(10...23)):\(number(10...59))", number(1...500))
            let timetable = Timetable(try Schedule(parsing: schedule))
            return Window(text: "\(schedule) for \(length)m", timetable: timetable, length: .seconds(length * 60))
        }
        var zones = ZoneCache(directory: ZoneDirectory(environment: [:]))
        let freezes = FreezeCalendar(try windows.map { try FreezeWindow(parsing: $0.text, in: .utc, zones: &zones) })
        let schedules = ["cron */7 * * * *", "every 11m", "daily 03:00,15:00", "cron 0 * * * *"]
        let jobs = try schedules.enumerated().map { place, schedule in
            try job("j\(place)", schedule) {
                $0.freezeCatchup = number(0...1) == 0 ? .one : .skip
                $0.isFreezeExempt = number(0...4) == 0
            }
        }
        var oracles = jobs.map { Oracle(job: $0, windows: windows) }
        var rig = Rig(jobs, states: jobs.map { ran($0, at: 0) }, freezes: freezes, at: 1)
        let end = 2 * day
        // Never on a slot or on an edge.
        let commands = (0..<40).map { _ in
            (
                at: Double(number(60...end)) + 0.5, job: number(0...3), command: number(0...9),
                length: number(60...20_000)
            )
        }.sorted { $0.at < $1.at }
        var runs: [String] = []
        var last = Rig.at(0)
        // Intervals count from slot to slot.
        var passed = jobs.map { _ in Rig.at(0) }
        func played(_ attempts: [Attempt], _ time: Moment) {
            runs += attempts.filter { $0.run.trigger != .manual }.map { "\($0.run.slot) \($0.job.name)" }
        }
        func expect(to moment: Moment) {
            for place in oracles.indices {
                let job = jobs[place]
                var times: Set<Moment> = []
                var slot = passed[place]
                while let next = job.timetable.next(after: slot), next <= moment {
                    times.insert(next)
                    slot = next
                }
                let slots = times
                passed[place] = slot
                if let until = oracles[place].pausedUntil, until > last, until <= moment { times.insert(until) }
                for window in windows {
                    var start = last - window.length - .seconds(1)
                    while let next = window.timetable.next(after: start), next <= moment {
                        if next + window.length > last, next + window.length <= moment {
                            times.insert(next + window.length)
                        }
                        start = next
                    }
                }
                for time in times.sorted() { oracles[place].turn(time, isSlot: slots.contains(time)) }
            }
            last = moment
        }
        for (at, place, command, length) in commands {
            let moment = Rig.midnight + .milliseconds(Int(at * 1_000))
            played(rig.run(to: at, answer: 200), moment)
            expect(to: moment)
            let name = jobs[place].name
            switch command {
            case 0...2:
                rig.pause([name], until: Int(at) + length)
                oracles[place].pausedUntil = Rig.at(Int(at) + length)
            case 3:
                rig.resume([name])
                oracles[place].pausedUntil = nil
                oracles[place].turn(moment, isSlot: false)
                played(rig.run(to: at, answer: 200), moment)
            case 4...5:
                let count = number(0...3)
                rig.skip(name, count)
                oracles[place].skips = count
            case 6...7:
                let isBarred = oracles[place].isBarred(moment)
                guard rig.refusal(name, force: false) == nil else {
                    #expect(isBarred, "seed \(seed): \(name) is refused at \(moment)")
                    continue
                }
                #expect(!isBarred, "seed \(seed): \(name) is not refused at \(moment)")
                rig.answerAll()
            default:
                rig = rig.restarted()
                played(rig.run(to: at, answer: 200), moment)
            }
        }
        let moment = Rig.at(end + day)
        played(rig.run(to: Double(end + day), answer: 200), moment)
        expect(to: moment)
        for oracle in oracles {
            let name = oracle.job.name
            let found = runs.filter { $0.hasSuffix(" " + name) }.map { String($0.prefix { $0 != " " }) }
            let expected = oracle.runs.map { String($0.split(separator: " ")[2]) }
            let difference = zip(found, expected).first { $0 != $1 }
            #expect(
                found == expected,
                "seed \(seed): \(name) of \(oracle.job.scheduleText) \(oracle.job.freezeCatchup), windows \(windows.map(\.text)): \(String(describing: difference)), \(found.count) of \(expected.count)"
            )
        }
    }
}
