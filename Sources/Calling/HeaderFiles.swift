internal import Clockwork
package import Files
internal import Locking

/// The values of headers that stand in files, each read again before each attempt that sends it.
///
/// Those of jobs that are gone stay: a call of theirs may be about to go out, and they are few.
package final class HeaderFiles: Sendable {
    /// By the path of the file.
    private let sources = Mutex<[String: TokenSource]>([:])
    private let learn: @Sendable (Secret, TokenFile) -> Void
    private let tell: @Sendable (CallingEvent) -> Void

    /// `learn` is told of each value before anyone else has it, so that it can be masked.
    package init(
        learn: @escaping @Sendable (Secret, TokenFile) -> Void = { _, _ in },
        tell: @escaping @Sendable (CallingEvent) -> Void = { _ in }
    ) {
        (self.learn, self.tell) = (learn, tell)
    }

    /// Takes the files that are there by the settings; those that were there before keep their last good value.
    package func add(_ origins: [TokenOrigin]) {
        sources.withLock { sources in
            for origin in origins {
                guard let file = origin.file, sources[file.path] == nil else { continue }
                sources[file.path] = TokenSource(origin, learn: { [learn] in learn($0, file) }, tell: tell)
            }
        }
    }

    /// The job's headers of this moment.
    func values(_ job: Job) -> [HeaderValue] {
        job.headerFiles.compactMap { header in
            let source = sources.withLock { $0[header.path] }
            return source.map { HeaderValue(name: header.name, value: $0.current()) }
        }
    }

    /// An operator asks: a file that is still bad is told of again.
    package func reopen() {
        for source in sources.withLock({ Array($0.values) }) { source.reopen() }
    }
}

/// A header with a secret value.
struct HeaderValue: Sendable, Equatable {
    let name: String
    let value: Secret
}
