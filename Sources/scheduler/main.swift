internal import Glibc
internal import SchedulerCore

ProcessEnvironment.shareHeap()
exit(Program.run(arguments: Array(CommandLine.arguments.dropFirst()), environment: ProcessEnvironment.variables))
