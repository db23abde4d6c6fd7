internal import HTTPServer
internal import Schedule

/// What others see of the clock while it runs.
extension Scheduler {
    /// Begins to answer; a sidecar without the thread for it would be one that nobody can watch, and says so.
    func openListeners() {
        alarm.longestSleep = settings.tick
        alarm.heartbeat.beat()
        guard let listeners else { return }
        if listeners.local == nil, let name = listeners.localName { log.healthcheckIsTaken(by: NameHolder.of(name)) }
        do throws(ListenError) {
            let server = try StatusServer(listeners, board, desk, files)
            server.start()
            statusServer = server
            for address in server.addresses { log.listening(address.url) }
        } catch {
            log.statusIsOff("\(error)")
        }
    }

    /// Whether health checks ask another sidecar, which had their name first.
    var lacksLocalListener: Bool { listeners?.localName != nil && listeners?.local == nil && localServer == nil }

    /// Asks again for the name under which health checks ask, where another sidecar had it at the start.
    func retryLocalListener() {
        let uptime = time.uptime()
        guard let listeners, lacksLocalListener, uptime >= nextListenerTry else { return }
        nextListenerTry = uptime + .seconds(1)
        guard let name = listeners.localName, let listener = try? Listener(local: name),
            let server = try? StatusServer(StatusServer.Listeners(tcp: [], local: listener), board, desk, files)
        else { return }
        server.start()
        localServer = server
        log.healthcheckIsOurs()
    }

    func closeListeners() {
        statusServer?.stop()
        localServer?.stop()
        (statusServer, localServer) = (nil, nil)
    }
}

extension StatusServer.Listeners {
    /// Opens what the settings ask for: the port, which has to be there, and the local socket for health checks, whose
    /// name another sidecar may have already.
    static func open(_ settings: Settings, _ environment: [String: String]) -> Result<Self, SettingsFault> {
        let name = LocalSocketName.name(environment)
        let local = name.flatMap { try? Listener(local: $0) }
        guard let address = settings.listen else { return .success(Self(tcp: [], local: local, localName: name)) }
        do throws(ListenError) {
            return .success(Self(tcp: try Listener.all(on: address), local: local, localName: name))
        } catch {
            let name = Variable.listen.name
            return .failure(SettingsFault(variable: name, message: "\(name)=\(address): \(error)"))
        }
    }
}
