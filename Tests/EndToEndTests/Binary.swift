import Foundation
import Locking
import TestSupport
import Testing

/// One of our programs, running: its output as it comes, its end.
final class Binary: Sendable {
    struct End: Equatable, CustomStringConvertible {
        let status: Int32
        let wasSignalled: Bool

        var description: String { wasSignalled ? "signal \(status)" : "exit \(status)" }
        static let clean = End(status: 0, wasSignalled: false)
    }

    private struct State {
        var output = ""
        var errors = ""
        var end: End?
        var farewell: (@Sendable () throws -> Void)?
        var isPaused = false
        /// Pipes whose other end is open.
        var pipes = 0
        var awaited: (text: String, body: @Sendable () -> Void)?

        /// Takes what came on standard error, and answers what is to be done now that an awaited text stands there.
        mutating func take(errors text: String) -> (@Sendable () -> Void)? {
            errors += text
            guard let (text, body) = awaited, errors.contains(text) else { return nil }
            awaited = nil
            return body
        }
    }

    /// What the process and its pipes write into, from other threads.
    private final class Book: Sendable {
        let state = Mutex(State())

        /// A pipe that is read on a thread of its own: a `readabilityHandler` whose handle goes early can take the whole
        /// process down with it.
        ///
        /// `take` answers what is to be done when the lock is free again.
        func pipe(_ take: @escaping @Sendable (inout State, String) -> (@Sendable () -> Void)?) -> Pipe {
            let pipe = Pipe()
            let reader = pipe.fileHandleForReading
            state.withLock { $0.pipes += 1 }
            Thread.detachNewThread { [self] in
                while true {
                    let data = reader.availableData
                    guard !data.isEmpty else {
                        // Foundation keeps a process that has ended, and all that it holds.
                        try? reader.close()
                        return state.withLock { $0.pipes -= 1 }
                    }
                    let text = String(decoding: data, as: UTF8.self)
                    state.withLock { take(&$0, text) }?()
                }
            }
            return pipe
        }
    }

    private let book = Book()
    let processID: Int32

    /// Where the binaries lie: beside the test bundle.
    static let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()

    /// Starts a program with this environment and no other; `errors` takes its standard error instead of this object.
    ///
    /// `entrance` is a command of the system, with its arguments, that starts it in its turn.
    init(
        _ name: String,
        _ arguments: [String] = [],
        in folder: URL = Binary.folder,
        through entrance: [String] = [],
        environment: [String: String],
        errors: FileHandle? = nil
    ) throws {
        let process = Process()
        let way = try entrance.prefix(1).map { try Tool.find($0).path } + entrance.dropFirst()
        // The test's threads block signals, and that is inherited: none would ever do its harm.
        process.executableURL = try Tool.find("env")
        process.arguments = ["--default-signal"] + way + [folder.appending(path: name).path] + arguments
        process.environment = environment.merging(Self.sanitizerOptions) { $1 }
        process.standardInput = FileHandle.nullDevice
        let book = book
        process.standardOutput = book.pipe { state, text in
            state.output += text
            return nil
        }
        process.standardError = errors ?? book.pipe { $0.take(errors: $1) }
        process.terminationHandler = { process in
            let wasSignalled = process.terminationReason == .uncaughtSignal
            let end = End(status: process.terminationStatus, wasSignalled: wasSignalled)
            book.state.withLock { $0.end = end }
        }
        try process.run()
        processID = process.processIdentifier
    }

    deinit { if book.state.withLock({ $0.end }) == nil { kill(processID, SIGKILL) } }

    var output: String { book.state.withLock { $0.output } }
    var errors: String { book.state.withLock { $0.errors } }
    var errorLines: [Substring] { errors.split(separator: "\n") }
    var isRunning: Bool { book.state.withLock { $0.end } == nil }

    func signal(_ number: Int32) {
        if number == SIGTERM || number == SIGINT { sayFarewell() }
        book.state.withLock { if number == SIGSTOP || number == SIGCONT { $0.isPaused = number == SIGSTOP } }
        kill(processID, number)
    }

    /// What is to be done before the program is asked to end; once, and only while it can answer.
    func setFarewell(_ body: @escaping @Sendable () throws -> Void) { book.state.withLock { $0.farewell = body } }

    private func sayFarewell() {
        let body = book.state.withLock { state -> (@Sendable () throws -> Void)? in
            guard state.end == nil, !state.isPaused else { return nil }
            defer { state.farewell = nil }
            return state.farewell
        }
        do { try body?() } catch { Issue.record("before the end: \(error)") }
    }

    /// Waits until a line on standard error holds the text, and answers the line.
    @discardableResult
    func line(
        containing text: String,
        and other: String = "",
        _ location: SourceLocation = #_sourceLocation
    ) async throws -> String {
        try await eventually("a line with \"\(text)\(other)\"", location) {
            self.errorLines.first { $0.contains(text) && (other.isEmpty || $0.contains(other)) }.map(String.init)
        }
    }

    /// Does it once, as soon as standard error holds the text, on the thread that reads it.
    func when(_ text: String, _ body: @escaping @Sendable (Binary) -> Void) {
        let now = book.state.withLock { state in
            state.awaited = (text, { [weak self] in if let self { body(self) } })
            return state.take(errors: "")
        }
        now?()
    }

    func end(_ location: SourceLocation = #_sourceLocation) async throws -> End {
        let end = try await eventually("the end of \(processID)", location) { self.book.state.withLock { $0.end } }
        // The pipes' last bytes may come after the end; a program that it started may hold them for longer.
        let limit = ContinuousClock.now + .seconds(2)
        while book.state.withLock({ $0.pipes }) > 0, ContinuousClock.now < limit {
            try await Task.sleep(for: .milliseconds(2))
        }
        return end
    }

    func stop(_ location: SourceLocation = #_sourceLocation) async throws -> End {
        signal(SIGTERM)
        return try await end(location)
    }

    /// What a sanitizer has to know in the child too: these change nothing in a plain build.
    private static let sanitizerOptions = ProcessInfo.processInfo.environment.filter {
        ["TSAN_OPTIONS", "ASAN_OPTIONS", "SWIFT_BACKTRACE"].contains($0.key)
    }
}

/// Looks again and again until there is something, for at most a minute; what it waited for is named on failure.
func eventually<Value>(
    _ what: String,
    within limit: Duration = .seconds(60),
    _ location: SourceLocation = #_sourceLocation,
    _ look: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if let value = try await look() { return value }
        try await Task.sleep(for: .milliseconds(5))
    }
    let value: Value? = nil
    return try #require(value, "waited in vain for \(what)", sourceLocation: location)
}
