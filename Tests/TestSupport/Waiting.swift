package import Testing

/// Waits for what another thread brings about, at most for some twenty seconds.
package func awaitTrue(
    _ comment: Comment? = nil,
    at location: SourceLocation = #_sourceLocation,
    _ condition: () -> Bool
) async throws {
    for _ in 0..<100_000 {
        if condition() { return }
        try await Task.sleep(for: .microseconds(200))
    }
    try #require(condition(), comment, sourceLocation: location)
}
