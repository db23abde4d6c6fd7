import Foundation
import Schedule

/// The released program as a whole, each row beside a bare C program over the same libcurl, measured in turn with it.
struct ProgramBenchmarks {
    let folder: String
    /// How long the idle parts last.
    let seconds: Int

    private var scheduler: String { folder + "/scheduler" }
    private var bare: String { folder + "/bare" }
    private static let token = "benchmark-token-of-thirty-two-characters"

    func run() throws {
        var table = Table("The program, beside bare C with the same libcurl", "", "sidecar", "bare C", "ratio", "goal")
        try addCalls(to: &table)
        try addMemory(to: &table)
        try addStart(to: &table)
        try addIdle(to: &table)
        try addCheck(to: &table)
        table.show()
    }

    private func environment(_ url: String, _ more: [String: String] = [:]) -> [String: String] {
        [
            "API_URL": url, "SCHEDULER_API_TOKEN": Self.token, "SCHEDULER_STARTUP_GRACE_SECONDS": "0",
            "SCHEDULER_BQ_METADATA_INITIAL_OFFSET_MAX_SECONDS": "0",
        ].merging(more) { $1 }
    }

    /// A file of so many jobs, and the settings that name it.
    private func jobs(_ count: Int, _ options: String = "") throws -> [String: String] {
        let path = folder + "/jobs-\(count)"
        let lines = (1...count).map { "job-\($0): every 1h POST /api/jobs/\($0) \(options)\n" }
        try lines.joined().write(toFile: path, atomically: true, encoding: .utf8)
        return ["SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOBS_FILE": path]
    }
}

// MARK: - calls

extension ProgramBenchmarks {
    private struct Rate {
        var perSecond = 0.0
        var microseconds = 0.0
        var most = 0
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    private func addCalls(to table: inout Table) throws {
        let nginx = try PlainNginx()
        for (count, threads) in [(1_000, 256), (10_000, 256), (10_000, 16)] {
            // The two in turn, and the median of the ratios: the machine's speed drifts, and hardly within a pair.
            let pairs = try (0..<11).map { _ in
                (own: try sidecarCalls(nginx.url, count, threads), limit: try bareCalls(nginx.url, count, threads))
            }
            func add(_ name: String, _ value: (Rate) -> Double, _ show: (Int) -> String, _ goal: String) {
                table.add(
                    name,
                    show(Int(Self.median(pairs.map { value($0.own) }))),
                    show(Int(Self.median(pairs.map { value($0.limit) }))),
                    Figure.share(Self.median(pairs.map { value($0.own) / value($0.limit) }), of: 1),
                    goal
                )
            }
            let name = "\(Figure.count(count)) jobs due at once, \(threads) threads"
            add("calls per second: \(name)", \.perSecond, Figure.count, ">= 0.80")
            add("  processor time per call", \.microseconds, { "\($0) us" }, "")
            table.add(
                "  most resident meanwhile",
                "\(Figure.count(pairs.map(\.own.most).max() ?? 0)) kB",
                "-",
                "-",
                count == 10_000 ? "<= 64 MB" : ""
            )
        }
    }

    private func sidecarCalls(_ url: String, _ count: Int, _ threads: Int) throws -> Rate {
        let more = try jobs(count).merging(
            ["SCHEDULER_MAX_CONCURRENCY": "\(threads)", "SCHEDULER_STARTUP_GRACE_SECONDS": "2"]
        ) { $1 }
        let child = try Child(scheduler, environment: environment(url, more))
        try child.await("more job")  // announced: only the grace is left
        let before = child.processorTime
        try child.await("outcome=ok", count: count)
        let time = child.processorTime - before
        let moments = (child.lines(with: "Running job") + child.lines(with: "outcome=")).compactMap { line in
            try? Moment(parsing: String(line.prefix { $0 != " " }))
        }
        guard let first = moments.min(), let last = moments.max(), last > first else {
            throw Child.Failure(what: "no times", printed: child.printed)
        }
        return Rate(
            perSecond: Double(count) / (Figure.nanoseconds(last - first) / 1e9),
            microseconds: Figure.nanoseconds(time) / 1e3 / Double(count),
            most: child.memory("VmHWM")
        )
    }

