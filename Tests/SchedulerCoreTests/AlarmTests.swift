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
}
