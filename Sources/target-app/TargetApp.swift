import HTTPServer
import Locking

/// The stand-in for the main app: routes a request to control, a fault or an endpoint.
final class TargetApp: Sendable {
    private let settings: Settings
    private let report: @Sendable (CallReport) -> Void
    private let calls = CallLog()
    private let faults = Faults()
    private let later = Later()
    private let state: StateStore
    /// The session processors that are at work.
    private let busy = Mutex<Set<String>>([])

    /// Room for many slow calls at once; below the usual 1024 descriptors.
    static var limits: Limits {
        var limits = Limits()
        limits.connections = 1_000
        limits.requestLineBytes = 65_536
        limits.headerBytes = 262_144
        limits.headerCount = 200
        limits.bodyBytes = 8_388_608
        limits.readTimeout = .seconds(30)
        limits.writeTimeout = .seconds(60)
        return limits
    }

    /// `report` is told of each call once it has ended.
    init(settings: Settings, state: StateStore, report: @escaping @Sendable (CallReport) -> Void) {
        self.settings = settings
        self.state = state
        self.report = report
    }

    func handle(_ request: Request, _ reply: Reply) {
        if Control.owns(request.path) {
            return reply.send(Control(calls: calls, faults: faults).answer(request))
        }
        var visit = Visit(request: request, reply: reply, calls: calls, report: report)
        guard let fault = faults.take(for: request) else { return serve(visit) }
        visit.afterwards = fault.afterwards
        later.after(milliseconds: fault.delay ?? 0) { [self, visit] in
            if let answer = fault.answer {
                visit.answer(answer, in: fault.manner, later: later)
            } else {
                serve(visit, fault)
            }
        }
    }

    private func serve(_ visit: Visit, _ fault: Fault? = nil) {
        if StateStore.owns(visit.request.path) {
            let takesStale = fault?.takesStale ?? false
            let response = state.answer(visit.request, by: settings.authorization, takesStale: takesStale)
            return visit.answer(response, later)
        }
        switch Endpoint.judge(visit.request, by: settings.authorization) {
        case .refused(let response): visit.answer(response, later)
        case .work(let response, nil):
            later.after(milliseconds: settings.work) { [later] in visit.answer(response, later) }
        case .work(let response, let name?):
            guard busy.withLock({ $0.insert(name).inserted }) else {
                return visit.answer(.detail(409, "processor \(name) is already running"), later)
            }
            // The work goes on though its caller may have left, as it would in the app.
            later.after(milliseconds: settings.work) { [self] in
                busy.withLock { _ = $0.remove(name) }
                visit.answer(response, later)
            }
        }
    }
}
