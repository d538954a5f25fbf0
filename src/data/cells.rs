//! What one cell of one column means: the rules of a codebook entry for one file come in, cell texts and numbers are read
//! into [`Answer`]s. Nothing here knows about tables.

use std::collections::HashSet;

use indexmap::IndexMap;

use crate::config::raw::{ColumnType, Dialect, RawColumn, RawLabel, RawScalar};
use crate::data::dialects;
use crate::data::numbers::{excel_serial, fold_width, number_text, parse_moment, parse_number};
use crate::data::options::{join_options, split_options, without_free_text};
use crate::data::scales::{is_not_applicable, wording_position};
use crate::data::table::RawHeader;
use crate::diagnostics::Lang;

/// Range of a scale that declares none.
pub const DEFAULT_SCALE: [f64; 2] = [1.0, 5.0];

/// What a cell says.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// A position on a scale, or a quantity.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// Milliseconds since 1970, wall clock.
    Moment(i64),
    /// An option, options joined by [`crate::data::table::OPTION_SEPARATOR`], or free text.
    Text(String),
    /// No answer.
    Missing,
    /// Does not apply.
    NotApplicable,
    /// Outside the range or not readable.
    Invalid,
}

const YES: &[&str] = &[
    "1",
    "true",
    "t",
    "yes",
    "y",
    "是",
    "是的",
    "有",
    "对",
    "會",
    "会",
    "√",
    "✓",
    "✔",
    "☑",
    "愿意",
    "知道",
    "听说过",
    "checked",
    "selected",
    "选中",
    "已选",
];
const NO: &[&str] = &[
    "0",
    "false",
    "f",
    "no",
    "n",
    "否",
    "不是",
    "没有",
    "沒有",
    "无",
    "無",
    "不对",
    "不會",
    "不会",
    "×",
    "✗",
    "☐",
    "不愿意",
    "不知道",
    "没听说过",
    "not selected",
    "unchecked",
    "未选中",
    "未选",
    "没",
    "不",
];

/// Text under which values are compared: folded, lower case, numbers in one form (`1.0` is `1`).
pub fn value_key(text: &str) -> String {
    let folded = fold_width(text);
    match folded.parse::<f64>() {
        Ok(number) if number.is_finite() && folded.len() <= 15 => number_text(number),
        _ => folded.to_lowercase(),
    }
}

/// The text under which an option is stored: the plain label, else the Chinese one, else the English one.
pub fn stored_label(label: &RawLabel) -> String {
    match label {
        RawLabel::Number(number) => number_text(*number),
        RawLabel::Text(text) => text.get(Lang::ZhCn).to_owned(),
    }
}

/// The rules of a column for one file.
#[derive(Debug, Clone)]
pub struct CellRules {
    kind: ColumnType,
    range: Option<[f64; 2]>,
    reverse: bool,
    missing: HashSet<String>,
    /// Values that the file calls missing; what the codebook says goes before.
    missing_in_file: HashSet<String>,
    not_applicable: HashSet<String>,
    yes: HashSet<String>,
    no: HashSet<String>,
    /// Declared meanings by value key: stored option, or number as text.
    labels: IndexMap<String, String>,
    /// Labels that the file carries, by value key of the code.
    value_labels: IndexMap<String, String>,
    /// Texts that a joined cell may hold whole.
    whole_options: Vec<String>,
    /// Options are only those declared.
    closed: bool,
    separators: Vec<String>,
    format: Option<String>,
    dialect: Dialect,
}

