//! `noout check FILE`.

use std::process::ExitCode;

use jiff::Timestamp;
use noout_core::config::{Checked, check_here};

use crate::cli::{CheckArgs, Format};
use crate::{failure, input, output};

/// Checks a configuration as it would be applied now, and here: whether what contacts name is there, too.
pub fn run(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let checked = match input::config_text(&args.file) {
        Ok(text) => check_here(&text, Timestamp::now(), &noout_server::unusable).1,
        Err(problem) => Checked { ok: false, errors: vec![problem], warnings: Vec::new() },
    };
    match args.output {
        Format::Json => output::json(&checked)?,
        Format::Table => {
            let errors = checked.errors.iter().map(|problem| ("error", problem));
            let all = errors.chain(checked.warnings.iter().map(|problem| ("warning", problem)));
            let row = |(level, p): (&str, &noout_core::config::Problem)| {
                let line = if p.line == 0 { "-".to_owned() } else { p.line.to_string() };
                let field = if p.field.is_empty() { "-".to_owned() } else { p.field.clone() };
                [line, level.to_owned(), field, p.message.clone()]
            };
            output::table(["LINE", "LEVEL", "FIELD", "MESSAGE"], all.map(row))?;
            eprintln!("{}: {}", args.file.display(), verdict(&checked));
        }
    }
    Ok(if checked.ok { ExitCode::SUCCESS } else { ExitCode::from(failure::BAD_INPUT) })
}

fn verdict(checked: &Checked) -> String {
    let count = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let errors = count(checked.errors.len(), "error");
    match (checked.ok, checked.warnings.len()) {
        (true, 0) => "in order".to_owned(),
        (true, n) => format!("in order, {}", count(n, "warning")),
        (false, 0) => errors,
        (false, n) => format!("{errors}, {}", count(n, "warning")),
    }
}
