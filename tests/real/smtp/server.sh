#!/usr/bin/env bash
# A real SMTP server for tests: Debian's Postfix with a configuration, queue and mailboxes of its own in a folder,
# listening on loopback only. The machine's own Postfix, if there is one, is left alone.
#
#   server.sh start DIR [PORT]   starts it (as root) and prints shell variables: SMTP_PORT, SMTPS_PORT, SMTP_CA, MAILDIR
#   server.sh stop DIR           ends it; the mailboxes stay
#   server.sh mails DIR [USER]   prints the files of the mails that have arrived, oldest first
#
# It takes mail for ana@, bo@ and chris@noout.test into Maildirs DIR/mail/USER, offers STARTTLS, and TLS from the
# first byte on PORT+1. Anybody else at noout.test is unknown (550), greylisted@noout.test is told to come back later
# (450), texts with the word VIRUS are refused after the text (550), and no other domain is relayed (554).
set -euo pipefail

DOMAIN=noout.test
PEOPLE=(ana bo chris)
POSTFIX_SBIN=/usr/lib/postfix/sbin
# How long Postfix may take to open its port, in tenths of a second.
PATIENCE=200

die() {
  printf 'server.sh: %s\n' "$*" >&2
  exit 1
}

# free_pair: a port of loopback that is free together with the next one.
free_pair() {
  local port
  while :; do
    port=$((20000 + RANDOM % 9998))
    open "$port" || open "$((port + 1))" || break
  done
  echo "$port"
}
open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=localhost" \
    -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" -addext "basicConstraints=critical,CA:FALSE" \
    -keyout "$1/etc/key.pem" -out "$1/etc/cert.pem" 2>"$1/openssl.log" || die "no certificate: $(cat "$1/openssl.log")"
  chmod 600 "$1/etc/key.pem"
}

configure() {
  local dir=$1 port=$2 person
  mkdir -p "$dir"/{etc,queue,data,mail}
  # Postfix' own user must reach its folders, and the mailboxes' owner the mailboxes.
  chmod 755 "$dir" "$dir/etc"
  chown postfix "$dir/data"
  local owner group
  owner=$(id -u nobody) group=$(id -g nobody)
  chown "$owner:$group" "$dir/mail"
  certificate "$dir"
  for person in "${PEOPLE[@]}"; do echo "$person@$DOMAIN $person/"; done >"$dir/etc/mailboxes"
  echo "greylisted@$DOMAIN 450 4.2.0 Greylisted, please come back later" >"$dir/etc/recipients"
  echo "/VIRUS/ REJECT this text is not wanted" >"$dir/etc/body"
  echo "greylisted@$DOMAIN greylisted/" >>"$dir/etc/mailboxes"
  cat >"$dir/etc/main.cf" <<CF
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
maillog_file = $dir/postfix.log
maillog_file_prefixes = $dir
import_environment = MAIL_CONFIG TZ
syslog_name = noout-test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.$DOMAIN
mydestination =
mynetworks =
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = reject_unauth_destination, check_recipient_access texthash:$dir/etc/recipients
virtual_mailbox_domains = $DOMAIN
virtual_mailbox_maps = texthash:$dir/etc/mailboxes
virtual_mailbox_base = $dir/mail
virtual_uid_maps = static:$owner
virtual_gid_maps = static:$group
virtual_minimum_uid = 1
body_checks = regexp:$dir/etc/body
alias_maps =
alias_database =
local_recipient_maps =
smtpd_tls_security_level = may
smtpd_tls_cert_file = $dir/etc/cert.pem
smtpd_tls_key_file = $dir/etc/key.pem
smtpd_tls_session_cache_database =
smtpd_peername_lookup = no
smtpd_client_connection_rate_limit = 0
CF
  cat >"$dir/etc/master.cf" <<CF
127.0.0.1:$port inet n - n - - smtpd
127.0.0.1:$((port + 1)) inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
CF
}

start() {
  local dir port tenths=0
  [ "$(id -u)" = 0 ] || die "Postfix starts as root only (it gives the rights up itself)"
  [ -x "$POSTFIX_SBIN/master" ] || die "no Postfix: apt-get install postfix"
  mkdir -p "$1"
  dir=$(realpath "$1")
  port=${2:-$(free_pair)}
  configure "$dir" "$port"
  # `mktemp -d` makes folders that are closed to others.
  setpriv --reuid=nobody --regid=nogroup --clear-groups test -x "$dir/etc" ||
    die "others cannot reach $dir: give its parent folders chmod o+x"
  # Closed for the background processes: whoever reads what is printed here must not wait for them.
  postfix -c "$dir/etc" start >"$dir/start.log" 2>&1 </dev/null || die "$(tail -n 20 "$dir/start.log" "$dir/postfix.log" 2>&1)"
  until open "$port" && open "$((port + 1))"; do
    tenths=$((tenths + 1))
    [ $tenths -lt $PATIENCE ] || die "Postfix does not listen: $(tail -n 20 "$dir/postfix.log" 2>&1)"
    sleep 0.1
  done
  printf 'SMTP_PORT=%s\nSMTPS_PORT=%s\nSMTP_CA=%q\nMAILDIR=%q\n' "$port" "$((port + 1))" "$dir/etc/cert.pem" "$dir/mail"
}

stop() {
  local dir pid tenths=0
  dir=$(realpath "$1")
  pid=$(tr -d ' ' <"$dir/queue/pid/master.pid" 2>/dev/null || true)
  postfix -c "$dir/etc" stop >>"$dir/start.log" 2>&1 </dev/null || true
  while [ -n "$pid" ] && readlink "/proc/$pid/exe" >/dev/null 2>&1; do
    tenths=$((tenths + 1))
    [ $tenths -lt $PATIENCE ] || { kill -KILL "$pid" 2>/dev/null || true; break; }
    sleep 0.1
  done
}

mails() {
  local box="$1/mail/${2:-*}/new"
  # shellcheck disable=SC2086 # the pattern is meant
  find $box -type f -printf '%T@ %p\n' 2>/dev/null | sort -n | cut -d' ' -f2-
}

case "${1:-}:$#" in
start:2 | start:3) start "${@:2}" ;;
stop:2) stop "$2" ;;
mails:2 | mails:3) mails "${@:2}" ;;
*)
  sed -n '5,7s/^# \{0,1\}//p' "$0" >&2
  exit 2
  ;;
esac
