// A libFuzzer target over the environment: any text in any variable, job lines above all. `make fuzz` runs it.
//
// The first byte chooses the variable, the rest is its value.
import Clockwork
import Schedule
import SchedulerCore

private let variables = [
    "SCHEDULER_JOB_X", "SCHEDULER_JOB_MARKETPLACES", "SCHEDULER_JOB_DEFAULTS", "API_URL", "SCHEDULER_API_TOKEN",
    "SCHEDULER_TICK_SECONDS", "SCHEDULER_BQ_METADATA_INITIAL_OFFSET_MAX_SECONDS", "SCHEDULER_MAX_CONCURRENCY",
    "SCHEDULER_TIMEZONE", "SCHEDULER_SEED", "SCHEDULER_PROXY", "SCHEDULER_LISTEN", "LOG_LEVEL", "POSTHOG_HOST",
    "SCHEDULER_BUILTIN_JOBS", "SCHEDULER_STATE_DIR",
]

/// One input, from libFuzzer; always 0.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
    guard let choice = bytes.first else { return 0 }
    let variable = variables[Int(choice) % variables.count]
    let value = String(decoding: bytes.dropFirst(), as: UTF8.self)
    do throws(SettingsFaults) {
        check(try Settings(environment: [variable: value]))
    } catch {
        precondition(!error.faults.isEmpty, "refused without a word")
        for fault in error.faults { check(fault) }
        if variable == "SCHEDULER_API_TOKEN", value.utf8.count >= 8 {
            precondition(error.faults.allSatisfy { !$0.message.contains(value) }, "a fault shows the token")
        }
    }
    return 0
}

/// What is accepted can be shown, and its schedules parse back.
private func check(_ settings: Settings) {
    precondition(!settings.jobs.isEmpty, "no job, and no fault")
    for job in settings.jobs {
        do throws(ScheduleError) {
            let again = try Schedule(parsing: job.scheduleText)
            precondition(again == job.timetable.schedule, "another schedule")
        } catch {
            preconditionFailure("\(job.scheduleText): \(error)")
        }
    }
    let report = CheckReport(.success(settings), asJSON: true, now: Moment(seconds: 1_767_225_600))
    precondition(report.standardOutput.utf8.filter { $0 == 0x0A }.count == 1, "more than one line")
    for warning in settings.warnings { check(warning) }
}

/// A message is one line and names its variable.
private func check(_ fault: SettingsFault) {
    precondition(
        fault.message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F },
        "a control character"
    )
    precondition(!fault.variable.isEmpty && fault.message.contains(fault.variable), "no variable named")
}
