internal import HTTPServer
internal import Schedule

/// What others see of the clock while it runs.
extension Scheduler {
    /// Begins to answer; a sidecar without the thread for it would be one that nobody can watch, and says so.
    func openDoors() {
        alarm.longestSleep = settings.tick
        alarm.heartbeat.beat()
        guard let doors else { return }
        if doors.local == nil { log.healthcheckIsTaken() }
        do throws(ListenError) {
            let server = try StatusServer(doors, board)
            server.start()
            statusServer = server
            if let address = server.address { log.listening(address.url) }
        } catch {
            log.statusIsOff("\(error)")
        }
    }

    func closeDoors() {
        statusServer?.stop()
        statusServer = nil
    }
}

extension StatusServer.Doors {
    /// Opens what the settings ask for: the port, which has to be there, and the door for health checks, which another
    /// sidecar may have already.
    static func open(_ settings: Settings, _ environment: [String: String]) -> Result<Self, SettingsFault> {
        let local = LocalDoor.name(environment).flatMap { try? Listener(local: $0) }
        guard let address = settings.listen else { return .success(Self(tcp: nil, local: local)) }
        do throws(ListenError) {
            return .success(Self(tcp: try Listener(on: address), local: local))
        } catch {
            let name = EnvironmentReader.listenName
            return .failure(SettingsFault(variable: name, message: "\(name)=\(address): \(error)"))
        }
    }
}
