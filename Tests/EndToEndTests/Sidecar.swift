import Foundation
import Testing

/// The scheduler, running beside an app.
enum Sidecar {
    /// Starts it without a grace; `environment` wins over what the fixture sets.
    ///
    /// Its metrics are compared with the app's own count when it is asked to end.
    static func start(beside app: App, _ environment: [String: String] = [:]) throws -> Binary {
        // What it sends itself comes later.
        let calls = try app.calls().count { !$0.job.isEmpty }
        let scheduler = try start(beside: app.url, environment)
        let isAlone = app.join(scheduler)
        // Weak, because the app keeps its sidecars.
        scheduler.setFarewell { [unowned scheduler, weak app] in
            guard let app else { return }
            if isAlone(), scheduler.isRunning { try Scrape.check(scheduler, beside: app, before: calls) }
        }
        return scheduler
    }

    /// `entrance` as for `Binary`.
    static func start(
        beside url: String,
        _ environment: [String: String] = [:],
        in folder: URL = Binary.folder,
        through entrance: [String] = []
    ) throws -> Binary {
        let own = [
            "API_URL": url, "SCHEDULER_API_TOKEN": App.token, "SCHEDULER_STARTUP_GRACE_SECONDS": "0",
            "SCHEDULER_BQ_METADATA_INITIAL_OFFSET_MAX_SECONDS": "0", "SCHEDULER_LISTEN": "127.0.0.1:0",
        ]
        return try Binary("scheduler", in: folder, through: entrance, environment: own.merging(environment) { $1 })
    }

    /// Jobs of one's own, by the end of their variable's name, and no documented one.
    static func jobs(_ jobs: [String: String]) -> [String: String] {
        jobs.reduce(into: ["SCHEDULER_BUILTIN_JOBS": "false"]) { $0["SCHEDULER_JOB_\($1.key)"] = $1.value }
    }

    /// Seconds from the first line with one text to the first with the other, by the scheduler's own clock: a busy
    /// machine may let the test itself wait.
    static func seconds(_ scheduler: Binary, from first: String, to last: String) throws -> TimeInterval {
        let times = try [first, last].map { text in
            let line = try #require(scheduler.errorLines.first { $0.contains(text) }, "no line with \(text)")
            return try time(String(line.prefix { $0 != " " }))
        }
        return times[1].timeIntervalSince(times[0])
    }

    /// How long it took to end, from the signal on.
    static func secondsToStop(_ scheduler: Binary) throws -> TimeInterval {
        try seconds(scheduler, from: "Received signal ", to: "Scheduler stopped.")
    }

    /// The number in a field of a line, `ms=17`.
    static func number(_ name: String, of line: some StringProtocol) -> Int? {
        line.split(separator: " ").first { $0.hasPrefix("\(name)=") }.flatMap { Int($0.dropFirst(name.count + 1)) }
    }

    /// The checks that hold at the end of every run, by the app's own count.
    ///
    /// To be called when the scheduler has ended.
    static func check(_ scheduler: Binary, beside app: App, _ location: SourceLocation = #_sourceLocation) throws {
        let calls = try app.calls().filter { !$0.job.isEmpty }
        var open: [String: String?] = [:]
        var seen: Set<String> = []
        for call in calls {
            #expect(
                try time(call.slot) <= time(call.start),
                "\(call.job) came before its slot",
                sourceLocation: location
            )
            let key = "\(call.job)@\(call.slot)#\(call.headers["x-scheduler-attempt"] ?? "")"
            #expect(seen.insert(key).inserted, "\(key) came twice", sourceLocation: location)
            if let before = open[call.job] {
                let isOver = try before.map { try time($0) <= time(call.start) } ?? false
                #expect(isOver, "two runs of \(call.job) were open at once", sourceLocation: location)
            }
            open[call.job] = call.end
        }
        let lines = scheduler.errorLines
        let begun = lines.filter { $0.contains("Running job: ") }.count
        let ends = lines.filter { $0.contains(" attempts=") }
        #expect(begun == ends.count, "each run has one line at its start and one at its end", sourceLocation: location)
        let attempts = ends.filter { !$0.contains(" outcome=unreachable ") && !$0.contains(" outcome=tls ") }.map(
            attempts
        )
        #expect(attempts.reduce(0, +) == calls.count, "the log agrees with the app's count", sourceLocation: location)
    }
}

/// The number in a line's `attempts=` field.
private func attempts(_ line: Substring) -> Int {
    let parts = line.split(separator: " ").first { $0.hasPrefix("attempts=") }
    return parts.flatMap { Int($0.dropFirst("attempts=".count)) } ?? 0
}

/// An RFC 3339 time with or without a fraction, to the millisecond.
func time(_ text: String) throws -> Date {
    let fraction = text.contains(".")
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: fraction)
    return try Date(text, strategy: style)
}
