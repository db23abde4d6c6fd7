/// Whom an https request trusts, and who it says it is; all are PEM files.
///
/// libcurl reads them anew for each request, so a file that was replaced counts from the next attempt on.
package struct TLSOptions: Sendable, Equatable {
    /// The authorities that are trusted, in place of the system's.
    package var caFile: String?
    /// The client certificate, its chain after it.
    package var certificateFile: String?
    /// Its key; nil: the key is in the certificate's file.
    package var keyFile: String?

    package init(caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}
