internal import Telling

/// An .env file, as text: what it gives, and where its readers differ.
///
/// Compose takes quotes off, ends a value before ` #` and puts variables in the place of `$NAME`; `docker run --env-file`,
/// podman and kubectl take what stands behind `=` as it is; systemd takes quotes off, and backslashes.
struct EnvFile {
    /// As compose reads them, but for references, which stay.
    private(set) var variables: [String: String] = [:]
    /// What is read differently, line by line.
    private(set) var notes: [SettingsFault] = []

    static let limit = 1 << 20

    /// `path` is for messages.
    init(_ text: String, path: String) {
        if text.unicodeScalars.first == "\u{FEFF}" {
            note(
                path,
                1,
                "begins with a byte order mark (BOM), which podman and systemd take for a part of the first name; take it out"
            )
        }
        if text.utf8.contains(UInt8(ascii: "\r")) {
            note(
                path,
                1,
                "has lines that end with CR LF, and some readers take the CR for a part of the value; write LF alone"
            )
        }
        let scalars = text.unicodeScalars.drop { $0 == "\u{FEFF}" }
        let lines = Substring(scalars).split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        for (index, written) in lines.enumerated() {
            guard let line = EnvLine(written) else { continue }
            if let name = line.name { variables[name] = line.value }
            for sentence in line.sentences { note(path, index + 1, sentence) }
        }
        guard !notes.isEmpty else { return }
        let rule = SettingsFault(
            variable: path,
            message:
                "\(Escaping.quotable(path)): all readers agree on NAME='value': single quotes around the whole value, no "
                + "export before it, no comment behind it"
        )
        notes.insert(rule, at: 0)
    }

    private mutating func note(_ path: String, _ number: Int, _ sentence: String) {
        notes.append(
            SettingsFault(variable: "\(path):\(number)", message: "\(Escaping.quotable(path)):\(number): \(sentence)")
        )
    }
}
