//! Answers that never were in a file: columns in memory, run through the plugins' metrics as a project's answers are.

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, DictionaryArray, Float64Array, Int32Array, StringArray};
use datafusion::arrow::datatypes::{DataType, Field, Int32Type, Schema};
use manyi::config::raw::{RawDesign, RawPluginUse, RawSettings};
use manyi::data::Responses;
use manyi::data::stored::Batches;
use manyi::data::table::{WAVE, WEIGHT};
use manyi::diagnostics::{Diagnostics, Location};
use manyi::metrics::bind::Binding;
use manyi::metrics::compute::{Statistics, compute_bound};
use manyi::metrics::plugin_tests::own_inputs;
use manyi::metrics::{MetricResults, SegmentInfo};
use manyi::plugins::discover;
use manyi::plugins::expressions::parse_expressions;

/// Answers as columns named after the inputs of the plugins.
pub struct Answers {
    pub columns: Vec<(&'static str, ArrayRef)>,
    /// Names of the waves and the wave of each answer.
    pub waves: Vec<String>,
    pub wave_of: Vec<i32>,
    pub weights: Vec<f64>,
}

impl Answers {
    fn responses(self) -> Responses {
        let mut fields: Vec<Field> =
            self.columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
        let mut columns: Vec<ArrayRef> = self.columns.into_iter().map(|(_, array)| array).collect();
        let names = Arc::new(StringArray::from(self.waves.clone()));
        let wave: DictionaryArray<Int32Type> = DictionaryArray::new(Int32Array::from(self.wave_of), names);
        fields.push(Field::new(WAVE, wave.data_type().clone(), false));
        columns.push(Arc::new(wave));
        fields.push(Field::new(WEIGHT, DataType::Float64, false));
        columns.push(Arc::new(Float64Array::from(self.weights)));
        let schema = Arc::new(Schema::new(fields));
        let mut batches = Batches::new(Arc::clone(&schema));
        batches.push(columns[0].len(), columns);
        Responses {
            columns: Vec::new(),
            schema,
            batches,
            waves: self.waves,
            weighted: true,
            weighting: Vec::new(),
            steps: Vec::new(),
            inputs: Vec::new(),
            newest: None,
        }
    }
}

/// Every metric of these plugins over the answers; `folder` is where plugins that are not built in lie in `plugins/`.
pub fn compute(
    plugin_ids: &[&str],
    folder: Option<&Path>,
    answers: Answers,
    segments: Vec<SegmentInfo>,
    settings: RawSettings,
    design: Option<RawDesign>,
) -> MetricResults {
    let responses = answers.responses();
    let mut diagnostics = Diagnostics::new();
    let plugins = discover(folder, &mut diagnostics);
    let mut binding = Binding::default();
    for id in plugin_ids {
        let plugin = &plugins[*id];
        let expressions = parse_expressions(plugin, &mut diagnostics);
        let inputs = own_inputs(plugin, &responses);
        binding.add_plugin(plugin, &expressions, &RawPluginUse::default(), &inputs);
    }
    let statistics = Statistics { settings, design, ..Statistics::of_cases(Location::file("manyi.yaml")) };
    let computation = compute_bound(binding, &responses, segments, statistics, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{:?}", diagnostics.iter().collect::<Vec<_>>());
    computation.unwrap().results
}
