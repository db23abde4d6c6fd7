/// What counts where nothing is written.
package enum Standard: Equatable, Sendable {
    /// As it would be written.
    case value(String)
    /// No fixed value: what stands in its place, for people.
    case words(String)

    static let unset = words("unset")

    var value: String? { if case .value(let text) = self { text } else { nil } }

    /// For people, where nothing else is known.
    var text: String {
        switch self {
        case .value(let text), .words(let text): text
        }
    }
}
