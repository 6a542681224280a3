//! The driver against a `ceph` that is a shell script answering from fixtures: every exit status,
//! silence and surprise that the real one was seen with (the real one is in `tests/real/ceph`).

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use noout_types::GuestId;
use serde_json::Value;

use super::*;

/// One recorded phase of a real cluster: answer by command.
pub(super) struct Phase(pub BTreeMap<String, Value>);

impl Phase {
    pub fn load(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/ceph-fixtures/{name}.json"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        Self(serde_json::from_str(&text).expect("a fixture is JSON"))
    }

    pub fn text(&self, command: &str) -> String {
        self.0[command].to_string()
    }

    /// A recorded exit status with its output.
    pub fn reply(&self, command: &str) -> Reply {
        let v = &self.0[command];
        let text = |k: &str| v[k].as_str().expect("a text").to_owned();
        let rc = v["rc"].as_i64().and_then(|rc| i32::try_from(rc).ok()).expect("an exit status");
        Reply { rc, stdout: text("stdout"), stderr: text("stderr") }
    }
}

pub(super) fn host(name: &str) -> HostId {
    HostId::new(name).expect("a host id")
}

/// Long enough for a shell to start on a busy machine, short enough to wait for.
const LIMIT: Duration = Duration::from_secs(3);

/// A `ceph` that answers from files, one set a command.
struct Fake {
    dir: tempfile::TempDir,
}

