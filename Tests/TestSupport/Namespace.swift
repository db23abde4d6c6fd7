import Foundation

/// A network of its own, with nothing but a loopback, and files of its own in the place of the machine's; it goes with
/// its owner.
///
/// Needs root and a kernel that lets it: where namespaces are not permitted, `init` throws with the system's reason.
package final class Namespace {
    package struct Refused: Error, CustomStringConvertible {
        let what: String
        let reason: String

        package init(what: String, reason: String) { (self.what, self.reason) = (what, reason) }

        package var description: String {
            "\(what): \(reason.trimmingCharacters(in: .whitespacesAndNewlines)); these tests need root and a network "
                + "namespace (CAP_SYS_ADMIN, CAP_NET_ADMIN)"
        }
    }

    /// Lives in the namespaces, and so keeps them; ends when its standard input does.
    private let holder = Process()
    private let input = Pipe()
    private let folder: TemporaryFolder

    /// `files` are what stands at a path of the machine instead of its own, such as `/etc/hosts`.
    package init(_ files: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        let (output, errors) = (Pipe(), Pipe())
        holder.executableURL = try Tool.find("unshare")
        // "ready" comes from behind unshare(1); nothing is written to it, which could be gone.
        holder.arguments = ["--net", "--mount", "--propagation", "private", "/bin/sh", "-c", "echo ready; exec cat"]
        (holder.standardInput, holder.standardOutput, holder.standardError) = (input, output, errors)
        try holder.run()
        guard try output.fileHandleForReading.read(upToCount: 5) == Data("ready".utf8) else {
            let reason = try errors.fileHandleForReading.readToEnd() ?? Data()
            throw Refused(what: "no namespace", reason: String(decoding: reason, as: UTF8.self))
        }
        // One packet of loopback is else as large as a whole answer.
        try run("ip", ["link", "set", "lo", "up", "mtu", "1500"])
        for (path, text) in files {
            try run("mount", ["--bind", try folder.write(Self.name(path), text), path])
        }
    }

    // 0, which is all of us, if it never ran.
    deinit { if holder.processIdentifier > 0 { kill(holder.processIdentifier, SIGKILL) } }

    /// What to start a program through, so that it runs in here; it keeps its process number.
    package var entrance: [String] { ["nsenter", "--target", "\(holder.processIdentifier)", "--net", "--mount"] }

    /// From now on nothing of the root file system can be written.
    package func makeReadOnly() throws { try run("mount", ["-o", "remount,bind,ro", "/"]) }

    package func overwrite(_ path: String, _ text: String) throws { try folder.overwrite(Self.name(path), text) }

    private static func name(_ path: String) -> String { path.replacing("/", with: "-") }

    private func run(_ name: String, _ arguments: [String]) throws {
        let command = entrance.dropFirst() + ["--", try Tool.find(name).path] + arguments
        do {
            try Tool.run("nsenter", Array(command), in: folder.url)
        } catch let failure as Tool.Failure {
            throw Refused(what: "\(name) \(arguments.joined(separator: " "))", reason: failure.output)
        }
    }

    /// Does something on a thread that is in this network; a socket that is made there stays in it.
    package func within<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) throws -> Value {
        nonisolated(unsafe) var result: Result<Value, any Error>?
        let path = "/proc/\(holder.processIdentifier)/ns/net"
        let done = DispatchSemaphore(value: 0)
        // setns(2), which Glibc's module leaves out.
        guard let address = unsafe dlsym(nil, "setns") else { throw Refused(what: "setns", reason: "not in libc") }
        let enter = unsafe unsafeBitCast(address, to: (@convention(c) (Int32, Int32) -> Int32).self)
        // A thread of its own: it never comes back from there.
        Thread.detachNewThread {
            unsafe result = Result {
                let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
                defer { close(descriptor) }
                guard enter(descriptor, 0) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM) }
                return try body()
            }
            done.signal()
        }
        done.wait()
        guard let result = unsafe result else { throw Refused(what: path, reason: "no result") }
        return try result.get()
    }
}

// MARK: - Weather

extension Namespace {
    /// From now on not one packet arrives, and nobody is told.
    package func part() throws { try run("tc", ["qdisc", "replace", "dev", "lo", "root", "pfifo", "limit", "0"]) }

    /// All packets arrive again.
    package func heal() throws { try run("tc", ["qdisc", "del", "dev", "lo", "root"]) }

    /// So many bits a second pass, both ways together.
    package func slow(to rate: String) throws {
        try run(
            "tc",
            ["qdisc", "replace", "dev", "lo", "root", "tbf", "rate", rate, "burst", "1600", "limit", "30000"]
        )
    }

    /// Loses three packets of ten, by chance.
    package func loseSome() throws {
        try run("tc", ["qdisc", "add", "dev", "lo", "root", "handle", "1:", "htb", "default", "1"])
        for way in ["1:1", "1:2"] {
            try run("tc", ["class", "add", "dev", "lo", "parent", "1:", "classid", way, "htb", "rate", "1gbit"])
        }
        try run("tc", ["qdisc", "add", "dev", "lo", "parent", "1:2", "pfifo", "limit", "0"])
        // Not netem, which is a module that small kernels lack. As a packet filter (bpf(4)): load a random word
        // (SKF_AD_RANDOM); below 0.3 * 2^32 the way is 1:2, which is closed; else the default.
        let program = "4,32 0 0 4294963256,53 1 0 1288490189,6 0 0 65538,6 0 0 0"
        try run("tc", ["filter", "add", "dev", "lo", "parent", "1:", "bpf", "bytecode", program])
    }
}
