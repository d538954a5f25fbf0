//! Derived columns: expressions over other columns, evaluated in the order of their needs and coded like columns of a file,
//! so that ranges, labels and missing values apply to them too.

use datafusion::arrow::array::ArrayRef;
use indexmap::IndexMap;

use crate::config::Project;
use crate::config::raw::{ColumnType, Dialect, RawColumn};
use crate::data::codebook::{CodedColumn, code_column, codebook_schema};
use crate::data::expressions::{ExpectedType, Expression, names_in};
use crate::data::load::{evaluate, warn_of_unknown_options};
use crate::data::quality::{InvalidCells, RowIndex};
use crate::data::sources::LoadedSource;
use crate::data::table::{RawChunk, RawHeader, RawTable};
use crate::diagnostics::messages::coding as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};

/// Adds the project's derived columns to the coded ones; those with errors are reported and left out.
pub fn add_derived_columns(
    project: &Project,
    sources: &[LoadedSource],
    coded: &mut IndexMap<String, CodedColumn>,
    diagnostics: &mut Diagnostics,
) {
    let columns = &project.raw.columns;
    let schema = codebook_schema(columns);
    let mut parsed = IndexMap::new();
    for (name, raw) in columns {
        let Some(text) = &raw.derive else { continue };
        match Expression::parse(text, &schema, expected_type(raw.kind)) {
            Ok(expression) => {
                parsed.insert(name.as_str(), expression);
            }
            Err(error) => {
                let key = format!("columns.{name}.derive");
                diagnostics.push(error.diagnostic(text, project.at(&key), &key));
            }
        }
    }
    let order = match order_of_needs(columns) {
        Ok(order) => order,
        Err(cycle) => {
            let key = format!("columns.{}.derive", cycle[0]);
            let shown: Vec<String> = cycle.iter().map(|name| format!("`{name}`")).collect();
            let diagnostic = Diagnostic::error(&messages::DERIVE_CYCLE).arg("columns", shown.join(" → "));
            diagnostics.push(diagnostic.at(project.at(&key)).key(key));
            return;
        }
    };
    let index = RowIndex::new(sources);
    for name in order {
        let (Some(expression), Some(raw)) = (parsed.get(name), columns.get(name)) else { continue };
        if !expression.columns().iter().all(|needed| coded.contains_key(needed)) {
            continue;
        }
        warn_of_unknown_options(project, expression, coded, &format!("columns.{name}.derive"), diagnostics);
        match evaluate(expression, coded, &index) {
            Ok(arrays) => {
                let column = code_derived(name, raw, arrays, sources);
                diagnostics.extend(column.invalid.iter().map(InvalidCells::diagnostic));
                coded.insert(name.to_owned(), column);
            }
            Err(error) => {
                let key = format!("columns.{name}.derive");
                diagnostics.push(error.diagnostic(expression.text(), project.at(&key), &key));
            }
        }
    }
}

/// Type that the expression of a derived column must yield; what becomes text may come from anything.
pub fn expected_type(kind: ColumnType) -> ExpectedType {
    match kind {
        ColumnType::Scale | ColumnType::Number => ExpectedType::Number,
        ColumnType::Boolean => ExpectedType::Boolean,
        _ => ExpectedType::Any,
    }
}

/// Derived columns, each after those it needs; the names of a cycle (the first repeated at the end) if there is one.
pub fn order_of_needs(columns: &IndexMap<String, RawColumn>) -> Result<Vec<&str>, Vec<String>> {
    let needs: IndexMap<&str, Vec<String>> = columns
        .iter()
        .filter_map(|(name, raw)| Some((name.as_str(), names_in(raw.derive.as_ref()?).unwrap_or_default())))
        .collect();
    let mut order = Vec::new();
    for &name in needs.keys() {
        visit(name, &needs, &mut Vec::new(), &mut order)?;
    }
    Ok(order)
}

fn visit<'a>(
    name: &'a str,
    needs: &IndexMap<&'a str, Vec<String>>,
    path: &mut Vec<&'a str>,
    order: &mut Vec<&'a str>,
) -> Result<(), Vec<String>> {
    if order.contains(&name) {
        return Ok(());
    }
    if let Some(start) = path.iter().position(|held| *held == name) {
        return Err(path[start..].iter().chain([&name]).map(|name| (*name).to_owned()).collect());
    }
    path.push(name);
    for needed in needs.get(name).into_iter().flatten() {
        if let Some((&needed, _)) = needs.get_key_value(needed.as_str()) {
            visit(needed, needs, path, order)?;
        }
    }
    path.pop();
    order.push(name);
    Ok(())
}

/// Codes computed values as if a file held them under the column's name.
/// Codes computed values as a column of the files would be.
pub(super) fn code_derived(
    name: &str,
    raw: &RawColumn,
    arrays: Vec<ArrayRef>,
    sources: &[LoadedSource],
) -> CodedColumn {
    let mut arrays = arrays.into_iter();
    let computed: Vec<LoadedSource> = sources
        .iter()
        .map(|source| LoadedSource {
            table: RawTable {
                file: source.table.file.clone(),
                sheet: None,
                headers: vec![RawHeader { name: name.to_owned(), ..RawHeader::default() }],
                chunks: source
                    .table
                    .chunks
                    .iter()
                    .map(|chunk| RawChunk { columns: vec![arrays.next()], rows: chunk.rows.clone() })
                    .collect(),
                sha256: String::new(),
            },
            wave: None,
            source_index: source.source_index,
            dialect: Dialect::Plain,
        })
        .collect();
    let plain = RawColumn { from: None, ..raw.clone() };
    code_column(name, &plain, &vec![Some(vec![0]); computed.len()], &computed)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn columns(derive: &[(&str, &str)]) -> IndexMap<String, RawColumn> {
        derive
            .iter()
            .map(|(name, text)| {
                let yaml = format!("{{type: number, derive: '{text}'}}");
                ((*name).to_owned(), crate::data::cells::tests::column(&yaml))
            })
            .collect()
    }

    #[test]
    fn needs_come_first_and_cycles_are_named() {
        let ordered = columns(&[("c", "a + b"), ("b", "a * 2"), ("a", "x")]);
        assert_eq!(order_of_needs(&ordered).unwrap(), ["a", "b", "c"]);
        let cyclic = columns(&[("a", "b + 1"), ("b", "c"), ("c", "b")]);
        assert_eq!(order_of_needs(&cyclic).unwrap_err(), ["b", "c", "b"]);
        assert_eq!(order_of_needs(&columns(&[("a", "a")])).unwrap_err(), ["a", "a"]);
    }
}
