internal import CCurl

extension EasyHandle {
    func set(_ tls: TLSOptions) {
        // Without a passphrase OpenSSL would ask for one on the terminal, and wait.
        set(CURLOPT_KEYPASSWD, "")
        if let file = tls.caFile {
            // The folder is libcurl's other default: it would go on trusting everyone that the system does.
            unsafe set(CURLOPT_CAPATH, nil)
            set(CURLOPT_CAINFO, file)
            unsafe set(CURLOPT_PROXY_CAPATH, nil)
            set(CURLOPT_PROXY_CAINFO, file)
        }
        if let file = tls.certificateFile { set(CURLOPT_SSLCERT, file) }
        if let file = tls.keyFile { set(CURLOPT_SSLKEY, file) }
    }

    func set(_ proxy: ProxyURL) {
        set(CURLOPT_PROXY, proxy.text)
        set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))  // of a tunnelled request the proxy sees no header
        set(CURLOPT_PROXY_SSL_VERIFYPEER, 1)
        set(CURLOPT_PROXY_SSL_VERIFYHOST, 2)
        set(CURLOPT_PROXY_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    }
}
