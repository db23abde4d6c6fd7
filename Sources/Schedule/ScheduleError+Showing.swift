extension ScheduleError {
    /// The same fault with less of the text that came in: of several words the first wrong one, as `show` has it.
    package func showing(_ show: (String) -> String) -> ScheduleError {
        func first(_ text: String) -> String {
            let words = Schedule.words(of: text)
            let word = show(words.first.map(String.init) ?? "")
            return words.count > 1 ? word + " …" : word
        }
        switch self {
        case .notASCII(let text):
            let word = Schedule.words(of: text).first { !$0.utf8.allSatisfy { $0 < 0x80 } }
            return .notASCII(text: show(word.map(String.init) ?? text))
        case .unknownKind(let text): return .unknownKind(text: first(text))
        case .writeInstead(let text, let instead): return .writeInstead(text: first(text), instead: instead)
        case .writeWithoutYear(let text, let instead): return .writeWithoutYear(text: first(text), instead: instead)
        case .extraText(let text, let kind): return .extraText(text: show(text), after: kind)
        case .malformedInterval(let text): return .malformedInterval(text: show(text))
        case .intervalTooLong(let text): return .intervalTooLong(text: show(text))
        case .intervalTooShort(let text): return .intervalTooShort(text: show(text))
        case .malformedTime(let text): return .malformedTime(text: show(text))
        case .unknownWeekday(let text): return .unknownWeekday(text: show(text))
        case .malformedMonthDay(let text): return .malformedMonthDay(text: show(text))
        case .unknownMacro(let text): return .unknownMacro(text: show(text))
        case .field(let kind, let text, let problem):
            if case .unknownWord(let word) = problem {
                return .field(kind, text: show(text), .unknownWord(show(word)))
            }
            return .field(kind, text: show(text), problem)
        case .malformedMoment(let text): return .malformedMoment(text: show(text))
        // What can never fire, and what extra text follows, has been read and is right.
        case .empty, .tooLong, .atReboot, .incomplete, .fieldCount, .year, .neverFires: return self
        }
    }
}
