internal import Clockwork

/// The record file as a whole, in memory: for what looks at it from outside.
package enum RecordFile {
    package static func text(of book: Book) -> [UInt8] {
        var writer = RecordWriter()
        writer.header()
        for job in book.jobs.values { writer.append(job) }
        return writer.bytes
    }

    /// A record of any payload.
    package static func record(_ payload: [UInt8]) -> [UInt8] {
        var writer = RecordWriter()
        writer.record(payload)
        return writer.bytes
    }

    /// What can be read of it, when a read gives at most so many bytes; and whether that is all.
    package static func read(_ bytes: [UInt8], piece: Int) -> (book: Book, isWhole: Bool) {
        let (book, tally) = tallied(bytes, piece: piece)
        return (book, tally.damaged == 0)
    }

    /// The same, with what was found on the way.
    static func tallied(_ bytes: [UInt8], piece: Int) -> (book: Book, tally: RecordReader.Tally) {
        let (loader, tally) = loaded(bytes, piece: piece)
        return (loader.book, tally)
    }

    static func loaded(
        _ bytes: [UInt8],
        piece: Int = .max,
        holds: [String: Duration] = [:]
    ) -> (loader: RecordLoader, tally: RecordReader.Tally) {
        var (reader, loader) = (RecordReader(), RecordLoader(holds: holds))
        var offset = 0
        reader.read { buffer, index -> Int in
            let count = min(piece, buffer.count - index, bytes.count - offset)
            buffer.replaceSubrange(index..<index + count, with: bytes[offset..<offset + count])
            offset += count
            return count
        } take: { bytes, payload in
            loader.take(bytes, payload)
        }
        return (loader, reader.tally)
    }
}
