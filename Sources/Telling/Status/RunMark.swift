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

    /// Within a square of 10 by 10.
    private var shape: HTML {
        switch self {
        case .ok: #"<circle cx="5" cy="5" r="3.4" class="s-ok"/>"#
        case .busy: #"<circle cx="5" cy="5" r="2.8" class="s-busy"/>"#
        case .failed: #"<path d="M1.8 1.8 8.2 8.2M8.2 1.8 1.8 8.2" class="s-failed"/>"#
        case .unfinished: #"<path d="M1.5 5h7" class="s-unfinished"/>"#
        }
    }

    /// To stand once on the page.
    static var symbols: HTML {
        let symbols = allCases.map { mark -> HTML in
            #"<symbol id="\#(mark.rawValue)" viewBox="0 0 10 10">\#(mark.shape)</symbol>"#
        }
        return #"<svg class="defs" width="0" height="0" aria-hidden="true">\#(symbols)</svg>"#
    }

    /// The mark alone, in a line of text.
    var inline: HTML {
        ##"<svg class="mark" width="12" height="12" aria-hidden="true"><use href="#\##(rawValue)"/></svg>"##
    }
}

/// The last runs of a job as one figure: below a mark for how each ended, above it a bar for how long it took.
enum RunStrip {
    private static let step = 10
    private static let barHeight = 22
    /// Bars of jobs that take less are short, so that a quick job does not look like a slow one.
    private static let leastScale = 1_000

    static func html(_ runs: [RunRecord], _ clock: WallClock) -> HTML {
        let runs = runs.suffix(JobState.keptRuns)
        guard let last = runs.last, let longest = runs.map(\.milliseconds).max() else {
            return #"<span class="dim">no runs yet</span>"#
        }
        let empty = JobState.keptRuns - runs.count
        let (took, most) = (milliseconds(last.milliseconds), milliseconds(longest))
        let marks = runs.enumerated().map { place, run in mark(run, (empty + place) * step, longest, clock) }
        return """
            <svg class="strip" viewBox="0 0 200 36" preserveAspectRatio="xMinYMid" role="img" aria-label="\(label(runs))">\
            <line x1="0" x2="200" y1="\(barHeight)" y2="\(barHeight)" class="grid"/>\(marks)</svg>\
            <span class="dim nowrap">\(took)\(most == took ? "" : ", longest \(most)")</span>
            """
    }

    private static func mark(_ run: RunRecord, _ x: Int, _ longest: Int, _ clock: WallClock) -> HTML {
        let mark = RunMark(run.outcome)
        let height = max(1, barHeight * run.milliseconds / max(Self.leastScale, longest))
        return """
            <g><title>\(clock.full(run.began)) \(Phrase.outcome(run)), \(milliseconds(run.milliseconds))\(Phrase.items(run))</title>\
            <rect x="\(x)" y="0" width="10" height="36" class="hit"/>\
            <rect x="\(x + 2)" opacity=".6" y="\(barHeight - height)" width="6" height="\(height)" class="b-\(mark.rawValue)"/>\
            <use href="#\(mark.rawValue)" x="\(x)" y="25" width="10" height="10"/></g>
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
