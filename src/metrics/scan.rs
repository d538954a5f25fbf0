//! The one scan of the answers: DataFusion evaluates every item on every batch, and the values are counted into the answer
//! cube. The only place that knows DataFusion plans.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, RecordBatch, UInt32Array};
use datafusion::arrow::datatypes::{DataType, Field, Float64Type, Int32Type, Schema, UInt32Type};
use datafusion::catalog::MemTable;
use datafusion::common::Column as ColumnName;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::Expr;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;

use crate::data::Responses;
use crate::data::table::{CHUNK_ROWS, WAVE, WEIGHT};
use crate::metrics::bind::Item;
use crate::metrics::cube::{Answer, Cell, CellStore, Cube, Grouping, KeyCells, NO_GROUP, WeightGrid};

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

const UNIT: &str = "__unit";

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
            streams.into_iter().map(|stream| scope.spawn(|| Counter::new(&layout).consume(stream))).collect();
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

fn weight_grid(responses: &Responses) -> WeightGrid {
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

/// Opens one stream a worker over contiguous runs of batches: wave, weight, unit, segment columns, then the items' values.
async fn open_streams(
    responses: &Responses,
    request: &ScanRequest<'_>,
    workers: usize,
) -> Result<Vec<SendableRecordBatchStream>, DataFusionError> {
    let (schema, batches) = with_units(responses, request)?;
    let per_worker = batches.len().div_ceil(workers).max(1);
    let mut partitions: Vec<Vec<RecordBatch>> = batches.chunks(per_worker).map(<[RecordBatch]>::to_vec).collect();
    if partitions.is_empty() {
        partitions.push(Vec::new());
    }
    let config = SessionConfig::new().with_target_partitions(partitions.len()).with_batch_size(CHUNK_ROWS);
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
    let table = MemTable::try_new(schema, partitions)?;
    context.read_table(Arc::new(table))?.select(columns)?.execute_stream_partitioned().await
}

/// A column by its exact name: names are never folded to lower case.
fn named(name: &str) -> Expr {
    Expr::Column(ColumnName::from_name(name))
}

fn value_name(index: usize) -> String {
    format!("__y{index}")
}

fn per_name(index: usize) -> String {
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

/// What every counter of a scan shares.
struct Layout<'a> {
    waves: usize,
    units: usize,
    grid: WeightGrid,
    request: &'a ScanRequest<'a>,
}

/// Distinct answers of one item, numbered from 1 in the order met; 0 means outside the base.
#[derive(Default)]
struct AnswerCodes {
    answers: Vec<Answer>,
    numbers: HashMap<(u64, u64), u32>,
}

impl AnswerCodes {
    fn number(&mut self, answer: Answer) -> u32 {
        // Adding 0 turns -0 into 0, so that both are one answer.
        let key = ((answer.y + 0.0).to_bits(), (answer.x + 0.0).to_bits());
        let answers = &mut self.answers;
        *self.numbers.entry(key).or_insert_with(|| {
            answers.push(answer);
            u32::try_from(answers.len()).unwrap_or(u32::MAX)
        })
    }
}

/// Counts one partition.
struct Counter<'a> {
    layout: &'a Layout<'a>,
    items: Vec<AnswerCodes>,
    /// Joint codes of composite keys: item codes to pattern number.
    joint: Vec<HashMap<Vec<u32>, usize>>,
    joint_patterns: Vec<Vec<Vec<u32>>>,
    cells: Vec<Vec<CellStore>>,
    unit_rows: Vec<Vec<Cell>>,
}

impl<'a> Counter<'a> {
    fn new(layout: &'a Layout<'a>) -> Self {
        let request = layout.request;
        let stores = || {
            request
                .groupings
                .iter()
                .map(|grouping| CellStore::new(layout.waves * grouping.levels.len(), layout.units))
                .collect::<Vec<_>>()
        };
        Self {
            layout,
            items: request.items.iter().map(|_| AnswerCodes::default()).collect(),
            joint: request.keys.iter().map(|_| HashMap::new()).collect(),
            joint_patterns: request.keys.iter().map(|_| Vec::new()).collect(),
            cells: request.keys.iter().map(|_| stores()).collect(),
            unit_rows: vec![vec![Cell::default(); layout.units]; layout.waves],
        }
    }

    fn consume(mut self, mut stream: SendableRecordBatchStream) -> Result<Self, DataFusionError> {
        while let Some(batch) = futures::executor::block_on(stream.next()) {
            self.count(&batch?)?;
        }
        Ok(self)
    }

