#!/usr/bin/env bash
# needs: ceph-mon ceph-mgr ceph-osd ceph-common
#
# A real Ceph cluster on loopback for tests: three CRUSH hosts pve1, pve2, pve3, each with a monitor
# and two bluestore OSDs on sparse files; managers on pve2 and pve3; a pool `guests` of three copies,
# one per host, that needs two to serve. Each host is a UTS namespace with its own name and its own
# address, so that Ceph's metadata name it as they would in a machine room.
#
#   cluster.sh start              make (first time) and start everything; returns at HEALTH_OK with all PGs clean
#   cluster.sh stop               stop every daemon, keep the data
#   cluster.sh destroy            stop every daemon, remove the data
#   cluster.sh with CMD ARG…      start, run CMD with the variables below set, destroy, exit as CMD did
#   cluster.sh host-down HOST     shut a host down in order: OSDs, manager, and its monitor last
#   cluster.sh host-kill HOST     cut its power (kill -9, all at once)
#   cluster.sh host-up HOST       start all daemons of a host
#   cluster.sh host-state HOST    prints `on`, `off` or `partly`
#   cluster.sh osd-down N…        stop single OSDs            cluster.sh osd-up N…    start them
#   cluster.sh mgr-kill           kill -9 both managers       cluster.sh mgr-up       start them
#   cluster.sh wait-clean [S]     until every PG is active+clean, S seconds at most (120)
#   cluster.sh wait-health CODE|HEALTH_OK [S]   until that health code shows (60)
#   cluster.sh status | tree      what Ceph says              cluster.sh ceph ARG…    any ceph command
#   cluster.sh conf               the path of ceph.conf       cluster.sh daemons      name, host, pid
#
# Variables: NOOUT_CEPH_DIR       where it lives (default: noout-ceph in TMPDIR)
#            NOOUT_CEPH_OWNER     a process id: when that process is gone, however it ended, the cluster
#                                 is destroyed. A test sets it to $$.
#            NOOUT_CEPH_DOWN_OUT  seconds after which a down OSD is marked out (default 600, as Ceph's)
#            NOOUT_CEPH_RECOVERY_SLEEP  seconds between recovered objects (default 0; 0.1 as on real disks)
# Others (first start only): NOOUT_CEPH_NET, the first three octets of its addresses.
set -euo pipefail

SELF=$(realpath "${BASH_SOURCE[0]}")
DIR=$(realpath -m "${NOOUT_CEPH_DIR:-${TMPDIR:-/tmp}/noout-ceph}")
CONF=$DIR/ceph.conf
export NOOUT_CEPH_DIR=$DIR CEPH_CONF=$CONF
HOSTS=(pve1 pve2 pve3)
MGRS=(pve2 pve3)
OSDS_PER_HOST=2
POOL=guests
PG_NUM=32

fail() { echo "cluster.sh: $*" >&2; exit 1; }

