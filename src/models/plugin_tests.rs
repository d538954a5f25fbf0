//! What `tests.yaml` expects of models: the same small tables of inputs, the values and cells that a model must give.

use crate::config::KeyPositions;
use crate::config::raw::RawPluginUse;
use crate::diagnostics::messages::{models as messages, plugins as plugin_messages};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::metrics::compute::Statistics;
use crate::metrics::plugin_tests::{self, RawCase, RawExpectation, TOLERANCE, TestOutcome, case_responses, own_inputs};
use crate::models::bind::ModelBinding;
use crate::models::compute::compute_bound_models;
use crate::models::info::ModelResult;
use crate::plugins::Plugin;

/// Runs the cases of a plugin, metrics and models.
pub fn run_plugin_tests(plugin: &Plugin, text: &str, diagnostics: &mut Diagnostics) -> TestOutcome {
    plugin_tests::run_plugin_tests(plugin, text, &check_models_of_case, diagnostics)
}

/// Computes the models that a case expects something of, without a bootstrap, and reports what differs.
fn check_models_of_case(
    plugin: &Plugin,
    case: &RawCase,
    path: &str,
    positions: &KeyPositions,
    diagnostics: &mut Diagnostics,
) {
    let is_model = |id: &String| plugin.manifest.models.iter().any(|model| model.id == *id);
    let wanted: Vec<String> = case.expect.keys().filter(|id| is_model(id)).cloned().collect();
    if wanted.is_empty() {
        return;
    }
    // A table that is no table has been reported with the metrics.
    let Some(responses) = case_responses(plugin, case) else { return };
    let inputs = own_inputs(plugin, &responses);
    let usage = RawPluginUse { models: Some(wanted), ..RawPluginUse::default() };
    let mut binding = ModelBinding::default();
    binding.add_plugin(plugin, &usage, &inputs, diagnostics);
    binding.models.iter_mut().for_each(|bound| bound.info.replicates = 0);
    let statistics = Statistics::of_cases(positions.locate(path));
    let place = |_: &str| positions.locate(path);
    // Why a model has no result is told where a case does not expect that.
    let mut found = Diagnostics::new();
    let results =
        compute_bound_models(binding, &responses, (&[], None), &statistics, &place, &mut found).unwrap_or_default();
    for (model, expected) in case.expect.iter().filter(|(id, _)| is_model(id)) {
        let key = format!("{path}.expect.{model}");
        let Some(result) = results.find(model, None, None) else {
            let problem =
                Diagnostic::error(&plugin_messages::TEST_NOT_COMPUTED).arg("case", &case.name).arg("metric", model);
            diagnostics.push(problem.at(positions.locate(&key)).key(key));
            continue;
        };
        if result.reason.is_some() && !expected.missing {
            diagnostics.extend(found.clone());
        }
        for problem in differences(case, model, expected, result) {
            diagnostics.push(problem.at(positions.locate(&key)).key(&key));
        }
    }
}

fn differences(case: &RawCase, model: &str, expected: &RawExpectation, result: &ModelResult) -> Vec<Diagnostic> {
    let tolerance = case.tolerance.unwrap_or(TOLERANCE);
    let mut problems = Vec::new();
    let mut differs = |what: &str, found: String, expected: String| {
        problems.push(
            Diagnostic::error(&plugin_messages::TEST_FAILED)
                .arg("case", &case.name)
                .arg("what", what)
                .arg("metric", model)
                .arg("found", found)
                .arg("expected", expected),
        );
    };
    if let Some(n) = expected.n.filter(|n| *n != result.n) {
        differs("n", result.n.to_string(), n.to_string());
    }
    if expected.missing && result.reason.is_none() {
        differs("reason", "null".to_owned(), "missing".to_owned());
    }
    let mut absent = Vec::new();
    let value = |id: &str| result.values.get(id).and_then(|value| value.estimate);
    let numbers = expected.values.iter().map(|(id, number)| (id, value(id), *number));
    let cells = expected.cells.iter().map(|(address, number)| (address, result.cell(address), *number));
    for (what, found, number) in numbers.chain(cells) {
        match found {
            None => absent.push(what.clone()),
            Some(found) if (found - number).abs() > tolerance * number.abs().max(1.0) => {
                differs(what, found.to_string(), number.to_string());
            }
            Some(_) => {}
        }
    }
    problems.extend(absent.into_iter().map(|what| {
        Diagnostic::error(&messages::TEST_NO_NUMBER).arg("case", &case.name).arg("model", model).arg("what", what)
    }));
    problems
}
