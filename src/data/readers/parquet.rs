//! Parquet files: wanted columns only, row groups (or columns, where there are fewer groups than processors) read side by
//! side, every type brought to one of the few of a raw table.

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use datafusion::arrow::array::timezone::Tz;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Schema, TimeUnit, TimestampMillisecondType};
use datafusion::arrow::temporal_conversions::as_datetime_with_timezone;

use super::cells::small;
use super::contain::contain;
use super::fill::{self, Refusal, Unpacked};
use super::pages::check_pages;
use super::{ReadRequest, layout};
use crate::data::table::{CHUNK_ROWS, OPTION_SEPARATOR, RawChunk, RawHeader, RawTable};
use crate::diagnostics::messages::readers as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Location};

/// Reads a Parquet file.
pub fn read(request: &ReadRequest<'_>, file: File, diagnostics: &mut Diagnostics) -> Option<RawTable> {
    let outcome = contain(|| read_file(request, &file, diagnostics));
    match outcome.unwrap_or_else(|| Err(Refusal::Broken("damaged structure".to_owned()))) {
        Ok(table) => Some(table),
        Err(Refusal::Told(problem)) => {
            diagnostics.push(*problem);
            None
        }
        Err(Refusal::Broken(reason)) => {
            diagnostics.push(request.error(&messages::PARQUET_BROKEN).arg("reason", reason));
            None
        }
    }
}

fn read_file(request: &ReadRequest<'_>, file: &File, diagnostics: &mut Diagnostics) -> Result<RawTable, Refusal> {
    let metadata = ArrowReaderMetadata::load(file, ArrowReaderOptions::new()).map_err(|error| error.to_string())?;
    let metadata = with_repeated_texts(&metadata).unwrap_or(metadata);
    let mut headers = Vec::new();
    let mut kinds: Vec<Option<Kind>> = Vec::new();
    if let Some(problem) = fill::wide(request, metadata.schema().fields().len()) {
        return Err(problem.into());
    }
    for field in metadata.schema().fields() {
        let header = RawHeader { name: layout::clean_header(field.name()), ..RawHeader::default() };
        let kind = if request.wants(&header) { Some(Kind::of(field.data_type())) } else { None };
        kinds.push(match kind {
            Some(None) => {
                let problem = Diagnostic::warning(&messages::COLUMN_UNSUPPORTED).arg("column", &header.name);
                let problem = problem.arg("type", field.data_type());
                diagnostics.push(problem.at(Location::file(request.shown)).key(request.key_path));
                None
            }
            Some(kind) => kind,
            None => None,
        });
        headers.push(header);
    }
    let bytes = file.metadata().map_err(|error| error.to_string())?.len();
    if let Some(problem) = unpacked(&metadata, &kinds).refused(request, bytes) {
        return Err(problem.into());
    }
    check_wanted_pages(file, &metadata, &kinds)?;
    let chunks = read_chunks(request, &metadata, &kinds)?;
    Ok(RawTable { file: request.shown.to_owned(), sheet: None, headers, chunks, sha256: String::new() })
}

/// Looks whether a page of a wanted column says that it unpacks to more than its column.
fn check_wanted_pages(file: &File, metadata: &ArrowReaderMetadata, kinds: &[Option<Kind>]) -> Result<(), String> {
    for group in metadata.metadata().row_groups() {
        for (leaf, chunk) in group.columns().iter().enumerate() {
            let root = metadata.parquet_schema().get_column_root_idx(leaf);
            if kinds.get(root).is_some_and(Option::is_some) {
                check_pages(file, chunk.byte_range(), chunk.uncompressed_size().max(0).unsigned_abs())?;
            }
        }
    }
    Ok(())
}

/// What the wanted columns unpack to. A list has any number of values a row.
fn unpacked(metadata: &ArrowReaderMetadata, kinds: &[Option<Kind>]) -> Unpacked {
    let mut found = Unpacked { rows: 0, values: 0, bytes: 0 };
    let add = |to: &mut u64, number: i64| *to = to.saturating_add(number.max(0).unsigned_abs());
    for group in metadata.metadata().row_groups() {
        add(&mut found.rows, group.num_rows());
        for (leaf, chunk) in group.columns().iter().enumerate() {
            let root = metadata.parquet_schema().get_column_root_idx(leaf);
            if kinds.get(root).is_some_and(Option::is_some) {
                add(&mut found.values, chunk.num_values().max(group.num_rows()));
                add(&mut found.bytes, chunk.uncompressed_size());
            }
        }
    }
    found
}

/// Compressed size of a dictionary of texts that is worth keeping; larger ones belong to texts that hardly repeat.
const LARGEST_DICTIONARY: i64 = 32 << 10;

