package import Clockwork
internal import Schedule

/// The wording of messages about incidents: one sentence each, in which the app's words stand as they were masked.
extension Alert {
    /// `Job nightly failed`.
    package var title: String {
        guard let job else { return event == .closed ? "The app is up again" : "The app is down" }
        return switch event {
        case .opened: "Job \(job) failed"
        case .reminder: "Job \(job) still fails"
        case .closed: isOk ? "Job \(job) is ok again" : "Job \(job) is no longer configured"
        }
    }

    /// What, how often, since when, why, and when it runs next; `target` is the app's URL.
    package func text(target: String) -> String {
        Escaping.controls(job == nil ? aboutApp(target) : aboutJob)
    }

    private func aboutApp(_ target: String) -> String {
        let since = incident.since.wholeSeconds
        if let closed = incident.closed {
            let time = Phrase.short(closed - incident.since)
            return "The app at \(target) is up again; it could not be reached for \(time), since \(since)."
        }
        let why = reason.map { $0.isEmpty ? "" : ": \($0)" } ?? ""
        return "The app at \(target) cannot be reached since \(since)\(why); \(counted(waiting, "run")) "
            + (waiting == 1 ? "waits" : "wait") + " for it."
    }

    private var aboutJob: String {
        let count = incident.failures
        let since = "since \(incident.since.wholeSeconds)"
        guard event != .closed else {
            return "\(title); it had failed \(count == 1 ? "once" : "\(count) times in a row"), \(since)\(nextText)."
        }
        let often = count == 1 ? "" : event == .reminder ? ", \(count) times in a row" : " \(count) times in a row"
        let when = count == 1 ? " at its slot \(incident.last)" : " \(since)"
        return "\(title)\(often)\(when): \(why)\(nextText)."
    }

    private var why: String {
        guard let run else { return count(missed: incident.last) }
        if run.status > 0 { return "HTTP \(run.status)" + (run.reason.isEmpty ? "" : " - \(run.reason)") }
        return run.reason.isEmpty ? run.outcome.rawValue : run.reason
    }

    private func count(missed slot: Moment) -> String {
        incident.failures == 1 ? "it was not run in time" : "its slot \(slot) was not run in time"
    }

    private var nextText: String { next.map { "; next slot \($0)" } ?? "" }

    private var isOk: Bool { run?.outcome == .ok }
}

extension Moment {
    fileprivate var wholeSeconds: Moment { Moment(seconds: seconds) }
}
