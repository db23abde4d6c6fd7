import Schedule

ScheduleBenchmarks.run(directory: ZoneDirectory(environment: [:]))
