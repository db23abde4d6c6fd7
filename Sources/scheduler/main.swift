internal import Glibc
internal import SchedulerCore

exit(Program.run(arguments: Array(CommandLine.arguments.dropFirst()), environment: ProcessEnvironment.variables))
