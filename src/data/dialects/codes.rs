//! The same answers in texts and in numbers: two files that together give the value labels.
//!
//! Rows are matched by the number of the answer sheet, never by their order, because exports are sorted and filtered.

use std::collections::{BTreeMap, HashMap};

use super::{ROW_IDS, ranking_separator, separator, wjx};
use crate::config::raw::Dialect;
use crate::data::readers::cells::cell_of;
use crate::data::table::RawTable;

/// Options that a question may have; more codes are a number or a text, not options.
const MOST_OPTIONS: usize = 300;

/// How many answers of `table` are not in `codes`, with the column they are matched by; that column's name if one of the
/// tables lacks it.
pub fn missing_answers(table: &RawTable, codes: &RawTable) -> Result<(&'static str, u64), &'static str> {
    let id = shared_id(table, codes).ok_or(ROW_IDS[0])?;
    let known = rows_by_id(codes, id);
    let mut missing = 0;
    each_id(table, id, |text, _| missing += u64::from(!known.contains_key(text)));
    Ok((id, missing))
}

/// Fills the value labels of every question of `table` whose texts go with whole numbers in `codes`, one text a number.
pub fn join(table: &mut RawTable, codes: &RawTable, dialect: Dialect) {
    let Some(id) = shared_id(table, codes) else { return };
    let rows = rows_by_id(codes, id);
    let mut pairs: Vec<(Place, Place)> = Vec::new();
    each_id(table, id, |text, place| {
        if let Some(&other) = rows.get(text) {
            pairs.push((place, other));
        }
    });
    for column in 0..table.headers.len() {
        let header = &table.headers[column];
        if header.name == id {
            continue;
        }
        let Some(coded) = codes.position(&header.name) else { continue };
        let labels = labels_of(table, column, codes, coded, &pairs, dialect);
        if let Some(labels) = labels.filter(|labels| !labels.is_empty()) {
            let header = &mut table.headers[column];
            header.value_labels = labels.into_iter().map(|(code, label)| (code.to_string(), label)).collect();
        }
    }
}

/// Chunk and row in it.
type Place = (usize, usize);

fn shared_id(table: &RawTable, codes: &RawTable) -> Option<&'static str> {
    ROW_IDS.into_iter().find(|id| table.position(id).is_some() && codes.position(id).is_some())
}

fn each_id(table: &RawTable, id: &str, mut visit: impl FnMut(&str, Place)) {
    let Some(column) = table.position(id) else { return };
    for (index, chunk) in table.chunks.iter().enumerate() {
        let Some(array) = chunk.columns.get(column).and_then(Option::as_ref) else { continue };
        for row in 0..chunk.rows.len() {
            visit(cell_of(array, row).text().trim(), (index, row));
        }
    }
}

fn rows_by_id(table: &RawTable, id: &str) -> HashMap<String, Place> {
    let mut rows = HashMap::new();
    each_id(table, id, |text, place| {
        rows.entry(text.to_owned()).or_insert(place);
    });
    rows
}

/// Number to text of a question; `None` if the two do not go together, as with open answers.
fn labels_of(
    table: &RawTable,
    column: usize,
    codes: &RawTable,
    coded: usize,
    pairs: &[(Place, Place)],
    dialect: Dialect,
) -> Option<BTreeMap<i64, String>> {
    let mut labels: BTreeMap<i64, String> = BTreeMap::new();
    let missing = &table.headers[column].missing;
    for &((chunk, row), (coded_chunk, coded_row)) in pairs {
        let texts = table.chunks[chunk].columns[column].as_ref()?;
        let numbers = codes.chunks[coded_chunk].columns[coded].as_ref()?;
        let (text, number) = (cell_of(texts, row), cell_of(numbers, coded_row));
        let (text, number) = (text.text(), number.text());
        let (text, number) = (text.trim(), number.trim());
        let is_missing = |value: &str| value.is_empty() || missing.iter().any(|missing| missing == value);
        if is_missing(text) || is_missing(number) {
            continue;
        }
        let by = [separator(dialect), ranking_separator(dialect)]
            .into_iter()
            .find(|by| text.contains(by) && number.contains(by));
        let texts: Vec<&str> = by.map_or_else(|| vec![text], |by| text.split(by).collect());
        let numbers: Vec<&str> = by.map_or_else(|| vec![number], |by| number.split(by).collect());
        if texts.len() != numbers.len() {
            return None;
        }
        for (text, number) in texts.into_iter().zip(numbers) {
            let code: i64 = number.trim().parse().ok()?;
            let label = wjx::option_of(text.trim());
            if label.is_empty() || labels.len() > MOST_OPTIONS {
                return None;
            }
            if *labels.entry(code).or_insert_with(|| label.to_owned()) != label {
                return None;
            }
        }
    }
    // Numbers that stand for themselves, such as an age, need no labels.
    let plain = labels.iter().all(|(code, label)| code.to_string() == *label);
    (!plain).then_some(labels)
}
