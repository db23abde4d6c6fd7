import HTTPServer
import Schedule

/// A call that has ended, as one line for people.
struct CallReport: Sendable {
    var request: Request
    var status: Int?
    var ending: Ending
    var time: Duration

    /// `date POST /path 200 in 12 ms (job=… slot=… attempt=…)`; no header but the scheduler's own is shown.
    func line(at moment: Moment, hiding token: String) -> String {
        let milliseconds = time.components.seconds * 1_000 + time.components.attoseconds / 1_000_000_000_000_000
        var text = "\(moment.timestamp) \(request.method) \(request.target) \(outcome) in \(milliseconds) ms"
        let marks = ["Job", "Slot", "Attempt", "Trigger"].compactMap { name in
            request.header("X-Scheduler-\(name)").map { "\(name.lowercased())=\($0)" }
        }
        if !marks.isEmpty { text += " (\(marks.joined(separator: " ")))" }
        if !token.isEmpty { text = text.replacing(token, with: "***") }
        return Self.escaped(text)
    }

    private var outcome: String {
        let status = status.map(String.init) ?? "no answer"
        switch ending {
        case .answered: return status
        case .reset: return "\(status), reset"
        case .clientGone: return "\(status), the client left"
        case .timedOut: return "\(status), the client did not read"
        case .stopped: return "\(status), stopped"
        }
    }

    /// One line stays one line, and no byte of a stranger moves the cursor.
    private static func escaped(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars.prefix(500) {
            line +=
                scalar.value < 32 || (127...159).contains(scalar.value) ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return line
    }
}
