internal import Glibc

/// The files of the system; the one file with the calls that state needs.
package struct SystemFiles: FileLayer {
    package init() {}

    package func open(_ path: String, writable: Bool) throws(StateFailure) -> Int32 {
        let flags = (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        return try repeated(.open) { unsafe Glibc.open(path, flags) }
    }

    package func create(_ path: String) throws(StateFailure) -> Int32 {
        let flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
        let descriptor = try repeated(.create) { unsafe Glibc.open(path, flags, 0o600) }
        do throws(StateFailure) {
            // The umask may have taken bits away.
            try setMode(descriptor, 0o600)
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    package func close(_ descriptor: Int32) { Glibc.close(descriptor) }

    package func read(
        _ descriptor: Int32,
        into buffer: inout [UInt8],
        at index: Int,
        offset: Int
    ) throws(StateFailure) -> Int {
        var buffer = buffer.mutableSpan
        return try repeated(.read) {
            unsafe buffer.withUnsafeMutableBytes { bytes -> Int in
                guard let base = bytes.baseAddress else { return 0 }
                return unsafe pread(descriptor, base + index, bytes.count - index, offset)
            }
        }
    }

    package func write(_ descriptor: Int32, _ bytes: [UInt8], offset: Int) throws(StateFailure) {
        var done = 0
        while done < bytes.count {
            let count = try repeated(.write) {
                unsafe bytes.withUnsafeBytes { bytes -> Int in
                    guard let base = bytes.baseAddress else { return 0 }
                    return unsafe pwrite(descriptor, base + done, bytes.count - done, offset + done)
                }
            }
            guard count > 0 else { throw .system(.write, number: EIO) }
            done += count
        }
    }

    package func truncate(_ descriptor: Int32) throws(StateFailure) {
        _ = try repeated(.truncate) { ftruncate(descriptor, 0) }
    }

    package func sync(_ descriptor: Int32) throws(StateFailure) { _ = try repeated(.sync) { fdatasync(descriptor) } }

    package func syncDirectory(_ path: String) throws(StateFailure) {
        let descriptor = try repeated(.sync) { unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        defer { close(descriptor) }
        do throws(StateFailure) {
            _ = try repeated(.sync) { fsync(descriptor) }
        } catch .system(_, let number) where number == EINVAL {
            // Some file systems cannot, and need not.
        }
    }

    package func setMode(_ descriptor: Int32, _ mode: UInt32) throws(StateFailure) {
        _ = try repeated(.chmod) { fchmod(descriptor, mode) }
    }

    package func lock(_ descriptor: Int32) throws(StateFailure) -> Bool {
        do throws(StateFailure) {
            _ = try repeated(.lock) { flock(descriptor, LOCK_EX | LOCK_NB) }
            return true
        } catch .system(_, let number) where number == EWOULDBLOCK {
            return false
        }
    }

    package func status(_ descriptor: Int32) throws(StateFailure) -> FileStatus {
        var status = stat()
        _ = try repeated(.stat) { unsafe fstat(descriptor, &status) }
        return FileStatus(status)
    }

    package func status(_ path: String) throws(StateFailure) -> FileStatus? {
        var status = stat()
        do throws(StateFailure) {
            _ = try repeated(.stat) { unsafe lstat(path, &status) }
            return FileStatus(status)
        } catch .system(_, let number) where number == ENOENT {
            return nil
        }
    }

    package func rename(_ path: String, to new: String) throws(StateFailure) {
        _ = try repeated(.rename) { unsafe Glibc.rename(path, new) }
    }

    package func link(_ path: String, to new: String) throws(StateFailure) {
        _ = try repeated(.link) { unsafe Glibc.link(path, new) }
    }

    package func remove(_ path: String) throws(StateFailure) {
        do throws(StateFailure) {
            _ = try repeated(.remove) { unsafe unlink(path) }
        } catch .system(_, let number) where number == ENOENT {}
    }

    package func makeDirectory(_ path: String) throws(StateFailure) -> Bool {
        do throws(StateFailure) {
            _ = try repeated(.mkdir) { unsafe mkdir(path, 0o700) }
            _ = try repeated(.chmod) { unsafe chmod(path, 0o700) }
            return true
        } catch .system(.mkdir, let number) where number == EEXIST && isDirectory(path) {
            // Another process was faster.
            return false
        }
    }

    package func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    package func names(in directory: String) throws(StateFailure) -> [String] {
        guard let stream = unsafe opendir(directory) else { throw .system(.list, number: errno) }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }

    /// Again after a signal; -1 is the system's way to fail.
    private func repeated<Value: SignedInteger>(
        _ call: FileCall,
        _ body: () -> Value
    ) throws(StateFailure) -> Value {
        while true {
            let value = body()
            if value >= 0 { return value }
            guard errno == EINTR else { throw .system(call, number: errno) }
        }
    }
}

extension FileStatus {
    fileprivate init(_ status: stat) {
        let kind: Kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFIFO: .fifo
            case S_IFLNK: .link
            case S_IFSOCK: .socket
            default: .device
            }
        self.init(
            kind: kind,
            device: UInt64(status.st_dev),
            inode: UInt64(status.st_ino),
            links: Int(status.st_nlink),
            size: Int(status.st_size),
            mode: status.st_mode & 0o7777,
            owner: status.st_uid
        )
    }
}
