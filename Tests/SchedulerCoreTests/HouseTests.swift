import Foundation
import Testing

/// What the README says of the rooms is what Package.swift and the folders are.
@Suite("The house")
struct HouseTests {
    /// A row of the README's table.
    private struct Room {
        let name: String
        let imports: Set<String>
    }

    @Test("each folder of Sources stands in the README's table, and each room named there is one")
    func rooms() throws {
        let folder = Papers.root.appending(path: "Sources")
        let folders = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(folders.count > 10)
        #expect(try Self.table().map(\.name).sorted() == folders.sorted())
    }

    @Test("what a room may import is what the manifest declares")
    func imports() throws {
        let targets = try Self.targets()
        for room in try Self.table() { #expect(targets[room.name] == room.imports, "\(room.name)") }
    }

    @Test("no room imports upward: each knows only those that stand above it in the table, so there is no cycle")
    func order() throws {
        var above: Set<String> = []
        for room in try Self.table() {
            #expect(room.imports.isSubset(of: above), "\(room.name)")
            above.insert(room.name)
        }
    }

    @Test("the order of the rooms is the one that was decided")
    func decided() throws {
        #expect(
            try Self.table().map(\.name).joined(separator: " ")
                == "CCurl CLinux CMain CBuild Locking Files JSON Threads Schedule HTTPClient HTTPServer Clockwork Ledger "
                + "Calling Telling SchedulerCore scheduler target-app"
        )
    }

    // MARK: - Parts

    /// The first table under "The house": rooms in code, what they are for, and what they may import.
    private static func table() throws -> [Room] {
        try Papers.table(under: "The house").flatMap { row in
            let cells = row.split(separator: "|")
            let imports = cells.last.map { $0.matches(of: /[A-Za-z]+/).map { String($0.output) } } ?? []
            return (cells.first ?? "").matches(of: /`([A-Za-z-]+)`/).map {
                Room(name: String($0.1), imports: Set(imports))
            }
        }
    }

    /// Each target of the manifest with its dependencies.
    private static func targets() throws -> [String: Set<String>] {
        let parts = try Papers.text("Package.swift").split(separator: "targets: [\n", maxSplits: 1).last ?? ""
        var targets: [String: Set<String>] = [:]
        for part in parts.split(separator: "name: \"").dropFirst() {
            let name = part.prefix { $0 != "\"" }
            let list = part.firstMatch(of: /dependencies: \[([^\]]*)\]/)?.1 ?? ""
            targets[String(name)] = Set(list.matches(of: /"([^"]+)"/).map { String($0.1) })
        }
        return targets
    }
}
