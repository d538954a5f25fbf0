//! `manyi check`: every problem of a project in one run. Data and metrics are looked at even if the project file has
//! problems, as long as something can be said about them.

use std::path::Path;
use std::sync::Arc;

use serde_json::json;

use crate::analysis::control_charts;
use crate::cli::args::ProjectOptions;
use crate::cli::console::Console;
use crate::cli::{Outcome, print_json};
use crate::data::load_tables;
use crate::data::weighting::WaveWeights;
use crate::diagnostics::{Diagnostics, Lang, Level};
use crate::metrics::compute;
use crate::models::ModelResults;
use crate::models::bind::bind_project;
use crate::pipeline::brand::check_brand;
use crate::pipeline::build::rehearse;
use crate::pipeline::planning::{document_date, plan_of};
use crate::pipeline::recipients::check_recipients;
use crate::pipeline::wording::check_wording;
use crate::pipeline::{self, Measured};

pub(crate) fn run(options: &ProjectOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let Examined { answers, metrics, asked, weighting } = {
        let _progress = console.progress("正在检查…", "checking …");
        examine(&options.project, diagnostics)
    };
    let errors = diagnostics.count(Level::Error);
    if console.json {
        let counts = json!({ "schema": 1, "ok": errors == 0, "answers": answers, "metrics": metrics, "asked": asked });
        let mut data = counts;
        data["weighting"] = json!(weighting);
        return print_json(console, data, diagnostics);
    }
    if let (Some(answers), Some(metrics), Some(asked), 0) = (answers, metrics, asked, errors) {
        console.talk(&match console.lang {
            Lang::ZhCn | Lang::ZhTw if asked == metrics => format!("检查通过：{answers} 份答卷，{metrics} 项指标"),
            Lang::ZhCn | Lang::ZhTw => {
                format!("检查通过：{answers} 份答卷，{metrics} 项指标中可计算 {asked} 项")
            }
            Lang::En if asked == metrics => format!("checked; answers: {answers}, metrics: {metrics}"),
            Lang::En => format!("checked; answers: {answers}, metrics: {asked} of {metrics}"),
        });
        weighting.iter().for_each(|wave| console.talk(&wave.note().text(console.lang)));
    }
    Ok(())
}

/// What could be had of a project.
#[derive(Default)]
struct Examined {
    answers: Option<usize>,
    metrics: Option<usize>,
    /// Those of the metrics whose questions the survey asked.
    asked: Option<usize>,
    weighting: Vec<WaveWeights>,
}

/// Looks at project, data, metrics and plan as far as each can be had: the number of answers and of metrics, and what the
/// weighting came to.
fn examine(folder: &Path, diagnostics: &mut Diagnostics) -> Examined {
    let mut examined = Examined::default();
    let Some(open) = pipeline::open(folder, diagnostics) else { return examined };
    check_brand(&open.project, diagnostics);
    let Some(tables) = load_tables(&open.project, diagnostics) else { return examined };
    examined.answers = Some(tables.survey.row_count());
    examined.weighting = tables.weighting().cloned().collect();
    let indicators = compute(&open.project, &open.plugins, &tables, diagnostics);
    let bound = bind_project(&open.project, &open.plugins, &tables, diagnostics);
    let Some(indicators) = indicators else { return examined };
    check_wording(&open.project, &tables, &indicators.results, diagnostics);
    let metrics = &indicators.results.metrics;
    examined.metrics = Some(metrics.len());
    examined.asked = Some(metrics.iter().filter(|metric| metric.unavailable.is_none()).count());
    let pipeline::OpenProject { project, plugins } = open;
    // Models take their time and change nothing about what is right or wrong in a plan but the order of its findings, nor in a
    // template that asks for one by its name.
    let models = bound.values().flat_map(|binding| &binding.models).map(|model| model.info.clone()).collect();
    let models = ModelResults { models, ..ModelResults::default() };
    let (plugins, tables) = (Arc::new(plugins), Arc::new(tables));
    let controls = control_charts(&project, &indicators.results, &[], diagnostics);
    let charted_groups = Arc::default();
    let measured = Measured { project, plugins, tables, indicators, models, controls, charted_groups };
    check_recipients(&measured, diagnostics);
    let date = document_date(&measured.project, &measured.tables, &mut Diagnostics::new());
    let planned = plan_of(&measured, date.as_deref(), diagnostics);
    if let Some(date) = date.filter(|_| !diagnostics.has_errors()) {
        rehearse(&measured, &planned, date, diagnostics);
    }
    examined
}