    fn count(&mut self, batch: &RecordBatch) -> Result<(), DataFusionError> {
        let rows = batch.num_rows();
        let waves = dictionary_codes(column(batch, WAVE)?, rows)?;
        let weights: Vec<u64> =
            floats(column(batch, WEIGHT)?)?.values().iter().map(|weight| self.layout.grid.quantize(*weight)).collect();
        let units: Vec<u32> = match batch.column_by_name(UNIT) {
            Some(units) => units.as_primitive::<UInt32Type>().values().to_vec(),
            None => vec![0; rows],
        };
        for row in 0..rows {
            self.unit_rows[waves[row] as usize][units[row] as usize].add(weights[row]);
        }
        let groups = self.groups(batch, &waves)?;
        let codes = self.codes(batch)?;
        let request = self.layout.request;
        for (key, indices) in request.keys.iter().enumerate() {
            let patterns: Vec<u32> = match indices.as_slice() {
                [item] => codes[*item].clone(),
                _ => self.joint_codes(key, indices, &codes, rows),
            };
            for (grouping, groups) in groups.iter().enumerate() {
                self.cells[key][grouping].add_batch(&patterns, groups, &units, &weights);
            }
        }
        Ok(())
    }

    /// Group of every row in every grouping.
    fn groups(&self, batch: &RecordBatch, waves: &[u32]) -> Result<Vec<Vec<u32>>, DataFusionError> {
        self.layout
            .request
            .groupings
            .iter()
            .map(|grouping| {
                let Some(name) = &grouping.column else { return Ok(waves.to_vec()) };
                let levels = u32::try_from(grouping.levels.len()).unwrap_or(u32::MAX);
                let codes = level_codes(column(batch, name)?, &grouping.levels)?;
                Ok(codes
                    .into_iter()
                    .zip(waves)
                    .map(|(level, wave)| if level == NO_GROUP { NO_GROUP } else { wave * levels + level })
                    .collect())
            })
            .collect()
    }

    /// Answer code of every row for every item.
    fn codes(&mut self, batch: &RecordBatch) -> Result<Vec<Vec<u32>>, DataFusionError> {
        let request = self.layout.request;
        let mut all = Vec::with_capacity(request.items.len());
        for (index, item) in request.items.iter().enumerate() {
            let values = floats(column(batch, &value_name(index))?)?;
            let per = match item.per {
                Some(_) => Some(floats(column(batch, &per_name(index))?)?),
                None => None,
            };
            let codes = &mut self.items[index];
            let mut last: Option<(f64, f64, u32)> = None;
            let numbered = (0..values.len()).map(|row| {
                let x = match per {
                    Some(per) if per.is_null(row) => return 0,
                    Some(per) => per.value(row),
                    None => 1.0,
                };
                let y = values.value(row);
                if values.is_null(row) || y.is_nan() || x.is_nan() {
                    return 0;
                }
                match last {
                    Some((last_y, last_x, code)) if last_y == y && last_x == x => code,
                    _ => {
                        let code = codes.number(Answer { y, x });
                        last = Some((y, x, code));
                        code
                    }
                }
            });
            all.push(numbered.collect());
        }
        Ok(all)
    }

    /// Pattern of every row over the items of a composite; 0 where the row is outside every base.
    fn joint_codes(&mut self, key: usize, indices: &[usize], codes: &[Vec<u32>], rows: usize) -> Vec<u32> {
        let columns: Vec<&[u32]> = indices.iter().map(|item| codes[*item].as_slice()).collect();
        let mut pattern = vec![0; indices.len()];
        let mut number = |row: usize| {
            for (slot, column) in pattern.iter_mut().zip(&columns) {
                *slot = column[row];
            }
            if pattern.iter().all(|code| *code == 0) { 0 } else { self.pattern_number(key, &pattern) + 1 }
        };
        (0..rows).map(|row| u32::try_from(number(row)).unwrap_or(u32::MAX)).collect()
    }

    fn pattern_number(&mut self, key: usize, pattern: &[u32]) -> usize {
        if let Some(number) = self.joint[key].get(pattern) {
            return *number;
        }
        let number = self.joint_patterns[key].len();
        self.joint[key].insert(pattern.to_vec(), number);
        self.joint_patterns[key].push(pattern.to_vec());
        number
    }