impl CellRules {
    /// Rules of a codebook entry for the cells under `header` in a file of `dialect`.
    pub fn new(column: &RawColumn, header: &RawHeader, dialect: Dialect) -> Self {
        let keys =
            |values: &[RawScalar]| values.iter().map(|value| value_key(&value.as_text())).collect::<HashSet<_>>();
        let missing = keys(&column.missing);
        let missing_in_file = header.missing.iter().map(|value| value_key(value)).collect();
        let not_applicable = keys(&column.not_applicable);
        let (yes, no) = (keys(&column.yes), keys(&column.no));
        let mut labels = IndexMap::new();
        let mut whole_options = Vec::new();
        for (key, label) in column.labels.iter().flatten() {
            let stored = stored_label(label);
            labels.insert(value_key(key), stored.clone());
            whole_options.push(key.clone());
            if let RawLabel::Text(text) = label {
                whole_options.push(stored);
                whole_options.extend(Lang::ALL.map(|lang| text.get(lang).to_owned()));
            }
        }
        // A cell may also hold the label itself; keys come first, so 1: 2 stays what it says.
        for (key, label) in column.labels.iter().flatten() {
            if let RawLabel::Text(text) = label {
                let meaning = labels.get(&value_key(key)).cloned().unwrap_or_default();
                for shown in Lang::ALL.map(|lang| text.get(lang)) {
                    labels.entry(value_key(shown)).or_insert_with(|| meaning.clone());
                }
            }
        }
        let value_labels: IndexMap<String, String> =
            header.value_labels.iter().map(|(code, label)| (value_key(code), label.trim().to_owned())).collect();
        whole_options.extend(header.value_labels.values().map(|label| label.trim().to_owned()));
        let separators = match &column.separator {
            Some(separator) => vec![separator.clone()],
            None if column.kind == ColumnType::Ranking => {
                vec!["→".into(), "┋".into(), dialects::separator(dialect).into()]
            }
            None => vec![dialects::separator(dialect).into(), "┋".into()],
        };
        Self {
            kind: column.kind,
            range: column.range.or((column.kind == ColumnType::Scale).then_some(DEFAULT_SCALE)),
            reverse: column.reverse,
            missing,
            missing_in_file,
            not_applicable,
            yes,
            no,
            closed: !labels.is_empty(),
            labels,
            value_labels,
            whole_options,
            separators,
            format: column.format.clone(),
            dialect,
        }
    }

    /// Reads a cell text.
    pub fn read(&self, cell: &str) -> Answer {
        if let Some(nothing) = self.read_nothing(cell) {
            return nothing;
        }
        match self.kind {
            ColumnType::Scale => self.read_scale(cell),
            ColumnType::Number => self.read_quantity(cell),
            ColumnType::Boolean => self.read_boolean(cell),
            ColumnType::Single => self.read_option(cell).map_or(Answer::Invalid, Answer::Text),
            ColumnType::Multi | ColumnType::Ranking => self.read_options(cell),
            ColumnType::Date => parse_moment(cell, self.format.as_deref()).map_or(Answer::Invalid, Answer::Moment),
            ColumnType::Text => Answer::Text(cell.trim().to_owned()),
        }
    }

    /// Reads a cell that the file holds as a number.
    pub fn read_number(&self, value: f64) -> Answer {
        if !value.is_finite() {
            return Answer::Missing;
        }
        if self.kind == ColumnType::Date
            && let Some(moment) = excel_serial(value)
        {
            return Answer::Moment(moment);
        }
        if self.numbers_are_values() { self.in_range(value) } else { self.read(&number_text(value)) }
    }

    /// True if no number stands for anything but itself.
    fn numbers_are_values(&self) -> bool {
        matches!(self.kind, ColumnType::Scale | ColumnType::Number)
            && self.labels.is_empty()
            && self.missing.is_empty()
            && self.missing_in_file.is_empty()
            && self.not_applicable.is_empty()
            && self.dialect != Dialect::Wjx
    }

    /// Lowest and highest number that is its own answer, if numbers are taken as the file holds them.
    pub fn numbers_taken(&self) -> Option<[f64; 2]> {
        match self.range {
            Some([low, high]) => {
                (self.numbers_are_values() && !self.reverse).then_some([low.max(f64::MIN), high.min(f64::MAX)])
            }
            None => self.numbers_are_values().then_some([f64::MIN, f64::MAX]),
        }
    }

    /// True if yes and no are taken as the file holds them.
    pub fn takes_booleans(&self) -> bool {
        self.kind == ColumnType::Boolean
            && self.read("true") == Answer::Boolean(true)
            && self.read("false") == Answer::Boolean(false)
    }

    /// The kind of the column.
    pub fn kind(&self) -> ColumnType {
        self.kind
    }

    /// Lowest and highest value, as declared or by default.
    pub fn range(&self) -> Option<[f64; 2]> {
        self.range
    }

    /// What a cell of one option's own column says: was the option ticked?
    pub fn read_tick(&self, cell: &str, option: &str) -> Answer {
        if let Some(nothing) = self.read_nothing(cell) {
            return nothing;
        }
        let key = value_key(cell);
        // 问卷星 writes the option's text, LimeSurvey Y, others 1; an "other" column holds what the respondent wrote.
        let names_option = key == value_key(option)
            || without_free_text(cell).is_some()
            || ["其他", "其它", "other", "-oth-"].iter().any(|word| value_key(option).starts_with(word));
        match self.read_boolean(cell) {
            Answer::Invalid if names_option => Answer::Boolean(true),
            answer => answer,
        }
    }

