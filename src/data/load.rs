//! From the project's files to [`Responses`]: read, code, derive, drop repeated ids, filter, cut into waves, weigh. Every
//! problem of the stage is reported; there is a table only if none of them is an error.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int32Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};
use indexmap::IndexMap;

use crate::config::raw::{ColumnType, DuplicatePolicy, RawColumn, RawWave};
use crate::config::{Period, Project};
use crate::data::codebook::{
    CodedColumn, Placement, arrow_type, code_column, code_columns, codebook_schema, headers_of,
};
use crate::data::coding::CellStatus;
use crate::data::derive::add_derived_columns;
use crate::data::expressions::{ExpectedType, Expression};
use crate::data::lookup::add_lookups;
use crate::data::quality::{
    RowIndex, backward_scales, checked_weights, group_count, many_repeated_diagnostic, repeated_ids,
    repeated_ids_diagnostic,
};
use crate::data::sources::{LoadedSource, load_raw};
use crate::data::stacking::{stack, stacked_headers};
use crate::data::stored::Batches;
use crate::data::table::{InputFile, Responses, Step, StepKind, WAVE, WEIGHT};
use crate::data::themes::add_themes;
use crate::data::waves;
use crate::data::weighting::{Rows, WaveWeights, weigh_to_margins};
use crate::diagnostics::messages::coding as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Level, Localized, Location, lang_texts};

/// Reads the project's files and types their answers; `None` if an error was reported. `tables` are those that columns may
/// be looked up in.
pub fn load(
    project: &Project,
    tables: &IndexMap<String, Responses>,
    diagnostics: &mut Diagnostics,
) -> Option<Responses> {
    let errors = diagnostics.count(Level::Error);
    let mut wanted = wanted_headers(&project.raw.columns);
    let stacked = project.raw.data.stack.as_ref();
    wanted.extend(stacked.into_iter().flat_map(stacked_headers).map(str::to_owned));
    let mut sources = load_raw(project, Some(&wanted), diagnostics);
    if let Some(stacked) = stacked {
        stack(project, stacked, &mut sources, diagnostics);
    }
    if diagnostics.count(Level::Error) > errors {
        return None;
    }
    assemble(project, &sources, tables, diagnostics)
}

/// Headers that the codebook needs from the files.
pub fn wanted_headers(columns: &IndexMap<String, RawColumn>) -> HashSet<String> {
    let read = columns.iter().filter(|(_, raw)| raw.is_read());
    read.flat_map(|(name, raw)| headers_of(name, raw)).map(str::to_owned).collect()
}

/// Schema of the responses: the codebook's columns, then [`WAVE`] and [`WEIGHT`].
pub fn responses_schema(columns: &IndexMap<String, RawColumn>) -> SchemaRef {
    let mut fields: Vec<Field> =
        columns.iter().map(|(name, raw)| Field::new(name, arrow_type(raw.kind), true)).collect();
    fields.push(Field::new(WAVE, arrow_type(ColumnType::Single), false));
    fields.push(Field::new(WEIGHT, DataType::Float64, false));
    Arc::new(Schema::new(fields))
}

/// Types the answers of files already read; `None` if an error was reported.
pub fn assemble(
    project: &Project,
    sources: &[LoadedSource],
    tables: &IndexMap<String, Responses>,
    diagnostics: &mut Diagnostics,
) -> Option<Responses> {
    let errors = diagnostics.count(Level::Error);
    let columns = &project.raw.columns;
    let index = RowIndex::new(sources);
    let mut coded = code_files(project, sources, diagnostics);
    backward_scales(columns, sources, diagnostics);
    if coded.len() == columns.values().filter(|raw| raw.is_read()).count() {
        add_lookups(project, sources, tables, &mut coded, diagnostics);
        add_themes(project, sources, &mut coded, diagnostics);
        add_derived_columns(project, sources, &mut coded, diagnostics);
    }
    if coded.len() < columns.len() {
        return None;
    }
    let mut kept = Kept { keep: vec![true; index.total()], steps: read_steps(sources) };
    keep_window(project, &coded, &mut kept);
    drop_repeated(project, &coded, &index, &mut kept, diagnostics);
    apply_filters(project, &coded, &index, &mut kept, diagnostics);
    let waves = cut_into_waves(project, sources, &coded, &index, &mut kept, diagnostics);
    let weights = weigh(project, &coded, &index, &kept, &waves, diagnostics);
    if diagnostics.count(Level::Error) > errors {
        return None;
    }
    if !kept.keep.contains(&true) {
        diagnostics.push(Diagnostic::error(&messages::NO_ROWS).at(project.at("data")).key("data"));
        return None;
    }
    check_segments(project, &coded, &kept.keep, diagnostics);

    let (weights, weighting) = weights?;
    let schema = responses_schema(columns);
    let batches = build_batches(&schema, columns, &coded, &index, &kept.keep, &waves, weights)?;
    let described =
        columns.keys().filter_map(|name| coded.get(name)).map(|column| counted(column, &kept.keep)).collect();
    Some(Responses {
        columns: described,
        schema,
        batches,
        waves: waves.names,
        weighted: project.raw.data.weight.is_some() || project.raw.data.weighting.is_some(),
        weighting,
        steps: kept.steps,
        inputs: sources
            .iter()
            .map(|source| InputFile {
                file: source.table.file.clone(),
                sha256: source.table.sha256.clone(),
                rows: source.table.row_count() as u64,
                headers: source.table.headers.iter().map(|header| header.name.clone()).collect(),
            })
            .collect(),
        newest: waves.newest,
    })
}

