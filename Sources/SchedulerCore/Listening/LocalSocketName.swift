internal import Glibc
internal import HTTPServer
internal import Schedule

/// The name under which a sidecar answers `scheduler healthcheck`, and under which that finds it.
///
/// Abstract names are shared by all processes of a network namespace, which may be several containers (a pod, or
/// compose's `network_mode: "service:app"`). So the name is made of what only one container has, its namespaces of
/// processes and mounts, and for several sidecars without containers of what tells them apart: the user and the
/// settings. No secret enters it: everyone on the machine can read such names in /proc/net/unix.
enum LocalSocketName {
    static let variables: [Variable] = [.apiURL, .seed, .stateDirectory, .store, .replica, .listen, .jobsFile]

    static func name(_ environment: [String: String]) -> LocalName? {
        name(environment, user: geteuid(), namespaces: ["pid", "mnt"].map { inode("/proc/self/ns/\($0)") })
    }

    /// The one that a standby has, so that whoever has the state is asked first.
    static func standby(_ name: LocalName) -> LocalName? { LocalName(name.description + ".standby") }

    static func name(_ environment: [String: String], user: UInt32, namespaces: [UInt64]) -> LocalName? {
        let settings = variables.map { environment[$0.name].map { "=" + $0 } ?? "" }
        let hash = HashKey(seed: settings.joined(separator: "\n")).value(for: "socket")
        let parts = [String(user)] + namespaces.map(String.init) + [String(hash, radix: 16)]
        return LocalName("scheduler-sidecar/" + parts.joined(separator: "."))
    }

    /// 0 where there is no /proc: both sides then see the same.
    private static func inode(_ path: String) -> UInt64 {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? UInt64(status.st_ino) : 0
    }
}
