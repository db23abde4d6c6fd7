internal import CMain
internal import Glibc
internal import SchedulerCore

private let given = (0..<main_argument_count()).compactMap { index in
    unsafe main_argument(index).map { unsafe String(cString: $0) }
}

exit(
    Program.run(
        arguments: given.isEmpty ? nil : Array(given.dropFirst()),
        environment: ProcessEnvironment.variables
    )
)
