package import Clockwork

/// What a person should know of tokens and of what is sent elsewhere.
package enum CallingEvent: Sendable {
    /// `isMended`: its file was bad before.
    case tokenHasChanged(TokenFile, isMended: Bool = false)
    /// The file can be read again; the token is the same.
    case tokenFileIsGood(TokenFile)
    case tokenFileIsBad(TokenFile, TokenFile.Fault)
    /// The app denied a token, or a header's secret, that has been replaced meanwhile.
    case tokenIsTriedAgain(Attempt)
    /// Why no new token comes, and how long the one in use is good for; told once, until one comes.
    case tokenIsNotRenewed(String, rest: Duration)
    case tokenIsRenewed(host: String)
    /// `Retry-After` was neither seconds nor a date; told once a job.
    case retryAfterIsUnreadable(Attempt, String)
    /// A notice was refused or not answered; told once, until one is taken. `isForGood`: it is not tried again.
    case noticeFailed(Notice, Notice.Result, why: String, isForGood: Bool)
    /// One was taken after that.
    case noticeIsTaken(Notice)
    /// Spans were refused or not answered; told once, until some are taken.
    case tracesAreLost(Traces, why: String)
    case tracesAreTaken(Traces)
}
