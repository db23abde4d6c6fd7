import HTTPServer
import Testing

@testable import SchedulerCore

@Suite("The local socket for health checks")
struct LocalSocketNameTests {
    private func name(
        _ environment: [String: String] = ["API_URL": "http://app:8000"],
        user: UInt32 = 10_001,
        namespaces: [UInt64] = [1, 2]
    ) -> String {
        LocalSocketName.name(environment, user: user, namespaces: namespaces)?.description ?? ""
    }

    @Test("the same for the same container, user and settings; another for any other")
    func distinct() {
        let others = [
            name(user: 0), name(namespaces: [1, 3]), name(namespaces: [3, 2]), name(["API_URL": "http://other:8000"]),
            name(["API_URL": "http://app:8000", "SCHEDULER_SEED": "b"]), name([:]),
            name(["SCHEDULER_SEED": "http://app:8000"]),
            name(["API_URL": "http://app:8000", "SCHEDULER_STATE_DIR": "/s"]),
            name(["API_URL": "http://app:8000", "SCHEDULER_STORE": "app:/s"]),
            name(["API_URL": "http://app:8000", "SCHEDULER_STORE": "app:/s", "SCHEDULER_REPLICA": "a"]),
            name(["API_URL": "http://app:8000", "SCHEDULER_STORE": "app:/s", "SCHEDULER_REPLICA": "b"]),
        ]
        #expect(name() == name())
        #expect(Set(others + [name()]).count == others.count + 1)
        #expect(name().hasPrefix("scheduler-sidecar/10001.1.2."))
    }

    @Test("no secret enters it: the name can be read by everyone on the machine")
    func noSecret() {
        #expect(name(["API_URL": "http://app", "SCHEDULER_API_TOKEN": "a"]) == name(["API_URL": "http://app"]))
    }

    @Test("the longest numbers fit a socket's name")
    func length() {
        #expect(LocalSocketName.name([:], user: .max, namespaces: [.max, .max]) != nil)
    }
}
