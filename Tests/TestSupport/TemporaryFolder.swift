package import Foundation

/// A folder that goes with its owner.
package final class TemporaryFolder: Sendable {
    package let url: URL

    package init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "scheduler-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    package func path(_ name: String) -> String { url.appending(path: name).path }

    /// Puts a whole new file in place, by rename; answers its path.
    @discardableResult
    package func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: url.appending(path: name), options: .atomic)
        return path(name)
    }

    /// Rewrites the file that is there: same inode.
    package func overwrite(_ name: String, _ text: String) throws {
        let handle = try FileHandle(forWritingTo: url.appending(path: name))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }

    package func text(_ name: String) -> String { (try? String(contentsOfFile: path(name), encoding: .utf8)) ?? "" }
}

/// A secret as Kubernetes mounts it: `token` → `..data/token`, and `..data` → a folder that is replaced as a whole.
package final class MountedSecret: Sendable {
    private let folder: TemporaryFolder
    package var path: String { folder.path("token") }

    package init(_ token: String) throws {
        folder = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "..data/token")
        try flip(to: token)
    }

    package func flip(to token: String) throws {
        let version = "..\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder.path(version), withIntermediateDirectories: true)
        try folder.write("\(version)/token", token)
        try FileManager.default.createSymbolicLink(atPath: folder.path("..data_tmp"), withDestinationPath: version)
        guard unsafe rename(folder.path("..data_tmp"), folder.path("..data")) == 0 else { throw POSIXError(.EIO) }
    }
}
