internal import Calling
internal import Clockwork
internal import Files

/// What a job line says that is allowed and hardly meant; no sentence shows a path, a header's value or a body.
enum JobLineHint {
    /// Sentences to follow the job's name.
    static func sentences(_ job: Job) -> [String] {
        var sentences = BodyHint.sentences(job)
        if let header = job.headers.first(where: { $0.name.lowercased() == "accept-encoding" }),
            header.value.lowercased() != "identity"
        {
            sentences.append("asks for a compressed answer (header.\(header.name)), which is not inflated; take it out")
        }
        let headers = job.headers.filter { UnexpandedReference.isIn($0.value) }.map { "header.\($0.name)" }
        let path = UnexpandedReference.isIn(job.path) ? ["its path"] : []
        let body = job.body.map(UnexpandedReference.isIn) == true ? ["body="] : []
        for place in path + headers + body {
            sentences.append(
                "has a reference in \(place), $(NAME) or ${NAME}, that nothing has replaced; write the value"
            )
        }
        return sentences + templates(job)
    }

    private static func templates(_ job: Job) -> [String] {
        let path = job.path.prefix { $0 != "?" }
        let headers = job.headers.map { ("header.\($0.name)", $0.value) }
        let untouched = ([("its path before the ?", String(path))] + headers).filter { _, text in
            !Template.names(in: text).isEmpty
        }
        let filled = [("its query", String(job.path[path.endIndex...])), ("body=", job.body ?? "")].filter { _, text in
            !Template.names(in: text).allSatisfy(Template.isName)
        }
        return untouched.map { place, _ in
            "has a {{…}} in \(place), where none is replaced; write it behind the ?, or in body="
        }
            + filled.map { place, _ in
                "has a {{…}} in \(place) that is sent as it stands; only \(Template.all) are replaced"
            }
    }
}
