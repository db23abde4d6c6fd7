package import Clockwork
internal import JSON

extension Job {
    /// What a request says its body is: as the job's header has it, else by what it reads as; nil where there is none, or
    /// where a file says it.
    package var contentType: String? {
        let name = "content-type"
        if let header = headers.first(where: { $0.name.lowercased() == name }) { return header.value }
        if headerFiles.contains(where: { $0.name.lowercased() == name }) { return nil }
        return body.map { JSONValue.isJSON($0) ? "application/json" : "text/plain" }
    }
}
