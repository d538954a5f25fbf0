//! A history that was lost, came from an older copy or is another database than before: what it lacks is written from the releases
//! on the disk, before anything is measured. Without their past the numbers of this period would look like other numbers.

use std::collections::BTreeSet;
use std::fs;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::config::{Period, Project};
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Level};
use crate::runs::database::DatabaseError;
use crate::runs::history::{Attempt, History, RESTORED};
use crate::runs::record::Release;
use crate::runs::release::{Places, RELEASE_FILE};
use crate::runs::telling::{self, Receipt};
use crate::runs::work::Work;

/// Writes every release on the disk that the history lacks, with the lock of the project held. Who got them is not known, so that
/// messages about them are kept as unknown and nobody gets one twice.
///
/// # Errors
/// The database fails; each release is written whole or not at all.
pub(super) fn restore(
    history: &mut History,
    project: &Project,
    places: &Places,
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) -> Result<(), DatabaseError> {
    let listed = history.releases()?;
    let known: BTreeSet<(Period, u32)> = listed.iter().map(|held| (held.period, held.revision)).collect();
    let mut missing = Vec::new();
    for period in places.periods() {
        let revisions = places.all_revisions(period);
        let shown = places.linked_revision(period).or(revisions.last().copied());
        for revision in revisions {
            // What no link leads to was never seen by anybody.
            if known.contains(&(period, revision)) || Some(revision) > shown {
                continue;
            }
            let file = places.revision(period, revision).join(RELEASE_FILE);
            let published = fs::metadata(file).and_then(|held| held.modified()).map_or(now, DateTime::<Utc>::from);
            missing.push((published, period, revision, Some(revision) == shown));
        }
    }
    // In the order of their publication: which shows which follows from it.
    missing.sort_unstable();
    for (published, period, revision, shown) in missing {
        let release = match Release::read(&places.revision(period, revision)) {
            Ok(Some(release)) if (release.period, release.revision) == (period, revision) => release,
            Ok(_) => continue,
            Err(mut damaged) => {
                damaged.level = Level::Warning;
                diagnostics.push_once(*damaged);
                continue;
            }
        };
        if Work::is_of(&places.work(period), &release.files) {
            // A run was killed before it recorded this one: the next one of its period goes on, deliveries included.
            let numbers = release.recorded_numbers();
            history.record(&numbers, revision, &release.fingerprint, &release.report_ids(), now)?;
        } else {
            write(history, project, places, &release, (shown, published), now, diagnostics)?;
        }
    }
    Ok(())
}

fn write(
    history: &mut History,
    project: &Project,
    places: &Places,
    release: &Release,
    (shown, published): (bool, DateTime<Utc>),
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) -> Result<(), DatabaseError> {
    let (period, revision) = (release.period, release.revision);
    let folder = places.revision(period, revision);
    tracing::info!(%period, revision, "the history gets a release from the disk");
    // First of all: a release that is in the history without its messages would be sent.
    if shown {
        let kept = telling::enqueue_release(history, project, release, &folder, Receipt::Unknown, now, diagnostics)?;
        if kept > 0 {
            let unknown = Diagnostic::warning(&messages::RECEIPT_UNKNOWN).arg("period", period);
            diagnostics.push(unknown.arg("count", kept));
        }
    }
    history.record(&release.recorded_numbers(), revision, &release.fingerprint, &release.report_ids(), published)?;
    let at = published.to_rfc3339_opts(SecondsFormat::Secs, true);
    history.note_attempt(&Attempt {
        period,
        started_at: at.clone(),
        ended_at: at,
        outcome: RESTORED.to_owned(),
        revision: Some(revision),
        codes: Vec::new(),
    })
}
