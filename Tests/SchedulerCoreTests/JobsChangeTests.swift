import Telling
import TestSupport
import Testing

@testable import SchedulerCore

@Suite("What a reload says")
struct JobsChangeTests {
    private static let before = [
        "SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOB_A": "every 1m GET /a", "SCHEDULER_JOB_B": "every 1m GET /b",
        "SCHEDULER_JOB_C": "daily 03:00 GET /c",
    ]

    @Test(
        "which jobs are new, changed, gone",
        arguments: [
            ([:], "No job has changed."),
            (["SCHEDULER_JOB_D": "every 1m GET /d", "SCHEDULER_JOB_E": "every 1m GET /e"], "New: d, e."),
            (["SCHEDULER_JOB_A": "every 2m GET /a"], "Changed: a."),
            (["SCHEDULER_JOB_B": "every 1m GET /b retries=1"], "Changed: b."),
            (["SCHEDULER_TIMEZONE": "Europe/Prague"], "Changed: a, b, c."),
            (["SCHEDULER_JOB_C": "off"], "Gone: c."),
            (
                [
                    "SCHEDULER_JOB_A": "off", "SCHEDULER_JOB_B": "every 1m POST /b",
                    "SCHEDULER_JOB_Z": "every 1m GET /z",
                ],
                "New: z. Changed: b. Gone: a."
            ),
        ]
    )
    func words(_ environment: [String: String], words: String) throws {
        let before = try Settings(environment: Self.before).jobs
        let after = try Settings(environment: Self.before.merging(environment) { $1 }).jobs
        #expect(JobsChange(from: before, to: after).words == words)
    }

    @Test("another line of the file, or another random offset, is no change; long lists are cut")
    func noise() throws {
        let folder = try TemporaryFolder()
        let environment = ["SCHEDULER_JOBS_FILE": try folder.write("jobs", "a: every 1m GET /a\n")]
        let before = try Settings(environment: environment, random: 1).jobs
        try folder.write("jobs", "# moved\na: every 1m GET /a\n")
        #expect(
            JobsChange(from: before, to: try Settings(environment: environment, random: 2).jobs).words
                == "No job has changed."
        )
        let names = (10..<31).map { "j\($0)" }
        try folder.write("jobs", names.map { "\($0): every 1m GET /a\n" }.joined())
        let many = JobsChange(from: before, to: try Settings(environment: environment).jobs).words
        #expect(many == "New: \(names.prefix(20).joined(separator: ", ")), …. Gone: a.")
    }

    @Test("after a reload that was refused, the next good one is shown wherever that was")
    func refused() {
        for (wasRefused, count) in [(false, 0), (true, 1)] {
            let book = LogBook()
            book.log(level: .error).reloaded(JobsChange(from: [], to: []), jobs: 0, wasRefused: wasRefused)
            #expect(book.lines.count == count)
        }
    }
}
