import HTTPServer
import Testing

@Suite("An address to listen on")
struct ListenAddressTests {
    @Test(
        "accepts, and prints what it was made from",
        arguments: ["127.0.0.1:0", "0.0.0.0:65535", "[::1]:80", "[::]:8000", "localhost:1", "my_app-2.internal:80"]
    )
    func accepts(_ text: String) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address.description == text)
        #expect(address.url == "http://" + text)
    }

    @Test(
        "refuses, naming the text",
        arguments: [
            ("", #"address "" has no port; write host:port, such as 127.0.0.1:9090 or [::1]:9090"#),
            ("localhost", #"address "localhost" has no port; write host:port, such as 127.0.0.1:9090 or [::1]:9090"#),
            ("[::1]", #"address "[::1]" has no port; write host:port, such as 127.0.0.1:9090 or [::1]:9090"#),
            ("a:", #"address "a:": port "" is not a number from 0 to 65535"#),
            ("a:65536", #"address "a:65536": port "65536" is not a number from 0 to 65535"#),
            ("a:-1", #"address "a:-1": port "-1" is not a number from 0 to 65535"#),
            ("a:+80", #"address "a:+80": port "+80" is not a number from 0 to 65535"#),
            ("a: 80", #"address "a: 80": port " 80" is not a number from 0 to 65535"#),
            (
                "a:99999999999999999999",
                #"address "a:99999999999999999999": port "99999999999999999999" is not a number from 0 to 65535"#
            ),
            (":80", #"address ":80" has no host; write 0.0.0.0:80 for every IPv4 address of this machine"#),
            ("::1:80", #"address "::1:80": an IPv6 address stands in brackets, such as [::1]:9090"#),
            ("http://a:80", host("http://a")),
            ("256.1.1.1:80", host("256.1.1.1")), ("1.2.3:80", host("1.2.3")), ("[::g]:80", host("[::g]")),
            ("[]:80", host("[]")), ("a b:80", host("a b")), ("-a:80", host("-a")), ("a..b:80", host("a..b")),
        ]
    )
    func refuses(_ text: String, message: String) throws {
        let error = try #require(throws: ListenError.self) { try ListenAddress(parsing: text) }
        #expect(error.description == message)
    }

    @Test("a port in use is named with the system's reason")
    func portInUse() throws {
        let first = try Server(on: try ListenAddress(parsing: "127.0.0.1:0")) { _, _ in }
        let error = try #require(throws: ListenError.self) { try Server(on: first.address) { _, _ in } }
        #expect(error.description == "cannot listen on \(first.address): Address already in use")
        #expect(first.address.port != 0)
    }

    @Test("an address of another machine")
    func notHere() throws {
        let elsewhere = try ListenAddress(parsing: "192.0.2.1:80")
        let error = try #require(throws: ListenError.self) { try Server(on: elsewhere) { _, _ in } }
        #expect(error.description == "cannot listen on 192.0.2.1:80: Cannot assign requested address")
    }
}

private func host(_ host: String) -> String {
    #"address "\#(host):80": host "\#(host)" is neither an IPv4 address, an IPv6 address in brackets nor a name"#
}
