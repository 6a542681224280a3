# What the measurements under bench/ share: Debian's Alertmanager and noout on loopback, and the client. Sourced by their `run`.
set -euo pipefail
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TARGET=${CARGO_TARGET_DIR:-$TOP/target}
NOOUT=${NOOUT:-$TARGET/release/noout}
LOAD=${LOAD:-$TARGET/release/examples/intake_load}
# Not on a file system in memory: what is measured is also the disk.
WORK=$(mktemp -d "${TMPDIR:-/var/tmp}/noout-bench.XXXXXX")
NAME=$(basename "$(dirname "$0")")
KEY=bench-key
PID=

clean_up() {
  stop
  rm -rf "$WORK"
}
trap clean_up EXIT

die() {
  echo "bench/$NAME: $*" >&2
  exit 1
}

# stop [SIGNAL]: ends what was started last.
stop() {
  [ -n "$PID" ] || return 0
  kill "-${1:-TERM}" "$PID" 2>/dev/null || true
  wait "$PID" 2>/dev/null || true
  PID=
}

[ -x "$NOOUT" ] || die "no $NOOUT: build it first"
[ -x "$LOAD" ] || die "no $LOAD: build it first"
for tool in jq curl prometheus-alertmanager; do command -v "$tool" >/dev/null || die "$tool is missing"; done

# free_port: a port of loopback that nobody listens on.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

# wait_for URL [SECONDS]
wait_for() {
  for _ in $(seq $((${2:-20} * 20))); do
    curl -sf "$1" >/dev/null && return
    kill -0 "$PID" 2>/dev/null || break
    sleep 0.05
  done
  die "$1 does not answer: $(tail -n 5 "$WORK"/*.log)"
}

# start_alertmanager PORT PHONE: everything to one webhook at once, and as few alerts in a message as noout puts into its own.
start_alertmanager() {
  cat >"$WORK/am.yml" <<YML
route:
  receiver: phone
  group_by: [alertname]
  group_wait: 0s
receivers:
- name: phone
  webhook_configs:
  - url: http://127.0.0.1:$2/
    max_alerts: 3
YML
  rm -rf "$WORK/am"
  prometheus-alertmanager --config.file="$WORK/am.yml" --storage.path="$WORK/am" --web.listen-address="127.0.0.1:$1" \
    --cluster.listen-address= --log.level=error >"$WORK/am.log" 2>&1 &
  PID=$!
  wait_for "http://127.0.0.1:$1/-/ready"
}

# configure PORT PHONE [RATE]: two people for the load, and a hundred more, one for each value of the label `probe`. RATE is the
# `rate` of the load's source; 0 lets each group be an incident of its own. The probes are another source's.
configure() {
  local phone=$2 i
  {
    printf '[server]\nlisten = "127.0.0.1:%s"\nstatus_listen = "127.0.0.1:%s"\n' "$1" "$(free_port)"
    printf '[[source]]\nid = "bench"\nkey = "file:%s/key"\nrate = %s\n' "$WORK" "${3:-600}"
    printf '[[source]]\nid = "probe"\nkey = "file:%s/probe-key"\n' "$WORK"
    for id in ana bo; do printf '[[person]]\nid = "%s"\ncontact = ["webhook:http://127.0.0.1:%s/%s"]\n' "$id" "$phone" "$id"; done
    cat <<TOML
[[schedule]]
id = "ops"
timezone = "UTC"
coverage = 2
[[schedule.rotation]]
name = "both"
people = [["ana", "bo"]]
unit = "week"
start = "2026-01-05T09:00"
[[policy]]
id = "ops"
[[policy.step]]
notify = ["schedule:ops"]
TOML
    for i in $(seq 0 99); do
      printf '[[person]]\nid = "p%s"\ncontact = ["webhook:http://127.0.0.1:%s/p%s"]\n' "$i" "$phone" "$i"
      printf '[[policy]]\nid = "p%s"\n[[policy.step]]\nnotify = ["person:p%s"]\n' "$i" "$i"
      printf '[[route]]\nmatch = '"'"'probe="%s"'"'"'\npolicy = "p%s"\n' "$i" "$i"
    done
    printf '[[route]]\npolicy = "ops"\n'
  } >"$WORK/noout.toml"
  printf '%s' "$KEY" >"$WORK/key"
  printf 'probe-%s' "$KEY" >"$WORK/probe-key"
  chmod 600 "$WORK/key" "$WORK/probe-key"
}

# start_noout PORT: on what is in its database.
start_noout() {
  "$NOOUT" serve --config "$WORK/noout.toml" --data "$WORK/noout.db" >>"$WORK/noout.log" 2>&1 &
  PID=$!
  wait_for "http://127.0.0.1:$1/readyz" 120
}

# start SERVER PORT PHONE [RATE]: either, with nothing in it.
start() {
  if [ "$1" = noout ]; then
    rm -f "$WORK"/noout.db*
    configure "$2" "$3" "${4:-600}"
    start_noout "$2"
  else
    start_alertmanager "$2" "$3"
  fi
}

health_of() { if [ "$1" = noout ]; then echo /healthz; else echo /-/healthy; fi; }

# rss_mib: the memory of what was started last.
rss_mib() { awk '/^VmRSS/ {printf "%.0f", $2 / 1024}' "/proc/$PID/status"; }

# load ADDRESS …: the client, with the key, which Alertmanager does not ask for.
load() { "$LOAD" "$@" --key "$KEY" --probe-key "probe-$KEY"; }

now() { date +%s.%N; }

since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f", b - a }'; }
