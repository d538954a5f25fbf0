//! What can go wrong with a database, as values: what, where, and through the message catalogue what to do.

use std::fmt;

use crate::diagnostics::messages::delivery as messages;
use crate::diagnostics::{Diagnostic, Lang, LocalizedTexts};

/// A problem with a database and where it is, without passwords.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseError {
    /// The path or address.
    pub place: String,
    /// What happened.
    pub problem: Problem,
}

/// What can go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// No space is left.
    Full,
    /// Another program holds it longer than we wait.
    Locked,
    /// The file or a page of it is damaged.
    Corrupt,
    /// The file holds something else.
    NotADatabase,
    /// The file or the user may not write.
    NoPermission,
    /// The file cannot be opened.
    CannotOpen(LocalizedTexts),
    /// The disk failed; the engine's words.
    Disk(String),
    /// The server refuses user or password.
    WrongPassword,
    /// The server has no such database.
    NoSuchDatabase,
    /// The server does not answer; the system's words.
    Unreachable(String),
    /// The server went away; what was under way may or may not have been committed.
    ConnectionLost(String),
    /// The tables of a component are newer than the program.
    NewerDatabase {
        /// Whose tables.
        component: String,
        /// Their version.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The connection cannot be encrypted, or the server's certificate is not valid; why.
    NoEncryption(String),
    /// The address cannot be read.
    BadUrl,
    /// A key is there already.
    Conflict,
    /// The statement is wrong; the engine's words.
    Statement(String),
    /// The answer holds something else than expected.
    Unexpected(String),
}

impl DatabaseError {
    /// A problem at a place that is shown without passwords.
    pub fn new(place: impl Into<String>, problem: Problem) -> Self {
        Self { place: place.into(), problem }
    }

    /// True where the same may succeed later without anybody doing anything.
    pub fn is_temporary(&self) -> bool {
        matches!(self.problem, Problem::Locked | Problem::Unreachable(_) | Problem::ConnectionLost(_))
    }

    /// True where a key was there already.
    pub fn is_conflict(&self) -> bool {
        self.problem == Problem::Conflict
    }

    /// The problem for the command line.
    pub fn diagnostic(&self) -> Diagnostic {
        let message = match &self.problem {
            Problem::Full => &messages::DATABASE_FULL,
            Problem::Locked => &messages::DATABASE_LOCKED,
            Problem::Corrupt => &messages::DATABASE_CORRUPT,
            Problem::NotADatabase => &messages::NOT_A_DATABASE,
            Problem::NoPermission => &messages::DATABASE_NO_PERMISSION,
            Problem::CannotOpen(_) | Problem::Disk(_) => &messages::DATABASE_NOT_OPENED,
            Problem::WrongPassword => &messages::DATABASE_REFUSED_USER,
            Problem::NoSuchDatabase => &messages::NO_SUCH_DATABASE,
            Problem::Unreachable(_) | Problem::ConnectionLost(_) => &messages::DATABASE_UNREACHABLE,
            Problem::NewerDatabase { .. } => &messages::NEWER_DATABASE,
            Problem::NoEncryption(_) => &messages::DATABASE_NOT_ENCRYPTED,
            Problem::BadUrl => &messages::BAD_DATABASE_URL,
            Problem::Conflict | Problem::Statement(_) | Problem::Unexpected(_) => &messages::DATABASE_STATEMENT,
        };
        let diagnostic = Diagnostic::error(message).arg("place", &self.place);
        match &self.problem {
            Problem::CannotOpen(reason) => diagnostic.words("problem", reason.clone()),
            Problem::Disk(reason)
            | Problem::Unreachable(reason)
            | Problem::ConnectionLost(reason)
            | Problem::NoEncryption(reason)
            | Problem::Statement(reason)
            | Problem::Unexpected(reason) => diagnostic.arg("problem", reason),
            Problem::Conflict => diagnostic.arg("problem", "UNIQUE"),
            Problem::NewerDatabase { component, found, known } => {
                diagnostic.arg("component", component).arg("found", found).arg("known", known)
            }
            _ => diagnostic,
        }
    }
}

impl fmt::Display for DatabaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic().text(Lang::En))
    }
}

impl std::error::Error for DatabaseError {}
