//! The named fake here is a small HTTP server with our fixtures; one fan of it drops out on demand.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use noout_detect::SensorState;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::json;

use super::*;

const HPE: &str = include_str!("../../tests/redfish-fixtures/hpe_thermal.json");
const SUPERMICRO: &str = include_str!("../../tests/redfish-fixtures/supermicro_thermal.json");
const POWER: &str = include_str!("../../tests/redfish-fixtures/power.json");
/// A self-signed certificate for the name bmc.test, made for these tests, and its key.
const CERTIFICATE: &[u8] = include_bytes!("../../tests/redfish-fixtures/bmc.test.cert.der");
const KEY: &[u8] = include_bytes!("../../tests/redfish-fixtures/bmc.test.key.der");

fn states(readings: &[Reading]) -> Vec<(&str, SensorState, Option<f64>, &str)> {
    readings.iter().map(|r| (r.sensor.as_str(), r.state, r.value, r.unit.as_str())).collect()
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).expect("a fixture is JSON")
}

#[test]
fn hpe_reads_fans_in_percent_and_a_standing_one_is_bad_though_its_health_is_ok() {
    use SensorState::{Bad, Missing, Ok};
    assert_eq!(
        states(&thermal(&json_of(HPE), "m")),
        [
            ("Fan_1", Ok, Some(23.0), "%"),
            ("Fan_2", Ok, Some(23.0), "%"),
            ("Fan_3", Bad, Some(0.0), "%"),
            ("Fan_4", Missing, None, ""),
            ("01-Inlet_Ambient", Ok, Some(24.0), "C"),
            ("02-CPU_1_PkgTmp", Bad, Some(95.0), "C"),
            ("03-CPU_2_PkgTmp", Missing, None, "C"),
        ]
    );
}

#[test]
fn supermicro_gives_no_health_and_zero_rpm_is_a_fan_that_stands_still() {
    use SensorState::{Bad, Missing, Ok};
    assert_eq!(
        states(&thermal(&json_of(SUPERMICRO), "m")),
        [
            ("FAN1", Ok, Some(4300.0), "RPM"),
            ("FAN2", Bad, Some(0.0), "RPM"),
            ("FAN3", Missing, Some(0.0), "RPM"),
            ("FANA", Missing, None, ""),
            ("CPU_Temp", Missing, None, "C"),
            ("System_Temp", Ok, Some(31.0), "C"),
        ]
    );
}

#[test]
fn newer_fans_tell_percent_and_rpm() {
    use SensorState::{Bad, Missing, Ok};
    let member =
        |name: &str, speed: Value, status: Value| json!({"Name": name, "SpeedPercent": speed, "Status": status});
    let fine = json!({"State": "Enabled", "Health": "OK"});
    let all = [
        member("Bay 1", json!({"Reading": 45, "SpeedRPM": 2200}), fine.clone()),
        member("Bay 2", json!({"Reading": 45}), fine.clone()),
        member("Bay 3", json!({"Reading": null}), fine),
        member("Bay 4", json!({"Reading": 45}), json!({"State": "Enabled", "Health": "Critical"})),
        member("Bay 5", json!({}), json!({"State": "Absent"})),
    ];
    assert_eq!(
        states(&fans(&all, "m")),
        [
            ("Bay_1", Ok, Some(2200.0), "RPM"),
            ("Bay_2", Ok, Some(45.0), "%"),
            ("Bay_3", Missing, None, ""),
            ("Bay_4", Bad, Some(45.0), "%"),
            ("Bay_5", Missing, None, ""),
        ]
    );
    let metrics =
        json!({"TemperatureReadingsCelsius": [{"DeviceName": "CPU 1", "Reading": 51.5}, {"DeviceName": "CPU 2"}]});
    assert_eq!(
        states(&thermal_metrics(&metrics, "m")),
        [("CPU_1", Ok, Some(51.5), "C"), ("CPU_2", Missing, None, "C")]
    );
}

#[test]
fn a_power_supply_needs_health_to_be_well() {
    use SensorState::{Bad, Missing, Ok};
    let found = power_supplies(&json_of(POWER), "m");
    let expected = [("PSU_1", Ok, Some(212.0), "W"), ("PSU_2", Bad, None, "W"), ("PSU_3", Missing, None, "W")];
    assert_eq!(states(&found), expected);
    assert_eq!(found[0].model, "PWS-800");
}

