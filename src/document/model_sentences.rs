//! What a model found, in a headline and a sentence: the strongest driver, the items to act on, the classes of features, the indices
//! of a path model. In: the tables of the result. Out: words that claim no more than the intervals allow.

use std::cmp::Ordering;

use crate::analysis::Finding;
use crate::diagnostics::Lang;
use crate::document::format;
use crate::document::material::Material;
use crate::models::info::{CellResult, ModelResult, RowResult, TableResult};

/// A finding of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// For the heading, after the title of the model.
    pub headline: String,
    /// Sentences with full stops.
    pub text: String,
}

/// What the result says; none where its method has no sentence of its own, or there is no result.
pub fn conclusion(material: &Material<'_>, result: &ModelResult) -> Option<Conclusion> {
    let table = |id: &str, measure: &str| {
        let found = result.tables.iter().find(|table| table.id == id)?;
        found.measures.iter().any(|held| held.id == measure).then_some(found)
    };
    if let Some(found) = table("drivers", "share") {
        return drivers(material, result, found);
    }
    if let Some(found) = table("items", "quadrant") {
        return quadrants(material, found);
    }
    if let Some(found) = table("features", "category") {
        return classes(material, found);
    }
    indices(material, table("constructs", "index")?, table("effects", "total"))
}

/// A row with the value and the interval of a measure.
type Ranked<'t> = (&'t RowResult, f64, Option<[f64; 2]>);

/// The rows that have a measure, the largest first.
fn ranked<'t>(table: &'t TableResult, measure: &str) -> Vec<Ranked<'t>> {
    let number = |row: &'t RowResult| match row.cells.get(measure)?.as_ref()? {
        CellResult::Number { estimate, ci, .. } => Some((row, *estimate, *ci)),
        CellResult::Text { .. } => None,
    };
    let mut rows: Vec<Ranked<'_>> = table.rows.iter().filter_map(number).collect();
    rows.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap_or(Ordering::Equal));
    rows
}

/// The words of a measure in a row.
fn words<'t>(row: &'t RowResult, measure: &str, lang: Lang) -> Option<&'t str> {
    match row.cells.get(measure)?.as_ref()? {
        CellResult::Text { text } => Some(text.get(lang)),
        CellResult::Number { .. } => None,
    }
}

/// True if the intervals of both lie apart; without intervals nothing is told apart.
fn apart(larger: Ranked<'_>, smaller: Ranked<'_>) -> bool {
    larger.2.zip(smaller.2).is_some_and(|([low, _], [_, high])| low > high)
}

fn drivers(material: &Material<'_>, result: &ModelResult, table: &TableResult) -> Option<Conclusion> {
    let lang = material.lang;
    let rows = ranked(table, "share");
    let (first, second) = (*rows.first()?, *rows.get(1)?);
    let (one, two) = (first.0.title.get(lang), second.0.title.get(lang));
    let share = |held: Ranked<'_>| format!("{}%", format::number(held.1, 1));
    let explained = result.values.get("r2").and_then(|value| value.estimate);
    let explained = explained.map(|r2| format!("{}%", format::number(100.0 * r2, 0)));
    let (zh, en) = if apart(first, second) {
        (format!("{one}影响最大"), format!("{one} matters most"))
    } else {
        (format!("{one}与{two}居前"), format!("{one} and {two} lead"))
    };
    let zh_text = format!(
        "在能够解释的差异中，{one}占{}，其次是{two}，占{}{}{}。",
        share(first),
        share(second),
        if apart(first, second) { "" } else { "，两者之差在误差之内" },
        explained.as_ref().map(|share| format!("；各项合计解释全部差异的{share}（R²）")).unwrap_or_default(),
    );
    let en_text = format!(
        "Of what can be explained, {} is due to {}, {} to {}{}{}.",
        share(first),
        material.inline_name(one),
        share(second),
        material.inline_name(two),
        if apart(first, second) { "" } else { ", which the error does not tell apart" },
        explained
            .as_ref()
            .map(|share| format!("; all items together explain {share} of the differences (R²)"))
            .unwrap_or_default(),
    );
    Some(in_language(lang, (zh, zh_text), (en, en_text)))
}

