internal import CCurl

extension EasyHandle {
    func set(_ tls: TLSOptions) throws(TransferError) {
        // Without a passphrase OpenSSL would ask for one on the terminal, and wait.
        try set(CURLOPT_KEYPASSWD, "")
        if let file = tls.caFile {
            // The folder is libcurl's other default: it would go on trusting everyone that the system does.
            unsafe try set(CURLOPT_CAPATH, nil)
            try set(CURLOPT_CAINFO, file)
            unsafe try set(CURLOPT_PROXY_CAPATH, nil)
            try set(CURLOPT_PROXY_CAINFO, file)
        }
        if let file = tls.certificateFile { try set(CURLOPT_SSLCERT, file) }
        if let file = tls.keyFile { try set(CURLOPT_SSLKEY, file) }
    }

    func set(_ proxy: ProxyURL) throws(TransferError) {
        try set(CURLOPT_PROXY, proxy.text)
        try set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))  // of a tunnelled request the proxy sees no header
        try set(CURLOPT_PROXY_SSL_VERIFYPEER, 1)
        try set(CURLOPT_PROXY_SSL_VERIFYHOST, 2)
        try set(CURLOPT_PROXY_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    }
}
