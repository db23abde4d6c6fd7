package import Clockwork
internal import Locking
internal import Schedule
internal import Threads

/// The begin and the end.
extension DirectoryLedger {
    /// A stop waits no longer for the disk.
    private static let longestClose = Duration.seconds(2)

    /// A disk that cannot be written holds nobody up: the clock then goes on in memory.
    package func acquire() -> Bool {
        // Before there are any callers: they may take all threads that the system gives.
        _ = writer.start()
        return files.withLock { files in
            do throws(StateFailure) {
                return try files.takeLock()
            } catch {
                complain(error, files)
                return true
            }
        }
    }

    package func load() throws(LedgerError) -> [JobState] {
        let newer = files.withLock { files -> Int? in
            do throws(StateFailure) {
                try open(&files)
            } catch .newerVersion(let version) {
                return version
            } catch {
                giveUp(error, files)
            }
            state.withLock { $0.isLoaded = true }
            return nil
        }
        if let newer { throw .newerVersion(path: path, version: newer) }
        return Array(book.jobs.values)
    }

    private func open(_ files: inout StateFiles) throws(StateFailure) {
        var refusal: StateFailure?
        do throws(StateFailure) {
            if try !files.takeLock() { refusal = .heldByAnother }
        } catch {
            refusal = error
        }
        // What can be read is read, also where nothing can be written.
        let found = try files.readLog()
        let (book, number) = snapshot { book in if let found { book.merge(found) } }
        if let failure = refusal ?? files.log?.refusal { throw failure }
        if files.log?.mayGrow != true { try files.replace(with: book) }
        state.withLock { $0.isOpen = true }
        note(keptThrough: number)
    }

    /// Waits until it is known of all records so far whether they are kept.
    package func settle(atMost limit: Duration) -> Bool {
        let (number, mustFlush, isIdle) = state.withLock { state in
            let mustFlush = state.beginFlushing(now().uptime)
            return (state.recorded, mustFlush, !state.isFlushing)
        }
        if isIdle { return true }
        if mustFlush { submitFlush() }
        return settled.wait(for: number, atMost: limit)
    }

    package func close() {
        let end = now().uptime + Self.longestClose
        let (isFirst, isLoaded, compactions) = state.withLock { state in
            defer { (state.isClosed, state.retry) = (true, .zero) }
            return (!state.isClosed, state.isLoaded, state.compactions)
        }
        guard isFirst else { return }
        let closed = Milestone()
        let refusal = writer.submit { [self] in
            files.withLock { files in
                if isLoaded { work(&files) }
                letGo(&files)
            }
            closed.reach(1)
        }
        if refusal != nil { return }
        let isDone =
            closed.wait(for: 1, atMost: Self.longestClose)
            && self.compactions.wait(for: compactions, atMost: max(.zero, end - now().uptime))
        for pool in [writer, compactor] {
            pool.stop()
            // A thread that a disk holds up is left to end with the process.
            if isDone { pool.join() }
        }
    }

    /// Closes the files, so that another process may have them.
    func letGo(_ files: inout StateFiles) {
        let number = state.withLock { state in
            (state.isClosed, state.isEnded, state.isOpen, state.isQueueing, state.queue) = (
                true, true, false, false, []
            )
            return state.recorded
        }
        files.closeAll()
        settled.reach(number)
    }
}
