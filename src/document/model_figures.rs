//! Charts of models: drivers, importance against performance, Kano coefficients. In: the id of a model. Out: the chart of its
//! result for all answers of the newest wave, none without one.

use crate::charts::{Chart, ChartKind, DriverRow, Drivers, Emphasis, Mark, Plane, PlanePoint, Quadrant, Quadrants};
use crate::document::figures::{Drawn, alt_text};
use crate::document::format;
use crate::document::material::Material;
use crate::document::share_figures::lorenz;
use crate::document::{axes, tables::note};
use crate::metrics::Unit;
use crate::models::info::RowResult;
use crate::models::{ModelInfo, ModelResult};

/// Chart of a model by its method. None for methods without one of their own.
pub fn model(material: &Material<'_>, id: &str) -> Option<Drawn> {
    let info = material.inputs.models.info(id)?;
    let result = material.inputs.models.find(id, material.results().current_wave(), None)?;
    match info.method.as_str() {
        "relative_weights" | "shapley" => drivers(material, info, result),
        "importance_performance" => quadrants(material, info, result),
        "kano" => kano(material, info, result),
        "concentration" => lorenz(material, id),
        _ => None,
    }
}

/// A number of a row with the ends of its interval, as charts take them.
fn number(row: &RowResult, measure: &str) -> Option<(f64, Option<(f64, f64)>)> {
    row.number(measure).map(|(value, interval)| (value, interval.map(|[low, high]| (low, high))))
}

fn drawn(material: &Material<'_>, info: &ModelInfo, result: &ModelResult, kind: ChartKind, items: &[String]) -> Drawn {
    let title = info.title.get(material.lang);
    let alt = alt_text(material, "alt_bar", title, items, None);
    let mut notes = vec![note(material.fill_or(
        "note_model_base",
        &[("n", &format::count(result.n))],
        "基数：{n} 份答卷。",
        "Base: {n} answers.",
    ))];
    if result.bootstrap.is_some() {
        notes.push(note(material.words.fill("note_whiskers", &[("level", &material.confidence())])));
    }
    Drawn { chart: Chart { kind, alt }, notes }
}

/// Importance of the items, the most important first, with their means.
fn drivers(material: &Material<'_>, info: &ModelInfo, result: &ModelResult) -> Option<Drawn> {
    let table = result.tables.iter().find(|table| table.measures.iter().any(|measure| measure.id == "share"))?;
    let mut rows: Vec<(f64, DriverRow)> = table
        .rows
        .iter()
        .filter_map(|row| {
            let (share, interval) = number(row, "share")?;
            Some((
                share,
                DriverRow {
                    name: row.title.get(material.lang).to_owned(),
                    value: Some(share),
                    interval,
                    label: format::value_with_unit(share, Unit::Percent, material.lang),
                    emphasis: Emphasis::Plain,
                    small_base: result.flagged,
                    performance: None,
                    performance_label: String::new(),
                    performance_emphasis: Emphasis::Plain,
                },
            ))
        })
        .collect();
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut rows: Vec<DriverRow> = rows.into_iter().map(|(_, row)| row).collect();
    rows.first_mut()?.emphasis = Emphasis::Accent;
    let equal = 100.0 / rows.len() as f64;
    let ends = rows.iter().flat_map(|row| row.interval.map(|held| held.1).into_iter().chain(row.value));
    let axis = axes::from_zero(ends.chain([equal]), Unit::Percent, material.lang);
    let items: Vec<String> = rows.iter().map(|row| format!("{} {}", row.name, row.label)).collect();
    let title = material.fill_or(
        "driver_title",
        &[("of", info.of_title.get(material.lang))],
        "对“{of}”的相对重要性",
        "share in explaining “{of}”",
    );
    let reference =
        Mark { value: equal, label: material.word_or("driver_equal", "若各项相同", "if all were equal") };
    let kind = ChartKind::Drivers(Drivers {
        rows,
        axis,
        importance_title: title,
        reference: Some(reference),
        performance: None,
    });
    Some(drawn(material, info, result, kind, &items))
}

