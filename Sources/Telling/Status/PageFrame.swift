internal import Clockwork

/// What all pages have in common: one answer with nothing from elsewhere, which needs no script.
enum PageFrame {
    /// Nothing is loaded, framed or sent anywhere, whatever may have got into the page, and only our script runs.
    static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src '\(PageScript.hash)'; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    static let refreshSeconds = 15

    static func html(title: String, header: HTML, main: HTML, footer: HTML) -> String {
        let page: HTML = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="robots" content="noindex">
            <noscript><meta http-equiv="refresh" content="\(refreshSeconds)"></noscript>
            <title>\(title) - scheduler</title>
            <link rel="icon" href="data:,">
            <style>\(style)</style>
            </head>
            <body>
            \(RunMark.symbols)
            <p class="note" id="live" role="status" hidden></p>
            <header>
            \(header)
            </header>
            <main>
            \(main)
            </main>
            <footer>\(footer)
            <p>scheduler-sidecar \(Version.number). <span id="how">This page reloads every \(refreshSeconds) seconds.</span> \
            For programs: <a href="/status">/status</a>, <a href="/metrics">/metrics</a>.</p></footer>
            <script>\(script)</script>
            </body>
            </html>

            """
        return page.text
    }

    private static let style = HTML(stringLiteral: PageStyle.text)
    private static let script = HTML(stringLiteral: PageScript.text)
}
