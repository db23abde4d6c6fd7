package import Clockwork
package import Files
internal import JSON
internal import Schedule

/// Where incidents are told.
package struct Alerts: Sendable, Equatable {
    package var url: NoticeURL
    package var format: AlertFormat
    /// PagerDuty's routing key.
    package var key: Secret?
    /// How often of one that goes on; zero: never.
    package var remind: Duration

    package init(url: NoticeURL, format: AlertFormat? = nil, key: Secret? = nil, remind: Duration = .seconds(86_400)) {
        (self.url, self.key, self.remind) = (url, key, remind)
        self.format = format ?? AlertFormat(host: url.host)
    }

    /// The request that tells of an incident.
    package func notice(of alert: Alert, title: String, text: String) -> Notice {
        let (url, body) = request(alert, title, text)
        var notice = Notice(
            .alert,
            "POST",
            url,
            contentType: "application/json",
            body: Array(body.description.utf8),
            address: self.url.secret,
            shown: self.url.host
        )
        notice.alert = alert
        return notice
    }

    private func request(_ alert: Alert, _ title: String, _ text: String) -> (Secret, JSONValue) {
        let url = url.secret
        switch format {
        case .slack: return (url, .object([("text", .string(Self.slack(text)))]))
        case .discord:
            // An answer that is quoted must not call everybody.
            let silent: JSONValue = .object([("parse", .array([]))])
            return (url, .object([("content", .string(Self.cut(text, to: 2_000))), ("allowed_mentions", silent)]))
        case .teams: return (url, Self.card(text))
        case .pagerduty: return (url, event(alert, text))
        case .ntfy:
            let (root, topic) = url.ntfy
            let message: [(String, JSONValue)] = [
                ("topic", .string(topic)), ("title", .string(title)), ("message", .string(Self.cut(text, to: 1_000))),
                ("priority", .integer(alert.event == .closed ? 3 : 4)),
                ("tags", .array([.string(alert.event == .closed ? "white_check_mark" : "rotating_light")])),
            ]
            return (root, .object(message))
        case .apprise:
            let type =
                switch alert.event {
                case .opened: "failure"
                case .reminder: "warning"
                case .closed: "success"
                }
            return (url, .object([("title", .string(title)), ("body", .string(text)), ("type", .string(type))]))
        case .json: return (url, .object(Self.members(alert, text)))
        }
    }

    /// What `json` sends, and PagerDuty shows as details.
    private static func members(_ alert: Alert, _ text: String) -> [(String, JSONValue)] {
        let run = alert.run
        return [
            ("event", .string(alert.event.rawValue)),
            ("job", alert.job.map(JSONValue.string) ?? .null),
            ("text", .string(text)),
            ("outcome", run.map { .string($0.outcome.rawValue) } ?? .null),
            ("status", run.map { .integer($0.status) } ?? .null),
            ("failures", .integer(alert.incident.failures)),
            ("since", .string(alert.incident.since.description)),
            ("slot", alert.job == nil ? .null : .string((run?.slot ?? alert.incident.last).description)),
            ("run_id", run.map { .string($0.id.description) } ?? .null),
            ("next_slot", alert.next.map { .string($0.description) } ?? .null),
            ("dedup_key", .string(alert.key)),
            ("excerpt", .string(run?.reason ?? alert.reason ?? "")),
        ]
    }

    /// PagerDuty's event, https://developer.pagerduty.com/docs/events-api-v2/trigger-events.
    private func event(_ alert: Alert, _ text: String) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("routing_key", .string(key?.reveal ?? "")),
            ("event_action", .string(alert.event == .closed ? "resolve" : "trigger")),
            ("dedup_key", .string(Self.short(alert.key, to: 255))),
        ]
        if alert.event != .closed {
            let payload: [(String, JSONValue)] = [
                ("summary", .string(Self.cut(text, to: 1_024))), ("source", .string(Version.name)),
                ("severity", .string("error")), ("component", .string(alert.job ?? "app")),
                ("custom_details", .object(Self.members(alert, text))),
            ]
            members.append(("payload", .object(payload)))
        }
        return .object(members)
    }

    /// What a Workflows URL of Teams takes.
    private static func card(_ text: String) -> JSONValue {
        let block: JSONValue = .object([
            ("type", .string("TextBlock")), ("text", .string(text)), ("wrap", .bool(true)),
        ])
        let content: JSONValue = .object([
            ("$schema", .string("http://adaptivecards.io/schemas/adaptive-card.json")),
            ("type", .string("AdaptiveCard")), ("version", .string("1.2")), ("body", .array([block])),
        ])
        let attachment: JSONValue = .object([
            ("contentType", .string("application/vnd.microsoft.card.adaptive")), ("contentUrl", .null),
            ("content", content),
        ])
        return .object([("type", .string("message")), ("attachments", .array([attachment]))])
    }

    /// The three characters that mean something (docs.slack.dev, "Formatting message text").
    private static func slack(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    /// Services count characters in different ways; none counts more than UTF-16 does.
    private static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf16.count > limit else { return text }
        var (kept, count) = (String.UnicodeScalarView(), 1)
        for scalar in text.unicodeScalars {
            count += scalar.value > 0xFFFF ? 2 : 1
            if count > limit { break }
            kept.append(scalar)
        }
        return String(kept) + "…"
    }

    /// A key that is too long keeps its end, behind a hash of the whole.
    private static func short(_ key: String, to limit: Int) -> String {
        guard key.utf8.count > limit else { return key }
        let hash = String(HashKey(seed: "", job: key).value(for: "key"), radix: 16)
        return hash + "/" + String(decoding: key.utf8.suffix(limit - 20), as: UTF8.self)
    }
}

extension Secret {
    /// An ntfy URL without its topic, and the topic: JSON goes to the root alone (docs.ntfy.sh/publish).
    fileprivate var ntfy: (root: Secret, topic: String) {
        let path = reveal.prefix { $0 != "?" }
        let query = reveal[path.endIndex...]
        let trimmed = path.hasSuffix("/") ? path.dropLast() : path
        let topic = trimmed.reversed().prefix { $0 != "/" }.reversed()
        return (Secret(String(trimmed.dropLast(topic.count)) + query), String(topic))
    }
}

/// A service that takes messages.
package enum AlertFormat: String, Sendable, CaseIterable {
    case slack, discord, teams, pagerduty, ntfy, apprise, json

    /// The service that is known to be there, else `json`.
    package init(host: String) {
        let host = "." + host.lowercased()
        let known: [(String, AlertFormat)] = [
            (".hooks.slack.com", .slack), (".hooks.slack-gov.com", .slack), (".discord.com", .discord),
            (".discordapp.com", .discord), (".api.powerautomate.com", .teams), (".logic.azure.com", .teams),
            (".powerplatform.com", .teams), (".webhook.office.com", .teams), (".pagerduty.com", .pagerduty),
            (".ntfy.sh", .ntfy), (".ntfy", .ntfy), (".apprise", .apprise),
        ]
        self =
            known.first { host.hasSuffix($0.0) }?.1
            ?? (host.hasPrefix(".ntfy.") ? .ntfy : host.hasPrefix(".apprise.") ? .apprise : .json)
    }
}
