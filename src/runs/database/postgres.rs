//! PostgreSQL: one connection, opened again when it was lost between two transactions. That a server went away is often found out by the
//! next thing asked of it alone; where nothing was done by then, it is asked once more.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use ::postgres::error::SqlState;
use ::postgres::types::private::BytesMut;
use ::postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use ::postgres::{Client, NoTls};

use super::encryption::Encryption;
use super::place::Server;
use super::value::{Columns, check};
use super::{DatabaseError, Problem, Row, Value};

/// The advisory lock that writers hold, "manyi" in ASCII; such locks are one set a database.
const WRITER: i64 = 0x6d_616e_7969;

/// How often a server that went away is asked again, and how long there is between.
const AGAIN: u32 = 5;
const MOMENT: Duration = Duration::from_secs(1);

/// A connection to PostgreSQL.
pub(super) struct PostgresEngine {
    client: Client,
    server: Server,
    place: String,
}

impl std::fmt::Debug for PostgresEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PostgresEngine({})", self.place)
    }
}

impl PostgresEngine {
    pub fn open(server: &Server) -> Result<Self, DatabaseError> {
        let place = server.to_string();
        let client = connect(server, &place)?;
        Ok(Self { client, server: server.clone(), place })
    }

    /// The engine with a connection that lives, as far as is known.
    pub fn connected(&mut self) -> Result<&mut Self, DatabaseError> {
        if self.client.is_closed() { self.again() } else { Ok(self) }
    }

    /// Begins a transaction as the only writer.
    pub fn begin(&mut self) -> Result<(), DatabaseError> {
        match self.connected()?.begun() {
            Err(error) if is_lost(&error) => self.again()?.begun(),
            begun => begun,
        }
    }

    fn begun(&mut self) -> Result<(), DatabaseError> {
        let begun = self.batch(&format!("BEGIN; SELECT pg_advisory_xact_lock({WRITER})"));
        if begun.is_err() {
            let _ = self.batch("ROLLBACK");
        }
        begun
    }

    /// Connects again; a server that was started anew takes a moment.
    fn again(&mut self) -> Result<&mut Self, DatabaseError> {
        let mut tries = 0;
        self.client = loop {
            match connect(&self.server, &self.place) {
                Err(DatabaseError { problem: Problem::Unreachable(_) | Problem::ConnectionLost(_), .. })
                    if tries < AGAIN =>
                {
                    tries += 1;
                    std::thread::sleep(MOMENT);
                }
                connected => break connected?,
            }
        };
        Ok(self)
    }

    pub fn batch(&mut self, sql: &str) -> Result<(), DatabaseError> {
        self.client.batch_execute(sql).map_err(|error| self.wrong(&error))
    }

    /// Runs one statement; `alone` outside of a transaction, where a lost connection is opened again.
    pub fn execute(&mut self, sql: &str, parameters: &[Value], alone: bool) -> Result<u64, DatabaseError> {
        check(&self.place, parameters)?;
        let bound: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let statement = self.prepared(sql, parameters.len(), alone)?;
        self.client.execute(&statement, &bound).map_err(|error| self.wrong(&error))
    }

    /// Runs one statement and gives its rows; `alone` as for [`PostgresEngine::execute`].
    pub fn query(&mut self, sql: &str, parameters: &[Value], alone: bool) -> Result<Vec<Row>, DatabaseError> {
        check(&self.place, parameters)?;
        let bound: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let statement = self.prepared(sql, parameters.len(), alone)?;
        let names = statement.columns().iter().map(|column| column.name().to_owned()).collect();
        let columns = Arc::new(Columns { place: self.place.clone(), names });
        let rows = self.client.query(&statement, &bound).map_err(|error| self.wrong(&error))?;
        rows.into_iter()
            .map(|row| {
                let values = (0..row.len())
                    .map(|at| row.try_get::<_, Value>(at).map_err(|error| self.wrong(&error)))
                    .collect::<Result<_, _>>()?;
                Ok(Row { columns: Arc::clone(&columns), values })
            })
            .collect()
    }

    fn prepared(&mut self, sql: &str, values: usize, alone: bool) -> Result<::postgres::Statement, DatabaseError> {
        if alone {
            self.connected()?;
        }
        let mut prepared = self.client.prepare(sql).map_err(|error| self.wrong(&error));
        if alone && prepared.as_ref().is_err_and(is_lost) {
            prepared = self.again()?.client.prepare(sql).map_err(|error| self.wrong(&error));
        }
        let statement = prepared?;
        let wanted = statement.params().len();
        if wanted == values {
            return Ok(statement);
        }
        let text = if wanted > values { "a parameter has no value" } else { "more values than parameters" };
        Err(DatabaseError::new(self.place.clone(), Problem::Statement(text.to_owned())))
    }

