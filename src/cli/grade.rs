//! `manyi grade`: a class's planning documents in, a gradebook, feedback and a copy report out.

use std::io;
use std::path::Path;

use crate::cli::Outcome;
use crate::cli::console::Console;
use crate::grade::submissions::read::read_file;

/// What a worker does: reads one file, writes one answer.
pub(crate) fn read_submission(file: &Path, console: &Console) -> Outcome {
    console.data(&serde_json::to_string(&read_file(file)).map_err(io::Error::other)?)
}
