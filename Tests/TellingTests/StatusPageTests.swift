import Clockwork
import Foundation
import HTTPServer
import Schedule
import Testing

@testable import Telling

@Suite("Status page")
struct StatusPageTests {
    /// The text that a reader sees, tags taken out.
    private func text(_ snapshot: StatusSnapshot) -> String {
        var (text, isTag) = ("", false)
        for character in StatusPage.html(snapshot) {
            if character == "<" {
                isTag = true
            } else if character == ">" {
                isTag = false
            } else if !isTag {
                text.append(character)
            }
        }
        return text
    }

    @Test("the headline says the worst that is known, and what else must not be missed")
    func headline() throws {
        let good = try Fixture.entry("a", runs: [Fixture.run(.ok, ago: 5)])
        let bad = try Fixture.entry("b", number: 1, runs: [Fixture.run(.timeout, ago: 5)], failures: 3)
        let new = try Fixture.entry("c", number: 2)
        var lacking = Fixture.snapshot([good])
        lacking.token = TokenLack(time: .seconds(300), reason: "login.example.com answered 503", waiting: 2)
        var starting = Fixture.snapshot([good])
        starting.token = TokenLack(time: .milliseconds(5), reason: nil, waiting: 1)
        let cases: [(StatusSnapshot, RunMark, String, [String])] = [
            (
                lacking, .failed, "There has been no token for 5 min (login.example.com answered 503)",
                ["2 runs waiting; they start as soon as there is one."]
            ),
            (starting, .ok, "The job is well", []),
            (Fixture.snapshot([good, good]), .ok, "All 2 jobs are well", []),
            (Fixture.snapshot([good]), .ok, "The job is well", []),
            (Fixture.snapshot([good, bad]), .failed, "1 of 2 jobs fails", []),
            (Fixture.snapshot([bad, bad]), .failed, "2 of 2 jobs fail", []),
            (
                Fixture.snapshot([new], phase: .grace(.seconds(30))), .unfinished, "Nothing has run yet",
                ["Starting: the first runs come in 30 s."]
            ),
            (
                Fixture.snapshot([bad], targetDown: .seconds(600), targetReason: "Connection refused", waiting: 1),
                .failed,
                "The app has been out of reach for 10 min (Connection refused)",
                ["1 run waiting; they start as soon as the app is back."]
            ),
            (
                Fixture.snapshot([good], age: .seconds(120), isStateWritable: false), .failed,
                "The clock has been stuck for 2 min",
                ["The state cannot be written: a restart would not know of the runs since then."]
            ),
        ]
        for (snapshot, mark, text, notes) in cases {
            let headline = Headline(snapshot)
            #expect(headline.mark == mark)
            #expect(headline.text == text)
            #expect(headline.notes == notes)
        }
    }

    @Test("how many items the last run processed stands beside it, on the page and in the table")
    func items() throws {
        var run = Fixture.run(.ok, ago: 5)
        run.items = 42
        let snapshot = Fixture.snapshot([try Fixture.entry("a", runs: [run])])
        #expect(text(snapshot).contains("5 s ago, 42 items"))
        #expect(StatusTable.text(snapshot).contains("5 s ago, 42 items"))
        run.items = 1
        #expect(StatusTable.text(Fixture.snapshot([try Fixture.entry("a", runs: [run])])).contains("ago, 1 item "))
    }

