import Foundation

/// The text of a file that the kernel makes, such as /proc/self/maps; Foundation's own reading ends at 4 kB of these.
package func processFile(_ path: String) throws -> String {
    let file = try FileHandle(forReadingFrom: URL(filePath: path))
    return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
}
