internal import Clockwork
internal import Schedule

/// The answers to the three questions with which one opens the page.
enum PageCards {
    private static let most = 5

    static func failed(_ snapshot: StatusSnapshot) -> HTML {
        let failing = snapshot.entries.filter(\.isFailing)
            .sorted { ($0.lastRun?.ended ?? .epoch) > ($1.lastRun?.ended ?? .epoch) }
        guard failing.isEmpty else {
            let items = failing.prefix(most).map { entry -> HTML in
                let run = entry.lastRun
                let detail =
                    [
                        run.map { Phrase.ago($0.ended, from: snapshot.now) },
                        entry.failures > 1 ? "\(entry.failures) in a row" : nil,
                    ].compactMap(\.self).joined(separator: ", ")
                return """
                    <li>\(RunMark.failed.inline)<span>\(link(entry)) <span class="o-failed">\
                    \(run.map(Phrase.outcome) ?? "failed")</span></span><span class="dim">\(detail)</span></li>
                    """
            }
            return card("Failed", "bad", "<ul>\(items)</ul>\(more(failing.count))")
        }
        guard let (entry, run) = lastFailure(snapshot) else {
            return card("Failed", "good", "<p>Nothing has failed.</p>")
        }
        return card(
            "Failed",
            "good",
            """
            <p>Nothing fails now.</p><p class="dim">Last failure: \(link(entry)) \(Phrase.outcome(run)), \
            \(Phrase.ago(run.ended, from: snapshot.now))</p>
            """
        )
    }

    static func ranLast(_ snapshot: StatusSnapshot, _ clock: WallClock) -> HTML {
        let running = snapshot.entries.compactMap { entry -> HTML? in
            guard case .running(let time) = entry.activity else { return nil }
            return """
                <li>\(RunMark.busy.inline)<span>\(link(entry)) <span class="o-busy">running</span></span>\
                <span class="dim">for \(Phrase.duration(time))</span></li>
                """
        }
        let ended = snapshot.entries.compactMap { entry in entry.lastRun.map { (entry, $0) } }
            .sorted { $0.1.ended > $1.1.ended }
        let room = max(2, most - running.count)
        let items = ended.prefix(room).map { entry, run -> HTML in
            let mark = RunMark(run.outcome)
            return """
                <li>\(mark.inline)<span>\(link(entry)) <span class="o-\(mark.rawValue)">\(Phrase.outcome(run))</span>\
                </span><span class="dim">\(Phrase.ago(run.ended, from: snapshot.now)), took \
                \(Phrase.duration(.milliseconds(run.milliseconds)))</span></li>
                """
        }
        guard !(running.isEmpty && items.isEmpty) else { return card("Ran last", "", "<p>Nothing has run yet.</p>") }
        return card("Ran last", "", "<ul>\(Array(running.prefix(most - 2)))\(items)</ul>")
    }

    static func comesNext(_ snapshot: StatusSnapshot, _ clock: WallClock) -> HTML {
        let coming = snapshot.entries.compactMap { entry in entry.next.map { (entry, $0) } }
            .filter { $0.1 > snapshot.now || snapshot.phase != .running }
            .sorted { ($0.1, $0.0.job.name) < ($1.1, $1.0.job.name) }
        let items = coming.prefix(most).map { entry, slot -> HTML in
            """
            <li class="clock"><b>\(clock.at(entry).text(slot))\(clock.zoneNote(entry))</b><span>\(link(entry))</span><span class="dim">\
            \(Phrase.until(slot, from: snapshot.now))</span></li>
            """
        }
        return card("Comes next", "", items.isEmpty ? "<p>Nothing.</p>" : "<ul>\(items)</ul>")
    }

    private static func lastFailure(_ snapshot: StatusSnapshot) -> (StatusSnapshot.Entry, RunRecord)? {
        snapshot.entries.compactMap { entry in
            entry.state?.runs.last { $0.outcome.isFailure }.map { (entry, $0) }
        }.max { $0.1.ended < $1.1.ended }
    }

