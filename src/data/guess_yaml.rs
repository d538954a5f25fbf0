//! Writes a [`Guess`] as the commented `manyi.yaml` of a new project. Built by hand, since the comments matter as much as the
//! keys: each guess says why. A line that waits as a comment has its `#` right before it, so that without it the line stands where it belongs.

use indexmap::IndexMap;

use crate::config::raw::ColumnType;
use crate::data::expressions::quote_name;
use crate::data::guess::{Guess, GuessedColumn, Reason};
use crate::data::guess_roles::holds_contact;
use crate::data::numbers::{number_text, parse_number};
use crate::diagnostics::Lang;
use crate::diagnostics::taiwan::to_taiwan;

/// What a first project file holds beside the guess.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// Language of the comments and of the documents.
    pub lang: Lang,
    /// Title of the plan.
    pub title: &'a str,
    /// Date of the document where the answers have none.
    pub date: &'a str,
    /// Inputs of the enterprise-csi plugin with the question to ask for each, in its order.
    pub inputs: &'a [(String, String)],
}

/// Words about files and programs in Taiwan, before the terms of the field: in documents 文件 is a paper, here it is a file. Longer ones
/// first.
const OF_FILES: [(&str, &str); 9] = [
    ("项目文件", "專案檔"),
    ("导出文件", "匯出檔"),
    ("文件夹", "資料夾"),
    ("文件名", "檔名"),
    ("文件", "檔案"),
    ("运行", "執行"),
    ("示例", "範例"),
    ("栏目", "欄位"),
    ("数据源", "資料來源"),
];

/// Words of this program in a language; nothing that stands in the data is among them.
pub fn said(lang: Lang, en: impl Into<String>, zh: impl Into<String>) -> String {
    match lang {
        Lang::En => en.into(),
        Lang::ZhCn => zh.into(),
        Lang::ZhTw => {
            let words = OF_FILES.iter().fold(zh.into(), |text: String, (word, taiwan)| text.replace(word, taiwan));
            to_taiwan(&words)
        }
    }
}

impl Draft<'_> {
    fn say(&self, en: &'static str, zh: &'static str) -> String {
        said(self.lang, en, zh)
    }

    fn project_lines(&self, dated: bool) -> Vec<String> {
        let mut lines = vec![
            "manyi: 1".to_owned(),
            "project:".to_owned(),
            format!("  title: {}", quoted(self.title)),
            format!("  lang: {}", self.lang.tag()),
        ];
        if !dated {
            let why = self
                .say("the date on the document, as no date of the answers gives it", "文档日期，因未按回答日期分期");
            lines.push(format!("  date: {}  # {why}", quoted(self.date)));
        }
        lines
    }

    /// All inputs of the plugin, each under its question; those that nothing feeds as comments.
    fn plugin_lines(&self, fed: &IndexMap<String, String>, why: &str) -> Vec<String> {
        let mut lines = vec!["plugins:".to_owned(), "  enterprise-csi:".to_owned()];
        lines.push(if fed.is_empty() {
            let what = self.say("take out {} with the first line you fill in", "填写第一行时请删去 {}");
            format!("    inputs: {{}}  # {what}")
        } else {
            "    inputs:".to_owned()
        });
        for (input, question) in self.inputs {
            lines.push(format!("      # {}", one_line(question)));
            lines.push(match fed.get(input) {
                Some(column) => format!("      {input}: {}  # {why}", quoted(&quote_name(column))),
                None => {
                    let column = self.say("COLUMN", "栏目名");
                    format!("      #{input}: {column}  # {}", self.say("no question found", "未找到对应的题目"))
                }
            });
        }
        lines
    }
}

/// Options shown in a comment.
const SEEN_LIMIT: usize = 12;