    @Test("what failed, ran last and comes next stands at the top")
    func cards() throws {
        let entries = [
            try Fixture.entry("calm", next: 60, runs: [Fixture.run(.ok, ago: 7)]),
            try Fixture.entry(
                "ill",
                number: 1,
                next: 900,
                runs: [Fixture.run(.failed, status: 500, ago: 90)],
                failures: 4
            ),
            try Fixture.entry("busy", number: 2, next: 30, activity: .running(for: .seconds(3))),
        ]
        let html = StatusPage.html(Fixture.snapshot(entries))
        let cards = html.components(between: #"<div class="cards">"#, and: "\n</div>")
        #expect(cards.contains(##"<a class="name" href="#job-1">ill</a> <span class="o-failed">failed 500</span>"##))
        #expect(cards.contains(#"<span class="dim">1 min ago, 4 in a row</span>"#))
        #expect(cards.contains(##"<a class="name" href="#job-0">calm</a> <span class="o-ok">ok</span>"##))
        #expect(cards.contains(##"<a class="name" href="#job-2">busy</a> <span class="o-busy">running</span>"##))
        let next = cards.components(between: ">Comes next<", and: "</section>")
        let names = ["busy", "calm", "ill"].map { next.firstRange(of: $0)?.lowerBound }
        #expect(names.allSatisfy { $0 != nil } && names.compactMap(\.self) == names.compactMap(\.self).sorted())
        #expect(next.contains("<b>12:01</b>"))
        #expect(next.contains("in 1 min"))
    }

    @Test("nothing fails now, but something did: it is still said")
    func lastFailure() throws {
        let runs = [Fixture.run(.timeout, status: 0, ago: 3_600), Fixture.run(.ok, ago: 60)]
        let seen = text(Fixture.snapshot([try Fixture.entry("a", runs: runs)]))
        #expect(seen.contains("Nothing fails now.Last failure: a timeout, 1 h ago"))
        #expect(text(Fixture.snapshot([try Fixture.entry("a")])).contains("Nothing has failed."))
    }

    @Test("each run is a shape and a colour, with words for who sees neither")
    func strip() {
        let runs = [Fixture.run(.ok, ago: 90, ms: 500), Fixture.run(.failed, status: 502, ago: 30, ms: 2_000)]
        let strip = RunStrip.html(runs).text
        #expect(strip.contains(#"role="img" aria-label="last 2 runs: 1 ok, 1 failed""#))
        #expect(strip.contains(##"<path class="s-ok" d="M185 30h0"/>"##))
        #expect(strip.contains(##"<path class="s-failed" d="M192 27l6 6m0-6l-6 6"/>"##))
        #expect(strip.contains(##"<path class="bar" d="M185 22v-5M195 22v-22"/>"##))
        #expect(RunStrip.html([]).text == #"<span class="dim">no runs yet</span>"#)
        let shapes = RunMark.allCases.map { mark in
            RunMark.symbols.text.components(between: #"<symbol id="\#(mark.rawValue)""#, and: "</symbol>")
        }
        #expect(Set(shapes).count == RunMark.allCases.count)
    }

    @Test("texts from outside cannot become markup")
    func escaping() throws {
        let evil = #"<script>alert("x")</script>&'"# + "\u{202E}\n"
        #expect(HTML.escaped(evil) == "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;\u{FFFD}\u{FFFD}")
        var entry = try Fixture.entry("a", runs: [Fixture.run(.ok, ago: 1)], failures: 1)
        entry.job.name = evil
        var snapshot = Fixture.snapshot([entry])
        snapshot.target = evil
        entry.state?.runs[0].reason = evil
        snapshot.entries = [entry]
        for html in [StatusPage.html(snapshot), JobPage.html(entry, in: snapshot)] {
            #expect(html.components(separatedBy: "<script").count == 2, "our own alone")
            #expect(html.contains("&lt;script&gt;") && !html.contains("\u{202E}"))
        }
    }

    @Test(
        "nothing from elsewhere, and a policy that holds if that is wrong",
        arguments: ["/", "/missed", "/jobs/job-1"]
    )
    func policy(_ path: String) throws {
        let response = StatusRoutes.response(to: Fixture.get(path), pulse: Pulse(age: .zero, tick: .seconds(1))) {
            (try? Fixture.many(3)) ?? Fixture.snapshot([])
        }
        let policy = try #require(response.header("Content-Security-Policy"))
        #expect(policy.hasPrefix("default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-"))
        #expect(response.text.contains("<script>\(PageScript.text)</script>"))
        for text in ["http-equiv=\"refresh\" content=\"0", "src=", "@import", "url(", " style=\""] {
            #expect(!response.text.contains(text), "\(text)")
        }
    }

    @Test("the policy names exactly our script")
    func hash() throws {
        let script = PageScript.text
        let file = NSTemporaryDirectory() + "page-script-\(UInt64.random(in: 0 ... .max))"
        try Data(script.utf8).write(to: URL(filePath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let (process, pipe) = (Process(), Pipe())
        (process.executableURL, process.arguments) = (URL(filePath: "/usr/bin/sha256sum"), [file])
        process.standardOutput = pipe
        try process.run()
        let digits = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).prefix(64)
        let bytes = stride(from: 0, to: 64, by: 2).map { place in
            UInt8(digits.dropFirst(place).prefix(2), radix: 16) ?? 0
        }
        #expect(PageScript.hash == "sha256-" + Data(bytes).base64EncodedString())
    }

    @Test("500 jobs with 20 runs each fit into 300 kB")
    func size() throws {
        var snapshot = try Fixture.many(500)
        let outcomes: [Outcome] = [.ok, .failed, .busy, .timeout, .aborted]
        let runs = (0..<20).map { number in
            var run = Fixture.run(outcomes[number % 5], status: 500, ago: 60 * (20 - number), ms: 10 + number * 77)
            run.reason = String(repeating: "e", count: 200)
            return run
        }
        for place in snapshot.entries.indices { snapshot.entries[place].state?.runs = runs }
        #expect(StatusPage.html(snapshot).utf8.count <= 300_000)
    }

    @Test("the coming day: often, rarely, and where jobs meet")
    func day() throws {
        let entries = [
            try Fixture.entry("often", "every 10m", next: 120),
            try Fixture.entry("second", "every 1s", number: 1, next: 1),
            try Fixture.entry("nightly", "daily 03:00", number: 2, next: 15 * 3_600),
            try Fixture.entry("purge", "cron 0 3 * * *", number: 3, next: 15 * 3_600),
        ]
        let day = DayLine(Fixture.snapshot(entries))
        #expect(day.often[0] == 1)
        #expect(day.often[2] == 2)
        #expect(day.often.filter { $0 == 2 }.count == 144)
        #expect(day.rare[15 * 60] == 2)
        #expect(day.named.map(\.job) == ["nightly", "purge"])
        #expect(day.busiest?.jobs == 3)
        #expect(day.busiest?.moment == Fixture.noon + .seconds(15 * 3_600))
        #expect(day.counted == 4)
        let html = day.html(WallClock(zone: .utc, now: Fixture.noon), jobs: 4).text
        #expect(html.contains("Busiest minute: 03:00, when 3 jobs begin. Now and then:"))
        #expect(html.contains("<li><b>03:00</b> nightly</li>"))
    }

    @Test("what is overdue is drawn as now, and a job without a slot not at all")
    func overdue() throws {
        let entries = [
            try Fixture.entry("late", "every 1h", next: -600), try Fixture.entry("never", number: 1, next: nil),
        ]
        let day = DayLine(Fixture.snapshot(entries))
        #expect(day.often[0] == 1)
        #expect(day.often.reduce(0, +) == 24)
    }

    @Test("10 000 jobs: the first rows, those that fail first, and it says so")
    func many() throws {
        var snapshot = try Fixture.many(10_000)
        snapshot.entries[9_999].state?.consecutiveFailures = 2
        let html = StatusPage.html(snapshot)
        #expect(html.components(separatedBy: "<tr role=\"row\" id=").count - 1 == StatusPage.mostRows)
        #expect(html.contains("The first 200 of 10000 jobs, those that fail first."))
        let first = try #require(html.firstRange(of: #"<tr role="row" id="job-9999""#))
        let second = try #require(html.firstRange(of: #"<tr role="row" id="job-0""#))
        #expect(first.lowerBound < second.lowerBound)
        #expect(html.utf8.count < 2_000_000)
    }

    @Test(
        "times as one says them",
        arguments: [
            (0, "now"), (1, "in 1 s"), (59, "in 59 s"), (240, "in 4 min"), (3_600, "in 1 h"), (9_000, "in 2 h 30 min"),
            (40_000, "in 11 h"), (200_000, "in 2 d"), (-1, "now"), (-600, "due 10 min ago"),
        ]
    )
    func until(_ seconds: Int, words: String) {
        #expect(Phrase.until(Fixture.noon + .seconds(seconds), from: Fixture.noon) == words)
    }

    @Test("clock times name the day where it is not today")
    func clock() throws {
        let clock = WallClock(
            zone: try Zone(named: "Europe/Prague", in: ZoneDirectory(environment: [:])),
            now: Fixture.noon
        )
        let cases = [
            (0, "13:00"), (7, "13:00:07"), (39_600, "tomorrow 00:00"), (-13 * 3_600 - 1, "yesterday 23:59:59"),
            (3 * 86_400, "Tue 24 Nov 13:00"), (60 * 86_400, "Wed 20 Jan 2027 13:00"),
        ]
        for (seconds, text) in cases { #expect(clock.text(Fixture.noon + .seconds(seconds)) == text) }
    }
}

extension String {
    fileprivate func components(between start: String, and end: String) -> String {
        guard let first = firstRange(of: start), let last = self[first.upperBound...].firstRange(of: end) else {
            return ""
        }
        return String(self[first.upperBound..<last.lowerBound])
    }

    fileprivate func components(separatedBy separator: String) -> [Substring] {
        var (parts, rest) = ([Substring](), self[...])
        while let range = rest.firstRange(of: separator) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return parts + [rest]
    }
}
