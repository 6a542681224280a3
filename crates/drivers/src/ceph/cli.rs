//! One `ceph` process per question: argument list, time limit, size limit, and what its exit means.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;
use tokio::sync::Semaphore;

use super::CephSettings;
use crate::DriverError;

/// Largest reply that is read. `osd dump` takes about 2.5 KB an OSD, so this is room for more than
/// 10 000 of them; what is longer is not a Ceph that we can judge.
const MAX_REPLY_BYTES: u64 = 64 * 1024 * 1024;

/// Largest part of the error output that is kept; Ceph repeats connection trouble line by line.
const MAX_WORDS_BYTES: u64 = 64 * 1024;

/// Longest line of Ceph's words that is passed on to people.
const MAX_LINE_CHARS: usize = 500;

/// How many `ceph` processes run at once. Each is a Python program that costs about 0.3 s of
/// processor time to start, and the monitor's own machine may be the one that pays.
const MAX_PROCESSES: usize = 4;

/// `EPERM`: some releases say so instead of `EACCES`.
const RC_EPERM: i32 = 1;
/// `EACCES`: the key may not do this, or was not accepted at all.
const RC_EACCES: i32 = 13;

/// What one `ceph` process left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// Its exit status.
    pub rc: i32,
    /// Its answer.
    pub stdout: String,
    /// Its words for people.
    pub stderr: String,
}

impl Reply {
    /// Ceph's own words: the last line that is not a log line of the client library.
    pub fn words(&self) -> String {
        let line = self.stderr.lines().rev().map(str::trim).find(|l| !l.is_empty() && !is_log_line(l));
        let line = line.or_else(|| self.stderr.lines().rev().map(str::trim).find(|l| !l.is_empty()));
        line.map_or_else(|| "without a word".to_owned(), |l| l.chars().take(MAX_LINE_CHARS).collect())
    }

    /// Whether it ended because our key may not ask this.
    pub fn is_denied(&self) -> bool {
        self.rc == RC_EACCES
            || self.rc == RC_EPERM
                && ["EACCES", "EPERM", "access denied", "permission denied"].iter().any(|w| self.stderr.contains(w))
    }
}

/// A line like `2026-11-22T06:16:12.266+0000 7f4f2df9b6c0 -1 monclient(hunting): …`.
fn is_log_line(line: &str) -> bool {
    line.split_whitespace().next().is_some_and(|first| first.len() > 20 && first.as_bytes().get(10) == Some(&b'T'))
}

/// Why there is no [`Reply`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CallError {
    /// The process was stopped at the time limit.
    TimedOut(Duration),
    /// It could not be started, or was ended by a signal.
    Broken(String),
    /// It wrote more than we read, or something that is not text.
    Garbled(String),
}

impl CallError {
    /// The error in words, about the command `what`.
    pub fn words(&self, what: &str) -> String {
        match self {
            Self::TimedOut(limit) => format!("`{what}` gave no answer in {} s", limit.as_secs_f32()),
            Self::Broken(why) => format!("`{what}`: {why}"),
            Self::Garbled(why) => format!("`{what}`: {why}"),
        }
    }

    /// As the error of a driver.
    pub fn into_driver_error(self, platform: &str, what: &str) -> DriverError {
        let (platform, why) = (platform.to_owned(), self.words(what));
        match self {
            Self::TimedOut(_) | Self::Broken(_) => DriverError::Unreachable { platform, why },
            Self::Garbled(_) => DriverError::Garbled { platform, why },
        }
    }
}

/// Runs `ceph` with a limit on time, size and number.
#[derive(Debug)]
pub(super) struct Cli {
    settings: CephSettings,
    slots: Semaphore,
}

impl Cli {
    pub fn new(settings: CephSettings) -> Self {
        Self { settings, slots: Semaphore::new(MAX_PROCESSES) }
    }

    pub fn settings(&self) -> &CephSettings {
        &self.settings
    }

