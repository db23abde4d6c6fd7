/// Why a request is not served; each case is answered with its status, then the connection is closed.
package enum Refusal: Error, Equatable, Sendable {
    case malformedRequestLine
    case malformedTarget
    case unsupportedVersion
    case malformedHeader
    case foldedHeader
    case bareLineEnd
    case malformedHost
    case malformedLength
    case lengthBesideCoding
    case codingInOldVersion
    case chunkedBody
    case unknownCoding
    case unknownExpectation
    case cutShort
    case requestLineTooLong(limit: Int)
    case headersTooLong(limit: Int)
    case tooManyHeaders(limit: Int)
    case bodyTooLong(limit: Int)
    case tooSlow
}

extension Refusal: CustomStringConvertible {
    package var status: Int {
        switch self {
        case .tooSlow: 408
        case .chunkedBody: 411
        case .bodyTooLong: 413
        case .requestLineTooLong: 414
        case .unknownExpectation: 417
        case .headersTooLong, .tooManyHeaders: 431
        case .unknownCoding: 501
        case .unsupportedVersion: 505
        default: 400
        }
    }

    /// One sentence; it never repeats what the client sent.
    package var description: String {
        switch self {
        case .malformedRequestLine: "the request line is not METHOD SP target SP HTTP/1.1"
        case .malformedTarget: "the request target is not a path of visible ASCII without #"
        case .unsupportedVersion: "only HTTP/1.0 and HTTP/1.1 are spoken here"
        case .malformedHeader: "a header line is not name: value without control characters"
        case .foldedHeader: "a header line begins with a blank"
        case .bareLineEnd: "a line does not end in CR LF"
        case .malformedHost: "HTTP/1.1 needs exactly one Host header with a host and an optional port"
        case .malformedLength: "Content-Length is not one number, given once"
        case .lengthBesideCoding: "Content-Length beside Transfer-Encoding"
        case .codingInOldVersion: "Transfer-Encoding in HTTP/1.0"
        case .chunkedBody: "a body needs Content-Length here"
        case .unknownCoding: "this Transfer-Encoding is not known here"
        case .unknownExpectation: "only Expect: 100-continue is known here"
        case .cutShort: "the request ended before it was whole"
        case .requestLineTooLong(let limit): "the request line is longer than \(limit) bytes"
        case .headersTooLong(let limit): "the headers are longer than \(limit) bytes"
        case .tooManyHeaders(let limit): "there are more than \(limit) headers"
        case .bodyTooLong(let limit): "the body is longer than \(limit) bytes"
        case .tooSlow: "the request did not arrive in time"
        }
    }

    package var response: Response { .text(status, description) }
}
