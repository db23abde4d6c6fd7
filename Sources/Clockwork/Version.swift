/// What this program is called and which it is.
package enum Version {
    package static let name = "scheduler-sidecar"
    package static let number = "0.2.0"
    package static let userAgent = "\(name)/\(number)"
}
