//! A process that appends is killed again and again; what it acknowledged must be there.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use noout_store::{Reader, SqliteJournal, SqliteReader, verify, verify_reader};

const KILLS: u64 = 20;

/// The example lies beside the folder of this test's binary; cargo builds it along with the tests.
fn appender() -> PathBuf {
    let test = std::env::current_exe().expect("this test has a path");
    let profile = test.ancestors().nth(2).expect("target/PROFILE/deps/test");
    let path = profile.join("examples").join(format!("append_forever{}", std::env::consts::EXE_SUFFIX));
    assert!(path.exists(), "{} is missing: run `cargo build -p noout-store --examples` first", path.display());
    path
}

fn start(path: &Path) -> Child {
    Command::new(appender()).arg(path).stdout(Stdio::piped()).spawn().expect("it starts")
}

/// Lets the process acknowledge so many batches, waits a little more, kills it, and gives the last acknowledged number.
fn kill_after(mut child: Child, batches: u64, more: Duration) -> u64 {
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).split(b'\n');
    let mut last = 0;
    let mut number = |line: std::io::Result<Vec<u8>>| {
        let text = String::from_utf8(line.expect("readable")).expect("digits");
        last = text.parse::<u64>().expect("a whole line: a number is written at once").max(last);
    };
    for _ in 0..batches {
        number(lines.next().expect("it goes on until it is killed"));
    }
    std::thread::sleep(more);
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    // What it wrote to the pipe before it died is acknowledged too.
    lines.for_each(&mut number);
    last
}

#[test]
fn every_acknowledged_record_survives_kill_9() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("noout.db");
    // Fixed numbers, so that a failure can be looked for again; where exactly the kill falls is the machine's chance.
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut records = 0;
    for round in 1..=KILLS {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (batches, micros) = (1 + (seed >> 33) % 12, (seed >> 45) % 9_000);
        let acked = kill_after(start(&path), batches, Duration::from_micros(micros));
        assert!(acked > records, "round {round}: it went on from {records}");

        if round % 2 == 0 {
            // A reader comes first, and finds the log as the dead process left it.
            let reader = SqliteReader::open(&path).expect("it opens without a writer");
            let report = verify_reader(&reader, |_| Ok(())).expect("the chain verifies");
            assert!(report.records >= acked, "round {round}: {acked} was acknowledged, {} are there", report.records);
        }
        let mut journal = SqliteJournal::open(&path).expect("the dead process's lock is gone");
        let mut seen = 0;
        let report = verify(&mut journal, |record| {
            seen = record.seq;
            Ok(())
        })
        .expect("the chain verifies");
        assert!(seen >= acked, "round {round}: {acked} was acknowledged, the journal ends at {seen}");
        assert_eq!(report.head.epoch, round, "one claim each");

        let reader = journal.reader().expect("it opens");
        reader.integrity().expect("the file is whole");
        let counter = reader.document("counter", "last").expect("readable").expect("it is there");
        assert_eq!((counter.seq, counter.body), (seen, seen.to_string()), "the read tables go with the records");
        let last = reader.timeline_latest("server", 1).expect("readable");
        assert_eq!(last.last().map(|row| row.seq), Some(seen));
        records = seen;
    }
}
