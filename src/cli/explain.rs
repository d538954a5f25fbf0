//! `manyi explain`: the way of one number from the files to the page.

use std::fmt::Write as _;

use crate::cli::args::ExplainOptions;
use crate::cli::console::{Console, TextTable, push_lines};
use crate::cli::metrics::unknown_wave;
use crate::cli::models::explanation_text;
use crate::cli::{Outcome, print_json};
use crate::config::project::SURVEY;
use crate::data::table::{Step, StepKind};
use crate::diagnostics::messages::{metrics as messages, models as model_messages};
use crate::diagnostics::{Diagnostic, Diagnostics, Lang};
use crate::metrics::explain::{Explanation, explain, number, unit_suffix};
use crate::metrics::indicators::{Indicators, Located};
use crate::metrics::{Computation, MetricResults};
use crate::models::{ModelInfo, ModelResults};
use crate::pipeline::{self, Measured};

pub(crate) fn run(options: &ExplainOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let measured = {
        let _progress = console.progress("正在计算指标…", "computing the indicators …");
        pipeline::measure(&options.project, diagnostics)
    };
    if let Some(found) =
        measured.as_ref().and_then(|measured| measured.models.info(&options.metric).zip(Some(measured)))
    {
        return explain_model(found, options, console, diagnostics);
    }
    let explanation = measured.and_then(|measured| {
        let segment = parse_segment(options.segment.as_deref(), diagnostics)?;
        let located = find_metric(&measured.indicators, &measured.models, &options.metric, diagnostics)?;
        let (computation, metric) = (located.computation, located.metric);
        let wave = options.wave.as_deref().or(newest_wave(&measured.indicators, computation));
        let address = find_group(computation, wave, segment, diagnostics)?;
        let estimate = computation.results.find(&metric.info.id, wave, segment)?.clone();
        let responses = measured.tables.get(located.table)?;
        let name = segment.and_then(|group| group_name(&computation.results, group, console.lang));
        Some((explain(computation, responses, metric, address, estimate, console.lang), name))
    });
    if console.json {
        let data = serde_json::json!({ "schema": 1, "explanation": explanation.map(|(explanation, _)| explanation) });
        return print_json(console, data, diagnostics);
    }
    match explanation {
        Some((explanation, group)) => console.data(&render(console, &explanation, group.as_deref())),
        None => Ok(()),
    }
}

/// What a group is called in a language, if it is not called as it stands in the data.
fn group_name(results: &MetricResults, (column, value): (&str, &str), lang: Lang) -> Option<String> {
    let segment = results.segments.iter().find(|held| held.column == column)?;
    let (_, title) = segment.groups.iter().find(|(held, _)| held == value)?;
    Some(title.get(lang)).filter(|title| *title != value).map(str::to_owned)
}

/// A model instead of a metric.
fn explain_model(
    (info, measured): (&ModelInfo, &Measured),
    options: &ExplainOptions,
    console: &Console,
    diagnostics: &mut Diagnostics,
) -> Outcome {
    let table = info.table.as_deref().unwrap_or(SURVEY);
    let computation = measured.indicators.tables().find(|(name, _)| *name == table).map(|(_, computation)| computation);
    let found = computation.zip(measured.tables.get(table));
    let Some((computation, responses)) = found else { return Ok(()) };
    let mut find = || {
        let segment = parse_segment(options.segment.as_deref(), diagnostics)?;
        let wave = options.wave.as_deref().or(newest_wave(&measured.indicators, computation));
        find_group(computation, wave, segment, diagnostics)?;
        let found = measured.models.find(&info.id, wave, segment);
        // What has no waves stands beside the newest of the survey.
        let newest = measured.indicators.results.current_wave();
        let result = found.or_else(|| measured.models.find(&info.id, newest.filter(|_| wave.is_none()), segment));
        if result.is_none() {
            let group = options.segment.iter().map(String::as_str).chain(wave).collect::<Vec<_>>().join(", ");
            let problem = Diagnostic::error(&model_messages::MODEL_NOT_FOR_GROUP);
            diagnostics.push(problem.arg("model", &info.id).arg("group", group));
        }
        result
    };
    let result = find();
    if console.json {
        let explanation = result.map(|result| {
            serde_json::json!({ "model": info, "result": result, "files": responses.inputs, "steps": responses.steps })
        });
        let data = serde_json::json!({ "schema": 1, "explanation": explanation });
        return print_json(console, data, diagnostics);
    }
    match result {
        Some(result) => console.data(&explanation_text(console, info, result, &computation.results, responses)),
        None => Ok(()),
    }
}

#[allow(clippy::option_option, reason = "no segment, a segment, or a segment that cannot be read")]
fn parse_segment<'o>(text: Option<&'o str>, diagnostics: &mut Diagnostics) -> Option<Option<(&'o str, &'o str)>> {
    let Some(text) = text else { return Some(None) };
    match text.split_once('=') {
        Some(pair) => Some(Some(pair)),
        None => {
            diagnostics.push(Diagnostic::error(&messages::BAD_SEGMENT).arg("segment", text));
            None
        }
    }
}

