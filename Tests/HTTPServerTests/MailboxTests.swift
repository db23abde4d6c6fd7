import Testing

@testable import HTTPServer

@Suite("Mailbox: what the loop is woken for")
struct MailboxTests {
    @Test("a stop that comes with wishes, and is cleared with them, wakes the loop once more")
    func stop() throws {
        let mailbox = try Mailbox()
        mailbox.post(.reset, to: 1)
        mailbox.stop()
        mailbox.waker.clear()
        #expect(mailbox.take()?.map(\.connection) == [1])
        var polls = PollSet()
        polls.add(mailbox.waker.descriptor, .readable)
        polls.wait(atMost: .zero)
        #expect(polls[0] == .readable)
        let isOver = mailbox.take().map { _ in false } ?? true
        #expect(isOver)
    }
}