fn quadrants(material: &Material<'_>, table: &TableResult) -> Option<Conclusion> {
    let lang = material.lang;
    let first = |row: &&RowResult| words(row, "quadrant", Lang::En) == Some("concentrate here");
    // What the findings hold to be beyond chance is to be improved; what is not may be looked at.
    let is_firm = |row: &&RowResult| {
        let about = |finding: &Finding| finding.item.as_ref().is_some_and(|(_, item)| *item == row.id);
        material.inputs.planned.findings.iter().any(|held| about(held) && held.evidence.significant)
    };
    let (firm, loose): (Vec<&RowResult>, Vec<&RowResult>) = table.rows.iter().filter(first).partition(is_firm);
    let named = |rows: &[&RowResult]| {
        let names: Vec<String> = rows.iter().map(|row| material.inline_name(row.title.get(lang))).collect();
        format::list(&names, lang)
    };
    let (firm, loose) = (named(&firm), named(&loose));
    let (zh, en) = match (firm.is_empty(), loose.is_empty()) {
        (true, true) => (
            ("没有既重要又薄弱的题项".to_owned(), "没有一项的重要性高于分界而表现低于分界。".to_owned()),
            (
                "nothing is both important and weak".to_owned(),
                "No item lies above the cut of importance and below that of performance.".to_owned(),
            ),
        ),
        (true, false) => (
            (
                format!("可先看{loose}（差距在误差之内）"),
                format!("重要性高于分界而表现低于分界的是{loose}，但表现与分界之差在误差范围之内。"),
            ),
            (
                format!("look first at {loose}, though within the margin of error"),
                format!("Important and weak, though within the margin of error: {loose}."),
            ),
        ),
        (false, _) => {
            let (also_zh, also_en) = match loose.is_empty() {
                true => (String::new(), String::new()),
                false => (
                    format!("{loose}也在该区，但差距在误差范围之内。"),
                    format!(" In the same quadrant, but within the margin of error: {loose}."),
                ),
            };
            (
                (format!("先改{firm}"), format!("重要性高于分界而表现低于分界、应优先改进的是{firm}。{also_zh}")),
                (
                    format!("act first on {firm}"),
                    format!("Important and weak, and so to be improved first: {firm}.{also_en}"),
                ),
            )
        }
    };
    let mut made = in_language(lang, zh, en);
    made.text.push_str(&disagreement(material, table).unwrap_or_default());
    Some(made)
}

/// A sentence where the strongest driver of another model is not what respondents call important.
fn disagreement(material: &Material<'_>, table: &TableResult) -> Option<String> {
    let lang = material.lang;
    let models = material.inputs.models;
    let wave = material.results().current_wave();
    let (title, top) = models.models.iter().find_map(|info| {
        let result = models.find(&info.id, wave, None)?;
        let drivers = result.tables.iter().find(|table| table.id == "drivers")?;
        Some((info.title.get(lang), ranked(drivers, "share").first()?.0.title.clone()))
    })?;
    let row = table.rows.iter().find(|row| row.title == top)?;
    let quadrant = words(row, "quadrant", lang)?;
    let important = matches!(words(row, "quadrant", Lang::En), Some("concentrate here" | "keep up"));
    let name = top.get(lang);
    (!important).then(|| match lang {
        Lang::ZhCn | Lang::ZhTw => format!(
            "“{title}”中影响最大的{name}在此却属“{quadrant}”：受访者说出的重要性与由其答案推算的影响并不一致，安排先后时宜两者并看。"
        ),
        Lang::En => format!(
            " {name}, first in “{title}”, is “{quadrant}” here: what respondents call important is not what their answers depend on most, so both should be weighed."
        ),
    })
}

fn classes(material: &Material<'_>, table: &TableResult) -> Option<Conclusion> {
    let lang = material.lang;
    let mut classes: Vec<(&str, Vec<String>)> = Vec::new();
    for row in &table.rows {
        let Some(class) = words(row, "category", lang) else { continue };
        let name = row.title.get(lang).to_owned();
        match classes.iter_mut().find(|(held, _)| *held == class) {
            Some((_, names)) => names.push(name),
            None => classes.push((class, vec![name])),
        }
    }
    let (class, names) = classes.first()?;
    // A headline goes without the letter of the class, `O one-dimensional`.
    let name = class.split_once(' ').filter(|(letter, _)| letter.len() == 1).map_or(*class, |(_, name)| name);
    let listed = format::list(names, lang);
    let verb = if names.len() == 1 { "is" } else { "are" };
    let headline = (format!("{listed}属{name}型"), format!("{} {verb} {name}", material.inline_name(&listed)));
    let told = |colon: &str, stop: &str| {
        let each = classes.iter().map(|(class, names)| format!("{class}{colon}{}", format::list(names, lang)));
        each.collect::<Vec<_>>().join(stop)
    };
    let text =
        (format!("按多数人的回答：{}。", told("：", "；")), format!("By the commonest answer, {}.", told(": ", "; ")));
    Some(in_language(lang, (headline.0, text.0), (headline.1, text.1)))
}

