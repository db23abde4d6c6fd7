internal import Calling
internal import Clockwork
internal import JSON

/// What may be wrong with a body where nobody said what it is.
///
/// None of it is shown: it may hold a secret.
enum BodyHint {
    /// Sentences to follow the job's name.
    static func sentences(_ job: Job) -> [String] {
        guard let body = job.body, let type = job.contentType,
            !job.headers.contains(where: { $0.name.lowercased() == "content-type" })
        else { return [] }
        return problems(body, sentAs: type).map {
            "has a body that \($0); header.Content-Type= before body= says that it is meant so"
        }
    }

    private static func problems(_ body: String, sentAs type: String) -> [String] {
        let text = body.drop(while: \.isWhitespace)
        let blanks = body[..<text.startIndex].count
        if let quote = text.first, quote == "\"" || quote == "'", beginsLikeJSON(text.dropFirst()) {
            let end = sense(of: text.dropFirst()) ?? text.count - 1
            let range = "from character \(blanks + 2) to \(blanks + 1 + end)"
            return ["stands in quotes, which are sent too (as \(type)): it makes sense as JSON \(range); take them out"]
        }
        guard let end = sense(of: text) else { return [] }
        var problems: [String] = []
        if beginsLikeJSON(text) {
            let all = body.count
            problems = [
                "begins like JSON and makes sense only up to character \(blanks + end) of \(all) (sent as \(type)); mend it"
            ]
        }
        if let option = option(in: text) {
            problems.append("has \(option)= in it, since it takes the rest of the line; write options before body=")
        }
        if text.first == "@", !text.contains(where: \.isWhitespace) {
            problems.append(
                "is sent as it stands (as \(type)): @ names no file here, as it does for curl; write the text"
            )
        }
        return problems
    }

    private static func beginsLikeJSON(_ text: Substring) -> Bool {
        let first = text.first { !$0.isWhitespace }
        return first == "{" || first == "["
    }

    /// Up to which character a text makes sense as JSON; nil: to its end.
    private static func sense(of text: Substring) -> Int? {
        guard let fault = JSONValue.fault(in: String(text)) else { return nil }
        let sense = text.utf8.prefix(fault.offset)
        // Blanks before what makes no sense are of no use.
        return Substring(sense).reversed().drop(while: \.isWhitespace).count
    }

    /// An option that stands as a word of its own behind the body's first.
    private static func option(in text: Substring) -> String? {
        for word in text.split(whereSeparator: \.isWhitespace).dropFirst() {
            guard let name = word.firstIndex(of: "=").map({ word[..<$0] }) else { continue }
            for option in ["header", "header-file"] where name.hasPrefix("\(option).") { return "\(option).NAME" }
            if let option = JobOption.all.first(where: { $0.name == name }) { return option.name }
        }
        return nil
    }
}
