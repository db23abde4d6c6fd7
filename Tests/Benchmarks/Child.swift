import Foundation
import Glibc

/// A program that is measured, as a child of this process; it ends with its owner.
final class Child {
    private let process = Process()
    private let input = Pipe()
    private let log: URL

    /// `environment` is all that it gets; what it prints goes to a file.
    init(_ program: String, _ arguments: [String] = [], environment: [String: String] = [:]) throws {
        log = FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        let output = try FileHandle(forWritingTo: log)
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(at: log)
    }

    func stop() {
        try? input.fileHandleForWriting.close()
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }

    /// Ends it at once, whatever it is at.
    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Waits for the end, and answers the status.
    func end() -> Int32 {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        return process.terminationStatus
    }

    var printed: String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }

    /// Waits until so many lines hold a text.
    func await(_ text: String, count: Int = 1, atMost seconds: Double = 120) throws {
        let end = Date(timeIntervalSinceNow: seconds)
        var size: UInt64?
        while true {
            // To read it all while it grows would take the processor away from what is measured.
            let now = (try? FileManager.default.attributesOfItem(atPath: log.path))?[.size] as? UInt64
            if count == 1 || now == size, lines(with: text).count >= count { return }
            size = now
            guard process.isRunning, Date() < end else {
                throw Failure(what: "no \(count) × \(text)", printed: printed)
            }
            Thread.sleep(forTimeInterval: count == 1 ? 0.02 : 0.2)
        }
    }

    func lines(with text: String) -> [Substring] { printed.split(separator: "\n").filter { $0.contains(text) } }

    struct Failure: Error, CustomStringConvertible {
        let what: String
        let printed: String

        var description: String { "\(what) in what a program printed:\n\(printed.suffix(2_000))" }
    }
}

/// What the kernel says of it (proc(5)).
extension Child {
    /// `VmRSS` or `VmHWM`, in kB.
    func memory(_ name: String = "VmRSS") -> Int {
        let lines = text("status").split(separator: "\n")
        return lines.first { $0.hasPrefix(name + ":") }.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    /// Time on a processor, of all threads that are there.
    var processorTime: Duration {
        let threads =
            (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process.processIdentifier)/task")) ?? []
        return threads.reduce(.zero) { sum, thread in
            let time = text("task/\(thread)/schedstat").split(separator: " ").first.flatMap { Int64($0) } ?? 0
            return sum + .nanoseconds(time)
        }
    }

    private func text(_ file: String) -> String {
        (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/\(file)", encoding: .utf8)) ?? ""
    }
}
