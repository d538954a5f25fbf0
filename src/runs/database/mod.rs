//! One small layer over two engines: SQLite for a file in the project, PostgreSQL by URL for teams.
//!
//! Statements are the same text for both: parameters `$1`, `$2`, … by position, and only what both understand (`INSERT … ON CONFLICT`,
//! `TEXT`, `BIGINT`, `DOUBLE PRECISION`; `CAST(SUM(…) AS BIGINT)`, since PostgreSQL's sums of integers are decimals). A transaction has the
//! database for itself among writers: `BEGIN IMMEDIATE` in SQLite, an advisory lock in PostgreSQL. What is committed is on the disk.
//! Calls block and must not be made from inside an asynchronous runtime.

mod encryption;
mod error;
mod migrate;
mod place;
mod postgres;
mod sqlite;
mod value;

#[cfg(test)]
mod tests;

pub use error::{DatabaseError, Problem};
pub use migrate::Migration;
pub use place::Place;
pub use value::{Row, Value};

use self::postgres::PostgresEngine;
use self::sqlite::SqliteEngine;

/// What can be asked of a database, inside a transaction or outside.
pub trait Queries {
    /// Runs one statement; the number of rows that it changed.
    ///
    /// # Errors
    /// The statement is wrong, breaks a constraint ([`Problem::Conflict`] for a key that is there already), or the engine fails.
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, DatabaseError>;

    /// Runs one statement and gives its rows.
    ///
    /// # Errors
    /// As [`Queries::execute`].
    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError>;

    /// The first row, if there is one.
    ///
    /// # Errors
    /// As [`Queries::execute`].
    fn query_first(&mut self, sql: &str, parameters: &[Value]) -> Result<Option<Row>, DatabaseError> {
        Ok(self.query(sql, parameters)?.into_iter().next())
    }
}

/// An open database.
#[derive(Debug)]
pub struct Database {
    engine: Engine,
    place: Place,
}

#[derive(Debug)]
enum Engine {
    Sqlite(SqliteEngine),
    Postgres(Box<PostgresEngine>),
}

impl Database {
    /// Opens the database at a place; a file that is not there is made, readable by its owner alone.
    ///
    /// # Errors
    /// No permission, a file that is no database, a server that does not answer or refuses.
    pub fn open(place: &Place) -> Result<Self, DatabaseError> {
        let engine = match place {
            Place::File(path) => Engine::Sqlite(SqliteEngine::open(path)?),
            Place::Memory => Engine::Sqlite(SqliteEngine::memory()?),
            Place::Server(server) => Engine::Postgres(Box::new(PostgresEngine::open(server)?)),
        };
        Ok(Self { engine, place: place.clone() })
    }

    /// Where it is; shown without passwords.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// True if there is a table of this name.
    ///
    /// # Errors
    /// The engine fails.
    pub fn has_table(&mut self, name: &str) -> Result<bool, DatabaseError> {
        let sql = match self.engine {
            Engine::Sqlite(_) => "SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = $1",
            Engine::Postgres(_) => "SELECT CAST(1 AS BIGINT) AS found WHERE to_regclass($1) IS NOT NULL",
        };
        Ok(self.query_first(sql, &[name.into()])?.is_some())
    }

    /// Does `work` whole or not at all: committed if it gives a value, undone if it gives an error. No other writer comes between.
    ///
    /// # Errors
    /// What `work` says, or that the transaction could not be begun or committed. Where the connection broke during the commit
    /// ([`Problem::ConnectionLost`]), it may or may not have been done.
    pub fn transaction<T, E: From<DatabaseError>>(
        &mut self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match &mut self.engine {
            Engine::Sqlite(engine) => engine.begin()?,
            Engine::Postgres(engine) => engine.begin()?,
        }
        let mut transaction = Transaction { database: self, open: true };
        let value = work(&mut transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    /// Brings the tables of a component to the newest version, each step in a transaction of its own; `applied_at` is noted beside it.
    ///
    /// # Errors
    /// A database of a newer program ([`Problem::NewerDatabase`]), or a step that fails.
    pub fn migrate(
        &mut self,
        component: &str,
        migrations: &[Migration],
        applied_at: chrono::DateTime<chrono::Utc>,
    ) -> Result<(), DatabaseError> {
        migrate::migrate(self, component, migrations, applied_at)
    }
}

impl Queries for Database {
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, DatabaseError> {
        match &mut self.engine {
            Engine::Sqlite(engine) => engine.execute(sql, parameters),
            Engine::Postgres(engine) => engine.connected()?.execute(sql, parameters),
        }
    }

    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        match &mut self.engine {
            Engine::Sqlite(engine) => engine.query(sql, parameters),
            Engine::Postgres(engine) => engine.connected()?.query(sql, parameters),
        }
    }
}

/// A transaction under way; undone when it is dropped before its end.
#[derive(Debug)]
pub struct Transaction<'a> {
    database: &'a mut Database,
    open: bool,
}

impl Transaction<'_> {
    fn commit(mut self) -> Result<(), DatabaseError> {
        self.batch("COMMIT")?;
        self.open = false;
        Ok(())
    }

    /// Several statements without parameters, as migrations have them.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), DatabaseError> {
        match &mut self.database.engine {
            Engine::Sqlite(engine) => engine.batch(sql),
            Engine::Postgres(engine) => engine.batch(sql),
        }
    }
}

impl Queries for Transaction<'_> {
    fn execute(&mut self, sql: &str, parameters: &[Value]) -> Result<u64, DatabaseError> {
        match &mut self.database.engine {
            Engine::Sqlite(engine) => engine.execute(sql, parameters),
            Engine::Postgres(engine) => engine.execute(sql, parameters),
        }
    }

    fn query(&mut self, sql: &str, parameters: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        match &mut self.database.engine {
            Engine::Sqlite(engine) => engine.query(sql, parameters),
            Engine::Postgres(engine) => engine.query(sql, parameters),
        }
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.open {
            // Where this fails the connection is broken, and the engine undoes the transaction itself.
            let _ = self.batch("ROLLBACK");
        }
    }
}
