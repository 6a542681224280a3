//! The binary as an operator or a script runs it: output, messages, exit codes.

mod check;
mod detect;
mod general;
mod guide;
mod import;
mod oncall;
mod plan;
mod route;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// What a run left behind.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    /// All of it in one text, for goldens.
    fn all(&self) -> String {
        format!("exit {}\n--- out\n{}--- err\n{}", self.code, self.out, self.err)
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("no JSON ({e}):\n{}", self.all()))
    }
}

/// A folder with the files of one test; commands run in it, so that messages name files without a path.
struct Room(TempDir);

impl Room {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn with(file: &str, text: impl AsRef<[u8]>) -> Self {
        let room = Self::new();
        room.write(file, text);
        room
    }

    fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(file), text).expect("writable");
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, "")
    }

    fn run_with(&self, args: &[&str], input: &str) -> Ran {
        let mut child = Command::new(env!("CARGO_BIN_EXE_noout"))
            .args(args)
            .current_dir(self.0.path())
            .env_remove("NOOUT_CONFIG")
            .env_remove("NOOUT_DATA")
            .env_remove("NOOUT_TOKEN")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        // A command that does not read its input closes the pipe, which is no error of the test.
        let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
        let output = child.wait_with_output().expect("the binary ends");
        Ran {
            code: output.status.code().expect("it was not killed"),
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8(output.stderr).expect("text"),
        }
    }
}

/// Two people, two rotations, nothing wrong.
const TEAM: &str = r#"[[person]]
id = "ana"
contact = ["ntfy:https://ntfy.example.org/ana"]
[[person]]
id = "bo"
contact = ["ntfy:https://ntfy.example.org/bo"]
[[schedule]]
id = "ops"
timezone = "Europe/Madrid"
[[schedule.rotation]]
name = "primary"
people = ["ana", "bo"]
start = "2026-01-05T09:00"
[[schedule.rotation]]
name = "secondary"
people = ["bo", "ana"]
start = "2026-01-05T09:00"
[[policy]]
id = "ops"
[[policy.step]]
notify = ["schedule:ops"]
"#;
