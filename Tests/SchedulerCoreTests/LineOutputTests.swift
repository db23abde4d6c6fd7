import Foundation
import SchedulerCore
import Testing

@Suite("LineOutput")
struct LineOutputTests {
    @Test("a pipe that nobody reads holds nothing up; later lines follow, dropped ones are counted")
    func fullPipe() throws {
        let pipe = Pipe()
        let output = LineOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor, limit: 10_000)
        let line = String(repeating: "x", count: 999) + "\n"
        // A pipe holds 64 KiB (pipe(7)); 10 more lines wait; the rest is dropped, and no call blocks.
        for _ in 0..<100 { output.write(line) }
        #expect(!output.flush())
        var read = pipe.fileHandleForReading.availableData
        while !output.flush() { read += pipe.fileHandleForReading.availableData }
        output.write("last\n")
        try pipe.fileHandleForWriting.close()
        read += try pipe.fileHandleForReading.readToEnd() ?? Data()
        let lines = String(decoding: read, as: UTF8.self).split(separator: "\n")
        let whole = lines.filter { $0.count == 999 }.count
        #expect((70...80).contains(whole))
        #expect(lines.suffix(2) == ["\(100 - whole) log lines were dropped: nobody read the log", "last"])
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
}
