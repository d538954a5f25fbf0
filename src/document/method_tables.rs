//! Tables of the method appendix: how each indicator is defined, which questions feed it, how many answers stand behind it,
//! and what happened to the rows between the files and the analysis.

use crate::config::project::SURVEY;
use crate::config::raw::ColumnType;
use crate::data::table::{InputFile, Step, StepKind};
use crate::diagnostics::Diagnostics;
use crate::document::blocks::{Inline, Table, TableCell, Tone};
use crate::document::format;
use crate::document::forms;
use crate::document::material::Material;
use crate::document::model_tables::capital;
use crate::document::tables::{cell, note, number_column, row, text_column};
use crate::metrics::{Better, MetricInfo, table_of};

fn code_cell(text: &str) -> TableCell {
    TableCell { content: vec![Inline::Code { text: text.to_owned() }], tone: Tone::Neutral }
}

/// Definition, formula with its base, and direction of every metric that is computed.
pub fn definitions(material: &Material<'_>) -> Option<Table> {
    let shown: Vec<&MetricInfo> = material.results().metrics.iter().filter(|info| info.unavailable.is_none()).collect();
    if shown.is_empty() {
        return None;
    }
    let columns = vec![
        text_column(&material.word("col_indicator"), 1.1),
        text_column(&material.word("col_definition"), 2.1),
        text_column(&material.word("col_formula"), 2.3),
    ];
    let rows = shown
        .iter()
        .map(|info| {
            let mut name = cell(material.title(info));
            let better = material.word(match info.better {
                Better::Higher => "better_higher",
                Better::Lower => "better_lower",
                Better::Neutral => "better_neutral",
            });
            name.content.extend([Inline::LineBreak, Inline::text(better)]);
            row(vec![name, cell(info.definition.get(material.lang)), formula_cell(material, info)])
        })
        .collect();
    let mut modules: Vec<String> =
        shown.iter().map(|info| format!("{} {}", info.module, info.module_version)).collect();
    modules.dedup();
    let notes = vec![note(material.words.fill("note_modules", &[("modules", &format::list(&modules, material.lang))]))];
    Some(Table { columns, rows, notes, ..Table::default() })
}

/// Estimator and numerator on one line, the base on the next: in its words, or as a condition where it has none. The workbook holds
/// both.
fn formula_cell(material: &Material<'_>, info: &MetricInfo) -> TableCell {
    let estimator = material.word(&format!("estimator_{}", info.estimator));
    let lead = |word: String| Inline::text(material.words.fill("formula_part", &[("part", &word)]));
    let mut content = Vec::new();
    if info.of.is_empty() {
        content.push(Inline::text(estimator));
    } else {
        content.extend([lead(estimator), Inline::Code { text: info.of.clone() }]);
    }
    if let Some(per) = &info.per {
        content.extend([Inline::text(" / "), Inline::Code { text: per.clone() }]);
    }
    let title = match info.base_title.get(material.lang) {
        "" if info.base.is_empty() => material.word("all_answers"),
        // A base without words of its own is titled by its expression.
        title if title == info.base => String::new(),
        title => title.to_owned(),
    };
    content.extend([Inline::LineBreak, lead(material.word("col_base"))]);
    content.push(if title.is_empty() { Inline::Code { text: info.base.clone() } } else { Inline::text(title) });
    TableCell { content, tone: Tone::Neutral }
}

/// Which column or expression feeds each input, with the wording of the question and its coding.
pub fn inputs(material: &Material<'_>) -> Option<Table> {
    let project = material.inputs.project;
    let mut rows = Vec::new();
    for (plugin, held) in &project.raw.plugins {
        // A plugin that has models alone has no metric to tell its table.
        let table = material.inputs.plugins.get(plugin);
        let table = table.and_then(|own| table_of(project, own, held, &mut Diagnostics::new()));
        let columns = match table.filter(|table| *table != SURVEY) {
            None => Some(&project.raw.columns),
            Some(table) => project.raw.tables.get(table).map(|table| &table.columns),
        };
        for (input, expression) in &held.inputs {
            let column = columns.and_then(|columns| columns.get(expression));
            let wording = column.map(|column| forms::wording(material, column));
            let coding = column.map(|column| {
                let range = column.range.map(|[low, high]| {
                    format::range(&format::short_number(low, 2), &format::short_number(high, 2), material.lang)
                });
                let kind = column_kind(material, column.kind);
                let reversed = column.reverse.then(|| material.word("coding_reversed"));
                [Some(kind), range, reversed].into_iter().flatten().collect::<Vec<_>>().join(&material.word("comma"))
            });
            rows.push(row(vec![
                code_cell(input),
                code_cell(expression),
                cell(wording.filter(|text| !text.is_empty()).unwrap_or_else(|| format::NO_VALUE.to_owned())),
                cell(coding.unwrap_or_else(|| material.word("coding_derived"))),
            ]));
        }
    }
    let columns = vec![
        text_column(&material.word("col_input"), 0.9),
        text_column(&material.word("col_column"), 1.1),
        text_column(&material.word("col_wording"), 2.4),
        text_column(&material.word("col_coding"), 1.1),
    ];
    (!rows.is_empty()).then(|| Table { columns, rows, ..Table::default() })
}

