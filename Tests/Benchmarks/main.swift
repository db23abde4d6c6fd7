import Schedule

// Benchmarks [seconds of the long parts] [folder of the released program and of bare]: prints tables, asserts nothing.

let directory = ZoneDirectory(environment: [:])
let arguments = CommandLine.arguments.dropFirst()
let seconds = arguments.first.flatMap { Int($0) } ?? 20
if let folder = arguments.dropFirst().first { try ProgramBenchmarks(folder: folder, seconds: seconds).run() }
try LatenessBenchmarks.run(seconds: seconds)
try ClockworkBenchmarks.run(directory: directory)
try ClockworkBenchmarks.runGroups(directory: directory)
try LedgerBenchmarks.run()
try ScheduleBenchmarks.run(directory: directory)
