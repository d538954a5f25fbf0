//! Which questions a banner holds, with the rows of each and the values that the scan must count for them.

use crate::analysis::banner::{RowKind, words};
use crate::config::Project;
use crate::config::raw::{ColumnType, RawBanner};
use crate::data::expressions::{ExpectedType, Expression, quote_name};
use crate::data::{Column, Responses};
use crate::diagnostics::messages::metrics as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Localized};
use crate::metrics::bind::{Binding, Item};
use crate::metrics::compute::{groups_of, scale_levels};
use crate::metrics::questions::{MOST_OPTIONS, choice_expression};

/// Levels up to which a scale shows a row for each, and nets.
const MOST_LEVELS: usize = 11;
/// Levels from which the two highest and the two lowest do not overlap.
const LEAST_LEVELS_FOR_NETS: usize = 4;

/// A question as it will be counted.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) column: String,
    pub(super) title: Localized,
    pub(super) kind: ColumnType,
    pub(super) rows: Vec<Row>,
}

/// A row as it will be counted.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// Item of the scan that holds the answers.
    pub(super) item: usize,
    pub(super) measure: Measure,
    pub(super) kind: RowKind,
    pub(super) value: Option<String>,
    pub(super) title: Localized,
}

/// What is made of the answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Measure {
    /// Weighted percentage of the values from low to high.
    Share([f64; 2]),
    /// Weighted mean.
    Mean,
    /// Weighted standard deviation.
    Deviation,
}

/// The questions of a banner; `segments` are the columns across its top.
pub(super) fn questions(
    view: &Project,
    responses: &Responses,
    banner: &RawBanner,
    segments: &[String],
    binding: &mut Binding,
    diagnostics: &mut Diagnostics,
) -> Vec<Question> {
    let columns: Vec<&Column> = match &banner.questions {
        Some(named) => named.iter().filter_map(|name| responses.column(name)).collect(),
        None => usual_questions(view, responses, banner, segments, diagnostics),
    };
    let questions: Vec<Question> =
        columns.into_iter().filter_map(|column| question(column, responses, binding)).collect();
    if questions.is_empty() {
        diagnostics.push(Diagnostic::warning(&messages::BANNER_EMPTY).arg("id", &banner.id).at(view.at("banners")));
    }
    questions
}

/// The questions of a banner that names none, without those of too many options.
fn usual_questions<'a>(
    view: &Project,
    responses: &'a Responses,
    banner: &RawBanner,
    segments: &[String],
    diagnostics: &mut Diagnostics,
) -> Vec<&'a Column> {
    let mut kept = crate::metrics::questions::usual_questions(view, responses, segments);
    kept.retain(|column| {
        let long = column.categories.len() > MOST_OPTIONS;
        if long {
            diagnostics.push(
                Diagnostic::note(&messages::BANNER_LONG)
                    .arg("name", &column.name)
                    .arg("count", column.categories.len())
                    .arg("id", &banner.id)
                    .at(view.at("banners")),
            );
        }
        !long
    });
    kept
}

fn question(column: &Column, responses: &Responses, binding: &mut Binding) -> Option<Question> {
    let name = quote_name(&column.name);
    let mut add = |text: &str| -> Option<usize> {
        let parsed = Expression::parse(text, &responses.schema, ExpectedType::Number).ok()?;
        Some(binding.add_item(Item { value: parsed.logical().clone(), per: None }))
    };
    let rows = match column.kind {
        ColumnType::Scale => scale_rows(add(&name)?, column),
        ColumnType::Number => moments(add(&name)?),
        ColumnType::Boolean => {
            let item = add(&format!("CASE WHEN {name} THEN 1.0 WHEN NOT {name} THEN 0.0 END"))?;
            let levels = groups_of(column).into_iter().zip([0.0, 1.0]).rev();
            levels.map(|((value, title), code)| answer(item, [code; 2], value, title)).collect()
        }
        ColumnType::Single => {
            let options = groups_of(column);
            let item = add(&choice_expression(column))?;
            let coded = (0_u32..).map(f64::from).zip(options);
            coded.map(|(code, (option, title))| answer(item, [code; 2], option, title)).collect()
        }
        ColumnType::Multi => groups_of(column)
            .into_iter()
            .filter_map(|(option, title)| {
                let chosen = format!("selected({name}, {})", quote_text(&option));
                let item = add(&format!("CASE WHEN {chosen} THEN 1.0 WHEN NOT {chosen} THEN 0.0 END"))?;
                Some(answer(item, [1.0; 2], option, title))
            })
            .collect(),
        ColumnType::Ranking | ColumnType::Date | ColumnType::Text => return None,
    };
    let question = Question { column: column.name.clone(), title: column.title.clone(), kind: column.kind, rows };
    (!question.rows.is_empty()).then_some(question)
}

fn scale_rows(item: usize, column: &Column) -> Vec<Row> {
    let levels = column.range.map_or_else(Vec::new, |range| scale_levels(range, column));
    let values: Vec<f64> = levels.iter().filter_map(|(value, _)| value.parse().ok()).collect();
    let mut rows = Vec::new();
    if levels.len() <= MOST_LEVELS {
        let named = values.iter().zip(levels);
        rows.extend(named.map(|(code, (value, title))| answer(item, [*code; 2], value, title)));
    }
    if let Some([low, high]) = column.range
        && (LEAST_LEVELS_FOR_NETS..=MOST_LEVELS).contains(&values.len())
    {
        let net = |kind, limits| Row {
            item,
            measure: Measure::Share(limits),
            kind,
            value: None,
            title: words::row_title(kind),
        };
        rows.push(net(RowKind::TopTwo, [values[values.len() - 2], high]));
        rows.push(net(RowKind::BottomTwo, [low, values[1]]));
    }
    rows.extend(moments(item));
    rows
}

fn moments(item: usize) -> Vec<Row> {
    [(Measure::Mean, RowKind::Mean), (Measure::Deviation, RowKind::StandardDeviation)]
        .map(|(measure, kind)| Row { item, measure, kind, value: None, title: words::row_title(kind) })
        .into()
}

fn answer(item: usize, limits: [f64; 2], value: String, title: Localized) -> Row {
    Row { item, measure: Measure::Share(limits), kind: RowKind::Answer, value: Some(value), title }
}

/// A text as an expression writes it.
fn quote_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