    fn merge(&mut self, other: &Counter<'_>) {
        for (wave, rows) in other.unit_rows.iter().enumerate() {
            for (unit, cell) in rows.iter().enumerate() {
                self.unit_rows[wave][unit].merge(cell);
            }
        }
        let item_codes: Vec<Vec<u32>> = other
            .items
            .iter()
            .zip(&mut self.items)
            .map(|(theirs, ours)| theirs.answers.iter().map(|answer| ours.number(*answer)).collect())
            .collect();
        for (key, indices) in self.layout.request.keys.iter().enumerate() {
            let renumber: Vec<usize> = match indices.as_slice() {
                [item] => item_codes[*item].iter().map(|code| *code as usize - 1).collect(),
                _ => {
                    let translate = |pattern: &Vec<u32>| -> Vec<u32> {
                        pattern
                            .iter()
                            .zip(indices)
                            .map(|(code, item)| if *code == 0 { 0 } else { item_codes[*item][*code as usize - 1] })
                            .collect()
                    };
                    let patterns: Vec<Vec<u32>> = other.joint_patterns[key].iter().map(translate).collect();
                    patterns.iter().map(|pattern| self.pattern_number(key, pattern)).collect()
                }
            };
            for (ours, theirs) in self.cells[key].iter_mut().zip(&other.cells[key]) {
                ours.merge(theirs, &renumber);
            }
        }
    }

    fn into_cube(self) -> Cube {
        let items = &self.items;
        let keys = self
            .cells
            .into_iter()
            .zip(self.layout.request.keys)
            .zip(self.joint_patterns)
            .map(|((cells, indices), joint)| {
                let patterns = match indices.as_slice() {
                    [item] => items[*item].answers.iter().map(|answer| vec![Some(*answer)]).collect(),
                    _ => joint
                        .iter()
                        .map(|pattern| {
                            let answer = |(code, item): (&u32, &usize)| {
                                code.checked_sub(1).map(|code| items[*item].answers[code as usize])
                            };
                            pattern.iter().zip(indices).map(answer).collect()
                        })
                        .collect(),
                };
                KeyCells { patterns, cells }
            })
            .collect();
        Cube {
            waves: self.layout.waves,
            groupings: self.layout.request.groupings.clone(),
            grid: self.layout.grid,
            unit_rows: self.unit_rows,
            keys,
        }
    }
}

fn column<'b>(batch: &'b RecordBatch, name: &str) -> Result<&'b ArrayRef, DataFusionError> {
    batch.column_by_name(name).ok_or_else(|| DataFusionError::Internal(format!("the scan lost the column `{name}`")))
}

fn floats(array: &ArrayRef) -> Result<&Float64Array, DataFusionError> {
    array
        .as_primitive_opt::<Float64Type>()
        .ok_or_else(|| DataFusionError::Internal(format!("a value of the scan is {}", array.data_type())))
}

/// Codes of a dictionary column whose dictionary is the same in every batch.
fn dictionary_codes(array: &ArrayRef, rows: usize) -> Result<Vec<u32>, DataFusionError> {
    let dictionary = array
        .as_dictionary_opt::<Int32Type>()
        .ok_or_else(|| DataFusionError::Internal(format!("the wave of {rows} rows is {}", array.data_type())))?;
    Ok(dictionary.keys().values().iter().map(|key| u32::try_from(*key).unwrap_or(0)).collect())
}

/// Level number of every row of a segment column; [`NO_GROUP`] for missing ones.
fn level_codes(array: &ArrayRef, levels: &[String]) -> Result<Vec<u32>, DataFusionError> {
    let number = |index: usize| u32::try_from(index).unwrap_or(NO_GROUP);
    match array.data_type() {
        DataType::Dictionary(_, _) => {
            let dictionary = array.as_dictionary::<Int32Type>();
            Ok(dictionary.keys().iter().map(|key| key.map_or(NO_GROUP, |key| key.unsigned_abs())).collect())
        }
        DataType::Boolean => Ok(array.as_boolean().iter().map(|value| value.map_or(NO_GROUP, u32::from)).collect()),
        DataType::Float64 => {
            let numbers: HashMap<&str, u32> =
                levels.iter().enumerate().map(|(index, level)| (level.as_str(), number(index))).collect();
            let find = |value: f64| numbers.get(value.to_string().as_str()).copied().unwrap_or(NO_GROUP);
            Ok(floats(array)?.iter().map(|value| value.map_or(NO_GROUP, find)).collect())
        }
        other => Err(DataFusionError::Internal(format!("a segment of type {other} cannot be grouped"))),
    }
}
