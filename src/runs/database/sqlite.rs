//! SQLite: a file with a write-ahead log, every commit on the disk before the program goes on.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement, ToSql};

use super::value::{Columns, check};
use super::{DatabaseError, Problem, Row, Value};

/// How long a writer waits for another.
const WAIT: Duration = Duration::from_secs(30);

/// An open file of SQLite.
#[derive(Debug)]
pub(super) struct SqliteEngine {
    connection: Connection,
    place: String,
}

impl SqliteEngine {
    /// Opens a file, making it and its folder where they are missing.
    pub fn open(path: &Path) -> Result<Self, DatabaseError> {
        let place = path.display().to_string();
        let refused = |error: std::io::Error| {
            let problem = match error.kind() {
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Problem::Full,
                std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => Problem::NoPermission,
                _ => Problem::CannotOpen(crate::diagnostics::io_problem(&error)),
            };
            DatabaseError::new(place.clone(), problem)
        };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(refused)?;
        }
        make_private(path).map_err(refused)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(|error| database_error(&place, &error))?;
        Self { connection, place }.prepared()
    }

    /// A database in memory.
    pub fn memory() -> Result<Self, DatabaseError> {
        let place = ":memory:".to_owned();
        let connection = Connection::open_in_memory().map_err(|error| database_error(&place, &error))?;
        Self { connection, place }.prepared()
    }

    fn prepared(self) -> Result<Self, DatabaseError> {
        self.connection.busy_timeout(WAIT).map_err(|error| self.wrong(&error))?;
        // The log may be refused, as on some network folders; the older journal is as safe, only slower.
        self.batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
        // What is forgotten is not left in free pages of the file.
        self.batch("PRAGMA secure_delete = ON;")?;
        Ok(self)
    }

    /// Begins a transaction as the only writer.
    pub fn begin(&self) -> Result<(), DatabaseError> {
        self.batch("BEGIN IMMEDIATE")
    }

    pub fn batch(&self, sql: &str) -> Result<(), DatabaseError> {
        self.connection.execute_batch(sql).map_err(|error| self.wrong(&error))
    }

    pub fn execute(&self, sql: &str, parameters: &[Value]) -> Result<u64, DatabaseError> {
        let mut statement = self.bound(sql, parameters)?;
        let changed = statement.raw_execute().map_err(|error| self.wrong(&error))?;
        Ok(changed as u64)
    }

    pub fn query(&self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        let mut statement = self.bound(sql, parameters)?;
        let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let width = names.len();
        let columns = Arc::new(Columns { place: self.place.clone(), names });
        let mut rows = statement.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(|error| self.wrong(&error))? {
            let mut values = Vec::with_capacity(width);
            for at in 0..width {
                let value = row.get_ref(at).map_err(|error| self.wrong(&error))?;
                values.push(self.value(value)?);
            }
            found.push(Row { columns: Arc::clone(&columns), values });
        }
        Ok(found)
    }

    /// The statement with its parameters; SQLite takes `$2` for a name, so each is bound by the number in it.
    fn bound(&self, sql: &str, parameters: &[Value]) -> Result<Statement<'_>, DatabaseError> {
        check(&self.place, parameters)?;
        let mut statement = self.connection.prepare(sql).map_err(|error| self.wrong(&error))?;
        let mut used = 0;
        for index in 1..=statement.parameter_count() {
            let number = statement.parameter_name(index).and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok());
            let value = number.and_then(|number| parameters.get(number.wrapping_sub(1)));
            let value = value.ok_or_else(|| self.statement("a parameter has no value"))?;
            used = used.max(number.unwrap_or_default());
            statement.raw_bind_parameter(index, value).map_err(|error| self.wrong(&error))?;
        }
        if used < parameters.len() {
            return Err(self.statement("more values than parameters"));
        }
        Ok(statement)
    }

    fn value(&self, value: ValueRef<'_>) -> Result<Value, DatabaseError> {
        Ok(match value {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => Value::Integer(number),
            ValueRef::Real(number) => Value::Real(number),
            ValueRef::Text(bytes) => Value::Text(
                std::str::from_utf8(bytes)
                    .map_err(|_| DatabaseError::new(self.place.clone(), Problem::Corrupt))?
                    .to_owned(),
            ),
            ValueRef::Blob(_) => return Err(self.statement("bytes are not a kind of value here")),
        })
    }

    fn statement(&self, what: &str) -> DatabaseError {
        DatabaseError::new(self.place.clone(), Problem::Statement(what.to_owned()))
    }

    fn wrong(&self, error: &rusqlite::Error) -> DatabaseError {
        database_error(&self.place, error)
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// Makes an empty file that others cannot read; one that is there keeps its rights. SQLite gives its log the same rights.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map(drop)
}

fn database_error(place: &str, error: &rusqlite::Error) -> DatabaseError {
    let problem = match error {
        rusqlite::Error::SqliteFailure(failure, message) => match failure.code {
            ErrorCode::DiskFull => Problem::Full,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Problem::Locked,
            ErrorCode::DatabaseCorrupt => Problem::Corrupt,
            ErrorCode::NotADatabase => Problem::NotADatabase,
            ErrorCode::PermissionDenied | ErrorCode::ReadOnly => Problem::NoPermission,
            // The primary key and the unique index; other constraints are mistakes of the statement.
            ErrorCode::ConstraintViolation if [1555, 2067].contains(&failure.extended_code) => Problem::Conflict,
            ErrorCode::SystemIoFailure | ErrorCode::CannotOpen => {
                Problem::Disk(message.clone().unwrap_or_else(|| failure.to_string()))
            }
            _ => Problem::Statement(message.clone().unwrap_or_else(|| failure.to_string())),
        },
        rusqlite::Error::Utf8Error(..) => Problem::Corrupt,
        other => Problem::Statement(other.to_string()),
    };
    DatabaseError::new(place, problem)
}
