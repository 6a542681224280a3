//! How a command ends: the exit codes, and the one place where a chain of errors is printed.

use std::error::Error;
use std::fmt;
use std::io;
use std::process::ExitCode;

/// It failed on the way.
pub const FAILED: u8 = 1;

/// What was given is wrong.
pub const BAD_INPUT: u8 = 2;

/// Marks an error as the giver's: the command ends with [`BAD_INPUT`].
#[derive(Debug)]
pub struct BadInput {
    what: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl BadInput {
    /// What was given is wrong, in words that stand alone.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), source: None }
    }

    /// What was given is wrong, and what it was that said so.
    pub fn because(what: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { what: what.into(), source: Some(source.into()) }
    }
}

impl fmt::Display for BadInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl Error for BadInput {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

/// Prints what went wrong and gives the exit code for it.
pub fn exit(result: anyhow::Result<ExitCode>) -> ExitCode {
    let error = match result {
        Ok(code) => return code,
        Err(error) => error,
    };
    if is_closed_pipe(&error) {
        // `noout … | head` has all that it wanted.
        return ExitCode::SUCCESS;
    }
    // It may hold what others wrote: a server's answer, a line of a file.
    eprintln!("noout: {}", crate::plain::plain(&format!("{error:#}")));
    ExitCode::from(if error.chain().any(|e| e.is::<BadInput>()) { BAD_INPUT } else { FAILED })
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|e| e.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe))
}
