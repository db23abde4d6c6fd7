package import Schedule

/// What is called, and when.
package struct Job: Sendable, Equatable {
    package let name: String
    package let timetable: Timetable
    package let method: String
    /// Begins with `/`, may hold a query.
    package let path: String
    /// Of one attempt, in seconds.
    package let timeoutSeconds: Int

    package init(name: String, timetable: Timetable, method: String, path: String, timeoutSeconds: Int) {
        self.name = name
        self.timetable = timetable
        self.method = method
        self.path = path
        self.timeoutSeconds = timeoutSeconds
    }

    /// The schedule in its canonical form, as it is shown everywhere.
    package var scheduleText: String { timetable.schedule.description }

    package var timeout: Duration { .seconds(timeoutSeconds) }
}
