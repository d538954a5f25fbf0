//! The survey itself: every question that feeds an indicator of the project, once and in the order of the plugins, those on one
//! scale as a matrix, then the questions about the person, then a word of their own.

use crate::config::raw::{ColumnType, RawColumn};
use crate::document::blocks::{Answer, AnswerScale, Form, FormItem};
use crate::document::forms::SURVEY;
use crate::document::forms::wording::{Asked, asked};
use crate::document::material::Material;

/// The plugin that looks after the survey itself: its inputs are what the tool records and what others ask already, save one.
const INTEGRITY: (&str, &str) = ("survey-integrity", "pressed");
/// Most rows of a matrix; longer ones go on in another, so that the head of the columns stays in sight.
const MOST_ROWS: usize = 12;

/// The survey of a project. Questions of operational tables, computed columns and columns that the survey tool fills (id, wave,
/// weight) are not asked.
pub fn questionnaire(material: &Material<'_>) -> Form {
    let project = &material.inputs.project.raw;
    let mut asked_columns: Vec<String> = Vec::new();
    let mut form = Form::default();
    let mut number = 0;
    for (plugin, used) in &project.plugins {
        let Some(manifest) = material.inputs.plugins.get(plugin).map(|held| &held.manifest) else { continue };
        let table = used.table.as_deref().or(manifest.table.as_deref());
        if table.is_some_and(|table| table != SURVEY) {
            continue;
        }
        let mut questions = Vec::new();
        let inputs = used.inputs.iter().filter(|(input, _)| plugin != INTEGRITY.0 || *input == INTEGRITY.1);
        for (input, expression) in inputs {
            for name in columns_of(material, expression) {
                let Some(column) = project.columns.get(&name) else { continue };
                if asked_columns.contains(&name) || !is_asked(material, &name, column) {
                    continue;
                }
                let ask = manifest.inputs.get(input).filter(|_| *expression == name).and_then(|held| held.ask.as_ref());
                questions.push(asked(material, &name, column, ask.map(|text| text.get(material.lang))));
                asked_columns.push(name);
            }
        }
        add_questions(material, questions, &mut number, &mut form);
    }
    if form.items.is_empty() {
        return form;
    }
    let persons: Vec<Asked> = project
        .segments
        .iter()
        .filter(|name| !asked_columns.contains(name))
        .filter_map(|name| Some((name, project.columns.get(name).filter(|column| column.is_read())?)))
        .map(|(name, column)| asked(material, name, column, None))
        .collect();
    if !persons.is_empty() {
        let title = material.word_or("form_about_you", "关于您", "About you");
        form.items.push(FormItem::Section { title });
        persons.into_iter().for_each(|question| form.items.push(single(material, question, &mut number)));
    }
    let comment = open_question(material);
    form.items.push(single(material, comment, &mut number));
    form
}

/// The columns of the survey that an expression reads; of computed columns those behind them.
fn columns_of(material: &Material<'_>, expression: &str) -> Vec<String> {
    let columns = &material.inputs.project.raw.columns;
    let mut found: Vec<String> = Vec::new();
    let mut open = vec![(expression.to_owned(), 0)];
    while let Some((text, depth)) = open.pop() {
        for name in text.split(|letter: char| !letter.is_alphanumeric() && letter != '_') {
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

/// False for what the survey tool or the sample brings along, and for groups, which are asked at the end.
fn is_asked(material: &Material<'_>, name: &str, column: &RawColumn) -> bool {
    let project = &material.inputs.project.raw;
    let data = &project.data;
    let kept_by_the_tool = data.id.as_deref() == Some(name)
        || data.weight.as_deref() == Some(name)
        || data.wave.as_ref().is_some_and(|wave| wave.column == name)
        || matches!(column.kind, ColumnType::Text | ColumnType::Date);
    !kept_by_the_tool && !column.personal && !project.segments.iter().any(|segment| segment == name)
}

/// The questions of one plugin: those on one scale together where the first of them stands.
fn add_questions(material: &Material<'_>, questions: Vec<Asked>, number: &mut u32, form: &mut Form) {
    let mut open: Vec<Option<Asked>> = questions.into_iter().map(Some).collect();
    for index in 0..open.len() {
        let Some(first) = open.get_mut(index).and_then(Option::take) else { continue };
        let Answer::Scale(scale) = first.answer.clone() else {
            form.items.push(single(material, first, number));
            continue;
        };
        let mut rows = vec![first.clone()];
        for other in &mut open {
            if other.as_ref().is_some_and(|other| belongs(other, &first.stem, &scale)) {
                rows.extend(other.take());
            }
        }
        if rows.len() == 1 {
            form.items.push(single(material, first, number));
            continue;
        }
        let parts = rows.len().div_ceil(MOST_ROWS);
        for part in rows.chunks(rows.len().div_ceil(parts)) {
            *number += 1;
            let text = if first.stem.is_empty() {
                material.word_or("form_matrix", "请就以下各题逐一作答：", "Please answer each of these questions.")
            } else {
                first.stem.clone()
            };
            let rows = part.iter().map(|row| row.text.clone()).collect();
            form.items.push(FormItem::Matrix { number: Some(*number), text, scale: scale.clone(), rows });
        }
    }
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

fn single(material: &Material<'_>, asked: Asked, number: &mut u32) -> FormItem {
    *number += 1;
    let text = if asked.stem.is_empty() { asked.text } else { format!("{} ({})", asked.stem, asked.text) };
    let hint = match &asked.answer {
        Answer::Options { several: true, .. } => material.word_or("form_several", "（可多选）", "(as many as apply)"),
        Answer::Options { ranked: true, .. } => {
            material.word_or("form_ranked", "（请按先后填1、2、3……）", "(number them 1, 2, 3 … in order)")
        }
        _ => String::new(),
    };
    FormItem::Question { number: Some(*number), text, hint, answer: asked.answer }
}

/// The question for words of one's own: the open answer of which the project takes themes, else the first one of the survey
/// that is a question in the language, else a general one.
fn open_question(material: &Material<'_>) -> Asked {
    let columns = &material.inputs.project.raw.columns;
    let coded = columns.values().find_map(|column| column.themes.as_ref()).map(|themes| themes.of.as_str());
    let id = material.inputs.project.raw.data.id.as_deref();
    let general = material.word_or(
        "form_comments",
        "您还有什么意见或建议？",
        "Is there anything else you would like to tell us?",
    );
    let answer = Answer::Lines { count: 3 };
    let open = columns.iter().filter(|(name, column)| {
        let worded = column.from.is_some() || coded == Some(name.as_str());
        column.kind == ColumnType::Text && !column.personal && id != Some(name.as_str()) && worded
    });
    let mut candidates: Vec<(&String, &RawColumn)> = open.collect();
    candidates.sort_by_key(|(name, _)| coded != Some(name.as_str()));
    let held = candidates.first().map(|(name, column)| asked(material, name, column, None));
    let title = candidates.first().and_then(|(_, column)| column.title.as_ref()).map(|title| title.get(material.lang));
    match held {
        Some(held) if title != Some(held.text.as_str()) => Asked { answer, ..held },
        _ => Asked { text: general, stem: String::new(), answer },
    }
}
