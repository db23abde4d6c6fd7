import Foundation

/// What people read: the README, CONTRIBUTING, what is in docker/, and the articles beside the code.
enum Papers {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    /// From the root of the repository.
    static func names() throws -> [String] {
        let folder = "Sources/scheduler/Documentation.docc"
        let articles = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
        return ["README.md", "CONTRIBUTING.md", "docker/README.md"] + articles.sorted().map { "\(folder)/\($0)" }
    }

    static func text(_ name: String) throws -> String {
        try String(contentsOf: root.appending(path: name), encoding: .utf8)
    }

    /// All of them together, with links that say no file: what a table of the program says of a section holds wherever
    /// the section stands.
    static func papers() throws -> String {
        try names().map(text).joined(separator: "\n").replacing(/\]\([A-Za-z.\/-]+\.md#/, with: "](#")
    }

    /// The rows of the first table under a heading, whatever its level, without the table's head.
    static func table(under heading: String) throws -> [String] {
        let lines = try papers().split(separator: "\n").drop { $0.drop { $0 == "#" } != " \(heading)" }
        return lines.drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }.dropFirst(2).map(String.init)
    }
}
