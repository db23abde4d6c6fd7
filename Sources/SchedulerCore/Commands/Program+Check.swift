internal import Calling
internal import Clockwork
internal import Telling

/// What `check` sends where it is asked to.
extension Program {
    static func sendTest(_ settings: Settings, to output: LineOutput) -> Int32 {
        let secrets = SecretBook(settings.secrets)
        secrets.replaceValues(settings.headerSecrets)
        let courier = Courier(
            tls: settings.transport.elsewhere,
            time: TimeSource.system.reading,
            mask: Redactor(secrets).mask
        )
        let random = RandomNumbers()
        let test = SendTest(settings, id: RunID(random.one(), random.one()), courier: courier)
        let lines = test.perform()
        output.write(lines.map { $0.text + "\n" }.joined())
        return lines.allSatisfy(\.isGood) ? Status.done : Status.failed
    }

    // MARK: - check --store

    /// The settings with which a sidecar can run: none of those with a store.
    static func runnable(_ environment: [String: String]) -> Result<Settings, SettingsFaults> {
        let found = settings(environment)
        guard case .success(let good) = found, good.store != nil else { return found }
        let fault = SettingsFault(
            variable: Variable.store.name,
            message: """
                \(Variable.store.name): no sidecar runs with a store in this release; scheduler check --store tries it. \
                Take it out, or write \(Variable.stateDirectory.name), on which a second sidecar may stand by
                """
        )
        return .failure(SettingsFaults(faults: [fault], warnings: good.warnings, logFormat: good.logFormat))
    }

    static func storeTest(_ settings: Settings, to output: LineOutput) -> Int32 {
        guard let shared = settings.store else {
            errors.write("scheduler: there is no store to try; set \(Variable.store.name)\n")
            return Status.failed
        }
        let secrets = SecretBook(settings.secrets)
        let credentials = Credentials(settings, secrets, log(settings, secrets, to: errors))
        guard credentials.token?.start(.nobody) ?? true else {
            errors.write("scheduler: the system refused a thread to fetch a token\n")
            return Status.failed
        }
        defer { credentials.token?.stop() }
        let random = RandomNumbers()
        let store = shared.make(for: settings, credentials: credentials, now: TimeSource.system.now)
        let lines = StoreTest(store, id: RunID(random.one(), random.one())).perform()
        output.write(lines.map { Redactor(secrets).mask($0.text) + "\n" }.joined())
        return lines.allSatisfy(\.isGood) ? Status.done : Status.failed
    }
}
