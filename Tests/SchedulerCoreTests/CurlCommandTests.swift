import Testing

@testable import SchedulerCore

@Suite("curl in the place of a call")
struct CurlCommandTests {
    @Test(
        "method and path of a command, and no other word of it",
        arguments: [
            ("curl http://app/x", "GET /x"), ("curl -X POST http://app:8000/sync", "POST /sync"),
            ("curl -XPUT http://app/x", "PUT /x"), ("curl http://app/x -sX delete", "DELETE /x"),
            ("curl --request PATCH http://app/x", "PATCH /x"), ("curl --request=POST --url http://app/x", "POST /x"),
            ("curl --url=https://u:sk_live@app/x", "GET /x"), ("curl -d a=b http://app/x", "POST /x"),
            ("curl -sd @file http://app/x", "POST /x"), ("curl --data-raw '{\"a b\": 1}' http://app/x", "POST /x"),
            ("curl --json '{}' http://app/x", "POST /x"), ("curl -F a=@f http://app/x", "POST /x"),
            ("curl -G -d q=sk_live http://app/x", "GET /x"), ("curl -I http://app/x", "HEAD /x"),
            ("curl -T sk_live http://app/x", "PUT /x"), ("curl -d x -X GET http://app/x", "GET /x"),
            ("curl -u user:sk_live/x http://app/y", "GET /y"), ("curl -H http://sk_live/x 'http://app/y'", "GET /y"),
            ("curl --oauth2-bearer sk.live/x app:80/y", "GET /y"), ("curl -e http://sk_live/ http://app/y", "GET /y"),
            ("curl --max-time 10 --fail http://app/y?key=sk_live#x", "GET /y?…"),
            ("curl http://app?a=sk_live", "GET /?…"),
            ("curl --fail localhost/y", "GET /y"), ("curl --retry 3 app.example.org/y >/dev/null 2>&1", "GET /y"),
            ("curl http://app/x | curl -d sk_live http://app/y", "GET /x"),
            ("curl http://app/x && echo -d sk", "GET /x"),
            ("cd /tmp && /usr/bin/curl http://app/x", "GET /x"), ("wget -q -O /dev/null http://app/x", "GET /x"),
            ("wget --post-data='sk_live' http://app/x", "POST /x"),
            ("wget --method=PUT --body-data=a http://app/x", "PUT /x"),
            ("wget --spider http://app/x", "HEAD /x"), ("curl", nil), ("curl -s", nil), ("curl http://app/$ID", nil),
            ("curl -X PURGE http://app/x", nil), ("curl http://app/příliš", nil),
        ] as [(String, String?)]
    )
    func call(_ line: String, call: String?) {
        #expect(CurlCommand(line[...])?.call == call)
    }

    @Test("a line without one", arguments: ["", "POST /x", "/opt/curl.sh", "curler http://app/x"])
    func none(_ line: String) { #expect(CurlCommand(line[...]) == nil) }

    @Test(
        "a job line with a command is one fault, with the line to write",
        arguments: [
            ("*/5 * * * * curl -X POST http://app:8000/sync", "curl", "cron */5 * * * * POST /sync"),
            ("cron */5 * * * * curl -d a http://app:8000/sync", "curl", "cron */5 * * * * POST /sync"),
            ("every 5m curl -X POST http://app:8000/sync", "curl", "every 5m POST /sync"),
            ("@daily curl http://app/d", "curl", "cron 0 0 * * * GET /d"),
            ("0 3 * * * root KEY=sk_live /usr/bin/wget -q http://app/d", "wget", "cron 0 3 * * * GET /d"),
            ("0 3 * * * curl -fsS -H \"Authorization: Bearer sk_live\" $URL", "curl", "cron 0 3 * * * POST /path"),
            ("curl http://app/x", "curl", "GET /x"),
        ]
    )
    func jobLine(_ line: String, name: String, instead: String) {
        #expect(
            JobLine.parse(line).faults.map(\.description) == [
                #"names a command, \#(name), and none is run here; write "\#(instead)""#
            ]
        )
    }

    @Test("a schedule that is none has its own fault beside it; curl in a body is none")
    func others() {
        #expect(
            JobLine.parse("daily 25:00 curl -X POST http://app/sync").faults.map(\.description) == [
                #"time "25:00" is not a time of day; write HH:MM from 00:00 to 23:59, two digits each"#,
                #"names a command, curl, and none is run here; write "POST /sync""#,
            ]
        )
        #expect(JobLine.parse("every 1m POST /x body=do curl http://app/x").faults == [])
    }
}