    private func bareCalls(_ url: String, _ count: Int, _ threads: Int) throws -> Rate {
        let child = try Child(bare, [url + "/api/jobs/1", "\(threads)", "\(count)"])
        guard child.end() == 0 else { throw Child.Failure(what: "a call failed", printed: child.printed) }
        let figures = child.printed.split(separator: " ").compactMap { Double($0) }
        return Rate(perSecond: figures.first ?? 0, microseconds: figures.dropFirst().first ?? 0, most: 0)
    }
}

// MARK: - memory

extension ProgramBenchmarks {
    private func addMemory(to table: inout Table) throws {
        let nginx = try PlainNginx()
        func add(_ name: String, _ own: Int, _ limit: Int?, _ goal: String) {
            let cells =
                limit.map { ("\(Figure.count($0)) kB", Figure.share(Double(own), of: Double($0))) } ?? ("-", "-")
            table.add("resident: " + name, "\(Figure.count(own)) kB", cells.0, cells.1, goal)
        }
        let waiting = try Child(
            scheduler,
            environment: environment(nginx.url, ["SCHEDULER_STARTUP_GRACE_SECONDS": "60"])
        )
        try waiting.await("Next slot", count: 11)
        let one = try Child(bare, [nginx.url, "1", "1"])
        try one.await(" 0")
        let after = try Child(scheduler, environment: environment(nginx.url))
        try after.await("outcome=ok", count: 11)
        Thread.sleep(forTimeInterval: 12)  // longer than a thread waits for work
        add("idle, in the grace", waiting.memory(), one.memory(), "")
        add("idle, after all eleven jobs ran", after.memory(), one.memory(), "<= 1.30")
        waiting.stop()
        after.stop()

        let silent = try Listener()
        let busy = try Child(scheduler, environment: environment(silent.url, try jobs(256, "timeout=10m")))
        let threads = try Child(bare, [silent.url, "256", "256"])
        Thread.sleep(forTimeInterval: 4)
        add("256 calls in flight", busy.memory(), threads.memory(), "")
        threads.kill()
        busy.kill()

        let many = try Child(scheduler, environment: environment(silent.url, try jobs(100_000, "first=wait")))
        try many.await("more job")
        Thread.sleep(forTimeInterval: 2)
        add("100 000 jobs", many.memory(), nil, "")
    }
}

// MARK: - start and idle

extension ProgramBenchmarks {
    private func addStart(to table: inout Table) throws {
        func once(_ make: (String) throws -> Child) throws -> Duration {
            let server = try Listener()
            let begin = ContinuousClock.now
            let child = try make(server.url)
            server.answerOne()
            let time = ContinuousClock.now - begin
            child.kill()
            return time
        }
        var (own, limit): ([Duration], [Duration]) = ([], [])
        for _ in 0..<15 {
            own.append(try once { try Child(scheduler, environment: environment($0)) })
            limit.append(try once { try Child(bare, [$0, "1", "1"]) })
        }
        let (median, base) = (own.sorted()[7], limit.sorted()[7])
        table.add(
            "exec to first request, no grace (median of 15)",
            Figure.time(median),
            Figure.time(base),
            Figure.share(Figure.nanoseconds(median), of: Figure.nanoseconds(base)),
            "< 30 ms"
        )
    }

    private func addIdle(to table: inout Table) throws {
        let nginx = try PlainNginx()
        // Five of each, and the median: what the machine does beside them often hits one.
        let children = try (0..<5).map { number in
            // Each with an API of its own: of two sidecars of one app, one would wait for the other's name.
            let own = try [1, 30].map { tick in
                let settings = environment("\(nginx.url)/\(tick)-\(number)", ["SCHEDULER_TICK_SECONDS": "\(tick)"])
                let child = try Child(scheduler, environment: settings)
                try child.await("outcome=ok", count: 11)
                return child
            }
            Thread.sleep(forTimeInterval: 0.1)  // not all in step
            return try own + [Child(bare, ["tick", "\(seconds + 60)"])]
        }
        Thread.sleep(forTimeInterval: 12)
        let before = children.map { $0.map(\.processorTime) }
        Thread.sleep(forTimeInterval: Double(seconds))
        let spent = zip(children, before).map { children, before in
            zip(children, before).map { ($0.processorTime - $1) * 60 / seconds }
        }
        let times = (0..<3).map { kind in spent.map { $0[kind] }.sorted()[2] }
        for (name, time, goal) in [("tick 1", times[0], "<= 6 ms"), ("tick 30", times[1], "")] {
            table.add(
                "processor time per idle minute, \(name) (median of 5)",
                Figure.time(time),
                Figure.time(times[2]),
                Figure.share(Figure.nanoseconds(time), of: Figure.nanoseconds(times[2])),
                goal
            )
        }
        for child in children { child[2].kill() }
    }

    private func addCheck(to table: inout Table) throws {
        let more = try jobs(10_000)
        let times = try (0..<3).map { _ in
            try ContinuousClock().measure {
                _ = try Child(scheduler, ["check"], environment: environment("http://app", more)).end()
            }
        }
        table.add("check of 10 000 jobs", Figure.time(times.min() ?? .zero), "-", "-", "")
    }
}
