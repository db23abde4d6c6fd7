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
        return sentences
    }
}
