import Foundation

/// Debian's chromium without a screen.
package enum Browser {
    package enum Scheme: Int, Sendable, CaseIterable { case dark = 0, light = 1 }

    package struct Page: Sendable {
        /// The document when it was loaded and its scripts had run.
        package let document: String
        /// What it wrote on its console.
        package let console: [String]
    }

    /// Loads a page in a window of a width.
    package static func load(_ url: String, width: Int, _ scheme: Scheme) async throws -> Page {
        let folder = try TemporaryFolder()
        let arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            "--no-first-run", "--user-data-dir=\(folder.path("profile"))", "--window-size=\(width),1000",
            "--blink-settings=preferredColorScheme=\(scheme.rawValue)", "--enable-logging=stderr", "--dump-dom", url,
        ]
        let output = try await Tool.runAside("chromium", arguments, in: folder.url)
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
        let isLog = { (line: Substring) in line.hasPrefix("[") && line.contains("/") && line.contains("] ") }
        return Page(
            document: lines.filter { !isLog($0) }.joined(separator: "\n"),
            console: lines.filter { isLog($0) && $0.contains("CONSOLE") }.map(String.init)
        )
    }
}
