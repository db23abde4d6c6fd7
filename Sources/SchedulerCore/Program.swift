internal import Calling
internal import Clockwork
internal import Files
internal import HTTPClient
internal import HTTPServer
internal import JSON
internal import Ledger
internal import Schedule
internal import Telling

/// The whole program as a function of its arguments and environment.
package enum Program {
    /// The exit statuses, after sysexits(3).
    enum Status {
        static let done: Int32 = 0
        static let failed: Int32 = 1
        static let usage: Int32 = 64
        static let configuration: Int32 = 78
    }

    /// Does what the arguments ask for, and answers the exit status; nil is for those that the system did not tell.
    package static func run(arguments: [String]?, environment: [String: String]) -> Int32 {
        ProcessEnvironment.fillStandardDescriptors()
        ProcessEnvironment.protectSecrets()
        do throws(UsageError) {
            let status = try perform(try Command(arguments), environment)
            guard let failure = output.failure else { return status }
            errors.write("scheduler: not all could be written to standard output: \(failure)\n")
            return status == Status.done ? Status.failed : status
        } catch {
            errors.write("scheduler: \(error)\nscheduler --help shows what can be asked.\n")
            return Status.usage
        }
    }

    static let output = LineOutput(descriptor: 1, waits: true)
    static let errors = LineOutput(descriptor: 2, waits: true)

    private static func perform(_ command: Command, _ environment: [String: String]) throws(UsageError) -> Int32 {
        switch command {
        case .help(let topic): output.write(topic?.text ?? Command.usage)
        case .version(let libraries):
            let lines = libraries ? Version.libraries : Version.lines(ZoneDirectory(environment: environment))
            output.write(lines.joined(separator: "\n") + "\n")
        case .check(let asJSON, let path, let sendsTest, let triesStore):
            let (environment, notes) = try path.map(file) ?? (environment, [])
            let found = triesStore ? settings(environment) : runnable(environment)
            let hint = StateHint.of((try? found.get())?.stateDirectory)
            let report = CheckReport(
                found,
                asJSON: asJSON,
                now: TimeSource.system.now(),
                stateHint: hint,
                notes: notes,
                terminal: ProcessEnvironment.terminal(environment)
            )
            output.write(report.standardOutput)
            errors.write(report.standardError)
            guard report.isGood, case .success(let settings) = found else { return Status.configuration }
            let output = asJSON ? errors : output
            let results = [
                sendsTest ? sendTest(settings, to: output) : Status.done,
                triesStore ? storeTest(settings, to: output) : Status.done,
            ]
            return results.max() ?? Status.done
        case .next(let request): return try next(request, environment)
        case .pressure(let day, let asJSON): return pressure(day, asJSON: asJSON, environment)
        case .fire(let request): return try fire(request, environment)
        case .operate(let operation, let asJSON): return try operate(operation, asJSON: asJSON, environment)
        case .status(let asJSON):
            let terminal = asJSON ? nil : ProcessEnvironment.terminal(environment)
            return ask(environment, orElse: Status.configuration, on: terminal) { () throws(StatusClient.NoAnswer) in
                try StatusClient.status(environment, asJSON: asJSON, terminal: terminal)
            }
        // Whoever asks for its health knows 0 and 1.
        case .healthcheck:
            return ask(environment, orElse: Status.failed) { () throws(StatusClient.NoAnswer) in
                try StatusClient.health(environment)
            }
        case .run: return runClock(environment)
        }
        return Status.done
    }

    /// What an .env file gives, and what to say of it.
    private static func file(_ path: String) throws(UsageError) -> ([String: String], [SettingsFault]) {
        do throws(SmallFile.Fault) {
            let bytes = try SmallFile.read(path, limit: EnvFile.limit)
            let file = EnvFile(bytes, path: path)
            return (file.variables, file.notes)
        } catch {
            throw .value("--env-file", "\"\(path)\" \(error)")
        }
    }

    /// Drawn once: what is left to chance stays what it is when the environment is read again.
    static let random = RandomNumbers().next()

    static func settings(
        _ environment: [String: String],
        _ sources: SettingsSources = .live
    ) -> Result<Settings, SettingsFaults> {
        do throws(SettingsFaults) {
            return .success(try Settings(environment: environment, sources: sources, random: random))
        } catch {
            return .failure(error)
        }
    }

    /// The job of this name, whatever way of writing it is taken.
    private static func job(_ name: String, in settings: Settings) throws(UsageError) -> Int {
        let key = JobName.folded(name)
        if let index = settings.jobs.firstIndex(where: { JobName.folded($0.name) == key }) { return index }
        throw .unknownJob(name, near: NearestName.of(name, in: settings.jobs.map(\.name)))
    }

    static func refuse(_ bad: SettingsFaults) -> Int32 {
        errors.write(CheckReport(.failure(bad), asJSON: false, now: .epoch).standardError)
        return Status.configuration
    }
}

// MARK: - next

