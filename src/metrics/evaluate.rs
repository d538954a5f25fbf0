//! Evaluates items on the answers, batch by batch. An item that reads few columns of few distinct answers each is evaluated once
//! for every combination of them, and its rows are looked up; the others are evaluated row by row. Expressions depend on nothing
//! but the columns of a row, so both give the same values.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, DictionaryArray, Float64Array, Int8Array, Int32Array, RecordBatch,
    RecordBatchOptions, UInt32Array,
};
use datafusion::arrow::compute::{max, min, take};
use datafusion::arrow::datatypes::{DataType, Float64Type, Int8Type, Int32Type, Schema};
use datafusion::common::DFSchema;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::PhysicalExpr;

use crate::data::Responses;
use crate::data::expressions::physical;
use crate::data::table::{WAVE, WEIGHT};
use crate::metrics::bind::Item;
use crate::metrics::cube::{Answer, Grouping, NO_GROUP};

/// Most combinations of answers that an item is evaluated for beforehand.
const MOST_COMBINATIONS: usize = 4096;
/// Rows for each combination below which looking up gains nothing.
const ROWS_A_COMBINATION: usize = 4;

/// Items made ready for a table of answers.
pub(super) struct Evaluator<'a> {
    responses: &'a Responses,
    inputs: Vec<Input>,
    plans: Vec<Plan>,
    /// Columns that the expressions of rows read.
    read: Vec<usize>,
}

/// A column of few distinct answers.
struct Input {
    position: usize,
    kind: InputKind,
    /// Distinct answers and the missing one, which is the first.
    size: usize,
}

#[derive(Clone, Copy)]
enum InputKind {
    Truth,
    /// Whole numbers from this one on.
    Numbers(i8),
    Options,
}

enum Plan {
    /// The answer for every combination; inputs with the steps that their codes take among the combinations.
    Combinations { inputs: Vec<(usize, usize)>, answers: Vec<Option<Answer>> },
    /// Numerator and denominator over the columns read.
    Rows { value: Arc<dyn PhysicalExpr>, per: Option<Arc<dyn PhysicalExpr>> },
}

/// Values of an item on the rows of a batch.
pub(super) enum Values<'e> {
    /// Number of the combination of each row, and the answers by combination; `None` is outside the base.
    Combinations(Vec<u32>, &'e [Option<Answer>]),
    /// Numerators (texts where the item yields texts) and denominators.
    Rows(ArrayRef, Option<Float64Array>),
}

impl Values<'_> {
    /// The answer in a row; `None` outside the base.
    ///
    /// # Errors
    /// An item that yields texts.
    pub(super) fn answer(&self, row: usize) -> Result<Option<Answer>, DataFusionError> {
        Ok(match self {
            Self::Combinations(of_rows, answers) => answers[of_rows[row] as usize],
            Self::Rows(values, per) => answer(held(floats(values)?, row), per.as_ref().map(|per| held(per, row))),
        })
    }
}

/// The number in a row; `None` where there is none.
pub(super) fn held(array: &Float64Array, row: usize) -> Option<f64> {
    array.is_valid(row).then(|| array.value(row))
}

/// An answer as it is counted: `None` outside the base and where it is no number.
pub(super) fn answer(value: Option<f64>, per: Option<Option<f64>>) -> Option<Answer> {
    let found = Answer { y: value?, x: per.unwrap_or(Some(1.0))? };
    (!found.y.is_nan() && !found.x.is_nan()).then_some(found)
}

