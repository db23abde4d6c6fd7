internal import Glibc
internal import JSON
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

    /// What the wall clock shows.
    var time: Moment { now() }

    package func debug(_ text: LogText, _ fields: [LogField] = []) { line(.debug, text, fields) }
    package func info(_ text: LogText, _ fields: [LogField] = []) { line(.info, text, fields) }
    package func warning(_ text: LogText, _ fields: [LogField] = []) { line(.warning, text, fields) }
    package func error(_ text: LogText, _ fields: [LogField] = []) { line(.error, text, fields) }

    /// The end of a trouble: shown wherever the line that told of its begin was.
    package func over(_ text: LogText, _ fields: [LogField] = [], since begin: LogLevel = .warning) {
        if begin >= level { write(rendered(.info, text, fields)) }
    }

    package func line(_ level: LogLevel, _ text: LogText, _ fields: [LogField]) {
        if level >= self.level { write(rendered(level, text, fields)) }
    }

    /// The line as it is written, with its end.
    package func rendered(_ level: LogLevel, _ text: LogText, _ fields: [LogField] = []) -> [UInt8] {
        let time = now()
        switch format {
        case .text:
            let line = textLine(time, level, text, fields, isMasked: false)
            // Nearly no line holds a secret; one that does is written anew, each of its parts masked.
            return redactor.holdsOwn(line) ? textLine(time, level, text, fields, isMasked: true) : line
        case .json:
            let head: [(String, JSONValue)] = [
                ("ts", .string(time.timestamp)), ("lvl", .string(level.name)), ("severity", .string(level.name)),
                ("logger", .string("scheduler")), ("service", .string("scheduler")), ("msg", .string(masked(text))),
            ]
            return Array(
                (JSONValue.object(head + fields.map { (member($0), json($0.value)) }).description + "\n").utf8
            )
        }
    }

    /// In bytes, since to put a `String` together from parts takes three times as long.
    ///
    /// With `isMasked` our own texts are masked as well; those from outside always are.
    private func textLine(
        _ time: Moment,
        _ level: LogLevel,
        _ text: LogText,
        _ fields: [LogField],
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
        for field in fields {
            line.append(Self.blank)
            line.append(utf8Of: field.name)
            line.append(UInt8(ascii: "="))
            switch field.value {
            case .own(let own): quote(isMasked ? redactor.maskOwn(own) : own, in: &line)
            case .outside(let outside): quote(Escaping.text(redactor.mask(outside)), in: &line)
            case .integer(let number): line.append(decimal: number)
            }
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// Puts a text behind what is there, in quotes where its end could not be seen without them.
    private func quote(_ text: String, in line: inout [UInt8]) {
        let start = line.count
        line.append(utf8Of: text)
        let hasBlank = unsafe line.withUnsafeBytes { bytes in
            unsafe bytes.baseAddress.map { unsafe memchr($0 + start, Int32(Self.blank), bytes.count - start) != nil }
                ?? false
        }
        guard hasBlank || line.count == start else { return }
        line.insert(Self.quote, at: start)
        line.append(Self.quote)
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

    /// Log collectors take a member `status` for a severity.
    private func member(_ field: LogField) -> String {
        let name = field.name.description
        return name == "status" ? "http_status" : name
    }

    private func json(_ value: LogValue) -> JSONValue {
        switch value {
        case .own(let own): .string(redactor.maskOwn(own))
        case .integer(let number): .integer(number)
        case .outside(let outside): .string(redactor.mask(outside))
        }
    }
}