extension Program {
    private static func next(
        _ request: Command.NextRequest,
        _ environment: [String: String]
    ) throws(UsageError) -> Int32 {
        var zone: Zone?
        if let name = request.zone {
            do throws(ZoneError) {
                zone = try Zone(named: name, in: ZoneDirectory(environment: environment))
            } catch {
                throw .value("--tz", error.description)
            }
        }
        let rows: [NextReport.Row]
        var freezes = FreezeCalendar()
        if let schedule = request.schedule {
            if zone == nil {
                var reader = EnvironmentReader(environment)
                var zones = ZoneCache(directory: ZoneDirectory(environment: environment))
                zone = reader.zone(&zones)
                guard reader.faults.isEmpty else {
                    return refuse(SettingsFaults(faults: reader.faults, warnings: [], logFormat: .text))
                }
            }
            let zone = zone ?? .utc
            rows = [NextReport.Row(job: nil, timetable: Timetable(schedule, in: zone), zone: zone)]
        } else {
            let settings: Settings
            switch Program.settings(environment) {
            case .failure(let bad): return refuse(bad)
            case .success(let good): settings = good
            }
            let jobs = try request.job.map { name throws(UsageError) in [settings.jobs[try job(name, in: settings)]] }
            freezes = settings.freezes
            rows = (jobs ?? settings.jobs).map { job in
                NextReport.Row(
                    job: job.name,
                    timetable: job.timetable,
                    zone: zone ?? job.timetable.zone,
                    isFrozen: !job.isFreezeExempt
                )
            }
        }
        let from = request.from ?? Moment(seconds: TimeSource.system.now().seconds)
        let report = NextReport(
            rows: rows,
            from: from,
            count: request.count,
            freezes: freezes,
            runsOnly: request.runsOnly
        )
        let text = report.text(asJSON: request.asJSON, on: ProcessEnvironment.terminal(environment))
        output.write(text)
        if let note = report.note, output.failure == nil { errors.write("scheduler: \(note)\n") }
        if text.isEmpty {
            let kind = request.runsOnly && !freezes.isEmpty ? "slot that is not frozen" : "slot"
            errors.write("scheduler: there is no \(kind) after \(from) and before the year 10000\n")
        }
        return Status.done
    }
}

// MARK: - pressure

extension Program {
    private static func pressure(_ day: CalendarDay?, asJSON: Bool, _ environment: [String: String]) -> Int32 {
        let settings: Settings
        switch Program.settings(environment) {
        case .failure(let bad): return refuse(bad)
        case .success(let good): settings = good
        }
        let day = day ?? settings.zone.day(of: TimeSource.system.now())
        let report = PressureReport(
            Pressure(settings.jobs, on: day, in: settings.zone, freezes: settings.freezes, seed: settings.seed)
        )
        output.write(asJSON ? report.json : report.text)
        if output.failure == nil { errors.write(report.notes.map { "scheduler: \($0)\n" }.joined()) }
        return Status.done
    }
}

// MARK: - fire

extension Program {
    /// One attempt by this process.
    static func fireHere(
        _ request: Command.FireRequest,
        _ environment: [String: String]
    ) throws(UsageError) -> Int32 {
        // Started by nohup(1), it is to outlive its terminal.
        guard let alarm = alarm(leavesIgnored: true) else { return Status.failed }
        let settings: Settings
        switch Program.settings(environment) {
        case .failure(let bad): return refuse(bad)
        case .success(let good): settings = good
        }
        let job = settings.jobs[try job(request.job, in: settings)]
        let secrets = SecretBook(settings.secrets)
        let log = log(settings, secrets, to: errors)
        let (time, cancellation, random) = (TimeSource.system, Cancellation(), RandomNumbers())
        let credentials = Credentials(settings, secrets, log, cancellation: cancellation)
        let isFetching = credentials.token?.start(.nobody) ?? true
        defer { credentials.token?.stop() }
        guard isFetching else {
            errors.write("scheduler: the system refused a thread to fetch a token\n")
            return Status.failed
        }
        let runner = Runner(
            settings.app,
            token: credentials.token,
            others: credentials.apps(settings),
            headerFiles: credentials.headerFiles,
            cancellation: cancellation,
            random: random.one,
            now: time.reading,
            mask: Redactor(secrets).mask,
            tell: { log.tell($0) }
        )
        let run = Run(slot: time.now().wholeMilliseconds, trigger: .manual)
        let attempt = Attempt(job: job, run: run, id: RunID(random.one(), random.one()))
        let single = SingleRun(attempt: attempt, runner: runner, cancellation: cancellation, log: log, time: time)
        let made = single.perform(givenUpBy: alarm)
        return ended(FiredRun.members(job.name, made.record, made.end), request)
    }
}

// MARK: - status, healthcheck

extension Program {
    /// Prints what a running sidecar answers, or why there can be none: `refusal` is the status then.
    private static func ask(
        _ environment: [String: String],
        orElse refusal: Int32,
        on terminal: Terminal? = nil,
        _ ask: () throws(StatusClient.NoAnswer) -> BlockingClient.Answer
    ) -> Int32 {
        let faults = StatusClient.faults(environment)
        guard faults.isEmpty else {
            _ = refuse(SettingsFaults(faults: faults, warnings: [], logFormat: .text))
            return refusal
        }
        do throws(StatusClient.NoAnswer) {
            let answer = try ask()
            let text = String(decoding: answer.body, as: UTF8.self)
            guard answer.server == StatusRoutes.server else {
                let found = "what answers there is no scheduler; something else has its port or its local name"
                errors.write("scheduler: \(found)\n")
                return Status.failed
            }
            guard answer.status == 200 else {
                errors.write("scheduler: \(Escaping.quotable(text.trimmed))\n")
                return Status.failed
            }
            // Whoever it is, nothing that it says commands a terminal.
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            output.write(
                lines.map { terminal?.hasColour == true ? Ink.shown(String($0)) : Escaping.controls(String($0)) }
                    .joined(separator: "\n")
            )
            return Status.done
        } catch {
            errors.write("scheduler: \(error)\n")
            return Status.failed
        }
    }
}
