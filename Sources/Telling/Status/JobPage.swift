internal import Clockwork
internal import Schedule

/// The page of one job: what it is, how its last runs ended and why, and what comes.
enum JobPage {
    static func html(_ entry: StatusSnapshot.Entry, in snapshot: StatusSnapshot) -> String {
        let clock = WallClock(zone: entry.job.timetable.zone, now: snapshot.now)
        let runs = entry.state?.runs ?? []
        let name = entry.job.name
        let mark = entry.lastRun.map { RunMark($0.outcome) } ?? .unfinished
        return PageFrame.html(
            title: name,
            header: """
                <h1>\(mark.inline)<span>\(name)</span></h1>
                <p>\(PageTable.schedule(entry.job))</p>
                <p><code>\(entry.job.method) \(entry.job.place)</code></p>
                <p class="dim">at \(clock.full(snapshot.now)) \(clock.zone.name), which all times here are in. \
                <a href="/">All jobs</a>, <a href="/missed">missed slots</a></p>
                \(notes(entry, snapshot).map { note -> HTML in #"<p class="note" role="status">\#(note)</p>"# })
                """,
            main: """
                <section class="panel"><h2>Last \(JobState.keptRuns) runs</h2>
                \(runs.isEmpty ? "<p>Nothing has run yet.</p>" : table(runs.reversed(), clock))
                </section>
                <section class="panel"><h2>Next \(ComingSlot.shown) slots</h2>
                \(coming(ComingSlot.next(of: entry, in: snapshot), clock))
                </section>
                """,
            footer: """
                <p>Run it now: <code>scheduler fire \(name)</code>. What became of a slot: \
                <code>scheduler why \(name)</code>. This page as JSON: with <code>Accept: application/json</code>.</p>
                """
        )
    }

    private static func notes(_ entry: StatusSnapshot.Entry, _ snapshot: StatusSnapshot) -> [String] {
        var notes = [Phrase.activity(entry.activity).map { $0.capitalizedFirst + "." }].compactMap(\.self)
        if let incident = entry.state?.trouble, incident.isOpen {
            let since = Phrase.ago(incident.since, from: snapshot.now)
            notes.append("It fails: \(incident.failures) in a row, the first \(since).")
        }
        return notes
    }

    private static let itemsField = RunField.all.first { "\($0.name)" == "items" }

    private static func table(_ runs: [RunRecord], _ clock: WallClock) -> HTML {
        let items = itemsField.flatMap { field in runs.contains { !field.text(of: $0).isEmpty } ? field : nil }
        let names =
            ["Slot", "Trigger", "Attempts", "Outcome", "Took", "Late"] + (items == nil ? [] : ["Items"]) + ["Reason"]
        let rows = runs.map { run -> HTML in
            let mark = RunMark(run.outcome)
            let cells: [HTML] = [
                #"<span class="o-\#(mark.rawValue)">\#(mark.inline) \#(Phrase.outcome(run))</span>"#,
                "\(Phrase.duration(.milliseconds(run.milliseconds)))",
                "\(Phrase.duration(.milliseconds(run.lateMilliseconds)))",
            ]
            let count: [HTML] = items.map { ["\($0.text(of: run))"] } ?? []
            let place: HTML? = run.location.isEmpty ? nil : #" <span class="dim">to \#(run.location)</span>"#
            let all: [HTML] =
                ["\(time(run.slot, clock))", "\(run.trigger.rawValue)", "\(run.attempts)"] + cells + count
                + ["\(run.reason)\(place)"]
            return row(names, all)
        }
        return table(names, rows)
    }

    private static func coming(_ slots: [ComingSlot], _ clock: WallClock) -> HTML {
        guard !slots.isEmpty else { return "<p>No further slot.</p>" }
        let names = ["Slot", "When", "Held by"]
        return table(
            names,
            slots.map { slot in
                row(names, [time(slot.slot, clock), "\(Phrase.until(slot.slot, from: clock.now))", "\(slot.why)"])
            }
        )
    }

    static func time(_ slot: Moment, _ clock: WallClock) -> HTML {
        #"<time datetime="\#(slot.description)">\#(clock.full(slot))</time>"#
    }

    static func table(_ names: [String], _ rows: [HTML]) -> HTML {
        """
        <table role="table"><thead role="rowgroup"><tr role="row">\
        \(names.map { name -> HTML in #"<th scope="col" role="columnheader">\#(name)</th>"# })</tr></thead>
        <tbody role="rowgroup">
        \(rows)</tbody></table>
        """
    }

    /// An empty cell is none on a phone.
    static func row(_ names: [String], _ cells: [HTML]) -> HTML {
        let cells = zip(names, cells).map { name, cell -> HTML in
            #"<td role="cell" data-label="\#(name)">\#(cell)</td>"#
        }
        return #"<tr role="row">\#(cells)</tr>\#("\n" as HTML)"#
    }
}

/// The slots that were not run.
enum MissedPage {
    static func html(_ snapshot: StatusSnapshot) -> String {
        let clock = WallClock(zone: snapshot.commonZone, now: snapshot.now)
        let items = snapshot.missed.byJob
        let names = ["Job", "Slot", "Why", "Run it now"]
        let rows = items.map { item in
            JobPage.row(
                names,
                [
                    #"<a class="name" href="/jobs/\#(item.job)">\#(item.job)</a>"#,
                    "\(JobPage.time(item.slot, clock))\(more(item))", "\(item.why)", "<code>\(item.command)</code>",
                ]
            )
        }
        return PageFrame.html(
            title: "Missed slots",
            header: """
                <h1>Slots that were not run</h1>
                <p class="dim">since \(clock.full(snapshot.started)) \(clock.zone.name), the last \(MissedSlots.kept). \
                <a href="/">All jobs</a></p>
                """,
            main: """
                <section class="panel">
                \(items.isEmpty ? "<p>All slots were run.</p>" : JobPage.table(names, rows))
                </section>
                """,
            footer: "<p>A run by hand moves no slot. This page as JSON: with <code>Accept: application/json</code>.</p>"
        )
    }

    private static func more(_ item: MissedSlots.Item) -> HTML? {
        guard let count = item.count else { return #" <span class="dim">and those after it, until now</span>"# }
        return count > 1 ? #" <span class="dim">and \#(count - 1) after it</span>"# : nil
    }
}
