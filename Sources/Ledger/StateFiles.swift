internal import Clockwork
internal import Glibc
internal import Schedule

/// The files in the state directory, for the one thread at a time that may touch them.
///
/// Whatever throws leaves the record file as good as it was on the disk, but it is not to be appended to any more.
struct StateFiles {
    /// The record file as it is open.
    struct OpenLog {
        var descriptor: Int32
        var size: Int
        /// Why it could only be opened to be read.
        var refusal: StateFailure?
        /// What it has if it is written anew, to judge when that is worth it.
        var compactSize: Int
        /// Set if there is something in it that cannot be read.
        var damage: RecordReader.Tally?
        /// Whether the file has another name as well, so that it is not ours to write.
        var isLinked = false
        /// Whether its header names another app than ours, or none.
        var isOfOther = false
        /// Counts the files that were opened.
        var generation = 0

        /// Whether it may be added to, rather than be written anew first.
        var mayGrow: Bool { damage == nil && !isLinked && !isOfOther }
    }

    let directory: String
    /// The app that is called; empty where it plays no part.
    let target: String
    /// The longest holds of jobs as they are configured, by folded name.
    let holds: [String: Duration]
    let layer: any FileLayer
    /// Below this size it is not worth it to write the file anew.
    let least: Int
    let now: @Sendable () -> Moment
    /// Told what was moved aside.
    let report: @Sendable (StateEvent) -> Void

    var lockDescriptor: Int32?
    /// Whether a person was told that nobody is kept out.
    var isWithoutLock = false
    private(set) var log: OpenLog? {
        didSet {
            if log?.descriptor != oldValue?.descriptor {
                generation += 1
                log?.generation = generation
            }
        }
    }
    private var generation = 0

    private static let aside = ".damaged-"
    /// As many damaged files are kept.
    private static let keptAside = 5
    private static let chunk = 1024 * 1024

    var logPath: String { directory + "/state.log" }
    var lockPath: String { directory + "/lock" }
    private var freshPath: String { logPath + ".new" }

    init(
        _ directory: String,
        _ layer: any FileLayer,
        target: String = "",
        holds: [String: Duration] = [:],
        least: Int,
        now: @escaping @Sendable () -> Moment,
        report: @escaping @Sendable (StateEvent) -> Void
    ) {
        // A slash at the end would make a link of that name be followed.
        self.directory = directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
        (self.target, self.holds) = (target, holds)
        (self.layer, self.least, self.now, self.report) = (layer, least, now, report)
    }

    /// Whether the file has grown so much that writing it anew is worth it: twice, so that the cost of a run stays flat.
    var isWorthCompacting: Bool { log.map { $0.size > max(least, 2 * $0.compactSize) } ?? false }

    /// Reads the record file, unless it is the one that is open; nil then, and if there is none.
    mutating func readLog() throws(StateFailure) -> Book? {
        try setAsideUnlessRegular(logPath)
        guard let status = try layer.status(logPath) else {
            closeLog()
            return nil
        }
        if let log, try layer.status(log.descriptor).isSame(status) { return nil }
        closeLog()
        let (descriptor, refusal) = try openLog()
        do throws(StateFailure) {
            let status = try layer.status(descriptor)
            guard status.kind == .regular else { throw .notRegular }
            if refusal == nil, status.links == 1, status.mode != 0o600 { try? layer.setMode(descriptor, 0o600) }
            let (loader, tally) = try read(descriptor)
            let book = loader.settled(at: now())
            if ![target, ""].contains(loader.target) {
                report(.otherTarget(path: logPath, was: loader.target, now: target))
            }
            generation += 1
            log = OpenLog(
                descriptor: descriptor,
                size: tally.bytes,
                refusal: refusal,
                compactSize: tally.bytes * book.records / max(book.records, tally.good),
                damage: tally.damaged > 0 || tally.bytes == 0 ? tally : nil,
                isLinked: status.links > 1,
                isOfOther: loader.target != target,
                generation: generation
            )
            return book
        } catch {
            layer.close(descriptor)
            throw error
        }
    }

