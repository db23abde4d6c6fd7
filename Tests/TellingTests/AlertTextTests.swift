import Clockwork
import Schedule
import Testing

@testable import Telling

@Suite("What is said of an incident")
struct AlertTextTests {
    private static let start = Moment(seconds: 1_767_225_600)  // 2026-01-01T00:00:00Z

    private static func alert(_ event: Alert.Event, _ failures: Int, _ outcome: Outcome? = .failed) -> Alert {
        var incident = Incident(slot: start, since: start + .milliseconds(3_456))
        (incident.failures, incident.last) = (failures, start)
        var alert = Alert(event, job: "a", incident, key: "")
        alert.next = start + .seconds(3_600)
        if let outcome {
            var end = AttemptEnd(outcome)
            end.excerpt = outcome == .failed ? "no\ndisk" : "timed out"
            end.status = outcome == .failed ? 500 : 0
            alert.run = RunRecord(slot: start, outcome: outcome, status: end.status, end: end)
        }
        return alert
    }

    private static var gone: Alert {
        var alert = alert(.closed, 3)
        alert.next = nil
        return alert
    }

    private static func app(_ event: Alert.Event) -> Alert {
        var incident = Incident(slot: start, since: start)
        if event == .closed { incident.closed = start + .seconds(7_500) }
        var alert = Alert(event, job: nil, incident, key: "")
        (alert.reason, alert.waiting) = ("Connection refused", 1)
        return alert
    }

    @Test(
        "one sentence: what, how often, since when, why, and the next slot",
        arguments: [
            (
                alert(.opened, 1),
                #"Job a failed at its slot 2026-01-01T00:00:00Z: HTTP 500 - no\ndisk; next slot 2026-01-01T01:00:00Z."#
            ),
            (
                alert(.opened, 3, .timeout),
                "Job a failed 3 times in a row since 2026-01-01T00:00:03Z: timed out; next slot 2026-01-01T01:00:00Z."
            ),
            (
                alert(.opened, 1, nil),
                "Job a failed at its slot 2026-01-01T00:00:00Z: it was not run in time; next slot 2026-01-01T01:00:00Z."
            ),
            (
                alert(.opened, 2, nil),
                "Job a failed 2 times in a row since 2026-01-01T00:00:03Z: its slot 2026-01-01T00:00:00Z was not run in "
                    + "time; next slot 2026-01-01T01:00:00Z."
            ),
            (
                alert(.reminder, 14, .tls),
                "Job a still fails, 14 times in a row since 2026-01-01T00:00:03Z: timed out; next slot "
                    + "2026-01-01T01:00:00Z."
            ),
            (
                alert(.closed, 1, .ok),
                "Job a is ok again; it had failed once, since 2026-01-01T00:00:03Z; next slot 2026-01-01T01:00:00Z."
            ),
            (gone, "Job a is no longer configured; it had failed 3 times in a row, since 2026-01-01T00:00:03Z."),
            (
                app(.opened),
                "The app at http://app:8000 cannot be reached since 2026-01-01T00:00:00Z: Connection refused; 1 run waits "
                    + "for it."
            ),
            (
                app(.closed),
                "The app at http://app:8000 is up again; it could not be reached for 2h5m, since 2026-01-01T00:00:00Z."
            ),
        ] as [(Alert, String)]
    )
    func sentences(_ alert: Alert, _ text: String) { #expect(alert.text(target: "http://app:8000") == text) }
}
