import Foundation
import Schedule
import Testing

@testable import SchedulerCore

@Suite("Alarm")
struct AlarmTests {
    private static let now = Moment(seconds: 1_767_225_600)

    @Test(
        "sleeps as long as the shorter of its two limits, and never for ever",
        arguments: [
            (nil, 30, 30_001), (5, 30, 5_001), (60, 30, 30_001), (0, 30, 1), (-1, 30, 1), (-86_400, 30, 1), (nil, 0, 1),
            (nil, -1, 1), (5, -1, 1), (-1, -1, 1), (nil, Int.max / 1_000_000, Int(Int32.max)),
        ] as [(Int?, Int, Int)]
    )
    func patience(_ moment: Int?, longest: Int, milliseconds: Int) {
        let moment = moment.map { Self.now + .seconds($0) }
        #expect(Int(Alarm.milliseconds(until: moment, now: Self.now, atMost: .seconds(longest))) == milliseconds)
    }

    @Test("the bell ends a sleep, whoever rings it, and however often; a sleep that nothing ended says so")
    func bell() throws {
        let alarm = try Alarm()
        alarm.bell.ring()
        alarm.bell.ring()
        #expect(alarm.wait(until: nil, now: Self.now, atMost: .seconds(30)) == [])
        #expect(!alarm.sleptThrough)
        _ = alarm.wait(until: nil, now: Self.now, atMost: .milliseconds(1))
        #expect(alarm.sleptThrough)
        let bell = alarm.bell
        Thread.detachNewThread { bell.ring() }
        _ = alarm.wait(until: nil, now: Self.now, atMost: .seconds(30))
        #expect(!alarm.sleptThrough)
    }

    @Test("the moment ends a sleep by the timer, and not only by the second wait on the other clock")
    func moment() throws {
        let alarm = try Alarm()
        let now = TimeSource.system.now()
        // The other wait would end a minute later.
        _ = alarm.wait(until: now + .milliseconds(20), now: now - .seconds(60), atMost: .seconds(30))
        #expect(!alarm.sleptThrough)
        #expect(TimeSource.system.now() >= now + .milliseconds(20))
    }

    @Test("a signal ends a sleep and is answered by it, whatever else does")
    func signals() throws {
        let alarm = try Alarm()
        alarm.bell.ring()
        #expect(pthread_kill(pthread_self(), SIGHUP) == 0)
        #expect(alarm.wait(until: nil, now: Self.now, atMost: .seconds(30)) == [SIGHUP])
        var later: [Int32] = []
        repeat { later += alarm.wait(until: nil, now: Self.now, atMost: .milliseconds(1)) } while !alarm.sleptThrough
        #expect(later == [])
    }
}