    /// The rank in a cell of one option's own column.
    pub fn read_rank(&self, cell: &str) -> Answer {
        if let Some(nothing) = self.read_nothing(cell) {
            return nothing;
        }
        match parse_number(cell) {
            Some(0.0) => Answer::Missing,
            Some(rank) if rank >= 1.0 && rank.fract() == 0.0 => Answer::Number(rank),
            _ => Answer::Invalid,
        }
    }

    /// Blank cells, declared codes, and what the survey tool writes for skipped and unanswered questions.
    fn read_nothing(&self, cell: &str) -> Option<Answer> {
        let trimmed = cell.trim();
        if trimmed.is_empty() {
            return Some(Answer::Missing);
        }
        let has_codes =
            [&self.missing, &self.missing_in_file, &self.not_applicable].iter().any(|codes| !codes.is_empty());
        let is_wjx = self.dialect == Dialect::Wjx;
        if !has_codes && !is_wjx && !matches!(self.kind, ColumnType::Scale | ColumnType::Number | ColumnType::Boolean) {
            return None;
        }
        let key = value_key(trimmed);
        if self.missing.contains(&key) {
            return Some(Answer::Missing);
        }
        if self.not_applicable.contains(&key) {
            return Some(Answer::NotApplicable);
        }
        if is_wjx {
            match key.as_str() {
                "-3" | "(跳过)" => return Some(Answer::NotApplicable),
                "-2" | "(空)" => return Some(Answer::Missing),
                _ => {}
            }
        }
        self.missing_in_file.contains(&key).then_some(Answer::Missing)
    }

    /// Wordings of "does not apply", for kinds where they cannot be an answer of their own.
    fn not_applicable_or_invalid(cell: &str) -> Answer {
        if is_not_applicable(cell) { Answer::NotApplicable } else { Answer::Invalid }
    }

    fn read_scale(&self, cell: &str) -> Answer {
        let key = value_key(cell);
        if let Some(meaning) = self.labels.get(&key) {
            // `5: 超赞` names the answer 5: the cell may hold either, and the declared code goes before the usual meaning.
            let value = meaning.parse().ok().or_else(|| parse_number(cell)).or_else(|| self.code_of_label(meaning));
            return value.or_else(|| self.wording(meaning)).map_or(Answer::Invalid, |value| self.in_range(value));
        }
        if let Some(label) = self.value_labels.get(&key)
            && is_not_applicable(label)
        {
            return Answer::NotApplicable;
        }
        // The words come before a number in the same cell: `1、非常满意` is numbered as an option, not rated 1.
        if let Some(value) = self.wording(cell).or_else(|| parse_number(cell)) {
            return self.in_range(value);
        }
        // A text whose code the file knows counts as that code.
        let code =
            self.value_labels.iter().find(|(_, label)| value_key(label) == key).and_then(|(code, _)| code.parse().ok());
        code.map_or_else(|| Self::not_applicable_or_invalid(cell), |value| self.in_range(value))
    }

    fn code_of_label(&self, meaning: &str) -> Option<f64> {
        self.labels.iter().filter(|(_, held)| held.as_str() == meaning).find_map(|(key, _)| key.parse().ok())
    }

    fn wording(&self, text: &str) -> Option<f64> {
        let [low, high] = self.range?;
        let points = high - low + 1.0;
        if !(points.fract() == 0.0 && (2.0..=20.0).contains(&points)) {
            return None;
        }
        wording_position(text, points as usize).map(|position| low + position as f64 - 1.0)
    }

    fn read_quantity(&self, cell: &str) -> Answer {
        if let Some(value) = self.labels.get(&value_key(cell)).and_then(|meaning| meaning.parse().ok()) {
            return self.in_range(value);
        }
        match parse_number(cell) {
            // A share declared as 0 to 1 but written as 85%.
            Some(value) if self.range.is_some_and(|[_, high]| high <= 1.0) && fold_width(cell).ends_with('%') => {
                self.in_range(value / 100.0)
            }
            Some(value) => self.in_range(value),
            None => Self::not_applicable_or_invalid(cell),
        }
    }

    fn in_range(&self, value: f64) -> Answer {
        match self.range {
            Some([low, high]) if value < low || value > high => Answer::Invalid,
            Some([low, high]) if self.reverse => Answer::Number(low + high - value),
            _ => Answer::Number(value),
        }
    }

