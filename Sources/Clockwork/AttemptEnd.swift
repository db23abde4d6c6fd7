package import Schedule

/// What became of one attempt, as far as it matters here: nothing of HTTP but the status.
package struct AttemptEnd: Sendable, Equatable {
    package var outcome: Outcome
    /// Of the answer; 0 if there was none.
    package var status = 0
    /// How long the app asks to be left alone.
    package var retryAfter: Duration?
    /// Whether the app may have seen something of the request.
    package var wasSent = true
    /// Whether our own process or machine refused it, which says nothing of the target.
    package var isOwnLimit = false
    /// Whether nothing was called, as there is nothing to show who calls; says nothing of the target either.
    package var lacksToken = false
    /// The first 200 characters of the answer, or why there was none; secrets are masked.
    package var excerpt = ""
    /// Why an answer whose status is good is none; empty where the status says it all.
    package var reason = ""
    /// How many items the app says that it processed.
    package var items: Int?
    /// Of the answer's body, as many as arrived.
    package var bytes = 0
    /// Where a redirect points to, without its query; secrets are masked.
    package var location: String?
    /// Requests that were made: a second one at once where the token was denied and has been replaced.
    package var requests = 1

    /// Each of them, where traces are told of it.
    package var calls: [Call] = []

    /// One request, as traces tell of it.
    package struct Call: Sendable, Equatable {
        /// What `traceparent` told the app.
        package var span: UInt64
        package var began: Moment
        package var took: Duration
        package var outcome: Outcome
        package var status: Int

        package init(span: UInt64, began: Moment, took: Duration, outcome: Outcome, status: Int) {
            (self.span, self.began, self.took, self.outcome, self.status) = (span, began, took, outcome, status)
        }
    }

    package init(_ outcome: Outcome) { self.outcome = outcome }

    /// Given up after it was sent, by us or by a proxy (504, 524): the app may still be at it.
    package var mayStillRun: Bool {
        wasSent && (outcome == .timeout || outcome == .aborted || status == 504 || status == 524)
    }

    /// Whether an answer came; the excerpt is then a part of it.
    package var isAnswer: Bool { status > 0 }
}
