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
        .target(name: "Locking", swiftSettings: strict),
        .target(name: "JSON", swiftSettings: strict),
        .target(name: "Schedule", swiftSettings: strict),
        .target(name: "HTTPClient", dependencies: ["CCurl", "Locking"], swiftSettings: strict),
        .target(name: "HTTPServer", dependencies: ["CLinux", "Locking"], swiftSettings: strict),
        .target(
            name: "SchedulerCore",
            dependencies: ["JSON", "Schedule", "HTTPClient", "HTTPServer", "CLinux", "Locking"],
            swiftSettings: strict
        ),
        .executableTarget(name: "scheduler", dependencies: ["CMain", "SchedulerCore"], swiftSettings: strict),
        .executableTarget(
            name: "target-app",
            dependencies: ["CMain", "HTTPServer", "JSON", "Locking", "Schedule"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Benchmarks",
            dependencies: ["Schedule", "SchedulerCore", "CLinux", "Locking"],
            path: "Tests/Benchmarks",
            exclude: ["Bare"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "TickerSimulation",
            dependencies: ["Schedule", "SchedulerCore", "TestSupport"],
            path: "Tests/Simulation",
            swiftSettings: strict
        ),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ScheduleTests",
            dependencies: ["Schedule"],
            exclude: ["Vectors"],
            swiftSettings: strict
        ),
        .target(name: "TestClient", path: "Tests/TestClient", swiftSettings: strict),
        .testTarget(
            name: "HTTPServerTests",
            dependencies: ["HTTPServer", "Locking", "TestClient"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TargetAppTests",
            dependencies: ["target-app", "HTTPServer", "JSON", "Schedule", "TestClient"],
            swiftSettings: strict
        ),
        .target(
            name: "TestSupport",
            dependencies: ["HTTPServer", "Locking"],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .testTarget(
            name: "HTTPClientTests",
            dependencies: ["CCurl", "HTTPClient", "HTTPServer", "TestSupport", "Locking"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SchedulerCoreTests",
            dependencies: [
                "SchedulerCore", "Schedule", "HTTPClient", "HTTPServer", "TestSupport", "Locking", "TickerSimulation",
            ],
            exclude: ["Vectors"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "HTTPClient", "HTTPServer", "TestClient", "TestSupport", "Locking", "scheduler", "target-app",
            ],
            swiftSettings: strict
        ),
    ],
    swiftLanguageModes: [.v6]
)
