//! Alarms while the database of the history cannot be reached. What was told and what waits lies in a file beside the lock, an
//! outbox like the other: `errors` hears when it begins and when it ends, and nothing in between.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::config::Project;
use crate::config::raw::AlarmAudience;
use crate::diagnostics::{Diagnostics, LocalizedTexts, lang_texts};
use crate::runs::database::{DatabaseError, Place};
use crate::runs::delivery::alarms::Signal;
use crate::runs::history::History;
use crate::runs::release::Places;
use crate::runs::telling;

/// The outbox for this alone.
const FILE: &str = "unreachable.sqlite";

/// The one thing that is told.
const RULE: &str = "history";

/// Tells that the history cannot be reached, with why; or that it can again, if the contrary was told. Sends what is due. With the
/// lock of the project held.
pub(super) fn tell(
    project: &Project,
    places: &Places,
    why: Option<LocalizedTexts>,
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) {
    let file = places.state().join(FILE);
    if !telling::has_channels(project) || (why.is_none() && !file.is_file()) {
        return;
    }
    let told = observe(project, Place::File(file), why, now, diagnostics);
    if let Err(error) = told {
        diagnostics.push(error.diagnostic());
    }
}

fn observe(
    project: &Project,
    place: Place,
    why: Option<LocalizedTexts>,
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) -> Result<(), DatabaseError> {
    let Some(mut runs) = project.raw.runs.clone() else { return Ok(()) };
    let name = runs.name.clone().unwrap_or_else(|| "project".to_owned());
    // Messages have numbers of their own: those in the database are not known here.
    runs.name = Some(format!("{name}/{RULE}"));
    let day = now.with_timezone(&runs.zone()).format("%Y-%m-%d").to_string();
    let mut outbox = History::open(&place, &runs, now)?;
    telling::prepare(outbox.database(), now)?;
    let signal = Signal {
        rule: RULE.to_owned(),
        subject: String::new(),
        holds: Some(why.is_some()),
        audience: AlarmAudience::Errors,
        kind: None,
        codes: BTreeSet::new(),
        text: why.unwrap_or_else(|| lang_texts("历史库恢复可用", "the history can be reached again")),
    };
    telling::observe(&mut outbox, project, &day, (&[RULE.to_owned()], &[signal]), now)?;
    telling::send_prepared(&mut outbox, project, &telling::clock_from(now), diagnostics)?;
    telling::forget(&mut outbox, project, now)
}
