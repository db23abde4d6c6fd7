/// The one table of variables; a case without a row does not compile.
extension Variable {
    var row: Row {
        switch self {
        case .apiURL:
            Row(
                .value("http://localhost:8000"),
                .url,
                "the app; http or https, a path prefix is kept; user info, query and fragment are faults"
            )
        case .token:
            Row(
                .unset,
                .secret,
                "sent as `Authorization: Bearer …`; visible ASCII. Unset: one warning, calls go out without it"
            )
        case .tokenFile:
            Row(
                .unset,
                .text("the path of a file with the token"),
                "read [the token](#the-token) from this file; not together with the one above"
            )
        case .auth:
            Row(
                .value("bearer"),
                .text("bearer, basic, oauth, google or azure"),
                "how calls say who they are: the token as `bearer`; as the password of `basic`; or one that is fetched from "
                    + "an [identity provider](#tokens-that-are-fetched): `oauth`, `google`, `azure`"
            )
        case .apiUser:
            Row(
                .unset,
                .text("a user name without a colon"),
                "the user of `SCHEDULER_AUTH=basic`; the token is the password"
            )
        case .oauthTokenURL:
            Row(
                .unset,
                .text("the https:// URL of a token endpoint"),
                "of `oauth`: where tokens are given; https, or http to this machine"
            )
        case .oauthClientID:
            Row(
                .unset,
                .text("the client's ID, printable ASCII"),
                "of `oauth`: who asks; of `azure`: which managed identity, where there are several"
            )
        case .oauthClientSecretFile:
            Row(
                .unset,
                .text("the path of a file with the client's secret"),
                "of `oauth`: its secret; read again at each request for a token"
            )
        case .oauthAssertionFile:
            Row(
                .unset,
                .text("the path of a file with a signed token"),
                "of `oauth`, in place of the secret: a signed token, such as a projected one of Kubernetes (RFC 7523)"
            )
        case .oauthScope: Row(.unset, .text("words, printable ASCII"), "of `oauth`: the scope to ask for")
        case .oauthAudience:
            Row(
                .unset,
                .text("a URL or a name, printable ASCII"),
                "whom the token is for: `google` and `azure` need it (there it is the `resource`), of `oauth` some do"
            )
        case .oauthClientAuth:
            Row(
                .value("basic"),
                .text("basic or form"),
                "of `oauth`: where ID and secret stand: `basic` in a header, `form` in the body"
            )
        case .metadataHost:
            Row(
                .words("`metadata.google.internal`"),
                .text("a host, with a port if need be"),
                "of `google`: the metadata server"
            )
        case .identityEndpoint:
            Row(
                .unset,
                .text("an http:// or https:// URL"),
                "of `azure`: where the platform says that identities are; else the metadata service is asked"
            )
        case .identityHeader:
            Row(.unset, .text("visible ASCII"), "of `azure`: what the platform wants there. A secret")
        case .requireToken: Row(.value("false"), .flag, "`true`: no token is a fault")
        case .dataRefresh: Self.interval(900, of: "data-refresh")
        case .healthCheck: Self.interval(300, of: "health-check")
        case .scriptRun: Self.interval(60, of: "script-runner")
        case .sessionCollector: Self.interval(600, of: "session-collector")
        case .verificationDetector: Self.interval(900, of: "session-processor:verification")
        case .usageProcessor: Self.interval(600, of: "session-processor:usage")
        case .corporateMemory: Self.interval(1_020, of: "corporate-memory")
        case .metadataRefresh: Self.interval(14_400, of: "bq-metadata-refresh")
        case .job: Row(.words("–"), .text("a job line, or off"), "a [job line](#job-lines)")
        case .target:
            Row(
                .words("–"),
                .url,
                "the URL of [one more app](#more-than-one-app); `POST billing:/close` in a job line calls that of "
                    + "`SCHEDULER_TARGET_BILLING`"
            )
        case .targetToken: Row(.words("–"), .secret, "its token; without it calls there carry none")
        case .targetTokenFile:
            Row(.words("–"), .text("the path of a file with the token"), "the same from a file")
        case .jobsFile: Row(.unset, .text("the path of a file"), "a file of `name: job line` lines; `#` comments")
        case .jobDefaults:
            Row(.unset, .text("options such as retries=2 jitter=10s"), "options for every job that does not set them")
        case .builtinJobs: Row(.value("true"), .flag, "`false`: leave out the documented jobs")
        case .timezone:
            Row(
                .value("UTC"),
                .text("an IANA zone such as Europe/Prague, or UTC"),
                "zone of schedules that name none; `TZ` is not read"
            )
        case .freeze:
            Row(
                .unset,
                .text("windows such as cron 0 22 * * FRI for 58h, with ; between them"),
                "[windows](#freeze-windows) in which no job starts, with `;` between them"
            )
        case .freezeFile:
            Row(.unset, .text("the path of a file"), "a file of more of them, one a line; `#` comments")
        case .seed:
            Row(
                .words("`API_URL`"),
                .text("any text"),
                "enters what `H`, `jitter=` and the startup spread come to: two installations differ, one is stable"
            )
        case .groups:
            Row(
                .unset,
                .text("names with limits from 1 to 256, such as llm=1 nightly=2"),
                "at most so many runs of a [group](#groups) at once: `llm=1 nightly=2`; a job is in it by `group=llm`"
            )
        case .maxConcurrency:
            // Each thread costs memory and a process id.
            Row(
                .words("as many as jobs, 4 to 256"),
                .number(1...256, of: "threads"),
                "attempts at once, 1 to 256; the rest wait for a free thread, and that counts as lateness. Each takes two "
                    + "processes (one looks up the name), the sidecar five more: with more than 45, raise `pids_limit`. No more "
                    + "than the limit on open files has room for: six each, fewer where `API_URL` has an address"
            )
        case .tick:
            Row(
                .value("30"),
                .seconds(from: 1),
                "longest sleep between two looks at the clock; a run that starts later than this counts as missed. The "
                    + "documented intervals may not be smaller"
            )
        case .startupGrace: Row(.value("60"), .seconds(from: 0), "pause before the first run; 0: none")
        case .startupSpread:
            Row(
                .value("0"),
                .seconds(from: 0),
                "first runs and catch-ups are spread over this long after the grace"
            )
        case .metadataOffsetMax:
            Row(
                .value("900"),
                .number(
                    -Rule.longestSeconds...Rule.longestSeconds,
                    "seconds up to \(Rule.longestSeconds), digits only; 0 or less means no offset"
                ),
                "the first `bq-metadata-refresh` comes up to this much earlier than an interval after the grace; 0 or "
                    + "less: right after the grace"
            )
        case .stopTimeout:
            Row(
                .value("50"),
                .seconds(from: 0),
                "how long calls in flight may take to end after SIGTERM; 0: they are aborted at once"
            )
        case .caFile: Row(.unset, Self.pem, "PEM file of the authorities to trust, in place of the system's")
        case .sslCertFile:
            Row(.unset, Self.pem, "the same for all calls, PostHog's too; for the app `SCHEDULER_CA_FILE` wins")
        case .curlCABundle: Row(.unset, Self.pem, "the same again; `SSL_CERT_FILE` wins over it")
        case .clientCertFile:
            Row(.unset, Self.pem, "PEM client certificate for the app, with its key or beside the next")
        case .clientKeyFile: Row(.unset, Self.pem, "its key, without a passphrase")
        case .proxy:
            Row(
                .unset,
                .text("the URL of a proxy, for example http://proxy:3128"),
                "proxy for calls to the app: `http://`, `https://`, `socks5://` or `socks5h://`, with a port"
            )
        case .unixSocket:
            Row(
                .unset,
                .text("the absolute path of a socket, such as /run/app/app.sock"),
                "calls to the app go over this Unix socket: its absolute path; `API_URL` then gives `Host` and path prefix. "
                    + "Not together with a proxy"
            )
        case .alertURL:
            Row(
                .unset,
                .secret,
                "a webhook that is told of [incidents](#incidents): a job that fails again and again, an app that is down. A "
                    + "secret"
            )
        case .alertURLFile:
            Row(
                .unset,
                .text("the path of a file with the URL"),
                "read it from this file; not together with the one above"
            )
        case .alertFormat:
            Row(
                .words("by the host, else `json`"),
                .text("slack, discord, teams, pagerduty, ntfy, apprise or json"),
                "whose webhook: `slack`, `discord`, `teams`, `pagerduty`, `ntfy`, `apprise`, `json`"
            )
        case .alertKey: Row(.unset, .secret, "PagerDuty's routing key. A secret")
        case .alertKeyFile: Row(.unset, .text("the path of a file with the key"), "the same from a file")
        case .alertRemind:
            Row(.value("24h"), .text("a duration such as 24h"), "how often of an incident that goes on; 0: never")
        case .alertDownAfter:
            Row(.value("5m"), .text("a duration such as 5m"), "an app that is down for so long is an incident")
        case .pingURL:
            Row(
                .unset,
                .secret,
                "[dead-man pings](#dead-man-pings) of all jobs go here; `{job}` is the job's name. A secret"
            )
        case .pingURLFile:
            Row(
                .unset,
                .text("the path of a file with the URL"),
                "read it from this file; not together with the one above"
            )
        case .pingFormat:
            Row(
                .words("by the host, else `healthchecks`"),
                .text("healthchecks, kuma, cronitor, betterstack, sentry or plain"),
                "whose pings: `healthchecks`, `kuma`, `cronitor`, `betterstack`, `sentry`, `plain`"
            )
        case .heartbeatURL:
            Row(.unset, .secret, "GET once a minute while `/healthz` would be 200. A secret")
        case .heartbeatURLFile:
            Row(.unset, .text("the path of a file with the URL"), "the same from a file")
        case .postHogKey:
            Row(
                .unset,
                .secret,
                "set: calls without any answer are reported as `$exception` events, one per outage"
            )
        case .postHogHost: Row(.value("https://eu.i.posthog.com"), .url, "where to")
        case .postHogEnvironment:
            Row(.unset, .text("any text"), "property `environment` of the reports, as the app marks its own")
        case .appVersion: Row(.unset, .text("any text"), "property `release` of the reports")
        case .otlpEndpoint:
            Row(
                .unset,
                .text("the URL of a collector, such as http://collector:4318"),
                "[traces](#traces) go to this collector, below `/v1/traces`; unset: nowhere"
            )
        case .otlpTracesEndpoint:
            Row(
                .unset,
                .text("a whole URL, such as http://collector:4318/v1/traces"),
                "the same, as the whole URL; wins"
            )
        case .otlpHeaders:
            Row(
                .unset,
                .text("a list of key=value with commas"),
                "headers of those requests, `key=value,…`, values percent-encoded. Secrets"
            )
        case .otlpTimeout:
            Row(.words("`10000`"), .text("milliseconds"), "milliseconds that one of them may take")
        case .otlpProtocol:
            Row(
                .words("`http/json`"),
                .text("http/json"),
                "`grpc` is not spoken, which a warning says; all else counts as `http/json`"
            )
        case .otelServiceName:
            Row(.words("`scheduler-sidecar`"), .text("any text"), "`service.name` of the spans")
        case .otelResource:
            Row(.unset, .text("a list of key=value with commas"), "further attributes of their resource, `key=value,…`")
        case .otelDisabled:
            Row(.words("`false`"), .text("true or false"), "`true`: no traces")
        case .otelSampler:
            Row(.unset, .text("always_off"), "`always_off`: no traces; all else: all of them")
        case .logLevel: Row(.value("INFO"), Self.level, "`DEBUG`, `INFO`, `WARNING`, `ERROR`, any case")
        case .ownLogLevel: Row(.words("`LOG_LEVEL`"), Self.level, "wins over the one above, which the app may share")
        case .logFormat: Row(.value("text"), Self.format, "`text` or `json`")
        case .ownLogFormat: Row(.words("`LOG_FORMAT`"), Self.format, "wins over the one above, which the app may share")
        case .logOk:
            Row(
                .value("all"),
                .text("all, change or off"),
                "`change`: of runs that end `ok` only the first after another outcome is [in the log]"
                    + "(#the-log), `off`: none"
            )
        case .strict:
            Row(
                .value("false"),
                .flag,
                "`true`: a `SCHEDULER_` name that nothing reads is a fault; else a warning"
            )
        case .stateDirectory:
            Row(
                .unset,
                .text("the absolute path of a directory"),
                "absolute path of a directory for [durable state](#restarts-and-state), made if missing; unset: state "
                    + "ends with the process"
            )
        case .store:
            Row(
                .unset,
                .text("etcd:http://etcd-1:2379,http://etcd-2:2379/scheduler, or app:/internal/scheduler-state"),
                "a store that [several sidecars](#several-replicas) will share, which `scheduler check --store` tries; none runs "
                    + "with it yet: "
                    + "`etcd:http://etcd-1:2379,http://etcd-2:2379/scheduler`, or `app:/path` of the app itself"
            )
        case .storeUser: Row(.unset, .text("a user of etcd"), "who logs in to etcd, with the next")
        case .storePasswordFile:
            Row(.unset, .text("the path of a file with the password"), "read the user's password from this file")
        case .storeCAFile:
            Row(.unset, Self.pem, "PEM file of the authorities to trust for etcd, in place of the system's")
        case .storeCertFile:
            Row(.unset, Self.pem, "PEM client certificate for etcd, with its key or beside the next")
        case .storeKeyFile: Row(.unset, Self.pem, "its key, without a passphrase")
        case .storeDown:
            Row(
                .value("wait"),
                .text("wait or fire"),
                "while the store cannot be asked: `wait`, due runs wait as for an app that is down; `fire`, they run, and "
                    + "may run in each replica"
            )
        case .replica:
            Row(
                .words("the host's name"),
                .text("letters, digits and - _ . up to 64 in all"),
                "this sidecar's name among its replicas, for people"
            )
        case .listen:
            Row(
                .unset,
                .text("host:port, such as 127.0.0.1:9090"),
                "`host:port` of the [status listener](#seeing-it), such as `127.0.0.1:9090`; port 0 is any free one; "
                    + "unset: no port"
            )
        }
    }

    private static let pem = Rule.text("the path of a PEM file")
    private static let level = Rule.text("DEBUG, INFO, WARNING or ERROR")
    private static let format = Rule.text("text or json")

    private static func interval(_ seconds: Int, of job: String) -> Row {
        Row(.value(String(seconds)), .seconds(from: 1), "seconds between two runs of `\(job)`, at least 1")
    }
}
