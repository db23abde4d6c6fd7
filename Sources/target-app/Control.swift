import HTTPServer
import JSON

/// `/_control/…`, by which tests and demos look at the calls and set faults; it needs no token.
///
/// `GET /_control/calls` lists the calls, `DELETE` forgets them. `GET /_control/faults` shows what is set,
/// `PUT` sets or clears the paths it names, `DELETE` clears all. `--help` has the keys.
struct Control: Sendable {
    static let prefix = "/_control"

    let calls: CallLog
    let faults: Faults

    static func owns(_ path: String) -> Bool {
        path == prefix || path.hasPrefix(prefix + "/")
    }

    func answer(_ request: Request) -> Response {
        switch (request.path, request.method) {
        case ("/_control/calls", "GET"), ("/_control/calls", "HEAD"):
            return .json(200, .array(calls.calls.map(\.json)))
        case ("/_control/calls", "DELETE"):
            calls.clear()
            return Response(status: 204)
        case ("/_control/calls", _):
            return .methodNotAllowed(["GET", "HEAD", "DELETE"])
        case ("/_control/faults", "GET"), ("/_control/faults", "HEAD"):
            return .json(200, faults.current.json)
        case ("/_control/faults", "PUT"):
            do throws(FaultsError) {
                return .json(200, faults.change(try FaultsJSON.read(request.body)).json)
            } catch {
                return .detail(400, error.description)
            }
        case ("/_control/faults", "DELETE"):
            faults.clear()
            return Response(status: 204)
        case ("/_control/faults", _):
            return .methodNotAllowed(["GET", "HEAD", "PUT", "DELETE"])
        default:
            return .detail(404, "only /_control/calls and /_control/faults are here")
        }
    }
}
