//! `noout-plan roadef` as a user meets it: what it prints, what it writes, how it fails.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// The example of the contest's paper.
const MODEL: &str = "2 1 100 0 10
4 0 0 30 400 16 80 0 1 4 5 0 0 10 240 8 160 1 0 3 4 1 1 15 100 12 80 4 3 0 2 1 2 10 100 8 80 5 4 2 0
2 2 0 1 1 0
3 0 12 10 1000 0 10 20 100 1 6 200 1
1 0 1 20 10
1 10 100
";

fn roadef(folder: &Path, model: &str, first: &str, out: &str) -> Output {
    fs::write(folder.join("model.txt"), model).expect("the model is written");
    fs::write(folder.join("first.txt"), first).expect("the assignment is written");
    Command::new(env!("CARGO_BIN_EXE_noout-plan"))
        .current_dir(folder)
        .args(["roadef", "model.txt", "first.txt", "--seconds", "1", "--out", out])
        .output()
        .expect("noout-plan runs")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder can be listed");
    let mut names: Vec<String> =
        entries.map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn the_best_assignment_is_written_within_the_seconds_given() {
    let folder = tempfile::tempdir().expect("a folder");
    let begun = Instant::now();
    let done = roadef(folder.path(), MODEL, "0 3 0\n", "found.txt");
    // Far more than the one second, for machines that are busy: it ends by itself.
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(said.starts_with("start\t4200\nend\t2411\nseconds\t"), "{said}");
    assert_eq!(fs::read_to_string(folder.path().join("found.txt")).expect("it is there"), "0 2 1\n");
    assert_eq!(names(folder.path()), ["first.txt", "found.txt", "model.txt"], "nothing is left beside it");
}

#[test]
fn wrong_input_ends_at_once_with_code_2_and_names_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    for (model, first, out, words) in [
        ("2 1 100 0 x", "0 3 0", "found.txt", "model.txt cannot be used: line 1: the weight of a load cost: \"x\""),
        (
            MODEL,
            "0 3\n7",
            "found.txt",
            "first.txt cannot be used: line 2: a process's machine is 7, allowed are 0 to 3",
        ),
        (MODEL, "3 3 0", "found.txt", "first.txt cannot be used: two processes of service 0 are on machine 3"),
        (MODEL, "0 3 0", "no/such/found.txt", "cannot write beside --out no/such/found.txt"),
    ] {
        let done = roadef(folder.path(), model, first, out);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(2), "{said}");
        assert!(said.contains(words), "{said}");
        assert_eq!(names(folder.path()), ["first.txt", "model.txt"]);
    }
}
