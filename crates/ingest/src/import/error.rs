//! Why an export cannot be imported.

/// Why an export cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// A file is larger than can be meant.
    #[error("{file} is larger than {max} bytes, which is the most allowed")]
    TooLarge {
        /// Which file.
        file: String,
        /// The limit.
        max: usize,
    },
    /// A file is no JSON.
    #[error("{file}, line {line}, column {column}: this is not JSON: {why}")]
    Json {
        /// Which file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong there.
        why: String,
    },
    /// The JSON is a text, a number or a list, where an object with lists was expected.
    #[error("{file} holds {found}, expected is one object with the export's lists, for example {{\"users\": […]}}")]
    NoObject {
        /// Which file.
        file: String,
        /// What it holds.
        found: &'static str,
    },
    /// Nothing in it is of that tool.
    #[error(
        "nothing of {tool} is in it: found {}, expected are some of {}",
        if found.is_empty() { "nothing".to_owned() } else { found.join(", ") },
        expected.join(", ")
    )]
    OtherTool {
        /// The tool that was named.
        tool: &'static str,
        /// The lists that are there.
        found: Vec<String>,
        /// The lists that could be.
        expected: Vec<String>,
    },
    /// A part of the export has another shape than the tool documents.
    #[error("{path}: {why}")]
    Shape {
        /// Where: `schedules[2].schedule_layers[0].start`.
        path: String,
        /// What was found and what is expected.
        why: String,
    },
    /// Nobody in the export has an address.
    #[error(
        "nobody in the export can be reached: no user has an e-mail address, so that nobody could be paged; export the users with their contacts"
    )]
    Nobody,
    /// What came out is refused by the checker: an export beyond noout's limits.
    #[error("what came out of it is refused: {}", problems.join("; "))]
    Refused {
        /// What the checker said.
        problems: Vec<String>,
    },
}