fn column_kind(material: &Material<'_>, kind: ColumnType) -> String {
    material.word(match kind {
        ColumnType::Scale => "kind_scale",
        ColumnType::Boolean => "kind_boolean",
        ColumnType::Single => "kind_single",
        ColumnType::Multi => "kind_multi",
        ColumnType::Ranking => "kind_ranking",
        ColumnType::Number => "kind_number",
        ColumnType::Date => "kind_date",
        ColumnType::Text => "kind_text",
    })
}

/// Metrics that the survey does not support, with the questions they would need.
pub fn missing(material: &Material<'_>) -> Option<Table> {
    let rows: Vec<_> = material
        .results()
        .metrics
        .iter()
        .filter_map(|info| info.unavailable.as_ref().map(|why| (info, why)))
        .map(|(info, why)| {
            let questions: Vec<String> = why
                .missing_inputs
                .iter()
                .map(|(id, question)| {
                    let text = question.get(material.lang);
                    if text.is_empty() { id.clone() } else { text.to_owned() }
                })
                .collect();
            row(vec![cell(material.title(info)), cell(questions.join(&material.word("semicolon")))])
        })
        .collect();
    let columns = vec![
        text_column(&material.word("col_indicator"), 1.0),
        text_column(&material.word("col_missing_question"), 2.6),
    ];
    (!rows.is_empty()).then(|| Table { columns, rows, ..Table::default() })
}

/// Answers behind every metric in the current wave: unweighted, weighted and effective.
pub fn bases(material: &Material<'_>) -> Option<Table> {
    let rows: Vec<_> = material
        .summaries
        .iter()
        .filter_map(|held| held.current.map(|estimate| (held.info, estimate)))
        .map(|(info, estimate)| {
            let base = info.base_title.get(material.lang);
            let mut cells = vec![
                cell(material.title(info)),
                cell(if base.is_empty() { material.word("all_answers") } else { base.to_owned() }),
                cell(estimate.printed_n().map_or_else(|| format::NO_VALUE.into(), format::count)),
            ];
            if material.inputs.weighted {
                let weights = estimate.printed_weights().map(|weights| weights.map(|held| format::number(held, 0)));
                cells.extend(weights.unwrap_or_else(|| [(); 2].map(|()| format::NO_VALUE.to_owned())).map(cell));
            }
            row(cells)
        })
        .collect();
    let mut columns = vec![
        text_column(&material.word("col_indicator"), 1.2),
        text_column(&material.word("col_base"), 2.0),
        number_column(&material.word("col_n")),
    ];
    if material.inputs.weighted {
        columns.push(number_column(&material.word("col_n_weighted")));
        columns.push(number_column(&material.word("col_n_eff")));
    }
    (!rows.is_empty()).then(|| Table { columns, rows, ..Table::default() })
}

/// What each step leaves: of a file that is read its own rows, of every other step all rows so far.
fn kept_rows(steps: &[Step]) -> Vec<u64> {
    let mut before = 0;
    let kept = |step: &Step| {
        let own = if matches!(step.kind, StepKind::Read { .. }) { step.rows.saturating_sub(before) } else { step.rows };
        before = step.rows;
        own
    };
    steps.iter().map(kept).collect()
}

