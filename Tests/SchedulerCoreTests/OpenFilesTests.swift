import HTTPServer
import Testing

@testable import SchedulerCore

@Suite("What the limit on open files leaves room for")
struct OpenFilesTests {
    @Test(
        "calls to an address, calls by name, clients",
        arguments: [
            (0, 0, 1, 1, 2), (30, 11, 1, 1, 2), (64, 11, 9, 6, 5), (100, 11, 17, 11, 9), (1_024, 11, 234, 156, 64),
            (2_048, 11, 490, 327, 64), (.max, 0, 493, 329, 64),
        ]
    )
    func room(_ limit: Int, _ taken: Int, _ toAddress: Int, _ byName: Int, _ clients: Int) {
        let files = OpenFiles(limit: limit, taken: taken)
        #expect(files.calls(byName: false) == toAddress)
        #expect(files.calls(byName: true) == byName)
        #expect(files.clients == clients)
    }

    @Test("where there are enough, nothing is smaller for it")
    func enough() {
        #expect(OpenFiles.enough.calls(byName: true) >= Variable.maxConcurrency.row.rule.range.upperBound)
        #expect(OpenFiles.enough.clients == Limits().connections)
    }
}
