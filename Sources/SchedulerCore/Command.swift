internal import Schedule

/// What the command line asks for.
package enum Command: Equatable, Sendable {
    case run
    case check(asJSON: Bool)
    case help
    case version

    /// Reads the arguments after the program's name.
    package init(_ arguments: [String]) throws(UsageError) {
        let words = arguments.filter { !$0.hasPrefix("-") }
        var options = arguments.filter { $0.hasPrefix("-") }
        if options.contains("--help") || options.contains("-h") || words.first == "help" {
            self = .help
            return
        }
        if options.contains("--version") || words.first == "version" {
            self = .version
            return
        }
        switch words.first ?? "run" {
        case "run":
            self = .run
        case "check":
            self = .check(asJSON: options.contains("--json"))
            options.removeAll { $0 == "--json" }
        case let word:
            throw .unknownCommand(word, near: NearestName.of(word, in: Self.names))
        }
        if let extra = words.dropFirst().first { throw .extraArgument(extra) }
        if let option = options.first { throw .unknownOption(option) }
    }

    private static let names = ["run", "check", "help", "version"]

    package static let usage = """
        usage: scheduler [run]            run the clock; set up by environment variables, see .env.example
               scheduler check [--json]   check the environment; print the jobs, or all faults and warnings
               scheduler help | --help
               scheduler version | --version

        exit status: 0 done, 1 the thing asked failed, 64 usage, 78 configuration

        """
}

/// A command line that makes no sense.
package enum UsageError: Error, Equatable {
    case unknownCommand(String, near: String?)
    case unknownOption(String)
    case extraArgument(String)
}

extension UsageError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownCommand(let word, let near):
            "command \"\(Escaping.quotable(word))\" is not known" + (near.map { "; did you mean \($0)?" } ?? "")
        case .unknownOption(let option): "option \"\(Escaping.quotable(option))\" is not known here"
        case .extraArgument(let word): "argument \"\(Escaping.quotable(word))\" is one too many"
        }
    }
}
