internal import Files
internal import HTTPClient
internal import JSON
internal import Locking

/// A user of etcd; the file is read at each login, so that a password may be changed.
package struct EtcdLogin: Sendable, Equatable {
    package var user: String
    package var file: PasswordFile

    package init(user: String, file: PasswordFile) { (self.user, self.file) = (user, file) }
}

/// etcd's JSON gateway on several endpoints, asked one after the other until one answers.
final class EtcdGateway: Sendable {
    private struct State {
        /// The endpoint that answered last.
        var good = 0
        var token: Secret?
    }

    private let endpoints: [BaseURL]
    private let login: EtcdLogin?
    private let tls: TLSOptions
    private let cancellation: Cancellation
    private let learn: @Sendable (Secret) -> Void
    private let state = Mutex(State())
    let clock: StoreClock

    init(
        _ endpoints: [BaseURL],
        login: EtcdLogin?,
        tls: TLSOptions,
        clock: StoreClock,
        cancellation: Cancellation,
        learn: @escaping @Sendable (Secret) -> Void
    ) {
        (self.endpoints, self.login, self.tls) = (endpoints, login, tls)
        (self.clock, self.cancellation, self.learn) = (clock, cancellation, learn)
    }

    /// Posts to `/v3/…`, and gives the object that is answered.
    func post(_ path: String, _ body: JSONValue, with client: Client) throws(StoreFailure) -> JSONValue {
        let first = state.withLock { $0.good }
        let bytes = Array(body.description.utf8)
        var failure = StoreFailure("it has no endpoint")
        var mayHaveHappened = false
        for step in endpoints.indices {
            let index = (first + step) % endpoints.count
            do throws(EtcdFault) {
                let answer = try ask(endpoints[index], path, bytes, with: client)
                state.withLock { $0.good = index }
                return answer
            } catch {
                mayHaveHappened = mayHaveHappened || error.mayHaveHappened
                failure = StoreFailure("\(endpoints[index].text): \(error.why)", mayHaveHappened: mayHaveHappened)
                guard error.next == .otherEndpoint else { throw failure }
            }
        }
        throw failure
    }

    /// Asks one endpoint, and once more with a new token if the old one is gone.
    private func ask(
        _ endpoint: BaseURL,
        _ path: String,
        _ body: [UInt8],
        with client: Client
    ) throws(EtcdFault) -> JSONValue {
        let token = try token(from: endpoint, with: client)
        let first: EtcdFault
        do throws(EtcdFault) {
            return try send(endpoint, path, body, token, with: client)
        } catch {
            guard error.next == .login, login != nil else { throw error.orOther }
            first = error
        }
        state.withLock { if $0.token == token { $0.token = nil } }
        do throws(EtcdFault) {
            let fresh = try self.token(from: endpoint, with: client)
            return try send(endpoint, path, body, fresh, with: client)
        } catch {
            var error = error.orOther
            error.mayHaveHappened = error.mayHaveHappened || first.mayHaveHappened
            throw error
        }
    }

    private func token(from endpoint: BaseURL, with client: Client) throws(EtcdFault) -> Secret? {
        guard let login else { return nil }
        if let token = state.withLock({ $0.token }) { return token }
        let password: Secret
        do throws(PasswordFile.Fault) {
            password = try login.file.read()
        } catch {
            throw EtcdFault(why: "SCHEDULER_STORE_PASSWORD_FILE \(login.file.path) \(error)", next: .nothing)
        }
        learn(password)
        let body = JSONValue.object([("name", .string(login.user)), ("password", .string(password.reveal))])
        var answer: JSONValue
        do throws(EtcdFault) {
            answer = try send(endpoint, "auth/authenticate", Array(body.description.utf8), nil, with: client)
        } catch {
            // Whatever became of the login, the request itself was not sent.
            throw EtcdFault(why: "login: \(error.why)", next: error.orOther.next)
        }
        guard let text = answer["token"]?.text, !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw EtcdFault(why: "login: it gave no token", next: .otherEndpoint) }
        let token = Secret(text)
        learn(token)
        state.withLock { $0.token = token }
        return token
    }

    private func send(
        _ endpoint: BaseURL,
        _ path: String,
        _ body: [UInt8],
        _ token: Secret?,
        with client: Client
    ) throws(EtcdFault) -> JSONValue {
        var headers: HeaderLines = ["Content-Type": "application/json"]
        if let token { headers.add("Authorization", token.reveal) }
        let request = Request(
            "POST",
            "\(endpoint.text)/v3/\(path)",
            headers: headers,
            body: body,
            timeout: storeTimeout,
            connection: .kept,
            bodyLimit: longestStoreAnswer,
            wantedHeaders: ["Date"],
            tls: tls
        )
        let response: Response
        do throws(TransferError) {
            response = try client.ask(request, clock, until: cancellation)
        } catch {
            throw EtcdFault(error, hasToken: token != nil)
        }
        if let fault = EtcdFault(response) { throw fault }
        guard let json = response.json, json["header"] != nil || json["token"] != nil else {
            throw EtcdFault(
                why: "its answer is not etcd's (\(response.excerpt))",
                next: .otherEndpoint,
                mayHaveHappened: true
            )
        }
        return json
    }
}

extension EtcdFault {
    /// A login that did not help, or cannot: then another endpoint.
    fileprivate var orOther: EtcdFault {
        var fault = self
        if next == .login { fault.next = .otherEndpoint }
        return fault
    }
}
