//! The answer cube by plain grouped sums: COUNT and SUM over exact decimals only, so that any engine that runs a DataFusion
//! plan, a distributed one too, can make it. Slower than the scan, and equal to it to the last bit.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, RecordBatch, UInt32Array};
use datafusion::arrow::compute::cast as arrow_cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Field, Float64Type, Int64Type, Schema, UInt32Type};
use datafusion::catalog::MemTable;
use datafusion::common::Column as ColumnName;
use datafusion::dataframe::DataFrame;
use datafusion::error::DataFusionError;
use datafusion::functions::math::expr_fn::round;
use datafusion::functions_aggregate::expr_fn::{count, sum};
use datafusion::logical_expr::{Expr, cast, lit};
use datafusion::prelude::SessionContext;

use crate::data::Responses;
use crate::data::table::{WAVE, WEIGHT};
use crate::metrics::bind::Item;
use crate::metrics::cube::{Answer, Cell, CellStore, Cube, KeyCells, NO_GROUP, WeightGrid};
use crate::metrics::evaluate::level_codes;
use crate::metrics::scan::ScanRequest;

/// A weight on the grid and its square as exact decimals.
const EXACT: DataType = DataType::Decimal128(38, 0);

/// Makes the cube that [`crate::metrics::scan::scan`] makes.
///
/// # Errors
/// An error of the engine.
pub fn count_by_sums(responses: &Responses, request: &ScanRequest<'_>) -> Result<Cube, DataFusionError> {
    let grid = request.grid;
    let runtime = tokio::runtime::Builder::new_multi_thread().build().map_err(DataFusionError::IoError)?;
    runtime.block_on(async {
        let table = evaluated(responses, request)?;
        let sums = Sums { table, request, grid, waves: responses.waves.len().max(1), wave_names: &responses.waves };
        let mut keys = Vec::with_capacity(request.keys.len());
        for items in request.keys {
            keys.push(sums.key(items).await?);
        }
        let unit_rows = sums.unit_rows().await?;
        Ok(Cube { waves: sums.waves, groupings: request.groupings.clone(), grid, unit_rows, keys })
    })
}

/// Name of the column of sampling units.
const UNIT: &str = "__unit";

/// A column by its exact name: names are never folded to lower case.
fn named(name: &str) -> Expr {
    Expr::Column(ColumnName::from_name(name))
}

/// Name of an item's numerator.
fn value_name(index: usize) -> String {
    format!("__y{index}")
}

/// Name of an item's denominator.
fn per_name(index: usize) -> String {
    format!("__x{index}")
}

fn column<'b>(batch: &'b RecordBatch, name: &str) -> Result<&'b ArrayRef, DataFusionError> {
    batch.column_by_name(name).ok_or_else(|| DataFusionError::Internal(format!("the sums lost the column `{name}`")))
}

/// The table of wave, weight, unit, segment columns and the items' values.
fn evaluated(responses: &Responses, request: &ScanRequest<'_>) -> Result<DataFrame, DataFusionError> {
    let mut fields = responses.schema.fields().to_vec();
    if request.unit_codes.is_some() {
        fields.push(Arc::new(Field::new(UNIT, DataType::UInt32, false)));
    }
    let schema = Arc::new(Schema::new(fields));
    let mut batches = Vec::with_capacity(responses.batches.len());
    for index in 0..responses.batches.len() {
        let mut columns: Vec<ArrayRef> =
            (0..responses.schema.fields().len()).map(|position| responses.batches.column(index, position)).collect();
        columns.extend(
            request.unit_codes.iter().map(|codes| Arc::new(UInt32Array::from(codes[index].clone())) as ArrayRef),
        );
        batches.push(RecordBatch::try_new(Arc::clone(&schema), columns)?);
    }
    let mut columns = vec![named(WAVE), named(WEIGHT)];
    columns.extend(request.unit_codes.iter().map(|_| named(UNIT)));
    columns.extend(request.groupings.iter().filter_map(|grouping| grouping.column.as_deref()).map(named));
    for (index, Item { value, per }) in request.items.iter().enumerate() {
        columns.push(value.clone().alias(value_name(index)));
        columns.extend(per.iter().map(|per| per.clone().alias(per_name(index))));
    }
    SessionContext::new().read_table(Arc::new(MemTable::try_new(schema, vec![batches])?))?.select(columns)
}

