//! Forms made from the inputs of the plugins that a project uses: the survey itself (`questionnaire`) and the one-page evaluation
//! form (`evaluation`). Material comes in, [`Form`]s of the block model and facts about them for templates go out.

mod evaluation;
mod questionnaire;
mod wording;

use serde_json::{Value, json};

use crate::config::raw::RawColumn;
use crate::document::blocks::{Answer, AnswerScale, Form, FormItem};
use crate::document::format;
use crate::document::material::Material;

pub use evaluation::evaluation;
pub use questionnaire::questionnaire;

/// The wording of a column's question in the language of the document; empty where there is none.
pub fn wording(material: &Material<'_>, column: &RawColumn) -> String {
    wording::of_column(column, material.lang)
}

/// Name by which projects call the survey where a table is asked for.
const SURVEY: &str = "responses";

/// What templates see: `questionnaire.questions` and `.minutes`, `evaluation.items` and `.highest`.
pub fn facts(material: &Material<'_>) -> Value {
    let survey = questionnaire(material);
    let form = evaluation(material, None);
    json!({
        "questionnaire": {
            "questions": survey.items.iter().filter(|item| is_question(item)).count(),
            "minutes": minutes(&survey),
        },
        "evaluation": {
            "items": scored_rows(&form),
            "highest": format::short_number(highest_score(&form), 0),
        },
    })
}

fn is_question(item: &FormItem) -> bool {
    matches!(item, FormItem::Question { .. } | FormItem::Matrix { .. })
}

/// Minutes to answer, rounded up: 8 seconds for a choice, 12 to write a number or a date, 40 for words of one's own. A rule of
/// thumb for the introduction, to be replaced by the time of the pilot survey.
fn minutes(form: &Form) -> usize {
    let seconds = |item: &FormItem| match item {
        FormItem::Question { answer: Answer::Lines { .. }, .. } => 40,
        FormItem::Question { answer: Answer::Blank { .. } | Answer::Date, .. } => 12,
        FormItem::Question { .. } => 8,
        FormItem::Matrix { rows, .. } => 8 * rows.len(),
        FormItem::Section { .. } | FormItem::Fields { .. } => 0,
    };
    form.items.iter().map(seconds).sum::<usize>().div_ceil(60).max(1)
}

fn scored_rows(form: &Form) -> usize {
    let rows = |item: &FormItem| if let FormItem::Matrix { rows, .. } = item { rows.len() } else { 0 };
    form.items.iter().map(rows).sum()
}

/// The highest sum of points that the matrices of a form can give.
fn highest_score(form: &Form) -> f64 {
    let best =
        |scale: &AnswerScale| scale.points.last().and_then(|point| point.parse::<f64>().ok()).unwrap_or_default();
    let score = |item: &FormItem| match item {
        FormItem::Matrix { rows, scale, .. } => rows.len() as f64 * best(scale),
        _ => 0.0,
    };
    form.items.iter().map(score).sum()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
