internal import HTTPClient
internal import JSON

/// What went wrong with one request to one endpoint of etcd, and what to do next.
struct EtcdFault: Error, Equatable {
    enum Next: Equatable {
        /// Another endpoint may do better.
        case otherEndpoint
        /// The token is gone, or may be.
        case login
        /// The whole cluster says no.
        case nothing
    }

    var why: String
    var next: Next
    var mayHaveHappened = false
}

extension EtcdFault {
    /// No answer came.
    ///
    /// With a token that may be gone: some releases then close without a word (etcd#15256).
    init(_ error: TransferError, hasToken: Bool) {
        let isOurs = error.kind == .aborted || error.kind == .limited
        let isEmpty = hasToken && error.kind == .broken && error.requestWasSent
        self.init(
            why: error.detail,
            next: isOurs ? .nothing : isEmpty ? .login : .otherEndpoint,
            mayHaveHappened: error.requestWasSent
        )
    }

    /// An answer other than 200; nil for one that is good.
    ///
    /// `{"error","message","code"}` of 3.4 and 3.5, `{"code","message","details"}` since 3.6: the code of gRPC is the same
    /// in both, the status of HTTP is not.
    init?(_ response: Response) {
        guard response.status != 200 else { return nil }
        let body = response.json
        let message = body?["message"]?.text ?? ""
        let said = message.isEmpty ? response.excerpt : message
        switch (response.status, body?["code"]?.number) {
        case (421, _):
            self.init(why: "it does not take this host name; add it to --host-whitelist", next: .otherEndpoint)
        case (404, nil), (404, 5):
            self.init(why: "it has no JSON gateway (--enable-grpc-gateway)", next: .otherEndpoint)
        case (_, 16): self.init(why: said, next: .login)
        case (_, 3) where message.hasSuffix("revision of auth store is old"): self.init(why: said, next: .login)
        case (_, 3) where message.hasSuffix("user name is empty"):
            self.init(
                why: "it wants a user: set SCHEDULER_STORE_USER and SCHEDULER_STORE_PASSWORD_FILE",
                next: .nothing
            )
        case (_, 3), (_, 7), (_, 11): self.init(why: said, next: .nothing)
        case (_, 8) where message.contains("space exceeded"):
            self.init(
                why: "its database is full (NOSPACE): compact and defragment it, then disarm the alarm; set "
                    + "--auto-compaction-retention",
                next: .nothing
            )
        case (_, 8), (429, _): self.init(why: said, next: .otherEndpoint)
        // A learner, which takes no writes, or authentication that is off.
        case (_, 9) where message.hasSuffix("authentication is not enabled"):
            self.init(why: "its authentication is not enabled: take SCHEDULER_STORE_USER out", next: .nothing)
        case (_, 9): self.init(why: said, next: .otherEndpoint)
        case (400..<500, _): self.init(why: said, next: .otherEndpoint)
        // No leader, leader changed, timed out: it may yet happen.
        default: self.init(why: said, next: .otherEndpoint, mayHaveHappened: true)
        }
    }
}

extension JSONValue {
    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// An int64, which etcd writes as a string, or a plain number.
    var number: Int? {
        switch self {
        case .integer(let number): number
        case .string(let digits): Int(digits)
        default: nil
        }
    }

    var elements: [JSONValue] {
        guard case .array(let values) = self else { return [] }
        return values
    }
}
