internal import HTTPClient

/// The whole program as a function of its arguments and environment.
package enum Program {
    /// The exit statuses, after sysexits(3).
    package enum Status {
        static let done: Int32 = 0
        static let failed: Int32 = 1
        static let usage: Int32 = 64
        static let configuration: Int32 = 78
    }

    /// Does what the arguments ask for, and answers the exit status.
    package static func run(arguments: [String], environment: [String: String]) -> Int32 {
        ProcessEnvironment.protectSecrets()
        let (output, errors) = (LineOutput(descriptor: 1, waits: true), LineOutput(descriptor: 2, waits: true))
        do throws(UsageError) {
            switch try Command(arguments) {
            case .help: output.write(Command.usage)
            case .version: output.write(Version.lines.joined(separator: "\n") + "\n")
            case .check(let asJSON):
                let report = CheckReport(settings(environment), asJSON: asJSON)
                output.write(report.standardOutput)
                errors.write(report.standardError)
                return report.isGood ? Status.done : Status.configuration
            case .run: return runClock(environment)
            }
            return Status.done
        } catch {
            errors.write("scheduler: \(error)\n\n" + Command.usage)
            return Status.usage
        }
    }

    private static func settings(_ environment: [String: String]) -> Result<Settings, SettingsFaults> {
        do throws(SettingsFaults) {
            return .success(try Settings(environment: environment))
        } catch {
            return .failure(error)
        }
    }

    private static func runClock(_ environment: [String: String]) -> Int32 {
        let output = LineOutput(descriptor: 2)
        defer { output.flush() }
        let time = TimeSource.system
        switch settings(environment) {
        case .failure(let bad):
            let log = Log(format: bad.logFormat, now: time.now, write: output.write)
            for warning in bad.warnings { log.setting(warning: warning) }
            for fault in bad.faults { log.setting(fault: fault) }
            log.refused(faults: bad.faults.count)
            return Status.configuration
        case .success(let settings):
            let log = Log(
                level: settings.logLevel,
                format: settings.logFormat,
                secrets: settings.secrets,
                now: time.now,
                write: output.write
            )
            do throws(AlarmError) {
                // The alarm blocks signals and libcurl starts before the first thread is there.
                let alarm = try Alarm()
                Library.start()
                Scheduler(settings, log: log, output: output, time: time, alarm: alarm, buildDate: Version.date).run()
                return Status.done
            } catch {
                log.refused(by: error)
                return Status.failed
            }
        }
    }
}
