//! The survey itself: every question of the project once. Where the files number their questions, in that order; else what is
//! rated first, then the questions of the indicators in the order of the plugins, then those about the person and a word of
//! their own. Awareness without a prompt always comes before the prompt.

use crate::config::project::SURVEY;
use crate::config::raw::{ColumnType, RawColumn, RawForEach};
use crate::config::validate::names_in;
use crate::document::blocks::{Answer, AnswerScale, Form, FormItem};
use crate::document::forms::roles::role;
use crate::document::forms::routing::{self, Placed};
use crate::document::forms::wording::{Asked, asked, number_of};
use crate::document::material::Material;

/// The plugin that looks after the survey itself: its inputs are what the tool records and what others ask already, save one.
const INTEGRITY: (&str, &str) = ("survey-integrity", "pressed");
/// Most rows of a matrix; longer ones go on in another, so that the head of the columns stays in sight.
const MOST_ROWS: usize = 12;
/// End of the name of an input that is asked before the one that prompts.
const UNAIDED: &str = "_unaided";
/// Words of a question that says what is rated.
const RATES: [&str; 6] = ["评价", "打分", "rate", "rating", "review", "evaluate"];

/// A question and where it stands.
struct Entry {
    column: String,
    part: Part,
    asked: Asked,
}

/// The parts of a survey whose files say nothing of its order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// What the answers are about.
    Rated,
    /// The questions of a plugin.
    Plugin(usize),
    /// Questions that no indicator needs: reasons, multiple answers.
    More,
    /// Open answers.
    Open,
    /// About the person.
    Person,
}

/// The survey of a project. Questions of operational tables, computed columns and columns that the survey tool fills (id, wave,
/// weight) are not asked.
pub fn questionnaire(material: &Material<'_>) -> Form {
    let mut entries = of_plugins(material);
    if entries.is_empty() {
        return Form::default();
    }
    add_others(material, &mut entries);
    let number = |entry: &Entry| number_of(material.inputs.project.raw.columns.get(&entry.column)?);
    let by_number = entries.iter().all(|entry| number(entry).is_some());
    if by_number {
        entries.sort_by_key(number);
    } else {
        entries.sort_by_key(|entry| entry.part);
    }
    unaided_first(material, &mut entries);
    if !by_number {
        gates_first(material, &mut entries);
    }
    let mut placed = Vec::new();
    let mut open: Vec<Option<Entry>> = entries.into_iter().map(Some).collect();
    let mut persons = by_number;
    for index in 0..open.len() {
        let Some(first) = open[index].take() else { continue };
        if first.part == Part::Person && !persons {
            persons = true;
            let title = material.word_or("form_about_you", "关于您", "About you");
            placed.push(Placed { item: FormItem::Section { title }, columns: Vec::new(), gates: Vec::new() });
        }
        let rows = rows_of(material, first, open.get_mut(index + 1..).unwrap_or_default(), by_number);
        placed.extend(items_of(material, rows));
    }
    if !placed.iter().any(|held| matches!(held.item, FormItem::Question { answer: Answer::Lines { .. }, .. })) {
        let item = single(material, general_question(material));
        placed.push(Placed { item, columns: Vec::new(), gates: Vec::new() });
    }
    Form { items: routing::numbered(material, placed) }
}

/// The questions that feed the indicators.
fn of_plugins(material: &Material<'_>) -> Vec<Entry> {
    let project = &material.inputs.project.raw;
    let mut entries: Vec<Entry> = Vec::new();
    for (order, (plugin, used)) in project.plugins.iter().enumerate() {
        let Some(manifest) = material.inputs.plugins.get(plugin).map(|held| &held.manifest) else { continue };
        let table = used.table.as_deref().or(manifest.table.as_deref());
        if table.is_some_and(|table| table != SURVEY) {
            continue;
        }
        let inputs = used.inputs.iter().filter(|(input, _)| plugin != INTEGRITY.0 || *input == INTEGRITY.1);
        for (input, expression) in inputs {
            for name in columns_of(material, expression) {
                let Some(column) = project.columns.get(&name) else { continue };
                let is_group = project.segments.contains(&name);
                let held = entries.iter().any(|entry| entry.column == name);
                if held || is_group || column.kind == ColumnType::Text || !is_asked(material, &name, column) {
                    continue;
                }
                let ask = manifest.inputs.get(input).filter(|_| *expression == name).and_then(|held| held.ask.as_ref());
                let part = if *expression == name { role(material, manifest, input, column.range) } else { None };
                let asked = asked(material, &name, column, ask.map(|text| text.get(material.lang)), part);
                entries.push(Entry { column: name, part: Part::Plugin(order), asked });
            }
        }
    }
    entries
}