    fn command(&self, args: &[&str]) -> Result<Command, CallError> {
        let s = &self.settings;
        let Some((program, first)) = s.command.split_first() else {
            return Err(CallError::Broken("no command is configured".to_owned()));
        };
        let mut command = Command::new(program);
        command.args(first);
        if let Some(conf) = &s.conf {
            command.arg("-c").arg(conf);
        }
        command.arg("--name").arg(&s.name);
        if let Some(keyring) = &s.keyring {
            command.arg("--keyring").arg(keyring);
        }
        // Through a remote shell only the near end is killed at the limit; this ends the far end
        // when it is the monitors that do not answer.
        command.arg("--connect-timeout").arg(s.timeout.as_secs().max(1).to_string());
        command.args(["-f", "json"]).args(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        Ok(command)
    }

    /// Runs one command. The limit counts from when the process starts, not while it waits for a slot.
    pub async fn call(&self, args: &[&str]) -> Result<Reply, CallError> {
        let _slot = self.slots.acquire().await.map_err(|e| CallError::Broken(e.to_string()))?;
        let mut command = self.command(args)?;
        let limit = self.settings.timeout;
        tokio::time::timeout(limit, run(&mut command)).await.unwrap_or(Err(CallError::TimedOut(limit)))
    }

    /// Runs one read-only command that must succeed, and gives its answer.
    pub async fn ask(&self, args: &[&str]) -> Result<String, DriverError> {
        let what = args.join(" ");
        let platform = self.settings.id.as_str();
        let reply = self.call(args).await.map_err(|e| e.into_driver_error(platform, &what))?;
        if reply.rc == 0 {
            return Ok(reply.stdout);
        }
        let platform = platform.to_owned();
        let why = format!("`{what}` ended with {}: {}", reply.rc, reply.words());
        Err(if reply.is_denied() {
            DriverError::Denied { platform, why }
        } else {
            DriverError::Unreachable { platform, why }
        })
    }
}

async fn run(command: &mut Command) -> Result<Reply, CallError> {
    let mut child = command.spawn().map_err(|e| CallError::Broken(format!("cannot be started: {e}")))?;
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(CallError::Broken("its output cannot be read".to_owned()));
    };
    let (stdout, stderr) = tokio::try_join!(read_answer(stdout), read_words(stderr))?;
    let status = child.wait().await.map_err(|e| CallError::Broken(format!("cannot be waited for: {e}")))?;
    let rc = status.code().ok_or_else(|| CallError::Broken(format!("it ended by {status}")))?;
    Ok(Reply { rc, stdout, stderr })
}

async fn read_answer(from: impl AsyncRead + Unpin) -> Result<String, CallError> {
    let mut bytes = Vec::new();
    let read = from.take(MAX_REPLY_BYTES + 1).read_to_end(&mut bytes).await;
    read.map_err(|e| CallError::Broken(format!("its answer cannot be read: {e}")))?;
    if bytes.len() as u64 > MAX_REPLY_BYTES {
        return Err(CallError::Garbled(format!("an answer of more than {MAX_REPLY_BYTES} bytes")));
    }
    String::from_utf8(bytes).map_err(|e| CallError::Garbled(format!("an answer that is not UTF-8: {e}")))
}

/// Keeps the end of the error output, where Ceph says what went wrong.
async fn read_words(mut from: impl AsyncRead + Unpin) -> Result<String, CallError> {
    let limit = usize::try_from(MAX_WORDS_BYTES).unwrap_or(usize::MAX);
    let (mut kept, mut chunk) = (Vec::new(), [0_u8; 4096]);
    loop {
        let n = from.read(&mut chunk).await.map_err(|e| CallError::Broken(format!("its words cannot be read: {e}")))?;
        if n == 0 {
            return Ok(String::from_utf8_lossy(&kept).into_owned());
        }
        kept.extend_from_slice(&chunk[..n]);
        if kept.len() > 2 * limit {
            kept.drain(..kept.len() - limit);
        }
    }
}
