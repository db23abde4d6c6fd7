import Foundation
import HTTPServer
import Locking
import TestClient
import TestSupport
import Testing

@Suite("End to end: the page in a browser", .serialized)
struct PageTests {
    private static let jobs = [
        "ILL": "every 1h POST /t/ill", "WELL": "every 1h POST /api/sync/trigger",
        "NIGHTLY": "daily 03:00,15:00 POST /api/sync/trigger tz=Europe/Prague first=wait",
        "A_JOB_WITH_A_NAME_THAT_IS_AS_LONG_AS_NAMES_OF_JOBS_MAY_BE_HERE_1":
            "cron 1,2,3,5,7,11,13,17,19,23,29,31,37 3,5,7,11,13 1,7,13,19 * MON-FRI POST /api/sync/trigger first=wait",
    ]

    private static func start() async throws -> (App, Binary) {
        let app = try await App()
        try app.set(faults: #"{"/t/ill": {"status": 500}}"#)
        let scheduler = try Sidecar.start(beside: app, Sidecar.jobs(jobs))
        try await scheduler.line(containing: " outcome=failed ")
        try await scheduler.line(containing: " outcome=ok ")
        return (app, scheduler)
    }

    @Test("it renders without a word on the console, and says the same as /status")
    func content() async throws {
        let (_, scheduler) = try await Self.start()
        let port = try #require(scheduler.statusPort)
        let page = try await Browser.load("http://127.0.0.1:\(port)/", width: 1_280, .light)
        #expect(page.console.isEmpty)
        let status = try JSONDecoder().decode(Status.self, from: Data(try await scheduler.ask("/status").body.utf8))
        #expect(status.jobs.count == 4)
        let rows = page.document.components(separatedBy: #"<tr role="row" id="#).dropFirst()
        #expect(rows.count == 4)
        #expect(rows.first?.contains(">ill<") == true, "what fails comes first")
        for job in status.jobs {
            let row = try #require(rows.first { $0.contains(#"<span class="name">\#(job.name)</span>"#) })
            #expect(row.contains(job.scheduleWords ?? job.schedule))
            #expect(row.contains(#"<time datetime="\#(job.nextSlot ?? "")">"#))
            switch job.runs.last {
            case .none: #expect(row.contains(">never<"))
            case .some(let run) where run.outcome == "ok": #expect(row.contains(" ok</span>"))
            case .some(let run): #expect(row.contains(" \(run.outcome) \(run.status)</span>"))
            }
        }
        #expect(page.document.contains("<span>1 of 4 jobs fails</span>"))
        #expect(try await scheduler.stop() == .clean)
    }

    /// The page itself allows no script, so a copy of it is measured by one.
    @Test(
        "nothing sticks out at the width of a phone or of a desk; it follows the colour scheme",
        arguments: [390, 1_280]
    )
    func layout(_ width: Int) async throws {
        let (_, scheduler) = try await Self.start()
        // A copy without the page's own script, which would ask for events where there are none.
        let body = try await scheduler.ask("/").body
            .replacingOccurrences(of: "<script>[\\s\\S]*</script>", with: "", options: .regularExpression)
        #expect(try await scheduler.stop() == .clean)
        let script = """
            <script>const e = document.documentElement, s = getComputedStyle(document.body);
            parent.document.title = [innerWidth, e.scrollWidth, s.backgroundColor, s.color].join("|")</script></body>
            """
        let copy = body.replacingOccurrences(of: "</body>", with: script)
        #expect(copy != body)
        // In a frame, because no window is narrower than 500.
        let frame =
            "<!doctype html><title></title><body style='margin:0'><iframe src='/copy' width='\(width)' frameborder='0'>"
        let server = try TestServer { request, reply in
            let body = request.target == "/copy" ? copy : frame
            let headers = [Header("Content-Type", "text/html; charset=utf-8")]
            reply.send(HTTPServer.Response(status: 200, headers: headers, body: Array(body.utf8)))
        }
        var colours: Set<String> = []
        for scheme in Browser.Scheme.allCases {
            let page = try await Browser.load(server.url + "/", width: 1_400, scheme)
            #expect(page.console.isEmpty)
            let title = page.document.components(separatedBy: "<title>").dropFirst().first ?? ""
            let parts = title.components(separatedBy: "</title>")[0].components(separatedBy: "|")
            try #require(parts.count == 4, "\(title.prefix(200))")
            #expect(Int(parts[0]) == width)
            #expect(try #require(Int(parts[1])) <= width, "it can be scrolled sideways")
            colours.formUnion(parts[2...])
        }
        #expect(colours.count == 4, "two backgrounds and two inks: \(colours)")
    }

    /// A browser dumps a page once it is loaded, so an image keeps it loading until all has happened.
    @Test("with script it changes in place, says when nobody answers, and when somebody does again; the policy lets it")
    func script() async throws {
        let (_, scheduler) = try await Self.start()
        let answer = try await scheduler.ask("/")
        #expect(try await scheduler.stop() == .clean)
        let policy = try #require(answer.header("Content-Security-Policy"))
            .replacingOccurrences(of: "img-src data:", with: "img-src 'self' data:")
        let later = answer.body.replacingOccurrences(of: "1 of 4 jobs fails", with: "All is well again")
        for isBack in [false, true] {
            let first = answer.body.replacingOccurrences(of: "</body>", with: "<img src='/wait' alt=''></body>")
            let asked = Mutex(0)
            let waiting = Mutex<Reply?>(nil)
            let stream = Mutex<Reply?>(nil)
            let server = try TestServer { request, reply in
                switch request.path {
                case "/events":
                    reply.stream(
                        Response(status: 200, headers: [Header("Content-Type", "text/event-stream")]),
                        sign: ":\n\n"
                    )
                    stream.withLock { $0 = reply }
                case "/wait": waiting.withLock { $0 = reply }
                case "/":
                    let number = asked.withLock { count in
                        count += 1
                        return count
                    }
                    // The page, what has become of it, nothing, and that again; each shows when the next is asked for.
                    if number == (isBack ? 5 : 4) { waiting.withLock { $0?.send(.text(404, "")) } }
                    if number == 3 || number == 4 && !isBack { return reply.reset() }
                    if number == 2 || number == 4 {
                        stream.withLock { $0?.write(Array("event: run\ndata: {}\n\n".utf8)) }
                    }
                    let headers = [
                        Header("Content-Type", "text/html; charset=utf-8"), Header("Content-Security-Policy", policy),
                    ]
                    let body = Array((number == 1 ? first : later).utf8)
                    reply.send(HTTPServer.Response(status: 200, headers: headers, body: body))
                default: reply.send(.text(404, ""))
                }
            }
            let page = try await Browser.load(server.url + "/", width: 1_280, .light)
            #expect(page.console.filter { $0.contains("Security") || $0.contains("Uncaught") } == [])
            #expect(page.document.contains("<span>All is well again</span>"))
            #expect(page.document.contains("This page changes by itself."))
            #expect(
                page.document.contains(
                    isBack ? ">The scheduler answers again.<" : ">The scheduler has not answered since "
                )
            )
        }
    }

    struct Status: Decodable {
        struct Job: Decodable {
            struct Run: Decodable {
                let outcome: String
                let status: Int
            }

            let name: String
            let schedule: String
            let scheduleWords: String?
            let nextSlot: String?
            let runs: [Run]

            enum CodingKeys: String, CodingKey {
                case name, schedule, runs
                case scheduleWords = "schedule_words"
                case nextSlot = "next_slot"
            }
        }

        let jobs: [Job]
    }
}