/// What no indicator needs but the survey asks: groups, reasons, the questions of banners, open answers.
fn add_others(material: &Material<'_>, entries: &mut Vec<Entry>) {
    let project = &material.inputs.project.raw;
    let coded = project.columns.values().find_map(|column| column.themes.as_ref()).map(|themes| themes.of.as_str());
    let in_banner = |name: &String| {
        project.banners.iter().filter_map(|banner| banner.questions.as_ref()).any(|questions| questions.contains(name))
    };
    let mut open_answers: Vec<(&String, &RawColumn)> = Vec::new();
    for (name, column) in &project.columns {
        if entries.iter().any(|entry| entry.column == *name) || !is_asked(material, name, column) {
            continue;
        }
        let is_group = project.segments.contains(name);
        let worded = column.question.is_some() || number_of(column).is_some();
        let part = match column.kind {
            _ if is_group && is_rated(material, name, column) => Part::Rated,
            _ if is_group => Part::Person,
            ColumnType::Text if worded || column.from.is_some() || coded == Some(name) => {
                open_answers.push((name, column));
                continue;
            }
            ColumnType::Text => continue,
            _ if worded || in_banner(name) => Part::More,
            _ => continue,
        };
        entries.push(Entry { column: name.clone(), part, asked: asked(material, name, column, None, None) });
    }
    // Where nothing says which text columns were questions, one is enough.
    let sure = |(name, column): &(&String, &RawColumn)| {
        column.question.is_some() || number_of(column).is_some() || coded == Some(name.as_str())
    };
    let certain = open_answers.iter().any(sure);
    let chosen =
        open_answers.into_iter().filter(|held| !certain || sure(held)).take(if certain { usize::MAX } else { 1 });
    for (name, column) in chosen {
        let held = asked(material, name, column, None, None);
        let held = if held.bare { Asked { answer: held.answer, ..general_question(material) } } else { held };
        entries.push(Entry { column: name.clone(), part: Part::Open, asked: held });
    }
}

/// True for a group that says what is rated: its question does, or there is a document about each.
fn is_rated(material: &Material<'_>, name: &str, column: &RawColumn) -> bool {
    let for_each = material.inputs.project.raw.reports.iter().filter_map(|report| report.for_each.as_ref());
    let mut subjects = for_each.map(RawForEach::column);
    let header = column.from.as_ref().and_then(|from| from.as_slice().first()).map(String::as_str);
    let question = column.question.as_ref().map(|text| text.get(material.lang));
    let says = |text: &str| {
        let text = text.to_lowercase();
        RATES.iter().any(|word| text.contains(word))
    };
    subjects.any(|subject| subject == name) || header.into_iter().chain(question).any(says)
}

/// A question without a prompt stands before the one that names the company, whatever the file says: the other way round, the
/// second would only measure the first.
fn unaided_first(material: &Material<'_>, entries: &mut Vec<Entry>) {
    for used in material.inputs.project.raw.plugins.values() {
        for (input, unaided) in &used.inputs {
            let Some(aided) = input.strip_suffix(UNAIDED).and_then(|input| used.inputs.get(input)) else { continue };
            let place = |name: &String| entries.iter().position(|entry| entry.column == *name);
            if let (Some(late), Some(early)) = (place(unaided), place(aided))
                && late > early
            {
                let moved = entries.remove(late);
                entries.insert(early, moved);
            }
        }
    }
}

/// What decides who is asked stands before what it decides: those questions of a part that would come too late go together before
/// the first that hangs on one of them.
fn gates_first(material: &Material<'_>, entries: &mut Vec<Entry>) {
    let mut start = 0;
    while start < entries.len() {
        let part = entries[start].part;
        let end = entries.iter().rposition(|entry| entry.part == part).map_or(start, |last| last + 1);
        let place = |column: &String| entries[start..end].iter().position(|entry| entry.column == *column);
        let mut late: Vec<String> = Vec::new();
        let mut first = end;
        for (index, entry) in entries[start..end].iter().enumerate() {
            let own = routing::gates(material, &entry.column);
            let behind: Vec<String> = own.into_iter().filter(|gate| place(gate).is_some_and(|at| at > index)).collect();
            if !behind.is_empty() {
                first = first.min(start + index);
                late.extend(behind);
            }
        }
        if first < end {
            let rest = entries.drain(first..end);
            let (before, after): (Vec<Entry>, Vec<Entry>) = rest.partition(|entry| late.contains(&entry.column));
            entries.splice(first..first, before.into_iter().chain(after));
        }
        start = end;
    }
}

/// The columns of the survey that an expression reads; of computed columns those behind them.
fn columns_of(material: &Material<'_>, expression: &str) -> Vec<String> {
    let columns = &material.inputs.project.raw.columns;
    let mut found: Vec<String> = Vec::new();
    let mut open = vec![(expression.to_owned(), 0)];
    while let Some((text, depth)) = open.pop() {
        for name in names_in(&text) {
            let Some(column) = columns.get(name) else { continue };
            match &column.derive {
                Some(derived) if depth < 8 => open.push((derived.clone(), depth + 1)),
                _ if column.is_read() && !found.iter().any(|held| held == name) => found.push(name.to_owned()),
                _ => {}
            }
        }
    }
    found
}

