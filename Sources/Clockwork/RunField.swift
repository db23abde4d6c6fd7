package import Schedule

/// One thing that is known of a run that ended: the table from which log, state and status write it.
///
/// A new field is a member of `RunRecord` and one row here.
package struct RunField: Sendable {
    /// Where it stands in a record.
    package enum Access: Sendable {
        case moment(any WritableKeyPath<RunRecord, Moment> & Sendable)
        case id(any WritableKeyPath<RunRecord, RunID> & Sendable)
        /// Left out where it is empty.
        case text(any WritableKeyPath<RunRecord, String> & Sendable)
        case number(any WritableKeyPath<RunRecord, Int> & Sendable)
        /// Left out where there is none.
        case count(any WritableKeyPath<RunRecord, Int?> & Sendable)
        /// `set` answers false for a word that makes no sense.
        case word(get: @Sendable (RunRecord) -> String, set: @Sendable (inout RunRecord, String) -> Bool)
    }

    /// In lines of the log, in `/status`, and in answers to commands.
    package let name: StaticString
    /// In the record file.
    package let key: StaticString
    package let access: Access
    /// Whether the line that ends a run carries it.
    package var isLogged = true
    /// Of a number.
    package var allowed = 0...Int.max

    /// In milliseconds; a slot may lie as far back as any that can be written.
    private static let (century, tenMillennia) = (100 * 366 * 86_400_000, 10_000 * 366 * 86_400_000)

    package static let all = [
        RunField(name: "slot", key: "slot", access: .moment(\.slot)),
        RunField(name: "run_id", key: "run", access: .id(\.id)),
        RunField(
            name: "trigger",
            key: "trigger",
            access: .word {
                $0.trigger.rawValue
            } set: { record, word in
                guard let trigger = Run.Trigger(rawValue: word) else { return false }
                record.trigger = trigger
                return true
            }
        ),
        RunField(name: "began", key: "at", access: .moment(\.began), isLogged: false),
        RunField(name: "attempts", key: "attempts", access: .number(\.attempts), allowed: 1...1_000_000),
        RunField(
            name: "outcome",
            key: "outcome",
            access: .word {
                $0.outcome.rawValue
            } set: { record, word in
                guard let outcome = Outcome(rawValue: word) else { return false }
                record.outcome = outcome
                return true
            }
        ),
        RunField(name: "status", key: "status", access: .number(\.status), allowed: 0...999),
        RunField(name: "ms", key: "ms", access: .number(\.milliseconds), allowed: 0...century),
        RunField(name: "late_ms", key: "late", access: .number(\.lateMilliseconds), allowed: 0...tenMillennia),
        RunField(name: "items", key: "items", access: .count(\.items), allowed: 0...1 << 53 - 1),
        RunField(name: "reason", key: "reason", access: .text(\.reason), isLogged: false),
        RunField(name: "location", key: "location", access: .text(\.location), isLogged: false),
    ]

    /// The value as text: what every place that shows it starts from.
    package func text(of record: RunRecord) -> String {
        switch access {
        case .moment(let path): record[keyPath: path].description
        case .id(let path): record[keyPath: path].description
        case .number(let path): String(record[keyPath: path])
        case .count(let path): record[keyPath: path].map { String($0) } ?? ""
        case .text(let path): record[keyPath: path]
        case .word(let get, _): get(record)
        }
    }
}
