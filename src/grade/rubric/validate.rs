//! What a schema cannot say of a rubric: limits, ids, rules that can be tested.

use indexmap::IndexMap;
use regex::Regex;

use super::{By, Criterion, Rubric, Test};
use crate::config::KeyPositions;
use crate::data::expressions::ExpressionError;
use crate::diagnostics::messages::grading as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::grade::evidence::facts::parse_condition;
use crate::grade::submissions::roster::parse_moment;

/// Reports what is wrong with the values of a rubric.
pub(super) fn validate(rubric: &Rubric, positions: &KeyPositions, diagnostics: &mut Diagnostics) {
    let at = |problem: Diagnostic, key: &str| problem.at(positions.locate(key)).key(key);
    if let Some(written) = rubric.deadline.as_deref()
        && parse_moment(written).is_none()
    {
        diagnostics.push(at(Diagnostic::error(&messages::RUBRIC_MOMENT).arg("value", written), "deadline"));
    }
    let copying = &rubric.copying;
    let shares: IndexMap<&str, f64> = [
        ("copying.full", copying.full),
        ("copying.half", copying.half),
        ("copying.show", copying.show),
        ("copying.common", copying.common),
        ("page.share", rubric.page.share),
        ("least_han", rubric.least_han),
    ]
    .into_iter()
    .collect();
    let mut range = |key: &str, wanted: &str, found: String| {
        let problem = Diagnostic::error(&messages::RUBRIC_RANGE).arg("key", key).arg("wanted", wanted);
        diagnostics.push(at(problem.arg("found", found), key));
    };
    for (key, share) in shares {
        if !(0.0..=1.0).contains(&share) {
            range(key, "0–1", share.to_string());
        }
    }
    let costs = [
        ("late.per_day", rubric.late.per_day),
        ("late.most", rubric.late.most),
        ("length.deduction", rubric.length.deduction),
        ("length.over_deduction", rubric.length.over_deduction),
    ];
    for (key, cost) in costs {
        if cost < 0.0 || !cost.is_finite() {
            range(key, "≥ 0", cost.to_string());
        }
    }
    for (key, percent) in [("copying.full_keeps", copying.full_keeps), ("copying.floor", copying.floor)] {
        if !(0.0..=100.0).contains(&percent) {
            range(key, "0–100", percent.to_string());
        }
    }
    if copying.half > copying.full {
        range("copying.half", "≤ copying.full", copying.half.to_string());
    }
    if rubric.length.step == 0 {
        range("length.step", "≥ 1", "0".to_owned());
    }
    if copying.shortest < 5 {
        range("copying.shortest", "≥ 5", copying.shortest.to_string());
    }
    if let Some(kept) = copying.ladder.iter().find(|kept| !(0.0..=100.0).contains(*kept)) {
        range("copying.ladder", "0–100", kept.to_string());
    }
    if rubric.rubric != 1 {
        range("rubric", "1", rubric.rubric.to_string());
    }
    for (index, criterion) in rubric.criteria.iter().enumerate() {
        let key = format!("criteria[{index}]");
        if criterion.points <= 0.0 || !criterion.points.is_finite() {
            let problem = Diagnostic::error(&messages::RUBRIC_RANGE).arg("key", "points").arg("wanted", "> 0");
            diagnostics.push(at(problem.arg("found", criterion.points), &key));
        }
        if rubric.criteria[..index].iter().any(|held| held.id == criterion.id) {
            diagnostics.push(at(Diagnostic::error(&messages::RUBRIC_TWICE).arg("id", &criterion.id), &key));
        }
        if !is_id(&criterion.id) {
            diagnostics.push(at(Diagnostic::error(&messages::RUBRIC_ID).arg("id", &criterion.id), &key));
        }
    }
    let total = rubric.total();
    if (total - 100.0).abs() > 1e-9 {
        diagnostics.push(at(Diagnostic::warning(&messages::RUBRIC_TOTAL).arg("sum", total), "criteria"));
    }
}

/// Ids of columns of the gradebook that belong to no criterion.
pub const TAKEN: [&str; 2] = ["late", "copy"];

/// Whether a text can be the id of a criterion: it names columns, headings and files.
fn is_id(id: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    id.starts_with(|letter: char| letter.is_ascii_lowercase()) && id.chars().all(plain) && !TAKEN.contains(&id)
}

/// Makes the rules of a criterion ready, and reports those that cannot be tested.
pub(super) fn check_rules(
    criterion: &mut Criterion,
    key: &str,
    positions: &KeyPositions,
    diagnostics: &mut Diagnostics,
) {
    if (criterion.by == By::Rules) == criterion.rules.is_empty() {
        let problem = Diagnostic::error(&messages::RUBRIC_RULES).arg("id", &criterion.id);
        diagnostics.push(problem.at(positions.locate(key)).key(key));
    }
    for (number, rule) in criterion.rules.iter_mut().enumerate() {
        let key = format!("{key}.rules[{number}]");
        let place = || positions.locate(&key);
        rule.test = match (&rule.pattern, &rule.expression) {
            (Some(pattern), None) => match Regex::new(pattern) {
                Ok(checked) => Some(Test::Pattern(checked)),
                Err(error) => {
                    let problem = error.to_string();
                    let problem = problem.lines().last().unwrap_or_default().to_owned();
                    let found = Diagnostic::error(&messages::RUBRIC_PATTERN).arg("pattern", pattern);
                    diagnostics.push(found.arg("problem", problem).at(place()).key(&key));
                    None
                }
            },
            (None, Some(written)) => match parse_condition(written) {
                Ok(condition) => Some(Test::Condition(condition)),
                Err(ExpressionError::UnknownColumn { name, known, quoted: false }) => {
                    let problem = Diagnostic::error(&messages::RUBRIC_FACT).arg("name", &name);
                    let problem = problem.suggest(&name, known.iter().map(String::as_str));
                    diagnostics.push(problem.at(place()).key(&key));
                    None
                }
                Err(error) => {
                    diagnostics.push(error.diagnostic(written, place(), &key));
                    None
                }
            },
            _ => {
                diagnostics.push(Diagnostic::error(&messages::RUBRIC_RULE).at(place()).key(&key));
                None
            }
        };
    }
}