/// The same file, read so that texts which the file holds as dictionaries stay dictionaries; `None` if there are none.
fn with_repeated_texts(metadata: &ArrowReaderMetadata) -> Option<ArrowReaderMetadata> {
    let parquet = metadata.metadata();
    let mut repeated = vec![parquet.num_row_groups() > 0; metadata.schema().fields().len()];
    for group in parquet.row_groups() {
        for (leaf, chunk) in group.columns().iter().enumerate() {
            let size = chunk.dictionary_page_offset().map(|start| chunk.data_page_offset() - start);
            if size.is_none_or(|size| !(0..=LARGEST_DICTIONARY).contains(&size)) {
                *repeated.get_mut(metadata.parquet_schema().get_column_root_idx(leaf))? = false;
            }
        }
    }
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    let hinted = metadata.schema().fields().iter().zip(repeated).map(|(field, repeated)| {
        let is_text = matches!(field.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
        if is_text && repeated {
            field.as_ref().clone().with_data_type(dictionary.clone())
        } else {
            field.as_ref().clone()
        }
    });
    let schema = Schema::new_with_metadata(hinted.collect::<Vec<_>>(), metadata.schema().metadata().clone());
    let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
    ArrowReaderMetadata::try_new(Arc::clone(parquet), options).ok()
}

/// How the values of a column are brought over.
#[derive(Debug, Clone)]
enum Kind {
    Cast(DataType),
    /// A moment with a time zone, which becomes the wall time there.
    Zoned(Tz),
    /// A list of texts, joined to a multiple answer.
    Joined,
}

impl Kind {
    fn of(kind: &DataType) -> Option<Self> {
        Some(match kind {
            DataType::Dictionary(_, values) => return Self::of(values),
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => Self::Cast(DataType::Utf8),
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
                Self::Cast(DataType::Utf8)
            }
            DataType::Time32(_) | DataType::Time64(_) => Self::Cast(DataType::Utf8),
            DataType::Boolean => Self::Cast(DataType::Boolean),
            // A UInt64 may be an id that neither Int64 nor Float64 holds exactly.
            DataType::UInt64 => Self::Cast(DataType::Utf8),
            DataType::Int8 => Self::Cast(DataType::Int8),
            kind if kind.is_integer() => Self::Cast(DataType::Int64),
            kind if kind.is_floating() || kind.is_decimal() => Self::Cast(DataType::Float64),
            DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, None) => {
                Self::Cast(DataType::Timestamp(TimeUnit::Millisecond, None))
            }
            DataType::Timestamp(_, Some(zone)) => Self::Zoned(zone.parse().ok()?),
            DataType::List(field)
                if matches!(field.data_type(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View) =>
            {
                Self::Joined
            }
            _ => return None,
        })
    }

    fn convert(&self, array: &ArrayRef) -> Result<ArrayRef, String> {
        let target = match self {
            Self::Cast(target) if array.data_type() == target => return Ok(Arc::clone(array)),
            Self::Cast(DataType::Utf8) if is_repeated_text(array.data_type()) => return Ok(Arc::clone(array)),
            Self::Cast(target) => target,
            Self::Joined => return join_lists(array),
            Self::Zoned(zone) => return wall_time(array, *zone),
        };
        cast(array, target).map_err(|error| error.to_string())
    }
}

/// True for texts of which each distinct one is held once, as a raw table may have them.
fn is_repeated_text(data_type: &DataType) -> bool {
    matches!(data_type, DataType::Dictionary(key, text) if **key == DataType::Int32 && **text == DataType::Utf8)
}

fn wall_time(array: &ArrayRef, zone: Tz) -> Result<ArrayRef, String> {
    let moments = cast(array, &DataType::Timestamp(TimeUnit::Millisecond, None)).map_err(|error| error.to_string())?;
    let moments = moments.as_primitive::<TimestampMillisecondType>();
    let local = moments.unary_opt::<_, TimestampMillisecondType>(|moment| {
        let there = as_datetime_with_timezone::<TimestampMillisecondType>(moment, zone)?;
        Some(there.naive_local().and_utc().timestamp_millis())
    });
    Ok(Arc::new(local))
}

fn join_lists(array: &ArrayRef) -> Result<ArrayRef, String> {
    let lists = array.as_list_opt::<i32>().ok_or("list")?;
    let mut joined = StringBuilder::new();
    let mut cell = String::new();
    for row in 0..lists.len() {
        if lists.is_null(row) || lists.value_length(row) == 0 {
            joined.append_null();
            continue;
        }
        let texts = cast(&lists.value(row), &DataType::Utf8).map_err(|error| error.to_string())?;
        cell.clear();
        for (index, text) in texts.as_string::<i32>().iter().enumerate() {
            if index > 0 {
                cell.push(OPTION_SEPARATOR);
            }
            cell.push_str(text.unwrap_or_default());
        }
        joined.append_value(&cell);
    }
    Ok(Arc::new(joined.finish()))
}

