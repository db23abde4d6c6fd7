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
        let time = now().timestamp
        switch format {
        case .text:
            let line = textLine(time, level, text, fields)
            // Nearly no line holds a secret; one that does is written anew, each of its parts masked.
            return redactor.holdsLongSecret(line)
                ? textLine(time, level, text, fields, masked: redactor.maskOwn) : line
        case .json:
            let head: [(String, JSONValue)] = [
                ("ts", .string(time)), ("lvl", .string(level.name)), ("logger", .string("scheduler")),
                ("service", .string("scheduler-sidecar")), ("msg", .string(masked(text))),
            ]
            return Array((JSONValue.object(head + fields.map { ($0.0, json($0.1)) }).description + "\n").utf8)
        }
    }

    /// In bytes, since to put a `String` together from parts takes three times as long; `masked` is applied to our own
    /// texts.
    private func textLine(
        _ time: String,
        _ level: LogLevel,
        _ text: LogText,
        _ fields: [(String, LogValue)],
        masked: (String) -> String = { $0 }
    ) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(512)
        line.append(time)
        line.append(Self.blank)
        line.append(level.name)
        line.append(level.name.utf8.count < 5 ? "  " : " ")
        for part in text.parts {
            switch part {
            case .own(let text): line.append(masked(text))
            case .outside(let text): line.append(Escaping.text(redactor.mask(text)))
            }
        }
        for (name, value) in fields {
            line.append(Self.blank)
            line.append(name)
            line.append(UInt8(ascii: "="))
            let start = line.count
            switch value {
            case .own(let own): line.append(masked(own))
            case .integer(let number): line.append(String(number))
            case .outside(let outside): line.append(Escaping.text(redactor.mask(outside)))
            }
            if line.count == start || line[start...].contains(Self.blank) {
                line.insert(Self.quote, at: start)
                line.append(Self.quote)
            }
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    private static let blank = UInt8(ascii: " ")
    private static let quote = UInt8(ascii: "\"")

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

extension [UInt8] {
    /// In one piece; over the general way through a collection it takes a third of the time.
    fileprivate mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { unsafe append(contentsOf: $0) }
    }
}

extension String {
    /// Filled up with blanks on the right.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
