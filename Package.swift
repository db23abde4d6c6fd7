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

/// For what ends up in the scheduler: these two libraries are not linked unless they are used, and a use is an error.
let lean =
    strict + [
        .unsafeFlags(["-Xfrontend", "-disable-implicit-string-processing-module-import"]),
        .unsafeFlags(["-Xfrontend", "-disable-implicit-concurrency-module-import"]),
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
        .target(name: "Locking", swiftSettings: lean),
        .target(name: "Schedule", swiftSettings: lean),
        .target(name: "Clockwork", dependencies: ["Schedule"], swiftSettings: lean),
        .target(name: "HTTPClient", dependencies: ["CCurl", "Locking"], swiftSettings: lean),
        .target(name: "HTTPServer", dependencies: ["CLinux", "Locking"], swiftSettings: lean),
        .target(
            name: "SchedulerCore",
            dependencies: ["Schedule", "HTTPClient", "HTTPServer", "CLinux", "Locking"],
            swiftSettings: lean
        ),
        .executableTarget(name: "scheduler", dependencies: ["SchedulerCore"], swiftSettings: lean),
        .executableTarget(name: "target-app", dependencies: ["HTTPServer", "Locking"], swiftSettings: strict),
        .executableTarget(
            name: "Benchmarks",
            dependencies: ["Schedule", "SchedulerCore", "CLinux", "Locking"],
            path: "Tests/Benchmarks",
            exclude: ["Bare"],
            swiftSettings: strict
        ),
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
            dependencies: ["HTTPServer", "Locking", "TestClient"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TargetAppTests",
            dependencies: ["target-app", "HTTPServer", "TestClient"],
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
                "SchedulerCore", "Schedule", "HTTPClient", "HTTPServer", "TestSupport", "Locking",
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
