import Foundation
import TestSupport
import Testing

@Suite("End to end: job lines")
struct JobLineTests {
    @Test("retry-on: a router's 404 is tried again, and without it is the run's end")
    func retryOn() async throws {
        let app = try await App()
        try app.set(faults: #"{"/api/sync/trigger": {"status": 404, "times": 1}, "/api/health": {"status": 404}}"#)
        let jobs = [
            "A": "every 1h POST /api/sync/trigger retries=1 retry-on=404", "B": "every 1h GET /api/health retries=1",
        ]
        let scheduler = try Sidecar.start(beside: app, Sidecar.jobs(jobs))
        try await scheduler.line(containing: "Retrying job: a in ", and: "attempt 2 of 2: HTTP 404")
        try await scheduler.line(containing: "Job /api/sync/trigger: 200 job=a ", and: " attempts=2 ")
        try await scheduler.line(containing: "Job /api/health: HTTP 404 - ", and: " attempts=1 outcome=rejected ")
        #expect(try await scheduler.stop() == .clean)
        try Sidecar.check(scheduler, beside: app)
    }

    @Test("a calendar job of one's own waits for its slot; documented jobs and intervals run at the start")
    func first() async throws {
        let app = try await App()
        let jobs = [
            "STANDUP": "weekly mon 09:45 POST /standup", "DUE": "daily 03:00 POST /due first=now",
            "OFTEN": "every 1d POST /often",
        ]
        let environment = Sidecar.jobs(jobs).merging([
            "SCHEDULER_BUILTIN_JOBS": "true", "SCHEDULER_JOB_DATA_REFRESH": "monthly 1 05:00",
        ]) { $1 }
        let scheduler = try Sidecar.start(beside: app, environment)
        try await scheduler.line(containing: "Next slot: standup (weekly mon 09:45) job=standup slot=", and: ":45:00Z")
        let calls = try await app.calls(13)
        #expect(Set(calls.map(\.job)).isSuperset(of: ["data-refresh", "due", "often"]))
        #expect(try await scheduler.stop() == .clean)
        #expect(try !app.calls().contains { $0.job == "standup" })
    }

    @Test("SIGHUP: what is wrong with job lines is told without what may be secret, and why no job is left")
    func reload() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("jobs", "a: every 1h GET /api/health\n")
        let app = try await App()
        let scheduler = try Sidecar.start(
            beside: app,
            ["SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOBS_FILE": file]
        )
        _ = try await app.calls(1)
        _ = try folder.write(
            "jobs",
            """
            a: every 1h GET /api/health -H X-Api-Key: sk_live_51Hcanary
            b: off body={"key": "sk_live_51Hcanary"}
            c: every 1h POST /x header.X-Api-Key=Bearer sk_live_51Hcanary
            */5 * * * * curl -H "X-Api-Key: sk_live_51Hcanary" http://app/x

            """
        )
        scheduler.signal(SIGHUP)
        try await scheduler.line(containing: "Not reloaded, the old jobs stay: 4 configuration faults.")
        #expect(!scheduler.errors.contains("sk_live"))
        #expect(scheduler.errors.contains("\(file):4: is a line of a crontab; write "))
        _ = try folder.write("jobs", "# none\n")
        scheduler.signal(SIGHUP)
        try await scheduler.line(
            containing:
                "Configuration: SCHEDULER_BUILTIN_JOBS=false: no job is left, since SCHEDULER_JOBS_FILE holds none; "
        )
        _ = try folder.write("jobs", "a: every 1h POST /x body={\"key\": \"sk_live_51Hcanary\"}}\n")
        scheduler.signal(SIGHUP)
        try await scheduler.line(containing: "Reloaded: 1 job.")
        #expect(scheduler.errors.contains("begins like JSON and makes sense only up to character "))
        #expect(!scheduler.errors.contains("sk_live"))
        #expect(try await scheduler.stop() == .clean)
    }
}
