internal import Calling
internal import Files
internal import HTTPClient

extension EnvironmentReader {
    /// The token, from the variable or the file; `target` is where it will be sent.
    mutating func token(for target: BaseURL?, isPassword: Bool) -> TokenOrigin? {
        let faultsBefore = faults.count
        let plain = secret(.token)
        let file = text(.tokenFile).map { TokenFile($0, variable: Variable.tokenFile.name) }
        let isRequired = flag(.requireToken)
        if let file, plain != nil {
            fault(.tokenFile, "\(file.shown) and \(Variable.token.name) are both set; leave one of them out")
            return nil
        }
        let token = plain ?? file.flatMap { read($0) }
        guard let token else {
            if isPassword, faults.count == faultsBefore {
                fault(
                    .auth,
                    "\(Variable.auth.name)=basic, but there is no password; set \(Variable.tokenFile.name) or "
                        + Variable.token.name
                )
            } else if isRequired, faults.count == faultsBefore {
                fault(
                    .requireToken,
                    "\(Variable.requireToken.name)=true, but there is no token; set \(Variable.tokenFile.name) or "
                        + Variable.token.name
                )
            }
            return nil
        }
        if !isPassword { warn(of: token, from: file == nil ? Variable.token : .tokenFile) }
        warnOfPlainHTTP(target)
        return TokenOrigin(token, file: file)
    }

    private mutating func read(_ file: TokenFile) -> Secret? {
        do throws(TokenFile.Fault) {
            let token = try TokenFile.token(in: sources.read(file.path, TokenFile.limit))
            secrets.append(token)
            return token
        } catch {
            let advice = error == .reference ? "" : "; write the path of a file that holds the token alone"
            fault(.tokenFile, "\(file.shown) \(error)\(advice)")
            return nil
        }
    }

    private mutating func warn(of token: Secret, from variable: Variable) {
        for hint in TokenHint.sentences(token, isFile: variable == .tokenFile) {
            warn(variable.name, "\(variable.name): the token \(hint)")
        }
    }

    /// Of what says who calls.
    mutating func warnOfPlainHTTP(_ target: BaseURL?) {
        if let target, target.scheme == "http", target.isBeyondThisNetwork {
            warn(
                Variable.apiURL.name,
                "\(quoted(.apiURL, target.text)) is plain http: anyone on the way can read the token; write https://…"
            )
        }
    }
}

/// What a token looks like that the app will hardly take; no sentence shows a part of it.
private enum TokenHint {
    /// Shorter tokens can be guessed, and the documented app takes none; 32 hex digits are 128 bits.
    private static let shortest = 32

    /// Sentences to follow "the token".
    static func sentences(_ token: Secret, isFile: Bool) -> [String] {
        let (written, inner) = (token.reveal, token.reveal.unquoted)
        var sentences: [String] = []
        if written != inner {
            sentences.append(
                "stands in quotes, which are sent as a part of it"
                    + (isFile ? "; take them out" : ", as the app keeps them too; take them out for both")
            )
        }
        // Base64 may end with "=" or "==".
        if beginsWithName(inner) {
            sentences.append(
                "begins with NAME=, as a line of an .env file does, and that is sent; write the value alone"
            )
        }
        if written.utf8.count < shortest {
            sentences.append(
                "has fewer than \(shortest) characters: it may be guessed, and the documented app refuses it; make one "
                    + "with: openssl rand -hex 32"
            )
        }
        return sentences
    }

    /// Whether it is `NAME=` and more.
    private static func beginsWithName(_ text: String) -> Bool {
        guard let equals = text.firstIndex(of: "="), let next = text[equals...].dropFirst().first, next != "=",
            let first = text.first, first.isLetter || first == "_"
        else { return false }
        return text[..<equals].allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    }
}

extension BaseURL {
    /// Whether the name may lead out of the machine and of its container network, whose names have no dots.
    var isBeyondThisNetwork: Bool { !isLoopback && (name.contains(".") || name.contains(":")) }

    /// Whether it leads to this machine and no further.
    var isLoopback: Bool {
        name == "localhost" || name.hasSuffix(".localhost") || name == "::1"
            || name.hasPrefix("127.") && name.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
    }

    private var name: String { (host.hasSuffix(".") ? String(host.dropLast()) : host).lowercased() }
}
