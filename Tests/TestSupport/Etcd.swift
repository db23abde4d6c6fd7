import Dispatch
import Foundation
import Locking
import Testing

/// A real etcd on free ports of the loopback, with one member or several; it goes with its owner.
package final class Etcd: Sendable {
    private struct Member: Sendable {
        let name: String
        let client: UInt16
        let peer: UInt16
        /// Where it says in plain http how it is.
        let health: UInt16
        var process: Int32?
    }

    private let folder: TemporaryFolder
    private let options: [String]
    private let scheme: String
    private let members: Mutex<[Member]>

    /// `options` are more of etcd's own, for all members; for https the certificates are among them.
    package init(members count: Int = 1, scheme: String = "http", _ options: [String] = []) async throws {
        _ = try Tool.find("etcd")
        (self.options, self.scheme) = (options, scheme)
        folder = try TemporaryFolder()
        members = Mutex(
            try (1...count).map {
                try Member(
                    name: "m\($0)",
                    client: ListeningSocket.quietPort(),
                    peer: ListeningSocket.quietPort(),
                    health: ListeningSocket.quietPort()
                )
            }
        )
        for index in 0..<count { try start(index) }
        try await ready()
    }

    deinit {
        for case let process? in members.withLock({ $0.map(\.process) }) {
            Foundation.kill(process, SIGKILL)
            waitpid(process, nil, 0)
        }
    }

    package var ports: [UInt16] { members.withLock { $0.map(\.client) } }
    package var endpoints: [String] { ports.map { "\(scheme)://127.0.0.1:\($0)" } }

    // MARK: - Faults

    /// As a machine that loses its power.
    package func kill(_ index: Int) {
        guard let process = members.withLock({ $0[index].process }) else { return }
        Foundation.kill(process, SIGKILL)
        waitpid(process, nil, 0)
        members.withLock { $0[index].process = nil }
    }

    package func signal(_ signal: Int32, to index: Int) {
        if let process = members.withLock({ $0[index].process }) { Foundation.kill(process, signal) }
    }

    /// Starts a member that was killed; `wiped`: with an empty disk.
    package func restart(_ index: Int, wiped: Bool = false) async throws {
        kill(index)
        let name = members.withLock { $0[index].name }
        if wiped { try? FileManager.default.removeItem(at: folder.url.appending(path: name)) }
        try start(index)
        try await ready()
    }

    // MARK: - Asking it

    /// What `/v3/…` answers, status and body; 0: nothing.
    @discardableResult
    package func post(_ path: String, _ body: String = "{}", to index: Int = 0, token: String? = nil) -> (Int, String) {
        Self.ask(ports[index], "POST", "/v3/\(path)", body, token)
    }

    /// From now on a user `root` with this password is needed.
    package func enableAuthentication(password: String) {
        let escaped = password.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        post("auth/user/add", #"{"name":"root","password":"\#(escaped)"}"#)
        post("auth/role/add", #"{"name":"root"}"#)
        post("auth/user/grant", #"{"user":"root","role":"root"}"#)
        post("auth/enable")
    }

    private static func ask(
        _ port: UInt16,
        _ method: String,
        _ path: String,
        _ body: String,
        _ token: String?
    ) -> (Int, String) {
        guard let connection = try? RawListener.Connection(to: port) else { return (0, "") }
        defer { connection.end() }
        let authorization = token.map { "Authorization: \($0)\r\n" } ?? ""
        let head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(authorization)"
        connection.send(Array("\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))
        var answer: [UInt8] = []
        while case let bytes = connection.read(), !bytes.isEmpty { answer += bytes }
        let text = String(decoding: answer, as: UTF8.self)
        return (Int(text.dropFirst(9).prefix(3)) ?? 0, text)
    }

    // MARK: - Life

    private func start(_ index: Int) throws {
        let all = members.withLock { $0 }
        let me = all[index]
        let (client, peer) = ("\(scheme)://127.0.0.1:\(me.client)", "http://127.0.0.1:\(me.peer)")
        let cluster = all.map { "\($0.name)=http://127.0.0.1:\($0.peer)" }.joined(separator: ",")
        let process = Process()
        process.executableURL = try Tool.find("etcd")
        process.arguments =
            [
                "--name", me.name, "--data-dir", folder.path(me.name), "--listen-client-urls", client,
                "--advertise-client-urls", client, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
                "--initial-cluster", cluster, "--log-level", "error",
                "--listen-metrics-urls", "http://127.0.0.1:\(me.health)",
            ] + options
        process.currentDirectoryURL = folder.url
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        members.withLock { $0[index].process = process.processIdentifier }
    }

    /// Waits until each member that runs has a leader.
    private func ready() async throws {
        for member in members.withLock({ $0 }) where member.process != nil {
            try await awaitTrue("etcd \(member.name) is ready") {
                Self.ask(member.health, "GET", "/health", "", nil).1.contains(#""health":"true""#)
            }
        }
    }
}