#[test]
fn garbage_is_no_reading_and_no_panic() {
    for text in ["null", "[]", "{}", r#"{"Fans": 3}"#, r#"{"Fans": [null, 7, {"Name": ""}, {"Reading": "fast"}]}"#] {
        assert_eq!(thermal(&json_of(text), "m"), [], "{text}");
    }
    let odd = thermal(&json!({"Fans": [{"Name": "F", "Reading": "fast", "Status": "fine"}]}), "m");
    assert_eq!(odd[0].state, SensorState::Missing);
}

#[test]
fn every_quirk_can_be_reached() {
    for (at, quirk) in QUIRKS.iter().enumerate() {
        let earlier = QUIRKS[..at].iter();
        let hides = |q: &&Quirk| {
            q.state == quirk.state && q.alive == quirk.alive && (q.health == "*" || q.health == quirk.health)
        };
        assert_eq!(earlier.copied().find(|q| hides(&q)), None, "{} is never used", quirk.why);
    }
}

#[test]
fn a_fingerprint_reads_as_openssl_prints_it() {
    let text = Fingerprint::of(CERTIFICATE).to_string();
    assert_eq!((text.len(), text.matches(':').count()), (95, 31));
    assert_eq!(text.parse(), Ok(Fingerprint::of(CERTIFICATE)));
    assert_eq!(text.replace(':', "").to_lowercase().parse(), Ok(Fingerprint::of(CERTIFICATE)));
    for bad in ["", "AB:CD", &text[..94], &format!("{text}:00"), &text.replace('A', "G").replace('0', "x")] {
        assert!(bad.parse::<Fingerprint>().is_err(), "{bad}");
    }
}

/// A fake BMC of one chassis with the Supermicro fixture and power supplies.
struct FakeBmc {
    port: u16,
    /// Lets FAN1 stand still.
    drop_out: Arc<AtomicBool>,
}

impl FakeBmc {
    fn start(tls: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let drop_out = Arc::new(AtomicBool::new(false));
        let fault = Arc::clone(&drop_out);
        let config = tls.then(server_config);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                serve(stream, config.clone(), fault.load(Ordering::SeqCst));
            }
        });
        Self { port, drop_out }
    }

    fn redfish(&self, trust: Trust, password: &str) -> Redfish {
        let scheme = if trust == Trust::Plain { "http" } else { "https" };
        let bmc = Bmc {
            host: HostId::new("pve3").expect("a name"),
            url: format!("{scheme}://127.0.0.1:{}", self.port),
            user: "noout".to_owned(),
            password: password.to_owned(),
            trust,
            needed: BTreeMap::from([(SensorKind::Fan, 1)]),
        };
        assert!(!format!("{bmc:?}").contains(password));
        Redfish::new(vec![bmc], || Timestamp::UNIX_EPOCH).expect("a client")
    }
}

fn server_config() -> Arc<rustls::ServerConfig> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(KEY));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.expect("the usual protocols").with_no_client_auth();
    Arc::new(builder.with_single_cert(vec![CertificateDer::from(CERTIFICATE)], key).expect("a pair"))
}

fn serve(mut stream: TcpStream, tls: Option<Arc<rustls::ServerConfig>>, fault: bool) {
    match tls {
        Some(config) => {
            let mut connection = rustls::ServerConnection::new(config).expect("a connection");
            answer(&mut rustls::Stream::new(&mut connection, &mut stream), fault);
        }
        None => answer(&mut stream, fault),
    }
}