fn indices(material: &Material<'_>, table: &TableResult, effects: Option<&TableResult>) -> Option<Conclusion> {
    let lang = material.lang;
    let rows = ranked(table, "index");
    let (best, worst) = (*rows.first()?, *rows.last()?);
    let named = |held: Ranked<'_>| (held.0.title.get(lang).to_owned(), format::number(held.1, 1));
    let ((high, most), (low, least)) = (named(best), named(worst));
    let strongest = effects.and_then(|table| ranked(table, "total").first().copied());
    let strongest = strongest.map(|held| (held.0.title.get(lang).to_owned(), format::number(held.1, 2)));
    let zh = format!(
        "各构念的指数（0–100）以{high}最高（{most}），{low}最低（{least}）{}。",
        strongest.as_ref().map(|(path, size)| format!("；影响最强的是{path}，总效应{size}")).unwrap_or_default()
    );
    let en = format!(
        "Of the indices (0–100) that of {} is the highest ({most}) and that of {} the lowest ({least}){}.",
        material.inline_name(&high),
        material.inline_name(&low),
        strongest
            .as_ref()
            .map(|(path, size)| format!("; the strongest influence is {path} with a total effect of {size}"))
            .unwrap_or_default()
    );
    let headline =
        (format!("{low}指数最低，为{least}"), format!("{} has the lowest index, {least}", material.inline_name(&low)));
    Some(in_language(lang, (headline.0, zh), (headline.1, en)))
}

fn in_language(lang: Lang, zh: (String, String), en: (String, String)) -> Conclusion {
    let (headline, text) = if lang.is_chinese() { zh } else { en };
    Conclusion { headline, text }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::diagnostics::Localized;
    use crate::document::fixtures;
    use crate::metrics::Unit;
    use crate::models::info::MeasureInfo;

    fn table(id: &str, measure: &str, rows: &[(&str, f64, [f64; 2])]) -> TableResult {
        let info = MeasureInfo { id: measure.into(), title: measure.into(), unit: Unit::Number, decimals: 1 };
        let row = |(name, estimate, ci): &(&str, f64, [f64; 2])| RowResult {
            id: (*name).into(),
            title: (*name).into(),
            cells: [(measure.to_owned(), Some(CellResult::Number { estimate: *estimate, se: None, ci: Some(*ci) }))]
                .into(),
        };
        TableResult {
            id: id.into(),
            title: id.into(),
            row_title: id.into(),
            measures: vec![info],
            rows: rows.iter().map(row).collect(),
        }
    }

    #[test]
    fn a_driver_leads_alone_only_where_the_intervals_lie_apart() {
        let apart = table("drivers", "share", &[("价格", 20.0, [15.0, 25.0]), ("排队", 40.0, [30.0, 50.0])]);
        let close = table("drivers", "share", &[("价格", 35.0, [25.0, 45.0]), ("排队", 40.0, [30.0, 50.0])]);
        fixtures::with_material(Lang::ZhCn, |material| {
            let told = |table| {
                let result = ModelResult { tables: vec![table], ..ModelResult::default() };
                conclusion(material, &result).unwrap()
            };
            assert_eq!(told(apart.clone()).headline, "排队影响最大");
            let close = told(close.clone());
            assert_eq!(close.headline, "排队与价格居前");
            assert!(close.text.contains("排队占40.0%") && close.text.contains("误差之内"), "{}", close.text);
        });
    }

    #[test]
    fn what_is_important_and_weak_is_named() {
        let mut items = table("items", "quadrant", &[("价格", 0.0, [0.0, 0.0]), ("排队", 0.0, [0.0, 0.0])]);
        for (row, (zh, en)) in items.rows.iter_mut().zip([("继续保持", "keep up"), ("优先改进", "concentrate here")])
        {
            let text = Localized::PerLang(crate::diagnostics::lang_texts(zh, en));
            row.cells.insert("quadrant".into(), Some(CellResult::Text { text }));
        }
        fixtures::with_material(Lang::ZhCn, |material| {
            let result = ModelResult { tables: vec![items.clone()], ..ModelResult::default() };
            // No finding says that the gap is beyond chance.
            assert_eq!(conclusion(material, &result).unwrap().headline, "可先看排队（差距在误差之内）");
        });
    }
}
