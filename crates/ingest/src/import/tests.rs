//! What becomes of an export of each tool, and of wrong ones.

mod pieces;
mod whole;

use noout_types::Timestamp;

use super::{Export, ImportError, Imported, Tool, import};

/// When the imports of these tests happen: a Monday at noon in the winter.
fn now() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().expect("a time")
}

fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/import/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn imported(tool: Tool, text: &str) -> Result<Imported, ImportError> {
    import(tool, &Export::from_json("export.json", text)?, now())
}

fn refused(tool: Tool, text: &str) -> String {
    imported(tool, text).expect_err("it is wrong").to_string()
}

/// The report as lines.
fn report(of: &Imported) -> String {
    of.report
        .iter()
        .map(|note| format!("{}: {}\n    {}\n    → {}\n", note.kind.as_str(), note.object, note.found, note.todo))
        .collect()
}
