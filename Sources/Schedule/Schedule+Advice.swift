extension Schedule {
    /// The schedule of a text, or the one that it probably meant: `0 4 * * *`, `1h`.
    package static func meant(by text: String) -> Schedule? {
        do throws(ScheduleError) {
            return try Schedule(parsing: text)
        } catch {
            guard case .writeInstead(_, let instead) = error else { return nil }
            return try? Schedule(parsing: instead)
        }
    }

    /// Nobody mistypes more, and each guess costs a parse.
    private static let longestRepaired = 256

    /// What a text that is not a schedule probably meant, if that is one: the canonical form of a reading that works.
    static func repaired(_ words: [Substring]) -> CronAdvice? {
        guard words.reduce(0, { $0 + $1.utf8.count }) <= longestRepaired else { return nil }
        for guess in guesses(words) {
            do throws(ScheduleError) {
                let schedule = try Schedule(words: guess)
                guard case .cron(let cron) = schedule, cron.hasQuartzDays.isTrue else {
                    return CronAdvice(line: schedule.description)
                }
                return CronAdvice(line: CronExpression.line(guess.dropFirst()))
            } catch {
                if let instead = error.instead { return instead }
            }
        }
        for reading in ForeignWords(words).readings {
            let plain = PlainWords(reading.map { $0[...] }).reading ?? []
            for guess in [reading, plain] {
                if let schedule = try? Schedule(words: guess.map { $0[...] }) {
                    return CronAdvice(line: schedule.description)
                }
            }
        }
        let reading = PlainWords(words).reading?.map { $0[...] }
        return reading.flatMap { try? Schedule(words: $0) }.map { CronAdvice(line: $0.description) }
    }

    /// Other readings, the likeliest first; few, so that a hostile text stays cheap.
    private static func guesses(_ words: [Substring]) -> [[Substring]] {
        guard let first = words.first else { return [] }
        let rest = Array(words.dropFirst())
        let keyword = first.lowercased()
        var guesses: [[Substring]] = []
        if keyword.hasPrefix("cron(") {
            // As in EventBridge's rules.
            guesses.append(["cron", keyword.dropFirst(5)] + rest.map { $0.last == ")" ? $0.dropLast() : $0 })
        }
        if keyword.hasPrefix("@") {
            // The nicknames of crontab(5), and `@every` as other schedulers write it.
            guesses.append(["cron", first])
            guesses.append([keyword.dropFirst()] + rest)
        }
        if keyword == "cron", let nickname = rest.first?.lowercased() {
            if nickname == "@every" { guesses.append([nickname.dropFirst()] + rest.dropFirst()) }
            if rest.count == 1 { guesses.append(["cron", "@" + nickname]) }
            // A crontab line with its command, which is no field.
            let isCommand = rest.count > 6 && (try? CronField(parsing: rest[5], in: .dayOfWeek)) == nil
            if isCommand || rest.dropFirst(5).contains(where: { $0.hasPrefix("/") }) {
                guesses.append(["cron"] + rest.prefix(5))
            }
        }
        if let common = commonNames[keyword], rest.isEmpty { guesses.append(Self.words(of: common)) }
        if examples[keyword] != nil {
            let lowered = [keyword[...]] + rest.map { Substring($0.lowercased()) }
            guesses.append([keyword[...]] + rest)
            guesses.append(lowered)
            // Blanks inside a duration or after the commas of a list.
            guesses.append([keyword[...], lowered.dropFirst().joined()[...]])
            guesses.append([keyword[...], lowered.dropFirst().joined(separator: ",")[...]])
        } else {
            guesses.append(["every", words.joined()[...]])
            guesses.append(["daily", words.joined(separator: ",")[...]])
            guesses.append(["cron"] + words)
            // A crontab line: five fields, then a user or a command.
            guesses.append(["cron"] + words.prefix(5))
        }
        return guesses
    }

    private static let commonNames = [
        "secondly": "every 1s", "minutely": "every 1m", "hourly": "cron 0 * * * *", "midnight": "daily 00:00",
        "yearly": "cron 0 0 1 1 *", "annually": "cron 0 0 1 1 *",
    ]
}