    /// Of a read-only disk at least what is known is read.
    private func openLog() throws(StateFailure) -> (descriptor: Int32, refusal: StateFailure?) {
        do throws(StateFailure) {
            return (try layer.open(logPath, writable: true), nil)
        } catch .system(let call, let number) where [EROFS, EACCES, EPERM].contains(number) {
            return (try layer.open(logPath, writable: false), .system(call, number: number))
        }
    }

    private func read(_ descriptor: Int32) throws(StateFailure) -> (RecordLoader, RecordReader.Tally) {
        var (reader, loader) = (RecordReader(), RecordLoader(holds: holds))
        var offset = 0
        try reader.read { (buffer, index) throws(StateFailure) in
            let count = try layer.read(descriptor, into: &buffer, at: index, offset: offset)
            offset += count
            return count
        } take: { bytes, payload in
            loader.take(bytes, payload)
        }
        if let version = loader.fileVersion, version > RecordLoader.version { throw .newerVersion(version) }
        return (loader, reader.tally)
    }

    /// Adds to the record file; returns when that is on the disk, under the name that everybody knows.
    mutating func append(_ bytes: [UInt8]) throws(StateFailure) {
        guard let log else { throw .replaced }
        // Cut short by somebody: what is written behind the hole would be of no use.
        guard try layer.status(log.descriptor).size == log.size else { throw .replaced }
        try layer.write(log.descriptor, bytes, offset: log.size)
        try layer.sync(log.descriptor)
        try check()
        self.log?.size += bytes.count
    }

    /// Whether the open files are still those in the directory.
    func check() throws(StateFailure) {
        guard let log, let lockDescriptor, try isStill(log.descriptor, logPath),
            try isStill(lockDescriptor, lockPath)
        else { throw .replaced }
    }

    func isStill(_ descriptor: Int32, _ path: String) throws(StateFailure) -> Bool {
        let open = try layer.status(descriptor)
        guard open.links > 0, let named = try layer.status(path) else { return false }
        return open.isSame(named)
    }

    /// Puts a new record file in place of the one that is there; that one is kept aside if it is damaged.
    ///
    /// A kill at any instant leaves the one or the other.
    mutating func replace(with book: Book) throws(StateFailure) {
        let descriptor = try createFresh()
        do throws(StateFailure) {
            let size = try Self.write(book, for: target, to: descriptor, layer)
            try putInPlace(descriptor, size: size, compactSize: size)
        } catch {
            discardFresh(descriptor)
            throw error
        }
    }

    /// A new file under a name of its own.
    func createFresh() throws(StateFailure) -> Int32 {
        try setAsideUnlessRegular(freshPath)
        try layer.remove(freshPath)
        return try layer.create(freshPath)
    }

    func discardFresh(_ descriptor: Int32) {
        layer.close(descriptor)
        try? layer.remove(freshPath)
    }

    /// Writes all records of a book, and answers how many bytes; stops when it is no longer wanted.
    static func write(
        _ book: Book,
        for target: String,
        to descriptor: Int32,
        _ layer: any FileLayer,
        while isWanted: () -> Bool = { true }
    ) throws(StateFailure) -> Int {
        var writer = RecordWriter()
        var size = 0
        writer.header(target: target)
        for job in book.jobs.values {
            writer.append(job)
            guard writer.bytes.count >= chunk else { continue }
            guard isWanted() else { return size }
            try layer.write(descriptor, writer.bytes, offset: size)
            size += writer.bytes.count
            // In pieces, so that those who append meanwhile don't wait for all of it at once.
            if size / chunk % 16 == 0 { try layer.sync(descriptor) }
            writer.removeAll()
        }
        try layer.write(descriptor, writer.bytes, offset: size)
        try layer.sync(descriptor)
        return size + writer.bytes.count
    }

    /// Takes over a new file that holds all that was in the open one up to an offset.
    mutating func adopt(_ descriptor: Int32, size: Int, holding offset: Int) throws(StateFailure) {
        guard let log else { throw .replaced }
        if offset < log.size { try copy(log, from: offset, to: descriptor, at: size) }
        try check()
        try putInPlace(descriptor, size: size + log.size - offset, compactSize: size)
    }

