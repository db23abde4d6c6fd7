/// What the stable hash behind `H` is taken of: the install's seed and the job's name.
///
/// The hash is part of the contract, since a new version must not move anybody's slots: 64-bit FNV-1a over the UTF-8
/// bytes of seed, job and label, each ended by a zero byte, and then the finalizer of MurmurHash3, because the low
/// bits of FNV-1a alone are uneven. `Hasher` will not do: it differs from process to process.
package struct HashKey: Hashable, Sendable {
    package let seed: String
    package let job: String

    package init(seed: String = "", job: String = "") {
        self.seed = seed
        self.job = job
    }

    /// One of 2^64 values; `label` keeps apart what one job is hashed for.
    package func value(for label: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for text in [seed, job, label] {
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            hash = hash &* 0x100_0000_01b3
        }
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ (hash >> 33)
    }

    /// A value of 0 ..< `count`.
    package func value(for label: String, below count: Int) -> Int {
        Int(value(for: label) % UInt64(max(1, count)))
    }
}
