import Calling
import Files
import SchedulerCore
import Testing

@Suite("Settings of traces")
struct TraceSettingsTests {
    private static let endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"
    private static let all = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"

    @Test(
        "where they go, if they do",
        arguments: [
            ([:], nil), ([endpoint: ""], nil), ([endpoint: "http://c:4318"], "http://c:4318/v1/traces"),
            ([endpoint: " http://c:4318/ "], "http://c:4318/v1/traces"),
            ([endpoint: "https://c/x/"], "https://c/x/v1/traces"), ([all: "http://c/as/is/"], "http://c/as/is/"),
            ([endpoint: "http://c", all: "http://d/t"], "http://d/t"),
            ([endpoint: "http://c", all: ""], "http://c/v1/traces"),
            ([endpoint: "http://c", "OTEL_SDK_DISABLED": "True"], nil),
            ([endpoint: "http://c", "OTEL_SDK_DISABLED": "false"], "http://c/v1/traces"),
            ([endpoint: "http://c", "OTEL_TRACES_SAMPLER": "always_off"], nil),
            ([endpoint: "http://c", "OTEL_TRACES_SAMPLER": "parentbased_always_on"], "http://c/v1/traces"),
        ] as [([String: String], String?)]
    )
    func endpoints(_ environment: [String: String], url: String?) throws {
        let settings = try Settings(environment: environment)
        #expect(settings.traces?.url == url)
        #expect(settings.warnings.isEmpty)
    }

    @Test("headers are decoded, and secrets; the resource has a name; the time is milliseconds")
    func details() throws {
        let settings = try Settings(environment: [
            "API_URL": "https://app/pre/", Self.endpoint: "http://c",
            "OTEL_EXPORTER_OTLP_HEADERS": "Authorization=Basic%20c2VjcmV0LWtleQ==, x-tenant = a%2Cb ,",
            "OTEL_RESOURCE_ATTRIBUTES": "service.name=app,deployment.environment=pr%C3%B6d",
            "OTEL_SERVICE_NAME": "clock",
            "OTEL_EXPORTER_OTLP_TIMEOUT": "2500",
        ])
        let traces = try #require(settings.traces)
        #expect(traces.headers.map(\.name) == ["Authorization", "x-tenant"])
        #expect(traces.headers.map(\.value.reveal) == ["Basic c2VjcmV0LWtleQ==", "a,b"])
        #expect(settings.secrets.contains { $0.reveal == "Basic c2VjcmV0LWtleQ==" })
        #expect(
            traces.resource.map { "\($0.name)=\($0.value)" } == ["service.name=clock", "deployment.environment=pröd"]
        )
        #expect(traces.timeout == .milliseconds(2_500))
        #expect(settings.warnings.isEmpty)
        let plain = try Settings(environment: [Self.endpoint: "http://c"]).traces
        #expect(plain?.resource.map { "\($0.name)=\($0.value)" } == ["service.name=scheduler-sidecar"])
        #expect(plain?.timeout == .seconds(10))
    }

    @Test(
        "nothing about them is a fault, and no value is shown",
        arguments: [
            (
                ["OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"],
                "OTEL_EXPORTER_OTLP_ENDPOINT (its value is not shown) is not an absolute http:// or https:// URL; write for "
                    + "example http://collector:4318; until then no traces are sent"
            ),
            (
                ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"],
                "OTEL_EXPORTER_OTLP_PROTOCOL=grpc: traces go out as JSON over HTTP all the same; its port is usually 4318, "
                    + "not 4317. Write http/json, or an endpoint of its own in OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
            ),
            (
                ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_HEADERS": "Authorization=a%0Ab"],
                "OTEL_EXPORTER_OTLP_HEADERS (its value is not shown) has a header that cannot be sent; it is left out"
            ),
            (
                ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_HEADERS": "secret"],
                "OTEL_EXPORTER_OTLP_HEADERS (its value is not shown) is no list of key=value, with %XX in values; what is "
                    + "none of it is left out"
            ),
            (
                ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_TIMEOUT": "10s"],
                "OTEL_EXPORTER_OTLP_TIMEOUT=\"10s\" is not known; write milliseconds from 1 to 600000; until then it counts "
                    + "as 10000"
            ),
        ] as [([String: String], String)]
    )
    func warnings(_ environment: [String: String], message: String) throws {
        #expect(try Settings(environment: environment).warnings.map(\.message) == [message])
    }
}
