import Calling
import Files
import TestSupport

extension TokenServer {
    /// Who asks it, under another name.
    func client(
        _ proof: (TokenOrigin) -> OAuthClient.Proof = { .secret($0, inForm: false) },
        scope: String? = nil,
        audience: String? = nil
    ) -> TokenProvider {
        let url = TokenURL(text: url, host: "login.example.com")
        let proof = proof(TokenOrigin(Secret(Self.secret)))
        return .oauth(OAuthClient(url: url, id: Self.id, proof: proof, scope: scope, audience: audience))
    }
}
