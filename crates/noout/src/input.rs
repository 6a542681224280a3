//! Reading what was named on the command line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use noout_core::config::{Config, MAX_FILE_BYTES, Problem, parse};

use crate::failure::BadInput;

/// Largest inventory in bytes: 150 000 guests, which is all that the planner takes, with room for long names.
const MAX_INVENTORY_BYTES: u64 = 256 << 20;

/// So many problems of a configuration are shown where it was not a check that was asked for.
const PROBLEMS_SHOWN: usize = 5;

/// Opens a file, or standard input for `-`.
pub fn open(path: &Path) -> Result<Box<dyn BufRead>, BadInput> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let cannot = |e: io::Error| BadInput::because(format!("cannot read {}", path.display()), e);
    let file = File::open(path).map_err(cannot)?;
    if file.metadata().is_ok_and(|meta| meta.is_dir()) {
        return Err(BadInput::new(format!("cannot read {}: it is a folder, a file is wanted", path.display())));
    }
    Ok(Box::new(BufReader::new(file)))
}

/// Reads a whole file, but not more than `max` and one byte: the reader of the text refuses that as too large.
fn bytes(path: &Path, max: u64) -> Result<Vec<u8>, BadInput> {
    let mut bytes = Vec::new();
    let mut file = open(path)?.take(max + 1);
    file.read_to_end(&mut bytes).map_err(|e| BadInput::because(format!("cannot read {}", path.display()), e))?;
    Ok(bytes)
}

/// The text of a configuration.
///
/// # Errors
/// It cannot be read, or is no UTF-8; as the one problem that a check would list.
pub fn config_text(path: &Path) -> Result<String, Problem> {
    let problem = |line, message| Problem { line, field: String::new(), message };
    let bytes = bytes(path, MAX_FILE_BYTES as u64).map_err(|e| problem(0, format!("{:#}", anyhow::Error::from(e))))?;
    if bytes.len() > MAX_FILE_BYTES {
        return Err(problem(0, format!("the file is larger than {MAX_FILE_BYTES} bytes, which is the most allowed")));
    }
    String::from_utf8(bytes).map_err(|e| {
        let good = e.utf8_error().valid_up_to();
        let line = 1 + e.as_bytes()[..good].iter().filter(|b| **b == b'\n').count();
        let found = e.as_bytes().get(good).copied().unwrap_or_default();
        problem(
            u32::try_from(line).unwrap_or(u32::MAX),
            format!("found the byte 0x{found:02x}: the file must be UTF-8"),
        )
    })
}

/// A configuration that can be read; whether it is in order is for `noout check`.
pub fn config(path: &Path) -> Result<Config, BadInput> {
    let bad = |problems: &[Problem]| {
        let mut text = format!("{} cannot be used:", path.display());
        for problem in problems.iter().take(PROBLEMS_SHOWN) {
            text.push_str(&format!("\n  {problem}"));
        }
        if problems.len() > PROBLEMS_SHOWN {
            text.push_str(&format!(
                "\n  … and {} more: noout check {}",
                problems.len() - PROBLEMS_SHOWN,
                path.display()
            ));
        }
        BadInput::new(text)
    };
    let text = config_text(path).map_err(|problem| bad(&[problem]))?;
    parse(&text).map_err(|problems| bad(&problems))
}

/// The text of an inventory.
pub fn inventory_text(path: &Path) -> Result<String, BadInput> {
    text(path, MAX_INVENTORY_BYTES)
}

/// A text of at most so many bytes.
pub fn text(path: &Path, max: u64) -> Result<String, BadInput> {
    let bytes = bytes(path, max)?;
    if bytes.len() as u64 > max {
        let message = format!("{} is larger than {max} bytes, which is the most allowed", path.display());
        return Err(BadInput::new(message));
    }
    String::from_utf8(bytes).map_err(|e| BadInput::because(format!("{} is no text", path.display()), e))
}
