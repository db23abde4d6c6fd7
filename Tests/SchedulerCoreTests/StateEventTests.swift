import Glibc
import Ledger
import TestSupport
import Testing

@testable import SchedulerCore

@Suite("State: what is said")
struct StateEventTests {
    private let book = LogBook()

    @Test(
        "each event is one line that names the variable and the path",
        arguments: [
            (
                StateEvent.unwritable(
                    path: "/s/state.log",
                    .system(.create, number: EACCES),
                    directory: "it belongs to 0:0, mode 0755"
                ),
                "WARNING SCHEDULER_STATE_DIR: /s/state.log cannot be written: create: Permission denied (the directory: "
                    + "it belongs to 0:0, mode 0755; this program runs as user \(geteuid())). The clock goes on in memory; "
                    + "all is written when it can be."
            ),
            (
                .unwritable(path: "/s/state.log", .hangs(.seconds(5)), directory: nil),
                "WARNING SCHEDULER_STATE_DIR: /s/state.log cannot be written: the disk has not answered for 5000 ms "
                    + "(this program runs as user \(geteuid())). The clock goes on in memory; all is written when it can be."
            ),
            (
                .another(directory: "/s"),
                "ERROR SCHEDULER_STATE_DIR: another scheduler has taken /s after its files were removed or replaced: both "
                    + "run the jobs now. Stop one of them."
            ),
            (
                .writable(path: "/s/state.log"),
                "INFO  SCHEDULER_STATE_DIR: /s/state.log is written again, nothing is missing in it."
            ),
            (
                .damaged(path: "/s/state.log", good: 7, places: 1, bytes: 20, aside: "/s/state.log.damaged-1"),
                "WARNING SCHEDULER_STATE_DIR: /s/state.log was damaged in 1 place (20 bytes); 7 records could be read and "
                    + "are used. The damaged file is kept as /s/state.log.damaged-1. Runs that began shortly before may "
                    + "be repeated."
            ),
            (
                .damaged(path: "/s/state.log", good: 0, places: 0, bytes: 0, aside: nil),
                "WARNING SCHEDULER_STATE_DIR: /s/state.log was empty; 0 records could be read and are used. Runs that "
                    + "began shortly before may be repeated."
            ),
            (
                .setAside(path: "/s/lock", .fifo, to: "/s/lock.damaged-1"),
                "WARNING SCHEDULER_STATE_DIR: /s/lock was a FIFO, not a file of its own; it was not touched, only "
                    + "renamed to /s/lock.damaged-1."
            ),
            (
                .setAside(path: "/s/lock", .hardLink, to: "/s/lock.damaged-1"),
                "WARNING SCHEDULER_STATE_DIR: /s/lock was a hard link, not a file of its own; it was not touched, only "
                    + "renamed to /s/lock.damaged-1."
            ),
            (
                .shared(path: "/s/state.log"),
                "WARNING SCHEDULER_STATE_DIR: /s/state.log was a hard link: the file has another name as well and was "
                    + "not touched; its records are used, and are written to a file of their own."
            ),
            (
                .otherTarget(path: "/s/state.log", was: "http://a:1", now: "http://b"),
                "WARNING SCHEDULER_STATE_DIR: /s/state.log was kept for API_URL=http://a:1 and goes on for "
                    + "API_URL=http://b: what ran there counts as run here. If that is not one app that moved, give each a "
                    + "directory of its own."
            ),
            (
                .withoutLock(directory: "/s", .system(.lock, number: ENOLCK)),
                "WARNING SCHEDULER_STATE_DIR: the file system of /s has no locks (lock: No locks available): a second "
                    + "scheduler on it could not be kept out, and both would run the jobs. Start only one, or use a local "
                    + "disk."
            ),
            (
                .notShortened(path: "/s/state.log", .system(.write, number: ENOSPC)),
                "WARNING SCHEDULER_STATE_DIR: /s/state.log could not be written anew, so it grows: write: No space left "
                    + "on device. It needs as much room again as it has; nothing is lost, and it is tried again."
            ),
        ]
    )
    func lines(_ event: StateEvent, line: String) {
        book.log().state(event)
        #expect(book.lines == ["2025-11-21T03:44:55.123Z \(line)\n"])
    }

    @Test("a newer file is a fault of the configuration")
    func newer() {
        book.log().state(LedgerError.newerVersion(path: "/s/state.log", version: 2))
        #expect(
            book.lines == [
                "2025-11-21T03:44:55.123Z ERROR Configuration: SCHEDULER_STATE_DIR: /s/state.log was written by a later "
                    + "release (format version 2, this one knows 1); use that release, or another directory.\n",
                "2025-11-21T03:44:55.123Z ERROR Scheduler not started: 1 configuration fault.\n",
            ]
        )
    }
}
