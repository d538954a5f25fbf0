//! What was published before, by which gates judge: of the period itself, and of the one before it.

use std::collections::BTreeMap;

use crate::config::Period;
use crate::runs::database::DatabaseError;
use crate::runs::history::History;
use crate::runs::numbers::Numbers;
use crate::runs::record::Release;
use crate::runs::release::Places;

/// The most that a period was published with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Published {
    /// Answers in the survey.
    pub answers: u64,
    /// Rows of every table, by its name.
    pub tables: BTreeMap<String, u64>,
}

impl Published {
    fn with(&mut self, numbers: &Numbers) {
        self.answers = self.answers.max(numbers.answers);
        for table in &numbers.tables {
            let rows = self.tables.entry(table.table.clone()).or_default();
            *rows = table.rows().max(*rows);
        }
    }
}

/// The most that releases of the period had since the newest one that somebody approved; none before the first.
pub(super) fn most_published(
    history: &mut History,
    places: &Places,
    period: Period,
) -> Result<Option<Published>, DatabaseError> {
    let mut most: Option<Published> = None;
    for revision in places.all_revisions(period).into_iter().rev() {
        let Ok(Some(release)) = Release::read(&places.revision(period, revision)) else { continue };
        most.get_or_insert_default().with(&release.numbers);
        if release.approved {
            break;
        }
    }
    // Of releases whose folders are gone the history knows.
    let listed = if most.is_none() { history.releases()? } else { Vec::new() };
    for held in listed.iter().filter(|held| held.period == period) {
        let numbers = history.numbers(held)?;
        most.get_or_insert_default().with(&numbers);
    }
    Ok(most)
}

/// The newest numbers of an earlier period.
pub(super) fn before(history: &mut History, period: Period) -> Result<Option<Numbers>, DatabaseError> {
    let newest = history.newest_of(period.cadence())?;
    match newest.range(..period).next_back() {
        Some((_, listed)) => history.numbers(listed).map(Some),
        None => Ok(None),
    }
}
