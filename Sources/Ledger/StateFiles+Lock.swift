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
            try layer.makeDirectory(directory)
            try setAsideUnlessRegular(lockPath)
            guard let descriptor = try openLock() else { continue }
            do throws(StateFailure) {
                guard try layer.lock(descriptor) else {
                    layer.close(descriptor)
                    return false
                }
                guard try isStill(descriptor, lockPath) else {
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
