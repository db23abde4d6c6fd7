import Files
import TestSupport
import Testing

@testable import Telling

@Suite("Secret book")
struct SecretBookTests {
    private let book = LogBook()

    @Test("a hundred tokens that were replaced stay masked, and those of other variables for ever")
    func longMemory() {
        let secrets = SecretBook([Secret("fixed-secret")])
        for number in 1000..<1200 { secrets.addToken(Secret("token-\(number)")) }
        secrets.addToken(Secret("token-1199"))
        book.log(secrets: secrets).info("\("fixed-secret token-1199 token-1100 token-1099")")
        #expect(book.lines.last?.hasSuffix(" *** *** *** token-1099\n") == true)
        #expect(secrets.secrets.count == 101)
    }
}