/// Rows from the files to the analysis.
pub fn steps(material: &Material<'_>) -> Option<Table> {
    let one = |table: Option<&str>, lead: &str, step: &Step, kept: u64| {
        let words = &material.words;
        let name = |column: &str| title_in(material, table, column);
        let text = match &step.kind {
            StepKind::Read { file } => words.fill("step_read", &[("file", file)]),
            StepKind::Duplicates { column } if table.is_some() => material.fill_or(
                "step_duplicates_rows",
                &[("column", &name(column))],
                "剔除 {column} 重复的记录",
                "Drop repeated rows by {column}",
            ),
            StepKind::Duplicates { column } => words.fill("step_duplicates", &[("column", &name(column))]),
            StepKind::Weight { column } => words.fill("step_weight", &[("column", &name(column))]),
            StepKind::Wave { column } => words.fill("step_wave", &[("column", &name(column))]),
            StepKind::Filter { keep, reason } => {
                match reason.as_ref().map(|reason| reason.get(material.lang)).filter(|reason| !reason.is_empty()) {
                    Some(reason) => words.fill("step_filter_reason", &[("reason", &capital(reason))]),
                    None => words.fill("step_filter", &[("keep", &readable(material, table, keep))]),
                }
            }
        };
        let dropped = if step.dropped == 0 { format::NO_VALUE.into() } else { format::count(step.dropped) };
        row(vec![cell(format!("{lead}{text}")), cell(dropped), cell(format::count(kept))])
    };
    // A document about a group counts its rows alone, of the survey as of every other table.
    let of_group = |text: String, own: u64, all: u64| {
        row(vec![cell(text), cell(format::count(all.saturating_sub(own))), cell(format::count(own))])
    };
    let inputs = &material.inputs;
    let group = inputs.subject.map(|subject| subject.title.get(material.lang));
    let mut rows: Vec<_> =
        inputs.steps.iter().zip(kept_rows(inputs.steps)).map(|(step, kept)| one(None, "", step, kept)).collect();
    if let Some(group) = group {
        let text = material.fill_or("step_group", &[("group", group)], "只取{group}的答卷", "Answers of {group}");
        rows.push(of_group(text, inputs.answers, inputs.answers_of_all));
    }
    for table in inputs.tables {
        let title = table.title.as_ref().map_or(table.table.as_str(), |title| title.get(material.lang));
        let lead = material.words.fill("formula_part", &[("part", title)]);
        let steps = table.steps.iter().zip(kept_rows(&table.steps));
        rows.extend(steps.map(|(step, kept)| one(Some(&table.table), &lead, step, kept)));
        if let Some((group, own)) = group.zip(table.rows_of_group) {
            let text = material.fill_or("step_group_rows", &[("group", group)], "只取{group}的记录", "Rows of {group}");
            rows.push(of_group(format!("{lead}{text}"), own, table.rows));
        }
    }
    let columns = vec![
        text_column(&material.word("col_step"), 1.0),
        number_column(&material.word("col_dropped")),
        number_column(&material.word("col_rows")),
    ];
    (!rows.is_empty()).then(|| Table { columns, rows, ..Table::default() })
}

/// A condition for readers: columns by their titles, comparisons as signs, the words between conditions in the language. What is in
/// quotation marks stays.
fn readable(material: &Material<'_>, table: Option<&str>, condition: &str) -> String {
    const SIGNS: [(&str, &str); 4] = [(">=", "≥"), ("<=", "≤"), ("<>", "≠"), ("!=", "≠")];
    let word = |word: &str| {
        let chinese = material.lang.is_chinese();
        match word.to_ascii_uppercase().as_str() {
            "AND" => if chinese { "且" } else { "and" }.to_owned(),
            "OR" => if chinese { "或" } else { "or" }.to_owned(),
            "NOT" => if chinese { "非" } else { "not" }.to_owned(),
            _ => title_in(material, table, word),
        }
    };
    let pieces = condition.split('\'').enumerate().map(|(place, piece)| {
        // Every second piece stands between quotation marks.
        if place % 2 == 1 {
            return piece.to_owned();
        }
        let signs = SIGNS.iter().fold(piece.to_owned(), |text, (from, to)| text.replace(from, to));
        let mut out = String::new();
        let mut name = String::new();
        for letter in signs.chars().chain(['\n']) {
            if letter.is_alphanumeric() || letter == '_' {
                name.push(letter);
                continue;
            }
            if !name.is_empty() {
                out.push_str(&word(&std::mem::take(&mut name)));
            }
            out.push(letter);
        }
        out.truncate(out.len() - 1);
        out
    });
    pieces.collect::<Vec<_>>().join("'")
}

/// The title of a column of the survey inside a sentence; its name where it has none.
pub fn column_title(material: &Material<'_>, name: &str) -> String {
    title_in(material, None, name)
}

/// The title of a column of a table, none for the survey, inside a sentence; its name where it has none.
pub fn title_in(material: &Material<'_>, table: Option<&str>, name: &str) -> String {
    let own = table.and_then(|table| material.inputs.project.raw.tables.get(table));
    let title = match table {
        Some(_) => own.and_then(|own| own.columns.get(name)?.title.as_ref()),
        None => material.inputs.columns.iter().find(|column| column.name == name).map(|column| &column.title),
    };
    let title = title.map_or("", |title| title.get(material.lang));
    if title.is_empty() { name.to_owned() } else { material.inline_name(title) }
}

