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

    /// A file as it lies on the disk; `path` is for messages.
    init(_ bytes: [UInt8], path: String) {
        if let text = Self.utf16(bytes) {
            let sentence =
                "is UTF-16: docker and kubectl refuse the file, the others find no name in it; save it as UTF-8"
            self.init(text, path: path, first: sentence)
            return
        }
        self.init(String(decoding: bytes, as: UTF8.self), path: path)
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        if let bad = lines.firstIndex(where: { String(validating: $0, as: UTF8.self) == nil }) {
            note(path, bad + 1, "has bytes that are no UTF-8: docker and kubectl refuse the file; save it as UTF-8")
        }
    }

    /// `first` is what to say of the whole.
    init(_ text: String, path: String, first sentence: String? = nil) {
        if let sentence { note(path, 1, sentence) }
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
        var (index, first): (Int, [String: Int]) = (0, [:])
        while index < lines.count {
            let number = index + 1
            index += 1
            guard let line = EnvLine(lines[index - 1], lines[index...]) else { continue }
            index += line.continued
            for sentence in line.sentences { note(path, number, sentence) }
            guard let name = line.name else { continue }
            variables[name] = line.value
            if let other = first[name] {
                note(
                    path,
                    number,
                    "\(name) is given a second time, first on line \(other): kubectl refuses the file, the others take the "
                        + "last; keep one"
                )
            }
            first[name] = first[name] ?? number
        }
    }

    /// What Windows calls Unicode, with its mark or without.
    private static func utf16(_ bytes: [UInt8]) -> String? {
        guard bytes.count >= 4 else { return nil }
        let isBig = bytes.starts(with: [0xFE, 0xFF]) || bytes[0] == 0 && bytes[2] == 0 && bytes[1] != 0
        let isLittle = bytes.starts(with: [0xFF, 0xFE]) || bytes[1] == 0 && bytes[3] == 0 && bytes[0] != 0
        guard isBig || isLittle else { return nil }
        let units = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
            UInt16(bytes[index + (isBig ? 0 : 1)]) << 8 | UInt16(bytes[index + (isBig ? 1 : 0)])
        }
        return String(decoding: units.first == 0xFEFF ? units.dropFirst() : units[...], as: UTF16.self)
    }

    /// Before the first note stands what holds of all.
    private mutating func note(_ path: String, _ number: Int, _ sentence: String) {
        if notes.isEmpty {
            notes.append(
                SettingsFault(
                    variable: path,
                    message:
                        "\(Escaping.quotable(path)): all readers agree on NAME=value, no quotes around it, no export before it, "
                        + "no comment behind it; a value of the scheduler's own with a blank, #, $ or \\ stands in single quotes"
                )
            )
        }
        notes.append(
            SettingsFault(variable: "\(path):\(number)", message: "\(Escaping.quotable(path)):\(number): \(sentence)")
        )
    }
}