/// The newest wave of the survey, if the table of the metric has it, else the newest of the table.
fn newest_wave<'c>(indicators: &'c Indicators, computation: &'c Computation) -> Option<&'c str> {
    let own = &computation.results;
    let newest = indicators.results.current_wave().filter(|wave| own.waves.iter().any(|known| known == wave));
    newest.or(own.current_wave())
}

fn find_metric<'c>(
    indicators: &'c Indicators,
    models: &ModelResults,
    id: &str,
    diagnostics: &mut Diagnostics,
) -> Option<Located<'c>> {
    let found = indicators.find_metric(id);
    if found.is_none() {
        let metrics = indicators.results.metrics.iter().map(|info| info.id.as_str());
        let known: Vec<&str> = metrics.chain(models.models.iter().map(|model| model.id.as_str())).collect();
        diagnostics.push(
            Diagnostic::error(&messages::UNKNOWN_METRIC)
                .arg("metric", id)
                .arg("known", known.join(", "))
                .suggest(id, known),
        );
    }
    found
}

fn find_group(
    computation: &Computation,
    wave: Option<&str>,
    segment: Option<(&str, &str)>,
    diagnostics: &mut Diagnostics,
) -> Option<crate::metrics::estimate::GroupAddress> {
    let results = &computation.results;
    if let Some(wave) = wave.filter(|wave| !results.waves.iter().any(|known| known == wave)) {
        diagnostics.push(unknown_wave(wave, results));
        return None;
    }
    let address = computation.address(wave, segment);
    if address.is_none() {
        let written = segment.map(|(column, value)| format!("{column}={value}")).unwrap_or_default();
        let known = known_groups(results);
        let problem = if known.is_empty() {
            Diagnostic::error(&messages::NO_SEGMENTS)
        } else {
            Diagnostic::error(&messages::UNKNOWN_SEGMENT)
                .arg("known", known.join(", "))
                .suggest(&written, known.iter().map(String::as_str))
        };
        diagnostics.push(problem.arg("segment", written));
    }
    address
}

fn known_groups(results: &MetricResults) -> Vec<String> {
    let groups = |segment: &crate::metrics::SegmentInfo| {
        segment.groups.iter().map(|(value, _)| format!("{}={value}", segment.column)).collect::<Vec<_>>()
    };
    results.segments.iter().flat_map(groups).collect()
}

