import CLinux
import Clockwork
import Glibc
import Locking
import Schedule
import SchedulerCore
import Threads

/// How late a job runs that is due each second, beside a bare timerfd loop in the same process at the same time.
///
/// The two are half a second apart, so that neither finds the processor warmed by the other.
enum LatenessBenchmarks {
    private final class Samples: Sendable {
        private let values = Mutex<[Duration]>([])

        func add(_ value: Duration) { values.withLock { $0.append(value) } }

        var sorted: [Duration] { values.withLock { $0 }.sorted() }
    }

    private static let time = TimeSource.system

    static func run(seconds: Int) throws {
        let alarm = try Alarm()
        let (bare, decided, handed) = (Samples(), Samples(), Samples())
        let begin = Moment(seconds: time.now().seconds + 1)
        let threads = WorkerPool<Void>(width: 1)
        threads.submit { bareLoop(from: begin + .milliseconds(500), seconds: seconds, into: bare) }
        sidecarLoop(alarm, from: begin, seconds: seconds, decided, handed)
        threads.stop()
        threads.join()

        var table = Table(
            "Lateness of a job each second, \(seconds) seconds",
            "",
            "p50",
            "ratio",
            "p99",
            "ratio",
            "max",
            "ratio"
        )
        let base = bare.sorted
        for (name, samples) in [("bare timerfd", base), ("decided", decided.sorted), ("on its thread", handed.sorted)] {
            let figures = [0.5, 0.99, 1].flatMap { rank in
                let value = quantile(samples, rank)
                return [Figure.time(value), Figure.ratio(value, to: quantile(base, rank))]
            }
            table.add(name, figures[0], figures[1], figures[2], figures[3], figures[4], figures[5])
        }
        table.show()
    }

    /// The loop of the scheduler, less what it logs and sends.
    private static func sidecarLoop(
        _ alarm: Alarm,
        from begin: Moment,
        seconds: Int,
        _ decided: Samples,
        _ handed: Samples
    ) {
        guard let schedule = try? Schedule(parsing: "every 1s") else { return }
        let job = Job(name: "job", timetable: Timetable(schedule), method: "POST", path: "/", timeoutSeconds: 60)
        let clockwork = Mutex(
            Clockwork(jobs: [job], rules: Clockwork.Rules(tick: .seconds(30)), random: SystemRandomNumberGenerator())
        )
        var known = JobState(name: job.name)
        (known.schedule, known.zone, known.last) = (job.scheduleText, job.zoneText, begin - .seconds(1))
        let (states, start) = ([known], reading())
        let pool = WorkerPool<Void>(width: 4)
        clockwork.withLock { _ = $0.load(states, graceEnd: start.uptime, at: start) }
        var left = seconds
        while left > 0 {
            let now = reading()
            let orders = clockwork.withLock { $0.look(at: now) }
            for case .start(let attempt) in orders {
                left -= 1
                let slot = attempt.run.slot
                decided.add(time.now() - slot)
                pool.submit { handed.add(time.now() - slot) }
                clockwork.withLock { clockwork in
                    _ = clockwork.connected(attempt, begin: now, at: now)
                    _ = clockwork.ended(attempt, begin: now, AttemptEnd(.ok), at: now)
                }
            }
            let due = clockwork.withLock { $0.nextLook.moment }
            // A signal is somebody's Ctrl-C.
            if !alarm.wait(until: due, now: time.now(), atMost: .seconds(30)).isEmpty { exit(1) }
        }
        pool.stop()
        pool.join()
    }

    private static func reading() -> Reading { Reading(now: time.now(), uptime: time.uptime()) }

    private static func bareLoop(from begin: Moment, seconds: Int, into samples: Samples) {
        let timer = timerfd_create(CLOCK_REALTIME, Int32(TFD_CLOEXEC))
        defer { close(timer) }
        for second in 0..<seconds {
            let due = begin + .seconds(second)
            var setting = itimerspec()
            setting.it_value = timespec(tv_sec: Int(due.seconds), tv_nsec: Int(due.nanoseconds))
            _ = unsafe timerfd_settime(timer, Int32(TFD_TIMER_ABSTIME), &setting, nil)
            var count: UInt64 = 0
            _ = unsafe read(timer, &count, 8)
            samples.add(time.now() - due)
        }
    }

    private static func quantile(_ sorted: [Duration], _ rank: Double) -> Duration {
        guard !sorted.isEmpty else { return .zero }
        return sorted[min(sorted.count - 1, Int((Double(sorted.count) * rank).rounded(.down)))]
    }
}
