import Dispatch
import Foundation

/// A real nginx on a free port of the loopback; it goes with its owner.
package final class Nginx: Sendable {
    package let port: UInt16
    private let folder: TemporaryFolder
    private let processID: Int32
    private let hasEnded = DispatchSemaphore(value: 0)

    /// Held, since nginx reads it when it has started.
    private let certificate: CertificateAuthority.Certificate

    /// One https server that answers 200 to everything; `directives` say what else it does.
    package init(_ certificate: CertificateAuthority.Certificate, _ directives: String = "") throws {
        self.certificate = certificate
        let folder = try TemporaryFolder()
        self.folder = folder
        let socket = try ListeningSocket()
        port = socket.port
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map {
            "\($0)_temp_path \(folder.path($0));"
        }
        let configuration = """
            daemon off;
            worker_processes 1;
            pid \(folder.path("pid"));
            error_log \(folder.path("error.log")) info;
            events { worker_connections 64; }
            http {
                \(temporary.joined(separator: "\n    "))
                log_format seen '$request_method $status "$http_authorization"';
                access_log \(folder.path("access.log")) seen;
                server {
                    listen 127.0.0.1:\(port) ssl;
                    ssl_certificate \(certificate.certificateFile);
                    ssl_certificate_key \(certificate.keyFile);
                    \(directives)
                    location / { return 200 ok; }
                }
            }

            """
        let process = Process()
        process.executableURL = try Tool.find("nginx")
        process.arguments = [
            "-p", folder.url.path, "-e", folder.path("error.log"), "-c", try folder.write("nginx.conf", configuration),
        ]
        // nginx takes a socket that is already bound from whom it replaces: no port is guessed, none can be taken away.
        process.environment = ["NGINX": "0;"]
        process.standardInput = socket.handle
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.terminationHandler = { [hasEnded] _ in hasEnded.signal() }
        try withExtendedLifetime(socket) { try process.run() }
        processID = process.processIdentifier
    }

    deinit { if hasEnded.wait(timeout: .now()) == .timedOut { kill(processID, SIGTERM) } }

    package var url: String { "https://127.0.0.1:\(port)" }
    package var errors: String { folder.text("error.log") }
    /// A line for each request that it is done with: method, status, Authorization.
    ///
    /// One that was answered has its line a moment later.
    package var seen: [Substring] { folder.text("access.log").split(separator: "\n") }

    /// Lets it end what it is at, and answers what it has seen.
    package func finish() -> [Substring] {
        kill(processID, SIGQUIT)
        _ = hasEnded.wait(timeout: .now() + 60)
        hasEnded.signal()
        return seen
    }
}
