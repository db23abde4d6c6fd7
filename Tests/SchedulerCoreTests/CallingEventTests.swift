import Calling
import Clockwork
import Files
import Schedule
import Telling
import TestSupport
import Testing

@testable import SchedulerCore

@Suite("Tokens and reports: what is said")
struct CallingEventTests {
    private let book = LogBook()

    private static let file = TokenFile("/run/token", variable: "SCHEDULER_API_TOKEN_FILE")
    /// What may be the token itself, in the wrong variable.
    private static let misplaced = TokenFile("hunter2", variable: "SCHEDULER_API_TOKEN_FILE")

    @Test(
        "each event is one line",
        arguments: [
            (
                .tokenHasChanged(file),
                "INFO  The token in SCHEDULER_API_TOKEN_FILE has changed; requests carry the new one."
            ),
            (
                .tokenFileIsGood(file),
                "INFO  SCHEDULER_API_TOKEN_FILE can be read again; the token is the same."
            ),
            (
                .tokenFileIsBad(file, .empty),
                #"WARNING SCHEDULER_API_TOKEN_FILE="/run/token" holds no token: the file is empty; the last token stays "#
                    + "in use until this is mended."
            ),
            (
                .tokenFileIsBad(misplaced, .unreadable(.missing)),
                "WARNING SCHEDULER_API_TOKEN_FILE (its value is not shown, as it does not begin with / and may be a token) "
                    + "does not exist; the last token stays in use until this is mended."
            ),
            (
                .tokenIsNotRenewed("login.example.com answered 503", rest: .seconds(720)),
                "WARNING The token is not renewed: login.example.com answered 503; the one in use is good for 12m."
            ),
            (.tokenIsRenewed(host: "login.example.com"), "INFO  login.example.com gives tokens again."),
            (
                .noticeFailed(
                    Self.notice(.report, "https://eu.i.posthog.com/i/v0/e/"),
                    .refused,
                    why: "HTTP 401 - no\njob=forged",
                    isForGood: false
                ),
                "WARNING An error report to https://eu.i.posthog.com/i/v0/e/ is refused: HTTP 401 - no\\njob\\x3dforged; "
                    + "look at POSTHOG_API_KEY and POSTHOG_HOST."
            ),
            (
                .noticeFailed(Self.notice(.ping, "hc-ping.com"), .refused, why: "HTTP 404 - no", isForGood: true),
                "WARNING A ping to hc-ping.com is refused: HTTP 404 - no; look at the URL of pings. It is not "
                    + "tried again until a restart."
            ),
            (
                .noticeFailed(Self.notice(.heartbeat, "a"), .lost, why: "late", isForGood: false),
                "WARNING A heartbeat to a is lost: late; look at SCHEDULER_HEARTBEAT_URL."
            ),
            (.noticeIsTaken(Self.notice(.ping, "hc-ping.com")), "INFO  A ping to hc-ping.com is taken again."),
        ] as [(CallingEvent, String)]
    )
    func lines(_ event: CallingEvent, line: String) {
        book.log().tell(event)
        #expect(book.lines == ["\(LogBook.time) \(line)\n"])
    }

