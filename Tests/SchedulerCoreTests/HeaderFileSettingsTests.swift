import Calling
import Clockwork
import Files
import Schedule
import Telling
import TestSupport
import Testing

@testable import SchedulerCore

@Suite("Settings: headers from files")
struct HeaderFileSettingsTests {
    private func settings(_ jobs: [String: String], _ files: [String: String]) throws -> Settings {
        var environment = ["SCHEDULER_BUILTIN_JOBS": "false"]
        for (name, line) in jobs { environment["SCHEDULER_JOB_\(name)"] = line }
        return try Settings(environment: environment, sources: .only(files))
    }

    private func faults(_ line: String, _ files: [String: String] = [:]) throws -> [String] {
        let bad = try #require(throws: SettingsFaults.self) { try settings(["A": "every 1m POST /x \(line)"], files) }
        return bad.faults.map(\.message)
    }

    @Test("values are secrets, each file is read once, and no text of ours shows one")
    func good() throws {
        let settings = try settings(
            [
                "DEFAULTS": "header-file.X-Key=/key header.X-Plain=1",
                "A": "every 1m POST /x header-file.x-plain=/plain",
                "B": "every 1m POST /x header.X-KEY=own",
            ],
            ["/key": "canary-key\n", "/plain": "canary-plain"]
        )
        #expect(settings.headerFiles.map { $0.file?.path } == ["/key", "/plain"])
        #expect(settings.headerFiles.map(\.token) == [Secret("canary-key"), Secret("canary-plain")])
        #expect(Set(settings.secrets) == [Secret("canary-key"), Secret("canary-plain")])
        #expect(settings.jobs.map { $0.headerFiles.map(\.name) } == [["X-Key", "x-plain"], []])
        #expect(settings.jobs.map { $0.headers.map(\.name) } == [[], ["X-Plain", "X-KEY"]])
        for asJSON in [false, true] {
            let report = CheckReport(.success(settings), asJSON: asJSON, now: .epoch).standardOutput
            #expect(
                report.contains(
                    asJSON ? #""header_files":["X-Key","x-plain"]"# : " header-file.X-Key header-file.x-plain"
                )
            )
            #expect(!report.contains("canary"))
        }
    }

    @Test(
        "what is wrong with a file is told without what it holds, and without its name: that may be the secret itself"
    )
    func bad() throws {
        func told(_ problem: String) -> [String] {
            ["SCHEDULER_JOB_A: header-file.X-Key=: the file that it names (not shown) \(problem)"]
        }
        let advice = "; write the path of a file that holds the value alone"
        let line = "header-file.X-Key=canary"
        #expect(try faults(line) == told("does not exist" + advice))
        #expect(try faults(line, ["canary": ""]) == told("holds no value: the file is empty" + advice))
        #expect(
            try faults(line, ["canary": "a b"])
                == told(
                    "holds a blank, a control character or a non-ASCII character; only visible ASCII is allowed, and one "
                        + "newline at the end" + advice
                )
        )
        #expect(
            try faults(line, ["canary": "${KEY}"])
                == told(
                    "holds a reference, $(NAME) or ${NAME}, that nothing has replaced; write the value itself into it"
                )
        )
        #expect(
            try faults("header-file.X-Key=") == [
                "SCHEDULER_JOB_A: header-file.X-Key=: has no value; write the path of a file"
            ]
        )
    }

    @Test("one header by both options is a fault, and so is one that a job may not have")
    func names() throws {
        let both = "is given by header. and by header-file.; leave one of them out"
        #expect(
            try faults("header.X-Key=1 header-file.x-key=/key", ["/key": "v"])
                == [#"SCHEDULER_JOB_A: header "x-key" \#(both)"#]
        )
        #expect(
            try faults("header-file.X-Key=/key header.x-key=1", ["/key": "v"])
                == [#"SCHEDULER_JOB_A: header "x-key" \#(both)"#]
        )
        #expect(
            try faults("header-file.a=/key header-file.A=/key", ["/key": "v"])
                == [#"SCHEDULER_JOB_A: option "header-file.A" is given twice"#]
        )
        #expect(
            try faults("header-file.Authorization=canary")
                == [#"SCHEDULER_JOB_A: header "Authorization" is set by the sidecar itself; take it out"#]
        )
        #expect(
            try faults("headerfile.X=canary")
                == [#"SCHEDULER_JOB_A: option "headerfile.X" is not known; did you mean header-file.NAME=?"#]
        )
    }

    @Test("headers of both kinds count towards the most that a job has")
    func most() throws {
        func line(_ count: Int) -> String {
            (0..<40).map { "header.X-\($0)=1 " }.joined() + (0..<count).map { "header-file.Y-\($0)=/key " }.joined()
        }
        #expect(try settings(["A": "every 1m POST /x \(line(24))"], ["/key": "v"]).jobs[0].headerFiles.count == 24)
        #expect(try faults(line(25), ["/key": "v"]) == ["SCHEDULER_JOB_A: has 65 headers; at most 64 are allowed"])
    }

    @Test("a fault in the file of the defaults is told once, where it stands")
    func defaults() throws {
        let bad = try #require(throws: SettingsFaults.self) {
            try Settings(environment: ["SCHEDULER_JOB_DEFAULTS": "header-file.X=/nowhere"])
        }
        #expect(
            bad.faults.map(\.message) == [
                "SCHEDULER_JOB_DEFAULTS: header-file.X=: the file that it names (not shown) does not exist; write the path "
                    + "of a file that holds the value alone"
            ]
        )
    }
}
