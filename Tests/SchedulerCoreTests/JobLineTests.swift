import Clockwork
import Schedule
import Testing

@testable import SchedulerCore

@Suite("JobLine")
struct JobLineTests {
    @Test("a line is schedule, method, path and options")
    func whole() throws {
        let (line, faults) = JobLine.parse(
            #"cron 0 5 * * MON POST /api/weekly?full=1 tz=Europe/Prague timeout=1h30m retries=2 first=wait catchup=skip "#
                + #"catchup-window=2d jitter=90 abandon-hold=0 header.X-Key="a b=c" header.X-B=2 body={"full": true, "x=": 1}"#
        )
        #expect(faults == [])
        #expect(line.schedule?.description == "cron 0 5 * * 1")
        #expect(line.method == "POST")
        #expect(line.path == "/api/weekly?full=1")
        #expect(line.options.zone == "Europe/Prague")
        let timetable = Timetable(try Schedule(parsing: "every 1m"))
        var job = Job(name: "weekly", timetable: timetable, method: "POST", path: "/x", timeoutSeconds: 60)
        line.options.apply(to: &job)
        #expect(job.timeoutSeconds == 5400)
        #expect(job.retries == 2)
        #expect(job.first == .wait)
        #expect(job.catchup == .skip)
        #expect(job.catchupWindowSeconds == 172_800)
        #expect(job.jitterSeconds == 90)
        #expect(job.abandonHoldSeconds == 0)
        #expect(job.headers == [Job.Header(name: "X-Key", value: "a b=c"), Job.Header(name: "X-B", value: "2")])
        #expect(job.body == #"{"full": true, "x=": 1}"#)
    }

    @Test(
        "parts may be left out where another line gives them",
        arguments: [
            ("daily 04:15", "daily 04:15", nil, nil), ("GET /x", nil, "GET", "/x"), ("retries=3", nil, nil, nil),
            ("  every 15m\tPOST   /x  ", "every 15m", "POST", "/x"),
            ("cron @daily HEAD /", "cron 0 0 * * *", "HEAD", "/"),
            ("weekly mon,thu 03:00 DELETE /x", "weekly mon,thu 03:00", "DELETE", "/x"),
            ("body=text of it", nil, nil, nil),
        ] as [(String, String?, String?, String?)]
    )
    func parts(_ text: String, schedule: String?, method: String?, path: String?) {
        let (line, faults) = JobLine.parse(text)
        #expect(faults == [])
        #expect(line.schedule?.description == schedule)
        #expect(line.method == method)
        #expect(line.path == path)
    }

