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
                .tokenIsMissing,
                "WARNING SCHEDULER_API_TOKEN is not set: calls go out without Authorization, and the app has to let them "
                    + "in (as it does in its development mode). Set it in production."
            ),
            (
                .reportIsLost(url: "https://eu.i.posthog.com/i/v0/e/", why: "HTTP 401 - no\njob=forged"),
                "WARNING An error report to https://eu.i.posthog.com/i/v0/e/ is lost: HTTP 401 - no\\njob\\x3dforged; look "
                    + "at POSTHOG_API_KEY and POSTHOG_HOST."
            ),
        ] as [(CallingEvent, String)]
    )
    func lines(_ event: CallingEvent, line: String) {
        book.log().tell(event)
        #expect(book.lines == ["\(LogBook.time) \(line)\n"])
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
}
