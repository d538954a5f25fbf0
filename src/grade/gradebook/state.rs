//! What the program remembers between runs: the teacher's entries as last seen, the file that each was decided on, and the log of
//! who decided what, when.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Entries;
use super::read::Written;
use crate::diagnostics::messages::grading as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, io_problem, lang_texts};
use crate::output::publish::publish_file;

/// Name of the memory.
pub const STATE_FILE: &str = "grades-state.json";
/// Name of the log.
pub const LOG_FILE: &str = "grades-log.csv";

/// The memory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// By the key of the student.
    pub students: BTreeMap<String, Remembered>,
}

/// What is remembered of a student.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// SHA-256 of the file at the last run: what the teacher had before the eyes.
    pub last: Option<String>,
    /// SHA-256 of the file that the teacher's entries were made on.
    pub decided_on: Option<String>,
    /// The entries.
    pub entries: Entries,
}

/// A decision that is new since the last run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Key of the student.
    pub student: String,
    /// Column.
    pub column: String,
    /// Before.
    pub before: String,
    /// Now.
    pub now: String,
}

/// Reads the memory. `None` after an error.
pub fn load_memory(root: &Path, diagnostics: &mut Diagnostics) -> Option<Memory> {
    let path = root.join(STATE_FILE);
    if !path.exists() {
        return Some(Memory::default());
    }
    let problem = match std::fs::read(&path) {
        Err(error) => io_problem(&error),
        Ok(bytes) => match serde_json::from_slice(&bytes) {
            Ok(memory) => return Some(memory),
            Err(error) => lang_texts(error.to_string(), error.to_string()),
        },
    };
    diagnostics
        .push(Diagnostic::error(&messages::GRADEBOOK_UNREADABLE).arg("file", STATE_FILE).words("problem", problem));
    None
}

impl Memory {
    /// Takes in what the teacher wrote since, and gives what is new. `files` holds the SHA-256 of every student's present file.
    pub fn learn(&mut self, written: &Written, files: &BTreeMap<String, Option<String>>) -> Vec<Decision> {
        let mut decisions = Vec::new();
        for (key, entries) in &written.rows {
            let held = self.students.entry(key.clone()).or_default();
            if held.entries != *entries {
                let columns: std::collections::BTreeSet<&String> = held.entries.keys().chain(entries.keys()).collect();
                for column in columns {
                    let (before, now) = (held.entries.get(column), entries.get(column));
                    if before != now {
                        decisions.push(Decision {
                            student: key.clone(),
                            column: column.clone(),
                            before: before.cloned().unwrap_or_default(),
                            now: now.cloned().unwrap_or_default(),
                        });
                    }
                }
                held.decided_on = held.last.clone();
                held.entries.clone_from(entries);
            }
        }
        for (key, sha256) in files {
            self.students.entry(key.clone()).or_default().last.clone_from(sha256);
        }
        decisions
    }

    /// Whether the teacher has written anything into a column.
    pub fn knows(&self, column: &str) -> bool {
        self.students.values().any(|held| held.entries.contains_key(column))
    }

    /// Whether a student's file is another one than the teacher decided on.
    pub fn changed_after(&self, key: &str) -> bool {
        self.students.get(key).is_some_and(|held| {
            held.entries.keys().any(|column| column.ends_with(".teacher"))
                && held.decided_on.is_some()
                && held.decided_on != held.last
        })
    }

    /// Puts the memory in place.
    pub fn store(&self, root: &Path, diagnostics: &mut Diagnostics) -> bool {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        publish_file(&root.join(STATE_FILE), text.as_bytes(), diagnostics)
    }
}

/// Adds decisions to the log.
pub fn log(root: &Path, decisions: &[Decision], by: Option<&str>, now: &str, diagnostics: &mut Diagnostics) -> bool {
    if decisions.is_empty() {
        return true;
    }
    let path = root.join(LOG_FILE);
    let mut text = std::fs::read(&path).unwrap_or_else(|_| "\u{feff}time,by,student,column,before,now\r\n".into());
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for held in decisions {
        let fields = [now, by.unwrap_or_default(), &held.student, &held.column, &held.before, &held.now];
        let _ = writer.write_record(fields.map(crate::grade::exports::harmless));
    }
    text.extend(writer.into_inner().unwrap_or_default());
    publish_file(&path, &text, diagnostics)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn written(value: &str) -> Written {
        let entries: Entries = [("plan.teacher".to_owned(), value.to_owned())].into();
        Written { rows: [("1".to_owned(), entries)].into(), ..Written::default() }
    }

    fn file(sha256: &str) -> BTreeMap<String, Option<String>> {
        [("1".to_owned(), Some(sha256.to_owned()))].into()
    }

    #[test]
    fn a_file_that_changed_after_the_decision_is_marked_until_the_next_one() {
        let mut memory = Memory::default();
        memory.learn(&Written::default(), &file("a"));
        let decisions = memory.learn(&written("30"), &file("a"));
        assert_eq!(decisions.len(), 1);
        assert!(!memory.changed_after("1"));
        assert!(memory.learn(&written("30"), &file("b")).is_empty());
        assert!(memory.changed_after("1"));
        memory.learn(&written("31"), &file("b"));
        assert!(!memory.changed_after("1"));
    }
}
