internal import Glibc
internal import Schedule

/// Why state cannot be kept or read.
package enum StateFailure: Error, Equatable {
    case system(FileCall, number: Int32)
    /// A file that is open is no longer the one that has its name.
    case replaced
    case notRegular
    case heldByAnother
    case newerVersion(Int)
    /// A call has not returned for so long.
    case hangs(Duration)
    /// The system refused the thread that writes.
    case withoutThread(number: Int32)
}

/// What ends a start.
package enum LedgerError: Error, Equatable {
    /// The record file is of a later release, and is left alone.
    case newerVersion(path: String, version: Int)
}

extension StateFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let call, let number):
            unsafe "\(call.rawValue): \(String(cString: strerror(number)))"
        case .replaced: "it was removed or replaced by something else"
        case .notRegular: "it is not a regular file"
        case .heldByAnother: "another scheduler has it now"
        case .newerVersion(let version):
            "it is of format version \(version), and this program knows \(RecordLoader.version)"
        case .withoutThread(let number):
            unsafe "the system gives no thread to write it with: \(String(cString: strerror(number)))"
        case .hangs(let time): "the disk has not answered for \(time.wholeMilliseconds) ms"
        }
    }
}
