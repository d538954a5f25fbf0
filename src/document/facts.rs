//! The context of the templates: everything a sentence may need, as JSON with every number, date and name formatted for the
//! language. Templates choose words; they never calculate.

mod indicators;
mod planning;
mod weighting;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::analysis::{FindingKind, Severity};
use crate::config::raw::ControlChart;
use crate::diagnostics::{Lang, Localized};
use crate::document::builder::period_text;
use crate::document::material::Material;
use crate::document::model_tables;
use crate::document::pack::DETAILS;
use crate::document::{banner_tables, finding_tables, format, forms, quote_tables};

/// The facts of a document. Keys that have nothing to say are null, never absent.
pub fn facts(material: &Material<'_>) -> Value {
    let lang = material.lang;
    let results = material.results();
    let inputs = &material.inputs;
    let about = &inputs.project.raw.project;
    let settings = &inputs.project.raw.settings;
    let segments = indicators::segments(material);
    let waves: Vec<String> = results.waves.iter().map(|wave| format::wave(wave, lang)).collect();
    let wave_answers: Vec<Value> = inputs
        .wave_answers
        .iter()
        .map(|(wave, n)| json!({ "wave": format::wave(wave, lang), "answers": format::count(*n) }))
        .collect();
    json!({
        "lang": lang.tag(),
        "detail": DETAILS[0],
        "project": {
            "title": about.title.get(lang),
            "subtitle": text(about.subtitle.as_ref(), lang),
            "client": text(about.client.as_ref(), lang),
            "planner": text(about.planner.as_ref(), lang),
            "survey": text(about.survey.as_ref(), lang),
            "date": inputs.date,
            "date_text": format::date_text(inputs.date, lang),
            "period": period_text(material),
        },
        "subject": inputs.subject.map(|subject| json!({
            "column": subject.column,
            "value": subject.value,
            "title": subject.title.get(lang),
            "parameters": parameters(&subject.parameters, lang),
        })),
        "wave": {
            "current": results.current_wave().map(|wave| format::wave(wave, lang)),
            "previous": results.previous_wave().map(|wave| format::wave(wave, lang)),
            "all": waves,
            "count": results.waves.len(),
        },
        "responses": {
            "total": format::count(inputs.answers),
            "of_all": format::count(inputs.answers_of_all),
            "by_wave": wave_answers,
            "current": inputs.wave_answers.last().map_or(inputs.answers, |(_, n)| *n),
            "current_text": format::count(inputs.wave_answers.last().map_or(inputs.answers, |(_, n)| *n)),
            "weighted": inputs.weighted,
            "weighting": weighting::weighting(material),
            "files": inputs.files.len(),
            "dropped": inputs.steps.iter().map(|step| step.dropped).sum::<u64>(),
            "dropped_text": format::count(inputs.steps.iter().map(|step| step.dropped).sum()),
        },
        "settings": {
            "confidence": material.confidence(),
            "alpha": format::short_number(1.0 - settings.confidence, 4),
            "correction": material.correction(),
            "suppress_below": format::short_number(settings.suppress_below, 0),
            "flag_below": format::short_number(settings.flag_below, 0),
            "design": inputs.project.raw.data.design.as_ref().map(|design| json!({
                "strata": design.strata, "cluster": design.cluster, "fpc": design.fpc,
            })),
            "control": control(material),
            "good_colour": inputs.tones.good.word(material.lang),
            "bad_colour": inputs.tones.bad.word(material.lang),
            "proportion_interval": serde_json::to_value(settings.proportion_interval).unwrap_or_default(),
        },
        "indicators": indicators::list(material, &material.headline()),
        "lead": indicators::list(material, &material.lead()),
        "rest": indicators::rest(material),
        "others": material.others().iter().filter(|held| held.has_value()).count(),
        "metrics": indicators::by_id(material),
        "overall": material.overall().map(|held| indicators::indicator(material, held)),
        "problem": indicators::problem(material),
        "findings": indicators::findings(material),
        "first_segment": segments.first(),
        "segments": segments,
        "answer_sets": indicators::distribution_sets(material),
        "lowest_answer": indicators::lowest_answer(material),
        "missing": indicators::missing(material),
        "models": model_tables::facts(material),
        "plan": planning::plan(material),
        "urgent": planning::urgent(material),
        "matters": planning::matters(material),
        "more_findings": finding_tables::others(material).len(),
        "banners": banner_tables::facts(material),
        "voices": quote_tables::facts(material),
        "forms": forms::facts(material),
        "has": has(material),
    })
}

/// How control charts are made, where a signal of one is among the findings; else null.
fn control(material: &Material<'_>) -> Option<Value> {
    let control = &material.inputs.project.raw.runs.as_ref()?.control;
    let signals = material.inputs.planned.findings.iter().filter(|held| held.kind.is_control());
    let charts: Vec<_> = signals.filter_map(|held| control.metrics.get(held.metric.as_deref()?)).collect();
    (!charts.is_empty()).then(|| {
        json!({
            "xmr": charts.contains(&&ControlChart::Xmr),
            "p": charts.contains(&&ControlChart::P),
            "rules": control.rules,
        })
    })
}

