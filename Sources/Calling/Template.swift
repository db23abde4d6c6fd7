internal import Clockwork
internal import Schedule

/// `{{slot}}`, `{{previous_success}}` and `{{run_id}}` in a body and in a path's query.
///
/// Nothing else is replaced. None of the values needs an escape in JSON, nor in a query (RFC 3986 §3.4 lets `:` stand).
package enum Template {
    private enum Name: String, CaseIterable {
        case slot
        case previousSuccess = "previous_success"
        case runID = "run_id"

        var text: String { "{{\(rawValue)}}" }
    }

    /// The ones that there are, as a sentence has them.
    package static let all = "{{slot}}, {{previous_success}} and {{run_id}}"

    static func filled(_ text: String, for attempt: Attempt) -> String {
        var (result, rest) = ("", text[...])
        while let place = rest.utf8.firstRange(of: "{{".utf8)?.lowerBound {
            result += rest[..<place]
            rest = rest[place...]
            let name = Name.allCases.first { rest.hasPrefix($0.text) }
            result += name.map { value($0, attempt) } ?? "{"
            rest = rest.dropFirst(name?.text.count ?? 1)
        }
        return result + rest
    }

    /// The path, with what its query holds replaced.
    static func filledPath(of attempt: Attempt) -> String {
        let path = attempt.job.path
        guard let query = path.firstIndex(of: "?") else { return path }
        return path[..<query] + filled(String(path[query...]), for: attempt)
    }

    private static func value(_ name: Name, _ attempt: Attempt) -> String {
        switch name {
        case .slot: attempt.slotText
        case .previousSuccess: attempt.previousSuccess?.description ?? ""
        case .runID: attempt.idText
        }
    }

    /// What stands in each `{{…}}` of a text; neither braces nor quotes do, as they would in nested JSON.
    package static func names(in text: some StringProtocol) -> [String] {
        var (names, rest) = ([String](), text[...])
        while let opening = rest.utf8.firstRange(of: "{{".utf8) {
            rest = rest[opening.upperBound...].drop { $0 == "{" }
            let name = rest.prefix { !"{}\"".contains($0) }
            if !name.isEmpty, rest[name.endIndex...].hasPrefix("}}") { names.append(String(name)) }
        }
        return names
    }

    package static func isName(_ name: String) -> Bool { Name(rawValue: name) != nil }
}
