internal import Schedule

/// The options of a job line; nil is "not given".
struct JobOptions: Equatable, Sendable {
    var timeout: Interval?
    var retries: Int?
    var zone: String?
    var first: Job.First?
    var catchup: Job.Catchup?
    var catchupWindow: Interval?
    var jitter: Interval?
    var abandonHold: Interval?
    /// In the order given; names differ also without regard to case.
    var headers: [Job.Header] = []
    var body: String?

    static let mostRetries = 100

    /// What is given here replaces what `base` says; the rest stays.
    func over(_ base: JobOptions) -> JobOptions {
        var result = JobOptions()
        result.timeout = timeout ?? base.timeout
        result.retries = retries ?? base.retries
        result.zone = zone ?? base.zone
        result.first = first ?? base.first
        result.catchup = catchup ?? base.catchup
        result.catchupWindow = catchupWindow ?? base.catchupWindow
        result.jitter = jitter ?? base.jitter
        result.abandonHold = abandonHold ?? base.abandonHold
        let names = Set(headers.map { $0.name.lowercased() })
        result.headers = base.headers.filter { !names.contains($0.name.lowercased()) } + headers
        result.body = body ?? base.body
        return result
    }
}

// MARK: - Reading

extension JobOptions {
    /// The options that stand as `name=value`; `header.NAME=` and `body=` are apart.
    static let names = [
        "timeout", "retries", "tz", "first", "catchup", "catchup-window", "jitter", "abandon-hold",
    ]

    /// Takes one `name=value`; the caller has seen that it is not given twice.
    mutating func set(_ name: String, _ value: String) throws(JobLineFault) {
        switch name {
        case "timeout": timeout = try duration(name, value, least: 1)
        case "retries": retries = try count(name, value)
        case "tz": zone = value
        case "first": first = try word(name, value)
        case "catchup": catchup = try word(name, value)
        case "catchup-window": catchupWindow = try duration(name, value, least: 1)
        case "jitter": jitter = try duration(name, value, least: 0)
        case "abandon-hold": abandonHold = try duration(name, value, least: 0)
        default:
            let names = Self.names + ["body", "header.NAME"]
            throw .unknownOption(name, near: NearestName.of(name, in: names) ?? names.first { $0.hasPrefix(name) })
        }
    }

    mutating func add(header name: String, _ value: String) throws(JobLineFault) {
        guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else { throw .headerName(name) }
        let lowered = name.lowercased()
        if Self.reservedHeaders.contains(lowered) || lowered.hasPrefix("x-scheduler-") { throw .headerIsOurs(name) }
        guard value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F || $0 == "\t" }) else {
            throw .headerValue(name)
        }
        if headers.contains(where: { $0.name.lowercased() == lowered }) { throw .givenTwice("header.\(name)") }
        headers.append(Job.Header(name: name, value: value))
    }

    /// What the sidecar or libcurl says itself: the token, the framing, and who and what a request is for.
    private static let reservedHeaders: Set<String> = [
        "authorization", "host", "content-length", "transfer-encoding", "connection", "idempotency-key", "x-request-id",
        "traceparent",
    ]

    private func duration(_ name: String, _ value: String, least: Int64) throws(JobLineFault) -> Interval {
        do throws(ScheduleError) {
            let interval = try Interval(parsing: value)
            guard interval.seconds >= least else { throw ScheduleError.intervalTooShort(text: value) }
            return interval
        } catch {
            throw .option(name, error.description)
        }
    }

    private func count(_ name: String, _ value: String) throws(JobLineFault) -> Int {
        guard !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int(value), count <= Self.mostRetries
        else { throw .option(name, "\"\(value)\" is not a whole number from 0 to \(Self.mostRetries)") }
        return count
    }

    private func word<Word: RawRepresentable & CaseIterable>(
        _ name: String,
        _ value: String
    ) throws(JobLineFault) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: value) else {
            let allowed = Word.allCases.map(\.rawValue).joined(separator: " or ")
            throw .option(name, "\"\(value)\" is not known; write \(allowed)")
        }
        return word
    }
}

/// RFC 9110 §5.6.2, "tchar".
private func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
