internal import Clockwork
internal import Schedule

/// The page for people: what failed, what ran last, what comes next; then the coming day and all jobs.
enum StatusPage {
    /// A browser lays out some hundred rows at once, not ten thousand.
    static let mostRows = 200
    /// Of all rows, about: the whole page stays below 300 kB.
    static let mostBytes = 240_000

    static func html(_ snapshot: StatusSnapshot) -> String {
        let clock = WallClock(zone: snapshot.commonZone, now: snapshot.now)
        let headline = Headline(snapshot)
        return PageFrame.html(
            title: headline.text,
            header: """
                <h1>\(headline.mark.inline)<span>\(headline.text)</span></h1>
                <p class="dim">for \(snapshot.target) at \(clock.full(snapshot.now)) \(clock.zone.name), \
                running since \(clock.text(snapshot.started))\(missed(snapshot.missed.items.count))</p>
                \(headline.notes.map { note -> HTML in #"<p class="note" role="status">\#(note)</p>"# })
                """,
            main: """
                <div class="cards">
                \(PageCards.failed(snapshot))
                \(PageCards.ranLast(snapshot, clock))
                \(PageCards.comesNext(snapshot, clock))
                </div>
                <section class="panel" aria-labelledby="day"><h2 id="day">The next 24 hours</h2>
                \(DayLine(snapshot).html(clock, jobs: snapshot.entries.count))
                </section>
                <section class="panel">
                \(PageTable.html(snapshot, clock))
                </section>
                """,
            footer: """
                <p>Each run: \(RunMark.allCases.map { mark -> HTML in "\(mark.inline) \(mark.word)" }); the bar above it is \
                how long it took. Slots that were not run: <a href="/missed">/missed</a>.</p>
                """
        )
    }

    private static func missed(_ count: Int) -> HTML? {
        guard count > 0 else { return nil }
        let all = count >= MissedSlots.kept ? "\(count) or more" : "\(count)"
        return #"; <a href="/missed">\#(all) missed</a>"#
    }
}

/// The one sentence at the top, and what else must not be missed.
struct Headline {
    let mark: RunMark
    let text: String
    var notes: [String] = []

    init(_ snapshot: StatusSnapshot) {
        let failing = snapshot.entries.count { $0.isFailing }
        let all = snapshot.entries.count
        let never = snapshot.entries.allSatisfy { $0.lastRun == nil }
        if !snapshot.pulse.isHealthy {
            (mark, text) = (.failed, "The clock has been stuck for \(Phrase.duration(snapshot.pulse.age))")
        } else if let lack = snapshot.token, lack.reason != nil {
            (mark, text) = (.failed, Phrase.noToken(lack).capitalizedFirst)
            notes.append("\(counted(lack.waiting, "run")) waiting; they start as soon as there is one.")
        } else if let down = snapshot.targetDown {
            (mark, text) = (.failed, Phrase.unreachable(snapshot, for: down).capitalizedFirst)
            notes.append("\(counted(snapshot.waiting, "run")) waiting; they start as soon as the app is back.")
        } else if failing > 0 {
            (mark, text) = (.failed, "\(failing) of \(counted(all, "job")) \(failing == 1 ? "fails" : "fail")")
        } else if never {
            (mark, text) = (.unfinished, "Nothing has run yet")
        } else {
            (mark, text) = (.ok, all == 1 ? "The job is well" : "All \(all) jobs are well")
        }
        switch snapshot.phase {
        case .running: break
        case .standby, .grace, .clockIsWrong, .stopping: notes.append(Phrase.phase(snapshot).capitalizedFirst + ".")
        }
        if !snapshot.isStateWritable {
            notes.append("The state cannot be written: a restart would not know of the runs since then.")
        }
    }
}

extension String {
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
