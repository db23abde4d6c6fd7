import Schedule

// Benchmarks [seconds of the lateness part]: prints tables, asserts nothing.

let directory = ZoneDirectory(environment: [:])
try ScheduleBenchmarks.run(directory: directory)
try TickerBenchmarks.run(directory: directory)
try StoreBenchmarks.run()
try LatenessBenchmarks.run(seconds: CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 20)
