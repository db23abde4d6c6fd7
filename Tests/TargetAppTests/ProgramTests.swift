import Foundation
import TestClient
import Testing

@Suite("target-app as a program")
struct ProgramTests {
    @Test("prints where it listens, serves, logs a line per call, ends on a signal", arguments: [SIGTERM, SIGINT])
    func serves(_ signal: Int32) throws {
        let program = try Program(environment: ["TARGET_APP_LISTEN": "127.0.0.1:0"])
        let line = try program.firstLine()
        #expect(line.hasPrefix("listening on http://127.0.0.1:"))
        let port = try #require(UInt16(line.split(separator: ":").last ?? ""))
        #expect(try TestClient.exchange("GET /api/health HTTP/1.1\r\nHost: a\r\n\r\n", port: port).status == 200)
        kill(program.process.processIdentifier, SIGPIPE)
        #expect(try TestClient.exchange("GET /x\u{7F}", port: port).status == 400)
        kill(program.process.processIdentifier, signal)
        let end = program.finish()
        #expect(end.status == 0)
        #expect(end.errors.contains(" GET /api/health 200 in "))
        #expect(end.errors.split(separator: "\n").count == 1)
    }

    @Test("out of descriptors: half-open connections give way, and nothing spins or ends")
    func outOfDescriptors() throws {
        let program = try Program(environment: ["TARGET_APP_LISTEN": "127.0.0.1:0"], descriptors: 32)
        let port = try #require(UInt16(try program.firstLine().split(separator: ":").last ?? ""))
        var crowd: [TestClient] = []
        for _ in 0..<100 {
            let client = try TestClient(port: port)
            client.send("G")
            crowd.append(client)
        }
        for _ in 0..<5 {
            #expect(try TestClient.exchange("GET /api/health HTTP/1.1\r\nHost: a\r\n\r\n", port: port).status == 200)
        }
        #expect(crowd.count { $0.hasSomethingToRead(within: .zero) } >= 68)
        kill(program.process.processIdentifier, SIGTERM)
        #expect(program.finish().status == 0)
    }

    @Test("a bad environment: all faults, 78")
    func configuration() throws {
        let end = try Program(environment: ["TARGET_APP_LISTEN": "nowhere", "TARGET_APP_WORK_MS": "soon"]).finish()
        #expect(end.status == 78)
        #expect(
            end.errors == """
                TARGET_APP_LISTEN: address "nowhere" has no port; write host:port, such as 127.0.0.1:9090 or [::1]:9090
                TARGET_APP_WORK_MS: "soon" is not a whole number from 0 to 86400000 (milliseconds)

                """
        )
    }

    @Test("a port in use: 78")
    func portInUse() throws {
        let first = try Program(environment: ["TARGET_APP_LISTEN": "127.0.0.1:0"])
        let address = try first.firstLine().replacing("listening on http://", with: "")
        let end = try Program(environment: ["TARGET_APP_LISTEN": address]).finish()
        #expect(end.status == 78)
        #expect(end.errors == "TARGET_APP_LISTEN: cannot listen on \(address): Address already in use\n")
        kill(first.process.processIdentifier, SIGTERM)
        #expect(first.finish().status == 0)
    }

    @Test("unknown arguments: 64; help and version: 0")
    func arguments() throws {
        let wrong = try Program(arguments: ["--port", "80"]).finish()
        #expect(wrong.status == 64)
        #expect(wrong.errors == "argument \"--port\" is not known; allowed are --help and --version\n")
        let help = try Program(arguments: ["--help"]).finish()
        #expect(help.status == 0)
        #expect(help.output.contains("POST /api/sync/trigger"))
        #expect(try Program(arguments: ["--version"]).finish().output.hasPrefix("target-app "))
    }
}

/// The real binary, which lies beside the test bundle.
private final class Program {
    let process = Process()
    private let output = Pipe()
    private let errors = Pipe()
    private var outputSoFar = Data()

    init(arguments: [String] = [], environment: [String: String] = [:], descriptors: Int? = nil) throws {
        let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let binary = folder.appending(path: "target-app")
        process.executableURL = binary
        process.arguments = arguments
        if let descriptors {
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments = ["-c", "ulimit -n \(descriptors); exec \"$0\"", binary.path]
        }
        process.environment = environment
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// Waits for the first line of standard output.
    func firstLine() throws -> String {
        while !outputSoFar.contains(UInt8(ascii: "\n")) {
            let more = output.fileHandleForReading.availableData
            try #require(!more.isEmpty, "it ended before it printed a line")
            outputSoFar += more
        }
        return String(decoding: outputSoFar.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    func finish() -> (status: Int32, output: String, errors: String) {
        let rest = output.fileHandleForReading.readDataToEndOfFile()
        let errors = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: outputSoFar + rest, as: UTF8.self),
            String(decoding: errors, as: UTF8.self)
        )
    }
}
