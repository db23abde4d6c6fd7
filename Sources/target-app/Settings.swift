import HTTPServer

/// What the environment says, checked as a whole.
struct Settings: Sendable {
    var listen: ListenAddress
    /// Milliseconds that each job takes.
    var work: Int
    var authorization: Authorization
    /// What no log line may show, long enough or not.
    var token: String
    /// Where the records of the sidecars are kept; nil: in memory.
    var stateFile: String?

    static let names = [
        "TARGET_APP_LISTEN", "TARGET_APP_WORK_MS", "TARGET_APP_STATE_FILE", "LOCAL_DEV_MODE", "SCHEDULER_API_TOKEN",
    ]

    init(environment: [String: String]) throws(SettingsFaults) {
        var faults: [SettingsFault] = []
        listen = ListenAddress.loopback
        do throws(ListenError) {
            if let text = environment["TARGET_APP_LISTEN"] { listen = try ListenAddress(parsing: text) }
        } catch {
            faults.append(.address(error))
        }
        work = 0
        if let text = environment["TARGET_APP_WORK_MS"] {
            let limit = 86_400_000
            let isNumber =
                !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            if isNumber, let number = Int(text), number <= limit {
                work = number
            } else {
                faults.append(.work(text: text, limit: limit))
            }
        }
        stateFile = environment["TARGET_APP_STATE_FILE"]
        if stateFile == "" { faults.append(.emptyStateFile) }
        var letsAllIn = false
        switch environment["LOCAL_DEV_MODE"]?.lowercased() {
        case nil, "", "0", "false", "no", "off": break
        case "1", "true", "yes", "on": letsAllIn = true
        case .some: faults.append(.devMode(text: environment["LOCAL_DEV_MODE"] ?? ""))
        }
        token = environment["SCHEDULER_API_TOKEN"] ?? ""
        authorization = Authorization(token: token, letsAllIn: letsAllIn)
        guard faults.isEmpty else { throw SettingsFaults(all: faults) }
    }
}

extension ListenAddress {
    /// The default of TARGET_APP_LISTEN.
    fileprivate static var loopback: ListenAddress { ListenAddress(host: "127.0.0.1", port: 8_000) }
}

/// Every fault of one environment, in the order of `--help`.
struct SettingsFaults: Error, Equatable {
    var all: [SettingsFault]
}

enum SettingsFault: Equatable, CustomStringConvertible {
    case address(ListenError)
    case work(text: String, limit: Int)
    case emptyStateFile
    case devMode(text: String)

    var description: String {
        switch self {
        case .address(let error): "TARGET_APP_LISTEN: \(error)"
        case .work(let text, let limit):
            #"TARGET_APP_WORK_MS: "\#(text)" is not a whole number from 0 to \#(limit) (milliseconds)"#
        case .emptyStateFile: "TARGET_APP_STATE_FILE is empty; write a file's path, or leave the variable out"
        case .devMode(let text):
            #"LOCAL_DEV_MODE: "\#(text)" is not one of 1, true, yes, on, 0, false, no, off"#
        }
    }
}