host_number() { # pve2 -> 2
  local i
  for i in "${!HOSTS[@]}"; do [ "${HOSTS[i]}" = "$1" ] && { echo $((i + 1)); return; }; done
  fail "no host '$1'; there are: ${HOSTS[*]}"
}
osds_of() { local n; n=$(host_number "$1"); seq $(((n - 1) * OSDS_PER_HOST)) $((n * OSDS_PER_HOST - 1)); }
osd_host() { echo "${HOSTS[$1 / OSDS_PER_HOST]}"; }
all_osds() { seq 0 $((${#HOSTS[@]} * OSDS_PER_HOST - 1)); }
host_of() { case $1 in osd.*) osd_host "${1#osd.}" ;; *) echo "${1#*.}" ;; esac; }
daemons() {
  local x
  for x in "${HOSTS[@]}"; do echo "mon.$x"; done
  for x in "${MGRS[@]}"; do echo "mgr.$x"; done
  for x in $(all_osds); do echo "osd.$x"; done
}
daemons_on() { local d; for d in $(daemons); do [ "$(host_of "$d")" = "$1" ] && echo "$d"; done; return 0; }

# A process counts only while its executable can be read: PID 1 may reap late, and a zombie still has
# its directory under /proc. The command line must name our directory, for ids are used again.
alive() { [ -n "${1:-}" ] && readlink "/proc/$1/exe" >/dev/null 2>&1; }
pid_of() {
  local file=$DIR/run/$1.pid pid
  [ -s "$file" ] || return 1
  pid=$(<"$file")
  alive "$pid" && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF -- "$CONF" || return 1
  echo "$pid"
}
up() {
  pid_of "$1" >/dev/null && return 0
  # shellcheck disable=SC2016 # the inner shell expands these
  unshare --uts setsid bash -c 'hostname "$1" && shift && exec "$@"' _ "$(host_of "$1")" \
    "ceph-${1%%.*}" -i "${1#*.}" -c "$CONF" >>"$DIR/log/start.log" 2>&1 </dev/null ||
    fail "$1 did not start: $(tail -n 3 "$DIR/log/start.log")"
}
up_all() { local d pids=() p; for d in "$@"; do up "$d" & pids+=($!); done; for p in "${pids[@]}"; do wait "$p"; done; }
down() { # SIGNAL DAEMON…: asks, waits ten seconds, then kills
  local signal=$1 d pid left t; shift
  for d in "$@"; do pid=$(pid_of "$d") && kill "-$signal" "$pid" || true; done
  for ((t = 0; t < 200; t++)); do
    left=0
    for d in "$@"; do pid_of "$d" >/dev/null && left=1; done
    [ $left = 0 ] && break
    sleep .05
  done
  for d in "$@"; do pid=$(pid_of "$d") && kill -KILL "$pid" || true; rm -f "$DIR/run/$d.pid"; done
}

# The first of 127.0.17 … 127.0.60 that no other cluster has claimed and where nobody listens on a monitor's
# port. A claim is a file that names the cluster's directory; it is void once that is gone.
CLAIM=${TMPDIR:-/tmp}/noout-ceph-net
free_net() {
  local n
  for n in $(seq 17 60); do
    [ ! -e "$CLAIM.$n" ] || [ -d "$(<"$CLAIM.$n")" ] || rm -f "$CLAIM.$n"
    (set -o noclobber && echo "$DIR" >"$CLAIM.$n") 2>/dev/null || continue
    (exec 3<>"/dev/tcp/127.0.$n.1/3300") 2>/dev/null || { echo "127.0.$n"; return; }
    rm -f "$CLAIM.$n"
  done
  fail "no free loopback network for the cluster"
}

write_conf() {
  local net=$1 fsid=$2 h n
  cat <<CONF
[global]
fsid = $fsid
mon initial members = ${HOSTS[*]}
mon host = $(for h in "${HOSTS[@]}"; do n=$(host_number "$h"); printf '[v2:%s.%s:3300,v1:%s.%s:6789] ' "$net" "$n" "$net" "$n"; done)
keyring = $DIR/keyring
run dir = $DIR/run
crash dir = $DIR/run
pid file = $DIR/run/\$type.\$id.pid
admin socket = $DIR/run/\$type.\$id.asok
log file = $DIR/log/\$type.\$id.log
log flush on exit = false
auth allow insecure global id reclaim = false
osd pool default size = 3
osd pool default min size = 2
osd pool default pg autoscale mode = off
osd crush update on start = true
[client]
log file = /dev/null
admin socket =
[mon]
mon data = $DIR/mon/\$id
mon cluster log file = $DIR/log/cluster.log
mon allow pool delete = true
mon osd down out interval = ${NOOUT_CEPH_DOWN_OUT:-600}
# A test machine's disk is rarely as empty as a monitor likes.
mon data avail warn = 2
mon data avail crit = 1
[mgr]
mgr data = $DIR/mgr/\$id
mgr module path = $DIR/mgr-modules
mgr initial modules = iostat
[osd]
osd data = $DIR/osd/\$id
osd objectstore = bluestore
bluestore block size = 4294967296
bluestore fsck on mount = false
osd memory target = 939524096
# Sparse files look like spinning disks, and those recover ten objects a second.
osd recovery sleep hdd = ${NOOUT_CEPH_RECOVERY_SLEEP:-0}
# A clean stop says goodbye, as releases after 16 do by default.
osd fast shutdown notify mon = true
CONF
  for h in "${HOSTS[@]}"; do
    n=$(host_number "$h")
    printf '[mon.%s]\nhost = %s\npublic addr = %s.%s\n' "$h" "$h" "$net" "$n"
  done
  for h in "${MGRS[@]}"; do
    printf '[mgr.%s]\nhost = %s\npublic addr = %s.%s\nkeyring = %s/mgr/%s/keyring\n' \
      "$h" "$h" "$net" "$(host_number "$h")" "$DIR" "$h"
  done
  for n in $(all_osds); do
    h=$(osd_host "$n")
    printf '[osd.%s]\nhost = %s\npublic addr = %s.%s\ncluster addr = %s.%s\ncrush location = root=default host=%s\nkeyring = %s/osd/%s/keyring\n' \
      "$n" "$h" "$net" "$(host_number "$h")" "$net" "$(host_number "$h")" "$h" "$DIR" "$n"
  done
}

make_cluster() {
  local net fsid h addrs=() module
  mkdir -p "$DIR"/{run,log,mon,mgr,osd,mgr-modules}
  net=${NOOUT_CEPH_NET:-$(free_net)} fsid=$(</proc/sys/kernel/random/uuid)
  # The web modules of Debian's packages break each other in one process and would leave a warning in
  # the health of a cluster that should have none.
  for module in /usr/share/ceph/mgr/*; do
    case ${module##*/} in dashboard | restful | zabbix | influx | telegraf | selftest) ;; *) ln -sfn "$module" "$DIR/mgr-modules/" ;; esac
  done
  write_conf "$net" "$fsid" >"$CONF"
  ceph-authtool --create-keyring "$DIR/keyring" --gen-key -n mon. --cap mon 'allow *' >/dev/null
  ceph-authtool "$DIR/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
  for h in "${HOSTS[@]}"; do addrs+=(--addv "$h" "[v2:$net.$(host_number "$h"):3300,v1:$net.$(host_number "$h"):6789]"); done
  monmaptool --create --clobber --fsid "$fsid" --set-min-mon-release 16 "${addrs[@]}" "$DIR/monmap" >/dev/null
  for h in "${HOSTS[@]}"; do
    ceph-mon --mkfs -i "$h" -c "$CONF" --monmap "$DIR/monmap" --keyring "$DIR/keyring" >>"$DIR/log/start.log" 2>&1
  done
}
first_start() {
  local h n uuid key uuids=()
  up_all "${HOSTS[@]/#/mon.}"
  for h in "${MGRS[@]}"; do
    mkdir -p "$DIR/mgr/$h"
    ceph auth get-or-create "mgr.$h" mon 'allow profile mgr' osd 'allow *' >"$DIR/mgr/$h/keyring"
  done
  up_all "${MGRS[@]/#/mgr.}"
  for n in $(all_osds); do
    uuid=$(</proc/sys/kernel/random/uuid) key=$(ceph-authtool --gen-print-key)
    mkdir -p "$DIR/osd/$n"
    [ "$(ceph osd new "$uuid" -i - <<<"{\"cephx_secret\":\"$key\"}")" = "$n" ] || fail "the OSD ids are not dense"
    printf '[osd.%s]\n\tkey = %s\n' "$n" "$key" >"$DIR/osd/$n/keyring"
    uuids+=("$uuid")
  done
  for n in $(all_osds); do
    ceph-osd --mkfs -i "$n" -c "$CONF" --osd-uuid "${uuids[n]}" >>"$DIR/log/start.log" 2>&1 &
    [ $((n % 2)) = 0 ] || wait
  done
  wait
  up_all $(all_osds | sed 's/^/osd./')
  # What noout itself is given: it may read everything, set and unset the flag noout, no more.
  ceph auth get-or-create client.noout mgr 'allow r' \
    mon 'allow r, allow command "osd set-group" with flags=noout, allow command "osd unset-group" with flags=noout' \
    >"$DIR/noout.keyring"
  ceph osd pool create $POOL $PG_NUM $PG_NUM replicated >/dev/null 2>&1
  ceph osd pool application enable $POOL rbd >/dev/null 2>&1
  touch "$DIR/made"
}
start() {
  if [ -f "$DIR/made" ]; then up_all $(daemons); else
    [ ! -e "$DIR" ] || [ -z "$(ls -A "$DIR")" ] || fail "$DIR is neither empty nor a cluster of mine"
    make_cluster; first_start
  fi
  if [ -n "${NOOUT_CEPH_OWNER:-}" ] && [ "$(cat "$DIR/watched" 2>/dev/null)" != "$NOOUT_CEPH_OWNER" ]; then
    echo "$NOOUT_CEPH_OWNER" >"$DIR/watched"
    setsid "$SELF" watch "$NOOUT_CEPH_OWNER" </dev/null >/dev/null 2>&1 &
  fi
  # A young cluster is HEALTH_OK before its first placement group is known: both must hold.
  wait_for 120 "all PGs active+clean" pgs_clean
  wait_for 120 "HEALTH_OK" health_shows HEALTH_OK
}

health_shows() { # HEALTH_… or a check's code
  timeout 10 ceph health -f json 2>/dev/null | grep -q "\"$1\""
}
pgs_clean() {
  timeout 10 ceph status -f json 2>/dev/null | /usr/bin/python3 -c '
import json, sys
pgmap = json.load(sys.stdin)["pgmap"]
clean = sum(s["count"] for s in pgmap["pgs_by_state"] if set(s["state_name"].split("+")) - {"scrubbing", "deep"} == {"active", "clean"})
sys.exit(not 0 < clean == pgmap["num_pgs"])' 2>/dev/null
}
wait_for() { # SECONDS WHAT TEST…
  local limit=$1 what=$2 begin=$SECONDS; shift 2
  until "$@"; do
    [ $((SECONDS - begin)) -lt "$limit" ] || { timeout 10 ceph -s >&2 || true; fail "$what not reached in $limit s"; }
    sleep .5
  done
}

destroy() {
  [ -d "$DIR/run" ] || return 0
  down KILL $(daemons)
  rm -rf "$DIR"
  local claim
  for claim in "$CLAIM".*; do [ ! -f "$claim" ] || [ "$(<"$claim")" != "$DIR" ] || rm -f "$claim"; done
}
host_state() {
  local on=0 all=0 d
  for d in $(daemons_on "$1"); do all=$((all + 1)); pid_of "$d" >/dev/null && on=$((on + 1)); done
  case $on in 0) echo off ;; "$all") echo on ;; *) echo partly ;; esac
}

