internal import Clockwork
internal import Schedule

/// What a job line says of its options.
struct JobOptions: Sendable {
    /// By the option's name, what it changes in a job; what is not in here was not given.
    var changes: [String: @Sendable (inout Job) -> Void] = [:]
    var zone: String?
    /// As they are written; nil: not given.
    var groups: [String]?
    /// In the order given; names differ also without regard to case.
    var headers: [Job.Header] = []
    var headerFiles: [Job.HeaderFile] = []
    var body: String?

    /// What is given here replaces what `base` says; the rest stays.
    func over(_ base: JobOptions) -> JobOptions {
        var result = base
        result.changes.merge(changes) { $1 }
        result.zone = zone ?? base.zone
        result.groups = groups ?? base.groups
        result.headers = base.headers.filter { !has($0.name) } + headers
        result.headerFiles = base.headerFiles.filter { !has($0.name) } + headerFiles
        result.body = body ?? base.body
        return result
    }

    /// Whether it has a header of this name, of either kind.
    func has(_ header: String) -> Bool {
        (headers.map(\.name) + headerFiles.map(\.name)).contains { $0.lowercased() == header.lowercased() }
    }

    /// All but the zone, which the timetable has, and the groups.
    func apply(to job: inout Job) {
        for change in changes.values { change(&job) }
        (job.headers, job.headerFiles) = (headers, headerFiles)
        job.body = body
    }
}

// MARK: - Reading

extension JobOptions {
    /// More are no job's; each is sent with each attempt.
    static let mostHeaders = 64

    /// A header that a job may send.
    static func header(_ name: String, _ value: String) throws(JobLineFault) -> Job.Header {
        guard isToken(name[...]) else { throw .headerName(name) }
        let lowered = name.lowercased()
        if ownHeaders.contains(lowered) || lowered.hasPrefix("x-scheduler-") { throw .headerIsOurs(name) }
        if connectionHeaders.contains(lowered) { throw .headerOfConnection(name) }
        guard value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F || $0 == "\t" }) else {
            throw .headerValue(name)
        }
        return Job.Header(name: name, value: value)
    }

    /// What the sidecar or libcurl says itself: the token, the length, and who and what a request is for.
    private static let ownHeaders: Set<String> = [
        "authorization", "host", "content-length", "idempotency-key", "x-request-id", "traceparent",
    ]

    /// RFC 9110 §7.6.1, §10.1.1, §11.7, RFC 7540 §3.2.1: with these the two ends of a connection, or it
    /// and a proxy, talk about it, and libcurl does not know.
    private static let connectionHeaders: Set<String> = [
        "connection", "expect", "http2-settings", "keep-alive", "proxy-authenticate", "proxy-authentication-info",
        "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    /// RFC 9110 §5.6.2, "token": the name of a header, or half of a media type.
    static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
