internal import Glibc

/// A process at the other end of a local connection, as the kernel knows it (unix(7), SO_PEERCRED).
package struct Peer: Sendable, Equatable {
    /// 0 where it can't be seen from here: it is in another container.
    package let process: UInt32
    package let user: UInt32

    package init(process: UInt32, user: UInt32) { (self.process, self.user) = (process, user) }

    /// Whether it has our user id, and can be seen from here: a user id alone is also that of strangers in other
    /// containers.
    package var isOurs: Bool { user == geteuid() && process != 0 }
}

extension Peer: CustomStringConvertible {
    package var description: String {
        process == 0 ? "a process of user \(user) in another container" : "process \(process) of user \(user)"
    }
}
