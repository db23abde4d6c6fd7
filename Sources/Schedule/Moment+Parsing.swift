extension Moment {
    /// Reads RFC 3339 (section 5.6): `2026-11-21T03:44:55Z`, with an optional fraction and `Z` or an offset.
    ///
    /// The seconds may be left out, as people write times. The years are 0001 to 9999. A leap second (`:60`) is read as the first second after it, a fraction is cut
    /// after nine digits. A text without an offset names no moment and is refused.
    package init(parsing text: String) throws(ScheduleError) {
        guard text.utf8.count <= 64, let moment = Self(reading: Array(text.utf8)) else {
            throw .malformedMoment(text: String(text.prefix(64)))
        }
        self = moment
    }

    private init?(reading bytes: [UInt8]) {
        var reader = Reader(bytes: bytes)
        guard let year = reader.number(digits: 4), year >= 1, reader.skip("-"),
            let month = reader.number(digits: 2), (1...12).contains(month), reader.skip("-"),
            let day = reader.number(digits: 2), day >= 1,
            day <= CalendarDay.length(ofMonth: month, year: Int64(year)),
            reader.skip("T") || reader.skip("t") || reader.skip(" "),
            let hour = reader.number(digits: 2), hour < 24, reader.skip(":"),
            let minute = reader.number(digits: 2), minute < 60,
            let (second, nanoseconds) = reader.seconds(), let offset = reader.offset(), reader.isAtEnd
        else { return nil }
        let local = CivilTime(
            day: CalendarDay(year: Int64(year), month: month, day: day),
            secondOfDay: hour * 3600 + minute * 60
        )
        self.init(
            seconds: local.secondsSinceEpoch + Int64(second - offset),
            nanoseconds: second == 60 ? 0 : nanoseconds
        )
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        var isAtEnd: Bool { position == bytes.count }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
            position += 1
            return true
        }

        mutating func digit() -> Int? {
            guard position < bytes.count, (0x30...0x39).contains(bytes[position]) else { return nil }
            position += 1
            return Int(bytes[position - 1] - 0x30)
        }

        mutating func number(digits: Int) -> Int? {
            var value = 0
            for _ in 0..<digits {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        /// Zero where there are none.
        mutating func seconds() -> (Int, nanoseconds: Int32)? {
            guard skip(":") else { return (0, 0) }
            guard let second = number(digits: 2), second <= 60, let nanoseconds = fraction() else { return nil }
            return (second, nanoseconds)
        }

        mutating func fraction() -> Int32? {
            guard skip(".") else { return 0 }
            var value: Int32 = 0
            var unit: Int32 = 100_000_000
            guard let first = digit() else { return nil }
            var next: Int? = first
            while let digit = next {
                value += Int32(digit) * unit
                unit /= 10
                next = self.digit()
            }
            return value
        }

        /// Seconds east of UTC.
        mutating func offset() -> Int? {
            if skip("Z") || skip("z") { return 0 }
            let sign = skip("+") ? 1 : skip("-") ? -1 : 0
            guard sign != 0, let hour = number(digits: 2), hour < 24, skip(":"),
                let minute = number(digits: 2), minute < 60
            else { return nil }
            return sign * (hour * 3600 + minute * 60)
        }
    }
}
