//! One row for each of several things that a person rated side by side (brands, canteens): the columns of each thing become
//! rows of their own, which keep all other cells of the answer and its row number.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, DictionaryArray, Int32Array, StringArray};
use datafusion::arrow::datatypes::Int32Type;

use crate::config::Project;
use crate::config::raw::RawStack;
use crate::data::sources::LoadedSource;
use crate::data::table::{RawChunk, RawHeader, RawTable};
use crate::diagnostics::messages::coding as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Location};

/// Stacks every file; headers that a file lacks are reported.
pub fn stack(project: &Project, stack: &RawStack, sources: &mut [LoadedSource], diagnostics: &mut Diagnostics) {
    for source in sources {
        if let Some(stacked) = stacked(project, stack, &source.table, diagnostics) {
            source.table = stacked;
        }
    }
}

/// Headers that stacking reads from the files.
pub fn stacked_headers(stack: &RawStack) -> impl Iterator<Item = &str> {
    stack.rows.values().flat_map(|columns| columns.values()).map(String::as_str)
}

fn stacked(project: &Project, stack: &RawStack, table: &RawTable, diagnostics: &mut Diagnostics) -> Option<RawTable> {
    let mut added: Vec<&str> = Vec::new();
    for name in stack.rows.values().flat_map(|columns| columns.keys()) {
        if !added.contains(&name.as_str()) {
            added.push(name);
        }
    }
    let mut places: Vec<Vec<Option<usize>>> = Vec::new();
    let mut complete = true;
    for (thing, columns) in &stack.rows {
        let place = |name: &&str| -> Option<usize> {
            let header = columns.get(*name)?;
            let position = table.position(header);
            if position.is_none() {
                complete = false;
                let path = format!("data.stack.rows.{thing}.{name}");
                diagnostics.push(
                    Diagnostic::error(&messages::STACK_HEADER_ABSENT)
                        .arg("header", header)
                        .arg("file", &table.file)
                        .suggest(header, table.headers.iter().map(|known| known.name.as_str()))
                        .at(project.at(&path))
                        .key(path),
                );
            }
            position
        };
        places.push(added.iter().map(place).collect());
    }
    for name in added.iter().chain([&stack.into.as_str()]) {
        if table.position(name).is_some() {
            complete = false;
            diagnostics.push(
                Diagnostic::error(&messages::STACK_HEADER_TAKEN)
                    .arg("header", name)
                    .arg("file", &table.file)
                    .at(Location::file(&table.file))
                    .key("data.stack"),
            );
        }
    }
    if !complete {
        return None;
    }
    let mut headers = table.headers.clone();
    headers.extend(added.iter().enumerate().map(|(index, name)| {
        // The labels of the first thing's column stand for all: the things are rated on one scale.
        let model = places.iter().find_map(|places| places[index]).map(|place| table.headers[place].clone());
        RawHeader { name: (*name).to_owned(), letter: String::new(), label: None, ..model.unwrap_or_default() }
    }));
    headers.push(RawHeader { name: stack.into.clone(), ..RawHeader::default() });
    let things = stack.rows.keys().zip(&places);
    let chunks = things
        .flat_map(|(thing, places)| table.chunks.iter().map(move |chunk| stacked_chunk(thing, places, chunk)))
        .collect();
    Some(RawTable { headers, chunks, ..table.clone() })
}

fn stacked_chunk(thing: &str, places: &[Option<usize>], chunk: &RawChunk) -> RawChunk {
    let mut columns = chunk.columns.clone();
    columns.extend(places.iter().map(|place| place.and_then(|place| chunk.columns[place].clone())));
    let keys = Int32Array::from(vec![0; chunk.rows.len()]);
    let name: DictionaryArray<Int32Type> = DictionaryArray::new(keys, Arc::new(StringArray::from(vec![thing])));
    columns.push(Some(Arc::new(name) as ArrayRef));
    RawChunk { columns, rows: chunk.rows.clone() }
}