    fn wrong(&self, error: &::postgres::Error) -> DatabaseError {
        database_error(&self.place, error)
    }
}

fn is_lost(error: &DatabaseError) -> bool {
    matches!(error.problem, Problem::ConnectionLost(_))
}

fn connect(server: &Server, place: &str) -> Result<Client, DatabaseError> {
    let wrong = |error: ::postgres::Error| database_error(place, &error);
    let mut client = if server.is_encrypted() {
        let encryption = Encryption::new(server.certificates.as_ref())
            .map_err(|problem| DatabaseError::new(place, Problem::NoEncryption(problem)))?;
        server.config.connect(encryption).map_err(wrong)?
    } else {
        server.config.connect(NoTls).map_err(wrong)?
    };
    client
        .batch_execute(
            "SET lock_timeout = '30s'; SET statement_timeout = '120s'; SET synchronous_commit = on; SET client_min_messages = warning",
        )
        .map_err(wrong)?;
    Ok(client)
}

/// A value goes out as the type that the server expects at its place.
impl ToSql for Value {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) => match *wanted {
                Type::INT8 => number.to_sql(wanted, out),
                Type::INT4 => i32::try_from(*number)?.to_sql(wanted, out),
                Type::INT2 => i16::try_from(*number)?.to_sql(wanted, out),
                Type::FLOAT8 => (*number as f64).to_sql(wanted, out),
                _ => Err(format!("a whole number where the server expects {wanted}").into()),
            },
            Self::Real(number) => match *wanted {
                Type::FLOAT8 => number.to_sql(wanted, out),
                Type::FLOAT4 => (*number as f32).to_sql(wanted, out),
                _ => Err(format!("a number where the server expects {wanted}").into()),
            },
            Self::Text(text) if <String as ToSql>::accepts(wanted) => text.to_sql(wanted, out),
            Self::Text(_) => Err(format!("a text where the server expects {wanted}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(own: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(match *own {
            Type::INT8 => Self::Integer(i64::from_sql(own, raw)?),
            Type::INT4 => Self::Integer(i32::from_sql(own, raw)?.into()),
            Type::INT2 => Self::Integer(i16::from_sql(own, raw)?.into()),
            Type::BOOL => Self::Integer(bool::from_sql(own, raw)?.into()),
            Type::FLOAT8 => Self::Real(f64::from_sql(own, raw)?),
            Type::FLOAT4 => Self::Real(f32::from_sql(own, raw)?.into()),
            _ if <String as FromSql>::accepts(own) => Self::Text(String::from_sql(own, raw)?),
            _ => return Err(format!("{own} is not a kind of value here; write CAST(… AS BIGINT)").into()),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn database_error(place: &str, error: &::postgres::Error) -> DatabaseError {
    let cause = error.source().map(ToString::to_string).unwrap_or_else(|| error.to_string());
    let problem = match error.code() {
        Some(&SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => Problem::WrongPassword,
        Some(&SqlState::INVALID_CATALOG_NAME) => Problem::NoSuchDatabase,
        Some(&SqlState::DISK_FULL) => Problem::Full,
        Some(&SqlState::LOCK_NOT_AVAILABLE | &SqlState::QUERY_CANCELED) => Problem::Locked,
        Some(&SqlState::UNIQUE_VIOLATION) => Problem::Conflict,
        Some(&SqlState::INSUFFICIENT_PRIVILEGE | &SqlState::READ_ONLY_SQL_TRANSACTION) => Problem::NoPermission,
        Some(&SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED) => Problem::Corrupt,
        Some(&SqlState::ADMIN_SHUTDOWN | &SqlState::CRASH_SHUTDOWN) => Problem::ConnectionLost(cause),
        Some(&SqlState::CANNOT_CONNECT_NOW | &SqlState::TOO_MANY_CONNECTIONS) => Problem::Unreachable(cause),
        Some(_) => Problem::Statement(error.as_db_error().map_or(cause, |failure| failure.message().to_owned())),
        None if error.is_closed() => Problem::ConnectionLost(cause),
        // The crate keeps the kind of an error to itself and begins its text with it.
        None => match error.to_string() {
            text if text.starts_with("invalid configuration") => Problem::WrongPassword,
            text if text.starts_with("error performing TLS handshake") => Problem::NoEncryption(cause),
            text if text.starts_with("error connecting") || text.starts_with("timeout") => Problem::Unreachable(cause),
            text if text.starts_with("error communicating") => Problem::ConnectionLost(cause),
            _ => Problem::Statement(cause),
        },
    };
    DatabaseError::new(place, problem)
}