impl Fake {
    fn of(phase: &str) -> Self {
        let fake = Self { dir: tempfile::tempdir().expect("a directory") };
        let script = r#"dir=$1; shift
while [ "$1" != json ]; do shift; done; shift
echo "$*" >>"$dir/calls"
name=$(echo "$*" | tr ' ' '_')
[ ! -f "$dir/$name.sh" ] || . "$dir/$name.sh"
[ ! -f "$dir/$name.err" ] || cat "$dir/$name.err" >&2
[ ! -f "$dir/$name.out" ] || cat "$dir/$name.out"
[ -f "$dir/$name.rc" ] || exit 99
exit "$(cat "$dir/$name.rc")"
"#;
        std::fs::write(fake.path("ceph"), script).expect("a script");
        let phase = Phase::load(phase);
        for (command, value) in &phase.0 {
            if value.get("rc").is_some() {
                let reply = phase.reply(command);
                fake.says(command, reply.rc, &reply.stdout, &reply.stderr);
            } else if !value.is_null() {
                fake.says(command, 0, &value.to_string(), "");
            }
        }
        fake
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name.replace(' ', "_"))
    }

    fn says(&self, command: &str, rc: i32, stdout: &str, stderr: &str) {
        let put = |end: &str, text: &str| std::fs::write(self.path(&format!("{command}.{end}")), text).expect("a file");
        put("out", stdout);
        put("err", stderr);
        put("rc", &rc.to_string());
    }

    /// Runs a piece of shell first; it may end the script.
    fn does(&self, command: &str, shell: &str) {
        std::fs::write(self.path(&format!("{command}.sh")), shell).expect("a file");
    }

    fn hangs(&self, command: &str) {
        self.does(command, "exec sleep 60");
    }

    /// `command` succeeds, and from then on `osd dump` answers as in that phase.
    fn turns_into(&self, command: &str, phase: &str) {
        let next = Phase::load(phase).text("osd dump");
        std::fs::write(self.path("next dump"), next).expect("a file");
        self.says(command, 0, "", "");
        self.does(command, r#"cp "$dir/next_dump" "$dir/osd_dump.out""#);
    }

    fn calls(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.path("calls")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    fn ceph(&self) -> Ceph {
        let mut settings = CephSettings::new(PlatformId::new("store").expect("an id"));
        settings.timeout = LIMIT;
        let (script, dir) = (self.path("ceph"), self.dir.path());
        settings.command = vec!["/bin/sh".to_owned(), script.display().to_string(), dir.display().to_string()];
        Ceph::new(settings)
    }

    async fn observe(&self, about: &str) -> Result<StorageView, DriverError> {
        self.ceph().observe(&host(about)).await
    }

    async fn set(&self, name: &str) -> Ensured {
        self.ceph().ensure(&Act::SetNoout { host: host(name) }).await
    }

    async fn clear(&self, name: &str) -> Ensured {
        self.ceph().ensure(&Act::ClearNoout { host: host(name) }).await
    }
}

fn refused(end: Ensured) -> String {
    match end {
        Ensured::Refused { why } => why,
        other => panic!("expected a refusal, found {other:?}"),
    }
}

fn ambiguous(end: Ensured) -> String {
    match end {
        Ensured::Ambiguous { why } => why,
        other => panic!("expected an ambiguous end, found {other:?}"),
    }
}

fn unknown(verdict: Verdict) -> String {
    match verdict {
        Verdict::Unknown { why } => why,
        other => panic!("expected an unknown verdict, found {other:?}"),
    }
}

#[tokio::test]
async fn a_healthy_cluster_lets_a_host_go() {
    let view = Fake::of("healthy").observe("pve1").await.expect("a view");
    assert_eq!(view.osds_ok_to_stop, Verdict::Safe);
    assert_eq!(view.mons_ok_to_stop, Verdict::Safe);
    assert!(view.all_clean() && view.active_mgr);
    assert_eq!(view.osds_of(&host("pve1")).count(), 2);
}

#[tokio::test]
async fn the_second_host_may_not_go_while_the_first_is_down() {
    let view = Fake::of("host-down").observe("pve2").await.expect("a view");
    let Verdict::Unsafe { why } = view.osds_ok_to_stop else { panic!("{:?}", view.osds_ok_to_stop) };
    assert_eq!(why, "unsafe to stop osd(s) at this time (33 PGs are or would become offline)");
    let Verdict::Unsafe { why } = view.mons_ok_to_stop else { panic!("{:?}", view.mons_ok_to_stop) };
    assert_eq!(why, "not enough monitors would be available (pve3) after stopping mons [pve2]");
}

#[tokio::test]
async fn a_manager_that_hangs_makes_the_verdict_unknown_in_time_and_its_numbers_void() {
    let fake = Fake::of("healthy");
    fake.hangs("osd ok-to-stop 0 1");
    fake.hangs("pg stat");
    let begin = Instant::now();
    let view = fake.observe("pve1").await.expect("a view");
    assert!(begin.elapsed() < 3 * LIMIT, "took {:?}", begin.elapsed());
    assert_eq!(unknown(view.osds_ok_to_stop.clone()), "`osd ok-to-stop` gave no answer in 3 s");
    assert!(!view.active_mgr && !view.all_active() && view.pgs.is_empty());
    assert_eq!(view.mons_ok_to_stop, Verdict::Safe, "monitors answer for themselves");
}

#[tokio::test]
async fn without_an_active_manager_nobody_is_asked_what_only_it_can_answer() {
    let fake = Fake::of("healthy");
    fake.says("mgr dump", 0, r#"{"available": false, "active_name": "", "standbys": []}"#, "");
    let view = fake.observe("pve1").await.expect("a view");
    assert!(unknown(view.osds_ok_to_stop).contains("no active manager"));
    assert!(!view.active_mgr && view.pgs.is_empty());
    assert!(!fake.calls().iter().any(|c| c.starts_with("osd ok-to-stop") || c == "pg stat"));
}

#[tokio::test]
async fn an_unknown_host_is_never_safe_to_stop() {
    let fake = Fake::of("healthy");
    let view = fake.observe("pve9").await.expect("a view");
    assert_eq!(unknown(view.osds_ok_to_stop), "Ceph has no CRUSH host pve9; its hosts are pve1, pve2, pve3");
    assert!(!fake.calls().iter().any(|c| c.contains("pve9")));
}

#[tokio::test]
async fn a_monitor_of_unknown_host_might_be_on_any() {
    let fake = Fake::of("healthy");
    fake.says("quorum_status", 0, r#"{"quorum_names": ["x"], "monmap": {"mons": [{"name": "x"}]}}"#, "");
    fake.says("mon metadata", 0, r#"[{"name": "x"}]"#, "");
    let view = fake.observe("pve1").await.expect("a view");
    assert!(unknown(view.mons_ok_to_stop).contains("monitor x"));
}

#[tokio::test]
async fn a_cluster_without_quorum_is_unreachable_within_the_limit() {
    let fake = Fake::of("healthy");
    for command in ["health detail", "osd dump", "osd tree", "quorum_status", "mon metadata", "mgr dump"] {
        fake.hangs(command);
    }
    let begin = Instant::now();
    let error = fake.observe("pve1").await.expect_err("no view");
    assert!(matches!(error, DriverError::Unreachable { .. }), "{error}");
    assert!(begin.elapsed() < 2 * LIMIT, "took {:?}", begin.elapsed());
    let why = ambiguous(fake.set("pve1").await);
    assert!(why.contains("gave no answer in 3 s"), "{why}");
}

#[tokio::test]
async fn a_missing_answer_is_an_error_each() {
    for command in ["health detail", "osd dump", "osd tree", "quorum_status", "mon metadata", "mgr dump", "pg stat"] {
        for nothing in ["", "\n", "{}", "[{}]", "null", "{\"status\": \"HEALTH_OK\"}"] {
            let fake = Fake::of("healthy");
            fake.says(command, 0, nothing, "");
            let error = fake.observe("pve1").await.expect_err(command);
            assert!(matches!(&error, DriverError::Garbled { .. }), "{command} {nothing:?}: {error}");
            assert!(error.to_string().contains(command), "{error}");
        }
    }
}

#[tokio::test]
async fn a_key_that_may_not_look_is_told_so() {
    let fake = Fake::of("healthy");
    let log = "2026-11-22T06:16:12.266+0000 7f4f2df9b6c0 -1 monclient(hunting): handle_auth_bad_method\n";
    let words = "[errno 13] RADOS permission denied (error connecting to the cluster)\n";
    fake.says("osd dump", 13, "", &format!("{log}\n{words}"));
    let error = fake.observe("pve1").await.expect_err("no view");
    assert_eq!(error.to_string(), format!("store refuses: `osd dump` ended with 13: {}", words.trim()));
    assert!(refused(fake.set("pve1").await).contains("permission denied"));
}

#[tokio::test]
async fn a_command_that_does_not_exist_is_unreachable() {
    let mut settings = CephSettings::new(PlatformId::new("store").expect("an id"));
    settings.command = vec!["/nonexistent/ceph".to_owned()];
    let error = Ceph::new(settings.clone()).observe(&host("pve1")).await.expect_err("no view");
    assert!(error.to_string().contains("cannot be started"), "{error}");
    settings.command.clear();
    let error = Ceph::new(settings).observe(&host("pve1")).await.expect_err("no view");
    assert!(error.to_string().contains("no command is configured"), "{error}");
}

#[tokio::test]
async fn noout_is_set_for_the_host_and_read_back() {
    let fake = Fake::of("healthy");
    fake.turns_into("osd set-group noout pve1", "host-noout");
    let Ensured::Done(output) = fake.set("pve1").await else { panic!("not done") };
    assert!(!output.already);
    assert_eq!(output.detail, "read back: noout of host pve1 is set");
    // Asked again, as after a crash, it finds what it did and does nothing.
    let Ensured::Done(output) = fake.set("pve1").await else { panic!("not done") };
    assert!(output.already);
    assert_eq!(fake.calls().iter().filter(|c| c.contains("set-group")).count(), 1);
}

#[tokio::test]
async fn noout_is_cleared_and_read_back() {
    let fake = Fake::of("host-noout");
    fake.turns_into("osd unset-group noout pve1", "healthy");
    let Ensured::Done(output) = fake.clear("pve1").await else { panic!("not done") };
    assert!(!output.already);
    let Ensured::Done(output) = fake.clear("pve1").await else { panic!("not done") };
    assert!(output.already);
    let Ensured::Done(output) = fake.clear("pve2").await else { panic!("not done") };
    assert!(output.already, "another host's noout is not touched");
    assert_eq!(fake.calls().iter().filter(|c| c.contains("-group")).count(), 1);
}

#[tokio::test]
async fn only_hosts_get_the_flag() {
    // Ceph would set noout for the whole root, for one OSD or for all disks of a class as gladly.
    for bucket in ["pve9", "default", "osd.0", "hdd", "all"] {
        let fake = Fake::of("healthy");
        assert!(refused(fake.set(bucket).await).contains("its hosts are pve1, pve2, pve3"));
        assert!(refused(fake.clear(bucket).await).contains("its hosts are pve1, pve2, pve3"));
        assert!(!fake.calls().iter().any(|c| c.contains("set-group")));
    }
}

#[tokio::test]
async fn the_platforms_no_is_a_refusal_and_its_silence_is_ambiguous() {
    let fake = Fake::of("healthy");
    let set = "osd set-group noout pve1";
    fake.says(set, 22, "", "Error EINVAL: unable to parse osd id or crush node or device class: \"pve1\". \n");
    assert!(refused(fake.set("pve1").await).contains("ended with 22: Error EINVAL: unable to parse"));
    fake.says(set, 13, "", "Error EACCES: access denied\n");
    assert!(refused(fake.set("pve1").await).contains("access denied"));
    fake.says(set, 110, "", "Error ETIMEDOUT: (110) Connection timed out\n");
    assert!(ambiguous(fake.set("pve1").await).contains("ended with 110"));
    fake.says(set, 0, "", "");
    assert!(ambiguous(fake.set("pve1").await).contains("read back, noout of pve1 is not set"));
    fake.does(set, r#"kill -9 $$"#);
    assert!(ambiguous(fake.set("pve1").await).contains("signal"));
    fake.hangs(set);
    assert_eq!(ambiguous(fake.set("pve1").await), "`osd set-group noout pve1` gave no answer in 3 s");
}

#[tokio::test]
async fn a_yes_that_cannot_be_read_back_is_ambiguous_whatever_the_reason() {
    let fake = Fake::of("healthy");
    fake.says("osd set-group noout pve1", 0, "", "");
    fake.does("osd set-group noout pve1", r#"echo 13 >"$dir/osd_dump.rc""#);
    assert!(ambiguous(fake.set("pve1").await).contains("cannot be read back"));
}

#[tokio::test]
async fn what_is_not_cephs_is_refused() {
    let fake = Fake::of("healthy");
    let (a, b) = (host("pve1"), host("pve2"));
    let guest = GuestId::new("101").expect("an id");
    let acts =
        [Act::MoveGuest { guest, from: a.clone(), to: b }, Act::PowerOff { host: a.clone() }, Act::PowerOn { host: a }];
    for act in acts {
        assert!(refused(fake.ceph().ensure(&act).await).starts_with("Ceph does not"));
    }
    assert!(fake.calls().is_empty());
}

#[tokio::test]
async fn settings_reach_the_command_line() {
    let dir = tempfile::tempdir().expect("a directory");
    let script = dir.path().join("ceph");
    std::fs::write(&script, "echo \"$@\" >&2; exit 5\n").expect("a script");
    let settings = CephSettings {
        id: PlatformId::new("store").expect("an id"),
        conf: Some("/etc/ceph/a.conf".into()),
        name: "client.x".to_owned(),
        keyring: Some("/etc/ceph/x.keyring".into()),
        timeout: Duration::from_secs(7),
        command: vec!["/bin/sh".to_owned(), script.display().to_string()],
    };
    let error = Cli::new(settings).ask(&["osd", "dump"]).await.expect_err("exit 5");
    let expected = "store does not answer: `osd dump` ended with 5: -c /etc/ceph/a.conf --name client.x \
                    --keyring /etc/ceph/x.keyring --connect-timeout 7 -f json osd dump";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn words_without_end_are_cut_and_an_answer_without_end_is_an_error() {
    let fake = Fake::of("healthy");
    fake.does(
        "osd dump",
        "yes 2026-11-22T06:16:12.266+0000-noise | head -c 3000000 >&2; echo >&2; echo the end >&2; exit 5",
    );
    let error = fake.observe("pve1").await.expect_err("no view");
    assert!(error.to_string().ends_with("ended with 5: the end"), "{error}");
    fake.does("osd dump", "exec head -c 70000000 /dev/zero");
    let error = fake.observe("pve1").await.expect_err("no view");
    assert!(error.to_string().contains("more than 67108864 bytes"), "{error}");
}
