import Clockwork
import Schedule
import Testing

@testable import SchedulerCore

@Suite("Settings: groups, priorities, waits")
struct GroupSettingsTests {
    private static func settings(_ environment: [String: String]) throws -> Settings {
        try Settings(environment: ["SCHEDULER_BUILTIN_JOBS": "false"].merging(environment) { $1 })
    }

    @Test("groups have their limits, and jobs are in them by any spelling of the name")
    func read() throws {
        let settings = try Self.settings([
            "SCHEDULER_GROUPS": " Nightly_Work=2   llm=256 ",
            "SCHEDULER_JOB_DEFAULTS": "group=llm priority=low wait=20m",
            "SCHEDULER_JOB_A": "every 1h GET /a",
            "SCHEDULER_JOB_B": "every 1h GET /b group=nightly-work,LLM priority=high",
            "SCHEDULER_JOB_C": "every 1h GET /c group=none wait=1s",
        ])
        #expect(settings.groups == [Group(name: "Nightly_Work", limit: 2), Group(name: "llm", limit: 256)])
        #expect(settings.jobs.map(\.groups) == [["llm"], ["Nightly_Work", "llm"], []])
        #expect(settings.jobs.map(\.priority) == [.low, .high, .low])
        #expect(settings.jobs.map(\.waitSeconds) == [1_200, 1_200, 1])
        #expect(settings.warnings(at: .epoch).filter { $0.variable == "SCHEDULER_GROUPS" }.isEmpty)
    }

    @Test(
        "bad groups are faults, all at once",
        arguments: [
            ("llm=0", [#"the limit "0" of group llm is not one; write a number from 1 to 256"#]),
            ("llm=-1", [#"the limit "-1" of group llm is not one; write a number from 1 to 256"#]),
            ("llm=1000000000", [#"the limit "1000000000" of group llm is not one; write a number from 1 to 256"#]),
            ("llm=257", [#"the limit "257" of group llm is not one; write a number from 1 to 256"#]),
            ("llm=1.5", [#"the limit "1.5" of group llm is not one; write a number from 1 to 256"#]),
            ("llm=", [#"the limit "" of group llm is not one; write a number from 1 to 256"#]),
            ("llm", ["group llm has no limit; write llm=1, say"]),
            ("none=1 llm=1", ["the name none is reserved for jobs that are in no group; choose another"]),
            ("llm=1 LLM=2", ["group LLM is given twice; keep one"]),
            (
                "1a=1 llm=0 x",
                [
                    #"group name "1a" is not one; write a letter, then letters, digits and - _ : . up to 64 in all"#,
                    #"the limit "0" of group llm is not one; write a number from 1 to 256"#,
                    "group x has no limit; write x=1, say",
                ]
            ),
        ]
    )
    func faults(_ text: String, _ messages: [String]) throws {
        let bad = try #require(throws: SettingsFaults.self) {
            try Self.settings(["SCHEDULER_GROUPS": text, "SCHEDULER_JOB_A": "every 1h GET /a group=llm"])
        }
        let unknown = text == "llm" || text.contains("llm") ? [] : bad.faults.suffix(1)
        #expect(bad.faults.dropLast(unknown.count).map(\.message) == messages.map { "SCHEDULER_GROUPS: " + $0 })
    }

    @Test(
        "what a job line says of groups and waits is checked",
        arguments: [
            ("group=lm", #"group=: "lm" is not in SCHEDULER_GROUPS; did you mean llm?"#),
            ("group=other", #"group=: "other" is not in SCHEDULER_GROUPS; write llm, nightly, or add it there"#),
            ("group=llm,", #"group=: "" is not a name; write names as llm or llm,nightly"#),
            ("group=llm,LLM", #"group=: "LLM" is given twice; write it once"#),
            ("priority=urgent", #"priority=: "urgent" is not known; write high or normal or low"#),
            ("wait=0", #"wait=: duration "0" is too short; at least 1s is needed"#),
            (
                "wait=soon",
                #"wait=: duration "soon" is not whole numbers with the units d h m s, from long to short; "#
                    + "write 90s, 15m, 2h, 1d or 1h30m"
            ),
            ("pool=llm", #"option "pool" is not known; did you mean group=?"#),
            ("prio=high", #"option "prio" is not known; did you mean priority=?"#),
        ]
    )
    func lines(_ option: String, _ message: String) throws {
        let groups = "llm=1 nightly=2"
        let bad = try #require(throws: SettingsFaults.self) {
            try Self.settings(["SCHEDULER_GROUPS": groups, "SCHEDULER_JOB_A": "every 1h GET /a \(option)"])
        }
        #expect(bad.faults.map(\.message) == ["SCHEDULER_JOB_A: " + message])
        // In the defaults it is told there, and not once more for each job.
        let defaults = try #require(throws: SettingsFaults.self) {
            try Self.settings([
                "SCHEDULER_GROUPS": groups, "SCHEDULER_JOB_DEFAULTS": option, "SCHEDULER_JOB_A": "every 1h GET /a",
                "SCHEDULER_JOB_B": "every 1h GET /a",
            ])
        }
        #expect(defaults.faults.map(\.message) == ["SCHEDULER_JOB_DEFAULTS: " + message])
    }

    @Test("a group without jobs is a warning, a job of a group that is nowhere a fault")
    func empty() throws {
        let settings = try Self.settings([
            "SCHEDULER_GROUPS": "llm=1 nightly=2", "SCHEDULER_JOB_A": "every 1h GET /a group=llm",
        ])
        #expect(
            settings.warnings(at: .epoch).filter { $0.variable == "SCHEDULER_GROUPS" }.map(\.message) == [
                "SCHEDULER_GROUPS: no job is in group nightly; write group=nightly in a job line, or take it out"
            ]
        )
        let bad = try #require(throws: SettingsFaults.self) {
            try Self.settings(["SCHEDULER_JOB_A": "every 1h GET /a group=llm"])
        }
        #expect(
            bad.faults.map(\.message) == [
                #"SCHEDULER_JOB_A: group=: "llm" is not in SCHEDULER_GROUPS; write SCHEDULER_GROUPS='llm=1', say"#
            ]
        )
    }
}
