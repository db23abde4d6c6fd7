internal import Files
package import HTTPClient
internal import Telling

/// How requests are protected: those to the target, and those to other hosts.
package struct TransportSettings: Sendable, Equatable {
    package var target = TLSOptions()
    /// Nil: straight to the target.
    ///
    /// Other hosts are never reached through it. To a plain http target the proxy passes on what it is given, and an
    /// answer of its own (502) cannot be told from one of the app's; https goes through it unseen.
    package var proxy: ProxyURL?
    /// The Unix socket that the target listens on; nil: host and port of its URL.
    package var socket: String?
    /// For what is not the target, such as PostHog: the authorities of the machine, no client certificate.
    package var elsewhere = TLSOptions()
}

extension EnvironmentReader {
    /// Other programs' names for the machine's authorities, in the order in which curl(1) and OpenSSL heed them.
    private static let shared: [Variable] = [.sslCertFile, .curlCABundle]

    /// The files of a bundle of every authority in the world come to 250 kB.
    private static let largest = 4 * 1024 * 1024

    /// Everything about TLS and proxies; files are read and checked now, and by libcurl before each attempt.
    mutating func transport(for target: BaseURL?) -> TransportSettings {
        var settings = TransportSettings()
        let own = text(.caFile)
        let shared = sharedAuthorities(isFault: own == nil && target?.scheme != "http")
        settings.elsewhere.caFile = shared
        settings.target = clientCertificate(.clientCertFile, .clientKeyFile)
        settings.target.caFile = own == nil ? shared : authorities(.caFile)
        (settings.proxy, settings.socket) = (proxy(), socket())
        if isSet(.proxy), isSet(.unixSocket) {
            fault(
                .unixSocket,
                "\(Variable.unixSocket.name) and \(Variable.proxy.name) are both set, and a socket is reached through no "
                    + "proxy; leave one of them out"
            )
        }
        return settings
    }

    /// Empty counts as not set here, as it does for the programs whose variables these are.
    private mutating func sharedAuthorities(isFault: Bool) -> String? {
        guard let name = Self.shared.first(where: isGiven), let file = text(name) else {
            return nil
        }
        var trial = self
        if trial.check(file, name, .certificate), trial.accept(TLSOptions(caFile: file), ca: name) { return file }
        // A base image may name a file that only https needs.
        for found in trial.faults.dropFirst(faults.count) {
            isFault ? fault(found.variable, found.message) : warn(found.variable, found.message)
        }
        return nil
    }

    /// That of an own authority's file, if it is good.
    mutating func authorities(_ variable: Variable) -> String? {
        guard let file = text(variable), check(file, variable, .certificate) else { return nil }
        return accept(TLSOptions(caFile: file), ca: variable) ? file : nil
    }

    mutating func clientCertificate(_ certificateName: Variable, _ keyName: Variable) -> TLSOptions {
        let (certificate, key) = (text(certificateName), text(keyName))
        guard let certificate else {
            if let key, !isSet(certificateName) {
                fault(
                    keyName,
                    "\(quoted(keyName, key)) has no certificate beside it; set \(certificateName.name) too, or leave this out"
                )
            }
            return TLSOptions()
        }
        let options = TLSOptions(certificateFile: certificate, keyFile: key)
        let isCertificateGood = check(certificate, certificateName, .certificate)
        guard isSet(keyName) else {
            let isKeyGood = isCertificateGood && check(certificate, certificateName, .keyBeside(keyName))
            return isKeyGood && accept(options, certificateName, keyName) ? options : TLSOptions()
        }
        guard let key else { return TLSOptions() }
        let isKeyGood = check(key, keyName, .key)
        return isCertificateGood && isKeyGood && accept(options, certificateName, keyName) ? options : TLSOptions()
    }

    private mutating func socket() -> String? {
        guard let path = text(.unixSocket)?.trimmingBlanks else { return nil }
        let problem: String? =
            if !path.hasPrefix("/") {
                "does not begin with /"
            } else if path.utf8.count > Request.longestSocketPath {
                "is \(path.utf8.count) bytes long, and the system allows \(Request.longestSocketPath)"
            } else {
                nil
            }
        guard let problem else { return path }
        fault(.unixSocket, "\(quoted(.unixSocket, path)) \(problem); write \(Variable.unixSocket.allowed)")
        return nil
    }

    private mutating func proxy() -> ProxyURL? {
        guard let value = text(.proxy) else { return nil }
        guard !UnexpandedReference.isIn(value) else {
            fault(.proxy, "\(Variable.proxy.name) (its value is not shown) \(UnexpandedReference.rule)")
            return nil
        }
        do throws(ProxyURL.Fault) {
            let proxy = try ProxyURL(parsing: value.trimmingBlanks)
            secrets += proxy.secrets.map(Secret.init)
            return proxy
        } catch {
            fault(.proxy, "\(Variable.proxy.name) (its value is not shown, it may hold a password) \(error)")
            return nil
        }
    }

    /// Looks for what a file must hold; libcurl's own complaint would name an OpenSSL error.
    private mutating func check(_ path: String, _ name: Variable, _ content: PEM) -> Bool {
        switch sources.read(path, Self.largest) {
        case .success(let bytes):
            guard let complaint = content.complaint(String(decoding: bytes, as: UTF8.self)) else { return true }
            fault(name, "\(quoted(name, path)) \(complaint)")
        case .failure(let error): fault(name, "\(quoted(name, path)) \(error); write \(name.allowed)")
        }
        return false
    }

    /// Has libcurl load the files.
    private mutating func accept(
        _ options: TLSOptions,
        _ certificateName: Variable = .clientCertFile,
        _ keyName: Variable = .clientKeyFile,
        ca: Variable = .caFile
    ) -> Bool {
        switch sources.refusal(options) {
        case nil: return true
        case .authorities:
            // libcurl's words only repeat the path.
            fault(ca, "\(quoted(ca, options.caFile ?? "")) cannot be loaded: a certificate in it is damaged")
        case .certificate(let reason):
            let file = quoted(certificateName, options.certificateFile ?? "")
            fault(certificateName, "\(file) cannot be used: \(Escaping.quotable(reason))")
        case .key:
            let certificate = quoted(certificateName, options.certificateFile ?? "")
            if let key = options.keyFile {
                let file = quoted(keyName, key)
                fault(keyName, "\(file) is damaged, or is not the key of \(certificate)")
            } else {
                fault(certificateName, "\(certificate) holds a key that is damaged, or is not the certificate's")
            }
        }
        return false
    }
}

/// What a PEM file (RFC 7468) must hold.
private enum PEM: Equatable {
    case certificate, key
    /// In the certificate's file; or there is a variable for it.
    case keyBeside(Variable)

    func complaint(_ text: String) -> String? {
        if text.allSatisfy(\.isWhitespace) { return "is empty; write the path of a PEM file" }
        if self == .certificate {
            return text.holds("CERTIFICATE-----") && text.holds("-----BEGIN ")
                ? nil : "holds no PEM certificate (-----BEGIN CERTIFICATE-----)"
        }
        if text.holds("-----BEGIN ENCRYPTED") || text.holds("Proc-Type: 4,ENCRYPTED") {
            return
                "holds a key with a passphrase, and there is no one to ask; write it without: openssl pkey -in … -out …"
        }
        if text.holds("PRIVATE KEY-----") { return nil }
        guard case .keyBeside(let variable) = self else { return "holds no PEM key (-----BEGIN PRIVATE KEY-----)" }
        return "holds no key (-----BEGIN PRIVATE KEY-----); set \(variable.name), or put the key into this file"
    }
}
