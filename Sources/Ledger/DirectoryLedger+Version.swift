internal import Schedule

/// A look at a directory before anything is done with it.
extension DirectoryLedger {
    /// The record file of a directory.
    package static func recordFile(in directory: String) -> String {
        StateFiles(directory, SystemFiles(), least: 0, now: { .epoch }, report: { _ in }).logPath
    }

    /// The version of the format of the directory's record file, if that is a later one than ours.
    ///
    /// Nothing is made, moved, locked or waited for, and no link is followed; what cannot be read, or is no file, is
    /// left to `load`.
    package static func laterVersion(in directory: String) -> Int? {
        laterVersion(in: directory, SystemFiles())
    }

    static func laterVersion(in directory: String, _ layer: any FileLayer) -> Int? {
        do throws(StateFailure) {
            let path = recordFile(in: directory)
            guard try layer.status(path)?.kind == .regular else { return nil }
            let descriptor = try layer.open(path, writable: false)
            defer { layer.close(descriptor) }
            // The name may have gone to something else meanwhile.
            guard try layer.status(descriptor).kind == .regular else { return nil }
            var (reader, loader) = (RecordReader(), RecordLoader())
            var offset = 0
            try reader.read { (buffer, index) throws(StateFailure) in
                // The header is a file's first record: one look is enough.
                guard offset == 0 else { return 0 }
                let count = try layer.read(descriptor, into: &buffer, at: index, offset: offset)
                offset += count
                return count
            } take: { bytes, payload in
                loader.take(bytes, payload)
            }
            guard let version = loader.fileVersion, version > RecordLoader.version else { return nil }
            return version
        } catch {
            return nil
        }
    }
}
