import Files

@testable import SchedulerCore

/// The messages of all that is wrong with an environment, beside files of which each has this text; none where all is well.
func faultMessages(_ environment: [String: String], files: [String: String] = [:]) throws -> [String] {
    var sources = SettingsSources.live
    sources.read = { path, _ in files[path].map { .success(Array($0.utf8)) } ?? .failure(.missing) }
    let found = Result { () throws(SettingsFaults) in
        try Settings(environment: environment, sources: sources)
    }
    guard case .failure(let bad) = found else { return [] }
    return bad.faults.map(\.message)
}
