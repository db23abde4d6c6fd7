internal import Calling
internal import Clockwork
internal import Telling

extension EnvironmentReader {
    /// Reads the files that a job line names for its headers; a path is not shown, since a secret may stand in its place.
    mutating func readHeaderFiles(_ headers: [Job.HeaderFile], _ origin: String) {
        for header in headers where !headerFiles.contains(where: { $0.file?.path == header.path }) {
            let option = "header-file.\(header.name)"
            do throws(TokenFile.Fault) {
                let value = try TokenFile.token(in: sources.read(header.path, TokenFile.limit))
                secrets.append(value)
                let file = TokenFile(header.path, variable: "\(origin): \(option)", content: .value)
                headerFiles.append(TokenOrigin(value, file: file))
            } catch {
                let advice = error == .reference ? "" : "; write the path of a file that holds the value alone"
                jobFault(
                    origin,
                    .option(option, "the file that it names (not shown) \(error.description(of: .value))\(advice)")
                )
            }
        }
    }
}