struct Sums<'a> {
    table: DataFrame,
    request: &'a ScanRequest<'a>,
    grid: WeightGrid,
    waves: usize,
    wave_names: &'a [String],
}

impl Sums<'_> {
    /// Count, sum of weights and sum of squared weights by the given columns.
    async fn by(&self, columns: Vec<Expr>) -> Result<Vec<RecordBatch>, DataFusionError> {
        let weight = cast(round(vec![named(WEIGHT) * lit(self.grid.scale())]), EXACT);
        let squared = cast(weight.clone() * weight.clone(), EXACT);
        let sums = vec![count(lit(1)).alias("__n"), sum(weight).alias("__w"), sum(squared).alias("__ww")];
        self.table.clone().aggregate(columns, sums)?.collect().await
    }

    fn unit_column(&self) -> Option<Expr> {
        self.request.unit_codes.as_ref().map(|_| named(UNIT))
    }

    async fn unit_rows(&self) -> Result<Vec<Vec<Cell>>, DataFusionError> {
        let mut rows = vec![vec![Cell::default(); self.request.units]; self.waves];
        let columns = std::iter::once(named(WAVE)).chain(self.unit_column()).collect();
        for batch in self.by(columns).await? {
            let waves = self.waves_of(&batch)?;
            let units = units_of(&batch);
            for (row, cell) in cells_of(&batch)?.into_iter().enumerate() {
                rows[waves[row] as usize][units[row] as usize].merge(&cell);
            }
        }
        Ok(rows)
    }

    async fn key(&self, items: &[usize]) -> Result<KeyCells, DataFusionError> {
        let mut numbers: HashMap<Vec<Option<(u64, u64)>>, usize> = HashMap::new();
        let mut key = KeyCells::default();
        for grouping in &self.request.groupings {
            let mut columns = vec![named(WAVE)];
            columns.extend(self.unit_column());
            columns.extend(grouping.column.as_deref().map(named));
            for item in items {
                columns.push(named(&value_name(*item)));
                columns.extend(self.request.items[*item].per.as_ref().map(|_| named(&per_name(*item))));
            }
            let mut store = CellStore::new(self.waves * grouping.levels.len(), self.request.units);
            for batch in self.by(columns).await? {
                let waves = self.waves_of(&batch)?;
                let units = units_of(&batch);
                let levels = match &grouping.column {
                    Some(name) => positions(column(&batch, name)?, &grouping.levels)?,
                    None => vec![0; batch.num_rows()],
                };
                for (row, cell) in cells_of(&batch)?.into_iter().enumerate() {
                    let pattern = self.pattern(&batch, items, row)?;
                    if levels[row] == NO_GROUP || pattern.iter().all(Option::is_none) {
                        continue;
                    }
                    let bits =
                        pattern.iter().map(|held| held.map(|held| (held.y.to_bits(), held.x.to_bits()))).collect();
                    let next = key.patterns.len();
                    let number = *numbers.entry(bits).or_insert(next);
                    if number == next {
                        key.patterns.push(pattern);
                    }
                    let group = waves[row] as usize * grouping.levels.len() + levels[row] as usize;
                    store.cell_mut(number, group, units[row] as usize).merge(&cell);
                }
            }
            key.cells.push(store);
        }
        Ok(key)
    }

    fn waves_of(&self, batch: &RecordBatch) -> Result<Vec<u32>, DataFusionError> {
        if self.wave_names.is_empty() {
            return Ok(vec![0; batch.num_rows()]);
        }
        positions(column(batch, WAVE)?, self.wave_names)
    }

    /// The answers of one grouped row, item by item.
    fn pattern(
        &self,
        batch: &RecordBatch,
        items: &[usize],
        row: usize,
    ) -> Result<Vec<Option<Answer>>, DataFusionError> {
        let value = |name: &str| -> Result<Option<f64>, DataFusionError> {
            let cells = column(batch, name)?.as_primitive::<Float64Type>();
            Ok((!cells.is_null(row) && !cells.value(row).is_nan()).then(|| cells.value(row) + 0.0))
        };
        items
            .iter()
            .map(|item| {
                let y = value(&value_name(*item))?;
                let x = match self.request.items[*item].per {
                    Some(_) => value(&per_name(*item))?,
                    None => Some(1.0),
                };
                Ok(y.zip(x).map(|(y, x)| Answer { y, x }))
            })
            .collect()
    }
}

