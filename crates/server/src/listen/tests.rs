//! Who is let in, and who is put out.

use axum::routing::get;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;

fn limits(all: usize, head_ms: u64, life_ms: u64) -> Limits {
    Limits { all, each: all, head: Duration::from_millis(head_ms), life: Duration::from_millis(life_ms) }
}

async fn open(limits: Limits) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let who = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() };
    tokio::spawn(serve(listener, Router::new().route("/", get(who)), limits));
    address
}

/// What the other end sends until it closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_string(&mut text));
    let _reset = read.await.expect("it is closed in time");
    text
}

async fn asked(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.expect("it connects");
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.expect("it is written");
    rest(&mut stream).await
}

/// Given a listener full of requests that never end, then each is closed in time and others are heard again.
#[tokio::test]
async fn half_sent_requests_are_closed() {
    let address = open(limits(8, 300, 60_000)).await;
    let mut slow = Vec::new();
    for _ in 0..8 {
        let mut stream = TcpStream::connect(address).await.expect("it connects");
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").await.expect("it is written");
        slow.push(stream);
    }
    for stream in &mut slow {
        rest(stream).await;
    }
    let answer = asked(address).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("127.0.0.1"), "{answer}");
}

/// Given a full listener, then a further connection is closed at once, and taken when there is room.
#[tokio::test]
async fn beyond_the_limit_is_closed_at_once() {
    let address = open(limits(2, 60_000, 60_000)).await;
    let first = TcpStream::connect(address).await.expect("it connects");
    let _second = TcpStream::connect(address).await.expect("it connects");
    let mut third = TcpStream::connect(address).await.expect("it connects");
    assert_eq!(rest(&mut third).await, "");
    drop(first);
    let again = async {
        loop {
            let answer = asked(address).await;
            if answer.starts_with("HTTP/1.1 200") {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), again).await.expect("there is room again");
}

/// Given a connection that is kept alive, then it ends with its life.
#[tokio::test]
async fn a_connection_ends_with_its_life() {
    let address = open(limits(8, 60_000, 300)).await;
    let mut stream = TcpStream::connect(address).await.expect("it connects");
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("it is written");
    assert!(rest(&mut stream).await.starts_with("HTTP/1.1 200"), "what was asked is answered");
}

#[test]
fn an_address_has_a_share_and_this_machine_is_not_counted() {
    let crowd = Arc::new(Crowd::default());
    let limits = Limits { each: 2, ..limits(5, 1, 1) };
    let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
    let one = crowd.enter(ip("2001:db8::1"), &limits).expect("room");
    let _two = crowd.enter(ip("2001:db8::2"), &limits).expect("room");
    assert!(crowd.enter(ip("2001:db8::3"), &limits).is_none(), "the same household");
    let others: Vec<_> = (0..3).map(|_| crowd.enter(ip("::ffff:127.0.0.1"), &limits).expect("room")).collect();
    assert!(crowd.enter(ip("192.0.2.1"), &limits).is_none(), "full");
    drop((one, others));
    assert!(crowd.enter(ip("2001:db8::3"), &limits).is_some());
    assert_eq!(crowd.0.lock().1.len(), 1, "who is gone is forgotten");
}

/// Given few files, then the public listener leaves most of them to the others.
#[test]
fn the_public_listener_never_takes_all_files() {
    for files in [64, 200, 1024, 1 << 20, u64::MAX] {
        let shares = Shares::of(files);
        let taken = (shares.console.all + shares.status.all + shares.streams) as u64;
        assert!(shares.status.all as u64 <= files / 4 && taken < files, "{files}: {shares:?}");
        assert!(shares.streams <= shares.console.all / 4 && shares.status.each < shares.status.all);
    }
    assert!(raise_files() >= 64);
}
