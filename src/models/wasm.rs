//! A method that a plugin brings as a WebAssembly module: the frame goes in as columns of numbers, the declared values and tables
//! come out. The module sees every answer of the frame, unknown ones marked as such.

use std::sync::OnceLock;

use crate::diagnostics::{Localized, lang_texts};
use crate::models::{Cell, Fit, Frame, Measure, Model, ModelProblem, Row, Table, Value};
use crate::plugins::Unit;
use crate::plugins::wasm::manifest::{RawMeasure, default_row_title};
use crate::plugins::wasm::{self, Answers, Module, ModuleSpec, Sample, WasmProblem, Yields};

/// Decimals of a measure that does not say its own.
const DECIMALS: u32 = 3;

/// A module as a method. It is compiled when the first answers are there, so that declarations are checked without it.
pub struct WasmModel {
    module: OnceLock<Result<Module, WasmProblem>>,
    bytes: Vec<u8>,
    spec: ModuleSpec,
    yields: Yields,
    plugin: String,
    confidence: f64,
}

impl WasmModel {
    /// The module of a plugin, with the confidence level that it is told.
    pub fn new(plugin: &str, spec: &ModuleSpec, bytes: &[u8], confidence: f64) -> Self {
        let (module, plugin) = (OnceLock::new(), plugin.to_owned());
        Self { module, bytes: bytes.to_vec(), spec: spec.clone(), yields: spec.yields(), plugin, confidence }
    }

    fn loaded(&self) -> Result<&Module, WasmProblem> {
        let load = || Module::load(&self.bytes, self.spec.limits, wasm::default_cache_folder().as_deref());
        self.module.get_or_init(load).as_ref().map_err(WasmProblem::clone)
    }
}

impl Model for WasmModel {
    fn fit(&self, frame: &Frame, weights: &[f64]) -> Result<Fit, ModelProblem> {
        let sample = sample_of(frame, weights, self.confidence);
        let failed = |problem| ModelProblem::Module { problem, limits: self.spec.limits };
        let output = self.loaded().and_then(|module| module.compute(&sample, &self.yields)).map_err(failed)?;
        let values = output.estimates.into_iter().zip(&self.spec.values);
        let tables = output.tables.into_iter().zip(&self.spec.tables);
        Ok(Fit {
            values: values
                .map(|(found, declared)| Value {
                    measure: measure(declared),
                    number: found.value,
                    se: found.standard_error,
                    ci: found.interval,
                })
                .collect(),
            tables: tables
                .map(|(found, declared)| Table {
                    id: found.id,
                    title: declared.title.clone(),
                    row_title: declared.row_title.clone().unwrap_or_else(default_row_title),
                    measures: declared.columns.iter().map(measure).collect(),
                    rows: found.rows.into_iter().map(|row| named_row(row, frame)).collect(),
                })
                .collect(),
            notes: Vec::new(),
        })
    }

    fn cases(&self, frame: &Frame) -> Vec<bool> {
        vec![true; frame.len()]
    }

    fn method(&self) -> Localized {
        let (plugin, file) = (&self.plugin, &self.spec.file);
        Localized::PerLang(lang_texts(
            format!("插件 `{plugin}` 的模块 `{file}`"),
            format!("module `{file}` of the plugin `{plugin}`"),
        ))
    }
}

fn measure(declared: &RawMeasure) -> Measure {
    Measure {
        id: declared.id.clone(),
        title: declared.title.clone(),
        unit: declared.unit.unwrap_or(Unit::Number),
        decimals: declared.decimals.unwrap_or(DECIMALS),
        interval: declared.bootstrapped,
        stability: false,
    }
}

/// A row that has the id of an item bears its name.
fn named_row(row: wasm::Row, frame: &Frame) -> Row {
    let item = frame.items.iter().find(|item| item.id == row.id);
    Row {
        title: item.map_or_else(|| Localized::from(row.id.as_str()), |item| item.title.clone()),
        id: row.id,
        cells: row
            .cells
            .into_iter()
            .map(|cell| match cell {
                wasm::Cell::Number(number) => Cell::Number(number),
                wasm::Cell::Text(text) => Cell::Text(Localized::from(text.as_str())),
                wasm::Cell::Empty => Cell::Empty,
            })
            .collect(),
    }
}

