internal import Clockwork
internal import Files
internal import Locking
internal import Schedule
internal import Threads

/// What is done with the disk, by one thread at a time.
extension DirectoryLedger {
    /// What is to be done next.
    private enum Step {
        case write([UInt8], through: UInt64, compacting: Book?)
        case adopt(Compacted)
        case reopen
    }

    func flush() { files.withLock { work(&$0) } }

    /// Does what there is to do.
    func work(_ files: inout StateFiles) {
        while let step = next(files) {
            switch step {
            case .write(let bytes, let through, let snapshot):
                do throws(StateFailure) {
                    try files.append(bytes)
                    note(keptThrough: through)
                } catch {
                    if snapshot != nil { forgoCompaction() }
                    fail(error, files)
                    continue
                }
                if let snapshot { startCompaction(of: snapshot, &files) }
            case .adopt(let compacted): adopt(compacted, &files)
            case .reopen: reopen(&files)
            }
        }
    }

    private func next(_ files: StateFiles) -> Step? {
        let uptime = now().uptime
        let isLarge = files.isWorthCompacting
        let (step, number) = state.withLock { state -> (Step?, UInt64) in
            let step = state.isEnded ? nil : next(&state, uptime, isLarge)
            if step == nil { state.isFlushing = false }
            return (step, state.recorded)
        }
        if step == nil { settled.reach(number) }
        return step
    }

    private func next(_ state: inout State, _ uptime: Duration, _ isLarge: Bool) -> Step? {
        if let compacted = state.compacted {
            state.compacted = nil
            state.isCompacting = false
            return .adopt(compacted)
        }
        if state.isOpen, !state.queue.isEmpty {
            defer { state.queue = [] }
            var snapshot: Book?
            if isLarge, !state.isCompacting, !state.isClosed, uptime >= state.nextCompaction {
                state.isCompacting = true
                state.compactions += 1
                snapshot = state.book
            }
            return .write(state.queue, through: state.recorded, compacting: snapshot)
        }
        return !state.isOpen && uptime >= state.retry ? .reopen : nil
    }

    func note(keptThrough number: UInt64) {
        let isNews = state.withLock { state in
            state.kept = max(state.kept, number)
            state.isHanging = false
            defer { state.isReported = false }
            return state.isReported
        }
        // Before those go on who wait, so that events come in the order of what they tell.
        if isNews { report(.writable(path: path)) }
        settled.reach(number)
    }

    /// Nothing more is written until the whole book can be; that is tried at once, and then now and then.
    private func fail(_ failure: StateFailure, _ files: StateFiles) {
        state.withLock { ($0.isOpen, $0.isQueueing, $0.queue, $0.retry) = (false, false, [], .zero) }
        complain(failure, files)
    }

    /// Says once that nothing is kept.
    func complain(_ failure: StateFailure, _ files: StateFiles) {
        let isNews = state.withLock { state in
            defer { state.isReported = true }
            return !state.isReported
        }
        guard isNews else { return }
        let owner = FileOwner(of: files.directory).map(\.description)
        report(.unwritable(path: path, failure, directory: owner))
    }

    /// Tries to keep all that is known.
    private func reopen(_ files: inout StateFiles) {
        do throws(StateFailure) {
            guard try files.takeLock() else { throw .heldByAnother }
            let found = try files.readLog()
            let (book, number) = snapshot { book in if let found { book.merge(found) } }
            try files.replace(with: book)
            state.withLock { $0.isOpen = $0.isQueueing }
            note(keptThrough: number)
        } catch {
            giveUp(error, files)
        }
    }

    /// What fails stays in memory for a while; nobody waits for it.
    func giveUp(_ failure: StateFailure, _ files: StateFiles) {
        let retry = now().uptime + Self.retryInterval
        let number = state.withLock { state in
            (state.isOpen, state.isQueueing, state.queue, state.retry) = (false, false, [], retry)
            return state.recorded
        }
        complain(failure, files)
        if failure == .heldByAnother { complainOfAnother(files) }
        settled.reach(number)
    }

    /// Said even where it is known already that nothing is kept: both of them run the jobs.
    private func complainOfAnother(_ files: StateFiles) {
        let isNews = state.withLock { state in
            defer { state.isOtherReported = true }
            return !state.isOtherReported
        }
        if isNews { report(.another(directory: files.directory)) }
    }

    /// The book as it is after a change, and the number of the last record in it; what comes later is queued.
    func snapshot(_ change: (inout Book) -> Void) -> (Book, UInt64) {
        state.withLock { state in
            change(&state.book)
            (state.isQueueing, state.queue) = (true, [])
            return (state.book, state.recorded)
        }
    }
}
