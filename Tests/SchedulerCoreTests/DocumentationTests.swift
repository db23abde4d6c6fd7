import Calling
import Clockwork
import Foundation
import Schedule
import Telling
import Testing

@testable import SchedulerCore

/// What people read says what the program does: a variable that is forgotten in a table fails here.
@Suite("The papers and .env.example")
struct DocumentationTests {
    @Test("the table of variables is the program's")
    func variables() throws {
        let rows = Variable.allCases.map { "| `\($0.name)` | \($0.standard.cell) | \($0.row.summary) |" }
        let table = try Papers.table(under: "Variables")
        #expect(Set(rows).subtracting(table) == [])
        #expect(table == rows)
    }

    @Test("the table of options is the program's")
    func options() throws {
        let rows = JobOption.all.map { "| `\($0.name)=` | \($0.standard.cell) | \($0.summary) |" }
        let table = try Papers.table(under: "Options")
        #expect(Set(rows).subtracting(table) == [])
        #expect(table == rows)
    }

    @Test(
        "the jobs of the app's release of August 2026 load, with no fault and no warning that is not of its own making"
    )
    func jobsOfTheApp() throws {
        let path = Papers.root.appending(path: "docker/jobs/agnes-2026-08.jobs").path
        let token = String(repeating: "t", count: 32)
        let settings = try Settings(environment: ["SCHEDULER_JOBS_FILE": path, "SCHEDULER_API_TOKEN": token])
        #expect(settings.jobs.count == 24)
        #expect(settings.warnings == [])
        #expect(settings.jobs.filter { $0.body != nil }.allSatisfy { $0.contentType == "application/json" })
        let told = settings.warnings(at: .epoch).filter { !$0.message.contains("slots are held while a run lasts") }
        #expect(told == [])
        let refresh = try #require(settings.jobs.first { $0.name == "data-refresh" })
        #expect(refresh.path == "/api/jobs" && refresh.timeoutSeconds == 30 && refresh.scheduleText == "every 15m")
    }

