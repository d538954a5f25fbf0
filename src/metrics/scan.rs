//! The one scan of the answers: every item is evaluated on every batch, and the values are counted into the answer cube.

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::Float64Type;
use datafusion::error::DataFusionError;

use crate::data::Responses;
use crate::data::table::WEIGHT;
use crate::metrics::bind::Item;
use crate::metrics::counter::{Counter, Layout};
use crate::metrics::cube::{Cube, Grouping, WeightGrid};
use crate::metrics::evaluate::Evaluator;

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
    /// Grid of the weights: that of all answers, also where those of one group are scanned.
    pub grid: WeightGrid,
}

/// Scans all answers once.
///
/// # Errors
/// An error of the engine, such as a division by zero in an integer expression.
pub fn scan(responses: &Responses, request: &ScanRequest<'_>) -> Result<Cube, DataFusionError> {
    let waves = responses.waves.len().max(1);
    let layout = Layout { waves, units: request.units, grid: request.grid, request };
    let evaluator = Evaluator::new(responses, request.items)?;
    let parts = in_parts(responses.batches.len(), |batches| {
        let mut counter = Counter::new(&layout);
        for batch in batches {
            counter.count(&evaluator, batch)?;
        }
        counter.unbundle();
        Ok(counter)
    })?;
    let mut merged = Counter::new(&layout);
    for part in &parts {
        merged.merge(part);
    }
    Ok(merged.into_cube())
}

/// Does work on contiguous runs of batches, one run a processor, and gives the results in the order of the batches.
pub(super) fn in_parts<T: Send>(
    batches: usize,
    work: impl Fn(std::ops::Range<usize>) -> Result<T, DataFusionError> + Sync,
) -> Result<Vec<T>, DataFusionError> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(batches.max(1));
    let share = batches.div_ceil(workers).max(1);
    let work = &work;
    std::thread::scope(|scope| {
        let parts: Vec<_> = (0..batches)
            .step_by(share)
            .map(|start| scope.spawn(move || work(start..batches.min(start + share))))
            .collect();
        let stopped = || DataFusionError::Execution("a scan thread stopped".to_owned());
        parts.into_iter().map(|part| part.join().unwrap_or_else(|_| Err(stopped()))).collect()
    })
}

/// The grid of the weights; one where they count where the project has none.
pub fn weight_grid(responses: &Responses) -> WeightGrid {
    if !responses.weighted {
        return WeightGrid::unweighted();
    }
    let largest = |array: &datafusion::arrow::array::ArrayRef| {
        let weights = array.as_primitive_opt::<Float64Type>()?;
        weights.iter().flatten().reduce(f64::max)
    };
    let weights = responses.batches.column_by_name(WEIGHT);
    WeightGrid::for_largest(weights.filter_map(|array| largest(&array)).fold(0.0, f64::max))
}
