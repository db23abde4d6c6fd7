/// What clocks' abbreviations mean, which are no zones: `PST`, `CEST`, `IST`.
package enum ZoneAbbreviation {
    /// The zones that may be meant, the likeliest first.
    package static func zones(_ name: String) -> [String] { table[name.uppercased()] ?? [] }

    private static let table: [String: [String]] = {
        let rows: [(String, [String])] = [
            ("PST PDT PT PACIFIC US/PACIFIC", ["America/Los_Angeles"]),
            ("MST MDT MT MOUNTAIN US/MOUNTAIN", ["America/Denver"]),
            ("CDT CT CENTRAL US/CENTRAL", ["America/Chicago"]),
            ("EST EDT ET EASTERN US/EASTERN", ["America/New_York"]),
            ("AKST AKDT US/ALASKA", ["America/Anchorage"]), ("HST HDT US/HAWAII", ["Pacific/Honolulu"]),
            ("AST", ["America/Halifax", "Asia/Riyadh"]), ("ADT", ["America/Halifax"]),
            ("NST NDT", ["America/St_Johns"]), ("CST", ["America/Chicago", "Asia/Shanghai", "America/Havana"]),
            ("BRT", ["America/Sao_Paulo"]), ("ART", ["America/Argentina/Buenos_Aires"]),
            ("CLT CLST", ["America/Santiago"]),
            ("COT", ["America/Bogota"]), ("PET", ["America/Lima"]), ("VET", ["America/Caracas"]),
            ("BST", ["Europe/London", "Asia/Dhaka"]), ("UK", ["Europe/London"]),
            ("IST", ["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"]), ("IDT", ["Asia/Jerusalem"]),
            ("WET WEST", ["Europe/Lisbon"]), ("CET CEST MET MEST MEZ MESZ", ["Europe/Berlin"]),
            ("EET EEST", ["Europe/Athens"]), ("MSK", ["Europe/Moscow"]), ("TRT", ["Europe/Istanbul"]),
            ("SAST", ["Africa/Johannesburg"]), ("EAT", ["Africa/Nairobi"]), ("WAT", ["Africa/Lagos"]),
            ("CAT", ["Africa/Maputo"]), ("GST", ["Asia/Dubai", "Atlantic/South_Georgia"]), ("PKT", ["Asia/Karachi"]),
            ("NPT", ["Asia/Kathmandu"]), ("ICT", ["Asia/Bangkok"]), ("WIB", ["Asia/Jakarta"]),
            ("SGT", ["Asia/Singapore"]), ("SST", ["Pacific/Pago_Pago", "Asia/Singapore"]),
            ("MYT", ["Asia/Kuala_Lumpur"]), ("PHT", ["Asia/Manila"]),
            ("HKT", ["Asia/Hong_Kong"]), ("JST", ["Asia/Tokyo"]), ("KST", ["Asia/Seoul"]),
            ("AWST", ["Australia/Perth"]), ("ACST", ["Australia/Darwin", "Australia/Adelaide"]),
            ("ACDT", ["Australia/Adelaide"]), ("AEST", ["Australia/Sydney", "Australia/Brisbane"]),
            ("AEDT", ["Australia/Sydney"]), ("NZST NZDT", ["Pacific/Auckland"]),
        ]
        var table: [String: [String]] = [:]
        for (names, zones) in rows { for name in names.split(separator: " ") { table[String(name)] = zones } }
        return table
    }()
}
