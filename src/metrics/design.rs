//! The sampling design as numbers: which unit of which stratum every answer belongs to, and how large strata are.

use std::collections::BTreeMap;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type};

use crate::config::raw::{RawDesign, SingleUnit};
use crate::data::Responses;
use crate::data::table::WEIGHT;
use crate::metrics::calibration::Calibration;

/// A declared sampling design, resolved against the answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// Names of the strata; one nameless stratum where none is declared.
    pub strata: Vec<String>,
    /// Stratum of each unit.
    pub unit_stratum: Vec<usize>,
    /// The same unit in two waves is one unit, so the waves are not independent.
    pub panel: bool,
    /// True if units are clusters; else each answer is its own unit and `unit` means stratum (or its answers of weight 0).
    pub clustered: bool,
    /// Population size of each stratum in units; `None` without a finite population correction.
    pub population: Vec<Option<f64>>,
    /// What a stratum with a single unit does.
    pub single_unit: SingleUnit,
    /// What the weights were made to agree with, where standard errors take that into account.
    pub calibration: Option<Calibration>,
}

impl Default for Design {
    fn default() -> Self {
        Self {
            strata: vec![String::new()],
            unit_stratum: vec![0],
            panel: false,
            clustered: false,
            population: vec![None],
            // Without a declared design a wave of one answer has an estimate and no standard error.
            single_unit: SingleUnit::Certainty,
            calibration: None,
        }
    }
}

impl Design {
    /// The sampling unit that a unit is part of; itself, unless units are split by the margins of the weights.
    pub fn sampling_unit(&self, unit: usize) -> usize {
        self.calibration.as_ref().map_or(unit, |held| held.sampling_unit[unit])
    }

    /// One minus the sampled share of a stratum's population, the finite population correction; 1 without one.
    pub fn kept_share(&self, stratum: usize, sampled: f64) -> f64 {
        match self.population[stratum] {
            Some(population) if population > sampled => 1.0 - sampled / population,
            Some(_) => 0.0,
            None => 1.0,
        }
    }
}

/// Unit number of every row, batch by batch; `None` if there is a single unit.
pub type UnitCodes = Option<Vec<Vec<u32>>>;

/// The design and the units of the rows.
pub fn resolve_design(design: Option<&RawDesign>, responses: &Responses) -> (Design, UnitCodes) {
    let (mut design, mut codes) = declared_design(design, responses);
    if responses.weighted && !design.clustered {
        part_weightless(&mut design, &mut codes, responses);
    }
    (design, codes)
}

/// Gives the answers of weight 0 of each stratum a unit of their own: they belong to the sample but, as in R's `degf`, not to
/// the degrees of freedom, and the cells of a unit do not tell how many of its answers have weight 0.
fn part_weightless(design: &mut Design, codes: &mut UnitCodes, responses: &Responses) {
    let weightless = |column: ArrayRef| -> Vec<bool> {
        let weights = column.as_primitive_opt::<Float64Type>();
        weights.map_or_else(Vec::new, |weights| weights.values().iter().map(|weight| *weight == 0.0).collect())
    };
    if !responses.batches.column_by_name(WEIGHT).any(|column| weightless(column).contains(&true)) {
        return;
    }
    let strata = u32::try_from(design.unit_stratum.len()).unwrap_or(u32::MAX);
    let codes = codes.get_or_insert_with(|| {
        (0..responses.batches.len()).map(|batch| vec![0; responses.batches.rows(batch)]).collect()
    });
    for (codes, column) in codes.iter_mut().zip(responses.batches.column_by_name(WEIGHT)) {
        for (code, _) in codes.iter_mut().zip(weightless(column)).filter(|(_, weightless)| *weightless) {
            *code += strata;
        }
    }
    design.unit_stratum.extend_from_within(..);
}

fn declared_design(design: Option<&RawDesign>, responses: &Responses) -> (Design, UnitCodes) {
    let Some(declared) = design else { return (Design::default(), None) };
    // The unit that comes again is the cluster, or without clusters the person.
    let unit = declared.cluster.as_ref().or(declared.panel.as_ref());
    if declared.strata.is_none() && unit.is_none() && declared.fpc.is_none() {
        return (Design { single_unit: declared.single_unit, ..Design::default() }, None);
    }
    let column = |name: &Option<String>, batch: usize| -> Option<Vec<String>> {
        let position = responses.batches.position(name.as_deref()?)?;
        Some(texts(&responses.batches.column(batch, position)))
    };
    // First pass: the distinct strata and units in a fixed order, so that numbers do not depend on the order of rows.
    let mut units: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut populations: BTreeMap<String, f64> = BTreeMap::new();
    let mut rows: Vec<Vec<(String, String)>> = Vec::with_capacity(responses.batches.len());
    let fpc = declared.fpc.as_deref().and_then(|name| responses.batches.position(name));
    for index in 0..responses.batches.len() {
        let count = responses.batches.rows(index);
        let strata = column(&declared.strata, index);
        let clusters = column(&unit.cloned(), index);
        let sizes = fpc.map(|position| numbers(&responses.batches.column(index, position)));
        let mut keys = Vec::with_capacity(count);
        for row in 0..count {
            let stratum = strata.as_ref().map_or_else(String::new, |strata| strata[row].clone());
            let mut cluster = clusters.as_ref().map_or_else(String::new, |clusters| clusters[row].clone());
            if cluster.is_empty() && declared.cluster.is_none() && declared.panel.is_some() {
                // Who has no id comes once.
                cluster = format!("\u{0}{index}-{row}");
            }
            if let Some(size) = sizes.as_ref().map(|sizes| sizes[row]).filter(|size| size.is_finite()) {
                let known = populations.entry(stratum.clone()).or_insert(size);
                *known = known.max(size);
            }
            units.entry((stratum.clone(), cluster.clone())).or_insert(0);
            keys.push((stratum, cluster));
        }
        rows.push(keys);
    }
    let mut strata: Vec<String> = units.keys().map(|(stratum, _)| stratum.clone()).collect();
    strata.dedup();
    let mut unit_stratum = Vec::with_capacity(units.len());
    for (number, ((stratum, _), slot)) in units.iter_mut().enumerate() {
        *slot = u32::try_from(number).unwrap_or(u32::MAX);
        unit_stratum.push(strata.binary_search(stratum).unwrap_or(0));
    }
    let codes = rows.iter().map(|keys| keys.iter().map(|key| units[key]).collect()).collect();
    let population = strata.iter().map(|stratum| populations.get(stratum).copied()).collect();
    let resolved = Design {
        strata,
        unit_stratum,
        panel: declared.panel.is_some(),
        clustered: unit.is_some(),
        population,
        single_unit: declared.single_unit,
        calibration: None,
    };
    (resolved, Some(codes))
}

fn texts(array: &ArrayRef) -> Vec<String> {
    let plain = cast(array, &DataType::Utf8).unwrap_or_else(|_| ArrayRef::clone(array));
    match plain.as_string_opt::<i32>() {
        Some(cells) => cells.iter().map(|cell| cell.unwrap_or_default().to_owned()).collect(),
        None => vec![String::new(); array.len()],
    }
}

pub(super) fn numbers(array: &ArrayRef) -> Vec<f64> {
    let plain = cast(array, &DataType::Float64).unwrap_or_else(|_| ArrayRef::clone(array));
    match plain.as_primitive_opt::<Float64Type>() {
        Some(cells) => float_values(cells),
        None => vec![f64::NAN; array.len()],
    }
}

fn float_values(cells: &Float64Array) -> Vec<f64> {
    cells.iter().map(|cell| cell.unwrap_or(f64::NAN)).collect()
}
