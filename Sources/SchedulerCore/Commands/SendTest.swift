internal import Calling
internal import Clockwork
internal import HTTPClient
internal import Schedule
internal import Telling

/// Sends one notice to each URL, and says what was answered.
struct SendTest {
    struct Line: Equatable {
        let text: String
        let isGood: Bool
    }

    let notices: [(words: String, notice: Notice)]
    private let courier: Courier

    init(_ settings: Settings, id: RunID, courier: Courier) {
        self.courier = courier
        var seen: Set<NoticeURL> = []
        let run = RunRecord(id: id, outcome: .ok)
        let pings = settings.jobs.compactMap { job -> (String, Notice)? in
            guard let (url, format) = settings.pings.address(of: job), seen.insert(url).inserted else { return nil }
            let notice = Ping(.success, id: id, run: run).notice(format, to: url, job: job.name)
            return ("ping of job \(job.name) to \(url.host)", notice)
        }
        notices =
            Self.alert(settings, id) + pings
            + (settings.heartbeat.map { [("heartbeat to \($0.host)", $0.heartbeat)] } ?? [])
    }

    private static func alert(_ settings: Settings, _ id: RunID) -> [(String, Notice)] {
        guard let alerts = settings.alerts else { return [] }
        let incident = Incident(slot: .epoch, since: .epoch)
        var alert = Alert(.opened, job: "test", incident, key: "\(settings.seed)/test/\(id)")
        alert.run = RunRecord(id: id, outcome: .failed)
        let text = "This is a test: so \(Version.name) tells of a job that fails."
        return [("alert to \(alerts.url.host)", alerts.notice(of: alert, title: "A test", text: text))]
    }

    func perform() -> [Line] {
        guard !notices.isEmpty else {
            let names = [Variable.alertURL, .pingURL, .heartbeatURL].map(\.name).joined(separator: ", ")
            return [Line(text: "nothing to send: set \(names)", isGood: true)]
        }
        let client = Client()
        return notices.map { words, notice in
            switch Delivery(courier.attempt(notice, client), at: .epoch) {
            case .taken: Line(text: "\(words): sent", isGood: true)
            case .aborted: Line(text: "\(words): lost: aborted", isGood: false)
            case .gone(let why): bad(words, .refused, why)
            case .failed(let result, let why, _): bad(words, result, why)
            }
        }
    }

    private func bad(_ words: String, _ result: Notice.Result, _ why: String) -> Line {
        Line(text: "\(words): \(result.rawValue): \(Escaping.quotable(courier.excerpt(why).trimmed))", isGood: false)
    }
}