    fn read_boolean(&self, cell: &str) -> Answer {
        let key = value_key(cell);
        if self.yes.contains(&key) {
            return Answer::Boolean(true);
        }
        if self.no.contains(&key) {
            return Answer::Boolean(false);
        }
        let usual = |text: &str| {
            let text = text.trim();
            if YES.contains(&text) {
                Some(true)
            } else if NO.contains(&text) {
                Some(false)
            } else {
                None
            }
        };
        let meaning = self.labels.get(&key).or_else(|| self.value_labels.get(&key)).map(|meaning| value_key(meaning));
        match meaning.as_deref().and_then(usual).or_else(|| usual(&key)) {
            Some(answer) => Answer::Boolean(answer != self.reverse),
            None => Self::not_applicable_or_invalid(cell),
        }
    }

    /// The stored option of an option's text or code; `None` if options are declared and it is none of them.
    fn read_option(&self, cell: &str) -> Option<String> {
        let known = |text: &str| {
            let key = value_key(text);
            self.labels.get(&key).cloned().or_else(|| {
                let label = self.value_labels.get(&key)?;
                Some(self.labels.get(&value_key(label)).unwrap_or(label).clone())
            })
        };
        if let Some(option) = known(cell) {
            return Some(option);
        }
        let bare = without_free_text(cell);
        if let Some(option) = bare.and_then(known) {
            return Some(option);
        }
        (!self.closed).then(|| plain_option(bare.unwrap_or(cell)))
    }

    fn read_options(&self, cell: &str) -> Answer {
        let separators: Vec<&str> = self.separators.iter().map(String::as_str).collect();
        let pieces = split_options(cell, &separators, &self.whole_options);
        let options: Option<Vec<String>> = pieces.into_iter().map(|piece| self.read_option(piece)).collect();
        match options {
            Some(options) if options.is_empty() => Answer::Missing,
            Some(options) => Answer::Text(join_options(options.iter().map(String::as_str))),
            None => Answer::Invalid,
        }
    }
}

