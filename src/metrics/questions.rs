//! What banners and themes publish of a table: their questions, who answered each, and the segments across the top. Banner tables and the
//! protection of small bases take the same list.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Project;
use crate::config::project::SURVEY;
use crate::config::raw::{ColumnType, RawBanner};
use crate::data::expressions::{names_in, quote_name};
use crate::data::{Column, Responses};
use crate::diagnostics::Localized;
use crate::metrics::SegmentInfo;
use crate::metrics::compute::{groups_of, segment_infos};
use crate::metrics::cube::Grouping;
use crate::metrics::hidden::{Publications, PublishedQuestion};
use crate::metrics::protection::Origins;

/// Options above which a question is left out unless the banner names it.
pub const MOST_OPTIONS: usize = 50;

/// What is published of a table beside its indicators: `view` is the project as the table sees it.
pub fn publications(view: &Project, responses: &Responses) -> Publications {
    let own = if view.table.is_empty() { SURVEY } else { view.table.as_str() };
    let banners = view.raw.banners.iter().filter(|banner| banner.table.as_deref().unwrap_or(SURVEY) == own);
    let repeated: BTreeSet<&str> =
        view.raw.reports.iter().filter_map(|report| report.for_each.as_ref()).map(|each| each.column()).collect();
    let repeated: Vec<String> = repeated.into_iter().map(str::to_owned).collect();
    Publications {
        banners: banners.flat_map(|banner| questions_of(view, responses, banner)).collect(),
        themes: theme_questions(view, responses, &repeated),
        repeated: groupings_of(view, responses, &repeated),
        origins: origins(view),
        choices: tested_choices(view, responses),
    }
}

/// The groups of columns; of those alone that form groups.
fn groupings_of(view: &Project, responses: &Responses, columns: &[String]) -> Vec<Grouping> {
    let mut grouped = view.clone();
    grouped.raw.segments = columns.to_vec();
    segment_infos(&grouped, responses).iter().map(SegmentInfo::grouping).collect()
}

/// The themes of open answers: counted by the segments of the project, and in the documents about single groups.
fn theme_questions(view: &Project, responses: &Responses, repeated: &[String]) -> Vec<PublishedQuestion> {
    let mut segments = view.raw.segments.clone();
    segments.extend(repeated.iter().filter(|column| !view.raw.segments.contains(column)).cloned());
    let themed = view.raw.columns.iter().filter(|(_, column)| column.themes.is_some());
    let columns: Vec<&Column> = themed.filter_map(|(name, _)| responses.column(name)).collect();
    if columns.is_empty() { Vec::new() } else { asked(view, responses, &columns, &segments) }
}

/// The columns that derived columns and themes are made of.
fn origins(view: &Project) -> Origins {
    let of_column = |(name, column): (&String, &crate::config::raw::RawColumn)| {
        let derived = column.derive.iter().flat_map(|text| names_in(text).unwrap_or_default());
        let themes = column.themes.iter().map(|themes| themes.of.clone());
        (name.clone(), derived.chain(themes).collect::<BTreeSet<String>>())
    };
    Origins(view.raw.columns.iter().map(of_column).collect::<BTreeMap<_, _>>())
}

fn questions_of(view: &Project, responses: &Responses, banner: &RawBanner) -> Vec<PublishedQuestion> {
    let segments = banner_segments(view, banner);
    let columns: Vec<&Column> = match &banner.questions {
        Some(named) => named.iter().filter_map(|name| responses.column(name)).collect(),
        None => usual_questions(view, responses, &segments),
    };
    asked(view, responses, &columns, &segments)
}

/// Questions by segments, as they are published.
fn asked(view: &Project, responses: &Responses, columns: &[&Column], segments: &[String]) -> Vec<PublishedQuestion> {
    let groupings = groupings_of(view, responses, segments);
    let question = |column: &&Column| {
        Some(PublishedQuestion { column: column.name.clone(), item: answered(column)?, segments: groupings.clone() })
    };
    columns.iter().filter_map(question).collect()
}

/// The segments across the top of a banner.
pub fn banner_segments(view: &Project, banner: &RawBanner) -> Vec<String> {
    banner.segments.clone().unwrap_or_else(|| view.raw.segments.clone())
}

/// Every scale, single and multi that is neither a segment of the banner, nor personal, nor part of the design; those with
/// too many options among them.
pub fn usual_questions<'a>(view: &Project, responses: &'a Responses, segments: &[String]) -> Vec<&'a Column> {
    let data = &view.raw.data;
    let design = data.design.as_ref();
    let special = [
        data.id.as_deref(),
        data.weight.as_deref(),
        data.wave.as_ref().map(|wave| wave.column.as_str()),
        design.and_then(|design| design.strata.as_deref()),
        design.and_then(|design| design.cluster.as_deref()),
    ];
    let usual = |column: &&Column| {
        let kind = matches!(column.kind, ColumnType::Scale | ColumnType::Single | ColumnType::Multi);
        let personal = view.raw.columns.get(&column.name).is_some_and(|raw| raw.personal);
        kind && !personal && !segments.contains(&column.name) && !special.contains(&Some(column.name.as_str()))
    };
    responses.columns.iter().filter(usual).collect()
}

/// The options of a question with a single answer as numbers from 0, in codebook order; null without an answer.
pub fn choice_expression(column: &Column) -> String {
    let name = quote_name(&column.name);
    let quoted = |option: &str| format!("'{}'", option.replace('\'', "''"));
    let case =
        |(code, (option, _)): (usize, (String, Localized))| format!(" WHEN {name} = {} THEN {code}.0", quoted(&option));
    let cases: String = groups_of(column).into_iter().enumerate().map(case).collect();
    format!("CASE{cases} END")
}

/// Questions with a single answer whose distribution is tested: the usual ones of a banner by the project's segments.
fn tested_choices(view: &Project, responses: &Responses) -> Vec<String> {
    let questions = usual_questions(view, responses, &view.raw.segments).into_iter();
    questions
        .filter(|column| column.kind == ColumnType::Single && (2..=MOST_OPTIONS).contains(&column.categories.len()))
        .map(|column| column.name.clone())
        .collect()
}

/// An expression that is known for those who answered a question; `None` for columns that no banner shows.
fn answered(column: &Column) -> Option<String> {
    let name = quote_name(&column.name);
    match column.kind {
        ColumnType::Scale | ColumnType::Number => Some(name),
        ColumnType::Single | ColumnType::Boolean => Some(format!("CASE WHEN {name} IS NOT NULL THEN 1.0 END")),
        ColumnType::Multi => {
            let first = column.categories.first()?.replace('\'', "''");
            let chosen = format!("selected({name}, '{first}')");
            Some(format!("CASE WHEN {chosen} THEN 1.0 WHEN NOT {chosen} THEN 0.0 END"))
        }
        ColumnType::Ranking | ColumnType::Date | ColumnType::Text => None,
    }
}
