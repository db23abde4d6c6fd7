/// Where a command writes to, if somebody looks at it.
package struct Terminal: Sendable, Equatable {
    /// Columns.
    package let width: Int
    package let hasColour: Bool

    /// Narrower ones break lines themselves; in wider ones no eye finds the next line.
    package static let widths = 40...200
    /// Of one that does not say.
    private static let usual = 80

    /// `columns`: 0 where they are not known.
    package init(columns: Int, hasColour: Bool) {
        width = min(max(columns > 0 ? columns : Self.usual, Self.widths.lowerBound), Self.widths.upperBound)
        self.hasColour = hasColour
    }

    /// Whether colours are wanted: https://no-color.org.
    package init(columns: Int, environment: [String: String]) {
        let isPlain = environment["NO_COLOR"]?.isEmpty == false || environment["TERM"] == "dumb"
        self.init(columns: columns, hasColour: !isPlain)
    }
}

/// How a cell of a table looks on a terminal (ECMA-48, SGR).
package enum Ink: String, Sendable, CaseIterable {
    case head = "\u{1B}[1m"
    case good = "\u{1B}[32m"
    case bad = "\u{1B}[31m"
    case notice = "\u{1B}[33m"
    case dim = "\u{1B}[2m"

    package static let end = "\u{1B}[0m"

    /// A line from elsewhere with our colours, and nothing else in it that commands a terminal.
    package static func shown(_ line: String) -> String {
        var (shown, rest) = ("", line[...])
        while let start = rest.firstIndex(of: "\u{1B}") {
            shown += Escaping.controls(String(rest[..<start]))
            rest = rest[start...]
            let code = (allCases.map(\.rawValue) + [end]).first { rest.hasPrefix($0) }
            shown += code ?? Escaping.controls("\u{1B}")
            rest = rest.dropFirst(code?.count ?? 1)
        }
        return shown + Escaping.controls(String(rest))
    }

    package func on(_ text: String) -> String { text.isEmpty ? text : rawValue + text + Self.end }
}

/// A text of one line, as it may be shown in a column.
package struct Cell: Sendable, Equatable, ExpressibleByStringInterpolation {
    package let text: String
    package let ink: Ink?

    package init(_ text: String, _ ink: Ink? = nil) { (self.text, self.ink) = (text, ink) }
    package init(stringLiteral text: String) { self.init(text) }
}

/// Rows whose columns fit a terminal: what does not fit in a column goes on below, in the same column.
package struct FittedTable {
    private let head: [String]
    private let rows: [[Cell]]
    private let terminal: Terminal
    private let widths: [Int]?

    private static let gap = 2
    /// A column that has to give way is not made narrower than this; where that is not enough, rows become blocks.
    private static let least = 10

    /// `head`: names of the columns; none: it is a list.
    package init(head: [String] = [], _ rows: [[Cell]], on terminal: Terminal) {
        (self.head, self.rows, self.terminal) = (head, rows, terminal)
        let columns = max(head.count, rows.map(\.count).max() ?? 0)
        let natural = (0..<columns).map { column in
            ([head.count > column ? head[column].count : 0]
                + rows.map { $0.count > column ? $0[column].text.count : 0 }).max() ?? 0
        }
        widths = Self.fitted(natural, into: terminal.width - Self.gap * max(0, columns - 1))
    }

    /// The line of the head, if there is one; in blocks each line says what it is.
    package var headLines: [String] {
        guard widths != nil, !head.isEmpty else { return [] }
        return lines(head.map { Cell($0, .head) })
    }

    /// The lines of each row.
    package var rowLines: [[String]] { rows.map { widths == nil ? block($0) : lines($0) } }

    package var text: String { (headLines + rowLines.flatMap(\.self)).map { $0 + "\n" }.joined() }

    /// The widest give way until all fit; nil if that would leave columns too narrow to be read.
    private static func fitted(_ natural: [Int], into room: Int) -> [Int]? {
        var widths = natural
        while widths.reduce(0, +) > room {
            guard let widest = widths.max(), widest > least, let column = widths.firstIndex(of: widest) else {
                return nil
            }
            widths[column] -= 1
        }
        return widths
    }

    private func lines(_ cells: [Cell]) -> [String] {
        let widths = widths ?? []
        let columns = zip(cells, widths).map { ($0.ink, Wrapping.lines($0.text, width: $1), $1) }
        let height = columns.map(\.1.count).max() ?? 0
        return (0..<height).map { line in
            let last = columns.lastIndex { $0.1.count > line && !$0.1[line].isEmpty } ?? 0
            return columns.prefix(last + 1).enumerated().map { place, column in
                let text = column.1.count > line ? column.1[line] : ""
                let rest = String(repeating: " ", count: place == last ? 0 : max(0, column.2 - text.count) + Self.gap)
                return painted(text, column.0) + rest
            }.joined()
        }
    }

    /// The first cell, and below it the others with their names.
    private func block(_ cells: [Cell]) -> [String] {
        guard let first = cells.first else { return [] }
        let label = (head.dropFirst().map(\.count).max() ?? 0) + (head.isEmpty ? 0 : Self.gap)
        let width = max(Self.least, terminal.width - Self.gap - label)
        var lines = Wrapping.lines(first.text, width: terminal.width).map { painted($0, first.ink ?? .head) }
        for (place, cell) in cells.enumerated().dropFirst() where !cell.text.isEmpty {
            let name = head.count > place ? head[place] : ""
            for (number, part) in Wrapping.lines(cell.text, width: width).enumerated() {
                let start = (number == 0 ? name : "").padding(to: label)
                lines.append(String(repeating: " ", count: Self.gap) + painted(start, .dim) + painted(part, cell.ink))
            }
        }
        return lines
    }

    private func painted(_ text: String, _ ink: Ink?) -> String {
        guard let ink, terminal.hasColour, text.contains(where: { $0 != " " }) else { return text }
        return ink.on(text)
    }
}

/// Text broken into lines of a width.
package enum Wrapping {
    /// At blanks where that is possible; lines after the first are indented.
    package static func lines(_ text: String, width: Int, indent: Int = 0) -> [String] {
        var lines: [String] = []
        var line = ""
        func room() -> Int { max(1, width - (lines.isEmpty ? 0 : indent)) }
        func end() {
            while line.last == " " { line.removeLast() }
            lines.append((lines.isEmpty ? "" : String(repeating: " ", count: indent)) + line)
            line = ""
        }
        let lead = String(text.prefix { $0 == " " })
        line = lead
        for word in text.dropFirst(lead.count).split(separator: " ", omittingEmptySubsequences: false) {
            var word = word
            let isFirst = line == lead || line.isEmpty
            if !isFirst, line.count + 1 + word.count > room() { end() } else if !isFirst { line += " " }
            while line.count + word.count > room() {
                let part = word.prefix(max(1, room() - line.count))
                line += part
                word = word.dropFirst(part.count)
                end()
            }
            line += word
        }
        if !line.isEmpty || lines.isEmpty { end() }
        return lines
    }
}
