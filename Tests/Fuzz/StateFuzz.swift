// A libFuzzer target over the reader of the state's record file. `make fuzz` runs it.
//
// The first byte chooses: the rest is a file as it stands, or each of its lines is the payload of a sound record, or
// it damages a sound file. Whatever is read can be written and read again.
import Clockwork
import Ledger
import Schedule

/// One input, from libFuzzer; always 0.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard let choice = bytes.first else { return 0 }
    let rest = Array(bytes.dropFirst())
    switch choice % 3 {
    case 0: check(rest)
    case 1: check(rest.split(separator: 10).flatMap { RecordFile.record(Array($0)) })
    default: damage(rest)
    }
    return 0
}

private func check(_ file: [UInt8]) {
    let found = RecordFile.read(file, piece: .max)
    precondition(found.book == RecordFile.read(file, piece: 7).book, "in pieces it is another book")
    let again = RecordFile.read(RecordFile.text(of: found.book), piece: .max)
    precondition(again.book == found.book, "written and read it is another book")
    precondition(again.isWhole, "what was written is damaged")
}

/// Two bytes of the input say where, the third what; a sound file loses at most one job by each.
private func damage(_ input: [UInt8]) {
    var file = sound
    let places = min(input.count / 3, 4)
    for place in 0..<places {
        let index = (Int(input[3 * place]) << 8 | Int(input[3 * place + 1])) % file.count
        file[index] = input[3 * place + 2]
    }
    let left = RecordFile.read(file, piece: .max).book.count
    // A line's end that is lost as well costs the record behind it, if that is damaged too.
    precondition(left >= 20 - places, "\(20 - left) records lost by \(places) bytes")
    check(file)
}

/// Twenty jobs, a record of each.
private let sound: [UInt8] = {
    var book = Book()
    for number in 0..<20 {
        let configuration = Fact.Configuration(schedule: "every \(number + 1)m", zone: "", seen: .epoch, last: .epoch)
        book.apply(.configured("job-\(number)", configuration))
    }
    return RecordFile.text(of: book)
}()
