internal import Clockwork
internal import JSON
internal import Schedule

/// One span of a trace, as OTLP has it.
///
/// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
package struct Span: Sendable, Equatable {
    enum Kind: Int { case `internal` = 1, client = 3 }

    enum Value: Sendable, Equatable {
        case text(String)
        case number(Int)
    }

    struct Attribute: Sendable, Equatable {
        let name: String
        let value: Value

        init(_ name: String, _ text: String) { (self.name, value) = (name, .text(text)) }
        init(_ name: String, _ number: Int) { (self.name, value) = (name, .number(number)) }
    }

    let trace: RunID
    let id: UInt64
    var parent: UInt64?
    let name: String
    let kind: Kind
    let begin: Moment
    let end: Moment
    let attributes: [Attribute]
    let isError: Bool

    /// Numbers that the protocol has as int64 are strings in JSON, ids are hex, kinds and codes are numbers.
    var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("traceId", .string(trace.description)), ("spanId", .string(RunID.hex(id))),
        ]
        if let parent { members.append(("parentSpanId", .string(RunID.hex(parent)))) }
        members += [
            ("name", .string(name)), ("kind", .integer(kind.rawValue)),
            ("startTimeUnixNano", .string(begin.nanosecondsText)), ("endTimeUnixNano", .string(end.nanosecondsText)),
            ("attributes", .array(attributes.map(\.json))),
        ]
        if isError { members.append(("status", .object([("code", .integer(2))]))) }
        return .object(members)
    }
}

extension Span.Attribute {
    var json: JSONValue {
        let value: JSONValue =
            switch value {
            case .text(let text): .object([("stringValue", .string(text))])
            case .number(let number): .object([("intValue", .string(String(number)))])
            }
        return .object([("key", .string(name)), ("value", value)])
    }
}

extension Moment {
    fileprivate var nanosecondsText: String {
        let (seconds, attoseconds) = (self - .epoch).components
        let nanoseconds = max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        return String(nanoseconds)
    }
}

// MARK: - From facts

extension Span {
    /// The span of a run; what its attempts have as their parent follows from its id.
    private static func root(_ id: RunID) -> UInt64 { id.low == 0 ? 1 : id.low }

    /// The spans that a fact ends: one for each request of an attempt, one for a run.
    static func ended(by fact: Fact, at apps: [String: Traces.Target], mask: (String) -> String) -> [Span] {
        switch fact {
        case .attemptEnded(let attempt, let end):
            guard let app = apps[attempt.job.target] else { return [] }
            let path = mask(app.prefix + attempt.job.path.prefix { $0 != "?" && $0 != "#" })
            return end.calls.enumerated().map { place, call in
                var attributes = [
                    Attribute("http.request.method", attempt.job.method), Attribute("server.address", app.host),
                    Attribute("server.port", app.port), Attribute("url.scheme", app.scheme),
                    Attribute("url.path", path),
                ]
                let resent = attempt.number - 1 + place
                if resent > 0 { attributes.append(Attribute("http.request.resend_count", resent)) }
                if call.status > 0 { attributes.append(Attribute("http.response.status_code", call.status)) }
                let isError = call.outcome != .ok && call.outcome != .busy
                if isError { attributes.append(Attribute("error.type", call.outcome.rawValue)) }
                return Span(
                    trace: attempt.id,
                    id: call.span,
                    parent: root(attempt.id),
                    name: attempt.job.method,
                    kind: .client,
                    begin: call.began,
                    end: call.began + call.took,
                    attributes: attributes,
                    isError: isError
                )
            }
        case .ended(let name, let run, _, _):
            return [
                Span(
                    trace: run.id,
                    id: root(run.id),
                    name: "job \(name)",
                    kind: .internal,
                    begin: run.began,
                    end: run.ended,
                    attributes: [
                        Attribute("scheduler.job", name), Attribute("scheduler.slot", run.slot.description),
                        Attribute("scheduler.trigger", run.trigger.rawValue),
                        Attribute("scheduler.outcome", run.outcome.rawValue),
                        Attribute("scheduler.lateness_ms", run.lateMilliseconds),
                        Attribute("scheduler.run_id", run.id.description),
                        Attribute("scheduler.attempts", run.attempts),
                    ],
                    isError: run.outcome.isFailure
                )
            ]
        default: return []
        }
    }
}