/// Which rows stay, and how they became fewer.
struct Kept {
    keep: Vec<bool>,
    steps: Vec<Step>,
}

impl Kept {
    /// Drops the rows for which `drops` is true; returns those that were still there.
    fn drop_where(&mut self, kind: StepKind, drops: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut dropped = Vec::new();
        for (row, keep) in self.keep.iter_mut().enumerate() {
            if *keep && drops(row) {
                *keep = false;
                dropped.push(row);
            }
        }
        let rows = self.keep.iter().filter(|keep| **keep).count() as u64;
        self.steps.push(Step { kind, rows, dropped: dropped.len() as u64 });
        dropped
    }
}

fn read_steps(sources: &[LoadedSource]) -> Vec<Step> {
    let mut rows = 0;
    sources
        .iter()
        .map(|source| {
            rows += source.table.row_count() as u64;
            Step { kind: StepKind::Read { file: source.table.file.clone() }, rows, dropped: 0 }
        })
        .collect()
}

fn code_files(
    project: &Project,
    sources: &[LoadedSource],
    diagnostics: &mut Diagnostics,
) -> IndexMap<String, CodedColumn> {
    let mut placed = Vec::new();
    for (name, raw) in project.raw.columns.iter().filter(|(_, raw)| raw.is_read()) {
        if let Some(placements) = place_column(project, name, raw, sources, diagnostics) {
            placed.push((name.as_str(), raw, placements));
        }
    }
    let date = of_window(project, &placed, sources);
    let coded = match date {
        // It is coded already; a cell that is no date is of no other period, so that none is missing among its unreadable ones.
        Some(Dated { place, column, wanted }) => {
            placed.remove(place);
            let mut coded = code_columns(&placed, sources, Some(&wanted));
            coded.insert(place.min(coded.len()), column);
            coded
        }
        None => code_columns(&placed, sources, None),
    };
    for column in &coded {
        diagnostics.extend(column.invalid.iter().map(crate::data::quality::InvalidCells::diagnostic));
    }
    coded.into_iter().map(|column| (column.column.name.clone(), column)).collect()
}

/// The date column that cuts the window: its place among the columns, its cells, and which rows are of the window or may be.
struct Dated {
    place: usize,
    column: CodedColumn,
    wanted: Vec<bool>,
}

/// Which rows are of the window or may be, where a date column of the files tells: a mistake in an answer of this month stops no
/// release of an earlier one. None where all are.
fn of_window(
    project: &Project,
    placed: &[(&str, &RawColumn, Vec<Placement>)],
    sources: &[LoadedSource],
) -> Option<Dated> {
    let (window, wave) = (project.window.as_ref()?, project.raw.data.wave.as_ref()?);
    let place = placed.iter().position(|(name, ..)| *name == wave.column)?;
    let (name, raw, placements) = &placed[place];
    let column = code_column(name, raw, placements, sources);
    let all = vec![true; RowIndex::new(sources).total()];
    let others = of_other_periods(window, wave, &column, &all);
    Some(Dated { place, column, wanted: others.into_iter().map(|other| !other).collect() })
}

