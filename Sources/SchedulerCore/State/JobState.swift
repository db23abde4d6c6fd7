package import Schedule

/// What is known of one job from its past.
package struct JobState: Sendable, Equatable {
    /// A run whose end is not known yet.
    package struct InFlight: Sendable, Equatable {
        package var begin: RunBegin
        /// The last slot before this run, to go back to if the app never saw it.
        package var previous: Moment?

        package init(_ begin: RunBegin, previous: Moment?) {
            self.begin = begin
            self.previous = previous
        }
    }

    /// As it is written in the configuration.
    package var name: String
    /// Schedule and zone that the last slot belongs to, each in its canonical form.
    package var schedule: String
    package var zone: String
    /// The slot that counts as run last, also while its run is in flight; nil if the job never ran.
    package var last: Moment?
    package var inFlight: InFlight?
    /// The last of them, newest last.
    package var runs: [RunRecord] = []
    /// The end of the last run that was `ok`.
    package var lastSuccess: Moment?
    /// Runs since the last one that was `ok` or `busy`.
    package var consecutiveFailures = 0
    /// Since when the job is no longer configured; nil while it is.
    package var gone: Moment?

    /// How many runs are kept.
    package static let keptRuns = 20

    package init(name: String, schedule: String, zone: String, last: Moment? = nil) {
        self.name = name
        self.schedule = schedule
        self.zone = zone
        self.last = last
    }
}