    @Test("of a header's file the same is told, in its own words")
    func headerFile() {
        let file = TokenFile("/run/key", variable: "SCHEDULER_JOB_A: header-file.X-Key", content: .value)
        for event in [.tokenHasChanged(file), .tokenFileIsGood(file), .tokenFileIsBad(file, .empty)] as [CallingEvent] {
            book.log().tell(event)
        }
        let name = "SCHEDULER_JOB_A: header-file.X-Key"
        #expect(
            book.lines == [
                "\(LogBook.time) INFO  The value in \(name) has changed; requests carry the new one.\n",
                "\(LogBook.time) INFO  \(name) can be read again; the value is the same.\n",
                "\(LogBook.time) WARNING \(name)=\"/run/key\" holds no value: the file is empty; the last value stays in use "
                    + "until this is mended.\n",
            ]
        )
    }

    @Test(
        "where only warnings are shown, so is the end of what one told of",
        arguments: [
            (.tokenFileIsGood(file), true), (.tokenHasChanged(file, isMended: true), true),
            (.tokenHasChanged(file), false),
        ] as [(CallingEvent, Bool)]
    )
    func ends(_ event: CallingEvent, isShown: Bool) {
        book.log(level: .warning).tell(event)
        #expect(book.lines.count == (isShown ? 1 : 0))
    }

    @Test("a denied run that is tried again is named")
    func again() throws {
        let timetable = Timetable(try Schedule(parsing: "every 1m"))
        let job = Job(name: "a", timetable: timetable, method: "POST", path: "/x", timeoutSeconds: 5)
        let attempt = Attempt(job: job, run: Run(slot: .epoch, trigger: .schedule), id: RunID(1, 1))
        book.log().tell(.tokenIsTriedAgain(attempt))
        #expect(
            book.lines == [
                "\(LogBook.time) INFO  Job a was denied, and its token has been replaced meanwhile; one more attempt with "
                    + "the new one. job=a run_id=00000000000000010000000000000001\n"
            ]
        )
    }

    @Test("a Retry-After that makes no sense is quoted like any text from outside, with its job and run")
    func retryAfter() throws {
        let timetable = Timetable(try Schedule(parsing: "every 1m"))
        let job = Job(name: "a", timetable: timetable, method: "POST", path: "/x", timeoutSeconds: 5)
        let attempt = Attempt(job: job, run: Run(slot: .epoch, trigger: .schedule), id: RunID(1, 1))
        book.log().tell(.retryAfterIsUnreadable(attempt, "so\non"))
        #expect(
            book.lines == [
                "\(LogBook.time) WARNING Retry-After \"so\\non\" of /x is neither seconds nor a date; it is ignored. "
                    + "job=a run_id=00000000000000010000000000000001\n"
            ]
        )
    }

    @Test(
        "what a job's own headers hold is masked in what the app says, and what is no secret stays",
        arguments: [
            ("X-Api-Key", "k3y-of-the-job", true), ("X-Api-Key", "k3y4", true), ("X-Api-Key", "k3y", false),
            ("x-AUTH", "abcdefg", true), ("Cookie", "session=0123456789", true),
            ("X-Tenant", "tenant-0123456789", true),
            ("X-Debug", "true", false), ("X-Env", "staging", false), ("Content-Type", "application/json", false),
            ("ACCEPT", "application/json", false), ("Accept-Language", "en-US,en;q=0.5", false),
            ("User-Agent", "something/1.0", false), ("X-Forwarded-Host", "app.example.com", false),
            ("Cache-Control", "no-cache", false), ("Content-Auth", "abcdefgh", true),
        ]
    )
    func headers(_ name: String, value: String, isMasked: Bool) throws {
        let secrets = SecretBook()
        let log = book.log(secrets: secrets)
        let line = "every 1h POST /x header.\(name)=\(value)"
        _ = Credentials(try Settings(environment: ["SCHEDULER_JOB_A": line]), secrets, log)
        log.info("m \(value) \(own: value)")
        let shown = isMasked ? "***" : value.replacing("=", with: #"\x3d"#)
        #expect(book.lines.last?.hasSuffix(" m \(shown) \(value)\n") == true, "\(book.lines)")
    }

    @Test("a header that SIGHUP changes is masked, and so is what it was before")
    func changedHeaders() {
        let secrets = SecretBook()
        for value in ["header-number-1", "header-number-2", "header-number-2", "header-number-3"] {
            secrets.replaceValues([Secret(value)])
        }
        book.log(secrets: secrets).info("\("header-number-3 header-number-2 header-number-1")")
        #expect(book.lines.last?.hasSuffix(" *** *** header-number-1\n") == true)
    }

    @Test("each token that comes is masked in every line, the first as well as the last")
    func masked() throws {
        let secrets = SecretBook()
        let environment = ["SCHEDULER_API_TOKEN": "token-number-1"]
        let log = book.log(secrets: secrets)
        _ = Credentials(try Settings(environment: environment), secrets, log)
        secrets.addToken(Secret("token-number-2"))
        log.info("\("token-number-1 token-number-2")")
        #expect(book.lines.last?.hasSuffix(" *** ***\n") == true)
    }

    private static func notice(_ kind: Notice.Kind, _ shown: String) -> Notice {
        Notice(kind, "GET", Secret("https://a/b"), shown: shown)
    }
}
