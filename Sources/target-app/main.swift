import CMain
import Glibc
import HTTPServer
import Schedule

/// What the settings read.
let environment = Dictionary(
    uniqueKeysWithValues: Settings.names.compactMap { name in
        unsafe getenv(name).map { (name, unsafe String(cString: $0)) }
    }
)

/// Serves until a signal ends it; the exit status.
func run() -> Int32 {
    do {
        let settings = try Settings(environment: environment)
        guard let state = StateStore(file: settings.stateFile) else {
            Output.error.write("TARGET_APP_STATE_FILE cannot be read, or is no file of records")
            return 78
        }
        let app = TargetApp(settings: settings, state: state) { report in
            Output.error.writeIfRead(report.line(at: .now, hiding: settings.token))
        }
        let server = try Server(on: settings.listen, limits: TargetApp.limits) { app.handle($0, $1) }
        server.start()
        Output.standard.write("listening on \(server.address.url)")
        Signals.wait()
        server.stop()
        return 0
    } catch let faults as SettingsFaults {
        for fault in faults.all { Output.error.write(fault.description) }
    } catch {
        Output.error.write("TARGET_APP_LISTEN: \(error)")
    }
    return 78
}

let given = (0..<main_argument_count()).compactMap { index in
    unsafe main_argument(index).map { unsafe String(cString: $0) }
}

Signals.hold()
switch Command(given.isEmpty ? nil : Array(given.dropFirst())) {
case .run: exit(run())
case .help: Output.standard.write(Command.helpText)
case .version: Output.standard.write(Command.versionText)
case .unknown(let argument):
    Output.error.write(#"argument "\#(argument)" is not known; allowed are --help and --version"#)
    exit(64)
case .untold:
    Output.error.write("the system has not told the arguments, so nothing is done")
    exit(64)
}
