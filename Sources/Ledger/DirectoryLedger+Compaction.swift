internal import Clockwork
internal import Locking
internal import Schedule
internal import Threads

/// The record file is written anew when it has grown, in the background; others append to the old one meanwhile.
extension DirectoryLedger {
    /// How long after a failure it is tried again.
    private static let retryCompaction = Duration.seconds(60)

    /// The book is what the open file says now.
    func startCompaction(of book: Book, _ files: inout StateFiles) {
        do throws(StateFailure) {
            guard let log = files.log else { throw .replaced }
            let compacted = Compacted(
                descriptor: try files.createFresh(),
                offset: log.size,
                generation: log.generation,
                size: .success(0)
            )
            guard compactor.submit({ [self] in compact(book, compacted) }) != nil else { return }
            // No thread to be had: some other time, the file only grows meanwhile.
            files.discardFresh(compacted.descriptor)
            putOffCompaction()
            forgoCompaction()
        } catch {
            forgoCompaction()
            noteFailure(error)
        }
    }

    private func compact(_ book: Book, _ compacted: Compacted) {
        var compacted = compacted
        do throws(StateFailure) {
            let size = try StateFiles.write(book, for: target, to: compacted.descriptor, layer) {
                state.withLock { !$0.isClosed }
            }
            compacted.size = .success(size)
        } catch {
            compacted.size = .failure(error)
        }
        let result = compacted
        let mustFlush = state.withLock { state in
            state.compacted = result
            return state.beginFlushing(.zero)
        }
        if mustFlush { flush() }
        discardIfClosed()
        endCompaction()
    }

    /// It was to begin, and does not.
    func forgoCompaction() {
        state.withLock { $0.isCompacting = false }
        endCompaction()
    }

    private func endCompaction() { compactions.reach(state.withLock { $0.compactions }) }

    /// Puts the new file in place, unless the old one was given up meanwhile.
    func adopt(_ compacted: Compacted, _ files: inout StateFiles) {
        let isOpen = state.withLock { $0.isOpen && !$0.isClosed }
        guard isOpen, files.log?.generation == compacted.generation else { return layer.close(compacted.descriptor) }
        do throws(StateFailure) {
            let size = try compacted.size.get()
            try files.adopt(compacted.descriptor, size: size, holding: compacted.offset)
        } catch {
            files.discardFresh(compacted.descriptor)
            noteFailure(error)
        }
    }

    private func putOffCompaction() {
        let next = now().uptime + Self.retryCompaction
        state.withLock { $0.nextCompaction = next }
    }

    private func noteFailure(_ failure: StateFailure) {
        putOffCompaction()
        report(.notShortened(path: path, failure))
    }

    /// Nobody takes it over any more.
    private func discardIfClosed() {
        let compacted = state.withLock { state -> Compacted? in
            guard state.isClosed else { return nil }
            defer { state.compacted = nil }
            return state.compacted
        }
        if let compacted { layer.close(compacted.descriptor) }
    }
}