/// Position of every cell among `names`, by its text: grouping numbers a dictionary anew. [`NO_GROUP`] for missing ones.
fn positions(array: &ArrayRef, names: &[String]) -> Result<Vec<u32>, DataFusionError> {
    if !matches!(array.data_type(), DataType::Dictionary(..) | DataType::Utf8) {
        return Ok(level_codes(array, names));
    }
    let texts = arrow_cast(array, &DataType::Utf8)?;
    let numbers: HashMap<&str, u32> = names.iter().map(String::as_str).zip(0..).collect();
    let texts = texts.as_string::<i32>();
    Ok(texts.iter().map(|text| text.and_then(|text| numbers.get(text).copied()).unwrap_or(NO_GROUP)).collect())
}

fn units_of(batch: &RecordBatch) -> Vec<u32> {
    match batch.column_by_name(UNIT) {
        Some(units) => units.as_primitive::<UInt32Type>().values().to_vec(),
        None => vec![0; batch.num_rows()],
    }
}

fn cells_of(batch: &RecordBatch) -> Result<Vec<Cell>, DataFusionError> {
    let counts = column(batch, "__n")?.as_primitive::<Int64Type>();
    let (weights, squares) = (decimals(column(batch, "__w")?), decimals(column(batch, "__ww")?));
    let exact = |cells: &Decimal128Array, row: usize| u128::try_from(cells.value(row)).unwrap_or_default();
    Ok((0..batch.num_rows())
        .map(|row| Cell {
            count: u64::try_from(counts.value(row)).unwrap_or_default(),
            weight: exact(weights, row),
            weight_squared: exact(squares, row),
        })
        .collect())
}

