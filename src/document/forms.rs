//! Forms made from the inputs of the plugins that a project uses: the survey itself (`questionnaire`) and the one-page evaluation
//! form (`evaluation`). Material comes in, [`Form`]s of the block model and facts about them for templates go out.

mod evaluation;
mod questionnaire;
mod roles;
mod routing;
mod wording;

use serde_json::{Value, json};

use crate::config::raw::RawColumn;
use crate::document::blocks::{Answer, Form, FormItem};
use crate::document::material::Material;

pub use evaluation::evaluation;
pub use questionnaire::questionnaire;

/// The wording of a column's question in the language of the document; empty where there is none.
pub fn wording(material: &Material<'_>, column: &RawColumn) -> String {
    wording::of_column(column, material.lang)
}

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
            "highest": highest_point(&form),
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

/// The most points that an item of a form can get, as printed.
fn highest_point(form: &Form) -> String {
    let scale =
        form.items.iter().find_map(|item| if let FormItem::Matrix { scale, .. } = item { Some(scale) } else { None });
    scale.and_then(|scale| scale.points.last()).cloned().unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
