//! How a run ends: a release in place is brought to its links, history and outbox, what began and what ended is told, and the attempt
//! is noted last of all, so that a run that was killed before is found unfinished by the next one.

use std::io;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang, Level};
use crate::runs::gates::Verdict;
use crate::runs::heard;
use crate::runs::held::ended_held;
use crate::runs::history::{self, Attempt, History};
use crate::runs::numbers::Numbers;
use crate::runs::record::Release;
use crate::runs::release::{Places, write_whole};
use crate::runs::run::{Hand, Outcome, RunReport, RunRequest};
use crate::runs::situation::{End, failure, failure_text};
use crate::runs::steps::passed;
use crate::runs::stopped::{Stopped, not_written, stored, written};
use crate::runs::telling::{self, Receipt};
use crate::runs::undelivered;
use crate::runs::unreachable;
use crate::runs::work::Work;

/// Where a release comes from that is brought to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// This run published it.
    Published,
    /// It was in place, with work on it left behind: a run was killed.
    Interrupted,
    /// It was in place and finished.
    InPlace,
}

/// Brings a release that is in place to its end: links, history, outbox, old revisions. Each step is done only if it was not. True
/// if anything was to be done.
pub(super) fn finish(
    release: &Release,
    origin: Origin,
    hand: &mut Hand,
    places: &Places,
    request: &RunRequest,
    diagnostics: &mut Diagnostics,
) -> Result<bool, Stopped> {
    let (Some(history), Some(project)) = (&mut hand.history, &hand.project) else { return Err(Stopped) };
    let (period, revision) = (release.period, release.revision);
    let mut done = places.linked_revision(period) != Some(revision) || places.latest().is_none();
    written("period-linked", &places.link(period).display(), places.link_up(period, revision), diagnostics)?;
    let numbers = release.recorded_numbers();
    let recorded = history.record(&numbers, revision, &release.fingerprint, &release.report_ids(), request.now);
    let recorded = stored(recorded, diagnostics)?;
    done |= recorded;
    passed("recorded");
    // A history that was lost knows no deliveries either: who got the release is not known, and nobody gets it twice.
    let lost = recorded && origin == Origin::InPlace;
    if request.deliver || lost {
        let folder = places.revision(period, revision);
        let receipt = if lost { Receipt::Unknown } else { Receipt::None };
        let queued = telling::enqueue_release(history, project, release, &folder, receipt, request.now, diagnostics);
        let queued = stored(queued, diagnostics)?;
        if lost && queued > 0 {
            let unknown = Diagnostic::warning(&messages::RECEIPT_UNKNOWN).arg("period", period);
            diagnostics.push(unknown.arg("count", queued));
        }
    }
    passed("enqueued");
    if let Some(keep) = project.raw.runs.as_ref().and_then(|runs| runs.keep.revisions) {
        let removed = places.remove_old(period, revision, keep);
        let removed = written("old-removed", &places.revisions(period).display(), removed, diagnostics)?;
        done |= !removed.is_empty();
    }
    passed("old-removed");
    let work = places.work(period);
    written("old-removed", &work.display(), Work::done(&work), diagnostics)?;
    // A run that was killed before it told anybody has not noted its attempt.
    done |= !stored(history.was_noted(period, revision), diagnostics)?;
    if done {
        hand.told = Some(release.numbers.clone());
        hand.verdicts.get_or_insert_default();
    }
    Ok(done)
}

/// Tells what began and what ended with this run, notes the attempt, and sends what is due.
pub(super) fn end(
    hand: &mut Hand,
    report: &RunReport,
    request: &RunRequest,
    problems: &[Diagnostic],
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) {
    if request.deliver {
        let before = diagnostics.len();
        let reached = tell(hand, report, problems, now, diagnostics);
        let found = problems.iter().chain(diagnostics.iter().skip(before));
        let why = (!reached).then(|| failure_text(found));
        if let Some(project) = &hand.project {
            unreachable::tell(project, &places_of(request), why, now, diagnostics);
        }
    }
    // That a run failed or was held before is over, too.
    let stopped = hand
        .history
        .as_mut()
        .zip(report.period)
        .map(|(history, period)| history.stopped().map(|stopped| stopped.contains(&period)));
    let stopped = stopped.and_then(Result::ok).unwrap_or_default();
    let held = || report.period.is_some_and(|period| ended_held(&places_of(request), period));
    if report.outcome != Outcome::Unchanged || stopped || held() {
        note(report, hand.history.as_mut(), request, problems, diagnostics);
        passed("reported");
    }
    let (Some(history), Some(project)) = (&mut hand.history, &hand.project) else { return };
    if request.deliver
        && telling::has_channels(project)
        && let Err(error) = undelivered::send(history, project, now, diagnostics)
    {
        diagnostics.push(error.diagnostic());
    }
    // Whatever became of messages, and whether anybody gets any.
    if let Err(error) = telling::forget(history, project, now) {
        diagnostics.push(error.diagnostic());
    }
}

