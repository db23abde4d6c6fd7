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
    private static let height = 64
    private static let named = 8

    func html(_ clock: WallClock, jobs: Int) -> HTML {
        let bins = (0..<often.count / Self.binMinutes).map { bin in
            (bin * Self.binMinutes..<(bin + 1) * Self.binMinutes).map { (often[$0], rare[$0]) }
        }
        let most = max(1, zip(often, rare).map(+).max() ?? 1)
        let bars = bins.enumerated().map { place, bin in bar(place, bin, most, clock) }
        let hours = bins.indices.compactMap { hour($0, clock) }
        let size = "\(counted < jobs ? "the first \(counted) of \(jobs) jobs" : SchedulerCore.counted(jobs, "job"))"
        return """
            <svg class="day" height="\(Self.height + 22)" role="img" \
            aria-label="\(size): how many begin in the same minute, over the next 24 hours. \(summary(clock))">\
            \(hours)\(bars)<line x1="0" x2="100%" y1="\(Self.height)" y2="\(Self.height)" class="axis"/></svg>
            <p class="legend"><span class="key often"></span> runs often <span class="key rare"></span> \
            comes at most \(Self.rarely) times a day. The higher, the more jobs begin in the same minute\
            \(counted < jobs ? " (\(size) are drawn)" : "").</p>
            <p>\(summary(clock))</p>
            """
    }

    private func bar(_ place: Int, _ bin: [(Int, Int)], _ most: Int, _ clock: WallClock) -> HTML {
        guard let top = bin.max(by: { $0.0 + $0.1 < $1.0 + $1.1 }), top.0 + top.1 > 0 else { return "" }
        // A rare job that shares its ten minutes with a busier minute is still to be seen.
        let rare = bin.map(\.1).max() ?? 0
        let total = max(top.0 + top.1, rare)
        let (high, upper) = (scaled(total, most), rare == 0 ? 0 : max(4, scaled(rare, most)))
        let time = clock.text(begin + .seconds(place * Self.binMinutes * 60))
        let (x, width) = (percent(place, offset: 0), "0.52%")
        let lower: HTML =
            high > upper
            ? #"<rect x="\#(x)" y="\#(Self.height - high + upper)" width="\#(width)" height="\#(high - upper)" class="often"/>"#
            : ""
        let rareBar: HTML =
            upper > 0
            ? #"<rect x="\#(x)" y="\#(Self.height - max(high, upper))" width="\#(width)" height="\#(upper)" class="rare"/>"#
            : ""
        return "<g><title>\(time), up to \(SchedulerCore.counted(total, "job")) in one minute</title>\(lower)\(rareBar)</g>"
    }

    private func hour(_ place: Int, _ clock: WallClock) -> HTML? {
        let moment = begin + .seconds(place * Self.binMinutes * 60)
        let second = clock.civil(moment).secondOfDay
        // A label at the very edge would be cut off.
        guard second % 10_800 < Self.binMinutes * 60, place > 2, place < 141 else { return nil }
        let x = percent(place, offset: 0)
        let line: HTML = #"<line x1="\#(x)" x2="\#(x)" y1="0" y2="\#(Self.height)" class="grid"/>"#
        let css = second % 21_600 < Self.binMinutes * 60 ? "tick" : "tick minor"
        return #"\#(line)<text x="\#(x)" y="\#(Self.height + 16)" class="\#(css)">\#(clock.hourAndMinute(moment))</text>"#
    }

    private func scaled(_ count: Int, _ most: Int) -> Int { max(3, (Self.height - 6) * count / most) }

    /// The left edge of a bin, in hundredths of a percent.
    private func percent(_ place: Int, offset: Int) -> String {
        let hundredths = place * 10_000 * Self.binMinutes / often.count + offset
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)%"
    }

    /// What the figure says, in words.
    private func summary(_ clock: WallClock) -> String {
        var parts: [String] = []
        if let busiest {
            parts.append("Busiest minute: \(clock.text(busiest.moment)), \(busiest.jobs) jobs.")
        } else {
            parts.append("No two jobs begin in the same minute.")
        }
        if !named.isEmpty {
            let names = named.prefix(Self.named).map { "\(clock.text($0.slot)) \($0.job)" }.joined(separator: ", ")
            parts.append("Comes rarely: \(names)\(named.count > Self.named ? ", …" : "").")
        }
        return parts.joined(separator: " ")
    }
}
