import Clockwork
import Foundation
import HTTPServer
import JSON
import Locking
import Schedule
import Testing

@testable import SchedulerCore

@Suite("Runs by hand, and who waits for them")
struct ManualRunsTests {
    private let name: LocalName
    private let id = RunID(3, 4)

    init() throws { name = try #require(LocalName("test/\(UUID().uuidString)")) }

    private func server(_ runs: ManualRuns) throws -> Server {
        let id = id
        let handler: Server.Handler = { runs.answer(id, $1) }
        let server = try Server(on: [(try Listener(local: name), handler)])
        server.start()
        return server
    }

    private func ask() throws -> ControlAnswer {
        let answer = try BlockingClient.get("/", at: .local(name), within: .seconds(20))
        return try #require(ControlAnswer(answer))
    }

    private func ended(_ trigger: Run.Trigger = .manual) -> Fact {
        var end = AttemptEnd(.ok)
        (end.status, end.excerpt) = (200, "done")
        let run = RunRecord(id: id, trigger: trigger, outcome: .ok, status: 200)
        return .ended("a", run, nil, about: Fact.EndNote(end: end))
    }

    @Test("an end is told to who asks after it, and to who waits for it; the runs of the schedule are nobody's")
    func ends() throws {
        let runs = ManualRuns(mostWaiting: 1)
        let server = try server(runs)
        defer { server.stop() }
        #expect(try ask().kind == .malformed)
        runs.note(ended(.schedule), at: .epoch)
        #expect(try ask().kind == .malformed)
        runs.begin(id)
        let waiter = Mutex<ControlAnswer?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let answer = try? ask()
            waiter.withLock { $0 = answer }
            isDone.signal()
        }
        while runs.waiting == 0 { usleep(1_000) }
        // One more has no place.
        #expect(try ask().line == "1 other waiting for runs already; its end is in the log")
        runs.note(ended(), at: .epoch)
        isDone.wait()
        let told = try #require(waiter.withLock { $0 })
        #expect(told.text("outcome") == "ok")
        #expect(told.text("excerpt") == "done")
        #expect(told.text("run_id") == id.description)
        #expect(try ask() == told)
        // Who comes late begins nothing anew.
        runs.begin(id)
        #expect(try ask() == told)
        #expect(runs.waiting == 0)
    }

    @Test("one that was dropped has no end")
    func dropped() throws {
        let runs = ManualRuns(mostWaiting: 1)
        let server = try server(runs)
        defer { server.stop() }
        runs.begin(id)
        runs.note(.notRun("a", id), at: .epoch)
        let answer = try ask()
        #expect(answer.kind == .refused)
        #expect(answer.line == "run \(id) of job a was dropped before it began")
    }

    @Test("a client that leaves is forgotten")
    func leaver() throws {
        let runs = ManualRuns(mostWaiting: 1)
        let server = try server(runs)
        defer { server.stop() }
        runs.begin(id)
        #expect(throws: ClientError.tooSlow) {
            try BlockingClient.get("/", at: .local(name), within: .milliseconds(100))
        }
        while runs.waiting > 0 { usleep(1_000) }
        runs.note(ended(), at: .epoch)
        #expect(try ask().text("outcome") == "ok")
    }
}
