internal import HTTPServer
internal import Schedule

/// What others see of the clock while it runs.
extension Scheduler {
    /// Begins to answer; a sidecar without the thread for it would be one that nobody can watch, and says so.
    ///
    /// `isActive`: the state is ours, and no other sidecar's.
    func openListeners(isActive: Bool) {
        alarm.longestSleep = settings.tick
        alarm.heartbeat.beat()
        guard var listeners else { return }
        if let name = listeners.localName {
            let own = isActive ? name : LocalSocketName.standby(name)
            listeners.local = own.flatMap { try? Listener(local: $0) }
            hasLocalName = isActive && listeners.local != nil
            if isActive, !hasLocalName { log.healthcheckIsTaken(by: NameHolder.of(name)) }
        }
        guard !listeners.tcp.isEmpty || listeners.local != nil else { return }
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
    var lacksLocalListener: Bool { listeners?.localName != nil && !hasLocalName }

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
        hasLocalName = true
        log.healthcheckIsOurs()
    }

    func closeListeners() {
        statusServer?.stop()
        localServer?.stop()
        (statusServer, localServer) = (nil, nil)
    }
}

extension StatusServer.Listeners {
    /// Opens the port that the settings ask for, which has to be there.
    static func open(_ settings: Settings, _ environment: [String: String]) -> Result<Self, SettingsFault> {
        let name = LocalSocketName.name(environment)
        guard let address = settings.listen else { return .success(Self(tcp: [], localName: name)) }
        do throws(ListenError) {
            return .success(Self(tcp: try Listener.all(on: address), localName: name))
        } catch {
            let name = Variable.listen.name
            return .failure(SettingsFault(variable: name, message: "\(name)=\(address): \(error)"))
        }
    }
}
