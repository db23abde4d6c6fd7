import Foundation
import HTTPServer
import Locking
import TestSupport
import Testing

/// Answers that no app should give, and what they cost.
@Suite("End to end: a hostile app")
struct HostileAppTests {
    /// One way to answer, and how its run ends.
    struct Row: Sendable {
        let name: String
        let outcome: String
        /// What else the line holds.
        var text = " status=0 "
        let serve: @Sendable (RawListener.Connection) -> Void
    }

    private static let rows = [
        // Drips: the deadline is one for the whole attempt.
        Row(name: "header-drip", outcome: "timeout") { drip("HTTP/1.1 200 OK\r\nX-Drip: ", on: $0) },
        Row(name: "body-drip", outcome: "timeout") { drip("HTTP/1.1 200 OK\r\n\r\n", on: $0) },
        Row(name: "chunk-drip", outcome: "timeout") {
            drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n", on: $0)
        },
        Row(name: "silence", outcome: "timeout") { while !$0.read().isEmpty {} },
        // Answers without end.
        Row(name: "endless-header", outcome: "broken") {
            flood("HTTP/1.1 200 OK\r\n", "X-Filler: \(String(repeating: "x", count: 10_000))\r\n", on: $0)
        },
        Row(name: "endless-line", outcome: "broken") {
            flood("HTTP/1.1 200 OK\r\nX-Filler: ", String(repeating: "x", count: 10_000), on: $0)
        },
        Row(name: "endless-trailer", outcome: "broken") {
            let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"
            // libcurl refuses longer lines by itself, but not that many.
            flood(head, "X-Filler: \(String(repeating: "x", count: 1_000))\r\n", on: $0)
        },
        Row(name: "endless-chunks", outcome: "timeout") {
            let chunk = "10000\r\n\(String(repeating: ".", count: 65_536))\r\n"
            flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunk, on: $0)
        },
        Row(name: "endless-body", outcome: "timeout") {
            flood("HTTP/1.1 200 OK\r\n\r\n", String(repeating: ".", count: 65_536), on: $0)
        },
        Row(name: "endless-interim", outcome: "broken") {
            flood("", String(repeating: "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", count: 200), on: $0)
        },
        Row(name: "huge-length", outcome: "timeout") {
            $0.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nx".utf8))
            while !$0.read().isEmpty {}
        },
        // Heads that are none.
        Row(name: "junk-coding", outcome: "broken", text: " failed: The answer's Transfer-Encoding makes no sense ") {
            $0.send(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: junk\r\n\r\n".utf8))
        },
        Row(name: "http-2", outcome: "broken", text: " failed: The answer's status line is none of HTTP/1.1 ") {
            $0.send(Array("HTTP/2 200 OK\r\n\r\n".utf8))
        },
        // Ends that come too early.
        Row(name: "reset-mid-header", outcome: "broken") {
            $0.send(Array("HTTP/1.1 200 OK\r\nContent-Le".utf8))
            $0.endWithReset()
        },
        Row(name: "reset-mid-answer", outcome: "broken") {
            $0.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort".utf8))
            $0.endWithReset()
        },
        Row(name: "end-mid-answer", outcome: "broken") {
            $0.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort".utf8))
        },
        Row(name: "end-mid-chunk", outcome: "broken") {
            $0.send(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nshort".utf8))
        },
        Row(name: "no-answer", outcome: "broken") { _ in },
        Row(
            name: "end-in-head",
            outcome: "broken",
            text: " failed: The connection ended inside the head of the answer "
        ) {
            $0.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n".utf8))
        },
        Row(name: "end-in-status", outcome: "broken") { $0.send(Array("HTTP/1.1 20".utf8)) },
        // Reasons for libcurl to send a request again by itself.
        Row(name: "again-417", outcome: "rejected", text: " status=417 ") { answer("417 No", on: $0) },
        Row(name: "again-421", outcome: "rejected", text: " status=421 ") { answer("421 Elsewhere", on: $0) },
        Row(name: "again-425", outcome: "failed", text: " status=425 ") { answer("425 Early", on: $0) },
        Row(name: "again-401", outcome: "denied", text: " status=401 ") {
            answer("401 No\r\nWWW-Authenticate: Basic realm=x\r\nWWW-Authenticate: NTLM", on: $0)
        },
        Row(name: "again-407", outcome: "rejected", text: " status=407 ") {
            answer("407 No\r\nProxy-Authenticate: Basic realm=x\r\nProxy-Authenticate: Negotiate", on: $0)
        },
        Row(name: "again-100", outcome: "rejected", text: " status=417 ") {
            $0.send(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
            answer("417 No", on: $0)
        },
        // Odd, but answers.
        Row(name: "at-once", outcome: "ok", text: " status=204 ") { answer("204 No Content", on: $0) },
        // Its timeout is two seconds.
        Row(name: "just-in-time", outcome: "ok", text: " status=200 ") {
            Thread.sleep(forTimeInterval: 1.6)
            answer("200 OK", on: $0)
        },
        Row(name: "delay", outcome: "ok", text: " status=200 ") {
            Thread.sleep(forTimeInterval: 0.2)
            answer("200 OK", on: $0)
        },
    ]

    @Test("each ends its run with the right word, once, in time, and in a few megabytes")
    func answers() async throws {
        let seen = Mutex<[String: [String]]>([:])
        let app = try RawListener { connection in
            let head = head(on: connection)
            let path = head.split(separator: " ").dropFirst().first.map(String.init) ?? ""
            seen.withLock { $0[path, default: []].append(head) }
            Self.rows.first { "/\($0.name)" == path }?.serve(connection)
        }
        let jobs = Self.rows.reduce(into: [String: String]()) { jobs, row in
            let name = row.name.uppercased().replacing("-", with: "_")
            // Much time for what ends by itself, also on a slow machine.
            let timeout = ["timeout": 1, "ok": 2][row.outcome] ?? 30
            jobs[name] = "every 1h POST /\(row.name) timeout=\(timeout)"
        }
        let scheduler = try Sidecar.start(
            beside: app.url,
            Sidecar.jobs(jobs).merging(["SCHEDULER_MAX_CONCURRENCY": "8"]) { $1 }
        )
        for row in Self.rows {
            let line = try await scheduler.line(
                containing: " attempts=1 outcome=\(row.outcome) ",
                and: " job=\(row.name) "
            )
            #expect(line.contains(row.text), "\(line)")
            let milliseconds = try #require(Sidecar.number("ms", of: line))
            switch row.name {
            case "just-in-time": #expect(milliseconds >= 1_600, "\(line)")
            case "delay": #expect((200..<2_000).contains(milliseconds), "\(line)")
            default: if row.outcome == "timeout" { #expect((950..<4_000).contains(milliseconds), "\(line)") }
            }
        }
        let peak = try Footprint(of: scheduler).peak
        #expect(peak < Self.generous, "\(peak) KiB")
        #expect(try await scheduler.stop() == .clean)
        for row in Self.rows { #expect(seen.withLock { $0["/\(row.name)"]?.count } == 1, "\(row.name)") }
    }

    @Test(
        "connections that are reset as soon as they stand: broken or unreachable, whichever is seen first; then all is well"
    )
    func resetOnAccept() async throws {
        let count = Mutex(0)
        let app = try RawListener { connection in
            let number = count.withLock { count in
                count += 1
                return count
            }
            if number <= 3 { return connection.endWithReset() }
            _ = head(on: connection)
            answer("200 OK", on: connection)
        }
        let scheduler = try Sidecar.start(beside: app.url, Sidecar.jobs(["PING": "every 1s POST /x"]))
        try await scheduler.line(containing: " attempts=1 outcome=ok status=200 ")
        #expect(try await scheduler.stop() == .clean)
        let bad = scheduler.errorLines.filter { $0.contains(" outcome=") && !$0.contains(" outcome=ok ") }
        #expect(bad.allSatisfy { $0.contains(" attempts=1 outcome=broken status=0 ") }, "\(bad)")
        // No attempt of a run without retries is made twice, but where the connection never stood for libcurl.
        let isDown = scheduler.errors.contains(" is down: ")
        #expect(bad.count == 3 || isDown, "\(scheduler.errors)")
    }

    @Test("a gzip bomb stays packed, and was not asked for", arguments: ["Content-Encoding", "Transfer-Encoding"])
    func bomb(_ header: String) async throws {
        let folder = try TemporaryFolder()
        try Tool.run("sh", ["-c", "head -c 300000000 /dev/zero | gzip -1 > bomb"], in: folder.url)
        let bomb = try Array(Data(contentsOf: folder.url.appending(path: "bomb")))
        let head = "HTTP/1.1 200 OK\r\n\(header): gzip\r\n\r\n"
        let app = try TestServer { _, reply in
            reply.write(Array(head.utf8) + bomb)
            reply.end()
        }
        let scheduler = try Sidecar.start(beside: app.url, Sidecar.jobs(["PING": "every 1h POST /x"]))
        let line = try await scheduler.line(containing: " attempts=1 outcome=ok status=200 ")
        // As it came over the wire, a hundredth of what it would become.
        #expect(Sidecar.number("bytes", of: line) == bomb.count)
        #expect(app.seen.map { $0.header("Accept-Encoding") } == [nil])
        let peak = try Footprint(of: scheduler).peak
        #expect(peak < Self.generous, "\(peak) KiB")
        #expect(try await scheduler.stop() == .clean)
    }

    @Test("no redirect is followed, whatever its kind and wherever it leads")
    func redirects() async throws {
        let other = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let places = ["other": other.url + "/in?token=x", "self": "/loop?token=x", "file": "file:///etc/passwd"]
        let app = try TestServer { request, reply in
            let parts = request.path.split(separator: "/").map(String.init)
            let place = parts.last.flatMap { places[$0] } ?? ""
            reply.send(Response(status: Int(parts[0]) ?? 0, headers: [Header("Location", place)]))
        }
        let statuses = [301, 302, 303, 307, 308]
        var jobs: [String: String] = [:]
        for status in statuses {
            for place in places.keys { jobs["R\(status)\(place.uppercased())"] = "every 1h POST /\(status)/\(place)" }
        }
        let scheduler = try Sidecar.start(beside: app.url, Sidecar.jobs(jobs))
        for status in statuses {
            for (place, location) in places {
                let line = try await scheduler.line(containing: "Job /\(status)/\(place): HTTP \(status) - ")
                let shown = location.split(separator: "?")[0]
                #expect(line.contains(" attempts=1 outcome=redirected status=\(status) "), "\(line)")
                #expect(line.hasSuffix(" location=\(shown)"), "\(line)")
            }
        }
        #expect(try await scheduler.stop() == .clean)
        #expect(other.seen.isEmpty)
        #expect(app.seen.count == jobs.count)
    }

    @Test("what an answer offers is not taken up: cookies, other services, https from now on")
    func offers() async throws {
        let elsewhere = try TestServer { _, reply in reply.send(.text(200, "ok")) }
        let port = elsewhere.url.split(separator: ":").last ?? ""
        let offers = [
            Header("Set-Cookie", "a=b; Path=/; Max-Age=999"), Header("Alt-Svc", "http/1.1=\":\(port)\"; ma=999"),
            Header("Strict-Transport-Security", "max-age=999; includeSubDomains"), Header("Connection", "keep-alive"),
        ]
        let app = try TestServer { _, reply in reply.send(Response(status: 200, headers: offers)) }
        let url = app.url.replacing("127.0.0.1", with: "localhost")
        let scheduler = try Sidecar.start(beside: url, Sidecar.jobs(["PING": "every 1s POST /x"]))
        _ = try await eventually("calls") { app.seen.count >= 3 ? true : nil }
        #expect(try await scheduler.stop() == .clean)
        #expect(app.seen.allSatisfy { $0.header("Cookie") == nil })
        #expect(Set(app.connections).count == app.seen.count)
        #expect(elsewhere.seen.isEmpty)
    }

    @Test("hundreds of runs that end at once or just in time: each slot once, and nothing of them stays")
    func leaks() async throws {
        let app = try await App()
        try app.set(faults: #"{"/t/late": {"status": 200, "delay_ms": 600}, "/t/now": {"status": 204}}"#)
        var jobs: [String: String] = [:]
        for number in 0..<30 {
            jobs["N\(number)"] = "every 1s POST /t/now timeout=1"
            jobs["L\(number)"] = "every 1s POST /t/late timeout=2"
        }
        let scheduler = try Sidecar.start(beside: app, Sidecar.jobs(jobs))
        func ends() -> Int { scheduler.errorLines.filter { $0.contains(" outcome=") }.count }
        _ = try await eventually("the first runs") { ends() >= 150 ? true : nil }
        let before = try Footprint(of: scheduler)
        _ = try await eventually("many runs") { ends() >= 600 ? true : nil }
        let after = try Footprint(of: scheduler)
        #expect(try await scheduler.stop() == .clean)
        // A socket for each of those in flight; one that stayed for each run would be hundreds.
        #expect(after.descriptors < before.descriptors + 100, "\(before), then \(after)")
        #expect(
            after.resident < before.resident + (Footprint.isSanitized ? 150_000 : 12_000),
            "\(before), then \(after)"
        )
        #expect(after.threads <= (Footprint.isSanitized ? 63 : 62), "\(after)")
        try Sidecar.check(scheduler, beside: app)
    }

    /// In KiB; some 23 000 in a debug build.
    private static let generous = Footprint.isSanitized ? 800_000 : 120_000
}

// MARK: - Ways to answer

/// What arrives up to the blank line.
private func head(on connection: RawListener.Connection) -> String {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
        let more = connection.read()
        guard !more.isEmpty else { break }
        bytes += more
    }
    return String(decoding: bytes, as: UTF8.self)
}

private func answer(_ status: String, on connection: RawListener.Connection) {
    connection.send(Array("HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n".utf8))
}

private func drip(_ head: String, on connection: RawListener.Connection) {
    connection.send(Array(head.utf8))
    while connection.send([UInt8(ascii: "a")]) { Thread.sleep(forTimeInterval: 0.05) }
}

private func flood(_ head: String, _ text: String, on connection: RawListener.Connection) {
    connection.send(Array(head.utf8))
    let bytes = Array(text.utf8)
    while connection.send(bytes) {}
}
