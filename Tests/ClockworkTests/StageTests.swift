import Testing

@testable import Clockwork

@Suite("Each stage of a run, and all that can happen in it")
struct StageTests {
    /// What is told then, and where the run stands; each is to be read beside the specification.
    static let cells: [(StageRig.Stage, [(StageRig.Event, String)])] = [
        (
            .idle,
            [
                (.nextSlot, "connecting 7200#1"),
                (.removed, "gone a; not there"),
                (.schedule, "configured a last=1.2; idle"),
                (.option, "new, idle"),
                (.stop, "idle"),
                (.kill, "idle"),
                (.down, "down; idle"),
                (.back, "idle"),
                (.hourBack, "idle"),
                (.hourForward, "idle"),
                (.oldEnd, "idle"),
            ]
        ),
        (
            .delayed,
            [
                (.nextSlot, "delayed 7200"),
                (.removed, "gone a; not there"),
                (.schedule, "configured a last=1.2; idle"),
                (.option, "new, delayed 0"),
                (.stop, "idle"),
                (.kill, "delayed 0"),
                (.down, "down; delayed 0"),
                (.back, "delayed 0"),
                (.hourBack, "idle"),
                (.hourForward, "delayed 0"),
                (.oldEnd, "delayed 0"),
            ]
        ),
        (
            .paused,
            [
                (.nextSlot, "givenUp a 0 after 0 threads; connecting 7200#1"),
                (.removed, "gone a; not there"),
                (.schedule, "configured a last=1.2; idle"),
                (.option, "new, connecting 0#1"),
                (.stop, "idle"),
                (.kill, "connecting 0#1"),
                (.down, "down; paused 0"),
                (.back, "paused 0"),
                (.hourBack, "idle"),
                (.hourForward, "paused 0"),
                (.oldEnd, "paused 0"),
            ]
        ),
        (
            .waitingForTarget,
            [
                (.nextSlot, "gaveWay a 1 targetDown; for target 7200"),
                (.removed, "gone a; not there"),
                (.schedule, "configured a last=1.2; idle"),
                (.option, "new, for target 0"),
                (.stop, "idle"),
                (.kill, "connecting 0#1"),
                (.down, "still down; for target 0"),
                (.back, "up after 0s, 2 waited; connecting 0#1"),
                (.hourBack, "idle"),
                (.hourForward, "for target 0"),
                (.oldEnd, "for target 0"),
            ]
        ),
        (
            .queued,
            [
                (.nextSlot, "givenUp a 0 after 7200 threads; for thread 7200"),
                (.removed, "gone a; not there"),
                (.schedule, "configured a last=1.2; idle"),
                (.option, "new, for thread 0"),
                (.stop, "idle"),
                (.kill, "for thread 0"),
                (.down, "down; for target 0"),
                (.back, "for thread 0"),
                (.hourBack, "idle"),
                (.hourForward, "for thread 0"),
                (.oldEnd, "for thread 0"),
            ]
        ),
        (
            .connecting,
            [
                (.nextSlot, "connecting 0#1"),
                (.removed, "gone a; gone, connecting 0#1"),
                (.schedule, "configured a last=1.2; connecting 0#1"),
                (.option, "new, connecting 0#1"),
                (.stop, "idle"),
                (.kill, "connecting 0#1"),
                (.down, "down; connecting 0#1"),
                (.back, "connecting 0#1"),
                (.hourBack, "connecting 0#1"),
                (.hourForward, "connecting 0#1"),
                (.oldEnd, "connecting 0#1"),
                (.ok, "began a 0#1; attempt a ok; ended a 0 ok; idle"),
                (.busy, "began a 0#1; attempt a busy; ended a 0 busy; idle"),
                (.throttled, "began a 0#1; attempt a throttled; failed a 0 throttled until=601.2; backoff 0"),
                (.denied, "began a 0#1; attempt a denied; ended a 0 denied; idle"),
                (.rejected, "began a 0#1; attempt a rejected; ended a 0 rejected; idle"),
                (.redirected, "began a 0#1; attempt a redirected; ended a 0 redirected; idle"),
                (.failed, "began a 0#1; attempt a failed; failed a 0 failed; backoff 0"),
                (.gateway, "began a 0#1; attempt a failed; ended a 0 failed until=9001.2; held abandoned until 9001"),
                (.timeout, "began a 0#1; attempt a timeout; ended a 0 timeout until=9001.2; held abandoned until 9001"),
                (.broken, "began a 0#1; attempt a broken; failed a 0 broken; backoff 0"),
                (
                    .abortedSent,
                    "began a 0#1; attempt a aborted; ended a 0 aborted until=9061.2; held abandoned until 9061"
                ),
                (.unreachable, "attempt a unreachable; down; for target 0"),
                (.tls, "attempt a tls; began a 0#1; ended a 0 tls; idle"),
                (.aborted, "attempt a aborted; connecting 0#1"),
                (.limit, "attempt a unreachable; limited a; for thread 0"),
                (.refused, "limited a; for thread 0"),
            ]
        ),
        (
            .attempting,
            [
                (.nextSlot, "held a 7200 running; attempting 0#1"),
                (.removed, "gone a; gone, attempting 0#1"),
                (.schedule, "configured a last=1.2; attempting 0#1"),
                (.option, "new, attempting 0#1"),
                (.stop, "attempting 0#1"),
                (.kill, "ended a 0 interrupted until=9060.6; held abandoned until 9060"),
                (.down, "down; attempting 0#1"),
                (.back, "attempting 0#1"),
                (.hourBack, "attempting 0#1"),
                (.hourForward, "attempting 0#1"),
                (.oldEnd, "attempting 0#1"),
                (.ok, "attempt a ok; ended a 0 ok; idle"),
                (.busy, "attempt a busy; ended a 0 busy; idle"),
                (.throttled, "attempt a throttled; failed a 0 throttled until=601.2; backoff 0"),
                (.denied, "attempt a denied; ended a 0 denied; idle"),
                (.rejected, "attempt a rejected; ended a 0 rejected; idle"),
                (.redirected, "attempt a redirected; ended a 0 redirected; idle"),
                (.failed, "attempt a failed; failed a 0 failed; backoff 0"),
                (.gateway, "attempt a failed; ended a 0 failed until=9001.2; held abandoned until 9001"),
                (.timeout, "attempt a timeout; ended a 0 timeout until=9001.2; held abandoned until 9001"),
                (.broken, "attempt a broken; failed a 0 broken; backoff 0"),
                (.abortedSent, "attempt a aborted; ended a 0 aborted until=9061.2; held abandoned until 9061"),
                (.unreachable, "attempt a unreachable; withdrawn a; paused 0"),
                (.tls, "attempt a tls; ended a 0 tls; idle"),
                (.aborted, "attempt a aborted; withdrawn a; connecting 0#1"),
                (.limit, "attempt a unreachable; withdrawn a; limited a; for thread 0"),
            ]
        ),
        (
            .backoff,
            [
                (.nextSlot, "ended a 0 failed; connecting 7200#1"),
                (.removed, "ended a 0 failed; gone a; not there"),
                (.schedule, "configured a last=1.2; backoff 0"),
                (.option, "new, backoff 0"),
                (.stop, "ended a 0 failed; idle"),
                (.kill, "ended a 0 failed; idle"),
                (.down, "down; backoff 0"),
                (.back, "backoff 0"),
                (.hourBack, "backoff 0"),
                (.hourForward, "backoff 0"),
                (.oldEnd, "backoff 0"),
            ]
        ),
        (
            .held,
            [
                (.nextSlot, "held abandoned until 9000"),
                (.removed, "released a 1 abandoned; gone a; not there"),
                (.schedule, "released a 1 abandoned; configured a last=1.2; held abandoned until 9000"),
                (.option, "new, held abandoned until 9000"),
                (.stop, "idle"),
                (.kill, "held a 0 abandoned; held abandoned until 9000"),
                (.down, "down; held abandoned until 9000"),
                (.back, "held abandoned until 9000"),
                (.hourBack, "held abandoned until 9000"),
                (.hourForward, "held abandoned until 9000"),
                (.oldEnd, "held abandoned until 9000"),
            ]
        ),
    ]

    @Test("every cell of the table", arguments: cells)
    func cell(_ stage: StageRig.Stage, events: [(StageRig.Event, String)]) throws {
        for (event, expected) in events {
            var rig = try StageRig(stage)
            let found = try rig.after(event)
            #expect(found == expected, "\(stage), \(event)")
        }
    }

    @Test("no cell is left out: an attempt can end only while one is open, and be refused only before it connects")
    func isWhole() {
        #expect(Self.cells.map(\.0) == StageRig.Stage.allCases)
        for (stage, events) in Self.cells {
            let possible = StageRig.Event.allCases.filter { event in
                switch stage {
                case .connecting: true
                case .attempting: event != .refused
                default: !event.isEnd
                }
            }
            #expect(events.map(\.0) == possible, "\(stage)")
        }
    }
}
