package import Schedule

/// Writes one line per event.
package struct Log: Sendable {
    private let level: LogLevel
    private let format: LogFormat
    private let redactor: Redactor
    private let now: @Sendable () -> Moment
    private let write: @Sendable (String) -> Void

    package init(
        level: LogLevel = .info,
        format: LogFormat = .text,
        secrets: SecretBook = SecretBook(),
        now: @escaping @Sendable () -> Moment,
        write: @escaping @Sendable (String) -> Void
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
    func rendered(_ level: LogLevel, _ text: LogText, _ fields: [(String, LogValue)] = []) -> String {
        let time = now().timestamp
        switch format {
        case .text:
            var line = time
            line.reserveCapacity(512)
            line += " "
            line += level.name
            line += level.name.utf8.count < 5 ? "  " : " "
            add(text, to: &line)
            for (name, value) in fields {
                line += " "
                line += name
                line += "="
                add(value, to: &line)
            }
            line += "\n"
            return line
        case .json:
            let head: [(String, JSONValue)] = [
                ("ts", .string(time)), ("lvl", .string(level.name)), ("logger", .string("scheduler")),
                ("service", .string("scheduler-sidecar")), ("msg", .string(masked(text))),
            ]
            return JSONValue.object(head + fields.map { ($0.0, json($0.1)) }).description + "\n"
        }
    }

    private func add(_ text: LogText, to line: inout String) {
        for part in text.parts {
            switch part {
            case .own(let text): line += redactor.maskOwn(text)
            case .outside(let text): line += Escaping.text(redactor.mask(text))
            }
        }
    }

    private func add(_ value: LogValue, to line: inout String) {
        let text: String
        switch value {
        case .own(let own): text = redactor.maskOwn(own)
        case .integer(let number): text = String(number)
        case .outside(let outside): text = Escaping.text(redactor.mask(outside))
        }
        let isPlain = !text.isEmpty && !text.utf8.contains(UInt8(ascii: " "))
        line += isPlain ? text : "\"\(text)\""
    }

    private func masked(_ text: LogText) -> String {
        text.parts.map { part in
            switch part {
            case .own(let text): redactor.maskOwn(text)
            case .outside(let text): redactor.mask(text)
            }
        }.joined()
    }

    private func json(_ value: LogValue) -> JSONValue {
        switch value {
        case .own(let own): .string(redactor.maskOwn(own))
        case .integer(let number): .integer(number)
        case .outside(let outside): .string(redactor.mask(outside))
        }
    }
}

extension String {
    /// Filled up with blanks on the right.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