/// An option as written, but `1.0` as `1`: the same code may come from a text and from a number cell.
fn plain_option(text: &str) -> String {
    let text = text.trim();
    text.strip_suffix(".0")
        .filter(|whole| !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit()))
        .unwrap_or(text)
        .to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use Answer::{Boolean, Invalid, Missing, NotApplicable, Number};

    /// A codebook entry from its YAML.
    pub(crate) fn column(yaml: &str) -> RawColumn {
        let mut diagnostics = crate::diagnostics::Diagnostics::new();
        crate::config::parse_yaml(yaml, "column.yaml", &mut diagnostics).unwrap().0
    }

    fn read(yaml: &str, dialect: Dialect, cell: &str) -> Answer {
        CellRules::new(&column(yaml), &RawHeader::default(), dialect).read(cell)
    }

    fn text(value: &str) -> Answer {
        Answer::Text(value.to_owned())
    }

    #[test]
    fn scale_cells() {
        let plain = "{type: scale, range: [1, 5]}";
        let cases = [
            (plain, "5", Number(5.0)),
            (plain, "５分", Number(5.0)),
            (plain, "非常不满意", Number(1.0)),
            (plain, "1、非常满意", Number(5.0)),
            (plain, "不适用", NotApplicable),
            (plain, "  ", Missing),
            (plain, "6", Invalid),
            (plain, "还行吧", Invalid),
            ("{type: scale, range: [1, 5], reverse: true}", "非常满意", Number(1.0)),
            ("{type: scale, range: [1, 5], missing: [9]}", "9.0", Missing),
            ("{type: scale, range: [1, 5], not_applicable: [6, 未体验]}", "未体验", NotApplicable),
            ("{type: scale, range: [1, 3], labels: {超赞: 3, 还行: 2, 垃圾: 1}}", "还行", Number(2.0)),
            ("{type: scale, range: [1, 3], labels: {3: 超赞, 2: 还行, 1: 垃圾}}", "超赞", Number(3.0)),
            ("{type: scale, range: [1, 3], labels: {3: 超赞, 2: 还行, 1: 垃圾}}", "2", Number(2.0)),
            ("{type: scale, range: [0, 10]}", "10", Number(10.0)),
            ("{type: scale, range: [0, 10]}", "满意", Invalid),
        ];
        for (yaml, cell, expected) in cases {
            assert_eq!(read(yaml, Dialect::Plain, cell), expected, "{cell} under {yaml}");
        }
    }

    #[test]
    fn boolean_number_and_date_cells() {
        let cases = [
            ("{type: boolean}", "是", Boolean(true)),
            ("{type: boolean}", "N", Boolean(false)),
            ("{type: boolean}", "1.0", Boolean(true)),
            ("{type: boolean}", "不清楚", NotApplicable),
            ("{type: boolean}", "2", Invalid),
            ("{type: boolean, yes: [经常听说, 听说过一点], no: [完全没有]}", "听说过一点", Boolean(true)),
            ("{type: boolean, yes: [1], no: [2]}", "2", Boolean(false)),
            ("{type: number}", "1,234元", Number(1234.0)),
            ("{type: number, range: [0, 1]}", "85%", Number(0.85)),
            ("{type: number, range: [0, 100]}", "85%", Number(85.0)),
            ("{type: number, range: [0, 120]}", "150岁", Invalid),
            ("{type: date}", "2026-09-03", Answer::Moment(1_788_393_600_000)),
            ("{type: date}", "昨天", Invalid),
        ];
        for (yaml, cell, expected) in cases {
            assert_eq!(read(yaml, Dialect::Plain, cell), expected, "{cell} under {yaml}");
        }
        // A workbook may hold the day as its serial whatever the format of the texts.
        let dates = CellRules::new(&column("{type: date, format: '%Y/%m/%d'}"), &RawHeader::default(), Dialect::Plain);
        assert_eq!(dates.read_number(46_268.0), Answer::Moment(1_788_393_600_000));
    }

    #[test]
    fn option_cells() {
        let labelled = "{type: single, labels: {1: 大一, 2: {zh-CN: 大二, en: Sophomore}}}";
        let multi = "{type: multi, separator: ', ', labels: {'价格, 实惠': 价格, 近: 近, 其他: 其他}}";
        let cases = [
            ("{type: single}", "大一", text("大一")),
            ("{type: single}", "3.0", text("3")),
            ("{type: single}", "〖其他〗研究生", text("其他")),
            (labelled, "1", text("大一")),
            (labelled, "2.0", text("大二")),
            (labelled, "Sophomore", text("大二")),
            (labelled, "大三", Invalid),
            (multi, "近, 价格, 实惠", text("近\u{1f}价格")),
            (multi, "近, 服务", Invalid),
            (multi, "〖其他〗朋友推荐", text("其他")),
        ];
        for (yaml, cell, expected) in cases {
            assert_eq!(read(yaml, Dialect::Plain, cell), expected, "{cell} under {yaml}");
        }
    }

    #[test]
    fn wjx_codes_mean_skipped_and_unanswered() {
        let cases = [
            ("{type: scale}", "-3", NotApplicable),
            ("{type: scale}", "-2", Missing),
            ("{type: single}", "(跳过)", NotApplicable),
            ("{type: single}", "（空）", Missing),
            ("{type: multi}", "价格┋近", text("价格\u{1f}近")),
            ("{type: ranking}", "近→价格", text("近\u{1f}价格")),
        ];
        for (yaml, cell, expected) in cases {
            assert_eq!(read(yaml, Dialect::Wjx, cell), expected, "{cell} under {yaml}");
        }
    }

    #[test]
    fn labels_of_the_file_name_its_codes() {
        let labels = [("1", "非常满意"), ("2", "满意"), ("9", "不适用")];
        let value_labels = labels.map(|(code, label)| (code.to_owned(), label.to_owned())).into_iter().collect();
        let header = RawHeader { value_labels, missing: vec!["99".into()], ..RawHeader::default() };
        let scale = CellRules::new(&column("{type: scale, range: [1, 9]}"), &header, Dialect::Plain);
        assert_eq!([scale.read("2"), scale.read("9"), scale.read("99")], [Number(2.0), NotApplicable, Missing]);
        let single = CellRules::new(&column("{type: single}"), &header, Dialect::Plain);
        assert_eq!(single.read_number(2.0), text("满意"));
    }

    proptest! {
        #[test]
        fn no_cell_panics(cell in "\\PC{0,16}", number in proptest::num::f64::ANY) {
            use ColumnType as T;
            for kind in [T::Scale, T::Boolean, T::Single, T::Multi, T::Ranking, T::Number, T::Date, T::Text] {
                let mut raw = column("{type: text, labels: {1: 好, 2: '坏, 差'}, range: [1, 5]}");
                raw.kind = kind;
                for dialect in [Dialect::Wjx, Dialect::Plain] {
                    let rules = CellRules::new(&raw, &RawHeader::default(), dialect);
                    let _ = (rules.read(&cell), rules.read_number(number), rules.read_tick(&cell, "其他"), rules.read_rank(&cell));
                }
            }
        }
    }
}
