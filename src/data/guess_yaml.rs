//! Writes a [`Guess`] as the commented `manyi.yaml` of a new project. Built by hand, since the comments matter as much as the
//! keys: each guess says why.

use std::fmt::Write as _;

use crate::config::raw::ColumnType;
use crate::data::expressions::quote_name;
use crate::data::guess::{Guess, GuessedColumn, Reason};
use crate::data::numbers::number_text;
use crate::diagnostics::Lang;

/// Inputs of the enterprise-csi plugin, in its order.
const INPUTS: [&str; 15] = [
    "aware",
    "aware_unaided",
    "praise",
    "category_buyer",
    "first_choice",
    "strict_choice",
    "earlier_purchase",
    "repurchased",
    "return_intention",
    "recommend",
    "customer",
    "complained",
    "complained_to_company",
    "bought",
    "repurchase_intention",
];

/// Options shown in a comment.
const SEEN_LIMIT: usize = 12;

/// The text of `manyi.yaml` for a guess, comments in `lang`; `title` is the project's.
pub fn write_manyi_yaml(guess: &Guess, lang: Lang, title: &str) -> String {
    let say = |en: &'static str, zh: &'static str| if lang == Lang::En { en } else { zh };
    let mark = say("guessed: ", "推测：");
    let mut text = String::new();
    // Writing to a String cannot fail.
    let mut line = |content: &str| {
        let _ = writeln!(text, "{}", content.trim_end());
    };
    line(say(
        "# A first project file made from the data. Check every line marked `guessed`, then run `manyi check`.",
        "# 根据数据生成的初始项目文件。请核对每一处标有“推测”的内容，然后运行 `manyi check`。",
    ));
    line("manyi: 1");
    line("project:");
    line(&format!("  title: {}", quoted(title)));
    line("data:");
    line(if guess.files.is_empty() { "  sources: []  # - { file: data/2026-11.csv }" } else { "  sources:" });
    for (file, wave) in &guess.files {
        line(&format!("    - file: {}", quoted(file)));
        if let Some(wave) = wave {
            let why = say("from the file's name", "取自文件名");
            line(&format!("      wave: {}  # {mark}{why}", quoted(wave)));
        }
    }
    if let Some(id) = &guess.id {
        line(&format!(
            "  id: {id}  # {mark}{}",
            say("every answer has one, none comes twice", "每份回答都有且互不重复")
        ));
    }
    if let Some(wave) = &guess.wave {
        let why = say(
            "the day of the answer gives its month; `quarter` and `year` are possible too",
            "按提交日期的月份划分，也可改为 quarter 或 year",
        );
        line(&format!("  wave: {{ column: {wave}, by: month }}  # {mark}{why}"));
    }
    if let Some(weight) = &guess.weight {
        line(&format!("  weight: {weight}  # {mark}{}", say("by its header", "依据表头")));
    }
    line("");
    if guess.columns.is_empty() {
        line("columns: {}");
        line(say(
            "# columns:\n#   praise: { type: scale, range: [1, 5], from: the header in the file, title: the question }",
            "# columns:\n#   praise: { type: scale, range: [1, 5], from: 文件中的表头, title: 题目 }",
        ));
    } else {
        line("columns:");
    }
    for column in &guess.columns {
        for part in column_lines(column, lang, mark) {
            line(&part);
        }
    }
    line("");
    if guess.segments.is_empty() {
        line(say(
            "# segments: [grade]  # columns whose groups are reported beside the total",
            "# segments: [grade]  # 需要分组报告的栏目",
        ));
    } else {
        line("segments:");
        for segment in &guess.segments {
            line(&format!("  - {segment}  # {mark}{}", say("a question about who answers", "关于回答者身份的问题")));
        }
    }
    line("");
    line("plugins:");
    line("  enterprise-csi:");
    if guess.inputs.is_empty() {
        line("    inputs: {}");
    } else {
        line("    inputs:");
    }
    for input in INPUTS {
        match guess.inputs.get(input) {
            Some(column) => {
                let why = say("by the words of the question", "依据题目用语");
                line(&format!("      {input}: {}  # {mark}{why}", quoted(&quote_name(column))));
            }
            None if guess.columns.is_empty() => line(&format!("    # {input}:")),
            None => line(&format!("      # {input}: {}", say("no question found", "未找到对应的题目"))),
        }
    }
    text
}

