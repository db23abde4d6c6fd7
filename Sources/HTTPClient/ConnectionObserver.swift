/// Is told when a connection stands, TLS and all, and the request is about to be sent (CURLOPT_PREREQFUNCTION(3)).
final class ConnectionObserver {
    let connected: () -> Void

    init(_ connected: @escaping () -> Void) { self.connected = connected }
}