    private func copy(_ log: OpenLog, from offset: Int, to descriptor: Int32, at place: Int) throws(StateFailure) {
        var buffer = [UInt8](repeating: 0, count: Self.chunk)
        var offset = offset
        let shift = place - offset
        while offset < log.size {
            let count = min(try layer.read(log.descriptor, into: &buffer, at: 0, offset: offset), log.size - offset)
            guard count > 0 else { throw .system(.read, number: EIO) }
            try layer.write(descriptor, Array(buffer.prefix(count)), offset: offset + shift)
            offset += count
        }
        try layer.sync(descriptor)
    }

    private mutating func putInPlace(_ descriptor: Int32, size: Int, compactSize: Int) throws(StateFailure) {
        var aside: String?
        if let log, log.damage != nil { aside = try keepAside(log) }
        try layer.rename(freshPath, to: logPath)
        try layer.syncDirectory(directory)
        if let damage = log?.damage {
            report(
                .damaged(
                    path: logPath,
                    good: damage.good,
                    places: damage.damaged,
                    bytes: damage.damagedBytes,
                    aside: aside
                )
            )
        } else if log?.isLinked == true {
            report(.shared(path: logPath))
        }
        closeLog()
        generation += 1
        log = OpenLog(descriptor: descriptor, size: size, compactSize: compactSize, generation: generation)
    }

    /// Gives the damaged file a second name; nil if nothing was in it.
    private func keepAside(_ log: OpenLog) throws(StateFailure) -> String? {
        guard log.size > 0, let status = try layer.status(logPath), try layer.status(log.descriptor).isSame(status)
        else { return nil }
        let aside = asideName(logPath)
        do throws(StateFailure) {
            try layer.link(logPath, to: aside)
        } catch .system(.link, let number) where [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(number) {
            // A file system without links.
            let descriptor = try layer.create(aside)
            defer { layer.close(descriptor) }
            try copy(log, from: 0, to: descriptor, at: 0)
        }
        trimAsides()
        return aside
    }

    /// Moves away what is no file, so that it is neither followed nor waited for.
    func setAsideUnlessRegular(_ path: String) throws(StateFailure) {
        guard let status = try layer.status(path), status.kind != .regular else { return }
        try setAside(path, status.kind)
    }

    /// Moves away a second name of a file that is somebody else's.
    func setAsideIfLinked(_ descriptor: Int32, _ path: String) throws(StateFailure) -> Bool {
        guard try layer.status(descriptor).links > 1 else { return false }
        try setAside(path, .hardLink)
        return true
    }

    private func setAside(_ path: String, _ kind: FileStatus.Kind) throws(StateFailure) {
        let aside = asideName(path)
        try layer.rename(path, to: aside)
        trimAsides()
        report(.setAside(path: path, kind, to: aside))
    }

    /// A name that sorts behind all others of its kind, several in a second as well.
    private func asideName(_ path: String) -> String {
        let second = Moment(seconds: now().seconds).description
        let name = path + Self.aside + String(second.filter { $0 != "-" && $0 != ":" })
        let taken = names { (directory + "/" + $0).hasPrefix(name) }
        let last = taken.map { Int($0.drop { $0 != "Z" }.dropFirst(2)) ?? 1 }.max()
        return last.map { "\(name)-\($0 + 1)" } ?? name
    }

    /// What does not work here does no harm.
    private func trimAsides() {
        let asides = names { $0.hasPrefix("state.log" + Self.aside) }
        let sorted = asides.sorted { first, second in
            let length = "state.log".count + Self.aside.count + "20261121T034455Z".count
            return (first.prefix(length), first.count, first) < (second.prefix(length), second.count, second)
        }
        for name in sorted.dropLast(Self.keptAside) { try? layer.remove(directory + "/" + name) }
    }

    private func names(_ isWanted: (String) -> Bool) -> [String] {
        ((try? layer.names(in: directory)) ?? []).filter(isWanted)
    }

    private mutating func closeLog() {
        if let log { layer.close(log.descriptor) }
        log = nil
    }

    mutating func closeAll() {
        if log != nil { try? layer.remove(freshPath) }
        closeLog()
        dropLock()
    }
}

extension Book {
    /// How many records it takes to write it down.
    fileprivate var records: Int {
        1
            + jobs.values.reduce(0) {
                $0 + $1.runs.count + ($1.inFlight == nil ? 1 : 2) + ($1.unfinished == nil ? 0 : 1)
            }
    }
}
