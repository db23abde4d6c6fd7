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

    /// From the variable or the file, and which of them.
    private mutating func noticeURL(_ variable: Variable, _ file: Variable) -> (name: Variable, url: NoticeURL?) {
        let plain = secret(variable)
        guard let path = text(file)?.trimmingBlanks else { return (variable, plain.flatMap { notice($0, variable) }) }
        let origin = TokenFile(path, variable: file.name)
        guard plain == nil else {
            fault(file, "\(origin.shown) and \(variable.name) are both set; leave one of them out")
            return (file, nil)
        }
        do throws(TokenFile.Fault) {
            return (file, notice(try TokenFile.token(in: sources.read(path, TokenFile.limit)), file))
        } catch {
            let what = error == .empty ? "holds no URL: the file is empty" : error.description
            fault(file, "\(origin.shown) \(what); write the path of a file that holds the URL alone")
            return (file, nil)
        }
    }

    private mutating func notice(_ text: Secret, _ variable: Variable) -> NoticeURL? {
        do throws(URLError) {
            let url = try NoticeURL(parsing: text.reveal)
            secrets += url.secrets
            return url
        } catch {
            fault(variable, "\(variable.name) (its value is not shown) \(NoticeURL.rule(error))")
            return nil
        }
    }
}

extension NoticeURL {
    /// What is wrong and what to write, without a part of the URL.
    static func rule(_ error: URLError) -> String {
        let example = "write for example https://hc-ping.com/KEY/\(job)"
        return switch error {
        case .scheme: "is not an absolute http:// or https:// URL; \(example)"
        case .noHost: "names no host; \(example)"
        case .userInfo: "holds a user name or password; take it out, a key belongs into the path or the query"
        case .malformed: "is not a URL; \(example)"
        default: error.description
        }
    }
}
