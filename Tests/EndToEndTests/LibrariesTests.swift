import Foundation
import TestSupport
import Testing

/// What is linked in, as the program says it and as the image's list for scanners does.
@Suite("End to end: libraries")
struct LibrariesTests {
    private struct List: Decodable {
        struct Component: Decodable {
            let name: String
            let version: String
            let purl: String?
        }
        struct About: Decodable { let component: Component }
        let metadata: About
        let components: [Component]
    }

    @Test("one line each, no name twice; the image's list has the same names, and at least these versions")
    func list() async throws {
        let program = try Binary("scheduler", ["version", "--libraries"], environment: [:])
        #expect(try await program.end() == .clean)
        let lines = program.output.split(separator: "\n")
        let told = lines.map { $0.split(separator: " ").map(String.init) }
        #expect(told.allSatisfy { $0.count == 2 }, "\(lines)")
        let names = told.compactMap(\.first)
        #expect(Set(names).count == names.count)
        #expect(Set(["libcurl", "OpenSSL", "glibc", "libstdc++", "Swift"]).isSubset(of: names))

        let folder = try TemporaryFolder()
        let input = try folder.write("lines", program.output)
        let text = try Tool.run("sh", [Self.script, "1.2.3"], in: folder.url, input: input)
        let list = try JSONDecoder().decode(List.self, from: Data(text.utf8))
        #expect(list.metadata.component.name == "scheduler-sidecar" && list.metadata.component.version == "1.2.3")
        #expect(list.components.map(\.name) == names)
        for (component, line) in zip(list.components, told) {
            #expect(component.version.hasPrefix(line.last ?? "?"), "\(component)")
        }
        let openSSL = try #require(list.components.first { $0.name == "OpenSSL" })
        #expect(openSSL.purl?.hasPrefix("pkg:deb/debian/openssl@\(openSSL.version)?") == true)
    }

    @Test("a library of another version than the one that was linked in is not put on the list")
    func wrongVersion() throws {
        let folder = try TemporaryFolder()
        let ask = "dpkg-query -W -f '${source:Version}' libc6-dev 2>/dev/null || :"
        let version = try Tool.run("sh", ["-c", ask], in: folder.url)
        guard version.hasPrefix("2.") else { throw try Need.missing("dpkg", "the list is made on Debian") }
        // Which begins as the right one does.
        let input = try folder.write("lines", "glibc \(version.prefix(3))\n")
        let failure = try #require(throws: Tool.Failure.self) {
            try Tool.run("sh", [Self.script, "1"], in: folder.url, input: input)
        }
        #expect(failure.output.hasSuffix("of what libc6-dev has here as \(version)\n"))
    }

    private static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docker/sbom.sh").standardized.path
}
