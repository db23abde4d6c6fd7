internal import Schedule

/// A zone that stands among the words of a schedule, as other schedulers have it: `daily 03:00 EST`, `0 3 * * * Asia/Tokyo`.
struct ZoneInSchedule: Equatable {
    let word: String
    /// What the word may mean; more than one where it is an abbreviation of several.
    let zones: [String]
    let schedule: Schedule

    /// Nil where no word is a zone, or the others are no schedule.
    init?(_ words: ArraySlice<String>) {
        guard words.count > 1, words.count < 12 else { return nil }
        for index in [words.endIndex - 1, words.startIndex] {
            let zones = Self.zones(words[index])
            let rest = words[..<index] + words[(index + 1)...]
            guard !zones.isEmpty, let schedule = Schedule.meant(by: rest.joined(separator: " ")) else { continue }
            (word, self.zones, self.schedule) = (words[index], zones, schedule)
            return
        }
        return nil
    }

    func description(call: String) -> String {
        let meant = zones.count == 1 ? "" : ", which may mean \(listed(zones, "or"))"
        return "\"\(ShownWord.of(word))\" is a zone\(meant), and has its place behind the path; "
            + "write \"\(schedule)\(call.isEmpty ? "" : " " + call) tz=\(zones[0])\""
    }

    private static func zones(_ word: String) -> [String] {
        let value = ["CRON_TZ=", "TZ="].first(where: word.hasPrefix).map { word.dropFirst($0.count) } ?? word[...]
        let name = value.drop { $0 == "(" }.prefix { $0 != ")" }
        if ["UTC", "GMT", "Z", "UCT", "ZULU"].contains(name.uppercased()) { return ["UTC"] }
        let abbreviation = ZoneAbbreviation.zones(String(name))
        if !abbreviation.isEmpty { return abbreviation }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isName =
            parts.count > 1
            && parts.allSatisfy { part in
                part.first?.isLetter == true && part.utf8.allSatisfy { $0 < 0x80 }
                    && part.allSatisfy { $0.isLetter || $0 == "_" || $0 == "-" }
            }
        return isName && name.utf8.count <= 20 ? [String(name)] : []
    }
}
