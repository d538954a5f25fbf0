//! The tables of a path model: constructs with their indices, paths, total effects, weights and loadings, and whether the
//! constructs stand apart.

use crate::diagnostics::{Lang, Localized, lang_texts};
use crate::models::methods::pls::PathModel;
use crate::models::pls::{ConstructFit, Fit as Estimated, Moments, Note};
use crate::models::{Cell, Fit, Frame, Measure, Row, Table, Value};

/// Everything that the estimation says, as values and tables.
pub(super) fn tables(model: &PathModel, found: &Estimated, moments: &Moments, frame: &Frame) -> Fit {
    let tables = vec![
        constructs(model, found),
        paths(model, found),
        effects(model, found),
        items(model, found, moments, frame),
        apart(
            model,
            "fornell_larcker",
            ["构念间相关（对角线为 AVE 的平方根）", "Correlations of constructs (diagonal: root of AVE)"],
            &found.fornell_larcker(),
        ),
        apart(
            model,
            "heterotrait_monotrait",
            ["HTMT 比率", "Heterotrait-monotrait ratios"],
            &found.heterotrait_monotrait,
        ),
    ];
    Fit { values: values(model, found), tables, notes: notes(model, found, frame) }
}

fn values(model: &PathModel, found: &Estimated) -> Vec<Value> {
    let mut values = Vec::new();
    for ((id, title), construct) in model.names.iter().zip(&found.constructs) {
        let named = |measure: Measure, zh: &str, en: &str| Measure {
            title: Localized::PerLang(lang_texts(
                format!("{}{zh}", title.get(Lang::ZhCn)),
                format!("{}: {en}", title.get(Lang::En)),
            )),
            ..measure
        };
        let index = Measure::new(&format!("index_{id}"), "", "").decimals(1).with_interval();
        values.push(named(index, "指数", "index").value(construct.index.as_ref().map(|index| index.value)));
        if let Some(explained) = construct.r_squared {
            let r2 = Measure::new(&format!("r2_{id}"), "", "").with_interval();
            values.push(named(r2, " R²", "R²").value(explained.plain));
        }
    }
    values
}

fn constructs(model: &PathModel, found: &Estimated) -> Table {
    let cells = |construct: &ConstructFit| {
        let held = construct.reliability;
        vec![
            Cell::from(construct.index.as_ref().map(|index| index.value)),
            Cell::from(construct.r_squared.map(|explained| explained.plain)),
            Cell::from(construct.r_squared.and_then(|explained| explained.adjusted)),
            Cell::from(held.map(|held| held.alpha)),
            Cell::from(held.and_then(|held| held.rho_a)),
            Cell::from(held.map(|held| held.rho_c)),
            Cell::from(held.map(|held| held.average_variance)),
        ]
    };
    Table {
        id: "constructs".to_owned(),
        title: Localized::PerLang(lang_texts("构念", "Constructs")),
        row_title: Localized::PerLang(lang_texts("构念", "construct")),
        measures: vec![
            Measure::new("index", "指数", "index").decimals(1).with_interval(),
            Measure::new("r2", "R²", "R²").with_interval(),
            Measure::new("r2_adjusted", "调整 R²", "adjusted R²"),
            Measure::new("alpha", "α", "alpha"),
            Measure::new("rho_a", "ρA", "rho A"),
            Measure::new("rho_c", "ρC", "rho C"),
            Measure::new("ave", "AVE", "AVE"),
        ],
        rows: model
            .names
            .iter()
            .zip(&found.constructs)
            .map(|((id, title), construct)| Row { id: id.clone(), title: title.clone(), cells: cells(construct) })
            .collect(),
    }
}

/// `a → b` as the id and title of a row.
fn arrow(model: &PathModel, from: usize, to: usize, cells: Vec<Cell>) -> Row {
    let ((from, start), (to, end)) = (&model.names[from], &model.names[to]);
    let title = |lang| format!("{} → {}", start.get(lang), end.get(lang));
    Row { id: format!("{from}_{to}"), title: Localized::PerLang(lang_texts(title(Lang::ZhCn), title(Lang::En))), cells }
}

fn paths(model: &PathModel, found: &Estimated) -> Table {
    let rows = model.structure.paths().iter().zip(&found.paths);
    Table {
        id: "paths".to_owned(),
        title: Localized::PerLang(lang_texts("路径系数", "Path coefficients")),
        row_title: Localized::PerLang(lang_texts("路径", "path")),
        measures: vec![Measure::new("coefficient", "标准化系数", "standardised coefficient").with_interval()],
        rows: rows.map(|(path, found)| arrow(model, path.from, path.to, vec![Cell::from(*found)])).collect(),
    }
}

