import Foundation
import Locking
import Testing

@testable import Telling

@Suite("LineOutput")
struct LineOutputTests {
    @Test("a pipe that nobody reads holds nothing up; later lines follow, dropped ones are counted")
    func fullPipe() throws {
        let pipe = Pipe()
        var output: LineOutput? = LineOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor, limit: 10_000)
        let line = String(repeating: "x", count: 999) + "\n"
        // A pipe holds 64 KiB (pipe(7)); 10 more lines wait; the rest is dropped, and no call blocks.
        for _ in 0..<100 { output?.write(line) }
        #expect(output?.flush() == false)
        var read = pipe.fileHandleForReading.availableData
        while output?.flush() == false { read += pipe.fileHandleForReading.availableData }
        output?.write("last\n")
        output = nil
        try pipe.fileHandleForWriting.close()
        read += try pipe.fileHandleForReading.readToEnd() ?? Data()
        let lines = String(decoding: read, as: UTF8.self).split(separator: "\n")
        let whole = lines.filter { $0.count == 999 }.count
        #expect((70...80).contains(whole))
        #expect(lines.suffix(2) == ["\(100 - whole) log lines dropped: nobody read the log", "last"])
    }

    @Test("a terminal that nobody reads holds nothing up either", .timeLimit(.minutes(1)))
    func stuckTerminal() throws {
        let master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
        defer { close(master) }
        var (number, unlocked): (Int32, Int32) = (0, 0)
        // ioctl_tty(2): TIOCSPTLCK and TIOCGPTN, which Glibc's module leaves out.
        try #require(unsafe ioctl(master, 0x4004_5431, &unlocked) == 0 && ioctl(master, 0x8004_5430, &number) == 0)
        let terminal = unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        defer { close(terminal) }
        try #require(terminal >= 0)
        let output = LineOutput(descriptor: terminal, limit: 10_000)
        for _ in 0..<200 { output.write(String(repeating: "x", count: 999) + "\n") }
        #expect(!output.flush())
        // The terminal itself, which a shell may share, still waits for its reader.
        #expect(fcntl(terminal, F_GETFL) & O_NONBLOCK == 0)
    }

    @Test("a pipe whose reader is gone loses lines, not the process")
    func closedPipe() throws {
        signal(SIGPIPE, SIG_IGN)
        let pipe = Pipe()
        let output = LineOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        try pipe.fileHandleForReading.close()
        output.write("a\n")
        #expect(output.flush())
    }

    @Test(
        "the end waits for a reader who is slow, and not for ever for one who reads nothing",
        arguments: [true, false]
    )
    func drain(isRead: Bool) throws {
        let pipe = Pipe()
        let output = LineOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let line = String(repeating: "x", count: 999) + "\n"
        for _ in 0..<300 { output.write(line) }
        let read = Mutex(0)
        if isRead {
            Thread.detachNewThread {
                while read.withLock({ $0 }) < 300_000 {
                    let count = pipe.fileHandleForReading.availableData.count
                    read.withLock { $0 += count }
                }
            }
        }
        let start = ContinuousClock.now
        output.drain(atMost: .seconds(60), uptime: { start.duration(to: .now) })
        #expect(output.flush() == isRead)
    }

    @Test("what could not be written comes before what was added meanwhile")
    func order() {
        var state = LineOutput.State()
        state.waiting = Array("ab".utf8)
        var rest = Array(state.take().dropFirst())
        state.waiting += Array("c".utf8)
        #expect(state.putBack(&rest, nil) { _ in [] } == .stuck)
        #expect(state.waiting == Array("bc".utf8))
        #expect(!state.hasWriter)
    }
}
