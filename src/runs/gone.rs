//! Which rows of a published period the files do not hold any more: a file of all periods that begins anew, or of which old rows are
//! taken out, is no correction of what was published of them.

use crate::config::{Period, Project};
use crate::diagnostics::messages::coding::NO_ROWS;
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Level, LocalizedTexts, lang_texts};
use crate::pipeline::Measured;
use crate::runs::inputs::is_by_file;
use crate::runs::record::Release;
use crate::runs::scope::Scope;

/// What to say of a published period whose rows are gone.
pub(super) fn note(period: Period, what: LocalizedTexts) -> Diagnostic {
    Diagnostic::note(&messages::ANSWERS_GONE).arg("period", period).words("what", what)
}

/// The answers of the survey, in words.
pub(super) fn answers() -> LocalizedTexts {
    lang_texts("答卷", "answers")
}

/// What is gone of the period of a release, in words: its answers, or the rows of an operational table that it had, where its answers
/// are those that were published. None if there is something of everything, or if measuring failed for another reason.
pub(super) fn gone(
    scope: &Scope,
    release: &Release,
    measured: Option<&Measured>,
    found: &Diagnostics,
) -> Option<LocalizedTexts> {
    let project = &scope.project;
    // Files of one period alone are seen to be gone by their names.
    let rolls = !is_by_file(project);
    let tables: Vec<&str> = match measured {
        Some(measured) if rolls && !has_answers(measured, release.period) => return Some(answers()),
        Some(measured) => {
            let wave = release.period.to_string();
            let operational = measured.tables.operational.iter();
            let emptied = operational.filter(|(_, table)| !table.waves.is_empty() && !table.waves.contains(&wave));
            emptied.map(|(name, _)| name.as_str()).filter(|name| is_emptied(project, release, name)).collect()
        }
        None => {
            let errors: Vec<&Diagnostic> = found.iter().filter(|problem| problem.level == Level::Error).collect();
            if errors.is_empty() || errors.iter().any(|problem| problem.message.code != NO_ROWS.code) {
                return None;
            }
            let empty: Vec<Option<&str>> = errors.iter().map(|problem| table_of(problem)).collect();
            // Beside an empty table the survey is not read.
            if empty.contains(&None) || scope.has_no_answers() {
                return rolls.then(answers);
            }
            let all = empty.iter().flatten().all(|name| is_emptied(project, release, name));
            empty.into_iter().flatten().filter(|_| all).collect()
        }
    };
    // A correction of the survey must not be lost with them: it fails or is held, and somebody hears of it. Releases of earlier versions
    // do not say what was in the survey.
    let published = &release.numbers.survey_content;
    let stands = || published.is_empty() || scope.survey_content(scope.period).as_ref() == Some(published);
    if tables.is_empty() || !stands() {
        return None;
    }
    let names = tables.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    Some(lang_texts(format!("表 {names} 的数据"), format!("rows of {names}")))
}

/// True if the newest wave of the data is the period.
pub(super) fn has_answers(measured: &Measured, period: Period) -> bool {
    measured.indicators.survey().results.current_wave() == Some(&period.to_string())
}

/// The operational table that a problem with all rows of one is about; none if it is about the survey.
pub(super) fn table_of(problem: &Diagnostic) -> Option<&str> {
    problem.key_path.as_deref()?.strip_prefix("tables.")?.strip_suffix(".data")
}

/// True if a table that one file holds for all periods had rows when a release was made.
fn is_emptied(project: &Project, release: &Release, name: &str) -> bool {
    let rolls = project.of_table(name).is_some_and(|view| !is_by_file(&view));
    rolls && release.numbers.tables.iter().any(|held| held.table == name && held.rows() > 0)
}
