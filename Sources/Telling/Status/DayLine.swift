internal import Clockwork
internal import Schedule

/// How many jobs begin in each minute of the coming 24 hours: where they meet is where the app is hit.
struct DayLine {
    /// A job that comes at most so often is named; the others are the ground on which it stands.
    private static let rarely = 12
    /// So many slots are looked up at most, so that 10 000 jobs that run each minute cost no second.
    private static let budget = 250_000
    private static let minutes = 24 * 60
    static let binMinutes = 10

    let begin: Moment
    /// How many jobs could be counted before the budget was used up.
    private(set) var counted = 0
    /// By minute: jobs that run often, and jobs that do not.
    private(set) var often = [Int](repeating: 0, count: minutes)
    private(set) var rare = [Int](repeating: 0, count: minutes)
    /// What comes rarely, in the order of time.
    private(set) var named: [(slot: Moment, job: String)] = []

    init(_ snapshot: StatusSnapshot) {
        let bin = Int64(Self.binMinutes * 60)
        begin = Moment(seconds: snapshot.now.seconds - snapshot.now.seconds % bin)
        var left = Self.budget
        for entry in snapshot.entries {
            guard left > 0 else { break }
            let slots = slots(entry, now: snapshot.now)
            left -= slots.count + 1
            counted += 1
            let isRare = slots.count <= Self.rarely
            for slot in slots {
                let minute = Int((slot.seconds - begin.seconds) / 60)
                if isRare { rare[minute] += 1 } else { often[minute] += 1 }
                if isRare { named.append((slot, entry.job.name)) }
            }
        }
        named.sort { ($0.slot, $0.job) < ($1.slot, $1.job) }
    }

    /// The first slot of each minute that has one.
    private func slots(_ entry: StatusSnapshot.Entry, now: Moment) -> [Moment] {
        let end = begin + .seconds(Self.minutes * 60)
        var slots: [Moment] = []
        // What is overdue begins as soon as it can.
        var next = entry.next.map { max($0, now) }
        let timetable = entry.job.timetable
        while let slot = next, slot < end {
            slots.append(slot)
            let minute = Moment(seconds: slot.seconds - slot.seconds % 60 + 60)
            if case .every(let interval) = timetable.schedule {
                // By arithmetic, since its slots have to be counted from one of its own.
                let steps = max(1, (minute.seconds - slot.seconds + interval.seconds - 1) / interval.seconds)
                next = slot + .seconds(steps * interval.seconds)
            } else {
                next = timetable.next(after: max(slot, minute - .nanoseconds(1)))
            }
        }
        return slots
    }

    /// The minute in which most jobs begin, if there are two or more.
    var busiest: (moment: Moment, jobs: Int)? {
        let totals = zip(often, rare).map(+)
        guard let most = totals.max(), most > 1, let minute = totals.firstIndex(of: most) else { return nil }
        return (begin + .seconds(minute * 60), most)
    }
}

extension DayLine {
    private static let height = 72
    /// Room above the bars, for the heads of the pins.
    private static let top = 12
    /// Pins that are drawn, jobs that are named, and times of each.
    private static let mostPins = 200
    private static let mostNames = 12
    private static let mostTimes = 3

    func html(_ clock: WallClock, jobs: Int) -> HTML {
        let totals = zip(often, rare).map(+)
        let most = totals.max() ?? 0
        let bins = stride(from: 0, to: totals.count, by: Self.binMinutes).map { totals[$0..<$0 + Self.binMinutes] }
        let bars = bins.enumerated().map { place, bin in bar(place, bin.max() ?? 0, max(2, most), clock) }
        let hours = bins.indices.compactMap { hour($0, clock) }
        let pins = named.prefix(Self.mostPins).map { pin($0.slot, $0.job, clock) }
        let drawn = counted < jobs ? "the first \(counted) of \(jobs) jobs" : Telling.counted(jobs, "job")
        let names = names(clock)
        return """
            <svg class="day" height="\(Self.height + 22)" role="img" \
            aria-label="How many of \(drawn) begin in the same minute, over the next 24 hours.">\
            \(hours)\(bars)\(pins)\
            <line x1="0" x2="100%" y1="\(Self.height)" y2="\(Self.height)" class="axis"/></svg>
            <p>\(busiestWords(clock))\(names.isEmpty ? nil : " Now and then:")</p>
            <ul class="rarely">\(names)</ul>
            <p class="legend"><span class="key often"></span> how many jobs begin in the same minute \
            <span class="key rare"></span> comes at most \(Self.rarely) times a day\
            \(counted < jobs ? ". Drawn: \(drawn)" : "")</p>
            """
    }

    private func bar(_ place: Int, _ jobs: Int, _ most: Int, _ clock: WallClock) -> HTML {
        guard jobs > 0 else { return "" }
        let height = max(3, (Self.height - Self.top) * jobs / most)
        let time = clock.hourAndMinute(begin + .seconds(place * Self.binMinutes * 60))
        return """
            <rect x="\(percent(place * Self.binMinutes))" y="\(Self.height - height)" width="0.52%" height="\(height)" \
            class="often"><title>from \(time): up to \(Telling.counted(jobs, "job")) in one minute</title></rect>
            """
    }

    private func pin(_ slot: Moment, _ job: String, _ clock: WallClock) -> HTML {
        let x = percent(Int((slot.seconds - begin.seconds) / 60))
        return """
            <g class="rare"><title>\(clock.hourAndMinute(slot)) \(job)</title><line x1="\(x)" x2="\(x)" y1="4" \
            y2="\(Self.height)" class="pin"/><circle cx="\(x)" cy="5" r="4"/></g>
            """
    }

    private func hour(_ place: Int, _ clock: WallClock) -> HTML? {
        let moment = begin + .seconds(place * Self.binMinutes * 60)
        let second = clock.civil(moment).secondOfDay
        // A label at the very edge would be cut off.
        guard second % 10_800 < Self.binMinutes * 60, place > 2, place < 141 else { return nil }
        let x = percent(place * Self.binMinutes)
        let line: HTML = #"<line x1="\#(x)" x2="\#(x)" y1="0" y2="\#(Self.height)" class="grid"/>"#
        let css = second % 21_600 < Self.binMinutes * 60 ? "tick" : "tick minor"
        return
            #"\#(line)<text x="\#(x)" y="\#(Self.height + 17)" class="\#(css)">\#(clock.hourAndMinute(moment))</text>"#
    }

    /// Where a minute begins.
    private func percent(_ minute: Int) -> String {
        let hundredths = minute * 10_000 / Self.minutes
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)%"
    }

    private func busiestWords(_ clock: WallClock) -> String {
        guard let busiest else { return "No two jobs begin in the same minute." }
        return "Busiest minute: \(clock.hourAndMinute(busiest.moment)), when \(busiest.jobs) jobs begin."
    }

    /// The jobs that come rarely, each with its times.
    private func names(_ clock: WallClock) -> [HTML] {
        var times: [String: [String]] = [:]
        var order: [String] = []
        for (slot, job) in named {
            if times[job] == nil { order.append(job) }
            times[job, default: []].append(clock.hourAndMinute(slot))
        }
        let items = order.prefix(Self.mostNames).map { job -> HTML in
            let all = times[job] ?? []
            let shown = all.prefix(Self.mostTimes).joined(separator: ", ") + (all.count > Self.mostTimes ? ", …" : "")
            return "<li><b>\(shown)</b> \(job)</li>"
        }
        let rest = order.count - items.count
        return rest > 0 ? items + ["<li>and \(rest) more</li>"] : items
    }
}
