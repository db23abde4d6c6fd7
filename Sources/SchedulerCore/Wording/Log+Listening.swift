internal import HTTPServer
internal import Telling

/// The wording of what concerns the status listener.
extension Log {
    func listening(_ url: String) { info("Status listener: listening on \(own: url)") }

    func healthcheckIsTaken(by holder: NameHolder) {
        switch holder {
        case .scheduler(let peer):
            warning(
                """
                Another scheduler with these settings runs here and answers scheduler healthcheck in place of this one, \
                until it ends: \(own: peer.description).
                """
            )
        case .stranger(let peer):
            let what = peer.isOurs ? "does not answer as a scheduler" : "is not ours"
            warning(
                """
                The local name that scheduler healthcheck asks is taken by \(own: peer.description), which \(own: what): \
                healthcheck and status fail until it ends; \(own: NameHolder.advice).
                """
            )
        case .nobody: break
        }
    }

    func healthcheckIsOurs() { over("This scheduler answers scheduler healthcheck now.") }

    func statusIsOff(_ reason: String) { warning("Nothing answers scheduler healthcheck and status: \(reason).") }
}
