internal import CLinux
internal import Glibc

/// The pages of the program file that are in memory: its code and constants.
@safe package enum ProgramMemory {
    /// Gives them back to the system; the next touch of such a page finds it in the page cache, or reads the file again.
    ///
    /// A start touches most of a large program, an idle clock hardly any of it.
    package static func giveBack() {
        for part in constantParts {
            // madvise(2): of a private mapping that nobody has written to, nothing is lost.
            unsafe madvise(UnsafeMutableRawPointer(bitPattern: part.lowerBound), part.count, MADV_DONTNEED)
        }
    }

    /// Where the file is mapped as it is, in whole pages: what no one may write to, nor could while the program was
    /// loaded.
    static let constantParts: [Range<UInt>] = {
        // getauxval(3), elf(5): what the kernel has mapped, also where there is no /proc.
        let count = Int(getauxval(UInt(AT_PHNUM)))
        guard let first = unsafe UnsafePointer<ElfHeader>(bitPattern: getauxval(UInt(AT_PHDR))) else { return [] }
        let headers = (0..<count).map { unsafe first[$0] }
        guard let table = headers.first(where: { $0.p_type == UInt32(PT_PHDR) }) else { return [] }
        let base = UInt(bitPattern: first) &- UInt(table.p_vaddr)
        let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
        func range(_ header: ElfHeader) -> Range<UInt> {
            let start = base &+ UInt(header.p_vaddr)
            return start..<start + UInt(header.p_memsz)
        }
        // The loader writes addresses into these, and closes them after that.
        let relocated = headers.filter { $0.p_type == UInt32(PT_GNU_RELRO) }.map(range)
        return headers.filter { $0.p_type == UInt32(PT_LOAD) && $0.p_flags & UInt32(PF_W) == 0 }.map(range)
            .filter { part in !relocated.contains { $0.overlaps(part) } }
            .compactMap { part in
                let (start, end) = ((part.lowerBound + page - 1) / page * page, part.upperBound / page * page)
                return start < end ? start..<end : nil
            }
    }()
}
