internal import Glibc
internal import Schedule

/// Who may write: the process that has the lock (flock(2)), which ends with the process.
extension StateFiles {
    /// False if another process has it.
    mutating func takeLock() throws(StateFailure) -> Bool {
        if let lockDescriptor, try isStill(lockDescriptor, lockPath) { return true }
        dropLock()
        // Between opening and locking the name may have gone to another file, whose lock is then the one that counts.
        for _ in 0..<10 {
            try makeDirectory(directory)
            try setAsideUnlessRegular(lockPath)
            guard let descriptor = try openLock() else { continue }
            do throws(StateFailure) {
                guard try lock(descriptor) else {
                    layer.close(descriptor)
                    return false
                }
                // Only what nobody has is moved: another sidecar's lock stays where it is.
                guard try isStill(descriptor, lockPath), try !setAsideIfLinked(descriptor, lockPath) else {
                    layer.close(descriptor)
                    continue
                }
            } catch {
                layer.close(descriptor)
                throw error
            }
            lockDescriptor = descriptor
            // For people; a disk that is full does not matter here.
            try? layer.setMode(descriptor, 0o600)
            try? layer.truncate(descriptor)
            try? layer.write(descriptor, Array("pid \(getpid()) since \(now().wholeMilliseconds)\n".utf8), offset: 0)
            return true
        }
        throw .replaced
    }

    /// Where there are no locks, one that nobody keeps out has it as well.
    private mutating func lock(_ descriptor: Int32) throws(StateFailure) -> Bool {
        do throws(StateFailure) {
            return try layer.lock(descriptor)
        } catch .system(let call, let number) where [ENOLCK, EOPNOTSUPP, ENOSYS].contains(number) {
            if !isWithoutLock { report(.withoutLock(directory: directory, .system(call, number: number))) }
            isWithoutLock = true
            return true
        }
    }

    /// Also those above it; each that was missing is there after a loss of power as well.
    private func makeDirectory(_ path: String) throws(StateFailure) {
        if layer.isDirectory(path) { return }
        let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        if !parent.isEmpty { try makeDirectory(parent) }
        guard try layer.makeDirectory(path) else { return }
        do throws(StateFailure) {
            try layer.syncDirectory(parent.isEmpty ? "/" : parent)
        } catch .system(_, let number) where number == EACCES {
            // We may write there and not read; nothing more can be done.
        }
    }

    mutating func dropLock() {
        if let lockDescriptor { layer.close(lockDescriptor) }
        lockDescriptor = nil
    }

    /// Nil if another process came between.
    private func openLock() throws(StateFailure) -> Int32? {
        do throws(StateFailure) {
            return try layer.open(lockPath, writable: true)
        } catch .system(_, let number) where number == ENOENT {
            do throws(StateFailure) {
                return try layer.create(lockPath)
            } catch .system(_, let number) where number == EEXIST {
                return nil
            }
        } catch .system(_, let number) where number == EROFS || number == EACCES {
            // Enough for a lock.
            return try layer.open(lockPath, writable: false)
        }
    }
}
