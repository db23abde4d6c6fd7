internal import Clockwork

/// How a run is drawn: a colour and a shape for each kind of end, so that one of them is enough.
enum RunMark: String, CaseIterable {
    case ok, busy, failed, unfinished

    init(_ outcome: Outcome) {
        switch outcome {
        case .ok: self = .ok
        case .busy: self = .busy
        case .aborted, .interrupted: self = .unfinished
        default: self = .failed
        }
    }

    /// In a legend.
    var word: String {
        switch self {
        case .ok: "ok"
        case .busy: "busy"
        case .failed: "failed"
        case .unfinished: "not finished"
        }
    }

    /// Within a square of 10 by 10, of which `x` is the left and `y` the middle.
    func path(at x: Int, _ y: Int) -> String {
        switch self {
        // A disc: a line without a length, whose ends are round.
        case .ok: "M\(x + 5) \(y)h0"
        case .busy: "M\(x + 2) \(y - 3)h6v6h-6z"
        case .failed: "M\(x + 2) \(y - 3)l6 6m0-6l-6 6"
        case .unfinished: "M\(x + 2) \(y)h6"
        }
    }

    /// To stand once on the page.
    static var symbols: HTML {
        let symbols = allCases.map { mark -> HTML in
            #"<symbol id="\#(mark.rawValue)" viewBox="0 0 10 10"><path class="s-\#(mark.rawValue)" d="\#(mark.path(at: 0, 5))"/></symbol>"#
        }
        return #"<svg class="defs" width="0" height="0" aria-hidden="true">\#(symbols)</svg>"#
    }

    /// The mark alone, in a line of text.
    var inline: HTML {
        ##"<svg class="mark" width="12" height="12" aria-hidden="true"><use href="#\##(rawValue)"/></svg>"##
    }
}

/// The last runs of a job as one figure: below a mark for how each ended, above it a bar for how long it took.
///
/// One path for all marks of a kind, since a page may have hundreds of figures; what each run was says the job's page.
enum RunStrip {
    private static let step = 10
    private static let barHeight = 22
    /// Bars of jobs that take less are short, so that a quick job does not look like a slow one.
    private static let leastScale = 1_000

    static func html(_ runs: [RunRecord]) -> HTML {
        let runs = runs.suffix(JobState.keptRuns)
        guard let last = runs.last, let longest = runs.map(\.milliseconds).max() else {
            return #"<span class="dim">no runs yet</span>"#
        }
        let empty = JobState.keptRuns - runs.count
        let (took, most) = (milliseconds(last.milliseconds), milliseconds(longest))
        let places = runs.enumerated().map { place, run in (run, (empty + place) * step) }
        let bars = places.map { run, x in
            "M\(x + 5) \(barHeight)v-\(max(1, barHeight * run.milliseconds / max(leastScale, longest)))"
        }
        let marks = RunMark.allCases.compactMap { mark -> HTML? in
            let own = places.filter { RunMark($0.0.outcome) == mark }
            guard !own.isEmpty else { return nil }
            return #"<path class="s-\#(mark.rawValue)" d="\#(own.map { mark.path(at: $0.1, 30) }.joined())"/>"#
        }
        return """
            <svg class="strip" viewBox="0 0 200 36" role="img" aria-label="\(label(runs))">\
            <path class="bar" d="\(bars.joined())"/>\(marks)</svg>\
            <span class="dim nowrap">\(took)\(most == took ? "" : ", longest \(most)")</span>
            """
    }

    /// What the figure shows, for who cannot see it.
    private static func label(_ runs: ArraySlice<RunRecord>) -> String {
        let counts = RunMark.allCases.compactMap { mark -> String? in
            let count = runs.count { RunMark($0.outcome) == mark }
            return count == 0 ? nil : "\(count) \(mark.word)"
        }
        return "last \(counted(runs.count, "run")): " + counts.joined(separator: ", ")
    }

    private static func milliseconds(_ count: Int) -> String { Phrase.duration(.milliseconds(count)) }
}
