import Clockwork
import Foundation
import Testing

/// The papers hang together: they lead somewhere, and say a thing once.
@Suite("README, CONTRIBUTING and articles")
struct PapersTests {
    @Test("the README fits in the hand")
    func length() throws {
        #expect(try Papers.text("README.md").split(separator: "\n", omittingEmptySubsequences: false).count <= 301)
    }

    @Test("the articles are those that were meant")
    func articles() throws {
        let names = try Papers.names().dropFirst(3).compactMap { $0.split(separator: "/").last }
        #expect(
            names.joined(separator: " ")
                == "Alerts.md Coming-from.md Compose-Docker-Kubernetes.md Costs.md Departures.md Jobs.md Observing.md "
                + "Operating.md Recipes.md Replicas.md Runs.md Schedules.md Security.md State.md Tokens.md "
                + "Troubleshooting.md"
        )
    }

    @Test("each relative link leads to a file, and to a heading in it")
    func links() throws {
        var count = 0
        for name in try Papers.names() {
            let folder = Papers.root.appending(path: name).deletingLastPathComponent()
            for link in Self.links(try Papers.text(name)) where !link.contains("://") {
                count += 1
                let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                let file = parts[0].isEmpty ? Papers.root.appending(path: name) : folder.appending(path: parts[0])
                guard FileManager.default.fileExists(atPath: file.path) else {
                    Issue.record("\(name): \(link) leads to no file")
                    continue
                }
                guard parts.count == 2 else { continue }
                let headings = Self.anchors(try String(contentsOf: file, encoding: .utf8))
                #expect(headings.contains(parts[1]), "\(name): \(link) leads to no heading")
            }
        }
        #expect(count > 50)
    }

    @Test("the version is that of the changelog's newest part, which gets its date when it is tagged")
    func version() throws {
        let first = try #require(try Papers.text("CHANGELOG.md").firstMatch(of: /(?m)^## \[(.+)\] - (.+)$/))
        #expect(first.1 == Version.number)
        #expect(first.2 == "unreleased" || first.2.wholeMatch(of: /\d{4}-\d\d-\d\d/) != nil)
        #expect(try Papers.text("Sources/target-app/Command.swift").contains("\"target-app \(Version.number)\""))
    }

    @Test("the README leads to each article")
    func reachable() throws {
        let links = Set(Self.links(try Papers.text("README.md")))
        for name in try Papers.names().dropFirst() { #expect(links.contains(name), "\(name)") }
    }

    @Test("no sentence stands in two places")
    func once() throws {
        var seen: [String: String] = [:]
        for name in try Papers.names() {
            for sentence in Self.sentences(try Papers.text(name)) {
                if let other = seen.updateValue(name, forKey: sentence) {
                    Issue.record("\(name) and \(other): \(sentence)")
                }
            }
        }
        #expect(seen.count > 200)
    }

    @Test("a link, a heading and a sentence are found as a reader finds them")
    func parts() {
        let text = "# One & `two_2`\n\nSee [a](b.md#c), not `[x](y)`.\n```\n# No\n[x](y)\n```\nMore\nof it.\n"
        #expect(Self.links(text) == ["b.md#c"])
        #expect(Self.anchors(text) == ["one--two_2"])
        #expect(
            Self.sentences("A first sentence that is long enough\nto count. Short. | no |\n") == [
                "A first sentence that is long enough to count"
            ]
        )
    }

    // MARK: - Parts

    /// The lines that are no code.
    private static func prose(_ text: String) -> [Substring] {
        var isCode = false
        return text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            if line.hasPrefix("```") { isCode.toggle() }
            return !isCode && !line.hasPrefix("```")
        }
    }

    private static func links(_ text: String) -> [String] {
        let shown = prose(text).joined(separator: "\n").replacing(/\[?`[^`\n]*`\]?/) {
            $0.output.hasPrefix("[") ? "]" : ""
        }
        return shown.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }
    }

    /// As forges make them of headings.
    private static func anchors(_ text: String) -> Set<String> {
        Set(
            prose(text).filter { $0.hasPrefix("#") }.map { line in
                let title = line.drop { $0 == "#" }.dropFirst().lowercased()
                return title.filter { $0.isLetter || $0.isNumber || " -_".contains($0) }.replacing(" ", with: "-")
            }
        )
    }

    /// Those of paragraphs and lists that are long enough not to be alike by chance.
    private static func sentences(_ text: String) -> [String] {
        let lines = prose(text).map { $0.hasPrefix("|") || $0.hasPrefix("#") ? "" : $0 }
        return lines.joined(separator: "\n").split(separator: "\n\n").flatMap { paragraph in
            paragraph.replacing("\n- ", with: ". ").replacing(/\s+/, with: " ").split(separator: ". ").map(String.init)
                .filter { $0.count > 35 }
        }
    }
}
