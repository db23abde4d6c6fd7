import HTTPServer
import Testing

@testable import target_app

@Suite("Settings: the environment, checked as a whole")
struct SettingsTests {
    @Test("defaults")
    func defaults() throws {
        let settings = try Settings(environment: [:])
        #expect(settings.listen.description == "127.0.0.1:8000")
        #expect(settings.work == 0)
        #expect(!settings.authorization.allows(nil))
    }

    @Test("an empty token is no token, an empty LOCAL_DEV_MODE is off")
    func empty() throws {
        let settings = try Settings(environment: ["SCHEDULER_API_TOKEN": "", "LOCAL_DEV_MODE": ""])
        #expect(!settings.authorization.allows("Bearer "))
    }

    @Test("LOCAL_DEV_MODE lets all in", arguments: ["1", "true", "TRUE", "yes", "on"])
    func devMode(_ text: String) throws {
        #expect(try Settings(environment: ["LOCAL_DEV_MODE": text]).authorization.allows(nil))
    }

    @Test("every fault is named at once")
    func faults() throws {
        let faults = try #require(throws: SettingsFaults.self) {
            try Settings(environment: ["TARGET_APP_LISTEN": "", "TARGET_APP_WORK_MS": "1s", "LOCAL_DEV_MODE": "maybe"])
        }
        #expect(
            faults.all.map(\.description) == [
                #"TARGET_APP_LISTEN: address "" has no port; write host:port, such as 127.0.0.1:9090 or [::1]:9090"#,
                #"TARGET_APP_WORK_MS: "1s" is not a whole number from 0 to 86400000 (milliseconds)"#,
                #"LOCAL_DEV_MODE: "maybe" is not one of 1, true, yes, on, 0, false, no, off"#,
            ]
        )
    }

    @Test("milliseconds are digits alone", arguments: ["", "-1", "+1", "1.5", "٣", "86400001", "99999999999999999999"])
    func work(_ text: String) {
        #expect(throws: SettingsFaults(all: [.work(text: text, limit: 86_400_000)])) {
            try Settings(environment: ["TARGET_APP_WORK_MS": text])
        }
    }

    @Test(
        "arguments",
        arguments: [
            ([], .run), (["--help"], .help), (["-h"], .help), (["--version"], .version),
            (["--port"], .unknown("--port")), (["--help", "me"], .unknown("me")), ([""], .unknown("")),
            (nil, .untold),
        ] as [([String]?, Command)]
    )
    func arguments(_ arguments: [String]?, command: Command) {
        #expect(Command(arguments) == command)
    }
}
