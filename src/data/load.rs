//! From the project's files to [`Responses`]: read, code, derive, drop repeated ids, filter, cut into waves, weigh. Every
//! problem of the stage is reported; there is a table only if none of them is an error.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int32Array, RecordBatch, StringArray,
};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::datatypes::{DataType, Field, Int32Type, Schema, SchemaRef};
use indexmap::IndexMap;

use crate::config::Project;
use crate::config::raw::{ColumnType, DuplicatePolicy, RawColumn};
use crate::data::codebook::{
    CellStatus, CodedColumn, Placement, arrow_type, code_columns, codebook_schema, headers_of,
};
use crate::data::derive::add_derived_columns;
use crate::data::expressions::{ExpectedType, Expression};
use crate::data::quality::{
    RowIndex, backward_scales, checked_weights, group_count, repeated_ids, repeated_ids_diagnostic,
};
use crate::data::sources::{LoadedSource, load_raw};
use crate::data::table::{InputFile, Responses, Step, StepKind, WAVE, WEIGHT};
use crate::data::waves;
use crate::diagnostics::messages::coding as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Level, Location};

/// Reads the project's files and types their answers; `None` if an error was reported.
pub fn load(project: &Project, diagnostics: &mut Diagnostics) -> Option<Responses> {
    let errors = diagnostics.count(Level::Error);
    let wanted = wanted_headers(&project.raw.columns);
    let sources = load_raw(project, Some(&wanted), diagnostics);
    if diagnostics.count(Level::Error) > errors {
        return None;
    }
    assemble(project, &sources, diagnostics)
}

