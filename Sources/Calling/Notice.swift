package import Clockwork
package import Files

/// One request that tells somebody else than the app.
package struct Notice: Sendable, Equatable {
    /// In the order in which they go first.
    package enum Kind: String, Sendable, CaseIterable {
        case alert, heartbeat, ping
        /// An error report to PostHog, which no metric counts.
        case report
    }

    /// What became of one.
    package enum Result: String, Sendable, CaseIterable {
        case sent
        /// It was answered, with an error.
        case refused
        /// It was not answered.
        case lost
    }

    package var kind: Kind
    package var method: String
    package var url: Secret
    package var contentType: String?
    package var body: [UInt8]?
    /// What is remembered as one: the URL without what changes from one notice to the next.
    package var address: Secret
    /// What logs may show of it.
    package var shown: String
    /// What it tells of, for whoever has to know what became of it.
    package var alert: Alert?

    package init(
        _ kind: Kind,
        _ method: String,
        _ url: Secret,
        contentType: String? = nil,
        body: [UInt8]? = nil,
        address: Secret? = nil,
        shown: String
    ) {
        (self.kind, self.method, self.url, self.contentType) = (kind, method, url, contentType)
        (self.body, self.address, self.shown) = (body, address ?? url, shown)
    }
}

extension Notice.Kind {
    var rank: Int {
        switch self {
        case .alert: 0
        case .heartbeat: 1
        case .ping, .report: 2
        }
    }
}
