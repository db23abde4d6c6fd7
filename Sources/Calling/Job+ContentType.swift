package import Clockwork
internal import JSON

extension Job {
    /// What a request says its body is: as the job's header has it, else by what it reads as; nil where there is none.
    package var contentType: String? {
        headers.first { $0.name.lowercased() == "content-type" }?.value
            ?? body.map { JSONValue.isJSON($0) ? "application/json" : "text/plain" }
    }
}
