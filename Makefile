# Everything a developer or CI runs; `make help` lists it.

SWIFT  ?= swift
# An import that Package.swift does not declare is an error.
FLAGS  := --explicit-target-dependency-import-check error
# swift test, and at its end what failed, what was left out, what took longest.
TEST   := SWIFT=$(SWIFT) bash Tests/run.sh $(FLAGS)
# Demo: seconds until it ends by itself; empty runs until Ctrl-C. Bench and fuzz: how long they measure or search.
SECONDS ?=

.PHONY: help build test test-all lint format check tsan asan sim bench fuzz soak release demo deps test-deps clean \
	shipped image image-test ship-deps

help:
	@echo "make build    debug build, warnings are errors"
	@echo "make test     the tests that can run here, without root, with libcurl's headers alone; says what it left out"
	@echo "make test-all all of them, as root; what is missing is installed, or the test fails"
	@echo "make lint     format check"
	@echo "make check    lint, build, test-all, and how long each took: what CI runs"
	@echo "make tsan     all tests under the thread sanitizer"
	@echo "make asan     all tests under the address sanitizer"
	@echo "make sim      the clockwork on random clocks: a year of 10,000 lives; SEEDS=100 DAYS=30 for less"
	@echo "make bench    the released program beside bare C, lateness, cost of a wake-up; SECONDS=60 of the long parts"
	@echo "make soak     the sidecar under random faults for five minutes; SECONDS=60 for less"
	@echo "make fuzz     each parser under libFuzzer for a minute; SECONDS=600 for ten"
	@echo "make release  static release build"
	@echo "make shipped  the same as the image ships it, all libraries linked in: .build/shipped (Debian 12)"
	@echo "make image    both images, with docker or podman; CONTAINER=..., BUILD_FLAGS=..."
	@echo "make image-test  the images run for real"
	@echo "make demo     target-app and scheduler side by side; SECONDS=20 ends by itself"

build: deps
	$(SWIFT) build $(FLAGS) --build-tests

test: deps
	@$(TEST)

test-all: test-deps
	@TEST_ALL=1 $(TEST)

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

format:
	$(SWIFT) format --in-place --recursive Sources Tests Package.swift

check:
	@MAKE=$(MAKE) bash Tests/check.sh lint build test-all

tsan asan: export TEST_ALL := 1
tsan asan: export SWIFT_BACKTRACE := enable=no
tsan: export TSAN_OPTIONS := halt_on_error=0:exitcode=66
asan: export ASAN_OPTIONS := detect_leaks=0

tsan: test-deps
	$(TEST) --sanitize=thread --scratch-path .build-tsan

asan: test-deps
	$(TEST) --sanitize=address --scratch-path .build-asan

# How many simulated lives, and how many days of each.
SEEDS ?= 10000
DAYS  ?= 365

sim: deps
	$(SWIFT) build $(FLAGS) -c release --product ClockworkSimulation
	"$$($(SWIFT) build $(FLAGS) -c release --show-bin-path)/ClockworkSimulation" $(SEEDS) $(DAYS)

# Where libcurl goes that is linked in, and the programs as the images ship them.
LIBCURL := $(CURDIR)/.build/libcurl
SHIPPED := $(CURDIR)/.build/shipped

bench: shipped test-deps
	clang -O2 -Wall -Wextra -DCURL_STATICLIB -I$(LIBCURL)/include Tests/Benchmarks/Bare/bare.c -o $(SHIPPED)/bare \
		-L$(LIBCURL)/lib -lcurl -l:libssl.a -l:libcrypto.a -Wl,--gc-sections
	$(SWIFT) build $(FLAGS) -c release --product Benchmarks
	"$$($(SWIFT) build $(FLAGS) -c release --show-bin-path)/Benchmarks" $(or $(SECONDS),20) $(SHIPPED)

shipped: ship-deps
	@[ -e $(LIBCURL)/lib/libcurl.a ] || sh docker/libcurl/build.sh $(LIBCURL)
	sh docker/release.sh $(LIBCURL) $(SHIPPED) scheduler

image:
	sh Tests/image-test.sh build

image-test:
	sh Tests/image-test.sh

soak: test-deps
	SOAK_SECONDS=$(or $(SECONDS),300) $(TEST) --filter ContractTests/soak

# A target is compiled with the sources it is over.
FUZZ_schedule := Tests/Fuzz/ScheduleFuzz.swift $(wildcard Sources/Schedule/*.swift)
FUZZ_json     := Tests/Fuzz/JSONFuzz.swift $(wildcard Sources/JSON/*.swift)
FUZZ_request  := Tests/Fuzz/RequestFuzz.swift $(patsubst %,Sources/HTTPServer/%.swift, \
	RequestParser RequestHead Refusal Limits Request Response HTTPDate)
FUZZ_settings := Tests/Fuzz/SettingsFuzz.swift
FUZZ_state    := Tests/Fuzz/StateFuzz.swift

fuzz: deps fuzz-schedule fuzz-json fuzz-request fuzz-settings fuzz-state

fuzz-modules:
	SWIFTC=$(SWIFT)c sh Tests/Fuzz/modules.sh .build/fuzz/modules

# These see the rooms from outside, as modules.
fuzz-settings fuzz-state: fuzz-%: fuzz-modules
	SWIFTC=$(SWIFT)c PACKAGE=scheduler-sidecar sh Tests/Fuzz/run.sh $* $(or $(SECONDS),60) \
		$(FUZZ_$*) -I .build/fuzz/modules -I Sources/CCurl -I Sources/CLinux \
		.build/fuzz/modules/*.o -lcurl

fuzz-%:
	SWIFTC=$(SWIFT)c sh Tests/Fuzz/run.sh $* $(or $(SECONDS),60) $(FUZZ_$*)

release: deps
	$(SWIFT) build $(FLAGS) -c release --static-swift-stdlib

demo: deps
	$(SWIFT) build $(FLAGS) --product scheduler
	$(SWIFT) build $(FLAGS) --product target-app
	@SECONDS_TO_RUN="$(SECONDS)" sh Tests/demo.sh "$$($(SWIFT) build $(FLAGS) --show-bin-path)"

# libcurl's headers and the time zones, and what the TLS tests run against, where they are missing (Debian and Ubuntu).
# RUNLEVEL=1 keeps nginx from being started as a service.
deps:
	@ls /usr/include/curl/curl.h /usr/include/*/curl/curl.h 2>/dev/null | grep -q . && [ -e /usr/share/zoneinfo/Europe/Prague ] || \
		{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
			libcurl4-openssl-dev tzdata; }

# What the tests of TLS talk to, what makes the networks of the tests that have one of their own, what judges metrics and
# alert rules, what shows the page, what holds up a thread, and a store that replicas share.
test-deps: deps
	@for tool in /usr/sbin/nginx /usr/bin/openssl /usr/sbin/ip /usr/sbin/tc /usr/bin/promtool /usr/bin/chromium /usr/bin/strace /usr/bin/etcd; do \
		[ -x $$tool ] || { echo "$$tool is missing"; break; }; done | grep -q missing || exit 0; \
		apt-get update && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
			nginx-light openssl iproute2 prometheus chromium fonts-dejavu-core strace etcd-server

# For the build of libcurl.
ship-deps: deps
	@[ -x /usr/bin/dpkg-source ] && [ -x /usr/bin/gcc ] && [ -x /usr/bin/patch ] && [ -e /usr/include/openssl/ssl.h ] || \
		{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
			dpkg-dev gcc libc6-dev libssl-dev patch; }

clean:
	rm -rf .build .build-tsan .build-asan
