import Foundation
import Glibc

/// nginx on a free port of the loopback, that answers 200 to everything and closes the connection.
final class PlainNginx {
    let url: String
    private let process = Process()
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "bench-nginx-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let listener = try Listener()
        url = listener.url
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "\($0)_temp_path \(folder.path)/\($0);"
        }
        let configuration = """
            daemon off;
            worker_processes 1;
            worker_rlimit_nofile 8192;
            pid \(folder.path)/pid;
            events { worker_connections 4096; }
            http {
                access_log off;
                keepalive_timeout 0;
                \(temporary.joined(separator: " "))
                server { listen 127.0.0.1:\(listener.port) backlog=4096; location / { return 200 ok; } }
            }

            """
        let file = folder.appending(path: "nginx.conf")
        try configuration.write(to: file, atomically: true, encoding: .utf8)
        process.executableURL = URL(filePath: "/usr/sbin/nginx")
        process.arguments = ["-p", folder.path, "-e", "\(folder.path)/error.log", "-c", file.path]
        // nginx takes a socket that is bound already from whom it replaces.
        process.environment = ["NGINX": "0;"]
        process.standardInput = FileHandle(fileDescriptor: listener.descriptor)
        try process.run()
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }
}

/// A socket that listens: connections are made by the kernel, and nobody answers.
final class Listener {
    let descriptor: Int32
    let port: UInt16

    var url: String { "http://127.0.0.1:\(port)" }

    init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isReady = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, length) == 0 && listen(descriptor, 4_096) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard isReady else { throw Child.Failure(what: "no socket", printed: "") }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }

    /// Waits for a client and its first bytes, and answers it.
    func answerOne() {
        let client = accept(descriptor, nil, nil)
        defer { close(client) }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        _ = unsafe recv(client, &bytes, bytes.count, 0)
        let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)
        _ = unsafe send(client, answer, answer.count, Int32(MSG_NOSIGNAL))
    }
}
