/// The checksum of Ethernet and gzip (ISO 3309), eight bytes at a time.
enum CRC32 {
    /// Table n holds what a byte does to the sum n bytes further on; one after another.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var sum = UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
            tables[byte] = sum
        }
        for index in 256..<tables.count {
            let before = tables[index - 256]
            tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
        }
        return tables
    }()

    static func sum(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt32 {
        let tables = tables.span
        var sum = UInt32.max
        var index = range.lowerBound
        while index + 8 <= range.upperBound {
            let low =
                sum ^ UInt32(bytes[index]) ^ UInt32(bytes[index + 1]) << 8 ^ UInt32(bytes[index + 2]) << 16 ^ UInt32(
                    bytes[index + 3]
                ) << 24
            let first = tables[1792 + Int(low & 0xFF)] ^ tables[1536 + Int(low >> 8 & 0xFF)]
            let second = tables[1280 + Int(low >> 16 & 0xFF)] ^ tables[1024 + Int(low >> 24)]
            let third = tables[768 + Int(bytes[index + 4])] ^ tables[512 + Int(bytes[index + 5])]
            let fourth = tables[256 + Int(bytes[index + 6])] ^ tables[Int(bytes[index + 7])]
            sum = first ^ second ^ third ^ fourth
            index += 8
        }
        while index < range.upperBound {
            sum = sum >> 8 ^ tables[Int((sum ^ UInt32(bytes[index])) & 0xFF)]
            index += 1
        }
        return ~sum
    }
}
