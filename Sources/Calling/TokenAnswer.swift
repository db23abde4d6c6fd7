internal import Files
internal import HTTPClient
internal import JSON
internal import Schedule

/// A token, and how long it lives from the moment at which it was asked for.
struct TokenAnswer: Equatable {
    let token: Secret
    let life: Duration

    /// Of an answer that does not say it, or not in a way that makes sense.
    static let usualLife = Duration.seconds(300)
    /// What says that it lives longer is not believed.
    private static let longestLife = 365 * 86_400

    /// Why there is none, to follow the host's name; of the answer no more than its status and error code.
    struct Refusal: Error, Equatable {
        let words: String
    }
}

extension TokenAnswer {
    /// `now` is what the wall clock shows, by which some say when a token ends.
    init(_ response: Response, from provider: TokenProvider, at now: Moment) throws(Refusal) {
        guard (200...299).contains(response.status) else {
            let code = Self.errorCode(response).map { " \($0)" } ?? ""
            throw Refusal(words: "answered \(response.status)\(code)")
        }
        guard response.bodyLength <= TokenProvider.longestAnswer else {
            throw Refusal(words: "answered \(response.status) with more than \(TokenProvider.longestAnswer) bytes")
        }
        let found = try Self.find(response, provider, now)
        guard let found else { throw Refusal(words: "answered \(response.status) without a token") }
        guard found.seconds > 0 else { throw Refusal(words: "answered with a token that has ended already") }
        guard .seconds(found.seconds) > TokenLife.leeway else {
            let least = TokenLife.leeway.components.seconds
            throw Refusal(
                words: "answered with a token that lives \(found.seconds)s; one is used that lives more than \(least)s"
            )
        }
        (token, life) = (Secret(found.token), .seconds(min(found.seconds, Self.longestLife)))
    }

    private static func find(
        _ response: Response,
        _ provider: TokenProvider,
        _ now: Moment
    ) throws(Refusal) -> (token: String, seconds: Int)? {
        if case .google = provider { return identityToken(response.body, now) }
        guard let json = try? JSONValue(parsing: response.body), case .string(let token) = json["access_token"],
            isToken(token)
        else { return nil }
        if case .string(let type) = json["token_type"], !type.lowercased().hasPrefix("bearer") {
            throw Refusal(words: "answered with a token that is no bearer token")
        }
        if let seconds = number(json["expires_in"]) { return (token, seconds) }
        if case .azure = provider, let end = number(json["expires_on"]) {
            return (token, end - Int(clamping: now.seconds))
        }
        return (token, Int(usualLife.components.seconds))
    }

    /// A JSON Web Token alone, whose payload says when it ends (RFC 7519 §4.1.4).
    private static func identityToken(_ body: [UInt8], _ now: Moment) -> (token: String, seconds: Int)? {
        var token = Substring(decoding: body, as: UTF8.self)
        while token.last?.isWhitespace == true { token.removeLast() }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, isToken(String(token)), let payload = Base64.decodeURL(parts[1]),
            let json = try? JSONValue(parsing: payload), case .object = json
        else { return nil }
        let seconds = number(json["exp"]).map { $0 - Int(clamping: now.seconds) }
        return (String(token), seconds ?? Int(usualLife.components.seconds))
    }

    /// Nothing else may stand in a header.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// A number, or a text that is one, cut to what can be reckoned with; nil if it is neither.
    private static func number(_ value: JSONValue?) -> Int? {
        let number: Double? =
            switch value {
            case .integer(let whole): Double(whole)
            case .number(let text), .string(let text): Double(text)
            default: nil
            }
        guard let number, number.isFinite else { return nil }
        return Int(min(max(number, -1e12), 1e12))
    }

    /// RFC 6749 §5.2; whatever else stands there is not shown.
    private static func errorCode(_ response: Response) -> String? {
        guard let json = try? JSONValue(parsing: response.body), case .string(let code) = json["error"],
            (1...64).contains(code.utf8.count), code.utf8.allSatisfy(isCodeByte)
        else { return nil }
        return code
    }

    private static func isCodeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
