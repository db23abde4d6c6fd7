/// The wording of what concerns the status listener.
extension Log {
    func listening(_ url: String) { info("Status listener: listening on \(own: url)") }

    func healthcheckIsTaken() {
        warning(
            """
            Another scheduler with these settings runs here and answers scheduler healthcheck in place of this one. Give \
            this one a SCHEDULER_SEED of its own.
            """
        )
    }

    func statusIsOff(_ reason: String) { warning("Nothing answers scheduler healthcheck and status: \(reason).") }
}
