use super::*;

/// What `ipmitool` 1.8.19 printed for the simulated BMC of Debian's openipmi, and lines in the
/// manners of other versions and BMCs.
const CSV: &str = "\
FAN1,7200,RPM,ok
FAN2,0,RPM,ok
FAN3,0,RPM,lnr
FAN4,no reading,ns
FAN5,disabled,ns
FAN6,840,RPM,nc
CPU1 Temp,45,degrees C,ok
CPU2 Temp,,degrees C,na
Inlet Temp,41,degrees C,cr
PSU1 Status,20h,ok,10.1,Presence detected
PSU2 Status,21h,ok,10.2,Presence detected, Failure detected
PSU3 Status,22h,ns,10.3,No Reading
Fan Redundancy,23h,ok,29.9,Non-Redundant: Sufficient from Redundant
Get HPM.x Capabilities request failed
";

const BARS: &str = "\
FAN1             | 01h | ok  | 29.1 | 7200 RPM
FAN3             | 03h | lnr | 29.3 | 0 RPM
FAN4             | 04h | ns  | 29.4 | No Reading
FAN5             | 05h | ns  | 29.5 | Disabled
FAN6             | 06h | ok  | 29.6 | No Reading
";

fn states(text: &str) -> Vec<(String, SensorKind, SensorState, Option<f64>)> {
    parse(text, "m").into_iter().map(|r| (r.sensor.to_string(), r.kind, r.state, r.value)).collect()
}

#[test]
fn each_line_is_read_honestly() {
    use SensorKind::{Fan, Power, Temperature};
    use SensorState::{Bad, Missing, Ok};
    let expected = [
        ("FAN1", Fan, Ok, Some(7200.0)),
        // The BMC says ok about a fan that stands still.
        ("FAN2", Fan, Bad, Some(0.0)),
        ("FAN3", Fan, Bad, Some(0.0)),
        ("FAN4", Fan, Missing, None),
        ("FAN5", Fan, Missing, None),
        ("FAN6", Fan, Bad, Some(840.0)),
        ("CPU1_Temp", Temperature, Ok, Some(45.0)),
        ("CPU2_Temp", Temperature, Missing, None),
        ("Inlet_Temp", Temperature, Bad, Some(41.0)),
        ("PSU1_Status", Power, Ok, None),
        ("PSU2_Status", Power, Bad, None),
        ("PSU3_Status", Power, Missing, None),
        ("Fan_Redundancy", Fan, Bad, None),
    ];
    let expected: Vec<_> = expected.map(|(n, k, s, v)| (n.to_owned(), k, s, v)).into();
    // The redundancy sensor is no fan that turns; it must not be counted as one.
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(n, k, s, v)| if n == "Fan_Redundancy" { (n, SensorKind::Other, s, v) } else { (n, k, s, v) })
        .collect();
    assert_eq!(states(CSV), expected);
}

#[test]
fn the_table_with_bars_reads_alike() {
    let states: Vec<_> = states(BARS).into_iter().map(|(n, _, s, _)| (n, s)).collect();
    let expected = [
        ("FAN1", SensorState::Ok),
        ("FAN3", SensorState::Bad),
        ("FAN4", SensorState::Missing),
        ("FAN5", SensorState::Missing),
        ("FAN6", SensorState::Missing),
    ];
    assert_eq!(states, expected.map(|(n, s)| (n.to_owned(), s)));
}

#[test]
fn units_are_short() {
    let units: Vec<_> = parse(CSV, "m").into_iter().take(7).map(|r| r.unit).collect();
    assert_eq!(units, ["RPM", "RPM", "RPM", "", "", "RPM", "C"]);
}

fn script(dir: &tempfile::TempDir, body: &str) -> std::path::PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    let path = dir.path().join("ipmitool");
    std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).expect("a script");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("it may run");
    path
}

fn ipmi(program: std::path::PathBuf, timeout: Duration) -> Ipmi {
    let bmc = Bmc {
        host: HostId::new("pve3").expect("a name"),
        address: "192.0.2.1".to_owned(),
        port: 623,
        user: "noout".to_owned(),
        password: "s3cret".to_owned(),
        cipher: 3,
        needed: BTreeMap::from([(SensorKind::Fan, 4)]),
        model: "m".to_owned(),
    };
    assert!(!format!("{bmc:?}").contains("s3cret"));
    Ipmi::new(vec![bmc], || Timestamp::UNIX_EPOCH).with_program(program, timeout)
}

#[tokio::test]
async fn the_password_goes_by_the_environment_and_never_by_argument() {
    let dir = tempfile::tempdir().expect("a folder");
    let seen = dir.path().join("argv");
    let body = format!("echo \"$@\" > {}\ntest \"$IPMI_PASSWORD\" = s3cret && echo 'FAN1,7200,RPM,ok'", seen.display());
    let polls = ipmi(script(&dir, &body), Duration::from_secs(10)).poll().await;
    assert_eq!(polls[0].readings.as_ref().map(Vec::len), Ok(1), "{polls:?}");
    assert_eq!(polls[0].needed.get(&SensorKind::Fan), Some(&4));
    let argv = std::fs::read_to_string(seen).expect("the script ran");
    assert!(argv.contains("-E") && !argv.contains("s3cret"), "{argv}");
}

#[tokio::test]
async fn a_bmc_that_refuses_is_no_bmc_without_sensors() {
    let dir = tempfile::tempdir().expect("a folder");
    let body = "echo 'Error: Unable to establish IPMI v2 / RMCP+ session' >&2; exit 1";
    let polls = ipmi(script(&dir, body), Duration::from_secs(10)).poll().await;
    assert_eq!(polls[0].readings, Err("Error: Unable to establish IPMI v2 / RMCP+ session".to_owned()));
    let polls = ipmi(dir.path().join("nowhere"), Duration::from_secs(10)).poll().await;
    assert!(polls[0].readings.as_ref().is_err_and(|why| why.contains("does not start")), "{polls:?}");
}

#[tokio::test]
async fn a_bmc_that_hangs_is_given_up_and_its_process_killed() {
    let dir = tempfile::tempdir().expect("a folder");
    let pid = dir.path().join("pid");
    let body = format!("echo $$ > {}\nexec sleep 600", pid.display());
    let polls = ipmi(script(&dir, &body), Duration::from_millis(800)).poll().await;
    assert!(polls[0].readings.as_ref().is_err_and(|why| why.starts_with("no answer within")), "{polls:?}");
    let pid = std::fs::read_to_string(pid).expect("the script ran").trim().to_owned();
    for _ in 0..100 {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        if stat.is_empty() || stat.contains(") Z ") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("process {pid} still runs");
}
