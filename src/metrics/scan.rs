//! The one scan of the answers: DataFusion evaluates every item on every batch, and the values are counted into the answer
//! cube. The only place that knows DataFusion plans.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, RecordBatch, UInt32Array};
use datafusion::arrow::datatypes::{DataType, Field, Float64Type, Schema};
use datafusion::catalog::MemTable;
use datafusion::common::Column as ColumnName;
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::Expr;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;

use crate::data::Responses;
use crate::data::table::{CHUNK_ROWS, WAVE, WEIGHT};
use crate::metrics::bind::Item;
use crate::metrics::counter::{Counter, Layout};
use crate::metrics::cube::{Cube, Grouping, WeightGrid};

/// What the scan must count.
#[derive(Debug, Clone)]
pub struct ScanRequest<'a> {
    /// Values to evaluate on every answer.
    pub items: &'a [Item],
    /// Keys to count: each the indices of one item, or of the items of a composite.
    pub keys: &'a [Vec<usize>],
    /// The total, then one grouping a segment column.
    pub groupings: Vec<Grouping>,
    /// Number of sampling units.
    pub units: usize,
    /// Unit of every row, batch by batch; `None` for a single unit.
    pub unit_codes: Option<Vec<Vec<u32>>>,
}

/// Name of the unit column that the scan adds.
pub(super) const UNIT: &str = "__unit";

/// Scans all answers once.
///
/// # Errors
/// An error of the engine, such as a division by zero in an integer expression.
pub fn scan(responses: &Responses, request: &ScanRequest<'_>) -> Result<Cube, DataFusionError> {
    let waves = responses.waves.len().max(1);
    let grid = weight_grid(responses);
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(responses.batches.len().max(1));
    let layout = Layout { waves, units: request.units, grid, request };
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(DataFusionError::IoError)?;
    let streams = runtime.block_on(open_streams(responses, request, workers))?;
    let partials = std::thread::scope(|scope| {
        let handles: Vec<_> =
            streams.into_iter().map(|stream| scope.spawn(|| consume(Counter::new(&layout), stream))).collect();
        handles
            .into_iter()
            .map(|handle| {
                handle.join().unwrap_or_else(|_| Err(DataFusionError::Execution("a scan thread stopped".to_owned())))
            })
            .collect::<Result<Vec<_>, _>>()
    })?;
    let mut merged = Counter::new(&layout);
    for partial in &partials {
        merged.merge(partial);
    }
    Ok(merged.into_cube())
}

/// The evaluated batches in file order, for those who need every answer.
///
/// # Errors
/// An error of the engine, such as a division by zero in an integer expression.
pub(super) fn collect(responses: &Responses, request: &ScanRequest<'_>) -> Result<Vec<RecordBatch>, DataFusionError> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(responses.batches.len().max(1));
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(DataFusionError::IoError)?;
    let streams = runtime.block_on(open_streams(responses, request, workers))?;
    let read = |mut stream: SendableRecordBatchStream| {
        let mut batches = Vec::new();
        while let Some(batch) = futures::executor::block_on(stream.next()) {
            batches.push(batch?);
        }
        Ok(batches)
    };
    let parts = std::thread::scope(|scope| {
        let handles: Vec<_> = streams.into_iter().map(|stream| scope.spawn(|| read(stream))).collect();
        let stopped = || DataFusionError::Execution("a scan thread stopped".to_owned());
        handles
            .into_iter()
            .map(|handle| handle.join().unwrap_or_else(|_| Err(stopped())))
            .collect::<Result<Vec<_>, _>>()
    })?;
    Ok(parts.into_iter().flatten().collect())
}

/// The grid of the weights; one where they count where the project has none.
pub(super) fn weight_grid(responses: &Responses) -> WeightGrid {
    if !responses.weighted {
        return WeightGrid::unweighted();
    }
    let largest = responses
        .batches
        .iter()
        .filter_map(|batch| batch.column_by_name(WEIGHT).and_then(|column| column.as_primitive_opt::<Float64Type>()))
        .flat_map(|weights| weights.iter().flatten())
        .fold(0.0, f64::max);
    WeightGrid::for_largest(largest)
}

/// Opens one stream a worker over contiguous runs of batches.
async fn open_streams(
    responses: &Responses,
    request: &ScanRequest<'_>,
    workers: usize,
) -> Result<Vec<SendableRecordBatchStream>, DataFusionError> {
    evaluated(responses, request, workers)?.execute_stream_partitioned().await
}

/// The table of wave, weight, unit, segment columns and the items' values, in `partitions` contiguous parts.
pub(super) fn evaluated(
    responses: &Responses,
    request: &ScanRequest<'_>,
    partitions: usize,
) -> Result<DataFrame, DataFusionError> {
    let (schema, batches) = with_units(responses, request)?;
    let per_partition = batches.len().div_ceil(partitions).max(1);
    let mut parts: Vec<Vec<RecordBatch>> = batches.chunks(per_partition).map(<[RecordBatch]>::to_vec).collect();
    if parts.is_empty() {
        parts.push(Vec::new());
    }
    let config = SessionConfig::new().with_target_partitions(parts.len()).with_batch_size(CHUNK_ROWS);
    let context = SessionContext::new_with_config(config);
    let mut columns = vec![named(WAVE), named(WEIGHT)];
    if request.unit_codes.is_some() {
        columns.push(named(UNIT));
    }
    columns.extend(request.groupings.iter().filter_map(|grouping| grouping.column.as_deref()).map(named));
    for (index, item) in request.items.iter().enumerate() {
        columns.push(item.value.clone().alias(value_name(index)));
        if let Some(per) = &item.per {
            columns.push(per.clone().alias(per_name(index)));
        }
    }
    context.read_table(Arc::new(MemTable::try_new(schema, parts)?))?.select(columns)
}

/// A column by its exact name: names are never folded to lower case.
pub(super) fn named(name: &str) -> Expr {
    Expr::Column(ColumnName::from_name(name))
}

/// Name of an item's numerator in the scanned batches.
pub(super) fn value_name(index: usize) -> String {
    format!("__y{index}")
}

/// Name of an item's denominator in the scanned batches.
pub(super) fn per_name(index: usize) -> String {
    format!("__x{index}")
}

fn with_units(
    responses: &Responses,
    request: &ScanRequest<'_>,
) -> Result<(Arc<Schema>, Vec<RecordBatch>), DataFusionError> {
    let Some(codes) = &request.unit_codes else { return Ok((responses.schema(), responses.batches.clone())) };
    let mut fields = responses.schema.fields().to_vec();
    fields.push(Arc::new(Field::new(UNIT, DataType::UInt32, false)));
    let schema = Arc::new(Schema::new(fields));
    let batches = responses
        .batches
        .iter()
        .zip(codes)
        .map(|(batch, codes)| {
            let mut columns = batch.columns().to_vec();
            columns.push(Arc::new(UInt32Array::from(codes.clone())) as ArrayRef);
            RecordBatch::try_new(Arc::clone(&schema), columns)
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok((schema, batches))
}

/// Counts everything that a stream brings.
fn consume<'a>(
    mut counter: Counter<'a>,
    mut stream: SendableRecordBatchStream,
) -> Result<Counter<'a>, DataFusionError> {
    while let Some(batch) = futures::executor::block_on(stream.next()) {
        counter.count(&batch?)?;
    }
    counter.unbundle();
    Ok(counter)
}
