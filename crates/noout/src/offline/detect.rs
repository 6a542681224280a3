//! `noout detect … FILE.csv`.

use std::process::ExitCode;

use noout_detect::intermittent::{Settings, run_csv};

use crate::cli::{Format, IntermittentArgs};
use crate::failure::BadInput;
use crate::{input, output};

/// Sensors that drop out and come back.
pub fn intermittent(args: &IntermittentArgs) -> anyhow::Result<ExitCode> {
    let text = input::open(&args.file)?;
    let found = run_csv(text, Settings::default())
        .map_err(|e| BadInput::because(format!("{} cannot be used", args.file.display()), e))?;
    match args.output {
        Format::Json => output::json_lines(&found)?,
        Format::Table => {
            let rows = found.iter().map(|f| {
                let score = format!("{:.1}", f.score);
                [f.time.to_string(), f.sensor.clone(), f.dropouts.to_string(), score, f.sentence.clone()]
            });
            output::table(["TIME", "SENSOR", "DROPOUTS", "SCORE", "WHAT"], rows)?;
            if found.is_empty() {
                eprintln!("{}: no sensor drops out more often than its like", args.file.display());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
