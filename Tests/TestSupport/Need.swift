import Foundation
import Testing

/// What some tests need of the machine beside Swift and libcurl.
///
/// A test that has to do without is left out by `make test`, and told; in `make test-all` it fails.
package enum Need {
    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    private static let isAll = ProcessInfo.processInfo.environment["TEST_ALL"] != nil

    package static func root() throws {
        guard geteuid() == 0 else { throw try missing("root", "it may be that of a container") }
    }

    /// The error to throw, where all tests are to run; does not return where this one is left out.
    package static func missing(_ what: String, _ advice: String) throws -> Missing {
        #if compiler(>=6.3)
        if !isAll { try Test.cancel("needs \(what)") }
        #endif
        return Missing(description: "needs \(what); \(advice)")
    }
}
