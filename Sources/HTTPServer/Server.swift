internal import Glibc
internal import Locking
internal import Threads

/// A small HTTP/1.1 server: one thread, one request per connection, no keep-alive.
///
/// The handler runs on the server's thread and must not block; it may keep the `Reply` and answer later from anywhere.
package final class Server: Sendable {
    package typealias Handler = @Sendable (Request, Reply) -> Void

    /// Where it listens first of all, with the real port.
    package let address: ListenAddress
    private let mailbox: Mailbox
    private let thread: Mutex<pthread_t?>

    /// Binds, listens and makes the thread; clients wait in the kernel's queue until `start`.
    package convenience init(
        on address: ListenAddress,
        limits: Limits = Limits(),
        handler: @escaping Handler
    ) throws(ListenError) {
        try self.init(on: [(try Listener(on: address), handler)], limits: limits)
    }

    /// One thread for several listeners, which share the limits; each has a handler for what its clients ask.
    package init(
        on listeners: [(listener: Listener, handler: Handler)],
        limits: Limits = Limits()
    ) throws(ListenError) {
        let mailbox = try Mailbox()
        address = listeners.lazy.compactMap(\.listener.address).first ?? ListenAddress(host: "", port: 0)
        self.mailbox = mailbox
        // Here and not in `start`, which so cannot fail when the process may have no more threads.
        let started = SystemThread.start { EventLoop(listeners: listeners, limits: limits, mailbox: mailbox).run() }
        switch started {
        case .success(let started): thread = Mutex(started)
        case .failure(let refusal): throw .noThread(reason: errorText(refusal.number))
        }
    }

    deinit { stop() }

    /// Begins to serve clients.
    package func start() {
        mailbox.start()
    }

    /// Closes every connection and waits for the thread's end; not to be called by the handler.
    package func stop() {
        mailbox.stop()
        // The lock is held while waiting, so that every caller returns to a stopped server.
        thread.withLock { thread in
            if let started = thread { pthread_join(started, nil) }
            thread = nil
        }
    }
}
