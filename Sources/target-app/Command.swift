/// What the arguments ask for.
enum Command: Equatable {
    case run
    case help
    case version
    case unknown(String)
    /// The system did not tell the arguments.
    case untold

    static let versionText = "target-app 0.2.0"

    init(_ arguments: [String]?) {
        guard let arguments else {
            self = .untold
            return
        }
        switch arguments.first {
        case nil: self = .run
        case "--help", "-h", "help": self = .help
        case "--version", "version": self = .version
        case let argument?: self = .unknown(argument)
        }
        // Nothing takes a second argument.
        if arguments.count > 1, self == .help || self == .version { self = .unknown(arguments[1]) }
    }

    static let helpText = """
        target-app - a stand-in for the main app beside scheduler-sidecar

        usage: target-app [--help | --version]

        Environment:
          TARGET_APP_LISTEN     host:port to listen on, port 0 for any (default 127.0.0.1:8000)
          TARGET_APP_WORK_MS    milliseconds that each job takes, 0-86400000 (default 0)
          TARGET_APP_STATE_FILE a file for the records below, made if missing (default: in memory)
          SCHEDULER_API_TOKEN   bearer token that opens the endpoints; at least 32 characters, else it opens nothing
          LOCAL_DEV_MODE        1 lets every request in

        Endpoints, each answering 200 with a JSON body when its work is done:
        \(Endpoint.all.map { "  \($0.method) \($0.path)" }.joined(separator: "\n"))
        The session processor takes ?processor=\(Endpoint.processors.joined(separator: "|")) and answers 409 while the same one runs.
        /api/health needs no token; the others answer 401 without it.

        Records of sidecars with SCHEDULER_STORE=app:\(StateStore.prefix), with the token:
          GET    \(StateStore.prefix)/NAME    200 with an ETag, or 404
          PUT    with If-Match, or If-None-Match: * to make it: 201 or 204 with the new ETag, or 412
          DELETE with If-Match: 204, or 412

        Control, without a token and not listed among the calls:
          GET    /_control/calls    what arrived, in order: method, path (with query), headers, body, start, end, status;
                                    end is null while the call is open, status is null if nothing was answered;
                                    the newest 90000 to 100000 calls are kept
          DELETE /_control/calls    forgets them
          GET    /_control/faults   what is set and not used up
          PUT    /_control/faults   sets what calls do next; paths that are not named keep theirs
          DELETE /_control/faults   clears all

        Faults: {"PATH": FAULT, ...}. PATH is a path, a path with its query, or * for all; the longest that fits counts.
        They come before the checks of path, method and token. FAULT is null (clears), an object, or an array of objects
        used up in order (in an array `times` is 1 unless given). Keys of the object:
          status 200-599, headers {"Retry-After": "3"}, body "text"     the answer, in place of the endpoint's own
          delay_ms 0-3600000     waits first; alone, the endpoint then answers as usual
          times 1-1000000        for so many calls; absent: until cleared
          lose_answer true       the endpoint does its work, then the connection is closed
          late_ms 1-3600000      the same, then its answer comes so much later
          accept_stale true      a record is changed whatever its condition says; for all records at once the
                                 PATH is \(StateStore.prefix)
        and at most one of
          drip_ms 1-60000        one byte of the answer at a time
          truncate true          announces 1000 bytes more than it sends, then closes
          endless true           a chunked body without end
          hang true              no answer
          close true             closes without an answer
          reset true             resets the connection
          garbage true           bytes that are not HTTP

        Exit status: 0 after SIGTERM or SIGINT, 64 usage, 78 configuration.
        """
}
