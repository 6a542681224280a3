# shellcheck shell=bash
# What the tests of a maintenance on a real Ceph share: the cluster, the hook by which its hosts follow the lab's, and
# what people type. Read after ../lib.sh.

STORY=$TOP/tests/real/story
CLUSTER=$TOP/tests/real/ceph/cluster.sh
# Short, so that noout has something to prevent: without it the OSDs would be out while their host is down.
export NOOUT_CEPH_DIR=$WORK/ceph NOOUT_CEPH_OWNER=$$ NOOUT_CEPH_DOWN_OUT=15
WRITER_LIMIT_S=900
M=
# 1 while a maintenance that holds is what is waited for.
MAY_HOLD=

end_parts() {
  local rc=$?
  set +e
  if [ "$rc" != 0 ]; then
    echo "--- the maintenance" >&2
    [ -z "$M" ] || "$NOOUT" maintenance show "$M" >&2
    echo "--- the cluster" >&2
    "$CLUSTER" status >&2
    "$CLUSTER" ceph osd dump -f json 2>/dev/null | jq -c '{flags, crush_node_flags}' >&2
  fi
  type -t end_more >/dev/null && end_more
  stop noout
  [ ! -d "$NOOUT_CEPH_DIR" ] || "$CLUSTER" destroy
  (exit "$rc")
  clean_up
}
trap end_parts EXIT

client() { python3 "$STORY/client.py" "$@"; }
# as PERSON NOUN VERB…: on the command line, as a person.
as() { "$NOOUT" "${@:2}" --as "$1"; }

# write_hook FILE [FANS]: the lab's hosts take Ceph's along when they lose and get power, and the fans of the BMC.
write_hook() {
  cat >"$1" <<HOOK
#!/usr/bin/env bash
set -eu
case \$2 in pve1 | pve2 | pve3) ;; *) exit 0 ;; esac
rpm() { for fan in ${2:+$2/FAN*}; do echo "\$1" >"\$fan"; done; }
echo "\$(date +%T) \$1 \$2" >>"$WORK/power.log"
case \$1 in
off) "$TOP/tests/real/ceph/power-off" "\$2"; rpm 0 ;;
on) rpm 7200; "$TOP/tests/real/ceph/power-on" "\$2" ;;
esac
HOOK
  chmod +x "$1"
}

# small_lab CONFIG PORT GUEST…: starts noout on a lab whose pve3 has these guests only, so that their moves do not take most
# of the test's time; the others live on pve4 and pve5.
small_lab() {
  local config=$1 port=$2
  serve "$config" "$port"
  eventually 10 "the lab has a world" test -s "$WORK/lab.json"
  stop noout
  jq '.guests |= with_entries(if .value.spec.host == "pve3" and (.key | IN($ARGS.positional[]) | not)
    then .value.spec.host = (if (.key | tonumber) % 2 == 0 then "pve4" else "pve5" end) else . end)' \
    "$WORK/lab.json" --args "${@:3}" >"$WORK/lab.new"
  mv "$WORK/lab.new" "$WORK/lab.json"
  serve "$config" "$port"
}

# ceph_map JQ: the expression is true of what Ceph itself says.
ceph_map() { "$CLUSTER" ceph osd dump -f json 2>/dev/null | jq -e "$1"; }
nobodys_flags='(.flags | contains("noout") | not) and (.crush_node_flags // {}) == {} and (.device_class_flags // {}) == {}'
pve3_alone='(.flags | contains("noout") | not) and .crush_node_flags == {"pve3": ["noout"]}'
pve3_down_and_in='[.osds[] | select(.up == 0) | [.osd, .in]] == [[4, 1], [5, 1]]'
all_up_and_in='[.osds[] | select(.up == 1 and .in == 1)] | length == 6'
ceph_is_clean() { "$CLUSTER" wait-clean 1; }

writer() {
  local conf
  conf=$("$CLUSTER" conf)
  start writer "$TOP/tests/real/ceph/writer.py" "$conf" guests "$WORK/writer.json" $WRITER_LIMIT_S
  eventually 30 "the writer writes" rados -c "$conf" -p guests stat drill-000000
}
# writer_ends: every object that was ever acknowledged is there; prints what readers and writers felt.
writer_ends() {
  kill -TERM "$(cat "$WORK/writer.pid")"
  eventually 60 "the writer has read everything again" test -s "$WORK/writer.json"
  expect "nothing was lost, nothing failed" jq -e '.written > 100 and .wrong == 0 and .failed == 0' "$WORK/writer.json"
  printf '         writer: %s\n' "$(jq -c . "$WORK/writer.json")"
  rm -f "$WORK/writer.pid"
}

draft_of() {
  "$NOOUT" maintenance list -o json | jq -er --arg host "$1" '.[] | select(.host == $host and .phase == "drafted").id'
}
# drafted HOST: waits for a plan, and sets M to its maintenance.
drafted() {
  eventually 60 "a plan is there" draft_of "$1"
  M=$(draft_of "$1")
}

shown() { "$NOOUT" maintenance show "$M" -o json >"$WORK/shown.json"; }
# shows JQ: the expression is true of the maintenance.
shows() { shown && jq -e "$1" "$WORK/shown.json"; }
step_is_done() { echo "any(.steps[]; .kind.step == \"$1\" and .state.state == \"done\")"; }
waits_because() { echo "any(.steps[]; .state.state == \"waiting\" and (.state.why | test(\"$1\")))"; }

# reach SECONDS WHAT JQ: the maintenance comes so far; each new step is told. A hold ends the test, unless MAY_HOLD.
reach() {
  local until=$((SECONDS + $1)) what=$2 told='' now
  while :; do
    [ "$SECONDS" -lt "$until" ] || fail "$what: not within $1 s"
    shown || { sleep 1; continue; }
    now=$(jq -r '"\(.step // .phase)"' "$WORK/shown.json")
    [ "$now" = "$told" ] || printf '         %4d s  %s\n' "$SECONDS" "$now"
    told=$now
    ! jq -e "$3" "$WORK/shown.json" >/dev/null || break
    [ -n "$MAY_HOLD" ] || jq -e '.hold == null' "$WORK/shown.json" >/dev/null ||
      fail "$what: the maintenance holds: $(jq -r .hold "$WORK/shown.json")"
    sleep 0.5
  done
  printf '         ok: %s\n' "$what"
}

# tick_all PERSON: goes through the work order.
tick_all() {
  local item
  shown
  for item in $(jq -r '.order.items[] | select(.by == null).code' "$WORK/shown.json"); do
    as "$1" maintenance tick "$M" "$item" >/dev/null || fail "$item could not be ticked"
  done
}

# at_home: every guest that lived on the host is there again, and runs if it ran; nobody was interrupted.
at_home() {
  shown && jq -e --slurpfile m "$WORK/shown.json" '
    .guests_interrupted == 0 and (.guests as $g | $m[0].plan.homes | length > 0 and all($g[.].spec.host == "pve3"))' "$WORK/lab.json"
}