    @Test("job lines that people are shown are job lines")
    func examples() throws {
        let names = try Papers.names() + [".env.example", "docker/compose.yml"]
        let text = try names.map(Papers.text).joined(separator: "\n")
        let lines = text.matches(of: /SCHEDULER_JOB_([A-Z_]+)(?:=|: )'([^']+)'/)
        #expect(lines.count > 15)
        for line in lines {
            let (name, value) = (line.output.1, String(line.output.2))
            let faults = name == "DEFAULTS" ? JobLine.parseDefaults(value).faults : JobLine.parse(value).faults
            #expect(faults == [], "\(value)")
        }
    }

    @Test("an option's default is what a job has that does not give it")
    func optionDefaults() throws {
        let written = JobOption.all.compactMap { option in option.standard.value.map { "\(option.name)=\($0)" } }
        #expect(written.count == 8)
        let bare = "every 1m POST /x"
        func job(_ line: String) throws -> Job? { try Settings(environment: ["SCHEDULER_JOB_A": line]).jobs.last }
        #expect(try job(bare) == job("\(bare) \(written.joined(separator: " "))"))
    }

    @Test(".env.example has each variable once: as it is by default, or commented out where nothing is fixed")
    func example() throws {
        var lines = try Self.example()
        for variable in Variable.allCases where !variable.name.contains("<NAME>") {
            let found = lines.filter { $0.hasPrefix("\(variable.name)=") || $0.hasPrefix("#\(variable.name)=") }
            lines.removeAll { found.contains($0) }
            let line = try #require(found.first, "\(variable.name) is not there")
            #expect(found.count == 1, "\(variable.name) is there twice")
            if let value = variable.standard.value {
                #expect(line == "\(variable.name)=\(value)")
            } else if variable.row.rule == .secret {
                #expect(line == "\(variable.name)=")
            } else {
                #expect(line.hasPrefix("#"))
            }
        }
        #expect(!lines.isEmpty)
        let own = [Variable.jobPrefix, Variable.targetPrefix]
        #expect(lines.allSatisfy { line in own.contains { line.hasPrefix("#\($0)") } }, "nothing reads these")
    }

    @Test(".env.example as it is changes nothing")
    func exampleIsDefault() throws {
        let pairs = try Self.example().filter { !$0.hasPrefix("#") }.map { line in
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), String(parts[1]))
        }
        let environment = Dictionary(uniqueKeysWithValues: pairs)
        #expect(environment.count > 20)
        #expect(try Settings(environment: environment) == Settings(environment: [:]))
    }

    @Test("each variable that is ours alone is read: blanks are a fault of its own")
    func read() throws {
        for variable in Variable.allCases where !variable.isShared {
            let name = variable == .job ? Variable.jobPrefix + "A" : variable.name
            // The machine's own authorities are no fault where the app needs none.
            let environment = ["API_URL": "https://app"].merging([name: " "]) { $1 }
            let bad = try #require(throws: SettingsFaults.self, "\(name)") { try Settings(environment: environment) }
            #expect(bad.faults.map(\.variable) == [name])
        }
    }

    @Test("the jobs of later releases are those of the file, and each is named by its variable")
    func laterJobs() throws {
        let written = try Self.file("docker/jobs/agnes-2026-08.jobs").filter { !$0.hasPrefix("#") }.map(String.init)
        let documented = Set(DocumentedJobs.rows.map(\.name))
        let own = written.filter { !documented.contains(String($0.prefix { $0 != ":" })) }
        let lines = LaterJob.all.compactMap { job in job.line().map { "\(job.name): \($0)" } }
        // Later than the file.
        #expect(lines.filter { !own.contains($0) }.map { $0.prefix { $0 != ":" } } == ["semantic-sources-refresh"])
        #expect(own.filter { !lines.contains($0) } == [])
        for job in LaterJob.all {
            let environment = [job.variable: try #require(job.line())]
            #expect(try Settings(environment: environment).jobs.count == 12, "\(job.name)")
        }
    }

    @Test("no sentence names a variable that is not there")
    func mentioned() throws {
        let folder = Papers.root.appending(path: "Sources")
        let files = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        let sources = files.filter { $0.hasSuffix(".swift") }.map { "Sources/\($0)" }
        #expect(sources.count > 100)
        let known = Set(Variable.allCases.map(\.name))
        for file in try sources + Papers.names() + ["docker/compose.yml"] {
            let text = try Papers.text(file)
            let names = text.matches(of: /\bSCHEDULER_[A-Z_]*[A-Z]\b/).map { String($0.output) }
            let own = [Variable.jobPrefix, Variable.targetPrefix]
            #expect(
                names.filter { name in !known.contains(name) && !own.contains { name.hasPrefix($0) } } == [],
                "\(file)"
            )
        }
    }

    @Test("the table of a run's fields is that of its last line")
    func fields() throws {
        let names = try Papers.table(under: "The log").map { String($0.split(separator: "`")[1]) }
        var run = RunRecord()
        run.items = 0
        #expect(names == Log.members("a", run, bytes: 0).map(\.name.description))
    }

    @Test("the table of built-in jobs is the program's")
    func builtinJobs() throws {
        let settings = try Settings(environment: [:])
        let rows = settings.jobs.map { job in
            let zone = job.scheduleText.hasPrefix("daily") ? " UTC" : ""
            return
                "| `\(job.name)` | \(job.scheduleText)\(zone) | \(job.method) `\(job.path)` | \(job.timeoutSeconds) s |"
        }
        #expect(try Papers.table(under: "The built-in jobs") == rows)
    }

    @Test("each metric has a row, and each row is of one")
    func metrics() throws {
        let source = try Papers.text("Sources/Telling/Status/MetricsText.swift")
        let shown = Set(source.matches(of: /"((scheduler|process)_[a-z_]+)["{]/).map { String($0.1) })
        let rows = try Papers.table(under: "Metrics").compactMap { $0.split(separator: "|").first }
        let told = Set(rows.joined().matches(of: /`([a-z_]+)[`{]/).map { String($0.1) })
        #expect(shown.count > 15)
        #expect(told == shown)
    }

    @Test("the table of outcomes has each, in the program's words")
    func outcomes() throws {
        let words = try Papers.table(under: "Outcomes").map { String($0.split(separator: "`")[1]) }
        #expect(words.sorted() == Outcome.allCases.map(\.rawValue).sorted())
    }

    @Test("each outcome has a row of what to do")
    func trouble() throws {
        let rows = try Papers.table(under: "When something is wrong")
        for outcome in Outcome.allCases where outcome != .ok {
            #expect(rows.contains { $0.contains("`outcome=\(outcome.rawValue)") }, "\(outcome)")
        }
    }

    // MARK: - Parts

    private static func file(_ name: String) throws -> [Substring] { try Papers.text(name).split(separator: "\n") }

    /// The lines of .env.example that set a variable, or would if they were not commented out.
    private static func example() throws -> [Substring] {
        try file(".env.example").filter { $0.contains(/^#?[A-Z][A-Z0-9_]*=/) }
    }
}

extension Standard {
    /// As the papers show it: code, unless it is a number or words.
    fileprivate var cell: String {
        switch self {
        case .words(let words): words
        case .value(let text): Int(text) == nil ? "`\(text)`" : text
        }
    }
}