/// Performance to the right, importance upwards.
fn quadrants(material: &Material<'_>, info: &ModelInfo, result: &ModelResult) -> Option<Drawn> {
    let lang = material.lang;
    let cut = |id: &str| result.values.get(id).and_then(|value| value.estimate);
    let (x_cut, y_cut) = (cut("performance_cut")?, cut("importance_cut")?);
    let table = result.tables.iter().find(|table| table.measures.iter().any(|held| held.id == "quadrant"))?;
    let percent = table.measures.iter().any(|held| held.id == "importance" && held.unit == Unit::Percent);
    let importance_unit = if percent { Unit::Percent } else { Unit::Score };
    let mut points = Vec::new();
    for row in &table.rows {
        let (Some((x, x_interval)), Some((y, y_interval))) = (number(row, "performance"), number(row, "importance"))
        else {
            continue;
        };
        let bad = x < x_cut && y >= y_cut;
        points.push(PlanePoint {
            name: row.title.get(lang).to_owned(),
            x: Some(x),
            y: Some(y),
            x_interval,
            y_interval,
            label: format!("{} / {}", format::number(x, 2), format::value(y, importance_unit)),
            emphasis: if bad { Emphasis::Bad } else { Emphasis::Plain },
            small_base: result.flagged,
        });
    }
    if points.is_empty() {
        return None;
    }
    points.sort_by_key(|point| point.emphasis != Emphasis::Bad);
    let span = |interval: Option<(f64, f64)>, value: Option<f64>| {
        interval.map(|(low, high)| [low, high]).into_iter().flatten().chain(value).collect::<Vec<_>>()
    };
    let xs = points.iter().flat_map(|point| span(point.x_interval, point.x)).chain([x_cut]);
    let ys = points.iter().flat_map(|point| span(point.y_interval, point.y)).chain([y_cut]);
    let (x_axis, y_axis) = (axes::around(xs, Unit::Score, lang), axes::around(ys, importance_unit, lang));
    let field = |key: &str, zh: &str, en: &str, emphasis| Quadrant { name: material.word_or(key, zh, en), emphasis };
    let items: Vec<String> = points.iter().map(|point| format!("{} {}", point.name, point.label)).collect();
    let named = |value: f64, unit: Unit| Mark { value, label: format::value(value, unit) };
    let kind = ChartKind::Ipa(Plane {
        x_axis,
        y_axis,
        x_title: material.word_or("ipa_performance", "表现", "performance"),
        y_title: material.word_or("ipa_importance", "重要性", "importance"),
        x_cut: Some(named(x_cut, Unit::Score)),
        y_cut: Some(named(y_cut, importance_unit)),
        quadrants: Quadrants {
            top_left: field("ipa_fix", "优先改进", "concentrate here", Emphasis::Bad),
            top_right: field("ipa_keep", "继续保持", "keep up", Emphasis::Accent),
            bottom_left: field("ipa_low", "次要", "low priority", Emphasis::Plain),
            bottom_right: field("ipa_over", "可能过度", "possible overkill", Emphasis::Plain),
        },
        points,
    });
    Some(drawn(material, info, result, kind, &items))
}

/// Dissatisfaction where a feature is missing to the right, satisfaction where it is there upwards.
fn kano(material: &Material<'_>, info: &ModelInfo, result: &ModelResult) -> Option<Drawn> {
    let lang = material.lang;
    let table = result.tables.iter().find(|table| table.measures.iter().any(|held| held.id == "better"))?;
    let points: Vec<PlanePoint> = table
        .rows
        .iter()
        .filter_map(|row| {
            let ((better, y_interval), (worse, worse_interval)) = (number(row, "better")?, number(row, "worse")?);
            Some(PlanePoint {
                name: row.title.get(lang).to_owned(),
                x: Some(-worse),
                y: Some(better),
                x_interval: worse_interval.map(|(low, high)| (-high, -low)),
                y_interval,
                label: format!("{} / {}", format::number(worse, 2), format::number(better, 2)),
                emphasis: Emphasis::Plain,
                small_base: result.flagged,
            })
        })
        .collect();
    if points.is_empty() {
        return None;
    }
    let axis = || axes::from_zero([0.0, 1.0].into_iter(), Unit::Number, lang);
    let field = |key: &str, zh: &str, en: &str, emphasis| Quadrant { name: material.word_or(key, zh, en), emphasis };
    let half = || Some(Mark { value: 0.5, label: "0.5".to_owned() });
    let items: Vec<String> = points.iter().map(|point| format!("{} {}", point.name, point.label)).collect();
    let kind = ChartKind::KanoMap(Plane {
        x_axis: axis(),
        y_axis: axis(),
        x_title: material.word_or("kano_worse", "不满意系数（绝对值）", "worse (absolute)"),
        y_title: material.word_or("kano_better", "满意系数", "better"),
        x_cut: half(),
        y_cut: half(),
        quadrants: Quadrants {
            top_left: field("kano_attractive", "魅力", "attractive", Emphasis::Accent),
            top_right: field("kano_one_dimensional", "期望", "one-dimensional", Emphasis::Plain),
            bottom_left: field("kano_indifferent", "无差异", "indifferent", Emphasis::Plain),
            bottom_right: field("kano_must_be", "必备", "must-be", Emphasis::Bad),
        },
        points,
    });
    Some(drawn(material, info, result, kind, &items))
}