/// Headers that the codebook needs from the files.
pub fn wanted_headers(columns: &IndexMap<String, RawColumn>) -> HashSet<String> {
    let read = columns.iter().filter(|(_, raw)| raw.derive.is_none());
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
pub fn assemble(project: &Project, sources: &[LoadedSource], diagnostics: &mut Diagnostics) -> Option<Responses> {
    let errors = diagnostics.count(Level::Error);
    let columns = &project.raw.columns;
    let index = RowIndex::new(sources);
    let mut coded = code_files(project, sources, diagnostics);
    backward_scales(columns, sources, diagnostics);
    if coded.len() == columns.values().filter(|raw| raw.derive.is_none()).count() {
        add_derived_columns(project, sources, &mut coded, diagnostics);
    }
    if coded.len() < columns.len() {
        return None;
    }
    let mut kept = Kept { keep: vec![true; index.total()], steps: read_steps(sources) };
    drop_repeated(project, &coded, &index, &mut kept, diagnostics);
    apply_filters(project, &coded, &index, &mut kept, diagnostics);
    let waves = cut_into_waves(project, sources, &coded, &index, &mut kept, diagnostics);
    let weights = weigh(project, &coded, &index, &kept, diagnostics);
    if diagnostics.count(Level::Error) > errors {
        return None;
    }
    if !kept.keep.contains(&true) {
        diagnostics.push(Diagnostic::error(&messages::NO_ROWS).at(project.at("data")).key("data"));
        return None;
    }
    check_segments(project, &coded, &kept.keep, diagnostics);

    let schema = responses_schema(columns);
    let batches = build_batches(&schema, columns, &coded, &index, &kept.keep, &waves, &weights?)?;
    let described =
        columns.keys().filter_map(|name| coded.get(name)).map(|column| counted(column, &kept.keep)).collect();
    Some(Responses {
        columns: described,
        schema,
        batches,
        waves: waves.names,
        weighted: project.raw.data.weight.is_some(),
        steps: kept.steps,
        inputs: sources
            .iter()
            .map(|source| InputFile {
                file: source.table.file.clone(),
                sha256: source.table.sha256.clone(),
                rows: source.table.row_count() as u64,
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
    for (name, raw) in project.raw.columns.iter().filter(|(_, raw)| raw.derive.is_none()) {
        if let Some(placements) = place_column(project, name, raw, sources, diagnostics) {
            placed.push((name.as_str(), raw, placements));
        }
    }
    let coded = code_columns(&placed, sources);
    for column in &coded {
        diagnostics.extend(column.invalid.iter().map(crate::data::quality::InvalidCells::diagnostic));
    }
    coded.into_iter().map(|column| (column.column.name.clone(), column)).collect()
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

/// The column that a setting names, or an error.
fn named<'a>(
    project: &Project,
    coded: &'a IndexMap<String, CodedColumn>,
    name: &str,
    key: &str,
    diagnostics: &mut Diagnostics,
) -> Option<&'a CodedColumn> {
    let found = coded.get(name);
    if found.is_none() {
        let known = project.raw.columns.keys().map(String::as_str);
        let diagnostic = Diagnostic::error(&messages::COLUMN_UNKNOWN).arg("name", name).suggest(name, known);
        diagnostics.push(diagnostic.at(project.at(key)).key(key));
    }
    found
}

fn drop_repeated(
    project: &Project,
    coded: &IndexMap<String, CodedColumn>,
    index: &RowIndex,
    kept: &mut Kept,
    diagnostics: &mut Diagnostics,
) {
    let Some(id) = &project.raw.data.id else { return };
    let Some(column) = named(project, coded, id, "data.id", diagnostics) else { return };
    let policy = project.raw.data.duplicates;
    if policy == DuplicatePolicy::KeepAll {
        return;
    }
    let (rows, values) = repeated_ids(&column.arrays);
    if policy == DuplicatePolicy::Error {
        if !rows.is_empty() {
            diagnostics.push(repeated_ids_diagnostic(id, index, &rows, &values));
        }
        return;
    }
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
                let reason = filter.reason.as_ref().map(|reason| reason.get(project.lang()).to_owned());
                let kind = StepKind::Filter { keep: filter.keep.clone(), reason: reason.unwrap_or_default() };
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
            let diagnostic = Diagnostic::warning(&messages::OPTION_UNKNOWN)
                .arg("column", &name)
                .arg("option", &option)
                .suggest(&option, column.categories.iter().map(String::as_str));
            diagnostics.push(diagnostic.at(project.at(key)).key(key));
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
        let arrays: Vec<ArrayRef> = needed.iter().map(|column| Arc::clone(&column.arrays[chunk])).collect();
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
    let column = declared.and_then(|wave| {
        named(project, coded, &wave.column, "data.wave.column", diagnostics).map(|column| (wave, column))
    });
    let Some((wave, column)) = column else { return waves::by_source(sources, index, &kept.keep, diagnostics) };
    let cut = waves::by_column(wave, column, &kept.keep);
    let lost = |row: usize| cut.of_rows[row].is_none();
    if kept.keep.iter().enumerate().any(|(row, keep)| *keep && lost(row)) {
        let rows = kept.drop_where(StepKind::Wave { column: wave.column.clone() }, lost);
        let diagnostic = Diagnostic::warning(&messages::ROWS_WITHOUT_WAVE).arg("column", &wave.column).key("data.wave");
        diagnostics.push(index.rows_diagnostic(diagnostic, &rows));
    }
    cut
}

/// One weight a row; `None` after an error. Weights are looked at last, so that filters can drop rows without one.
fn weigh(
    project: &Project,
    coded: &IndexMap<String, CodedColumn>,
    index: &RowIndex,
    kept: &Kept,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<f64>> {
    let Some(name) = &project.raw.data.weight else { return Some(vec![1.0; index.total()]) };
    let column = named(project, coded, name, "data.weight", diagnostics)?;
    if arrow_type(column.column.kind) != DataType::Float64 {
        let diagnostic = Diagnostic::error(&messages::WEIGHT_NOT_NUMERIC).arg("column", name);
        diagnostics.push(diagnostic.at(project.at("data.weight")).key("data.weight"));
        return None;
    }
    match checked_weights(name, &column.arrays, &kept.keep, index) {
        Ok(weights) => Some(weights),
        Err(problems) => {
            diagnostics.extend(problems);
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
        let Some(column) = named(project, coded, name, &key, diagnostics) else { continue };
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
    weights: &[f64],
) -> Option<Vec<RecordBatch>> {
    let unnamed = [String::new()];
    let names: &[String] = if waves.names.is_empty() { &unnamed } else { &waves.names };
    let wave_names: ArrayRef = Arc::new(StringArray::from_iter_values(names));
    let mut batches = Vec::new();
    for (chunk, (_, rows)) in index.chunks().enumerate() {
        let mask = BooleanArray::from(keep[rows.clone()].to_vec());
        if mask.true_count() == 0 {
            continue;
        }
        let mut arrays: Vec<ArrayRef> =
            columns.keys().filter_map(|name| coded.get(name)).map(|column| Arc::clone(&column.arrays[chunk])).collect();
        // Rows without a wave are masked out; any key will do for them.
        let keys: Int32Array =
            waves.of_rows[rows.clone()].iter().map(|wave| Some(wave.unwrap_or_default() as i32)).collect();
        arrays.push(Arc::new(DictionaryArray::<Int32Type>::new(keys, Arc::clone(&wave_names))));
        arrays.push(Arc::new(Float64Array::from(weights[rows].to_vec())));
        let batch = RecordBatch::try_new(Arc::clone(schema), arrays).ok()?;
        let all = mask.true_count() == mask.len();
        batches.push(if all { batch } else { filter_record_batch(&batch, &mask).ok()? });
    }
    Some(batches)
}

fn counted(column: &CodedColumn, keep: &[bool]) -> crate::data::table::Column {
    let mut described = column.column.clone();
    for (status, _) in column.statuses.iter().zip(keep).filter(|(_, kept)| **kept) {
        let counts = &mut described.counts;
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
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::data::table::ColumnCounts;
    use crate::data::testing::{codes, project, source, texts};
    use crate::diagnostics::Lang;

    fn run(project: &Project, sources: &[LoadedSource]) -> (Option<Responses>, Diagnostics) {
        let mut diagnostics = Diagnostics::new();
        let responses = assemble(project, sources, &mut diagnostics);
        (responses, diagnostics)
    }

    fn good(project: &Project, sources: &[LoadedSource]) -> Responses {
        let (responses, diagnostics) = run(project, sources);
        responses.unwrap_or_else(|| panic!("{:?}", codes(&diagnostics)))
    }

    #[test]
    fn answers_of_every_kind_are_typed() {
        let project = project(
            "  grade: { type: single, from: 年级 }
  praise: { type: scale, range: [1, 5], from: [3.满意度, 满意度], not_applicable: [9] }
  aware: { type: boolean, from: 听说 }
  why: { type: multi, from: 原因, separator: ',' }
  spent: { type: number, from: 花费 }
  when: { type: date, from: 时间 }
  comment: { type: text, from: 意见 }
  happy: { type: boolean, derive: praise >= 4 and spent > 10 }
  heavy: { type: single, derive: \"case when twice > 40 then 'much' else 'little' end\" }
  twice: { type: number, derive: spent * 2 }",
            "  wave: { column: when, by: month }",
            "segments: [grade]",
        );
        let file = source(
            "a.csv",
            "年级|满意度|听说|原因|花费|时间|意见
             大二|非常满意|是|近,便宜|12.5元|2026-10-01|很好
             大一|9|否|近|1,000|2026/9/30 23:59|
             大一|２|有||20|2026-09-01|慢",
        );
        let responses = good(&project, &[file]);
        let expected: [(&str, [&str; 3]); 11] = [
            ("grade", ["大二", "大一", "大一"]),
            ("praise", ["5.0", "-", "2.0"]),
            ("aware", ["true", "false", "true"]),
            ("why", ["近+便宜", "近", "-"]),
            ("spent", ["12.5", "1000.0", "20.0"]),
            ("comment", ["很好", "-", "慢"]),
            ("happy", ["true", "-", "false"]),
            ("twice", ["25.0", "2000.0", "40.0"]),
            ("heavy", ["little", "much", "little"]),
            (WAVE, ["2026-10", "2026-09", "2026-09"]),
            (WEIGHT, ["1.0", "1.0", "1.0"]),
        ];
        for (name, cells) in expected {
            assert_eq!(texts(&responses, name), cells, "{name}");
        }
        assert_eq!(responses.waves, ["2026-09", "2026-10"]);
        assert_eq!(responses.newest.as_deref(), Some("2026-10-01"));
        assert_eq!(responses.column("grade").unwrap().categories, ["大一", "大二"]);
        assert_eq!(responses.column("why").unwrap().categories, ["便宜", "近"]);
        let counts = ColumnCounts { valid: 2, missing: 0, not_applicable: 1, invalid: 0 };
        assert_eq!(responses.column("praise").unwrap().counts, counts);
    }

    #[test]
    fn several_option_columns_become_one() {
        let project = project(
            "  why: { type: multi, from: ['4、原因(近)', '4、原因(便宜)', '4、原因(其他)'], labels: { 便宜: 价格低, 近: 近, 其他: 其他 } }
  order: { type: ranking, from: ['排(甲)', '排(乙)'] }",
            "",
            "",
        );
        let mut file = source(
            "a.csv",
            "4、原因(近)|4、原因(便宜)|4、原因(其他)|排(甲)|排(乙)
             1|1|0|2|1
             0|0|0|1|-2
             -3|-3|-3|-3|-3
             0|0|朋友说的|1|2",
        );
        file.dialect = crate::config::raw::Dialect::Wjx;
        let responses = good(&project, &[file]);
        assert_eq!(texts(&responses, "why"), ["近+价格低", "", "-", "其他"]);
        assert_eq!(texts(&responses, "order"), ["乙+甲", "甲", "-", "甲+乙"]);
        assert_eq!(responses.column("why").unwrap().categories, ["价格低", "近", "其他"]);
        assert_eq!(responses.column("order").unwrap().counts.not_applicable, 1);
    }

    #[test]
    fn unreadable_cells_are_told_once_with_examples() {
        let project = project("  praise: { type: scale, range: [1, 5] }", "", "");
        let (responses, diagnostics) = run(&project, &[source("a.csv", "praise\n5\n7\n7\n好评\n\n9")]);
        assert!(responses.is_none());
        let found: Vec<String> = diagnostics.iter().map(|found| found.text(Lang::En)).collect();
        let expected = "column `praise`: 4 cells of `a.csv` are not within 1 to 5: `7`, `好评`, `9` (rows 3, 4, 5, 7)";
        assert_eq!(found, [expected]);
    }

    #[test]
    fn headers_absent_everywhere_are_errors_and_in_one_file_warnings() {
        let project = project("  a: { type: text, from: 甲栏 }\n  b: { type: text, from: 乙栏目 }", "", "");
        let files = [source("1.csv", "甲栏|乙栏\nx|y"), source("2.csv", "乙栏\nz")];
        let (responses, diagnostics) = run(&project, &files);
        assert!(responses.is_none());
        let found: Vec<&str> = diagnostics.iter().map(|found| found.message.code).collect();
        assert_eq!(found, ["M0251", "M0250"]);
        assert_eq!(diagnostics.iter().last().unwrap().suggestions, ["乙栏"]);
    }

    #[test]
    fn files_without_a_header_give_nulls_and_files_share_one_dictionary() {
        let project = project("  g: { type: single }\n  x: { type: number }", "", "");
        let files = [source("1.csv", "g|x\nb|1\na|2"), source("2.csv", "x\n3"), source("3.csv", "g|x\nc|4")];
        let responses = good(&project, &files);
        assert_eq!(texts(&responses, "g"), ["b", "a", "-", "c"]);
        let dictionaries: Vec<_> = responses
            .batches
            .iter()
            .map(|batch| {
                use datafusion::arrow::array::AsArray;
                Arc::clone(batch.column(0).as_dictionary::<Int32Type>().values())
            })
            .collect();
        assert!(dictionaries.iter().all(|values| values == &dictionaries[0] && values.len() == 3));
        assert_eq!(responses.steps.iter().map(|step| step.rows).collect::<Vec<_>>(), [2, 3, 4]);
    }

    #[test]
    fn repeated_ids_follow_the_policy() {
        let file = || source("a.csv", "id|x\n1|10\n2|20\n1|30\n|40\n|50");
        let of =
            |policy: &str| project("  id: { type: text }\n  x: { type: number }", &format!("  id: id\n{policy}"), "");
        let (refused, diagnostics) = run(&of(""), &[file()]);
        assert!(refused.is_none());
        assert_eq!(codes(&diagnostics), ["!M0254: 1 rows repeat an id of `id`: `1` (a.csv: 4)"]);
        let first = good(&of("  duplicates: keep_first"), &[file()]);
        assert_eq!(texts(&first, "x"), ["10.0", "20.0", "40.0", "50.0"]);
        assert_eq!(first.steps.last().unwrap().dropped, 1);
        assert_eq!(good(&of("  duplicates: keep_all"), &[file()]).row_count(), 5);
    }

    #[test]
    fn filters_count_their_losses_and_drop_unknown() {
        let project = project(
            "  x: { type: number }\n  done: { type: boolean }",
            "  filters:\n  - { keep: done, reason: 未完成 }\n  - { keep: x < 50 }",
            "",
        );
        let responses = good(&project, &[source("a.csv", "x|done\n1|是\n2|否\n3|\n99|是\n5|是")]);
        assert_eq!(texts(&responses, "x"), ["1.0", "5.0"]);
        let steps: Vec<(u64, u64)> = responses.steps.iter().map(|step| (step.rows, step.dropped)).collect();
        assert_eq!(steps, [(5, 0), (3, 2), (2, 1)]);
        assert_eq!(responses.column("x").unwrap().counts.valid, 2);
    }

    #[test]
    fn weights_must_be_there_and_not_negative() {
        let of = |filter: &str| project("  w: { type: number }", &format!("  weight: w\n{filter}"), "");
        let (refused, diagnostics) = run(&of(""), &[source("a.csv", "w\n1\n\n-2\n0")]);
        assert!(refused.is_none());
        assert_eq!(
            codes(&diagnostics),
            [
                "!M0256: 1 rows have no weight in `w` (a.csv: 3)",
                "!M0257: 1 rows have a negative weight in `w` (a.csv: 4)"
            ]
        );
        let filtered = good(&of("  filters: [{ keep: w >= 0 }]"), &[source("a.csv", "w\n1\n\n-2\n0")]);
        assert_eq!(texts(&filtered, WEIGHT), ["1.0", "0.0"]);
        assert!(filtered.weighted);
    }

    #[test]
    fn waves_come_from_files_quarters_or_a_column() {
        let wave = |mut file: LoadedSource, name: &str| {
            file.wave = Some(name.to_owned());
            file
        };
        let plain = project("  x: { type: number }", "", "");
        let files = [wave(source("b.csv", "x\n1"), "2026-10"), wave(source("a.csv", "x\n2"), "2026-9")];
        let responses = good(&plain, &files);
        assert_eq!(responses.waves, ["2026-9", "2026-10"]);
        assert_eq!(texts(&responses, WAVE), ["2026-10", "2026-9"]);
        let (refused, diagnostics) = run(&plain, &[files[0].clone(), source("c.csv", "x\n3")]);
        assert!(refused.is_none() && diagnostics.iter().any(|found| found.message.code == "M0261"));

        let quarters = project("  d: { type: date }", "  wave: { column: d, by: quarter }", "");
        let (responses, diagnostics) = run(&quarters, &[source("a.csv", "d\n2026-12-31\n\n2026-01-01")]);
        let responses = responses.unwrap();
        assert_eq!(texts(&responses, WAVE), ["2026-Q4", "2026-Q1"]);
        assert_eq!(
            codes(&diagnostics),
            ["M0262: 1 rows have no wave because `d` is empty; they are left out (a.csv: 3)"]
        );
        assert_eq!(responses.steps.last().unwrap().dropped, 1);

        let labelled =
            project("  w: { type: single, labels: { 二: 第二波, 一: 第一波 } }", "  wave: { column: w }", "");
        assert_eq!(good(&labelled, &[source("a.csv", "w\n一\n二")]).waves, ["第二波", "第一波"]);
        let unnamed = good(&plain, &[source("a.csv", "x\n1")]);
        assert!(unnamed.waves.is_empty());
        assert_eq!(texts(&unnamed, WAVE), [""]);
    }

    #[test]
    fn segments_without_groups_are_warned_of() {
        let project = project("  a: { type: single }\n  b: { type: single }", "", "segments: [a, b]");
        let (responses, diagnostics) = run(&project, &[source("a.csv", "a|b\n|x\n|x")]);
        assert!(responses.is_some());
        let found: Vec<&str> = diagnostics.iter().map(|found| found.message.code).collect();
        assert_eq!(found, ["M0264", "M0265"]);
    }

    #[test]
    fn options_that_nobody_chose_are_warned_of() {
        let project = project(
            "  g: { type: single }\n  m: { type: multi, separator: ',' }\n  d: { type: boolean, derive: \"selected(m, '近处')\" }",
            "  filters: [{ keep: \"g in ('大一', '大儿') or g = '大二'\" }]",
            "",
        );
        let (responses, diagnostics) = run(&project, &[source("a.csv", "g|m\n大一|近,远\n大二|远")]);
        assert!(responses.is_some());
        assert_eq!(codes(&diagnostics), ["M0268: no answer to `m` is `近处`", "M0268: no answer to `g` is `大儿`"]);
    }

    #[test]
    fn all_mistakes_of_expressions_are_reported() {
        let project = project(
            "  x: { type: number }\n  y: { type: number, derive: x + z }\n  p: { type: number, derive: q }\n  q: { type: number, derive: p }",
            "  filters: [{ keep: xx > 1 }]",
            "",
        );
        let (_, diagnostics) = run(&project, &[source("a.csv", "x\n1")]);
        let found: Vec<&str> = diagnostics.iter().map(|found| found.message.code).collect();
        assert_eq!(found, ["M0281", "M0266"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn permuting_rows_permutes_the_output(order in Just((0..7).collect::<Vec<usize>>()).prop_shuffle()) {
            let project = project(
                "  g: { type: single }\n  m: { type: multi, separator: ',' }\n  s: { type: scale, range: [1, 5] }\n  d: { type: date }",
                "  wave: { column: d, by: month }",
                "",
            );
            let rows = [
                "a|x,y|5|2026-01-03", "b|y|非常满意|2026-02-01", "|z|1|2026-01-09", "c||不满意|2026-03-01", "a|x||2026-02-11",
                "d|y,x|3|2026-03-30", "b|z|4|2026-01-01",
            ];
            let table = |order: &[usize]| {
                let lines: Vec<&str> = order.iter().map(|&row| rows[row]).collect();
                source("a.csv", &format!("g|m|s|d\n{}", lines.join("\n")))
            };
            let plain = good(&project, &[table(&[0, 1, 2, 3, 4, 5, 6])]);
            let permuted = good(&project, &[table(&order)]);
            prop_assert_eq!(&plain.waves, &permuted.waves);
            for name in ["g", "m", "s", "d", WAVE] {
                let before = texts(&plain, name);
                let expected: Vec<String> = order.iter().map(|&row| before[row].clone()).collect();
                prop_assert_eq!(texts(&permuted, name), expected);
            }
            for (before, after) in plain.columns.iter().zip(&permuted.columns) {
                prop_assert_eq!(&before.categories, &after.categories);
                prop_assert_eq!(before.counts, after.counts);
            }
        }
    }
}
