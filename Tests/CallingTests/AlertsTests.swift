import Clockwork
import Files
import JSON
import Schedule
import Testing

@testable import Calling

@Suite("Alerts, as each service wants them")
struct AlertsTests {
    private static let start = Moment(seconds: 1_767_225_600)  // 2026-01-01T00:00:00Z

    static func alert(_ event: Alert.Event, job: String? = "nightly", key: String = "seed/nightly/x") -> Alert {
        var incident = Incident(slot: start, since: start + .seconds(3))
        incident.failures = 3
        var alert = Alert(event, job: job, incident, key: key)
        alert.next = start + .seconds(86_400)
        var end = AttemptEnd(.failed)
        (end.status, end.excerpt) = (500, "no <disk>")
        if job != nil {
            alert.run = RunRecord(id: RunID(1, 2), slot: start, outcome: .failed, status: 500, end: end)
        } else {
            alert.reason = "Connection refused"
        }
        return alert
    }

    private func sent(
        _ format: AlertFormat,
        _ event: Alert.Event,
        _ text: String = "It failed.",
        job: String? = "nightly",
        url: String = "https://h/s3cret-path?x=1",
        key: String = "seed/nightly/x"
    ) throws -> String {
        let alerts = Alerts(url: try NoticeURL(parsing: url), format: format, key: Secret("routing-key"))
        let notice = alerts.notice(of: Self.alert(event, job: job, key: key), title: "Job nightly failed", text: text)
        #expect(notice.kind == .alert && notice.method == "POST" && notice.contentType == "application/json")
        #expect(notice.shown == "h" && notice.address.reveal == url)
        return "\(notice.url.reveal) \(String(decoding: notice.body ?? [], as: UTF8.self))"
    }

