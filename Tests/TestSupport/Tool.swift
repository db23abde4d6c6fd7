package import Foundation

/// Programs of the system that tests need; `make test-deps` installs them.
package enum Tool {
    package struct Failure: Error {
        let command: String
        package let output: String
    }

    /// They make namespaces, enter them, or become another user.
    private static let forRoot: Set = ["unshare", "nsenter", "setpriv"]

    package static func find(_ name: String) throws -> URL {
        if forRoot.contains(name) { try Need.root() }
        for folder in ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"] {
            let file = URL(filePath: folder).appending(path: name)
            if FileManager.default.isExecutableFile(atPath: file.path) { return file }
        }
        throw try Need.missing(name, "make test-deps installs it")
    }

    /// Runs it to its end, in a folder, with a file as its standard input; answers what it wrote.
    @discardableResult
    package static func run(
        _ name: String,
        _ arguments: [String],
        in folder: URL,
        input: String? = nil
    ) throws -> String {
        let process = Process()
        process.executableURL = try find(name)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        let pipe = Pipe()
        process.standardInput = input.flatMap { FileHandle(forReadingAtPath: $0) } ?? FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        // Foundation keeps a process that has ended, and all that it holds.
        try pipe.fileHandleForReading.close()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let command = "\(name) \(arguments.joined(separator: " "))"
            throw Failure(command: command, output: String(decoding: output, as: UTF8.self))
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The same for what takes seconds: all tests share two threads, and none of them may be held up so long.
    package static func runAside(_ name: String, _ arguments: [String], in folder: URL) async throws -> String {
        // Here, since only the test's own task can leave the test out.
        _ = try find(name)
        return try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try run(name, arguments, in: folder) }) }.start()
        }
    }
}
