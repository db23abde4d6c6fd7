import Files
import HTTPClient
import Ledger
import Testing

@testable import SchedulerCore

@Suite("Settings: a store that several sidecars share")
struct StoreSettingsTests {
    private static let files = [
        "/password": "hunter2hunter2\n", "/empty": "\n", "/ca": "-----BEGIN CERTIFICATE-----",
        "/pair": "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----", "/key": "-----BEGIN PRIVATE KEY-----",
    ]

    private func settings(_ environment: [String: String]) throws -> Settings {
        try Settings(environment: environment, sources: .only(Self.files))
    }

    @Test("without one there is none")
    func none() throws { #expect(try settings([:]).store == nil) }

    @Test(
        "addresses",
        arguments: [
            ("etcd:http://e1:2379", ["http://e1:2379"], "/scheduler"),
            ("etcd:http://e1:2379/", ["http://e1:2379"], "/scheduler"),
            (
                "etcd:http://e1:2379,https://[::1]:2379/a/b.c_d-e/", ["http://e1:2379", "https://[::1]:2379"],
                "/a/b.c_d-e"
            ),
            (
                " ETCD:http://10.0.0.1:2379,http://e2:2379,http://e3:2379/x ",
                ["http://10.0.0.1:2379", "http://e2:2379", "http://e3:2379"], "/x"
            ),
        ]
    )
    func etcd(_ text: String, endpoints: [String], prefix: String) throws {
        let store = try #require(try settings(["SCHEDULER_STORE": text]).store)
        #expect(store.address == .etcd(try endpoints.map { try BaseURL(parsing: $0) }, prefix: prefix))
        #expect(store.whenDown == .wait && store.replica == nil && store.login == nil && store.tls == TLSOptions())
    }

    @Test("the app's own path", arguments: ["app:/internal/scheduler-state", "app:/internal/scheduler-state/"])
    func app(_ text: String) throws {
        #expect(try settings(["SCHEDULER_STORE": text]).store?.address == .app(path: "/internal/scheduler-state"))
    }

    @Test("all of it")
    func all() throws {
        let settings = try settings([
            "SCHEDULER_STORE": "etcd:https://e1:2379", "SCHEDULER_STORE_USER": "bob",
            "SCHEDULER_STORE_PASSWORD_FILE": "/password", "SCHEDULER_STORE_CA_FILE": "/ca",
            "SCHEDULER_STORE_CERT_FILE": "/pair", "SCHEDULER_STORE_DOWN": "Fire", "SCHEDULER_REPLICA": "web-2.a_b",
        ])
        let store = try #require(settings.store)
        #expect(store.login == EtcdLogin(user: "bob", file: PasswordFile("/password")))
        #expect(store.tls == TLSOptions(caFile: "/ca", certificateFile: "/pair"))
        #expect(store.whenDown == .fire && store.replica == "web-2.a_b")
        #expect(settings.secrets.contains(Secret("hunter2hunter2")))
        #expect(settings.transport.target == TLSOptions())
    }

    @Test("the machine's authorities count where none are named, the app's never")
    func authorities() throws {
        let environment = [
            "SCHEDULER_STORE": "etcd:https://e1:2379", "SSL_CERT_FILE": "/ca", "SCHEDULER_CA_FILE": "/pair",
        ]
        #expect(try settings(environment).store?.tls == TLSOptions(caFile: "/ca"))
    }

    private static let etcdExample = "write for example etcd:http://etcd-1:2379,http://etcd-2:2379/scheduler"

    @Test(
        "what makes no sense is told, with what to write",
        arguments: [
            ("redis://r:6379", "begins with no engine that is known; \(etcdExample), or app:/internal/scheduler-state"),
            ("etcd", "begins with no engine that is known; \(etcdExample), or app:/internal/scheduler-state"),
            ("http://e1:2379", "begins with a URL; \(etcdExample)"),
            ("etcd:", "has the endpoint \"\", which is no http:// or https:// URL; \(etcdExample)"),
            ("etcd:e1:2379", "has the endpoint \"e1:2379\", which is no http:// or https:// URL; \(etcdExample)"),
            ("etcd:http://e1:2379,", "has the endpoint \"\", which is no http:// or https:// URL; \(etcdExample)"),
            ("etcd:http://e1", "has the endpoint \"http://e1\" without a port; etcd's is 2379"),
            ("etcd:http://[::1]/a", "has the endpoint \"http://[::1]\" without a port; etcd's is 2379"),
            (
                "etcd:http://e1:0",
                "has the endpoint \"http://e1:0\", which has the port 0; write a port from 1 to 65535"
            ),
            (
                "etcd:http://bob:pw@e1:2379",
                "holds a user name or password; take it out, they go into SCHEDULER_STORE_USER and SCHEDULER_STORE_PASSWORD_FILE"
            ),
            (
                "etcd:http://e1:2379/a,http://e2:2379/a",
                "has a path after the endpoint \"http://e1:2379\"; write the prefix once, after the last endpoint"
            ),
            (
                "etcd:http://e1:2379/a//b",
                "ends with a prefix that is no path of letters, digits and - . _ ~; \(etcdExample)"
            ),
            (
                "etcd:http://e1:2379/a?b",
                "ends with a prefix that is no path of letters, digits and - . _ ~; \(etcdExample)"
            ),
            ("app:", Self.path), ("app:/", Self.path), ("app:state", Self.path), ("app:/a/../b", Self.path),
            ("app:http://x/y", Self.path), ("app:/a?b=c", Self.path),
        ]
    )
    func addressFaults(_ text: String, message: String) throws {
        let bad = try #require(throws: SettingsFaults.self) { try settings(["SCHEDULER_STORE": text]) }
        #expect(bad.faults == [SettingsFault(variable: "SCHEDULER_STORE", message: "SCHEDULER_STORE \(message)")])
    }

    private static let path =
        "has a path that does not begin with / or holds more than letters, digits and - . _ ~; write for example "
        + "app:/internal/scheduler-state"

    @Test(
        "what does not go together is told, all at once",
        arguments: [
            (
                ["SCHEDULER_STORE": "app:/s", "SCHEDULER_STATE_DIR": "/state"],
                [
                    "SCHEDULER_STORE and SCHEDULER_STATE_DIR are both set; state is in the one or in the other: leave one of them out"
                ]
            ),
            (
                ["SCHEDULER_STORE": "etcd:http://e1:2379", "SCHEDULER_STORE_USER": "bob"],
                ["SCHEDULER_STORE_USER is set without SCHEDULER_STORE_PASSWORD_FILE; set both, or none"]
            ),
            (
                ["SCHEDULER_STORE": "etcd:http://e1:2379", "SCHEDULER_STORE_PASSWORD_FILE": "/password"],
                ["SCHEDULER_STORE_PASSWORD_FILE is set without SCHEDULER_STORE_USER; set both, or none"]
            ),
            (
                [
                    "SCHEDULER_STORE": "etcd:http://e1:2379", "SCHEDULER_STORE_USER": "bob",
                    "SCHEDULER_STORE_PASSWORD_FILE": "/empty", "SCHEDULER_STORE_CERT_FILE": "/ca",
                    "SCHEDULER_STORE_DOWN": "stop", "SCHEDULER_REPLICA": "a/b",
                ],
                [
                    #"SCHEDULER_STORE_PASSWORD_FILE="/empty" holds no password: the file is empty; write the path of a file with the password alone"#,
                    #"SCHEDULER_STORE_CERT_FILE="/ca" holds no key (-----BEGIN PRIVATE KEY-----); set SCHEDULER_STORE_KEY_FILE, or put the key into this file"#,
                    #"SCHEDULER_STORE_DOWN="stop" is not known; write wait or fire"#,
                    #"SCHEDULER_REPLICA="a/b" is no name of a replica; write letters, digits and - _ . up to 64 in all"#,
                ]
            ),
            (
                ["SCHEDULER_STORE": "app:/s", "SCHEDULER_STORE_KEY_FILE": "/key", "SCHEDULER_STORE_CA_FILE": "/ca"],
                [
                    #"SCHEDULER_STORE_KEY_FILE="/key" has no certificate beside it; set SCHEDULER_STORE_CERT_FILE too, or leave this out"#,
                    "SCHEDULER_STORE_CA_FILE is for etcd, and SCHEDULER_STORE begins with app:, which uses what the jobs' calls use; leave it out",
                    "SCHEDULER_STORE_KEY_FILE is for etcd, and SCHEDULER_STORE begins with app:, which uses what the jobs' calls use; leave it out",
                ]
            ),
            (
                ["SCHEDULER_STORE": "etcd:http://$(HOST):2379"],
                [
                    "SCHEDULER_STORE (its value is not shown) holds a reference, $(NAME) or ${NAME}, that nothing has replaced; write the value, or set NAME where the container is started"
                ]
            ),
        ]
    )
    func faults(_ environment: [String: String], messages: [String]) throws {
        let bad = try #require(throws: SettingsFaults.self) { try settings(environment) }
        #expect(bad.faults.map(\.message) == messages)
    }

    @Test("a password over plain http to another network is warned of")
    func plainHTTP() throws {
        let user = ["SCHEDULER_STORE_USER": "bob", "SCHEDULER_STORE_PASSWORD_FILE": "/password"]
        let far = ["SCHEDULER_STORE": "etcd:http://e1:2379,http://etcd.example.org:2379"]
        #expect(
            try settings(far.merging(user) { $1 }).warnings.map(\.message) == [
                "SCHEDULER_STORE: http://etcd.example.org:2379 is plain http: anyone on the way can read the password; write https://…"
            ]
        )
        #expect(try settings(far).warnings == [])
        let near = ["SCHEDULER_STORE": "etcd:http://e1:2379,https://etcd.example.org:2379"]
        #expect(try settings(near.merging(user) { $1 }).warnings == [])
    }

    @Test("its variables without a store are warned of")
    func withoutStore() throws {
        let settings = try settings(["SCHEDULER_REPLICA": "a", "SCHEDULER_STORE_CA_FILE": "/ca"])
        #expect(
            settings.warnings.map(\.message) == [
                "SCHEDULER_STORE_CA_FILE has no effect without SCHEDULER_STORE",
                "SCHEDULER_REPLICA has no effect without SCHEDULER_STORE",
            ]
        )
    }
}