/// One request, one answer, then it closes. A client that goes away in the middle is nobody's fault.
fn answer(stream: &mut (impl Read + Write), fault: bool) {
    let mut request = Vec::new();
    let mut chunk = [0; 2048];
    while !request.windows(4).any(|w| w == b"\r\n\r\n") {
        match stream.read(&mut chunk) {
            Ok(n) if n > 0 => request.extend_from_slice(&chunk[..n]),
            _ => return,
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let path = request.split(' ').nth(1).unwrap_or_default();
    // noout:good
    let known = request.contains("bm9vdXQ6Z29vZA==");
    let body = match path {
        _ if !known => None,
        "/redfish/v1/Chassis" => Some(json!({"Members": [{"@odata.id": "/redfish/v1/Chassis/1"}]}).to_string()),
        "/redfish/v1/Chassis/1" => Some(
            json!({"Manufacturer": "Supermicro", "Model": "X10", "Thermal": {"@odata.id": "/redfish/v1/Chassis/1/Thermal"},
                   "Power": {"@odata.id": "/redfish/v1/Chassis/1/Power"}})
            .to_string(),
        ),
        "/redfish/v1/Chassis/1/Thermal" if fault => Some(SUPERMICRO.replace("4300", "0")),
        "/redfish/v1/Chassis/1/Thermal" => Some(SUPERMICRO.to_owned()),
        "/redfish/v1/Chassis/1/Power" => Some(POWER.to_owned()),
        _ => Some(String::new()),
    };
    let (status, body) = match body {
        None => ("401 Unauthorized", String::new()),
        Some(body) if body.is_empty() => ("404 Not Found", body),
        Some(body) => ("200 OK", body),
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    drop(
        stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(body.as_bytes()))
            .and_then(|()| stream.flush()),
    );
}

fn fan1(polls: &[SensorPoll]) -> SensorState {
    let readings = polls[0].readings.as_ref().expect("the BMC answers");
    readings.iter().find(|r| r.sensor.as_str() == "FAN1").expect("it is listed").state
}

#[tokio::test]
async fn a_fan_that_drops_out_is_seen_and_seen_to_come_back() {
    let bmc = FakeBmc::start(false);
    let redfish = bmc.redfish(Trust::Plain, "good");
    let polls = redfish.poll().await;
    assert_eq!(fan1(&polls), SensorState::Ok);
    assert_eq!(polls[0].readings.as_ref().map(Vec::len), Ok(9));
    assert_eq!(polls[0].readings.as_ref().expect("they answer")[0].model, "Supermicro X10");
    assert_eq!(polls[0].needed.get(&SensorKind::Fan), Some(&1));
    bmc.drop_out.store(true, Ordering::SeqCst);
    assert_eq!(fan1(&redfish.poll().await), SensorState::Bad);
    bmc.drop_out.store(false, Ordering::SeqCst);
    assert_eq!(fan1(&redfish.poll().await), SensorState::Ok);
}

#[tokio::test]
async fn only_the_pinned_certificate_is_trusted() {
    let bmc = FakeBmc::start(true);
    let pinned = bmc.redfish(Trust::Pinned(Fingerprint::of(CERTIFICATE)), "good");
    assert_eq!(fan1(&pinned.poll().await), SensorState::Ok);
    let other = bmc.redfish(Trust::Pinned(Fingerprint::of(b"another certificate")), "good");
    let polls = other.poll().await;
    assert!(polls[0].readings.as_ref().is_err_and(|why| why.contains("certificate")), "{polls:?}");
}

#[tokio::test]
async fn a_bmc_that_refuses_or_is_gone_is_no_bmc_without_sensors() {
    let bmc = FakeBmc::start(false);
    let polls = bmc.redfish(Trust::Plain, "wrong").poll().await;
    assert!(polls[0].readings.as_ref().is_err_and(|why| why.contains("refuses the user")), "{polls:?}");
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("an address").port();
    let gone = FakeBmc { port: free, drop_out: Arc::default() };
    let polls = gone.redfish(Trust::Plain, "good").poll().await;
    assert!(polls[0].readings.is_err(), "{polls:?}");
}

#[test]
fn scheme_and_trust_must_fit() {
    for (url, trust) in [("http://bmc", Trust::Pinned(Fingerprint::of(b"x"))), ("https://bmc", Trust::Plain)] {
        let host = HostId::new("pve3").expect("a name");
        let (user, password) = ("u".to_owned(), "p".to_owned());
        let bmc = Bmc { host, url: url.to_owned(), user, password, trust, needed: BTreeMap::new() };
        assert!(matches!(Redfish::new(vec![bmc], || Timestamp::UNIX_EPOCH), Err(RedfishError::Scheme { .. })));
    }
}