    private static let details = #"""
        {"event":"opened","job":"nightly","text":"It failed.","outcome":"failed","status":500,"failures":3,\#
        "since":"2026-01-01T00:00:03Z","slot":"2026-01-01T00:00:00Z","run_id":"00000000000000010000000000000002",\#
        "next_slot":"2026-01-02T00:00:00Z","dedup_key":"seed/nightly/x","excerpt":"no <disk>"}
        """#

    @Test(
        "the request",
        arguments: [
            (.json, .opened, "https://h/s3cret-path?x=1 \(details)"),
            (.slack, .opened, #"https://h/s3cret-path?x=1 {"text":"It failed."}"#),
            (
                .discord, .closed,
                #"https://h/s3cret-path?x=1 {"content":"It failed.","allowed_mentions":{"parse":[]}}"#
            ),
            (
                .teams, .opened,
                #"https://h/s3cret-path?x=1 {"type":"message","attachments":[{"contentType":"#
                    + #""application/vnd.microsoft.card.adaptive","contentUrl":null,"content":{"$schema":"#
                    + #""http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"1.2","body":"#
                    + #"[{"type":"TextBlock","text":"It failed.","wrap":true}]}}]}"#
            ),
            (
                .pagerduty, .opened,
                #"https://h/s3cret-path?x=1 {"routing_key":"routing-key","event_action":"trigger","dedup_key":"#
                    + #""seed/nightly/x","payload":{"summary":"It failed.","source":"scheduler-sidecar","severity":"error","#
                    + #""component":"nightly","custom_details":\#(details)}}"#
            ),
            (
                .pagerduty, .closed,
                #"https://h/s3cret-path?x=1 {"routing_key":"routing-key","event_action":"resolve","dedup_key":"#
                    + #""seed/nightly/x"}"#
            ),
            (
                .ntfy, .opened,
                #"https://h/?x=1 {"topic":"s3cret-path","title":"Job nightly failed","message":"It failed.","priority":4,"#
                    + #""tags":["rotating_light"]}"#
            ),
            (
                .ntfy, .closed,
                #"https://h/?x=1 {"topic":"s3cret-path","title":"Job nightly failed","message":"It failed.","priority":3,"#
                    + #""tags":["white_check_mark"]}"#
            ),
            (
                .apprise, .opened,
                #"https://h/s3cret-path?x=1 {"title":"Job nightly failed","body":"It failed.","type":"failure"}"#
            ),
            (
                .apprise, .reminder,
                #"https://h/s3cret-path?x=1 {"title":"Job nightly failed","body":"It failed.","type":"warning"}"#
            ),
            (
                .apprise, .closed,
                #"https://h/s3cret-path?x=1 {"title":"Job nightly failed","body":"It failed.","type":"success"}"#
            ),
        ] as [(AlertFormat, Alert.Event, String)]
    )
    func requests(_ format: AlertFormat, _ event: Alert.Event, _ request: String) throws {
        #expect(try sent(format, event) == request)
    }

    @Test("the app's own incident has no job, no run and no slot")
    func app() throws {
        let body = try sent(.json, .opened, job: nil)
        #expect(
            body.hasSuffix(
                #"""
                {"event":"opened","job":null,"text":"It failed.","outcome":null,"status":null,"failures":3,\#
                "since":"2026-01-01T00:00:03Z","slot":null,"run_id":null,"next_slot":"2026-01-02T00:00:00Z",\#
                "dedup_key":"seed/nightly/x","excerpt":"Connection refused"}
                """#
            )
        )
    }

    @Test("what a service gives a meaning is taken it from")
    func escaping() throws {
        #expect(try sent(.slack, .opened, "<!channel> a & b").hasSuffix(#"{"text":"&lt;!channel&gt; a &amp; b"}"#))
    }

    @Test(
        "limits are kept, in UTF-16",
        arguments: [(.discord, 2_000), (.ntfy, 1_000), (.pagerduty, 1_024)] as [(AlertFormat, Int)]
    )
    func limits(_ format: AlertFormat, _ limit: Int) throws {
        for letter in ["a", "é", "😀"] {
            let text = String(repeating: letter, count: 3_000)
            let request = try sent(format, .opened, text)
            let body = try JSONValue(parsing: Array(request.drop { $0 != "{" }.utf8))
            let name = format == .discord ? "content" : "message"
            guard case .string(let kept)? = format == .pagerduty ? body["payload"]?["summary"] : body[name] else {
                Issue.record("no text in \(request.prefix(200))")
                return
            }
            #expect(kept.utf16.count <= limit && kept.utf16.count >= limit - 1)
            #expect(kept.hasSuffix("…"))
        }
    }

    @Test("a key that is too long for PagerDuty is hashed, and two of them differ")
    func keys() throws {
        let keys = try ["a", "b"].map { first in
            let request = try sent(.pagerduty, .closed, key: first + String(repeating: "k", count: 400))
            guard case .string(let key)? = try JSONValue(parsing: Array(request.drop { $0 != "{" }.utf8))["dedup_key"]
            else { return "" }
            return key
        }
        #expect(Set(keys).count == 2)
        #expect(keys.allSatisfy { (200...255).contains($0.utf8.count) })
    }

    @Test(
        "the host says whose webhook it is",
        arguments: [
            ("hooks.slack.com", .slack), ("discord.com", .discord), ("ptb.discord.com", .discord),
            ("discordapp.com", .discord), ("x.api.powerautomate.com", .teams), ("prod-1.logic.azure.com", .teams),
            ("contoso.webhook.office.com", .teams), ("events.pagerduty.com", .pagerduty),
            ("events.eu.pagerduty.com", .pagerduty), ("ntfy.sh", .ntfy), ("ntfy.example.org", .ntfy), ("ntfy", .ntfy),
            ("apprise", .apprise), ("apprise.example.org", .apprise), ("example.org", .json),
            ("notslack.com", .json), ("evil-hooks.slack.com.example.org", .json),
        ] as [(String, AlertFormat)]
    )
    func hosts(_ host: String, _ format: AlertFormat) { #expect(AlertFormat(host: host) == format) }
}