impl<'a> Evaluator<'a> {
    /// Prepares the items.
    ///
    /// # Errors
    /// An expression that the engine refuses.
    pub(super) fn new(responses: &'a Responses, items: &[Item]) -> Result<Self, DataFusionError> {
        let mut inputs: Vec<Input> = Vec::new();
        let mut plans: Vec<Option<Plan>> = Vec::with_capacity(items.len());
        let mut unfit: BTreeSet<usize> = BTreeSet::new();
        let mut read: BTreeSet<usize> = BTreeSet::new();
        for item in items {
            let columns = read_by(responses, item);
            let chosen =
                columns.as_ref().and_then(|columns| chosen_inputs(responses, columns, &mut inputs, &mut unfit));
            let plan = chosen.and_then(|chosen| combinations(responses, item, &inputs, chosen));
            if plan.is_none() {
                read.extend(columns.unwrap_or_default());
            }
            plans.push(plan);
        }
        let read: Vec<usize> = read.into_iter().collect();
        let schema = schema_of(responses, &read)?;
        let plans = items.iter().zip(plans).map(|(item, plan)| match plan {
            Some(plan) => Ok(plan),
            None => Ok(Plan::Rows {
                value: physical(&item.value, &schema)?,
                per: item.per.as_ref().map(|per| physical(per, &schema)).transpose()?,
            }),
        });
        Ok(Self { responses, inputs, plans: plans.collect::<Result<_, DataFusionError>>()?, read })
    }

    /// The answers that the items are evaluated on.
    pub(super) fn responses(&self) -> &Responses {
        self.responses
    }

    /// Values of all items on a batch.
    ///
    /// # Errors
    /// An error of the engine, such as a division by zero in an integer expression.
    pub(super) fn values(&self, batch: usize) -> Result<Vec<Values<'_>>, DataFusionError> {
        let rows = self.responses.batches.rows(batch);
        let codes: Vec<Vec<u8>> = self.inputs.iter().map(|input| input.codes(self.responses, batch)).collect();
        let read = match self.plans.iter().any(|plan| matches!(plan, Plan::Rows { .. })) {
            true => self.responses.batches.chosen(batch, &self.read),
            false => None,
        };
        self.plans
            .iter()
            .map(|plan| {
                Ok(match plan {
                    Plan::Combinations { inputs, answers } => {
                        let mut of_rows = vec![0_u32; rows];
                        for (input, step) in inputs {
                            let step = u32::try_from(*step).unwrap_or(u32::MAX);
                            of_rows
                                .iter_mut()
                                .zip(&codes[*input])
                                .for_each(|(slot, code)| *slot += step * u32::from(*code));
                        }
                        Values::Combinations(of_rows, answers)
                    }
                    Plan::Rows { value, per } => {
                        let read = read
                            .as_ref()
                            .ok_or_else(|| DataFusionError::Internal("the scan lost a batch".to_owned()))?;
                        let per = per.as_ref().map(|per| floats_of(per, read)).transpose()?;
                        Values::Rows(value.evaluate(read)?.into_array(rows)?, per)
                    }
                })
            })
            .collect()
    }
}

/// Number of the wave of every row of a batch.
pub(super) fn waves_of(responses: &Responses, batch: usize) -> Vec<u32> {
    let position = responses.batches.position(WAVE);
    let codes = position.map(|position| level_codes(&responses.batches.column(batch, position), &[]));
    codes.unwrap_or_else(|| vec![0; responses.batches.rows(batch)])
}

/// Weight of every row of a batch.
pub(super) fn weights_of(responses: &Responses, batch: usize) -> Float64Array {
    let position = responses.batches.position(WEIGHT);
    let column = position.map(|position| responses.batches.column(batch, position));
    let weights = column.and_then(|column| column.as_primitive_opt::<Float64Type>().cloned());
    weights.unwrap_or_else(|| Float64Array::from(vec![1.0; responses.batches.rows(batch)]))
}

/// Level of every row of a batch in a grouping; 0 for the total, [`NO_GROUP`] where there is none.
pub(super) fn levels_of(responses: &Responses, batch: usize, grouping: &Grouping) -> Vec<u32> {
    let Some(name) = &grouping.column else { return vec![0; responses.batches.rows(batch)] };
    match responses.batches.position(name) {
        Some(position) => level_codes(&responses.batches.column(batch, position), &grouping.levels),
        None => vec![NO_GROUP; responses.batches.rows(batch)],
    }
}

fn floats_of(expression: &Arc<dyn PhysicalExpr>, batch: &RecordBatch) -> Result<Float64Array, DataFusionError> {
    let array = expression.evaluate(batch)?.into_array(batch.num_rows())?;
    floats(&array).cloned()
}

pub(super) fn floats(array: &ArrayRef) -> Result<&Float64Array, DataFusionError> {
    array
        .as_primitive_opt::<Float64Type>()
        .ok_or_else(|| DataFusionError::Internal(format!("a value of the scan is {}", array.data_type())))
}

