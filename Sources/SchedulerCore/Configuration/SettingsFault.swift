package import Telling

/// Something wrong with one variable: a fault keeps the sidecar from starting, a warning does not.
package struct SettingsFault: Error, Equatable, Sendable {
    package let variable: String
    /// A whole sentence: the variable, its value unless that is a secret, what is allowed.
    package let message: String

    /// Texts from outside may stand in both, so that control characters are escaped here and nowhere else.
    package init(variable: String, message: String) {
        self.variable = Escaping.controls(variable)
        self.message = Escaping.controls(message)
    }
}

/// Everything that is wrong with an environment.
package struct SettingsFaults: Error, Equatable, Sendable {
    package let faults: [SettingsFault]
    package let warnings: [SettingsFault]
    /// How these are to be logged, as far as that could be read.
    package let logFormat: LogFormat
}

extension SecretBook {
    /// Messages that quote a variable, without a secret that stands in the wrong one.
    func masked(_ messages: [SettingsFault]) -> [SettingsFault] {
        let redactor = Redactor(self)
        return messages.map { SettingsFault(variable: $0.variable, message: redactor.maskOwn($0.message)) }
    }
}
