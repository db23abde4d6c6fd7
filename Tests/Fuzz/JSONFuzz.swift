// A libFuzzer target over the JSON reader: whatever comes in, it answers, and what it has read it reads again from what
// is written.

/// One input, from libFuzzer; always 0.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    do throws(JSONError) {
        let value = try JSONValue(parsing: bytes)
        let again = try? JSONValue(parsing: value.description.utf8, limits: JSONLimits(bytes: .max))
        precondition(again == value, "written and read it is another value")
        precondition(value.means(value) && again?.means(value) == true, "it does not mean itself")
        precondition((0..<1 << 53).contains(value.count ?? 0), "a count out of its range")
    } catch {
        precondition((0...count).contains(error.offset) && !error.description.isEmpty)
    }
    return 0
}
