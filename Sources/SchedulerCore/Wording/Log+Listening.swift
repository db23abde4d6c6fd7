internal import Telling

/// The wording of what concerns the status listener.
extension Log {
    func listening(_ url: String) { info("Status listener: listening on \(own: url)") }

    func healthcheckIsTaken() {
        warning(
            """
            Another scheduler with these settings runs here and answers scheduler healthcheck in place of this one, until \
            it ends.
            """
        )
    }

    func healthcheckIsOurs() { over("This scheduler answers scheduler healthcheck now.") }

    func statusIsOff(_ reason: String) { warning("Nothing answers scheduler healthcheck and status: \(reason).") }
}
