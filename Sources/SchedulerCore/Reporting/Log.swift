package import Schedule

/// Writes one line per event, in UTF-8.
package struct Log: Sendable {
    private let level: LogLevel
    private let format: LogFormat
    private let redactor: Redactor
    private let now: @Sendable () -> Moment
    private let write: @Sendable ([UInt8]) -> Void

    package init(
        level: LogLevel = .info,
        format: LogFormat = .text,
        secrets: SecretBook = SecretBook(),
        now: @escaping @Sendable () -> Moment,
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.level = level
        self.format = format
        redactor = Redactor(secrets)
        self.now = now
        self.write = write
    }

    package func debug(_ text: LogText, _ fields: [(String, LogValue)] = []) { line(.debug, text, fields) }
    package func info(_ text: LogText, _ fields: [(String, LogValue)] = []) { line(.info, text, fields) }
    package func warning(_ text: LogText, _ fields: [(String, LogValue)] = []) { line(.warning, text, fields) }
    package func error(_ text: LogText, _ fields: [(String, LogValue)] = []) { line(.error, text, fields) }

    /// The first characters of an answer, without secrets.
    ///
    /// Masked before it is cut: a cut through a token would leave a part that no search finds.
    func excerpt(_ body: [UInt8]) -> String {
        excerpt(String(decoding: body, as: UTF8.self)) { _ in true }
    }

    /// The first characters of a text from outside, as long as they are wanted; masked before it is cut.
    func excerpt(_ outside: String, while isWanted: (Unicode.Scalar) -> Bool) -> String {
        let masked = redactor.mask(outside).unicodeScalars
        return String(String.UnicodeScalarView(masked.prefix(200).prefix(while: isWanted)))
    }

    func line(_ level: LogLevel, _ text: LogText, _ fields: [(String, LogValue)]) {
        if level >= self.level { write(rendered(level, text, fields)) }
    }

    /// The line as it is written, with its end.
    func rendered(_ level: LogLevel, _ text: LogText, _ fields: [(String, LogValue)] = []) -> [UInt8] {
        let time = now()
        switch format {
        case .text:
            let line = textLine(time, level, text, fields, isMasked: false)
            // Nearly no line holds a secret; one that does is written anew, each of its parts masked.
            return redactor.holdsLongSecret(line) ? textLine(time, level, text, fields, isMasked: true) : line
        case .json:
            let head: [(String, JSONValue)] = [
                ("ts", .string(time.timestamp)), ("lvl", .string(level.name)), ("logger", .string("scheduler")),
                ("service", .string("scheduler-sidecar")), ("msg", .string(masked(text))),
            ]
            return Array((JSONValue.object(head + fields.map { ($0.0, json($0.1)) }).description + "\n").utf8)
        }
    }

    /// In bytes, since to put a `String` together from parts takes three times as long.
    ///
    /// With `isMasked` our own texts are masked as well; those from outside always are.
    private func textLine(
        _ time: Moment,
        _ level: LogLevel,
        _ text: LogText,
        _ fields: [(String, LogValue)],
        isMasked: Bool
    ) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(512)
        time.appendTimestamp(to: &line)
        line.append(Self.blank)
        line.append(utf8Of: level.name)
        line.append(utf8Of: level.name.utf8.count < 5 ? "  " : " ")
        text.forEachPart { part, isOutside in
            if !isOutside, !isMasked { return line.append(contentsOf: part) }
            let text = String(decoding: part, as: UTF8.self)
            line.append(utf8Of: isOutside ? Escaping.text(redactor.mask(text)) : redactor.maskOwn(text))
        }
        for (name, value) in fields {
            line.append(Self.blank)
            line.append(utf8Of: name)
            line.append(UInt8(ascii: "="))
            switch value {
            case .own(let own): quote(isMasked ? redactor.maskOwn(own) : own, in: &line)
            case .outside(let outside): quote(Escaping.text(redactor.mask(outside)), in: &line)
            case .integer(let number): line.append(utf8Of: String(number))
            case .moment(let moment): moment.appendDescription(to: &line)
            case .id(let id): id.append(to: &line)
            }
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// Puts a text behind what is there, in quotes where its end could not be seen without them.
    private func quote(_ text: String, in line: inout [UInt8]) {
        let needsQuotes = text.isEmpty || text.utf8.contains(Self.blank)
        if needsQuotes { line.append(Self.quote) }
        line.append(utf8Of: text)
        if needsQuotes { line.append(Self.quote) }
    }

    private static let blank = UInt8(ascii: " ")
    private static let quote = UInt8(ascii: "\"")

    private func masked(_ text: LogText) -> String {
        var whole = ""
        text.forEachPart { part, isOutside in
            let text = String(decoding: part, as: UTF8.self)
            whole += isOutside ? redactor.mask(text) : redactor.maskOwn(text)
        }
        return whole
    }

    private func json(_ value: LogValue) -> JSONValue {
        switch value {
        case .own(let own): .string(redactor.maskOwn(own))
        case .integer(let number): .integer(number)
        case .moment(let moment): .string(moment.description)
        case .id(let id): .string(id.description)
        case .outside(let outside): .string(redactor.mask(outside))
        }
    }
}

extension String {
    /// Filled up with blanks on the right.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