cmd=${1:-help}; shift || true
case $cmd in
start) start ;;
stop) [ ! -d "$DIR/run" ] || { down TERM $(daemons | grep -v '^mon'); down TERM $(daemons | grep '^mon'); } ;;
destroy) destroy ;;
with)
  trap destroy EXIT
  NOOUT_CEPH_OWNER=$$ "$SELF" start
  "$@"
  ;;
watch) while alive "$1"; do sleep 1; done; destroy ;;
host-down)
  host_number "${1:?which host?}" >/dev/null
  down TERM $(daemons_on "$1" | grep '^osd')
  down TERM $(daemons_on "$1" | grep '^mgr')
  down TERM "mon.$1"
  ;;
host-kill) host_number "${1:?which host?}" >/dev/null; down KILL $(daemons_on "$1") ;;
host-up) host_number "${1:?which host?}" >/dev/null; up "mon.$1"; up_all $(daemons_on "$1") ;;
host-state) host_number "${1:?which host?}" >/dev/null; host_state "$1" ;;
osd-down) down TERM "${@/#/osd.}" ;;
osd-up) up_all "${@/#/osd.}" ;;
mgr-kill) down KILL "${MGRS[@]/#/mgr.}" ;;
mgr-up) up_all "${MGRS[@]/#/mgr.}" ;;
wait-clean) wait_for "${1:-120}" "all PGs active+clean" pgs_clean ;;
wait-health) wait_for "${2:-60}" "$1" health_shows "$1" ;;
status) timeout 10 ceph -s ;;
tree) timeout 10 ceph osd tree ;;
ceph) timeout 30 ceph "$@" ;;
conf) echo "$CONF" ;;
daemons) for d in $(daemons); do echo "$d $(host_of "$d") $(pid_of "$d" || echo -)"; done ;;
*) sed -n '2,/^set -/{/^set -/!s/^# \{0,1\}//p}' "$SELF"; [ "$cmd" = help ] || exit 2 ;;
esac
