internal import Clockwork
internal import HTTPClient
internal import JSON

/// What an answer says of a run: how it ended, why, and how many items were processed.
struct Verdict {
    private(set) var outcome: Outcome
    /// Why an answer is none whose status is good; else empty.
    private(set) var reason = ""
    private(set) var items: Int?

    init(_ response: Response, for job: Job) {
        outcome = Outcome(status: response.status)
        let isGood = outcome == .ok
        if job.ok.contains(response.status) { outcome = .ok } else if isGood { outcome = .rejected }
        guard isGood || outcome == .ok else { return }
        let answer = job.items == nil && job.expectation == nil ? nil : Self.object(in: response)
        items = job.items.flatMap { answer?.member(at: $0)?.count }
        if isGood, outcome == .ok, let expected = job.expectation, answer?.says(expected) != true {
            (outcome, reason) = (.failed, "expected \(expected)")
        }
    }

    /// The answer, if it is a JSON object that has been kept whole.
    private static func object(in response: Response) -> JSONValue? {
        guard response.bodyLength == response.body.count, let value = try? JSONValue(parsing: response.body),
            case .object = value
        else { return nil }
        return value
    }
}

extension JSONValue {
    fileprivate func says(_ expected: Job.Expectation) -> Bool {
        let value = (try? JSONValue(parsing: expected.value.utf8)) ?? .string(expected.value)
        return member(at: expected.member)?.means(value) ?? false
    }
}
