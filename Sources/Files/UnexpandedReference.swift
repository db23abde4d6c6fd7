/// `$(NAME)`, `${NAME}` or `${NAME:-x}`, which whatever starts a container was to replace, and did not.
package enum UnexpandedReference {
    /// What is wrong with a text that holds one, to follow what it stands in.
    package static let rule = problem + "; write the value, or set NAME where the container is started"

    /// The same without what to do.
    package static let problem = "holds a reference, $(NAME) or ${NAME}, that nothing has replaced"

    /// Whether a text holds one.
    package static func isIn(_ text: String) -> Bool {
        var rest = text.utf8[...]
        let lastBrace = rest.lastIndex(of: UInt8(ascii: "}")) ?? rest.startIndex
        while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
            rest = rest[dollar...].dropFirst()
            guard let open = rest.first, open == UInt8(ascii: "(") || open == UInt8(ascii: "{") else { continue }
            let name = rest.dropFirst().prefix(while: isNameByte)
            guard let first = name.first, !(0x30...0x39).contains(first) else { continue }
            let after = rest[name.endIndex...]
            if open == UInt8(ascii: "(") {
                if after.first == UInt8(ascii: ")") { return true }
            } else if let next = after.first, "}:-?+".utf8.contains(next), lastBrace >= after.startIndex {
                return true
            }
        }
        return false
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
        default: false
        }
    }
}