    @Test("off is off")
    func off() {
        #expect(JobLine.parse("off").line.isOff)
        #expect(
            JobLine.parse("off daily 03:00").faults.map(\.description) == [
                "says off and then more (not shown); write only off"
            ]
        )
    }

    @Test("names what is wrong, all of it", arguments: faults)
    func rejects(_ text: String, messages: [String]) {
        #expect(JobLine.parse(text).faults.map(\.description) == messages)
    }

    private static let noName =
        "has a body (not shown) without its name; write body={…} at the end of the line, behind the options"

    private static func turned(_ word: String, _ line: String) -> String {
        #""\#(word)" stands behind the path, where options are, and the schedule comes first; write "\#(line)""#
    }

    private static let faults: [(String, [String])] = [
        ("", [#"is empty; write for example "daily 03:00 POST /api/nightly timeout=15m", or off"#]),
        (
            "daily 25:00 POST /x timeout=0",
            [
                #"time "25:00" is not a time of day; write HH:MM from 00:00 to 23:59, two digits each"#,
                #"timeout=: duration "0" is too short; at least 1s is needed"#,
            ]
        ),
        ("every 1m get /x", [#"method "get" is not allowed; write GET"#]),
        ("every 1m TRACE /x", [#"method "TRACE" is not allowed; write GET, POST, PUT, PATCH, DELETE, HEAD"#]),
        ("every 1m POST", ["has no path after POST; write POST /api/…"]),
        ("every 1m POST x", [#"path "x" does not begin with /"#]),
        ("every 1m POST /x#y", [#"path "/x#y" holds a fragment (#…); take it out"#]),
        ("every 1m POST /ž", [#"path "/ž" holds a control or non-ASCII character; percent-encode it"#]),
        (
            "every 1m /x",
            [
                "has no method before the path; a new job needs schedule, method and path: "
                    + #"write for example "daily 03:00 POST /api/nightly timeout=15m""#
            ]
        ),
        (
            "every 1m POST /x retry",
            [#""retry" is not understood; what follows the path are options, each as name=value"#]
        ),
        ("every 1m POST /x retires=1", [#"option "retires" is not known; did you mean retries=?"#]),
        (
            "every 1m POST /x colour=blue",
            [
                #"option "colour" is not known; write timeout=, retries=, retry-on=, ok=, expect=, items=, tz=, first=, "#
                    + "catchup=, catchup-window=, jitter=, abandon-hold=, group=, priority=, wait=, "
                    + "freeze=, freeze-catchup=, alert-after=, ping=, "
                    + "header.NAME=, header-file.NAME= or body="
            ]
        ),
        ("every 1m POST /x retries=-1", [#"retries=: "-1" is not a whole number from 0 to 100"#]),
        ("every 1m POST /x retries=101", [#"retries=: "101" is not a whole number from 0 to 100"#]),
        (
            "every 1m POST /x ok=200,301",
            [
                "ok=: 301 holds redirects, which are not followed; of 3xx only 304 is allowed: write 200-299,304,404"
            ]
        ),
        (
            "every 1m POST /x ok=200-404",
            ["ok=: 200-404 holds redirects, which are not followed; of 3xx only 304 is allowed: write 200-299,304,404"]
        ),
        ("every 1m POST /x ok=200-299,304,404", []),
        ("every 1m POST /x ok=500", [#"ok=: "500" is not a status from 200 to 499; write 200-299,404"#]),
        ("every 1m POST /x ok=199", [#"ok=: "199" is not a status from 200 to 499; write 200-299,404"#]),
        ("every 1m POST /x ok=2xx", [#"ok=: "2xx" is not a status from 200 to 499; write 200-299,404"#]),
        ("every 1m POST /x ok=", ["ok=: has no value"]),
        (
            "every 1m POST /x expect=true",
            [#"expect=: "true" has no colon before a value; write ok:true or status:done"#]
        ),
        (
            "every 1m POST /x expect=ok:",
            [#"expect=: "ok:" has no value behind its colon; write ok:true or status:done"#]
        ),
        (
            "every 1m POST /x expect=:true",
            [#"expect=: "" is no name of a member; write ok:true or result.ok:true"#]
        ),
        (
            "every 1m POST /x expect=a..b:true",
            [#"expect=: "a..b" is no name of a member; write ok:true or result.ok:true"#]
        ),
        (
            "every 1m POST /x expect=ok:" + String(repeating: "x", count: 101),
            ["expect=: its value is longer than 100 bytes; write a shorter one, such as ok:true"]
        ),
        (#"every 1m POST /x expect='a:"two words"'"#, []),
        (
            "every 1m POST /x items=.a",
            [#"items=: ".a" is no name of a member; write processed, result.count or off"#]
        ),
        ("every 1m POST /x items=off", []),
        ("every 1m POST /x first=later", [#"first=: "later" is not known; write now or wait"#]),
        ("every 1m POST /x catchup=all", [#"catchup=: "all" is not known; write one or skip"#]),
        (
            "every 1m POST /x jitter=-5s",
            [
                #"jitter=: duration "-5s" is not whole numbers with the units d h m s, from long to short; write 90s, "#
                    + "15m, 2h, 1d or 1h30m"
            ]
        ),
        (
            "every 1m POST /x timeout=99999999999h",
            [#"timeout=: duration "99999999999h" is too large; at most 10 years (3650d) are allowed"#]
        ),
        ("every 1m POST /x timeout=25d", [#"timeout=: "25d" is too long; write at most 24d"#]),
        ("every 1m POST /x timeout=2073601", [#"timeout=: "2073601" is too long; write at most 24d"#]),
        ("every 1m POST /x timeout=24d jitter=25d", []),
        ("every 1m POST /x tz=", ["tz=: has no value"]),
        ("every 1m POST /x retries=1 retries=2", [#"option "retries" is given twice"#]),
        ("every 1m POST /x header.a=1 header.A=2", [#"option "header.A" is given twice"#]),
        (
            "every 1m POST /x header.Authorization=x",
            [#"header "Authorization" is set by the sidecar itself; take it out"#]
        ),
        ("every 1m POST /x header.host=x", [#"header "host" is set by the sidecar itself; take it out"#]),
        ("every 1m POST /x header.a:b=x", [#"header name "a:…" is not one; write letters, digits and -"#]),
        ("every 1m POST /x header.=x", [#"header name "" is not one; write letters, digits and -"#]),
        ("every 1m POST /x header.a=x\r\ny", [#"the value of header "a" holds a control character; take it out"#]),
        (#"every 1m POST /x header.a="x"y"#, [#""header.a=…" goes on behind its closing quote; put a blank there"#]),
        (
            "daily 25:00 POST /x colour=blue taste=sweet tz=",
            [
                #"time "25:00" is not a time of day; write HH:MM from 00:00 to 23:59, two digits each"#,
                #"option "colour" is not known; write timeout=, retries=, retry-on=, ok=, expect=, items=, tz=, first=, "#
                    + "catchup=, catchup-window=, jitter=, abandon-hold=, group=, priority=, wait=, "
                    + "freeze=, freeze-catchup=, alert-after=, ping=, "
                    + "header.NAME=, header-file.NAME= or body=",
                "tz=: has no value",
            ]
        ),
        (
            "every 1m POST http://app/x",
            [#"path "http:…" is a URL; write only its path, the rest is what API_URL says"#]
        ),
        (
            "every 1m POST /x retry-on=404,200",
            [#"retry-on=: "200" is not a status from 300 to 599; write 404,409 or 500-504"#]
        ),
        (
            "every 1m POST /x retry-on=504-500",
            [#"retry-on=: "504-500" is not a status from 300 to 599; write 404,409 or 500-504"#]
        ),
        (
            "every 1m POST /x retry-on=404,",
            [#"retry-on=: "" is not a status from 300 to 599; write 404,409 or 500-504"#]
        ),
        ("every 1m POST /x data=1 data=2", [#"option "data" is not known; did you mean body=?"#]),
        // Nothing behind a flag is read.
        ("every 1m POST /x --data=x retries=x", [#"option "--data" is not known; did you mean body=?"#]),
        ("every 1m POST /x timeout=1 timeout=2 timeout=3", [#"option "timeout" is given twice"#]),
        (#"every 1m POST /x header.a="x y"#, [#""header.a=…" begins with a quote that does not end"#]),
        ("every 1m POST /x body=", ["body= has no text after it; leave it out"]),
        ("every 1m POST /a/../b", [#"path "/a/../b" holds a . or .. segment; write where it leads"#]),
        ("OFF", [#""OFF" is not understood; write off"#]), ("disabled", [#""disabled" is not understood; write off"#]),
        // A zone, a schedule and a body at the wrong place.
        (
            "daily 03:00 EST GET /x retries=x",
            [
                #""EST" is a zone, and has its place behind the path; write "daily 03:00 GET /x tz=America/New_York""#,
                #"retries=: "x" is not a whole number from 0 to 100"#,
            ]
        ),
        (
            "0 3 * * * Asia/Tokyo GET /hooks/a1",
            [
                #""Asia/Tokyo" is a zone, and has its place behind the path; write "cron 0 3 * * * GET /… tz=Asia/Tokyo""#
            ]
        ),
        (
            "daily 03:00 CST",
            [
                #""CST" is a zone, which may mean America/Chicago, Asia/Shanghai or America/Havana, and has its place "#
                    + #"behind the path; write "daily 03:00 tz=America/Chicago""#
            ]
        ),
        (
            "daily 03:00 utc POST /x",
            [#""utc" is a zone, and has its place behind the path; write "daily 03:00 POST /x tz=UTC""#]
        ),
        ("POST /x daily 03:00", [turned("daily", "daily 03:00 POST /x")]),
        ("POST /x?key=canary every 5 minutes", [turned("every", "every 5m POST /…")]),
        ("POST /x */5 * * * *", [turned("*/5", "cron */5 * * * * POST /x")]),
        (
            "daily 04:00 POST /x daily 03:00",
            [#""daily" is not understood; what follows the path are options, each as name=value"#]
        ),
        (#"every 1h POST /x {"key": "canary"}"#, [noName]), (#"every 1h POST /x {"key":"a=canary"} x=1"#, [noName]),
        (#"every 1h POST /x '{"key":"a=canary"}'"#, [noName]), (#"every 1h POST /x body:{"key":"canary"}"#, [noName]),
        (#"every 1h POST /x retries=1 Body: {"key": "canary"}"#, [noName]), ("every 1h POST /x [1]", [noName]),
        // Schedules of other programs with = in them.
        (
            "crontab(minute=0, hour='*/3') POST /x",
            [#"schedule "crontab(minute=… …" is not understood; write "cron 0 */3 * * *""#]
        ),
        ("cron hour=4 minute=30 POST /x", [#"schedule "cron …" is not understood; write "cron 30 4 * * *""#]),
        (
            "OnCalendar=*-*-* 03:00:00 POST /x",
            [#"schedule "OnCalendar=… …" is not understood; write "cron 0 3 * * *""#]
        ),
        (
            "CRON_TZ=Europe/Prague 0 3 * * * POST /x",
            [
                #""CRON_TZ=…" is a zone, and has its place behind the path; write "cron 0 3 * * * POST /x tz=Europe/Prague""#
            ]
        ),
        ("cron=\"0 3 * * *\"", [#"schedule "cron=… …" is not understood; write "cron 0 3 * * *""#]),
        // Headers without what says so.
        ("every 1h POST /x headers.X=1", [#"option "headers.X" is not known; did you mean header.X=?"#]),
        ("every 1h POST /x X-Key=1", [#"option "X-Key" is not known; did you mean header.X-Key=?"#]),
        (
            "every 1h POST /x content-type=text/plain",
            [#"option "content-type" is not known; did you mean header.content-type=?"#]
        ),
        ("every 0m POST /x", [#"duration "0m" is too short; at least 1s is needed"#]),
    ]

    @Test(
        "what people write who know it from elsewhere is answered with what it is here",
        arguments: [
            ("retry", "did you mean retries=?"), ("max_retries", "did you mean retries=?"),
            ("timezone", "did you mean tz=?"), ("TZ", "did you mean tz=?"), ("zone", "did you mean tz=?"),
            ("data", "did you mean body=?"), ("json", "did you mean body=?"),
            ("headers", "did you mean header.NAME=?"), ("delay", "did you mean jitter=?"),
            ("retry_on", "did you mean retry-on=?"), ("time-out", "did you mean timeout=?"),
            ("method", "method and path stand before the options: POST /api/nightly; the host is that of API_URL"),
            ("url", "method and path stand before the options: POST /api/nightly; the host is that of API_URL"),
            ("schedule", "the schedule stands first, without a name: daily 03:00, every 15m or cron 0 5 * * 1"),
            ("token", "the token is SCHEDULER_API_TOKEN, for all jobs"),
            ("backoff", "retries= waits 5, 10, 20 to 300 s by itself"),
        ]
    )
    func meant(_ name: String, advice: String) {
        let faults = JobLine.parse("every 1m POST /x \(name)=1 retries=x").faults.map(\.description)
        #expect(
            faults == [
                #"option "\#(name)" is not known; \#(advice)"#, #"retries=: "x" is not a whole number from 0 to 100"#,
            ]
        )
    }

    @Test("another name for an option is not the name of one")
    func otherNames() {
        for option in JobOption.all {
            guard case .unknownOption(_, let near) = JobOption.fault(ofUnknown: option.name) else {
                Issue.record("\(option.name) has another meaning")
                continue
            }
            #expect(near == option.name)
        }
    }

    @Test(
        "headers that only the two ends of a connection may send are faults",
        arguments: [
            "Connection", "expect", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Keep-Alive", "proxy-connection",
            "HTTP2-Settings", "Proxy-Authorization", "Proxy-Authenticate",
        ]
    )
    func connectionHeaders(_ name: String) {
        #expect(
            JobLine.parse("every 1m POST /x header.\(name)=x").faults.map(\.description) == [
                #"header "\#(name)" is about the connection, which the sidecar makes; take it out"#
            ]
        )
    }

    @Test(
        "a header that has no place here takes with it what may be the rest of its value",
        arguments: [
            (
                "header.Authorization=Bearer sk_live_51H",
                #"header "Authorization" is set by the sidecar itself; take it out"#
            ),
            (
                "header.authorization=Basic key=sk_live",
                #"header "authorization" is set by the sidecar itself; take it out"#
            ),
            (
                "header.Proxy-Authorization=Basic sk_live_51H",
                #"header "Proxy-Authorization" is about the connection, which the sidecar makes; take it out"#
            ),
            ("header.X()=a b", #"header name "X()" is not one; write letters, digits and -"#),
            ("header.X=a\u{1} b", #"the value of header "X" holds a control character; take it out"#),
        ]
    )
    func refusedHeaders(_ options: String, message: String) {
        #expect(JobLine.parse("every 1m POST /x \(options)").faults.map(\.description) == [message])
    }

    @Test("64 headers are taken; with more all are counted and none of them is looked at")
    func manyHeaders() {
        func line(_ count: Int) -> String {
            "every 1m POST /x " + (0..<count).map { "header.X-\($0)=\($0)" }.joined(separator: " ")
        }
        #expect(JobLine.parse(line(64)).faults == [])
        #expect(JobLine.parse(line(64)).line.options.headers.count == 64)
        #expect(JobLine.parse(line(65)).faults == [.tooManyHeaders(65)])
        let (many, faults) = JobLine.parse(line(20_000) + " retries=x")
        #expect(many.options.headers.count == 64)
        #expect(
            faults.map(\.description) == [
                #"retries=: "x" is not a whole number from 0 to 100"#, "has 20000 headers; at most 64 are allowed",
            ]
        )
    }

    @Test(
        "a line's time grows as its length does",
        arguments: ["header.X-N=1", "cron / x", "x", "x=1", "timeout=5", "colour=blue", "a=\"b c\"", "/", "data=1"]
    )
    func linear(_ word: String) {
        func time(_ count: Int) -> Duration {
            let line = "every 1m POST /x " + Array(repeating: word, count: count).joined(separator: " ")
            return ContinuousClock().measure { _ = JobLine.parse(line) }
        }
        _ = time(100)
        // Sixteen times as long takes sixteen times as long; with the square of it, 256 times.
        func shortest(_ count: Int) -> Duration { (0..<3).map { _ in time(count) }.min() ?? .zero }
        #expect(shortest(32_000) < shortest(2_000) * 100)
    }

    @Test("defaults are options only")
    func defaults() {
        #expect(JobLine.parseDefaults("retries=2 jitter=10s").faults == [])
        #expect(
            JobLine.parseDefaults("daily 03:00 POST /x retries=2 body=x").faults.map(\.description) == [
                "a schedule has no place here; only options that many jobs can share",
                "a method and path has no place here; only options that many jobs can share",
                "body= has no place here; only options that many jobs can share",
            ]
        )
        #expect(
            JobLine.parseDefaults("retries=2 daily 03:00").faults.map(\.description) == [
                #""daily" has no place here; only options that many jobs can share, each as name=value"#
            ]
        )
    }
}