fn column_lines(column: &GuessedColumn, lang: Lang, mark: &str) -> Vec<String> {
    let kind = crate::config::validate::kind_name(column.kind);
    let mut lines = vec![
        format!("  {}:", quoted(&column.name)),
        format!("    type: {kind}  # {mark}{}", reason_text(&column.reason, lang)),
    ];
    match column.from.as_slice() {
        [header] if *header == column.name => {}
        [header] => lines.push(format!("    from: {}", quoted(header))),
        headers => {
            lines.push("    from:".to_owned());
            lines.extend(headers.iter().map(|header| format!("      - {}", quoted(header))));
        }
    }
    if column.title != column.name {
        lines.push(format!("    title: {}", quoted(&column.title)));
    }
    if let Some([low, high]) = column.range {
        lines.push(format!("    range: [{}, {}]", number_text(low), number_text(high)));
    }
    for (key, values) in [("missing", &column.missing), ("yes", &column.yes), ("no", &column.no)] {
        if !values.is_empty() {
            let shown: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            lines.push(format!("    {key}: [{}]  # {}", shown.join(", "), mark.trim_end_matches([':', ' ', '：'])));
        }
    }
    if let Some(separator) = &column.separator {
        lines.push(format!("    separator: {}", quoted(separator)));
    }
    if column.personal {
        lines.push("    personal: true".to_owned());
    }
    let options = matches!(column.kind, ColumnType::Single | ColumnType::Multi | ColumnType::Ranking);
    if options && !column.seen.is_empty() {
        let shown: Vec<String> = column.seen.iter().take(SEEN_LIMIT).map(|option| one_line(option)).collect();
        let dots = if column.seen.len() > SEEN_LIMIT { " …" } else { "" };
        let (word, comma) = if lang == Lang::En { ("seen: ", ", ") } else { ("出现过的选项：", "、") };
        lines.push(format!("    # {word}{}{dots}", shown.join(comma)));
    }
    lines
}

fn reason_text(reason: &Reason, lang: Lang) -> String {
    let pick = |en: String, zh: String| if lang == Lang::En { en } else { zh };
    match reason {
        Reason::Header => pick("by its header".into(), "依据表头".into()),
        Reason::Words { points } => {
            pick(format!("answers are the words of a {points}-point scale"), format!("答案为 {points} 级量表用语"))
        }
        Reason::Numbers { seen: [low, high] } => pick(
            format!("looks like a rating: answers run from {low} to {high}"),
            format!("像是评分题：答案在 {low} 至 {high} 之间"),
        ),
        Reason::YesNo => pick("answers say yes or no".into(), "答案为是或否".into()),
        Reason::CodedYesNo => {
            pick("a yes-no question, taking 1 for yes and 2 for no".into(), "是非题，以 1 为是、2 为否".into())
        }
        Reason::Options { count: 1 } => pick("only one answer seen".into(), "只有一种答案".into()),
        Reason::Options { count } => {
            pick(format!("only {count} different answers"), format!("只有 {count} 种不同答案"))
        }
        Reason::Joined { separator } => pick(
            format!("cells join options with {}", one_line(separator)),
            format!("单元格中的选项以 {} 连接", one_line(separator)),
        ),
        Reason::OptionColumns => pick("one column for each option".into(), "每个选项占一列".into()),
        Reason::Dates => pick("all answers are dates".into(), "答案均为日期".into()),
        Reason::Quantities => pick("all answers are numbers".into(), "答案均为数值".into()),
        Reason::NotUnderstood => pick("free text, or not understood".into(), "开放题，或未能识别".into()),
        Reason::Empty => pick("no answers".into(), "没有答案".into()),
    }
}

/// A text that stays on the comment's line.
fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// A YAML scalar that reads back as exactly this text.
pub fn quoted(text: &str) -> String {
    let is_word = |character: char| {
        character.is_alphanumeric() || matches!(character, '_' | '/' | '-' | '.' | '、' | '，' | '？' | '（' | '）')
    };
    let special = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(&text.to_lowercase().as_str());
    let plain = text.starts_with(char::is_alphabetic) && text.chars().all(is_word) && !special;
    if plain {
        text.to_owned()
    } else if text
        .chars()
        .any(|character| character.is_control() || matches!(character, '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{85}'))
    {
        // JSON's escapes are YAML's too.
        let escaped: String = text
            .chars()
            .map(|character| match character {
                '"' => "\\\"".to_owned(),
                '\\' => "\\\\".to_owned(),
                c if c.is_control() || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}') => {
                    format!("\\u{:04x}", u32::from(c))
                }
                c => c.to_string(),
            })
            .collect();
        format!("\"{escaped}\"")
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}