    private static func card(_ title: String, _ kind: String, _ content: HTML) -> HTML {
        let id = title.lowercased().split(separator: " ").joined(separator: "-")
        return """
            <section class="card \(kind)" aria-labelledby="\(id)"><h2 id="\(id)">\(title)</h2>\(content)</section>
            """
    }

    private static func more(_ count: Int) -> HTML? {
        count > most ? #"<p class="dim">and \#(count - most) more</p>"# : nil
    }

    private static func link(_ entry: StatusSnapshot.Entry) -> HTML {
        ##"<a class="name" href="#job-\##(entry.number)">\##(entry.job.name)</a>"##
    }
}

/// All jobs, or as many as a browser bears; those that fail come first.
enum PageTable {
    static func html(_ snapshot: StatusSnapshot, _ clock: WallClock) -> HTML {
        var (rows, bytes) = ([HTML](), 0)
        for entry in snapshot.ordered.prefix(StatusPage.mostRows) where bytes < StatusPage.mostBytes {
            let row = row(entry, clock)
            bytes += row.text.utf8.count
            rows.append(row)
        }
        let cut: HTML? =
            rows.count < snapshot.entries.count
            ? """
            <p class="dim">The first \(rows.count) of \(snapshot.entries.count) jobs, those that fail first. All of them: \
            <a href="/status">/status</a>.</p>
            """ : nil
        return """
            \(cut)<table role="table"><caption>Jobs</caption>
            <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Job</th>\
            <th scope="col" role="columnheader">Next</th><th scope="col" role="columnheader">Last run</th>\
            <th scope="col" role="columnheader">Last 20 runs</th></tr></thead>
            <tbody role="rowgroup">
            \(rows)</tbody></table>
            """
    }

    private static func row(_ entry: StatusSnapshot.Entry, _ clock: WallClock) -> HTML {
        """
        <tr role="row" id="job-\(entry.number)"><th scope="row" role="rowheader"><a href="/jobs/\(entry.job.name)"><span class="name">\(entry.job.name)</span></a>\
        \(schedule(entry.job))</th>\
        <td role="cell" data-label="Next">\(next(entry, clock))</td>\
        <td role="cell" data-label="Last run">\(last(entry, clock))</td>\
        <td role="cell" data-label="Last 20">\(RunStrip.html(entry.state?.runs ?? []))</td></tr>

        """
    }

    static func schedule(_ job: Job) -> HTML {
        let code: HTML = "<code>\(job.scheduleText)</code>"
        guard let words = job.timetable.words else {
            return "<span>\(job.scheduleText) \(job.timetable.zone.name)</span>"
        }
        return "<span>\(words) \(code)</span>"
    }

    private static func next(_ entry: StatusSnapshot.Entry, _ clock: WallClock) -> HTML {
        let activity = Phrase.activity(entry.activity).map { text -> HTML in #"<span class="o-busy">\#(text)</span> "# }
        guard let slot = entry.next else { return "\(activity)<span>no further slot</span>" }
        return """
            \(activity)<span><time datetime="\(slot.description)">\(clock.at(entry).text(slot))\(clock.zoneNote(entry))</time></span> \
            <span class="dim">\(Phrase.until(slot, from: clock.now))</span>
            """
    }

    private static func last(_ entry: StatusSnapshot.Entry, _ clock: WallClock) -> HTML {
        guard let run = entry.lastRun else { return #"<span class="dim">never</span>"# }
        let mark = RunMark(run.outcome)
        let streak = entry.failures > 1 ? ", \(entry.failures) in a row" : ""
        // The whole of it stands on the job's page.
        let reason = run.reason.count > 80 ? run.reason.prefix(80) + "…" : run.reason
        let why: HTML? = reason.isEmpty ? nil : #" <span class="dim">\#(reason)</span>"#
        return """
            <span class="o-\(mark.rawValue)">\(mark.inline) \(Phrase.outcome(run))</span> \
            <span class="dim">\(Phrase.ago(run.ended, from: clock.now))\(streak)\(Phrase.items(run))</span>\(why)
            """
    }
}