/// The text of `manyi.yaml` for a guess, or an example to fill in where there are no files to guess from.
pub fn write_manyi_yaml(guess: &Guess, draft: &Draft<'_>) -> String {
    let mut lines = if guess.files.is_empty() { example_lines(draft) } else { guess_lines(guess, draft) };
    lines.extend(run_lines(draft, guess.wave.is_some()));
    lines.iter().fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

/// A small project that is valid and lacks nothing but its data file.
fn example_lines(draft: &Draft<'_>) -> Vec<String> {
    let say = |en, zh| draft.say(en, zh);
    let question = |input: &str| {
        let found = draft.inputs.iter().find(|(known, _)| known == input);
        quoted(found.map_or(input, |(_, question)| question.as_str()))
    };
    let mut lines: Vec<String> = vec![say(
        "# A first project file. Put your own in place of every line marked `example`, then run `manyi check`.\n\
         # Quicker: `manyi init --force --from FILE` reads a survey export and writes these lines for you.",
        "# 初始项目文件。请把每一处标有“示例”的内容换成自己的，然后运行 `manyi check`。\n\
         # 更快的办法：`manyi init --force --from 文件` 会读取问卷导出文件，自动写好这些内容。",
    )];
    lines.extend(draft.project_lines(false));
    let file = say("example: the survey export, such as .xlsx or .csv", "示例：问卷导出文件，如 .xlsx、.csv");
    lines.extend(["data:".to_owned(), "  sources:".to_owned(), format!("    - file: data/survey.csv  # {file}")]);
    lines.extend([String::new(), "columns:".to_owned()]);
    let header = say("example: the header in the file", "示例：文件中的表头");
    let columns = [
        ("grade", "single", quoted(&say("Your grade", "您的年级")), say("one of several options", "单选题")),
        ("aware", "boolean", question("aware"), say("yes or no", "是非题")),
        (
            "praise",
            "scale",
            question("praise"),
            say("a rating, with its lowest and highest point", "评分题，须写明最低分与最高分"),
        ),
    ];
    for (name, kind, from, what) in columns {
        lines.push(format!("  {name}:"));
        lines.push(format!("    type: {kind}  # {}{what}", say("example: ", "示例：")));
        lines.push(format!("    from: {from}  # {header}"));
        if kind == "scale" {
            lines.push("    range: [1, 5]".to_owned());
        }
    }
    let why = say("example: its groups are reported beside the total", "示例：按此栏目分组报告");
    lines.extend([String::new(), "segments:".to_owned(), format!("  - grade  # {why}"), String::new()]);
    let fed = ["aware", "praise"].map(|input| (input.to_owned(), input.to_owned()));
    lines.extend(draft.plugin_lines(&IndexMap::from(fed), &say("example: the column", "示例：对应的栏目")));
    lines
}

fn guess_lines(guess: &Guess, draft: &Draft<'_>) -> Vec<String> {
    let lang = draft.lang;
    let say = |en, zh| draft.say(en, zh);
    let mark = say("guessed: ", "推测：");
    let mut lines: Vec<String> = Vec::new();
    let mut line = |content: &str| lines.push(content.to_owned());
    line(&say(
        "# A first project file made from the data. Check every line marked `guessed`, then run `manyi check`.",
        "# 根据数据生成的初始项目文件。请核对每一处标有“推测”的内容，然后运行 `manyi check`。",
    ));
    draft.project_lines(guess.wave.is_some()).iter().for_each(|content| line(content));
    line("data:");
    line("  sources:");
    for (file, wave) in &guess.files {
        line(&format!("    - file: {}", quoted(file)));
        if let Some(wave) = wave {
            let why = say("from the file's name", "取自文件名");
            line(&format!("      wave: {}  # {mark}{why}", quoted(wave)));
        }
    }
    if let Some(id) = &guess.id {
        // A number that survey tools count anew in every export identifies nobody once there is a second file.
        let header = guess.columns.iter().find(|column| column.name == *id).and_then(|column| column.from.first());
        let counted = header.is_some_and(|header| matches!(header.trim(), "序号" | "答题序号"));
        line(&match counted {
            true => format!(
                "  #id: {id}  # {}",
                say(
                    "take off the first `#` only if the numbers go on from file to file",
                    "仅当编号在各文件间连续时才去掉开头的 #"
                )
            ),
            false => format!(
                "  id: {id}  # {mark}{}",
                say("every answer has one, none comes twice", "每份回答都有且互不重复")
            ),
        });
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
    line(if guess.columns.is_empty() { "columns: {}" } else { "columns:" });
    for column in &guess.columns {
        for part in column_lines(column, lang, &mark) {
            line(&part);
        }
        if guess.open.contains(&column.name) {
            let what = say("what people speak of, by a general dictionary", "按通用词典归纳的话题");
            line(&format!("  {}:", quoted(&format!("{}_topics", column.name))));
            line(&format!("    type: multi  # {what}"));
            line(&format!("    themes: {{ of: {} }}", quoted(&column.name)));
        }
    }
    line("");
    if guess.segments.is_empty() {
        line(&say(
            "#segments: [grade]  # columns whose groups are reported beside the total",
            "#segments: [grade]  # 需要分组报告的栏目",
        ));
    } else {
        line("segments:");
        for segment in &guess.segments {
            line(&format!("  - {segment}  # {mark}{}", say("a question about who answers", "关于回答者身份的问题")));
        }
    }
    line("");
    let why = format!("{mark}{}", say("by the words of the question", "依据题目用语"));
    let enterprise = draft.plugin_lines(&guess.inputs, &why);
    let idle = guess.inputs.is_empty() && !guess.others.is_empty();
    for (place, content) in enterprise.iter().enumerate() {
        // Nothing feeds it: it waits as a comment behind the plugins that can be used.
        if idle && place > 0 {
            line(&format!("#{content}"))
        } else {
            line(content)
        }
        if place == 0 {
            for (plugin, inputs) in &guess.others {
                line(&format!("  {plugin}:"));
                let fed: Vec<String> =
                    inputs.iter().map(|(input, column)| format!("{input}: {}", quoted(&quote_name(column)))).collect();
                line(&format!("    inputs: {{ {} }}  # {why}", fed.join(", ")));
            }
        }
    }
    lines
}

/// The way into runs that start by themselves, as comments.
fn run_lines(draft: &Draft<'_>, dated: bool) -> Vec<String> {
    let say = |en, zh| draft.say(en, zh);
    let zone = match draft.lang {
        Lang::En => "UTC",
        Lang::ZhCn => "Asia/Shanghai",
        Lang::ZhTw => "Asia/Taipei",
    };
    let mut lines = vec![
        String::new(),
        say(
            "# Reports that come by themselves, every month: take off the first `#` of each line from `#runs:` on, then see `manyi run --dry-run`.",
            "# 每月自动出报告：去掉 `#runs:` 及以下各行行首的那个 #，然后运行 `manyi run --dry-run` 查看。",
        ),
    ];
    if !dated {
        lines.push(say(
            "# Then a folder a month in `data.sources`: `file: \"data/{period}/*.csv\"`, for data/2026-11/answers.csv.",
            "# 并在 `data.sources` 中按月分文件夹：`file: \"data/{period}/*.csv\"`，如 data/2026-11/answers.csv。",
        ));
    }
    let example = say("example", "示例");
    lines.extend([
        format!("#runs: {{ every: month, timezone: {zone} }}"),
        "#delivery:".to_owned(),
        format!("#  mail: {{ host: smtp.example.com, user: reports@example.com, password: '${{env:SMTP_PASSWORD}}', from: reports@example.com }}  # {example}"),
        format!("#  recipients: [{{ to: manager@example.com, formats: [pdf] }}]  # {example}"),
        format!("#  errors: [me@example.com]  # {example}"),
    ]);
    lines
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
    if !column.labels.is_empty() {
        let named: Vec<String> =
            column.labels.iter().map(|(point, word)| format!("{point}: {}", quoted(word))).collect();
        lines.push(format!("    labels: {{ {} }}", named.join(", ")));
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
        let seen: Vec<&String> = column.seen.iter().filter(|option| !holds_contact(option)).collect();
        let shown: Vec<String> = seen.iter().take(SEEN_LIMIT).map(|option| one_line(option)).collect();
        let dots = if column.seen.len() > shown.len() { " …" } else { "" };
        let (word, comma) = (said(lang, "seen: ", "出现过的选项："), said(lang, ", ", "、"));
        lines.push(format!("    # {word}{}{dots}", shown.join(&comma)));
        if is_mixed(&column.seen) {
            let words = said(
                lang,
                "words and numbers are mixed: say under `labels` which option each number stands for,",
                "文字与数字混杂：请在 `labels` 中说明各数字代表的选项，",
            );
            let form = said(
                lang,
                "or name the numbered form of the export under `codes_file` of its source",
                "或在数据源的 `codes_file` 中写明选项序号形式的导出文件",
            );
            lines.extend([format!("    # {words}"), format!("    # {form}")]);
        }
    }
    lines
}

/// True if some options are numbers and some are words, as where one file holds texts and another the codes for them.
fn is_mixed(options: &[String]) -> bool {
    let numbers = options.iter().filter(|option| parse_number(option).is_some()).count();
    numbers > 0 && numbers < options.len()
}

fn reason_text(reason: &Reason, lang: Lang) -> String {
    let pick = |en: String, zh: String| said(lang, en, zh);
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