fn effects(model: &PathModel, found: &Estimated) -> Table {
    Table {
        id: "effects".to_owned(),
        title: Localized::PerLang(lang_texts("总效应", "Total effects")),
        row_title: Localized::PerLang(lang_texts("影响", "effect")),
        measures: vec![
            Measure::new("total", "总效应", "total").with_interval(),
            Measure::new("direct", "其中直接", "of it direct"),
        ],
        rows: found
            .effects
            .iter()
            .map(|effect| {
                arrow(model, effect.from, effect.to, vec![Cell::from(effect.total), Cell::from(effect.direct)])
            })
            .collect(),
    }
}

fn items(model: &PathModel, found: &Estimated, moments: &Moments, frame: &Frame) -> Table {
    let mut rows = Vec::new();
    for (number, (construct, estimated)) in model.structure.constructs().iter().zip(&found.constructs).enumerate() {
        for (place, indicator) in construct.indicators.iter().enumerate() {
            let item = &frame.items[indicator.column];
            rows.push(Row {
                id: item.id.clone(),
                title: item.title.clone(),
                cells: vec![
                    Cell::Text(model.names[number].1.clone()),
                    Cell::from(moments.means()[indicator.column]),
                    Cell::from(estimated.outer_weights[place]),
                    Cell::from(estimated.loadings[place]),
                ],
            });
        }
    }
    Table {
        id: "items".to_owned(),
        title: Localized::PerLang(lang_texts("权重与载荷", "Weights and loadings")),
        row_title: Localized::PerLang(lang_texts("题项", "item")),
        measures: vec![
            Measure::new("construct", "构念", "construct"),
            Measure::new("mean", "均值", "mean").decimals(2),
            Measure::new("weight", "外部权重", "outer weight").with_interval(),
            Measure::new("loading", "载荷", "loading").with_interval(),
        ],
        rows,
    }
}

/// A square table of constructs by constructs, of which the lower half and the diagonal are filled.
fn apart(model: &PathModel, id: &str, [zh, en]: [&str; 2], numbers: &[Vec<Option<f64>>]) -> Table {
    let cells = |row: usize| {
        (0..model.names.len()).map(|column| Cell::from(numbers[row][column].filter(|_| column <= row))).collect()
    };
    Table {
        id: id.to_owned(),
        title: Localized::PerLang(lang_texts(zh, en)),
        row_title: Localized::PerLang(lang_texts("构念", "construct")),
        measures: model
            .names
            .iter()
            .map(|(id, title)| Measure { title: title.clone(), ..Measure::new(id, "", "").decimals(2) })
            .collect(),
        rows: model
            .names
            .iter()
            .enumerate()
            .map(|(row, (id, title))| Row { id: id.clone(), title: title.clone(), cells: cells(row) })
            .collect(),
    }
}

fn notes(model: &PathModel, found: &Estimated, frame: &Frame) -> Vec<Localized> {
    let name = |construct: usize, lang| model.names[construct].1.get(lang).to_owned();
    let item =
        |column: usize, lang| frame.items.get(column).map_or_else(String::new, |item| item.title.get(lang).to_owned());
    let (zh, en) = (Lang::ZhCn, Lang::En);
    let words = |note: &Note| match *note {
        Note::SingleIndicator { construct } => lang_texts(
            format!("“{}”只有一个题项，无法估计其信度", name(construct, zh)),
            format!("“{}” is measured by one item, so its reliability cannot be estimated", name(construct, en)),
        ),
        Note::NegativeLoading { construct, column } => lang_texts(
            format!("题项“{}”与“{}”负相关，请检查编码方向", item(column, zh), name(construct, zh)),
            format!(
                "“{}” correlates negatively with “{}”: look at the direction of its scale",
                item(column, en),
                name(construct, en)
            ),
        ),
        Note::NegativeIndexWeight { construct, column } => lang_texts(
            format!("题项“{}”的权重为负，计算“{}”指数时按 0 计", item(column, zh), name(construct, zh)),
            format!(
                "the weight of “{}” is negative; the index of “{}” counts it as 0",
                item(column, en),
                name(construct, en)
            ),
        ),
        Note::NoIndex { construct } => lang_texts(
            format!("“{}”没有正的权重，因此没有指数", name(construct, zh)),
            format!("“{}” has no positive weight and therefore no index", name(construct, en)),
        ),
    };
    found.notes.iter().map(|note| Localized::PerLang(words(note))).collect()
}
