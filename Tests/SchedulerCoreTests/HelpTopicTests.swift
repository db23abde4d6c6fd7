import Schedule
import Testing

@testable import SchedulerCore

@Suite("Help")
struct HelpTopicTests {
    @Test("a schedule that is shown is one", arguments: HelpTopic.examples.map(\.0))
    func examples(_ text: String) throws {
        let schedule = try Schedule(parsing: text)
        #expect(try Schedule(parsing: schedule.description) == schedule)
        #expect(HelpTopic.schedules.text.contains("\(text) "))
    }

    @Test("each variable, option, and documented job is there")
    func whole() {
        let lines = HelpTopic.variables.text.split(separator: "\n")
        for variable in Variable.allCases {
            #expect(lines.contains { $0.hasPrefix("\(variable.name)  (") }, "\(variable)")
        }
        let jobs = HelpTopic.jobs.text
        for option in JobOption.all { #expect(jobs.contains("\n\(option.name)=  ("), "\(option.name)") }
        for row in DocumentedJobs.rows { #expect(jobs.contains("\n\(row.name)  ("), "\(row.name)") }
        #expect(HelpTopic.commands.text == Command.usage)
        for topic in HelpTopic.allCases { #expect(Command.usage.contains(topic.rawValue)) }
    }

    @Test("it fits a terminal and has no Markdown in it", arguments: [HelpTopic.jobs, .schedules, .variables])
    func width(_ topic: HelpTopic) {
        let lines = topic.text.split(separator: "\n").filter { !$0.contains("SCHEDULER_JOB_NIGHTLY") }
        #expect(lines.filter { $0.count > 80 } == [])
        #expect(!topic.text.contains("`") && !topic.text.contains("]("))
    }

    @Test("it sends nobody to a paper: the image has none", arguments: HelpTopic.allCases)
    func noPapers(_ topic: HelpTopic) {
        for word in [" see ", " See ", "README", ".md", "article", "chapter"] {
            #expect(!topic.text.contains(word), "\(word)")
        }
    }

    @Test(
        "Markdown becomes text",
        arguments: [
            ("`a` b", "a b"), ("see [the token](#t); [x](y)", "see the token; x"), ("[a] (b) [c]", "[a] (b) [c]"),
            ("[a](b", "[a](b"),
        ]
    )
    func plain(_ markdown: String, text: String) {
        #expect(HelpTopic.plain(markdown) == text)
    }
}
