internal import Files
internal import HTTPClient
internal import Ledger
internal import Telling

/// The store that several sidecars share.
extension EnvironmentReader {
    /// Those that mean nothing where the app is the store.
    private static let ofEtcd: [Variable] = [
        .storeUser, .storePasswordFile, .storeCAFile, .storeCertFile, .storeKeyFile,
    ]

    /// `authorities` are the machine's.
    mutating func store(authorities: String?) -> StoreSettings? {
        let address = storeAddress()
        let login = storeLogin()
        var tls = clientCertificate(.storeCertFile, .storeKeyFile)
        tls.caFile = isSet(.storeCAFile) ? self.authorities(.storeCAFile) : authorities
        let whenDown: StoreSettings.WhenDown? = word(
            .storeDown,
            StoreSettings.WhenDown.allCases.map { ($0.rawValue, $0) }
        )
        let replica = replica()
        guard isSet(.store) else {
            // Waiting is the default, and may stand there as such.
            let whenDown: [Variable] = whenDown == .fire ? [.storeDown] : []
            for variable in Self.ofEtcd + whenDown + [.replica] where isSet(variable) {
                warn(variable.name, "\(variable.name) has no effect without \(Variable.store.name)")
            }
            return nil
        }
        if isSet(.stateDirectory) {
            fault(
                .store,
                "\(Variable.store.name) and \(Variable.stateDirectory.name) are both set; state is in the one or in the "
                    + "other: leave one of them out"
            )
        }
        if case .app? = address {
            for variable in Self.ofEtcd where isSet(variable) {
                fault(
                    variable,
                    "\(variable.name) is for etcd, and \(Variable.store.name) begins with app:, which uses what the jobs' "
                        + "calls use; leave it out"
                )
            }
        }
        guard let address, let whenDown else { return nil }
        if login != nil, case .etcd(let endpoints, _) = address,
            let bare = endpoints.first(where: { $0.scheme == "http" && $0.isBeyondThisNetwork })
        {
            warn(
                Variable.store.name,
                "\(Variable.store.name): \(bare.text) is plain http: anyone on the way can read the password; write https://…"
            )
        }
        return StoreSettings(address: address, login: login, tls: tls, whenDown: whenDown, replica: replica)
    }

    private mutating func storeAddress() -> StoreAddress? {
        guard let written = text(.store)?.trimmingBlanks else { return nil }
        guard !UnexpandedReference.isIn(written) else {
            fault(.store, "\(Variable.store.name) (its value is not shown) \(UnexpandedReference.rule)")
            return nil
        }
        do throws(StoreAddress.Fault) {
            return try StoreAddress(parsing: written)
        } catch {
            fault(.store, "\(Variable.store.name) \(error)")
            return nil
        }
    }

    /// The password is read now, so that a wrong file is told at once and no log shows it; and again at each login.
    private mutating func storeLogin() -> EtcdLogin? {
        let (user, path) = (text(.storeUser)?.trimmingBlanks, text(.storePasswordFile)?.trimmingBlanks)
        guard isSet(.storeUser) == isSet(.storePasswordFile) else {
            let (set, missing): (Variable, Variable) =
                isSet(.storeUser) ? (.storeUser, .storePasswordFile) : (.storePasswordFile, .storeUser)
            if user != nil || path != nil {
                fault(set, "\(set.name) is set without \(missing.name); set both, or none")
            }
            return nil
        }
        guard let user, let path else { return nil }
        do throws(PasswordFile.Fault) {
            secrets.append(try PasswordFile.password(in: sources.read(path, PasswordFile.limit)))
            return EtcdLogin(user: user, file: PasswordFile(path))
        } catch {
            fault(
                .storePasswordFile,
                "\(quoted(.storePasswordFile, path)) \(error); write \(Variable.storePasswordFile.allowed) alone"
            )
            return nil
        }
    }

    private mutating func replica() -> String? {
        guard let name = text(.replica)?.trimmingBlanks else { return nil }
        guard StoreSettings.isReplicaName(name) else {
            fault(.replica, "\(quoted(.replica, name)) is no name of a replica; write \(Variable.replica.allowed)")
            return nil
        }
        return name
    }
}

extension StoreSettings {
    static func isReplicaName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF) || "-_.".utf8.contains($0)
            }
    }
}