fn decimals(array: &ArrayRef) -> &Decimal128Array {
    array.as_primitive::<Decimal128Type>()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use datafusion::arrow::array::{BooleanArray, DictionaryArray, Float64Array, Int32Array, StringArray};
    use datafusion::functions::core::expr_fn::coalesce;
    use datafusion::logical_expr::{col, when};
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::data::stored::Batches;
    use crate::metrics::cube::Grouping;
    use crate::metrics::scan::{scan, weight_grid};

    fn dictionary(codes: Vec<Option<i32>>, values: &[&str]) -> ArrayRef {
        let values = Arc::new(StringArray::from(values.to_vec()));
        Arc::new(DictionaryArray::new(Int32Array::from(codes), values))
    }

    fn responses(rows: usize, batches: usize) -> Responses {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let text = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let schema = Arc::new(Schema::new(vec![
            Field::new("praise", DataType::Float64, true),
            Field::new("aware", DataType::Boolean, true),
            Field::new("spend", DataType::Float64, true),
            Field::new("shop", text.clone(), true),
            Field::new(WAVE, text, false),
            Field::new(WEIGHT, DataType::Float64, false),
        ]));
        let mut batch = || {
            let mut some = |share: f64| random.random_bool(share);
            let missing: Vec<bool> = (0..rows * 4).map(|_| some(0.1)).collect();
            let held = |column: usize, row: usize| !missing[column * rows + row];
            let praise: Float64Array =
                (0..rows).map(|row| held(0, row).then(|| f64::from(random.random_range(1..=5)))).collect();
            let aware: BooleanArray = (0..rows).map(|row| held(1, row).then(|| random.random_bool(0.7))).collect();
            let spend: Float64Array =
                (0..rows).map(|row| held(2, row).then(|| random.random_range(0.0..99.0))).collect();
            let shop = (0..rows).map(|row| held(3, row).then(|| random.random_range(0..3))).collect();
            let wave = (0..rows).map(|_| Some(random.random_range(0..2))).collect();
            let weight: Float64Array = (0..rows).map(|_| Some(random.random_range(0.2..9.0))).collect();
            let columns: Vec<ArrayRef> = vec![
                Arc::new(praise),
                Arc::new(aware),
                Arc::new(spend),
                dictionary(shop, &["a", "b", "c"]),
                dictionary(wave, &["1", "2"]),
                Arc::new(weight),
            ];
            columns
        };
        let mut held = Batches::new(Arc::clone(&schema));
        (0..batches).for_each(|_| held.push(rows, batch()));
        Responses {
            columns: Vec::new(),
            batches: held,
            schema,
            waves: vec!["1".to_owned(), "2".to_owned()],
            weighted: true,
            weighting: Vec::new(),
            steps: Vec::new(),
            inputs: Vec::new(),
            newest: None,
        }
    }

    /// Cells by what they are about instead of by the order in which answers were met.
    fn canonical(cube: &Cube) -> Vec<String> {
        let mut cells = Vec::new();
        for (key, held) in cube.keys.iter().enumerate() {
            for (grouping, store) in held.cells.iter().enumerate() {
                store.for_each(|pattern, group, unit, cell| {
                    cells.push(format!("{key} {grouping} {group} {unit} {:?} {cell:?}", held.patterns[pattern]));
                });
            }
        }
        cells.sort();
        cells.push(format!("{:?}", cube.unit_rows));
        cells
    }

    #[test]
    fn grouped_sums_and_the_scan_agree_to_the_last_bit() {
        let responses = responses(500, 5);
        let number = |expression: Expr| cast(expression, DataType::Float64);
        let items = [
            Item { value: number(col("praise").gt_eq(lit(4.0))), per: None },
            Item { value: number(col("aware")), per: None },
            Item { value: col("spend"), per: Some(col("praise")) },
            Item { value: col("praise"), per: None },
            // Of three columns of few answers: looked up instead of evaluated.
            Item { value: when(col("shop").eq(lit("a")).and(col("aware")), col("praise")).end().unwrap(), per: None },
            Item { value: col("praise") * lit(0.1), per: Some(coalesce(vec![number(col("aware")), lit(0.5)])) },
        ];
        let keys = [vec![0], vec![1], vec![2], vec![3], vec![4], vec![5], vec![0, 1], vec![0, 1, 2, 4]];
        let unit_codes = Some((0..5).map(|batch| (0..500).map(|row| (row + batch) % 3).collect()).collect());
        let request = ScanRequest {
            items: &items,
            keys: &keys,
            groupings: vec![
                Grouping { column: None, levels: vec![String::new()] },
                Grouping { column: Some("shop".to_owned()), levels: ["a", "b", "c"].map(str::to_owned).to_vec() },
            ],
            units: 3,
            unit_codes,
            grid: weight_grid(&responses),
        };
        let (scanned, summed) = (scan(&responses, &request).unwrap(), count_by_sums(&responses, &request).unwrap());
        let (scanned, summed) = (canonical(&scanned), canonical(&summed));
        assert!(scanned.len() > 1000, "the case is too small to mean anything");
        assert!(scanned == summed);
    }
}
