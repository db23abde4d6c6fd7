internal import HTTPServer

/// What the limit on open files leaves room for; decided at the start, so that no call begins that would find none.
package struct OpenFiles: Sendable, Equatable {
    /// Of the process; more than it can ever need is `most`.
    let limit: Int
    /// What calls and clients may have together.
    private let free: Int

    /// The most threads with what each may take, the most clients, and what else there is.
    private static let most = 2_048
    /// For the state, the server's and the reports' threads, and files that are read at SIGHUP.
    private static let own = 10
    static let enough = OpenFiles(limit: .max)

    init(limit: Int, taken: Int = 0) {
        self.limit = min(limit, Self.most)
        free = max(0, self.limit - taken - Self.own)
    }

    /// Who may ask for the status at once.
    var clients: Int { min(Limits().connections, max(2, free / 8)) }

    /// Readers of events beside those, which stay; where files are scarce, among those.
    var streams: Int { clients < Limits().connections ? 0 : EventStreams.most }

    /// Calls that may be open at once.
    ///
    /// Each has two descriptors to be woken by, one for its connection, and one for a file; a name to be looked up
    /// takes two more.
    func calls(byName: Bool) -> Int { max(1, (free - clients) / (byName ? 6 : 4)) }
}