/// Finds a column's headers in every file; an error if no file has any, a warning for a file that lacks them.
fn place_column(
    project: &Project,
    name: &str,
    raw: &RawColumn,
    sources: &[LoadedSource],
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Placement>> {
    let headers = headers_of(name, raw);
    let shown = || headers.iter().map(|header| format!("`{header}`")).collect::<Vec<_>>().join(", ");
    let key = format!("columns.{name}");
    let an_option_each = matches!(raw.kind, ColumnType::Multi | ColumnType::Ranking);
    let placements: Vec<Placement> = sources
        .iter()
        .map(|source| {
            let mut found: Vec<usize> = headers.iter().filter_map(|header| source.table.position(header)).collect();
            if !an_option_each {
                found.truncate(1);
            }
            (!found.is_empty()).then_some(found)
        })
        .collect();
    if placements.iter().all(Option::is_none) {
        let known = sources.iter().flat_map(|source| &source.table.headers).map(|header| header.name.as_str());
        let diagnostic = Diagnostic::error(&messages::COLUMN_ABSENT)
            .arg("column", name)
            .arg("headers", shown())
            .suggest(headers.first().copied().unwrap_or(name), known)
            .at(project.at(&format!("{key}.from")))
            .key(key);
        diagnostics.push(diagnostic);
        return None;
    }
    for (source, _) in sources.iter().zip(&placements).filter(|(_, placement)| placement.is_none()) {
        diagnostics.push(
            Diagnostic::warning(&messages::COLUMN_ABSENT_IN_FILE)
                .arg("column", name)
                .arg("headers", shown())
                .arg("file", &source.table.file)
                .at(Location::file(&source.table.file))
                .key(key.clone()),
        );
    }
    Some(placements)
}

/// Drops the answers of other periods where a date column tells them, first of all: what another period holds must not change
/// which answers of this one are repeated.
fn keep_window(project: &Project, coded: &IndexMap<String, CodedColumn>, kept: &mut Kept) {
    let (Some(window), Some(wave)) = (&project.window, &project.raw.data.wave) else { return };
    let Some(column) = coded.get(&wave.column) else { return };
    let names: Vec<String> = window.iter().map(ToString::to_string).collect();
    let others = of_other_periods(window, wave, column, &kept.keep);
    let keep = format!("{}: {}", wave.column, names.join(", "));
    let reason = Localized::PerLang(lang_texts("其他期的答卷", "answers of other periods"));
    kept.drop_where(StepKind::Filter { keep, reason: Some(reason) }, |row| others[row]);
}

/// For each row whether its date is of a period outside the window; of rows without a readable date nobody knows.
fn of_other_periods(window: &[Period], wave: &RawWave, column: &CodedColumn, keep: &[bool]) -> Vec<bool> {
    let cut = waves::by_column(wave, column, keep);
    let names: Vec<String> = window.iter().map(ToString::to_string).collect();
    let other = |row| cut.of_rows.get(row).is_some_and(|wave| !names.contains(&cut.names[wave]));
    (0..keep.len()).map(other).collect()
}

fn drop_repeated(
    project: &Project,
    coded: &IndexMap<String, CodedColumn>,
    index: &RowIndex,
    kept: &mut Kept,
    diagnostics: &mut Diagnostics,
) {
    let Some(id) = &project.raw.data.id else { return };
    // Names that are no columns were reported when the project file was read, here and below.
    let Some(column) = coded.get(id) else { return };
    let policy = project.raw.data.duplicates;
    if policy == DuplicatePolicy::KeepAll {
        return;
    }
    let (rows, values) = repeated_ids(&column.arrays, &kept.keep);
    if policy == DuplicatePolicy::Error {
        if !rows.is_empty() {
            let problem = repeated_ids_diagnostic(id, index, &rows, &values);
            let personal = project.raw.columns.get(id).is_some_and(|column| column.personal);
            diagnostics.push(if personal { problem.without_quotes() } else { problem });
        }
        return;
    }
    let before = kept.keep.iter().filter(|keep| **keep).count();
    let many = many_repeated_diagnostic(id, rows.len(), before);
    diagnostics.extend(many.map(|problem| problem.at(project.at("data.duplicates"))));
    let repeated: HashSet<usize> = rows.into_iter().collect();
    kept.drop_where(StepKind::Duplicates { column: id.clone() }, |row| repeated.contains(&row));
}

fn apply_filters(
    project: &Project,
    coded: &IndexMap<String, CodedColumn>,
    index: &RowIndex,
    kept: &mut Kept,
    diagnostics: &mut Diagnostics,
) {
    let schema = codebook_schema(&project.raw.columns);
    for (number, filter) in project.raw.data.filters.iter().enumerate() {
        let key = format!("data.filters[{number}].keep");
        let passes = Expression::parse(&filter.keep, &schema, ExpectedType::Boolean)
            .and_then(|expression| evaluate(&expression, coded, index).map(|arrays| (expression, arrays)));
        match passes {
            Ok((expression, arrays)) => {
                warn_of_unknown_options(project, &expression, coded, &key, diagnostics);
                let passes: Vec<bool> = arrays.iter().flat_map(truths).collect();
                let kind = StepKind::Filter { keep: filter.keep.clone(), reason: filter.reason.clone() };
                kept.drop_where(kind, |row| !passes.get(row).copied().unwrap_or_default());
            }
            Err(error) => diagnostics.push(error.diagnostic(&filter.keep, project.at(&key), &key)),
        }
    }
}

fn truths(array: &ArrayRef) -> Vec<bool> {
    match array.as_any().downcast_ref::<BooleanArray>() {
        Some(values) => values.iter().map(|value| value == Some(true)).collect(),
        None => vec![false; array.len()],
    }
}

/// Warns of options that an expression asks for but no answer has: mostly a typing mistake, which SQL silently counts as "no".
pub(super) fn warn_of_unknown_options(
    project: &Project,
    expression: &Expression,
    coded: &IndexMap<String, CodedColumn>,
    key: &str,
    diagnostics: &mut Diagnostics,
) {
    for (name, option) in expression.options() {
        let Some(column) = coded.get(&name).map(|coded| &coded.column) else { continue };
        let has_options = matches!(column.kind, ColumnType::Single | ColumnType::Multi | ColumnType::Ranking);
        if has_options && !column.categories.contains(&option) {
            let diagnostic = Diagnostic::warning(&messages::OPTION_UNKNOWN).arg("column", &name).arg("option", &option);
            let personal = project.raw.columns.get(&name).is_some_and(|raw| raw.personal);
            let known = column.categories.iter().filter(|_| !personal).map(String::as_str);
            diagnostics.push(diagnostic.suggest_cells(&option, known).at(project.at(key)).key(key));
        }
    }
}

/// One array a chunk of an expression over coded columns.
pub(super) fn evaluate(
    expression: &Expression,
    coded: &IndexMap<String, CodedColumn>,
    index: &RowIndex,
) -> Result<Vec<ArrayRef>, crate::data::expressions::ExpressionError> {
    let names = expression.columns();
    let needed: Vec<&CodedColumn> = names.iter().filter_map(|name| coded.get(name)).collect();
    let fields: Vec<Field> =
        needed.iter().map(|column| Field::new(&column.column.name, arrow_type(column.column.kind), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let mut results = Vec::new();
    for (chunk, (_, rows)) in index.chunks().enumerate() {
        let arrays: Vec<ArrayRef> = needed.iter().map(|column| column.arrays.chunk(chunk)).collect();
        results.push(expression.evaluate_columns(&schema, arrays, rows.len())?);
    }
    Ok(results)
}

fn cut_into_waves(
    project: &Project,
    sources: &[LoadedSource],
    coded: &IndexMap<String, CodedColumn>,
    index: &RowIndex,
    kept: &mut Kept,
    diagnostics: &mut Diagnostics,
) -> waves::Waves {
    let declared = project.raw.data.wave.as_ref();
    let column = declared.and_then(|wave| coded.get(&wave.column).map(|column| (wave, column)));
    let Some((wave, column)) = column else { return waves::by_source(sources, index, &kept.keep, diagnostics) };
    let cut = waves::by_column(wave, column, &kept.keep);
    let lost = |row: usize| cut.of_rows.get(row).is_none();
    if kept.keep.iter().enumerate().any(|(row, keep)| *keep && lost(row)) {
        let rows = kept.drop_where(StepKind::Wave { column: wave.column.clone() }, lost);
        let diagnostic = Diagnostic::warning(&messages::ROWS_WITHOUT_WAVE).arg("column", &wave.column).key("data.wave");
        diagnostics.push(index.rows_diagnostic(diagnostic, &rows));
    }
    cut
}

/// One weight a row, with the report of weights that were made from population figures; `None` after an error. Weights are
/// looked at last, so that filters can drop rows without one.
fn weigh(
    project: &Project,
    coded: &IndexMap<String, CodedColumn>,
    index: &RowIndex,
    kept: &Kept,
    waves: &waves::Waves,
    diagnostics: &mut Diagnostics,
) -> Option<(Vec<f64>, Vec<WaveWeights>)> {
    let data = &project.raw.data;
    let key = if data.weighting.is_some() { "data.weighting.start" } else { "data.weight" };
    let column = data.weighting.as_ref().map_or(&data.weight, |weighting| &weighting.start);
    let start = match column {
        Some(name) => weights_of(project, name, key, coded, index, kept, diagnostics)?,
        None => vec![1.0; index.total()],
    };
    match &data.weighting {
        // Rows without an answer or a wave were reported, and no row at all is reported by the caller.
        Some(weighting) if kept.keep.contains(&true) => {
            let rows = Rows { coded, index, keep: &kept.keep, waves, start };
            weigh_to_margins(project, weighting, rows, diagnostics)
        }
        _ => Some((start, Vec::new())),
    }
}

fn weights_of(
    project: &Project,
    name: &str,
    key: &'static str,
    coded: &IndexMap<String, CodedColumn>,
    index: &RowIndex,
    kept: &Kept,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<f64>> {
    let column = coded.get(name)?;
    if arrow_type(column.column.kind) != DataType::Float64 {
        let diagnostic = Diagnostic::error(&messages::WEIGHT_NOT_NUMERIC).arg("column", name);
        diagnostics.push(diagnostic.at(project.at(key)).key(key));
        return None;
    }
    match checked_weights(name, key, &column.arrays, &kept.keep, index) {
        Ok(weights) => Some(weights),
        Err(problems) => {
            // What is wrong with all of them together stands in no row.
            let placed = |problem: Diagnostic| match problem.location {
                None => problem.at(project.at(key)),
                Some(_) => problem,
            };
            diagnostics.extend(problems.into_iter().map(placed));
            None
        }
    }
}

fn check_segments(
    project: &Project,
    coded: &IndexMap<String, CodedColumn>,
    keep: &[bool],
    diagnostics: &mut Diagnostics,
) {
    for (number, name) in project.raw.segments.iter().enumerate() {
        let key = format!("segments[{number}]");
        let Some(column) = coded.get(name) else { continue };
        let message = match group_count(&column.arrays, keep) {
            0 => &messages::SEGMENT_EMPTY,
            1 => &messages::SEGMENT_SINGLE,
            _ => continue,
        };
        diagnostics.push(Diagnostic::warning(message).arg("column", name).at(project.at(&key)).key(key));
    }
}

fn build_batches(
    schema: &SchemaRef,
    columns: &IndexMap<String, RawColumn>,
    coded: &IndexMap<String, CodedColumn>,
    index: &RowIndex,
    keep: &[bool],
    waves: &waves::Waves,
    weights: Vec<f64>,
) -> Option<Batches> {
    let unnamed = [String::new()];
    let names: &[String] = if waves.names.is_empty() { &unnamed } else { &waves.names };
    let wave_names: ArrayRef = Arc::new(StringArray::from_iter_values(names));
    let weights = Float64Array::from(weights);
    let coded: Vec<&CodedColumn> = columns.keys().filter_map(|name| coded.get(name)).collect();
    let mut batches = Batches::new(Arc::clone(schema));
    for (chunk, (_, rows)) in index.chunks().enumerate() {
        let kept = &keep[rows.clone()];
        if !kept.contains(&true) {
            continue;
        }
        let mut arrays: Vec<ArrayRef> = coded.iter().map(|column| Arc::clone(column.arrays.stored(chunk))).collect();
        // Rows without a wave are masked out; any key will do for them.
        let keys: Int32Array =
            rows.clone().map(|row| waves.of_rows.get(row).map_or(Some(0), |wave| i32::try_from(wave).ok())).collect();
        arrays.push(Arc::new(DictionaryArray::<Int32Type>::new(keys, Arc::clone(&wave_names))));
        arrays.push(Arc::new(weights.slice(rows.start, rows.len())));
        if !batches.push_kept(kept, arrays) {
            return None;
        }
    }
    Some(batches)
}

fn counted(column: &CodedColumn, keep: &[bool]) -> crate::data::table::Column {
    let mut described = column.column.clone();
    let counts = &mut described.counts;
    let mut start = 0;
    for array in column.arrays.iter_stored() {
        let kept = &keep[start..start + array.len()];
        start += array.len();
        let rows = kept.iter().filter(|kept| **kept).count();
        let nulls = if rows == array.len() {
            array.null_count()
        } else {
            kept.iter().enumerate().filter(|&(row, kept)| *kept && array.is_null(row)).count()
        };
        counts.valid += (rows - nulls) as u64;
        counts.missing += nulls as u64;
    }
    for (_, status) in column.unlike_nulls.iter().filter(|(row, _)| keep[*row as usize]) {
        counts.missing -= 1;
        match status {
            CellStatus::Valid => counts.valid += 1,
            CellStatus::Missing => counts.missing += 1,
            CellStatus::NotApplicable => counts.not_applicable += 1,
            CellStatus::Invalid => counts.invalid += 1,
        }
    }
    described
}

#[cfg(test)]
mod tests;
