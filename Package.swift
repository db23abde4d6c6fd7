// swift-tools-version: 6.2
import PackageDescription

// The dependencies below are the import rules: `make build` fails on an import that is not declared here.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

// The build's date (reproducible-builds.org): that of its sources, so that one source gives one binary.
let sourceDate = Context.environment["SOURCE_DATE_EPOCH"].flatMap { Int64($0) } ?? 0

let package = Package(
    name: "scheduler-sidecar",
    products: [
        .executable(name: "scheduler", targets: ["scheduler"]),
        .executable(name: "target-app", targets: ["target-app"]),
    ],
    targets: [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLinux"),
        .target(name: "CMain"),
        .target(name: "CBuild", cxxSettings: [.define("SOURCE_DATE", to: "\(sourceDate)")]),
        .target(name: "Locking", swiftSettings: strict),
        .target(name: "Files", swiftSettings: strict),
        .target(name: "Threads", dependencies: ["CLinux", "Locking"], swiftSettings: strict),
        .target(name: "JSON", swiftSettings: strict),
        .target(name: "Schedule", swiftSettings: strict),
        .target(name: "Clockwork", dependencies: ["Schedule"], swiftSettings: strict),
        .target(
            name: "Ledger",
            dependencies: ["Clockwork", "Schedule", "HTTPClient", "JSON", "Files", "Threads", "Locking"],
            swiftSettings: strict
        ),
        .target(name: "HTTPClient", dependencies: ["CCurl", "Locking"], swiftSettings: strict),
        .target(name: "HTTPServer", dependencies: ["CLinux", "Locking", "Threads"], swiftSettings: strict),
        .target(
            name: "Calling",
            dependencies: ["Clockwork", "HTTPClient", "JSON", "Schedule", "Files", "Threads", "CLinux", "Locking"],
            swiftSettings: strict
        ),
        .target(
            name: "Telling",
            dependencies: ["Clockwork", "HTTPServer", "JSON", "Schedule", "Files", "CLinux", "Locking"],
            swiftSettings: strict
        ),
        .target(
            name: "SchedulerCore",
            dependencies: [
                "Calling", "Clockwork", "Ledger", "Telling", "JSON", "Schedule", "HTTPClient", "HTTPServer", "Files",
                "Threads", "CBuild", "CLinux", "Locking",
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "scheduler",
            dependencies: ["CMain", "SchedulerCore"],
            exclude: ["Documentation.docc"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "target-app",
            dependencies: ["CMain", "Files", "HTTPServer", "JSON", "Locking", "Schedule"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Benchmarks",
            dependencies: ["Schedule", "Clockwork", "Ledger", "SchedulerCore", "Threads", "CLinux", "Locking"],
            path: "Tests/Benchmarks",
            exclude: ["Bare"],
            swiftSettings: strict
        ),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "TestSupport"], swiftSettings: strict),
        .executableTarget(
            name: "ClockworkSimulation",
            dependencies: ["Clockwork", "Schedule", "TestSupport"],
            path: "Tests/Simulation",
            swiftSettings: strict
        ),
        .testTarget(
            name: "ScheduleTests",
            dependencies: ["Schedule"],
            exclude: ["Vectors"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ClockworkTests",
            dependencies: ["Clockwork", "ClockworkSimulation", "Schedule", "TestSupport"],
            swiftSettings: strict
        ),
        .target(name: "TestClient", path: "Tests/TestClient", swiftSettings: strict),
        .testTarget(
            name: "HTTPServerTests",
            dependencies: ["HTTPServer", "Locking", "TestClient", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TargetAppTests",
            dependencies: ["target-app", "HTTPServer", "JSON", "Schedule", "TestClient"],
            swiftSettings: strict
        ),
        .target(
            name: "TestSupport",
            dependencies: ["HTTPServer", "Locking", "Schedule", "Telling"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .testTarget(
            name: "HTTPClientTests",
            dependencies: ["CCurl", "HTTPClient", "HTTPServer", "TestSupport", "Locking"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ThreadsTests",
            dependencies: ["Threads", "Locking", "TestSupport"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LedgerTests",
            dependencies: [
                "Ledger", "Clockwork", "HTTPClient", "HTTPServer", "JSON", "Schedule", "Files", "Locking", "Threads",
                "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CallingTests",
            dependencies: [
                "Calling", "Clockwork", "HTTPClient", "HTTPServer", "JSON", "Schedule", "Files", "Locking",
                "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TellingTests",
            dependencies: [
                "Telling", "Clockwork", "HTTPServer", "JSON", "Schedule", "Files", "Locking", "TestSupport",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SchedulerCoreTests",
            dependencies: [
                "SchedulerCore", "Calling", "Clockwork", "Ledger", "Telling", "Schedule", "HTTPClient", "HTTPServer",
                "Files", "JSON", "TestSupport", "Locking",
            ],
            exclude: ["Vectors"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "HTTPClient", "HTTPServer", "JSON", "TestClient", "TestSupport", "Locking", "scheduler", "target-app",
            ],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)