/// What there is.
fn has(material: &Material<'_>) -> Value {
    let (lang, inputs, results) = (material.lang, &material.inputs, material.results());
    json!({
        "waves": results.waves.len() > 1,
        "quotes": quote_tables::quotes(material, None).is_some(),
        "themes": quote_tables::themes(material, None, None).is_some(),
        "segments": indicators::has_group_values(material),
        "whole": inputs.whole.is_some(),
        "benchmarks": material.summaries.iter().any(|held| !held.benchmarks.is_empty()),
        "targets": material.summaries.iter().any(|held| held.target.is_some()),
        "values": material.headline().iter().any(|held| held.has_value()),
        "plan": !material.plan.is_empty(),
        "findings": material
            .inputs
            .planned
            .findings
            .iter()
            .any(|held| !matches!(held.kind, FindingKind::Keep | FindingKind::JustShort)),
        "pressing": material.inputs.planned.findings.iter().any(|held| {
            held.kind.calls_for_plan() && held.kind != FindingKind::Integrity && held.severity != Severity::Low
        }),
        "reach": material.plan.objectives.iter().any(|held| held.reach.is_some()),
        "sensitivity": !material.inputs.planned.finance.swings.is_empty(),
        "swot": material.inputs.planned.swot.is_some(),
        "shared_people": material.inputs.planned.calendar.people.iter().any(|held| held.actions.len() > 1),
        "composite": material.summaries.iter().any(|held| held.info.estimator == "composite" && held.has_value()),
        "inputs": inputs.project.raw.plugins.values().any(|held| !held.inputs.is_empty()),
        "steps": !inputs.steps.is_empty(),
        "questions": inputs.columns.iter().any(|column| !column.title.get(lang).is_empty()),
        "trace": material.plan.objectives.iter().any(|objective| {
            objective.strategies.iter().any(|&index| {
                material.plan.strategies.get(index).is_some_and(|strategy| !strategy.actions.is_empty())
            })
        }),
    })
}

/// The parameters of a document in the language.
fn parameters(held: &BTreeMap<String, Localized>, lang: Lang) -> BTreeMap<&str, &str> {
    held.iter().map(|(name, text)| (name.as_str(), text.get(lang))).collect()
}

/// A text of the language, or null where there is none.
fn text(held: Option<&Localized>, lang: Lang) -> Option<&str> {
    held.map(|text| text.get(lang)).filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::document::figures;
    use crate::document::fixtures::{self, Canteen};

    fn with_charts(charts: Value) -> Canteen {
        let mut canteen = Canteen::new();
        let runs = json!({
            "timezone": "Asia/Shanghai",
            "control": { "metrics": charts, "least": 2, "baseline": ["2026-09", "2026-10"] },
        });
        canteen.project.raw.runs = Some(serde_json::from_value(runs).unwrap());
        canteen
    }

    /// Complaints of 14.2% miss their target of 8% and lie above the upper limit: two findings, and one item that says the value once.
    #[test]
    fn what_matters_says_the_value_of_an_indicator_once() {
        let pack = fixtures::pack();
        let canteen = with_charts(json!({ "complaint_rate": "p" }));
        let told = facts(&Material::new(canteen.inputs(), &pack, Lang::En));
        let about = |name: &str| -> Vec<String> {
            let items = told[name].as_array().unwrap().iter();
            let items = items.filter(|held| held["metric"] == "complaint_rate");
            items.map(|held| held["sentence"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(about("urgent").len(), 2, "{:?}", about("urgent"));
        let items = about("matters");
        assert_eq!(items.len(), 1, "{items:?}");
        let item = &items[0];
        let material = Material::new(canteen.inputs(), &pack, Lang::En);
        let complaints = material.summary("complaint_rate").unwrap();
        let notes = figures::trend(&material, &[complaints], 12).unwrap().notes;
        let last = format!("{:?}", notes.last().unwrap());
        assert!(last.contains("Control chart: centre 9.7, limits "), "the limits stand under the course: {last}");
        assert_eq!(item.matches("14.2%").count(), 1, "{item}");
        assert!(
            item.contains("misses the target of 8.0% by 6.2 percentage points; on its control chart, above"),
            "{item}"
        );
    }

    /// Complaints of 9.1% and 10.3% give a centre of 9.7% and, with 842 effective answers, an upper limit of 9.7 + 3 × 1.02 = 12.8%;
    /// 14.2% lies above.
    #[test]
    fn how_control_charts_are_made_is_told_where_one_signals() {
        let pack = fixtures::pack();
        let told =
            |canteen: &Canteen| facts(&Material::new(canteen.inputs(), &pack, Lang::En))["settings"]["control"].clone();
        let mut canteen = Canteen::new();
        assert_eq!(told(&canteen), Value::Null);
        let runs = json!({
            "timezone": "Asia/Shanghai",
            "control": { "metrics": { "complaint_rate": "p", "reputation": "xmr" }, "least": 2, "baseline": ["2026-09", "2026-10"] },
        });
        canteen = Canteen::new();
        canteen.project.raw.runs = Some(serde_json::from_value(runs).unwrap());
        // Reputation of 72.1% and 73.2%: σ = 1.1 / 1.128 = 0.98, upper limit 75.6%, and 76.4% lies above that.
        assert_eq!(told(&canteen), json!({ "xmr": true, "p": true, "rules": "western-electric" }));
        canteen = Canteen::new();
        let runs = json!({
            "timezone": "Asia/Shanghai",
            "control": { "metrics": { "complaint_rate": "p" }, "least": 2, "baseline": ["2026-09", "2026-10"], "rules": "nelson" },
        });
        canteen.project.raw.runs = Some(serde_json::from_value(runs).unwrap());
        assert_eq!(told(&canteen), json!({ "xmr": false, "p": true, "rules": "nelson" }));
    }
}