/// Level number of every row of a column that groups; [`NO_GROUP`] for missing ones. The levels of options are those of the
/// column's dictionary.
pub(super) fn level_codes(array: &ArrayRef, levels: &[String]) -> Vec<u32> {
    let number = |index: usize| u32::try_from(index).unwrap_or(NO_GROUP);
    if let Some(dictionary) = array.as_any_dictionary_opt() {
        if dictionary.values().is_empty() {
            return vec![NO_GROUP; array.len()];
        }
        let codes = dictionary.normalized_keys();
        return match dictionary.keys().nulls() {
            None => codes.into_iter().map(number).collect(),
            Some(valid) => {
                codes.into_iter().zip(valid).map(|(code, valid)| if valid { number(code) } else { NO_GROUP }).collect()
            }
        };
    }
    match array.data_type() {
        DataType::Boolean => array.as_boolean().iter().map(|value| value.map_or(NO_GROUP, u32::from)).collect(),
        DataType::Float64 => {
            let bits = levels.iter().map(|level| level.parse().ok().map(f64::to_bits));
            let numbers: HashMap<u64, u32> = bits.zip(0..).filter_map(|(bits, number)| Some((bits?, number))).collect();
            let code = |value: f64| numbers.get(&value.to_bits()).copied().unwrap_or(NO_GROUP);
            array.as_primitive::<Float64Type>().iter().map(|value| value.map_or(NO_GROUP, code)).collect()
        }
        _ => vec![NO_GROUP; array.len()],
    }
}

/// Places of the columns that an item reads; `None` if one is not there.
fn read_by(responses: &Responses, item: &Item) -> Option<Vec<usize>> {
    let mut columns = item.value.column_refs();
    columns.extend(item.per.iter().flat_map(Expr::column_refs));
    let places: Option<BTreeSet<usize>> =
        columns.into_iter().map(|column| responses.batches.position(&column.name)).collect();
    Some(places?.into_iter().collect())
}

fn schema_of(responses: &Responses, positions: &[usize]) -> Result<DFSchema, DataFusionError> {
    let fields: Vec<_> = positions.iter().map(|position| Arc::clone(&responses.schema.fields()[*position])).collect();
    DFSchema::try_from(Schema::new(fields))
}

/// The inputs for some columns, made where they are new; `None` if one has too many distinct answers.
fn chosen_inputs(
    responses: &Responses,
    columns: &[usize],
    inputs: &mut Vec<Input>,
    unfit: &mut BTreeSet<usize>,
) -> Option<Vec<usize>> {
    let mut chosen = Vec::with_capacity(columns.len());
    for &position in columns {
        if unfit.contains(&position) {
            return None;
        }
        match inputs.iter().position(|input| input.position == position) {
            Some(input) => chosen.push(input),
            None => match Input::of(responses, position) {
                Some(input) => {
                    inputs.push(input);
                    chosen.push(inputs.len() - 1);
                }
                None => {
                    unfit.insert(position);
                    return None;
                }
            },
        }
    }
    let size: usize = chosen.iter().try_fold(1_usize, |size, input| size.checked_mul(inputs[*input].size))?;
    let worth = size <= MOST_COMBINATIONS && size * ROWS_A_COMBINATION <= responses.batches.row_count();
    worth.then_some(chosen)
}

