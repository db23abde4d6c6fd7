internal import CLinux
internal import Glibc
package import Schedule

/// What the loop sleeps on: the wall clock, signals, and a word from another thread.
///
/// The one file with timerfd, eventfd, signalfd and epoll. Not `Sendable`: it belongs to the loop; others get its `Bell`.
package final class Alarm {
    /// Wakes the loop from any thread.
    package struct Bell: Sendable {
        fileprivate let descriptor: Int32

        package func ring() {
            var one: UInt64 = 1
            // Full only after 2^64 - 1 rings that nobody heard; then it rings anyway.
            _ = unsafe write(descriptor, &one, 8)
        }
    }

    package let bell: Bell
    /// Beats whenever the loop comes here to sleep: a loop that does not is stuck.
    package let heartbeat = Heartbeat()
    /// No sleep is longer, so that the heart beats in every state of the program.
    package var longestSleep = Duration.seconds(3_600)
    private let timer: Int32
    private let signals: Int32
    /// All three: the kernel keeps the list, so that a wait need not hand it over (epoll(7)).
    private let all: Int32
    private var isListening = true
    /// What the timer is set to; nil if it has to be set again.
    private var armed: Moment??
    /// Whether the last sleep ended by itself: no moment came, nobody rang, no signal, no clock that was set.
    package private(set) var sleptThrough = false

    /// Signals that the loop is told of; they are blocked in every thread that is started later.
    private static let heard = [SIGTERM, SIGINT, SIGHUP]
    /// Signals that would end the process, and must not.
    ///
    /// SIGSTKFLT and the real-time signals have no names in Glibc's module (signal(7)); two of those are the C library's
    /// own, and stay as they are.
    private static let ignored =
        [SIGPIPE, SIGXFSZ, SIGXCPU, SIGALRM, SIGVTALRM, SIGPROF, SIGIO, SIGPWR, SIGUSR1, SIGUSR2, 16] + Array(32...64)

    package static func endsTheProgram(_ signal: Int32) -> Bool { signal == SIGTERM || signal == SIGINT }

    /// To be made before any other thread exists, so that no thread takes a signal away.
    ///
    /// With `leavesIgnored` it is not told of signals that whoever started the program has it ignore, as nohup(1) does.
    package init(leavesIgnored: Bool = false) throws(AlarmError) {
        for number in Self.ignored { _ = signal(number, SIG_IGN) }
        var mask = sigset_t()
        unsafe sigemptyset(&mask)
        for number in Self.heard where !(leavesIgnored && Self.isIgnored(number)) { unsafe sigaddset(&mask, number) }
        _ = unsafe pthread_sigmask(SIG_BLOCK, &mask, nil)
        signals = try Self.opened("signalfd", unsafe signalfd(-1, &mask, Int32(SFD_CLOEXEC | SFD_NONBLOCK)))
        timer = try Self.opened("timerfd", timerfd_create(CLOCK_REALTIME, Int32(TFD_CLOEXEC | TFD_NONBLOCK)))
        bell = Bell(descriptor: try Self.opened("eventfd", eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))))
        all = try Self.opened("epoll_create1", epoll_create1(Int32(EPOLL_CLOEXEC)))
        for descriptor in [timer, bell.descriptor, signals] {
            var event = unsafe epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(fd: descriptor))
            _ = try Self.opened("epoll_ctl", unsafe epoll_ctl(all, EPOLL_CTL_ADD, descriptor, &event))
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0 else { return false }
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    deinit { for descriptor in [all, signals, timer, bell.descriptor] { close(descriptor) } }

    /// Leaves all signals that come from now on to somebody else.
    package func hearNoMore() {
        isListening = false
        _ = epoll_ctl(all, EPOLL_CTL_DEL, signals, nil)
    }

    /// Sleeps until the wall clock shows `moment`, at most for `longest` or the longest sleep, and answers the signals that came.
    ///
    /// Ends early when the bell rings, or when someone sets the wall clock (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET).
    package func wait(until moment: Moment?, now: Moment, atMost longest: Duration) -> [Int32] {
        heartbeat.beat()
        let longest = min(longest, longestSleep)
        if armed != .some(moment) { arm(moment) }
        let milliseconds = Self.milliseconds(until: moment, now: now, atMost: longest)
        // One at a time: what else is ready is so at the next call, and then comes at once.
        var event = unsafe epoll_event()
        let ready = unsafe epoll_wait(all, &event, 1, milliseconds)
        sleptThrough = ready == 0
        guard ready != 0 else { return [] }
        if ready > 0, unsafe event.data.fd == timer {
            drain(timer)
            armed = nil
        } else if ready > 0, unsafe event.data.fd == bell.descriptor {
            drain(bell.descriptor)
        }
        // Whatever ended the wait: a signal comes before all that is due. After a stop and a continue the wait does not
        // even say what is ready (signal(7)).
        return pendingSignals()
    }

    /// The same wait once more on the clock that only goes forward: it holds where the timer's clock is another than
    /// ours, as under a faked time.
    ///
    /// Never less than nothing, which poll(2) takes for "for ever".
    static func milliseconds(until moment: Moment?, now: Moment, atMost longest: Duration) -> Int32 {
        let left = max(.zero, min(longest, moment.map { $0 - now } ?? longest))
        return Int32(clamping: left.wholeMilliseconds + 1)
    }

    private func arm(_ moment: Moment?) {
        var setting = itimerspec()
        if let moment, moment > .epoch {
            setting.it_value = timespec(tv_sec: Int(moment.seconds), tv_nsec: Int(moment.nanoseconds))
        } else {
            // Far away, but armed: only an armed timer tells of a clock that was set.
            setting.it_value.tv_sec = .max / 1_000_000_000
        }
        let flags = Int32(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)
        armed = unsafe timerfd_settime(timer, flags, &setting, nil) == 0 ? .some(moment) : nil
    }

    private func drain(_ descriptor: Int32) {
        var count: UInt64 = 0
        _ = unsafe read(descriptor, &count, 8)
    }

    private func pendingSignals() -> [Int32] {
        guard isListening else { return [] }
        var numbers: [Int32] = []
        var info = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        while unsafe read(signals, &info, size) == size { numbers.append(Int32(info.ssi_signo)) }
        return numbers
    }

    private static func opened(_ call: String, _ descriptor: Int32) throws(AlarmError) -> Int32 {
        guard descriptor >= 0 else { throw AlarmError(call: call, number: errno) }
        return descriptor
    }
}

/// The system refused something that the loop can't do without.
package struct AlarmError: Error, CustomStringConvertible {
    let call: String
    let number: Int32

    package var description: String { unsafe "\(call): \(String(cString: strerror(number)))" }
}
