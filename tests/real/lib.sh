# shellcheck shell=bash
# What the tests against real parts share. A test is an executable tests/real/NAME.sh or
# tests/real/NAME/run, which ./test finds and runs, and which runs by itself just as well:
#
#   #!/usr/bin/env bash
#   # What it proves, in a sentence.
#   # needs: prometheus jq curl        (Debian packages; COMMAND=PACKAGE where a command will do)
#   # limit: 600                       (seconds; left out: see ./test)
#   . "$(dirname "$0")/lib.sh"
#   note "Prometheus fires"
#   start prometheus prometheus --config.file="$WORK/prometheus.yml" ...
#   eventually 30 "Prometheus is ready" curl -sf "http://127.0.0.1:$port/-/ready"
#   expect "the alert is listed" grep -q ServiceDown "$WORK/alerts.json"
#
# All that a test starts through `start` ends with it, however it ends. On failure the ends of the
# logs are shown. KEEP=1 leaves $WORK in place.
set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
NOOUT=${NOOUT:-${CARGO_TARGET_DIR:-$TOP/target}/release/noout}
# Short, for the path of a Unix socket has at most 107 bytes.
WORK=$(mktemp -d /tmp/nr.XXXXXX)
export TOP NOOUT WORK LC_ALL=C.UTF-8
# How many lines of each log are shown when a test fails.
LOG_LINES=${LOG_LINES:-40}
# How long a process may take to end on SIGTERM before it is killed, in tenths of a second.
STOP_PATIENCE=100

# note TEXT: a chapter of the test, with the seconds since its beginning.
note() { printf '[%4d s] %s\n' "$SECONDS" "$*"; }

# fail TEXT: ends the test.
fail() {
  printf 'FAILED: %s\n' "$*" >&2
  exit 1
}

# expect WHAT COMMAND...: the command succeeds, now.
expect() {
  local what=$1 out
  shift
  out=$("$@" 2>&1) || fail "$what: \`$*\` says: $out"
  printf '         ok: %s\n' "$what"
}

# refused WHAT COMMAND...: the command fails, now.
refused() {
  local what=$1 out
  shift
  ! out=$("$@" 2>&1) || fail "$what: \`$*\` succeeded: $out"
  printf '         ok: %s\n' "$what"
}

# eventually SECONDS WHAT COMMAND...: the command succeeds within that time.
eventually() {
  local until=$((SECONDS + $1)) what=$2 out
  shift 2
  until out=$("$@" 2>&1); do
    [ "$SECONDS" -lt "$until" ] || fail "$what did not come true; \`$*\` says at last: $out"
    sleep 0.2
  done
  printf '         ok: %s\n' "$what"
}

# alive NAME: whether what was started under this name still runs. A killed process may stay a
# zombie for a while, which `kill -0` takes for alive; its executable is gone at once.
alive() {
  local pid
  pid=$(cat "$WORK/$1.pid" 2>/dev/null) && readlink "/proc/$pid/exe" >/dev/null 2>&1
}

# start NAME COMMAND...: in the background, in a session of its own, its output in $WORK/NAME.log.
start() {
  local name=$1
  shift
  alive "$name" && fail "$name is running already"
  setsid "$@" >>"$WORK/$name.log" 2>&1 </dev/null &
  echo "$!" >"$WORK/$name.pid"
  disown
}

# stop NAME [SIGNAL]: ends it, and waits until it is gone.
stop() {
  local name=$1 signal=${2:-TERM} tenths=0 pid
  alive "$name" || { rm -f "$WORK/$name.pid"; return 0; }
  pid=$(cat "$WORK/$name.pid")
  # `setsid` made it the leader of its group: what it started itself ends with it.
  kill -s "$signal" -- "-$pid" 2>/dev/null || kill -s "$signal" "$pid" 2>/dev/null || true
  while alive "$name"; do
    tenths=$((tenths + 1))
    [ "$tenths" -lt "$STOP_PATIENCE" ] || kill -s KILL -- "-$pid" 2>/dev/null || true
    sleep 0.1
  done
  rm -f "$WORK/$name.pid"
}

# free_port: prints a TCP port of loopback that nobody listens on. It lies below the range from
# which the kernel takes ports for outgoing connections.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

# serve CONFIG PORT [ARGUMENT...]: starts noout on that configuration and waits until it is ready.
# PORT is the port of its `listen`.
serve() {
  local config=$1 port=$2
  shift 2
  start noout "$NOOUT" serve --config "$config" "$@"
  eventually 20 "noout is ready" curl -sf "http://127.0.0.1:$port/readyz"
}

clean_up() {
  local rc=$? file name
  trap - EXIT
  set +e
  for file in "$WORK"/*.pid; do
    [ -e "$file" ] || continue
    name=$(basename "$file" .pid)
    stop "$name"
  done
  if [ "$rc" != 0 ]; then
    for file in "$WORK"/*.log; do
      [ -s "$file" ] || continue
      printf -- '--- the end of %s\n' "$(basename "$file")" >&2
      tail -n "$LOG_LINES" "$file" >&2
    done
  fi
  if [ -n "${KEEP-}" ]; then printf 'kept: %s\n' "$WORK" >&2; else rm -rf "$WORK"; fi
  exit "$rc"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

[ -x "$NOOUT" ] || fail "no $NOOUT: build it with \`cargo build --release\`"