/// True if the history was there to note what was told.
fn tell(
    hand: &mut Hand,
    report: &RunReport,
    problems: &[Diagnostic],
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) -> bool {
    let (Some(history), Some(project), Some(period)) = (&mut hand.history, &hand.project, report.period) else {
        return false;
    };
    let unchanged = report.outcome == Outcome::Unchanged;
    if unchanged && !telling::has_channels(project) {
        return true;
    }
    // Readers hear of published numbers alone, and of those of the newest period: a correction of April says nothing about now.
    let listed = history.newest_of(period.cadence());
    let in_place = listed.as_ref().ok().and_then(|listed| listed.get(&period)).map(|release| release.revision);
    let newest = listed.map(|listed| listed.into_keys().next_back());
    let is_newest = newest.is_ok_and(|newest| newest.is_none_or(|newest| newest <= period));
    let numbers: Option<&Numbers> = hand.told.as_ref().filter(|_| report.outcome == Outcome::Published && is_newest);
    let failed = report.outcome == Outcome::Failed;
    let gates: Option<Vec<Verdict>> = if unchanged { Some(Vec::new()) } else { hand.verdicts.take() };
    let stopped = matches!(report.outcome, Outcome::Held | Outcome::Failed);
    let expected = if stopped { Ok(Vec::new()) } else { heard::mended(history, project, period, now) };
    let ended = Some(failed.then(|| failure(period, problems, in_place)));
    let told = expected.and_then(|expected| {
        let end = End { numbers, gates, stopped, ended, expected };
        telling::tell(history, project, &period.to_string(), &end, now)
    });
    let noted = told.is_ok();
    diagnostics.extend(told.err().map(|error| error.diagnostic()));
    noted
}

fn places_of(request: &RunRequest) -> Places {
    Places::new(request.out.clone().unwrap_or_else(|| request.root.join("out")))
}

/// Writes the report of a run beside the work and notes the attempt in the history.
fn note(
    report: &RunReport,
    history: Option<&mut History>,
    request: &RunRequest,
    problems: &[Diagnostic],
    diagnostics: &mut Diagnostics,
) {
    let Some(period) = report.period else { return };
    let codes = problems.iter().filter(|found| found.level != Level::Note);
    let attempt = Attempt {
        period,
        started_at: report.started_at.clone(),
        ended_at: report.ended_at.clone(),
        outcome: history::word(&report.outcome),
        revision: report.revision,
        codes: codes.map(|found| found.message.code.to_owned()).collect(),
    };
    if let Some(Err(error)) = history.map(|history| history.note_attempt(&attempt)) {
        diagnostics.push(error.diagnostic());
    }
    let path = places_of(request).state().join("runs").join(format!("{period}.json"));
    let written = kept_report(report, problems).map_err(io::Error::other);
    if let Err(error) = written.and_then(|bytes| write_whole(&path, &bytes)) {
        diagnostics.push(not_written("reported", &path.display(), &error));
    }
}

/// The report of a run with what was wrong, for those who look for it afterwards: in both languages, and without the cells that a
/// message quotes, since reports hold no answers.
fn kept_report(report: &RunReport, problems: &[Diagnostic]) -> serde_json::Result<Vec<u8>> {
    let said = problems.iter().filter(|found| found.level != Level::Note);
    let mut kept = serde_json::to_value(report)?;
    kept["diagnostics"] = said.map(|problem| kept_problem(&problem.clone().without_quotes())).collect();
    serde_json::to_vec_pretty(&kept)
}

fn kept_problem(problem: &Diagnostic) -> serde_json::Value {
    let both = |text: &dyn Fn(Lang) -> String| json!({ "zh-CN": text(Lang::ZhCn), "en": text(Lang::En) });
    json!({
        "code": problem.message.code,
        "level": problem.level,
        "text": both(&|lang| problem.text(lang)),
        "hint": problem.hint(Lang::En).map(|_| both(&|lang| problem.hint(lang).unwrap_or_default())),
        "location": problem.location,
        "key_path": problem.key_path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Location;
    use crate::diagnostics::messages::coding;

    #[test]
    fn what_is_kept_says_what_is_wrong_and_quotes_nobody() {
        let cells = Diagnostic::error(&coding::CELLS_UNREADABLE).arg("column", "score").arg("file", "a.csv");
        let cells = cells.arg("count", 1).quote("values", "`13812345678 李雷`").arg("rows", "B7");
        let kept = kept_problem(&cells.at(Location::row("a.csv", 7)).key("columns.score").without_quotes());
        assert!(!kept.to_string().contains("李雷"), "{kept:#}");
        assert_eq!((kept["code"].as_str(), kept["level"].as_str()), (Some("M0203"), Some("error")));
        assert_eq!(kept["text"]["zh-CN"], "栏目 `score`：`a.csv` 中有 1 个单元格无法识别：…（行 B7）");
        let hint = kept["hint"]["en"].as_str();
        assert!(hint.is_some_and(|hint| hint.starts_with("say what they mean")), "{kept:#}");
        assert_eq!(
            (kept["location"]["file"].as_str(), kept["key_path"].as_str()),
            (Some("a.csv"), Some("columns.score"))
        );
    }
}
