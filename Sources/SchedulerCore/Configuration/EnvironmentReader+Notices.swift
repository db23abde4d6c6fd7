internal import Calling
internal import Clockwork
internal import Files
internal import HTTPClient
internal import Telling

/// Where others are told.
extension EnvironmentReader {
    /// Where the jobs' pings go.
    mutating func pings(_ jobs: [Job]) -> Pings {
        let (name, url) = noticeURL(.pingURL, .pingURLFile)
        let users = jobs.filter { $0.ping == .standard }
        if let url, !url.namesJob, users.count > 1 {
            fault(
                name,
                "\(name.name) (its value is not shown) has no \(NoticeURL.job), and \(users.count) jobs would ping the "
                    + "same check; write \(NoticeURL.job) where a job's name belongs, or give jobs a ping= of their own"
            )
        }
        let formats = PingFormat.allCases.map { ($0.rawValue, $0) }
        return Pings(standard: url, format: word(.pingFormat, formats))
    }

    mutating func heartbeat() -> NoticeURL? { noticeURL(.heartbeatURL, .heartbeatURLFile).url }

    /// Who is told of incidents; nil: nobody.
    mutating func alerts() -> Alerts? {
        let (_, url) = noticeURL(.alertURL, .alertURLFile)
        let format = word(.alertFormat, AlertFormat.allCases.map { ($0.rawValue, $0) })
        let (_, key) = secret(.alertKey, or: .alertKeyFile, "key")
        let remind = duration(.alertRemind)
        guard let url else { return nil }
        let alerts = Alerts(url: url, format: format, key: key, remind: .seconds(remind ?? 0))
        let name = Variable.alertKey.name
        if alerts.format == .pagerduty, key == nil, !isSet(.alertKeyFile), !isSet(.alertKey) {
            fault(
                .alertKey,
                "\(name) is not set, and PagerDuty takes nothing without its routing key; write the key of the service's "
                    + "Events API v2 integration"
            )
        } else if alerts.format != .pagerduty, key != nil {
            warn(name, "\(name) has no effect: it is PagerDuty's, and \(url.host) is told as \(alerts.format.rawValue)")
        }
        return alerts
    }

    /// From the variable or the file, and which of them.
    private mutating func noticeURL(_ variable: Variable, _ file: Variable) -> (name: Variable, url: NoticeURL?) {
        let (name, text) = secret(variable, or: file, "URL")
        return (name, text.flatMap { notice($0, name) })
    }

    /// A secret of the variable or of the file, and which of them; `what` is what it is.
    private mutating func secret(_ variable: Variable, or file: Variable, _ what: String) -> (Variable, Secret?) {
        let plain = secret(variable)
        guard let path = text(file)?.trimmingBlanks else { return (variable, plain) }
        let origin = TokenFile(path, variable: file.name)
        guard plain == nil else {
            fault(file, "\(origin.shown) and \(variable.name) are both set; leave one of them out")
            return (file, nil)
        }
        do throws(TokenFile.Fault) {
            let secret = try TokenFile.token(in: sources.read(path, TokenFile.limit))
            if what != "URL" { secrets.append(secret) }
            return (file, secret)
        } catch {
            let fault = error == .empty ? "holds no \(what): the file is empty" : error.description
            self.fault(file, "\(origin.shown) \(fault); write the path of a file that holds the \(what) alone")
            return (file, nil)
        }
    }

    private mutating func notice(_ text: Secret, _ variable: Variable) -> NoticeURL? {
        do throws(URLError) {
            let url = try NoticeURL(parsing: text.reveal)
            secrets += url.secrets
            return url
        } catch {
            fault(variable, "\(variable.name) (its value is not shown) \(NoticeURL.rule(error, variable.example))")
            return nil
        }
    }
}

extension NoticeURL {
    /// What is wrong and what to write, without a part of the URL.
    static func rule(_ error: URLError, _ url: String = "https://hc-ping.com/KEY/\(job)") -> String {
        let example = "write for example \(url)"
        return switch error {
        case .scheme: "is not an absolute http:// or https:// URL; \(example)"
        case .noHost: "names no host; \(example)"
        case .userInfo: "holds a user name or password; take it out, a key belongs into the path or the query"
        case .malformed: "is not a URL; \(example)"
        default: error.description
        }
    }
}

extension Variable {
    /// A URL such as it may hold.
    fileprivate var example: String {
        switch self {
        case .alertURL, .alertURLFile: "https://hooks.slack.com/services/T000/B000/KEY"
        case .heartbeatURL, .heartbeatURLFile: "https://hc-ping.com/UUID"
        default: "https://hc-ping.com/KEY/\(NoticeURL.job)"
        }
    }
}
