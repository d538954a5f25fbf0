//! Tables that grow with the program: each component has a list of steps, and the database notes which were taken.

use chrono::{DateTime, SecondsFormat, Utc};

use super::{Database, DatabaseError, Problem, Queries as _};

/// One step of a component's tables; a step that was released is never changed, only followed by another.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its number; the list of a component counts from 1 without gaps.
    pub version: i64,
    /// Statements that both engines understand.
    pub sql: &'static str,
}

const NOTES: &str = "CREATE TABLE IF NOT EXISTS schema_version (
    component TEXT NOT NULL,
    version BIGINT NOT NULL,
    applied_at TEXT NOT NULL,
    PRIMARY KEY (component, version)
)";

/// See [`Database::migrate`].
pub(super) fn migrate(
    database: &mut Database,
    component: &str,
    migrations: &[Migration],
    applied_at: DateTime<Utc>,
) -> Result<(), DatabaseError> {
    let place = database.place().to_string();
    if let Some(wrong) = (1..).zip(migrations).find(|(expected, migration)| *expected != migration.version) {
        let text = format!("step {} of `{component}` stands where step {} belongs", wrong.1.version, wrong.0);
        return Err(DatabaseError::new(place, Problem::Statement(text)));
    }
    let known = migrations.last().map_or(0, |last| last.version);
    let at = applied_at.to_rfc3339_opts(SecondsFormat::Secs, true);
    // Each turn looks again, since another program may have taken the step meanwhile.
    loop {
        let done = database.transaction(|transaction| {
            transaction.batch(NOTES)?;
            let row = transaction.query_first(
                "SELECT COALESCE(MAX(version), 0) AS version FROM schema_version WHERE component = $1",
                &[component.into()],
            )?;
            let found = row.map_or(Ok(0), |row| row.integer("version"))?;
            if found > known {
                let component = component.to_owned();
                return Err(DatabaseError::new(place.clone(), Problem::NewerDatabase { component, found, known }));
            }
            let Some(next) = migrations.iter().find(|migration| migration.version > found) else { return Ok(true) };
            transaction.batch(next.sql)?;
            transaction.execute(
                "INSERT INTO schema_version (component, version, applied_at) VALUES ($1, $2, $3)",
                &[component.into(), next.version.into(), at.as_str().into()],
            )?;
            Ok(false)
        })?;
        if done {
            return Ok(());
        }
    }
}
