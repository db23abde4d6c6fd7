internal import Schedule
internal import Telling

/// One job as a line of text says it: `[schedule] [METHOD path] [option=value …]`, or `off`.
struct JobLine: Sendable {
    var isOff = false
    var schedule: Schedule?
    var method: String?
    var path: String?
    /// The app that is called; nil: the main one, where there is a path.
    var target: String?
    var options = JobOptions()

    /// What is given here replaces what `base` says; the rest stays.
    func over(_ base: JobLine) -> JobLine {
        var result = JobLine()
        result.isOff = isOff
        result.schedule = schedule ?? base.schedule
        result.method = method ?? base.method
        result.path = path ?? base.path
        result.target = path == nil ? base.target : target
        result.options = options.over(base.options)
        return result
    }

    /// Reads a line, and tells all that is wrong with it.
    static func parse(_ text: String) -> (line: JobLine, faults: [JobLineFault]) {
        var parser = JobLineParser()
        // A block in a YAML file ends with a newline.
        parser.read(text.trimmed)
        return (parser.line, parser.faults)
    }

    /// Reads `SCHEDULER_JOB_DEFAULTS`: options only, and none that is one job's own.
    static func parseDefaults(_ text: String) -> (options: JobOptions, faults: [JobLineFault]) {
        var (line, faults) = parse(text)
        // There is no path here that options could follow.
        faults = faults.map { if case .word(let word) = $0 { .wordInDefaults(word) } else { $0 } }
        if line.isOff { faults.append(.notInDefaults("off")) }
        if line.schedule != nil { faults.append(.notInDefaults("a schedule")) }
        if line.method != nil { faults.append(.notInDefaults("a method and path")) }
        if line.options.body != nil { faults.append(.notInDefaults("body=")) }
        line.options.body = nil
        return (line.options, faults)
    }
}
