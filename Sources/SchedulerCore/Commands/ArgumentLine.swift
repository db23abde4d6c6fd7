/// The words of a command line, taken one by one; options may stand anywhere.
struct ArgumentLine {
    private var rest: [String]

    init(_ arguments: [String]) { rest = arguments }

    /// Takes an option that stands alone.
    mutating func flag(_ name: String) -> Bool {
        guard let index = rest.firstIndex(of: name) else { return false }
        rest.remove(at: index)
        return true
    }

    /// Takes an option's value: `--name value` or `--name=value`.
    mutating func value(_ name: String) throws(UsageError) -> String? {
        guard rest.filter({ $0 == name || $0.hasPrefix(name + "=") }).count < 2 else { throw .givenTwice(name) }
        if let index = rest.firstIndex(where: { $0.hasPrefix(name + "=") }) {
            return String(rest.remove(at: index).dropFirst(name.count + 1))
        }
        guard let index = rest.firstIndex(of: name) else { return nil }
        rest.remove(at: index)
        guard index < rest.count else { throw .missingValue(name) }
        return rest.remove(at: index)
    }

    /// Takes the next word that is no option.
    mutating func word() -> String? {
        guard let index = rest.firstIndex(where: { !$0.hasPrefix("-") }) else { return nil }
        return rest.remove(at: index)
    }

    /// Nothing may be left.
    func end() throws(UsageError) {
        guard let extra = rest.first else { return }
        throw extra.hasPrefix("-") ? .unknownOption(extra) : .extraArgument(extra)
    }
}