/// The item evaluated for every combination of its inputs; `None` if the engine refuses one, which may be one that no row has.
fn combinations(responses: &Responses, item: &Item, inputs: &[Input], chosen: Vec<usize>) -> Option<Plan> {
    let size: usize = chosen.iter().map(|input| inputs[*input].size).product();
    let mut steps = Vec::with_capacity(chosen.len());
    let mut columns = Vec::with_capacity(chosen.len());
    let mut step = 1;
    for &input in &chosen {
        let held = &inputs[input];
        let codes: UInt32Array = (0..size).map(|row| u32::try_from(row / step % held.size).ok()).collect();
        columns.push(take(&held.answers(responses), &codes, None).ok()?);
        steps.push((input, step));
        step *= held.size;
    }
    let positions: Vec<usize> = chosen.iter().map(|input| inputs[*input].position).collect();
    let schema = schema_of(responses, &positions).ok()?;
    let options = RecordBatchOptions::new().with_row_count(Some(size));
    let batch = RecordBatch::try_new_with_options(Arc::clone(schema.inner()), columns, &options).ok()?;
    let value = floats_of(&physical(&item.value, &schema).ok()?, &batch).ok()?;
    let per = match &item.per {
        Some(per) => Some(floats_of(&physical(per, &schema).ok()?, &batch).ok()?),
        None => None,
    };
    let answers = (0..size).map(|row| answer(held(&value, row), per.as_ref().map(|per| held(per, row)))).collect();
    Some(Plan::Combinations { inputs: steps, answers })
}

impl Input {
    /// The column, if it has few enough distinct answers in all batches.
    fn of(responses: &Responses, position: usize) -> Option<Self> {
        let batches = &responses.batches;
        let stored = || (0..batches.len()).map(|batch| batches.stored(batch, position));
        let few = usize::from(u8::MAX);
        match responses.schema.field(position).data_type() {
            DataType::Boolean => Some(Self { position, kind: InputKind::Truth, size: 3 }),
            DataType::Float64 => {
                let (mut low, mut high) = (i8::MAX, i8::MIN);
                for array in stored() {
                    let bytes: &Int8Array = array.as_primitive_opt::<Int8Type>()?;
                    low = min(bytes).map_or(low, |least| least.min(low));
                    high = max(bytes).map_or(high, |most| most.max(high));
                }
                let size = usize::try_from(i32::from(high) - i32::from(low)).map_or(0, |span| span + 1) + 1;
                (size <= few).then_some(Self { position, kind: InputKind::Numbers(low), size })
            }
            DataType::Dictionary(_, values) if **values == DataType::Utf8 => {
                let first = stored().next()?.as_any_dictionary_opt()?.values();
                let same = stored().all(|array| {
                    array
                        .as_dictionary_opt::<Int8Type>()
                        .is_some_and(|held| held.values().to_data().ptr_eq(&first.to_data()) || held.values() == first)
                });
                let size = first.len() + 1;
                (same && size <= few).then_some(Self { position, kind: InputKind::Options, size })
            }
            _ => None,
        }
    }

    /// Its answers in the order of their codes, the missing one first.
    fn answers(&self, responses: &Responses) -> ArrayRef {
        match self.kind {
            InputKind::Truth => Arc::new(BooleanArray::from(vec![None, Some(false), Some(true)])),
            InputKind::Numbers(low) => {
                let numbers =
                    std::iter::successors(Some(f64::from(low)), |number| Some(number + 1.0)).take(self.size - 1);
                Arc::new(std::iter::once(None).chain(numbers.map(Some)).collect::<Float64Array>())
            }
            InputKind::Options => {
                let options = responses.batches.stored(0, self.position).as_dictionary::<Int8Type>().values();
                let keys: Int32Array = std::iter::once(None).chain((0..).map(Some)).take(self.size).collect();
                Arc::new(DictionaryArray::<Int32Type>::new(keys, Arc::clone(options)))
            }
        }
    }

    /// Code of every row of a batch.
    fn codes(&self, responses: &Responses, batch: usize) -> Vec<u8> {
        let array = responses.batches.stored(batch, self.position);
        let masked = |codes: Vec<u8>| match array.nulls() {
            Some(valid) => codes.into_iter().zip(valid).map(|(code, valid)| if valid { code } else { 0 }).collect(),
            None => codes,
        };
        match self.kind {
            InputKind::Truth => masked(array.as_boolean().values().iter().map(|value| 1 + u8::from(value)).collect()),
            InputKind::Numbers(low) => {
                let code = |value: &i8| value.wrapping_sub(low).cast_unsigned().wrapping_add(1);
                masked(array.as_primitive::<Int8Type>().values().iter().map(code).collect())
            }
            InputKind::Options => {
                let keys = array.as_dictionary::<Int8Type>().keys();
                masked(keys.values().iter().map(|key| key.cast_unsigned().wrapping_add(1)).collect())
            }
        }
    }
}
