internal import Schedule
internal import Telling

/// The windows in which no job starts.
extension EnvironmentReader {
    /// More are no calendar that somebody wrote.
    private static let mostWindows = 10_000
    private static let longestFile = 4 << 20

    /// Those of the variable and of the file together.
    mutating func freezes(_ zone: Zone, seed: String, _ zones: inout ZoneCache) -> FreezeCalendar {
        var windows: [FreezeWindow] = []
        for (name, place, text) in freezeTexts() {
            do throws(FreezeFaults) {
                windows.append(try FreezeWindow(parsing: text, in: zone, seed: seed, zones: &zones))
            } catch {
                for problem in error.faults { fault(name, "\(place): \(problem.showing(ShownWord.cut))") }
            }
        }
        if windows.count > Self.mostWindows {
            let variable = isSet(.freezeFile) ? Variable.freezeFile : .freeze
            fault(
                variable,
                "\(variable.name): there are \(windows.count) windows; at most \(Self.mostWindows) are allowed, so write "
                    + "what returns as one cron schedule"
            )
        }
        return FreezeCalendar(windows)
    }

    /// Each with the name of what holds it, and with where it stands.
    private mutating func freezeTexts() -> [(name: String, place: String, text: String)] {
        var texts: [(String, String, String)] = []
        if let list = text(.freeze) {
            for (index, text) in list.split(separator: ";", omittingEmptySubsequences: false).enumerated() {
                texts.append((Variable.freeze.name, "\(Variable.freeze.name): window \(index + 1)", String(text)))
            }
        }
        guard let (path, text) = file(.freezeFile, limit: Self.longestFile, of: "windows, one a line") else {
            return texts
        }
        // "\r\n" is one Character in Swift; both are line ends.
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" })
        for (index, line) in lines.enumerated() {
            let words = line.split { $0 == " " || $0 == "\t" }.prefix { !$0.hasPrefix("#") }
            guard !words.isEmpty else { continue }
            let place = "\(path):\(index + 1)"
            texts.append((place, place, words.joined(separator: " ")))
        }
        return texts
    }
}
