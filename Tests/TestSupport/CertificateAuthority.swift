import Foundation

/// A private authority, and the certificates that it hands out.
package final class CertificateAuthority: Sendable {
    package struct Certificate: Sendable {
        package let certificateFile: String
        package let keyFile: String
        /// Held, so that the files outlive the authority.
        fileprivate let folder: TemporaryFolder
    }

    private let folder: TemporaryFolder
    package var file: String { folder.path("ca.pem") }
    /// What the file holds.
    package var certificate: String { folder.text("ca.pem") }

    package init() throws {
        folder = try TemporaryFolder()
        try openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2")
        try folder.write("index", "")
        try folder.write("serial", "1000\n")
    }

    /// A certificate for these names, as `subjectAltName` has them; times as `openssl ca` has them.
    package func issue(
        _ names: String = "IP:127.0.0.1",
        from start: String? = nil,
        until end: String? = nil
    ) throws -> Certificate {
        let name = UUID().uuidString
        try folder.write("\(name).cnf", Self.configuration(names: names))
        try openssl(
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(name).key -out \(name).csr"
        )
        let dates = (start.map { " -startdate \($0)" } ?? "") + (end.map { " -enddate \($0)" } ?? " -days 2")
        try openssl("ca -batch -notext -config \(name).cnf -in \(name).csr -out \(name).pem\(dates)", hasSubject: false)
        return Certificate(
            certificateFile: folder.path("\(name).pem"),
            keyFile: folder.path("\(name).key"),
            folder: folder
        )
    }

    /// One that only vouches for itself.
    package func selfSigned(_ names: String = "IP:127.0.0.1") throws -> Certificate {
        try openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout self.key -out self.pem "
                + "-addext subjectAltName=\(names)"
        )
        return Certificate(certificateFile: folder.path("self.pem"), keyFile: folder.path("self.key"), folder: folder)
    }

    private func openssl(_ words: String, hasSubject: Bool = true) throws {
        let arguments = words.split(separator: " ").map(String.init)
        try Tool.run("openssl", arguments + (hasSubject ? ["-subj", "/CN=test"] : []), in: folder.url)
    }

    private static func configuration(names: String) -> String {
        """
        [ca]
        default_ca = own
        [own]
        new_certs_dir = .
        database = index
        serial = serial
        certificate = ca.pem
        private_key = ca.key
        default_md = sha256
        policy = any
        unique_subject = no
        x509_extensions = extensions
        [any]
        commonName = optional
        [extensions]
        subjectAltName = \(names)

        """
    }
}