/// The questions with their answers: valid, none, not applicable.
pub fn questions(material: &Material<'_>) -> Option<Table> {
    let used: Vec<_> = material
        .inputs
        .columns
        .iter()
        .filter(|column| {
            let personal = material.inputs.project.raw.columns.get(&column.name).is_some_and(|raw| raw.personal);
            !personal && !column.title.get(material.lang).is_empty()
        })
        .collect();
    let rows: Vec<_> = used
        .iter()
        .map(|column| {
            row(vec![
                cell(column.title.get(material.lang)),
                cell(column_kind(material, column.kind)),
                cell(format::count(column.counts.valid)),
                cell(format::count(column.counts.missing + column.counts.invalid)),
                cell(format::count(column.counts.not_applicable)),
            ])
        })
        .collect();
    let columns = vec![
        text_column(&material.word("col_wording"), 2.4),
        text_column(&material.word("col_kind"), 0.7),
        number_column(&material.word("col_valid")),
        number_column(&material.word("col_no_answer")),
        number_column(&material.word("col_not_applicable")),
    ];
    let mut notes = Vec::new();
    if material.inputs.subject.is_some() {
        let note = material.word_or("note_counts_of_all", "人数为全部答卷的人数。", "Counts are those of all answers.");
        notes.push(vec![Inline::text(note)]);
    }
    (!rows.is_empty()).then(|| Table { columns, rows, notes, ..Table::default() })
}

/// The files read, with the first digits of their hash.
pub fn files(material: &Material<'_>) -> Option<Table> {
    let (inputs, lang) = (&material.inputs, material.lang);
    let one = |of: &str, file: &InputFile| {
        let hash: String = file.sha256.chars().take(12).collect();
        row(vec![cell(file.file.as_str()), cell(of), cell(format::count(file.rows)), code_cell(&hash)])
    };
    let survey = material.word_or("files_of_survey", "调查", "Survey");
    let mut rows: Vec<_> = inputs.files.iter().map(|file| one(&survey, file)).collect();
    // One file may feed several tables, such as ratings side by side that become rows.
    for table in inputs.tables {
        let title = table.title.as_ref().map_or(table.table.as_str(), |title| title.get(lang));
        rows.extend(table.files.iter().map(|file| one(title, file)));
    }
    let columns = vec![
        text_column(&material.word("col_file"), 1.0),
        text_column(&material.word_or("col_files_of", "用于", "For"), 0.8),
        number_column(&material.word_or("col_read", "读入", "Read")),
        text_column(&material.word("col_hash"), 0.0),
    ];
    (!rows.is_empty()).then(|| Table { columns, rows, ..Table::default() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::diagnostics::Lang;
    use crate::document::fixtures;

    #[test]
    fn a_condition_without_a_reason_is_read_in_words() {
        let condition = "grade >= 2 AND canteen <> 'a AND b >= 1'";
        for (lang, expected) in [
            (Lang::ZhCn, "年级 ≥ 2 且 食堂 ≠ 'a AND b >= 1'"),
            (Lang::En, "year of study ≥ 2 and canteen ≠ 'a AND b >= 1'"),
        ] {
            fixtures::with_material(lang, |material| assert_eq!(readable(material, None, condition), expected));
        }
    }

    /// Files of 60 and 190 answers, of which 5 come twice: the second file had 190, not 250.
    #[test]
    fn a_file_is_shown_with_its_own_rows() {
        let read = |file: &str, rows: u64| Step { kind: StepKind::Read { file: file.into() }, rows, dropped: 0 };
        let twice = Step { kind: StepKind::Duplicates { column: "code".into() }, rows: 245, dropped: 5 };
        assert_eq!(kept_rows(&[read("a.csv", 60), read("b.csv", 250), twice]), [60, 190, 245]);
    }

    #[test]
    fn a_base_in_words_needs_no_condition() {
        fixtures::with_material(Lang::En, |material| {
            for info in &material.results().metrics {
                let cell = formula_cell(material, info);
                let behind = cell.content.iter().skip_while(|inline| **inline != Inline::LineBreak);
                let codes = behind.filter(|inline| matches!(inline, Inline::Code { .. })).count();
                let worded = !info.base_title.get(Lang::En).is_empty() && info.base_title.get(Lang::En) != info.base;
                assert_eq!(codes, usize::from(!worded && !info.base.is_empty()), "{}", info.id);
            }
        });
    }
}
