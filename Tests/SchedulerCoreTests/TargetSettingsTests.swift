import Calling
import Clockwork
import Files
import HTTPClient
import Testing

@testable import SchedulerCore

@Suite("More than one app")
struct TargetSettingsTests {
    private static let job = ["SCHEDULER_BUILTIN_JOBS": "false", "SCHEDULER_JOB_A": "every 1m POST billing:/close?x=1"]

    @Test("a job calls the app that it names, with that one's token and no other")
    func good() throws {
        let environment = Self.job.merging([
            "SCHEDULER_TARGET_BILLING": "https://billing:9000/api/",
            "SCHEDULER_TARGET_BILLING_TOKEN": "token-of-billing",
            "SCHEDULER_TARGET_CRM_2": "http://crm", "SCHEDULER_JOB_B": "every 1m POST CRM_2:/x",
            "SCHEDULER_JOB_C": "every 1m POST app:/y",
        ]) { $1 }
        let settings = try Settings(environment: environment)
        #expect(settings.jobs.map(\.place) == ["billing:/close?x=1", "crm-2:/x", "/y"])
        #expect(
            settings.targets.mapValues(\.url.text) == ["billing": "https://billing:9000/api", "crm-2": "http://crm"]
        )
        #expect(settings.targets["billing"]?.token != nil && settings.targets["crm-2"]?.token == nil)
        #expect(settings.token == nil)
        #expect(settings.secrets.map(\.reveal) == ["token-of-billing"])
        #expect(settings.warnings.isEmpty)
    }

    @Test(
        "what is wrong",
        arguments: [
            ([:], ["SCHEDULER_JOB_A: app \"billing\" is not known; set SCHEDULER_TARGET_<NAME> to its URL"]),
            (
                ["SCHEDULER_TARGET_CRM": "http://crm"],
                ["SCHEDULER_JOB_A: app \"billing\" is not known; write crm"]
            ),
            (
                ["SCHEDULER_TARGET_BILLING": "http://b", "SCHEDULER_TARGET_APP": "http://c"],
                [
                    "SCHEDULER_TARGET_APP: app is the name of the main app, which API_URL says; write another name"
                ]
            ),
            (
                ["SCHEDULER_TARGET_BILLING": "billing:9000"],
                [
                    "SCHEDULER_TARGET_BILLING=\"billing:9000\" is not an absolute http:// or https:// URL; write for example "
                        + "http://app:8000"
                ]
            ),
            (
                ["SCHEDULER_TARGET_BILLING": "http://b", "SCHEDULER_TARGET_X_TOKEN": "secret-token"],
                [
                    "SCHEDULER_TARGET_X_TOKEN is the token of an app that is not there; set SCHEDULER_TARGET_X to its URL, or "
                        + "take it out"
                ]
            ),
            (
                [
                    "SCHEDULER_TARGET_BILLING": "http://b", "SCHEDULER_TARGET_BILLING_TOKEN": "a",
                    "SCHEDULER_TARGET_BILLING_TOKEN_FILE": "/f",
                ],
                [
                    "SCHEDULER_TARGET_BILLING_TOKEN_FILE=\"/f\" and SCHEDULER_TARGET_BILLING_TOKEN are both set; leave one of "
                        + "them out"
                ]
            ),
            (
                ["SCHEDULER_TARGET_BILLING": "b:1", "SCHEDULER_TARGET_BILLING_TOKEN": "a b"],
                [
                    "SCHEDULER_TARGET_BILLING=\"b:1\" is not an absolute http:// or https:// URL; write for example "
                        + "http://app:8000",
                    "SCHEDULER_TARGET_BILLING_TOKEN (its value is not shown) holds a blank, a control character or a "
                        + "non-ASCII character; only visible ASCII is allowed",
                ]
            ),
            (
                ["SCHEDULER_TARGET_BILLING": "http://b", "SCHEDULER_TARGET_BILLING_TOKEN_FILE": "/none"],
                [
                    "SCHEDULER_TARGET_BILLING_TOKEN_FILE=\"/none\" does not exist; write the path of a file that holds the "
                        + "token alone"
                ]
            ),
            (
                ["SCHEDULER_TARGET_BILLING": "http://b", "SCHEDULER_TARGET_": "http://c"],
                ["SCHEDULER_TARGET_ names no app; write for example SCHEDULER_TARGET_BILLING=https://billing:9000"]
            ),
        ] as [([String: String], [String])]
    )
    func faults(_ environment: [String: String], _ messages: [String]) throws {
        #expect(try faultMessages(Self.job.merging(environment) { $1 }) == messages)
    }
}
