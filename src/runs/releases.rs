//! How far the releases of a project came: which were brought to their end, which were cut off on the way, and which attempts stopped.
//! What is due, what is missing and what a timer does follow from it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::config::Period;
use crate::diagnostics::Diagnostics;
use crate::runs::database::DatabaseError;
use crate::runs::held::held;
use crate::runs::history::{History, Listed};
use crate::runs::record::Release;
use crate::runs::session::Session;
use crate::runs::work::Work;

/// The releases of a project, of periods of its length.
#[derive(Debug, Default)]
pub struct Releases {
    /// The newest release of every period, as the history lists it.
    pub listed: BTreeMap<Period, Listed>,
    /// Periods whose newest release was brought to its end: linked, recorded, and its readers told.
    pub ended: BTreeSet<Period>,
    /// Periods whose newest release is recorded or in place, and its run was killed before its end: nobody may have been told.
    pub unfinished: BTreeSet<Period>,
    /// Periods whose newest recorded release was brought to its end once, whatever became of it since.
    pub told: BTreeSet<Period>,
    /// Periods whose newest attempt failed or is held, by the history or by the work that was left: a history may have been lost.
    pub stopped: BTreeSet<Period>,
}

impl Releases {
    /// All periods that have a release, oldest first.
    pub fn periods(&self) -> BTreeSet<Period> {
        self.ended.union(&self.unfinished).copied().collect()
    }
}

impl Session {
    /// How far the releases came. None after an error of the history; without a history, what the disk tells.
    pub fn releases(&self, now: DateTime<Utc>, diagnostics: &mut Diagnostics) -> Option<Releases> {
        let errors = diagnostics.len();
        let recorded = match self.history(false, now, diagnostics) {
            Some(mut history) => self.recorded(&mut history),
            None if diagnostics.len() == errors => Ok(Recorded::default()),
            None => return None,
        };
        let recorded = recorded.map_err(|error| diagnostics.push(error.diagnostic())).ok()?;
        let every = self.calendar.every;
        let on_disk = self.places.periods().into_iter().filter(|period| period.cadence() == every);
        let on_disk = on_disk.filter(|period| self.places.newest_revision(*period).is_some());
        let known: BTreeSet<Period> = recorded.listed.keys().copied().chain(on_disk).collect();
        let (ended, unfinished) = known.into_iter().partition(|period| self.has_ended(*period, &recorded));
        let waiting = held(&self.places).into_iter().filter(|period| period.cadence() == every);
        let stopped = recorded.stopped.into_iter().chain(waiting).collect();
        let newest = recorded.listed.iter().map(|(period, held)| (*period, held.revision));
        let told = newest.filter(|newest| recorded.noted.contains(newest)).map(|(period, _)| period).collect();
        Some(Releases { listed: recorded.listed, ended, unfinished, told, stopped })
    }

    fn recorded(&self, history: &mut History) -> Result<Recorded, DatabaseError> {
        let listed = history.newest_of(self.calendar.every)?;
        Ok(Recorded { listed, noted: history.noted()?, stopped: history.stopped()? })
    }

    fn has_ended(&self, period: Period, recorded: &Recorded) -> bool {
        let Some(linked) = self.places.linked_revision(period) else { return false };
        match recorded.listed.get(&period).filter(|held| held.revision >= linked) {
            // A revision after it that is in place was not linked yet; one that it was made for is gone.
            Some(held) => {
                recorded.noted.contains(&(period, held.revision))
                    && self.places.newest_revision(period) == Some(held.revision)
            }
            // What a history lacks is written from the disk by the next run, unless a run was about to write it.
            None => Release::read(&self.places.revision(period, linked))
                .is_ok_and(|held| held.is_some_and(|held| !Work::is_of(&self.places.work(period), &held.files))),
        }
    }
}

/// What the history knows.
#[derive(Default)]
struct Recorded {
    listed: BTreeMap<Period, Listed>,
    noted: BTreeSet<(Period, u32)>,
    stopped: BTreeSet<Period>,
}
