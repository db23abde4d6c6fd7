internal import Clockwork
internal import JSON
internal import Schedule

/// An option of a job line: how it is read, and how `check` shows it.
///
/// A new one is a row of `JobOption+Rows.swift` and what it changes in a `Job`; the README's table is compared with that.
struct JobOption: Sendable {
    /// What is wrong with a value, to follow the option's name.
    struct Problem: Error {
        let text: String

        init(_ text: String) { self.text = text }
    }

    let name: String
    let standard: Standard
    /// What it is for, in Markdown.
    let summary: String
    /// Takes a value; nil for those that the reader of lines knows by how they are written: `header.NAME=`, `body=`.
    var take: (@Sendable (inout JobOptions, String) throws(Problem) -> Void)?
    /// What `check` adds to a job's line; nothing for a default, and no value that may be a secret.
    var notes: @Sendable (Job) -> [String] = { _ in [] }
    /// What `check --json` says.
    var members: @Sendable (Job) -> [(String, JSONValue)] = { _ in [] }

    init(_ name: String, _ standard: Standard, _ summary: String) {
        (self.name, self.standard, self.summary) = (name, standard, summary)
    }

    /// An option that is one value of a job; `text` is how a job line would say it.
    init<Value: Sendable>(
        _ name: String,
        _ standard: Standard,
        _ summary: String,
        read: @escaping @Sendable (String) throws(Problem) -> Value,
        set: @escaping @Sendable (inout Job, Value) -> Void,
        text: @escaping @Sendable (Job) -> String? = { _ in nil },
        member: @escaping @Sendable (Job) -> (String, JSONValue)? = { _ in nil }
    ) {
        self.init(name, standard, summary)
        take = { options, text throws(Problem) in
            let value = try read(text)
            options.changes[name] = { set(&$0, value) }
        }
        notes = { job in
            guard let text = text(job), text != standard.value else { return [] }
            return ["\(name)=\(text)"]
        }
        members = { job in member(job).map { [$0] } ?? [] }
    }
}

// MARK: - Reading values

extension JobOption {
    /// A duration in seconds.
    static func seconds(
        from least: Int64,
        to most: Int64 = Interval.limit
    ) -> @Sendable (String) throws(Problem) -> Int {
        { text throws(Problem) in
            let interval: Interval
            do throws(ScheduleError) {
                interval = try Interval(parsing: text)
                guard interval.seconds >= least else { throw ScheduleError.intervalTooShort(text: text) }
            } catch {
                throw Problem(error.showing(ShownWord.of).description)
            }
            guard interval.seconds <= most else {
                throw Problem("\"\(ShownWord.of(text))\" is too long; write at most \(most / 86_400)d")
            }
            return Int(interval.seconds)
        }
    }

    @Sendable static func exempt(_ text: String) throws(Problem) -> Bool {
        guard text == "exempt" else {
            throw Problem("\"\(ShownWord.of(text))\" is not known; write exempt, or leave it out")
        }
        return true
    }

    static func count(to most: Int) -> @Sendable (String) throws(Problem) -> Int {
        { text throws(Problem) in
            guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(text),
                count <= most
            else { throw Problem("\"\(ShownWord.of(text))\" is not a whole number from 0 to \(most)") }
            return count
        }
    }

    /// Statuses of answers that count as ok; a redirect that nobody follows has done nothing.
    @Sendable static func good(_ text: String) throws(Problem) -> Statuses {
        let statuses = try statuses(in: 200...499, such: "200-299,404")(text)
        if let range = statuses.ranges.first(where: { $0.overlaps(300...399) && $0 != 304...304 }) {
            throw Problem(
                "\(Statuses([range])) holds redirects, which are not followed; of 3xx only 304 is allowed: write "
                    + "200-299,304,404"
            )
        }
        return statuses
    }

    /// The names that lead to a member of an answer, with dots between them.
    static func member(_ text: String, such example: String) throws(Problem) -> [String] {
        let names = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard text.utf8.count <= longestMember, names.allSatisfy({ !$0.isEmpty }) else {
            throw Problem("\"\(ShownWord.of(text))\" is no name of a member; write \(example)")
        }
        return names
    }

    /// Of a member and of the value it is to have, each in bytes.
    private static let longestMember = 100

    @Sendable static func items(_ text: String) throws(Problem) -> [String]? {
        text == "off" ? nil : try member(text, such: "processed, result.count or off")
    }

    /// A member and its value, with a colon between them; `off` takes back what the defaults say.
    @Sendable static func expectation(_ text: String) throws(Problem) -> Job.Expectation? {
        guard text != "off" else { return nil }
        guard let colon = text.firstIndex(of: ":") else {
            throw Problem("\"\(ShownWord.of(text))\" has no colon before a value; write ok:true or status:done")
        }
        let value = String(text[colon...].dropFirst())
        guard !value.isEmpty else {
            throw Problem("\"\(ShownWord.of(text))\" has no value behind its colon; write ok:true or status:done")
        }
        guard value.utf8.count <= longestMember else {
            throw Problem("its value is longer than \(longestMember) bytes; write a shorter one, such as ok:true")
        }
        let names = try member(String(text[..<colon]), such: "ok:true or result.ok:true")
        return Job.Expectation(member: names, value: value)
    }

    /// HTTP statuses: numbers and ranges, with commas between them.
    static func statuses(
        in allowed: ClosedRange<Int>,
        such example: String
    ) -> @Sendable (String) throws(Problem) -> Statuses {
        { text throws(Problem) in
            var ranges: [ClosedRange<Int>] = []
            for item in text.split(separator: ",", omittingEmptySubsequences: false) {
                let ends = item.split(separator: "-", omittingEmptySubsequences: false)
                let numbers = ends.compactMap { $0.utf8.count == 3 ? Int($0) : nil }.filter(allowed.contains)
                guard (1...2).contains(ends.count), numbers.count == ends.count,
                    let low = numbers.first, let high = numbers.last, low <= high
                else {
                    throw Problem(
                        "\"\(ShownWord.of(String(item)))\" is not a status from \(allowed.lowerBound) to "
                            + "\(allowed.upperBound); write \(example)"
                    )
                }
                ranges.append(low...high)
            }
            return Statuses(ranges)
        }
    }

    static func word<Word: RawRepresentable<String> & CaseIterable & Sendable>(
        of type: Word.Type
    ) -> @Sendable (String) throws(Problem) -> Word {
        { text throws(Problem) in
            guard let word = Word(rawValue: text) else {
                let allowed = Word.allCases.map(\.rawValue).joined(separator: " or ")
                throw Problem("\"\(ShownWord.of(text))\" is not known; write \(allowed)")
            }
            return word
        }
    }
}
