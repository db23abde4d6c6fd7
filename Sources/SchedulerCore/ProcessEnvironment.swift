internal import CLinux
internal import Glibc
internal import Telling

/// What the process was given and how it is protected; the one file that touches the process itself.
package enum ProcessEnvironment {
    /// The environment as text; bytes that are no UTF-8 become U+FFFD.
    package static var variables: [String: String] {
        var variables: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            // By bytes: "=" and a combining mark after it are one Character.
            let pair = unsafe String(cString: text).utf8.split(
                separator: UInt8(ascii: "="),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            // The first of two entries with one name is what getenv(3) finds.
            if pair.count == 2, let name = String(pair[0]), let value = String(pair[1]), variables[name] == nil {
                variables[name] = value
            }
            unsafe entry += 1
        }
        return variables
    }

    /// Puts /dev/null in the place of standard descriptors that are closed.
    ///
    /// The next file to be opened would take that place, and log lines would go into it.
    package static func fillStandardDescriptors() {
        while true {
            let descriptor = unsafe open("/dev/null", O_RDWR)
            guard (0...2).contains(descriptor) else {
                if descriptor > 2 { close(descriptor) }
                return
            }
        }
    }

    /// The terminal that standard output is; nil if it is none.
    static func terminal(_ environment: [String: String]) -> Terminal? {
        guard isatty(1) == 1 else { return nil }
        var size = winsize()
        let isKnown = unsafe window_size(1, &size) == 0
        return Terminal(columns: isKnown ? Int(size.ws_col) : 0, environment: environment)
    }

    /// One heap for all threads where there are few jobs, else four; to be called before there are any threads.
    ///
    /// glibc makes up to eight for each processor, and what a thread has freed in one stays resident there: with 500 runs
    /// a second they went on growing for many minutes. At a single one many threads would wait for one another.
    package static func chooseHeaps(jobs: Int) { _ = mallopt(M_ARENA_MAX, jobs <= 100 ? 1 : 4) }

    /// As many open files as the system allows: each call in flight takes a few, and so does each reader of the status.
    package static func raiseFileLimit() -> OpenFiles {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return .enough }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let files = OpenFiles(limit: Int(clamping: limit.rlim_max))
        guard files != .enough else { return files }
        return OpenFiles(limit: files.limit, taken: (0..<Int32(files.limit)).count { fcntl($0, F_GETFD) >= 0 })
    }

    /// Keeps secrets where they are: no core dump holds the token, and no library writes TLS keys to a file.
    package static func protectSecrets() {
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        unsafe unsetenv("SSLKEYLOGFILE")
    }
}