/// A piece of work: some columns of one row group.
struct Task {
    group: usize,
    columns: Vec<usize>,
}

type Columns = Vec<Vec<ArrayRef>>;

fn read_chunks(
    request: &ReadRequest<'_>,
    metadata: &ArrowReaderMetadata,
    kinds: &[Option<Kind>],
) -> Result<Vec<RawChunk>, String> {
    let threads = std::thread::available_parallelism().map_or(2, usize::from).clamp(1, 16);
    let groups = metadata.metadata().num_row_groups();
    let wanted: Vec<usize> = (0..kinds.len()).filter(|&column| kinds[column].is_some()).collect();
    let parts = if groups >= threads { 1 } else { threads.min(wanted.len()).max(1) };
    let size = wanted.len().div_ceil(parts).max(1);
    let tasks: Vec<Task> = (0..groups)
        .flat_map(|group| wanted.chunks(size).map(move |columns| Task { group, columns: columns.to_vec() }))
        .collect();
    let next = AtomicUsize::new(0);
    let done = std::thread::scope(|scope| {
        let work = || -> Result<Vec<(usize, Columns)>, String> {
            let mut done = Vec::new();
            // A file of its own: clones of one handle share their position.
            let file = File::open(request.path).map_err(|error| error.to_string())?;
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(task) = tasks.get(index) else { return Ok(done) };
                let columns = contain(|| read_task(&file, metadata, task, kinds));
                done.push((index, columns.unwrap_or_else(|| Err("damaged pages".to_owned()))?));
            }
        };
        let workers: Vec<_> = (0..threads.min(tasks.len())).map(|_| scope.spawn(work)).collect();
        let mut done: Vec<Option<Columns>> = Vec::new();
        done.resize_with(tasks.len(), || None);
        for worker in workers {
            for (index, columns) in worker.join().map_err(|_| "damaged structure".to_owned())?? {
                done[index] = Some(columns);
            }
        }
        Ok::<_, String>(done)
    })?;
    assemble(metadata, kinds, &tasks, done)
}

fn read_task(
    file: &File,
    metadata: &ArrowReaderMetadata,
    task: &Task,
    kinds: &[Option<Kind>],
) -> Result<Columns, String> {
    let text = |error: ::parquet::errors::ParquetError| error.to_string();
    let mask = ProjectionMask::roots(metadata.parquet_schema(), task.columns.iter().copied());
    let file = file.try_clone().map_err(|error| error.to_string())?;
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone())
        .with_row_groups(vec![task.group])
        .with_projection(mask)
        .with_batch_size(CHUNK_ROWS)
        .build()
        .map_err(text)?;
    let mut batches = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|error| error.to_string())?;
        let columns = batch.columns().iter().zip(&task.columns);
        let converted: Result<Vec<ArrayRef>, String> = columns
            .filter_map(|(array, &column)| kinds[column].as_ref().map(|kind| kind.convert(array).map(small)))
            .collect();
        batches.push(converted?);
    }
    Ok(batches)
}

/// Puts the pieces back in file order.
fn assemble(
    metadata: &ArrowReaderMetadata,
    kinds: &[Option<Kind>],
    tasks: &[Task],
    done: Vec<Option<Columns>>,
) -> Result<Vec<RawChunk>, String> {
    let mut chunks: Vec<RawChunk> = Vec::new();
    let mut starts = Vec::new();
    let mut row = 1_u64;
    for group in metadata.metadata().row_groups() {
        starts.push(chunks.len());
        let mut left = u64::try_from(group.num_rows()).map_err(|_| "negative number of rows".to_owned())?;
        while left > 0 {
            let length = left.min(CHUNK_ROWS as u64);
            let number = |index: u64| u32::try_from(row + index).unwrap_or(u32::MAX);
            chunks.push(RawChunk { columns: vec![None; kinds.len()], rows: (0..length).map(number).collect() });
            row += length;
            left -= length;
            if chunks.len() > 1 << 22 {
                return Err("more rows than a survey can have".to_owned());
            }
        }
    }
    for (task, batches) in tasks.iter().zip(done) {
        let start = starts.get(task.group).copied().unwrap_or(0);
        for (offset, arrays) in batches.into_iter().flatten().enumerate() {
            let chunk = chunks.get_mut(start + offset).ok_or("row groups and rows differ")?;
            for (array, &column) in arrays.into_iter().zip(&task.columns) {
                if array.len() != chunk.rows.len() {
                    return Err("row groups and rows differ".to_owned());
                }
                chunk.columns[column] = Some(array);
            }
        }
    }
    let complete =
        |chunk: &RawChunk| kinds.iter().zip(&chunk.columns).all(|(kind, array)| kind.is_some() == array.is_some());
    if chunks.iter().all(complete) { Ok(chunks) } else { Err("row groups and rows differ".to_owned()) }
}
