import Foundation
import Glibc
import Locking
import Testing

@testable import Threads

@Suite("ThreadMemory")
struct ThreadMemoryTests {
    @Test("pages that a deep call has touched go back, and what stands on the stack stays")
    func stack() {
        let found = Mutex<(before: Int, after: Int, sum: Int)?>(nil)
        let isDone = DispatchSemaphore(value: 0)
        let thread = Thread {
            let kept = Array(0..<100)
            unsafe withUnsafeTemporaryAllocation(of: Int.self, capacity: 100) { local in
                for place in 0..<100 { unsafe local[place] = kept[place] }
                touch(300 * 1024)
                let before = residentBelow()
                ThreadMemory.giveBack()
                let after = residentBelow()
                let sum = unsafe local.reduce(0, +)
                found.withLock { $0 = (before, after, sum) }
            }
            isDone.signal()
        }
        thread.stackSize = 1024 * 1024
        thread.start()
        isDone.wait()
        let result = found.withLock { $0 }
        #expect((result?.before ?? 0) > 200 * 1024)
        #expect((result?.after ?? .max) < 32 * 1024)
        #expect(result?.sum == 4_950)
    }
}

/// Uses at least so many bytes of stack below the caller's frame.
@inline(never)
private func touch(_ count: Int) {
    // Up to 1,024 bytes stand on the stack.
    unsafe withUnsafeTemporaryAllocation(byteCount: 1_024, alignment: 16) { bytes in
        unsafe bytes[0] = 1
        if count > 0 { touch(count - 1_024) }
        unsafe bytes[1_023] = 1
    }
}

/// Bytes in memory of the 400 kB below this frame (mincore(2)).
@inline(never)
private func residentBelow() -> Int {
    let page = sysconf(Int32(_SC_PAGESIZE))
    var mark = 0
    return unsafe withUnsafeMutablePointer(to: &mark) { here in
        let top = UInt(bitPattern: here) / UInt(page) * UInt(page)
        var pages = [UInt8](repeating: 0, count: 400 * 1024 / page)
        let start = unsafe UnsafeMutableRawPointer(bitPattern: top - UInt(pages.count * page))
        guard unsafe mincore(start, pages.count * page, &pages) == 0 else { return -1 }
        return pages.count { $0 & 1 == 1 } * page
    }
}