/// The columns in declaration order, the outcome first, then the items; the further columns of an item are named `item_2`, `item_3` …
fn sample_of(frame: &Frame, weights: &[f64], confidence: f64) -> Sample {
    let column = |name: String, values: &[f64]| wasm::Column {
        name,
        answers: Answers::Numbers(values.iter().map(|value| value.is_finite().then_some(*value)).collect()),
    };
    let outcome = frame.outcome.iter().map(|outcome| column(outcome.id.clone(), &outcome.values));
    let items = frame.items.iter().flat_map(|item| {
        item.columns.iter().enumerate().map(move |(index, values)| match index {
            0 => column(item.id.clone(), values),
            _ => column(format!("{}_{}", item.id, index + 1), values),
        })
    });
    let mut stratum_of_unit = vec![0; frame.sample.units];
    for (number, stratum) in frame.sample.strata.iter().enumerate() {
        for unit in &stratum.units {
            stratum_of_unit[*unit as usize] = u32::try_from(number).unwrap_or(u32::MAX);
        }
    }
    let stratum = |unit: &u32| stratum_of_unit[*unit as usize];
    Sample {
        columns: outcome.chain(items).collect(),
        weights: weights.to_vec(),
        units: Some(frame.units.clone()),
        strata: (frame.sample.strata.len() > 1).then(|| frame.units.iter().map(stratum).collect()),
        confidence,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::models::frame::tests::plain;
    use crate::plugins::wasm::Limits;

    fn spread(value: &str) -> WasmModel {
        let id = |id: &str| RawMeasure {
            id: id.to_owned(),
            title: Localized::from("Spread"),
            unit: Some(Unit::Score),
            decimals: Some(2),
            bootstrapped: true,
        };
        let spec = ModuleSpec {
            file: "module.wasm".to_owned(),
            limits: Limits::default(),
            values: vec![id(value)],
            tables: Vec::new(),
            key_path: "models[0].wasm".to_owned(),
        };
        let module = include_bytes!("../cli/skeleton/wasm/module.wasm");
        WasmModel::new("spread", &spec, module, 0.95)
    }

    #[test]
    fn a_module_is_a_method_that_sees_unknown_answers_and_other_weights() {
        let model = spread("spread");
        let frame = plain(&[&[1.0, f64::NAN, 3.0, 5.0]], &[1.0; 4]);
        assert_eq!(model.cases(&frame), [true; 4]);
        // Squared distances 4, 0, 4 from the mean 3; with weights 1, 0 and 1 on the three: 4 and 4 over 2.
        for (weights, variance) in [([1.0; 4], 8.0 / 3.0), ([1.0, 1.0, 0.0, 1.0], 4.0)] {
            let fit = model.fit(&frame, &weights).unwrap();
            assert!((fit.values[0].number.unwrap() - f64::sqrt(variance)).abs() < 1e-15);
            assert_eq!((fit.values[0].measure.id.as_str(), fit.values[0].measure.decimals), ("spread", 2));
        }
        assert!(model.method().get(crate::diagnostics::Lang::En).contains("`module.wasm`"));
    }

    #[test]
    fn a_module_that_does_not_return_what_is_declared_has_no_fit() {
        let frame = plain(&[&[1.0, 2.0]], &[1.0; 2]);
        assert_eq!(
            spread("range").fit(&frame, &[1.0; 2]),
            Err(ModelProblem::Module {
                problem: WasmProblem::Undeclared("spread".to_owned()),
                limits: Limits::default()
            })
        );
    }

    #[test]
    fn strata_follow_from_the_units() {
        use crate::models::frame::Stratum;
        let mut frame = plain(&[&[1.0, 2.0, 3.0]], &[1.0; 3]);
        let stratum = |units: &[u32]| Stratum { name: String::new(), units: units.to_vec(), population: None };
        frame.sample =
            std::sync::Arc::new(crate::models::Sample { strata: vec![stratum(&[2]), stratum(&[0, 1])], units: 3 });
        let sample = sample_of(&frame, &[1.0; 3], 0.9);
        assert_eq!((sample.units, sample.strata), (Some(vec![0, 1, 2]), Some(vec![1, 1, 0])));
        assert_eq!((sample.columns[0].name.as_str(), sample.confidence), ("i1", 0.9));
    }
}