/// False for what is computed and for what the survey tool or the sample brings along.
fn is_asked(material: &Material<'_>, name: &str, column: &RawColumn) -> bool {
    let data = &material.inputs.project.raw.data;
    let kept_by_the_tool = data.id.as_deref() == Some(name)
        || data.weight.as_deref() == Some(name)
        || data.wave.as_ref().is_some_and(|wave| wave.column == name)
        || column.kind == ColumnType::Date;
    column.is_read() && !kept_by_the_tool && !column.personal
}

/// A question with those on its scale: where the file gives the order those right behind it, else those of its part.
fn rows_of(material: &Material<'_>, first: Entry, others: &mut [Option<Entry>], by_number: bool) -> Vec<Entry> {
    let mut rows = vec![first];
    let Answer::Scale(scale) = rows[0].asked.answer.clone() else { return rows };
    let gates = routing::gates(material, &rows[0].column);
    for other in others {
        let fits = other.as_ref().is_some_and(|other| {
            other.part == rows[0].part
                && belongs(&other.asked, &rows[0].asked.stem, &scale)
                && routing::gates(material, &other.column) == gates
        });
        if fits {
            rows.extend(other.take());
        } else if by_number {
            break;
        }
    }
    rows
}

/// One question, or several on one scale as a matrix.
fn items_of(material: &Material<'_>, mut rows: Vec<Entry>) -> Vec<Placed> {
    let gates = rows.first().map(|row| routing::gates(material, &row.column)).unwrap_or_default();
    if rows.len() == 1 {
        let placed =
            rows.pop().map(|row| Placed { item: single(material, row.asked), columns: vec![row.column], gates });
        return placed.into_iter().collect();
    }
    let parts = rows.len().div_ceil(MOST_ROWS);
    let part = |part: &[Entry]| {
        let asked = &part[0].asked;
        let text = if asked.stem.is_empty() {
            material.word_or("form_matrix", "请就以下各题逐一作答：", "Please answer each of these questions.")
        } else {
            asked.stem.clone()
        };
        let Answer::Scale(scale) = asked.answer.clone() else { return None };
        let rows = part.iter().map(|row| row.asked.text.clone()).collect();
        let columns = part.iter().map(|row| row.column.clone()).collect();
        Some(Placed { item: FormItem::Matrix { number: None, text, scale, rows }, columns, gates: gates.clone() })
    };
    rows.chunks(rows.len().div_ceil(parts)).filter_map(part).collect()
}

/// Rows of a matrix share the stem, the points and what they mean; that some do not apply to everyone does not matter.
fn belongs(other: &Asked, stem: &str, scale: &AnswerScale) -> bool {
    match &other.answer {
        Answer::Scale(held) => {
            other.stem == stem
                && held.points == scale.points
                && held.labels == scale.labels
                && (&held.low, &held.high) == (&scale.low, &scale.high)
                && held.other == scale.other
        }
        _ => false,
    }
}

fn single(material: &Material<'_>, asked: Asked) -> FormItem {
    let text = if asked.stem.is_empty() { asked.text } else { format!("{} ({})", asked.stem, asked.text) };
    let text = if asked.bare { as_question(material, &text, &asked.answer) } else { text };
    let hint = match &asked.answer {
        Answer::Options { several: true, .. } => material.word_or("form_several", "（可多选）", "(as many as apply)"),
        Answer::Options { ranked: true, .. } => {
            material.word_or("form_ranked", "（请按先后填1、2、3……）", "(number them 1, 2, 3 … in order)")
        }
        _ => String::new(),
    };
    FormItem::Question { number: None, text, hint, answer: asked.answer }
}

/// The name of a column as something that can be answered.
fn as_question(material: &Material<'_>, title: &str, answer: &Answer) -> String {
    let (key, zh_cn, en) = match answer {
        Answer::Options { several: true, .. } => {
            ("form_ask_several", "{title}：有哪些？", "{title}: which of these apply?")
        }
        Answer::Options { .. } => ("form_ask_one", "{title}：请选一项", "{title}: please tick one"),
        Answer::Scale(_) => ("form_ask_scale", "{title}：您的评价是？", "{title}: how do you rate it?"),
        Answer::Blank { .. } => ("form_ask_number", "{title}：请填写数字", "{title}: please write the number"),
        Answer::Date | Answer::Lines { .. } => return title.to_owned(),
    };
    material.fill_or(key, &[("title", title)], zh_cn, en)
}

/// The question for words of one's own where the survey has none in the language.
fn general_question(material: &Material<'_>) -> Asked {
    let text = material.word_or(
        "form_comments",
        "您还有什么意见或建议？",
        "Is there anything else you would like to tell us?",
    );
    Asked { text, stem: String::new(), answer: Answer::Lines { count: 3 }, bare: false }
}