fn render(console: &Console, explanation: &Explanation, group_name: Option<&str>) -> String {
    let lang = console.lang;
    let info = &explanation.metric;
    let estimate = &explanation.estimate;
    let mut text = String::new();
    let heading = |text: &mut String, zh_cn, en| {
        let _ = writeln!(text, "\n{}", console.say(zh_cn, en));
    };
    let _ = writeln!(text, "{} ({})  [{} {}]", info.title.get(lang), info.id, info.module, info.module_version);
    let _ = writeln!(text, "{}", info.definition.get(lang));
    let group = estimate.segment.iter().map(|(column, value)| format!("{column}={value}")).collect::<Vec<_>>();
    let _ = writeln!(
        text,
        "{}: {}   {}: {}",
        console.say("期", "wave"),
        estimate.wave.as_deref().unwrap_or("–"),
        console.say("分组", "group"),
        match (group.is_empty(), group_name) {
            (true, _) => console.say("总体", "total").to_owned(),
            (false, Some(name)) => format!("{} ({name})", group.join(", ")),
            (false, None) => group.join(", "),
        }
    );

    heading(&mut text, "定义", "definition");
    let _ = writeln!(text, "  {}: {}", console.say("估计方法", "estimator"), info.estimator);
    let _ = writeln!(text, "  {}: {}", console.say("取值", "of"), info.of);
    if let Some(per) = &info.per {
        let _ = writeln!(text, "  {}: {per}", console.say("分母", "per"));
    }
    let base = if info.base.is_empty() { console.say("全部应答者", "all respondents") } else { &info.base };
    let title = info.base_title.get(lang);
    let title = if title.is_empty() || title == base { String::new() } else { format!("  ({title})") };
    let _ = writeln!(text, "  {}: {base}{title}", console.say("基数", "base"));
    for mapping in &explanation.inputs {
        let _ = writeln!(text, "  {} ← {}", mapping.input, mapping.expression);
    }

    heading(&mut text, "从文件到基数", "from files to base");
    for file in &explanation.files {
        let rows = console.say("行数", "rows:");
        let _ = writeln!(text, "  {}  {rows} {}  sha256 {}", file.file, file.rows, file.sha256);
    }
    for step in &explanation.steps {
        let _ = writeln!(text, "  {:>8}  {}", step.rows, step_text(console, step));
    }
    let model = info.of.split('.').next().filter(|_| info.estimator == "model");
    if let Some(model) = model {
        let line = console.say("模型的来历见", "the way of the model:");
        let _ = writeln!(
            text,
            "  {:>8}  {}  ({line} manyi explain {model})",
            estimate.printed_n().map_or_else(|| "–".to_owned(), |n| n.to_string()),
            console.say("用于模型的完整答卷", "complete, used by the model")
        );
    } else if info.unavailable.is_none() {
        // Nothing is counted for a metric without its inputs.
        let wave = explanation.workings.n_wave;
        let _ = writeln!(text, "  {wave:>8}  {}", console.say("本期答卷", "answers of the wave"));
        let _ = writeln!(
            text,
            "  {:>8}  {}",
            estimate.printed_n().map_or_else(|| "–".to_owned(), |n| n.to_string()),
            match group.is_empty() {
                true => console.say("在基数内、已作答", "in the base, and answered"),
                false => console.say("在该组且在基数内、已作答", "in the group, in the base, and answered"),
            }
        );
    }

    if !explanation.workings.answers.is_empty() {
        heading(&mut text, "基数内的答案", "answers in the base");
        let mut table = TextTable::new(["y", "x", "n", "Σw", "Σw²"].map(str::to_owned).to_vec(), vec![true; 5]);
        const MOST: usize = 20;
        for answer in explanation.workings.answers.iter().take(MOST) {
            table.row(vec![
                number(answer.value),
                number(answer.per),
                answer.n.to_string(),
                number(answer.weight),
                number(answer.weight_squared),
            ]);
        }
        push_lines(&mut text, "  ", &table.render());
        let more = explanation.workings.answers.len().saturating_sub(MOST);
        if more > 0 {
            let _ = writeln!(
                text,
                "  … {more} {}",
                console.say("个其他取值（--json 列出全部）", "more values (all with --json)")
            );
        }
    }
    for part in &explanation.workings.parts {
        let value = part.value.map_or_else(|| "–".to_owned(), number);
        let _ = writeln!(
            text,
            "  {}: {value}  (n = {}, {} {})",
            part.metric,
            part.n,
            console.say("权重", "weight"),
            number(part.share)
        );
    }

    heading(&mut text, "计算", "computation");
    if let Some(value) = estimate.estimate {
        for line in &explanation.formulas {
            let _ = writeln!(text, "  {line}");
        }
        let _ = writeln!(text, "  → {}{}", number(value), unit_suffix(estimate.unit));
        write_contributions(console, explanation, &mut text);
    } else {
        let reason = estimate.reason.map_or("", |reason| console.reason(reason));
        let _ = writeln!(text, "  {}: {reason}", console.say("没有估计值", "no estimate"));
        if let Some(unavailable) = &info.unavailable {
            for (input, question) in &unavailable.missing_inputs {
                let _ =
                    writeln!(text, "  {} {input}: {}", console.say("缺少输入", "missing input"), question.get(lang));
            }
        }
    }
    text
}

/// What each component adds to the change of a composite since the wave before.
fn write_contributions(console: &Console, explanation: &Explanation, text: &mut String) {
    if explanation.changes.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{}", console.say("较上期变化的构成", "change since the wave before, by component"));
    let head = [
        console.say("分项", "component"),
        console.say("上期", "before"),
        console.say("本期", "now"),
        console.say("贡献", "contribution"),
    ];
    let mut table = TextTable::new(head.map(str::to_owned).to_vec(), vec![false, true, true, true]);
    for change in &explanation.changes {
        let cells = [
            format!("{:.2}", change.previous),
            format!("{:.2}", change.current),
            format!("{:+.2}", change.contribution),
        ];
        table.row(std::iter::once(change.metric.clone()).chain(cells).collect());
    }
    let total: f64 = explanation.changes.iter().map(|change| change.contribution).sum();
    let sum = console.say("合计", "total").to_owned();
    table.row(vec![sum, String::new(), String::new(), format!("{total:+.2}")]);
    push_lines(text, "  ", &table.render());
}

pub(super) fn step_text(console: &Console, step: &Step) -> String {
    let dropped = step.dropped;
    match &step.kind {
        StepKind::Read { file } => format!("{} {file}", console.say("读取", "read")),
        StepKind::Duplicates { column } => {
            format!("{} {dropped} ({column})", console.say("去除重复编号", "after dropping repeated ids:"))
        }
        StepKind::Weight { column } => {
            format!("{} {dropped} ({column})", console.say("去除无权重", "after dropping rows without weight:"))
        }
        StepKind::Wave { column } => {
            format!("{} {dropped} ({column})", console.say("去除无期次", "after dropping rows without wave:"))
        }
        StepKind::Filter { keep, reason } => {
            let reason = reason.as_ref().map(|reason| reason.get(console.lang)).unwrap_or_default();
            let reason = if reason.is_empty() { String::new() } else { format!("  ({reason})") };
            format!("{} {dropped}: {keep}{reason}", console.say("筛选去除", "after the filter dropped"))
        }
    }
}
