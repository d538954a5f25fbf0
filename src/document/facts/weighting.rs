//! Facts about weights that were made from population figures: by what, within which limits, and what came of it in each wave.

use serde_json::{Value, json};

use crate::config::raw::{MissingMargin, WeightingMethod, WeightingScope, WeightingVariance, margin_columns};
use crate::document::format;
use crate::document::material::Material;
use crate::document::method_tables::column_title;

/// The weighting, or null where the weights are given or there are none.
pub(super) fn weighting(material: &Material<'_>) -> Value {
    let Some(raw) = &material.inputs.project.raw.data.weighting else { return Value::Null };
    let margins: Vec<String> = raw.margins.keys().map(|name| margin_title(material, name)).collect();
    let waves: Vec<Value> = material
        .inputs
        .weighting
        .iter()
        .map(|held| {
            json!({
                "wave": held.wave.as_ref().map(|wave| format::wave(wave, material.lang)),
                "iterations": held.iterations,
                "smallest": format::number(held.smallest / held.mean, 2),
                "largest": format::number(held.largest / held.mean, 2),
                "trimmed": held.trimmed,
                "answers": format::count(held.answers),
                "n_eff": format::number(held.n_eff, 0),
                "design_effect": format::number(held.design_effect, 2),
            })
        })
        .collect();
    json!({
        "method": match raw.method { WeightingMethod::Rake => "rake", WeightingMethod::Poststratify => "poststratify" },
        "margins": format::list(&margins, material.lang),
        "together": raw.per == WeightingScope::All,
        "calibrated": raw.variance == WeightingVariance::Calibrated,
        "keeps_missing": raw.missing == MissingMargin::Keep,
        "start": raw.start.as_deref().map(|start| column_title(material, start)),
        "population": raw.population.map(|population| format::short_number(population, 2)),
        "low": raw.trim.and_then(|trim| trim.low).map(|low| format::short_number(low, 2)),
        "high": raw.trim.and_then(|trim| trim.high).map(|high| format::short_number(high, 2)),
        "waves": waves,
    })
}

fn margin_title(material: &Material<'_>, name: &str) -> String {
    let titles: Vec<String> = margin_columns(name).into_iter().map(|column| column_title(material, column)).collect();
    titles.join(" × ")
}
