import Clockwork
import Schedule
import Testing

@testable import SchedulerCore

@Suite("Idle window")
struct IdleWindowTests {
    private static let now = Moment(seconds: 1_767_225_600)
    private static let uptime = Duration.seconds(1_000)

    /// Due in five seconds on the wall clock, in seven on the other; looked at so many milliseconds later.
    @Test(
        "goes on until something is due, on either clock",
        arguments: [
            (1_000, 5_000, 7_000, true), (4_999, 5_000, 7_000, true), (5_000, 5_000, 7_000, false),
            (4_999, nil, 7_000, true), (6_999, nil, 7_000, true), (7_000, nil, 7_000, false),
            (9_000, 9_001, nil, true), (29_999, nil, nil, true), (30_000, nil, nil, false),
        ] as [(Int, Int?, Int?, Bool)]
    )
    func due(_ elapsed: Int, moment: Int?, uptime: Int?, goesOn: Bool) {
        let window = IdleWindow(
            began: Reading(now: Self.now, uptime: Self.uptime),
            until: (
                moment.map { Self.now + .milliseconds($0) }, uptime.map { Self.uptime + .milliseconds($0) }
            )
        )
        let passed = Duration.milliseconds(elapsed)
        let time = Reading(now: Self.now + passed, uptime: Self.uptime + passed)
        #expect(window.goesOn(at: time, sleptThrough: true) == goesOn)
        #expect(!window.goesOn(at: time, sleptThrough: false))
    }

    @Test(
        "ends when one clock has gone without the other: a step, a suspended machine, a slow clock",
        arguments: [
            (1_000, 1_000, true), (1_010, 1_000, true), (990, 1_000, true), (1_011, 1_000, false), (989, 1_000, false),
            (-3_600_000, 1_000, false), (86_400_000, 1_000, false), (1_000, 0, false), (0, 1_000, false),
        ]
    )
    func steps(onWall: Int, elapsed: Int, goesOn: Bool) {
        let window = IdleWindow(began: Reading(now: Self.now, uptime: Self.uptime), until: (nil, nil))
        let time = Reading(now: Self.now + .milliseconds(onWall), uptime: Self.uptime + .milliseconds(elapsed))
        #expect(window.goesOn(at: time, sleptThrough: true) == goesOn)
    }
}
