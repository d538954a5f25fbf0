//! What a survey file seems to hold, for the first `manyi.yaml` of a project: kinds of answers, ranges, and the columns with
//! a special part. Raw tables come in, a [`Guess`] goes out in which everything carries the reason for it.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use unicode_width::UnicodeWidthStr;

use crate::config::raw::{ColumnType, Dialect, OneOrMany, RawColumn, RawScalar};
use crate::data::cells::{Answer, CellRules};
use crate::data::guess_roles::{
    Role, asks_options, asks_own_words, asks_recommendation, asks_yes_no, holds_contact, is_open, is_rating,
    is_segment, names_of, other_input, plugin_input, question_text, role_of, stated_range,
};
use crate::data::numbers::{number_text, parse_moment, parse_number};
use crate::data::options::{option_of_header, split_options, without_free_text};
use crate::data::ordering::natural;
use crate::data::profile::{Profile, profile_headers};
use crate::data::scales::{worded_points, wording_position};
use crate::data::sources::LoadedSource;

pub use crate::data::guess_yaml::{Draft, said, write_manyi_yaml};

/// What the files seem to hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess {
    /// Files in order, with the wave that the file's name gives where no date does.
    pub files: Vec<(String, Option<String>)>,
    /// Columns in file order.
    pub columns: Vec<GuessedColumn>,
    /// Column of unique ids.
    pub id: Option<String>,
    /// Date column that can cut waves.
    pub wave: Option<String>,
    /// Column of weights.
    pub weight: Option<String>,
    /// Columns that form groups.
    pub segments: Vec<String>,
    /// Inputs of the enterprise-csi plugin with the column that may feed them.
    pub inputs: IndexMap<String, String>,
    /// Inputs of other plugins, by plugin.
    pub others: IndexMap<String, IndexMap<String, String>>,
    /// Questions answered in people's own words.
    pub open: Vec<String>,
}

/// A column and why it is thought to be what it is.
#[derive(Debug, Clone, PartialEq)]
pub struct GuessedColumn {
    /// Short name for expressions.
    pub name: String,
    /// Kind of answer.
    pub kind: ColumnType,
    /// Headers in the files.
    pub from: Vec<String>,
    /// The question in words.
    pub title: String,
    /// Range of a scale.
    pub range: Option<[f64; 2]>,
    /// Values that seem to mean "no answer".
    pub missing: Vec<String>,
    /// Answers that mean yes, where they are not the usual ones.
    pub yes: Vec<String>,
    /// Answers that mean no, where they are not the usual ones.
    pub no: Vec<String>,
    /// Separator of a joined cell, where it is not the survey tool's.
    pub separator: Option<String>,
    /// Personal data.
    pub personal: bool,
    /// What the points of a worded scale are called.
    pub labels: BTreeMap<usize, String>,
    /// Options seen.
    pub seen: Vec<String>,
    /// Why.
    pub reason: Reason,
}

/// Why a column is thought to be what it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// The header names a well-known field of survey exports.
    Header,
    /// The answers are the words of a scale.
    Words {
        /// Points of the scale.
        points: usize,
    },
    /// The answers are whole numbers in a short range.
    Numbers {
        /// Lowest and highest number seen.
        seen: [f64; 2],
    },
    /// The answers say yes or no.
    YesNo,
    /// The question asks for yes or no and the answers are the codes 1 and 2.
    CodedYesNo,
    /// Few different answers.
    Options {
        /// How many.
        count: usize,
    },
    /// Cells join several options.
    Joined {
        /// By what.
        separator: String,
    },
    /// One column an option.
    OptionColumns,
    /// Every answer is a date.
    Dates,
    /// Every answer is a number.
    Quantities,
    /// Nothing else fits: free text, or not understood.
    NotUnderstood,
    /// No answers at all.
    Empty,
}

/// Guesses the codebook of a project from its files.
pub fn guess(tables: &[LoadedSource]) -> Guess {
    let profiles = profile_headers(tables);
    let groups = group_option_columns(&profiles);
    let mut columns: Vec<GuessedColumn> = groups
        .iter()
        .map(|group| match group.as_slice() {
            [single] => guess_column(single),
            several => guess_option_columns(several),
        })
        .collect();
    align_matrix_items(&mut columns, &groups);
    let sources: Vec<&[&Profile]> = groups.iter().map(Vec::as_slice).collect();
    for (column, name) in columns.iter_mut().zip(names_of(&sources)) {
        column.name = name;
    }

    let mut guessed = Guess {
        files: Vec::new(),
        columns: Vec::new(),
        id: None,
        wave: None,
        weight: None,
        segments: Vec::new(),
        inputs: IndexMap::new(),
        others: IndexMap::new(),
        open: Vec::new(),
    };
    for (column, group) in columns.iter().zip(&groups) {
        let [profile] = group.as_slice() else { continue };
        let complete = profile.filled == profile.rows;
        let mut take = |place: fn(&mut Guess) -> &mut Option<String>| {
            place(&mut guessed).get_or_insert_with(|| column.name.clone());
        };
        match role_of(profile) {
            Some(Role::Id) if complete && profile.is_unique() => take(|guessed| &mut guessed.id),
            Some(Role::Submitted) if complete && column.kind == ColumnType::Date => take(|guessed| &mut guessed.wave),
            Some(Role::Weight) if complete && column.kind == ColumnType::Number && can_weigh(profile) => {
                take(|guessed| &mut guessed.weight)
            }
            _ => {}
        }
        if is_segment(profile) && column.kind == ColumnType::Single && (2..=12).contains(&column.seen.len()) {
            guessed.segments.push(column.name.clone());
        }
        if let Some(input) = plugin_input(profile, column.kind, column.range) {
            guessed.inputs.entry(input.to_owned()).or_insert_with(|| column.name.clone());
        }
        if let Some((plugin, input)) = other_input(profile, column.kind, column.range) {
            let fed = guessed.others.entry(plugin.to_owned()).or_default();
            // One question feeds one scale of a plugin.
            if fed.is_empty() {
                fed.insert(input.to_owned(), column.name.clone());
            }
        }
        if column.kind == ColumnType::Text && !column.personal && is_open(profile) && profile.filled > 0 {
            guessed.open.push(column.name.clone());
        }
    }
    // Who bought from us in the period was our customer in it.
    if let Some(bought) = guessed.inputs.get("bought").cloned() {
        guessed.inputs.entry("customer".to_owned()).or_insert(bought);
    }
    guessed.files = files_with_waves(tables, guessed.wave.is_some());
    guessed.columns = columns;
    guessed
}

/// Items of one matrix question share their scale, also where nobody chose its highest point for one of them.
fn align_matrix_items(columns: &mut [GuessedColumn], groups: &[Vec<&Profile>]) {
    let stem = |group: &[&Profile]| match group {
        [single] => stem_of(&single.header.name).to_owned(),
        _ => String::new(),
    };
    let scales: IndexMap<String, GuessedColumn> = columns
        .iter()
        .zip(groups)
        .filter(|(column, _)| column.kind == ColumnType::Scale)
        .map(|(column, group)| (stem(group), column.clone()))
        .filter(|(stem, _)| !stem.is_empty())
        .collect();
    for (column, group) in columns.iter_mut().zip(groups) {
        let (Some(sibling), [profile]) = (scales.get(&stem(group)), group.as_slice()) else { continue };
        if matches!(column.kind, ColumnType::Single | ColumnType::Number | ColumnType::Boolean) {
            let (range, missing) = (sibling.range, sibling.missing.clone());
            let aligned =
                GuessedColumn { range, missing, ..described(profile, ColumnType::Scale, sibling.reason.clone()) };
            if reads_all(&aligned, profile) {
                *column = aligned;
            }
        }
    }
}

/// True if the values could be weights: none negative, not all zero.
fn can_weigh(profile: &Profile) -> bool {
    let mut weights = profile.values.keys().filter_map(|value| parse_number(value));
    weights.clone().all(|weight| weight >= 0.0) && weights.any(|weight| weight > 0.0)
}

/// Headers of one expanded multi-select together, everything else alone.
fn group_option_columns<'a>(profiles: &'a [Profile]) -> Vec<Vec<&'a Profile>> {
    let mut groups: Vec<Vec<&'a Profile>> = Vec::new();
    for profile in profiles {
        let joins = groups.last().and_then(|group: &Vec<&Profile>| group.last()).is_some_and(|last| {
            let stem = stem_of(&profile.header.name);
            !stem.is_empty() && stem == stem_of(&last.header.name) && is_tick(last) && is_tick(profile)
        });
        match groups.last_mut() {
            Some(group) if joins => group.push(profile),
            _ => groups.push(vec![profile]),
        }
    }
    groups
}

/// What stands before the option in the header of an expanded question; empty if there is no option.
fn stem_of(header: &str) -> &str {
    let option = option_of_header(header);
    if option == header { "" } else { header.split(option).next().unwrap_or_default() }
}

/// True if the column says whether one option was ticked. Two different words are a yes-no item of a matrix, not a tick.
fn is_tick(profile: &Profile) -> bool {
    let option = option_of_header(&profile.header.name);
    let is_other = ["其他", "其它", "Other", "other"].iter().any(|word| option.starts_with(word));
    let is_mark = |cell: &str| {
        ["0", "1", "0.0", "1.0", "Y", "√", option].contains(&cell) || is_other || without_free_text(cell).is_some()
    };
    !profile.overflow && profile.values.keys().all(|cell| is_mark(cell))
}

fn guess_option_columns(group: &[&Profile]) -> GuessedColumn {
    let first = group[0];
    let stem = stem_of(&first.header.name).trim_end_matches(['(', '（', '[', '【', ':']);
    GuessedColumn {
        from: group.iter().map(|profile| profile.header.name.clone()).collect(),
        title: question_text(stem),
        seen: group.iter().map(|profile| option_of_header(&profile.header.name).to_owned()).collect(),
        ..described(first, ColumnType::Multi, Reason::OptionColumns)
    }
}

fn described(profile: &Profile, kind: ColumnType, reason: Reason) -> GuessedColumn {
    GuessedColumn {
        name: String::new(),
        kind,
        from: vec![profile.header.name.clone()],
        title: question_text(profile.header.label.as_deref().unwrap_or(&profile.header.name)),
        range: None,
        missing: Vec::new(),
        yes: Vec::new(),
        no: Vec::new(),
        separator: None,
        personal: false,
        labels: BTreeMap::new(),
        seen: Vec::new(),
        reason,
    }
}

/// The first guess that reads every cell of the column.
fn guess_column(profile: &Profile) -> GuessedColumn {
    let text = |reason| described(profile, ColumnType::Text, reason);
    match role_of(profile) {
        Some(Role::Id) => return text(Reason::Header),
        Some(Role::Personal) => return GuessedColumn { personal: true, ..text(Reason::Header) },
        Some(Role::Submitted | Role::Duration | Role::Weight) | None => {}
    }
    if profile.values.is_empty() {
        return text(Reason::Empty);
    }
    let guesses = [guess_dates, guess_yes_no, guess_words, guess_rating, guess_joined, guess_numbers, guess_options];
    let fitting = guesses.iter().filter_map(|guess| guess(profile)).find(|column| reads_all(column, profile));
    fitting.unwrap_or_else(|| text(Reason::NotUnderstood))
}

/// True if no cell seen would be an error under the guess.
fn reads_all(column: &GuessedColumn, profile: &Profile) -> bool {
    let rules = CellRules::new(&column.to_raw(), &profile.header, profile.dialect);
    profile.values.keys().all(|cell| rules.read(cell) != Answer::Invalid)
}

fn guess_dates(profile: &Profile) -> Option<GuessedColumn> {
    // Five digits may be a number as well as Excel's serial of a day: only a header that says so makes it a date.
    let serials = profile.all_numbers && role_of(profile) != Some(Role::Submitted);
    (profile.all_dates && !serials).then(|| described(profile, ColumnType::Date, Reason::Dates))
}

fn guess_yes_no(profile: &Profile) -> Option<GuessedColumn> {
    let answers = profile.answers();
    if answers.is_empty() || answers.len() > 2 {
        return None;
    }
    let plain = described(profile, ColumnType::Boolean, Reason::YesNo);
    let numeric = answers.iter().all(|answer| parse_number(answer).is_some());
    if numeric {
        let both = answers.len() == 2 && answers.iter().all(|answer| matches!(parse_number(answer), Some(0.0 | 1.0)));
        let coded = answers.len() == 2 && answers.iter().all(|answer| matches!(parse_number(answer), Some(1.0 | 2.0)));
        if coded && asks_yes_no(profile) {
            return Some(GuessedColumn {
                yes: vec!["1".into()],
                no: vec!["2".into()],
                reason: Reason::CodedYesNo,
                ..plain
            });
        }
        return both.then_some(plain);
    }
    if reads_all(&plain, profile) {
        return Some(plain);
    }
    // 抱怨过 and 没有抱怨过: one is the other with a "not" before it.
    let [a, b] = answers.as_slice() else { return None };
    let negates = |long: &str, short: &str| {
        ["没有", "没", "不", "未", "从未", "从没", "无", "not ", "never "].iter().any(|not| {
            long.strip_prefix(not).is_some_and(|rest| rest == short || rest == short.trim_start_matches('有'))
        })
    };
    let (yes, no) = if negates(b, a) {
        (a, b)
    } else if negates(a, b) {
        (b, a)
    } else {
        return None;
    };
    Some(GuessedColumn { yes: vec![(*yes).to_owned()], no: vec![(*no).to_owned()], ..plain })
}

fn guess_words(profile: &Profile) -> Option<GuessedColumn> {
    let answers = profile.answers();
    let words: Vec<&str> = answers.iter().copied().filter(|answer| parse_number(answer).is_none()).collect();
    // Codes whose words the file carries are read as they stand; their words only tell that it is a scale.
    let labelled: Vec<&str> = profile.header.value_labels.values().map(String::as_str).collect();
    let known = if words.is_empty() { &labelled } else { &words };
    let graded: Vec<&str> =
        known.iter().copied().filter(|word| !crate::data::scales::is_not_applicable(word)).collect();
    if graded.len() < 2 {
        return None;
    }
    let points = worded_points(graded.iter().copied())?;
    let range = Some([1.0, points as f64]);
    let mut labels: BTreeMap<usize, String> = BTreeMap::new();
    for word in graded.into_iter().filter(|_| !words.is_empty()) {
        // Of several wordings of one point the shortest is the plainest.
        if let Some(position) = wording_position(word, points) {
            let held = labels.entry(position).or_insert_with(|| word.to_owned());
            if word.chars().count() < held.chars().count() {
                word.clone_into(held);
            }
        }
    }
    Some(GuessedColumn { range, labels, ..described(profile, ColumnType::Scale, Reason::Words { points }) })
}

/// Codes that surveys use for "no answer" beside a scale.
const MISSING_CODES: [f64; 14] = [0.0, -1.0, -2.0, -3.0, -9.0, 6.0, 8.0, 9.0, 11.0, 77.0, 88.0, 98.0, 99.0, 999.0];

fn guess_rating(profile: &Profile) -> Option<GuessedColumn> {
    let answers = profile.answers();
    let numbers: Vec<f64> = answers.iter().map(|answer| parse_number(answer)).collect::<Option<_>>()?;
    if is_segment(profile)
        || !profile.header.value_labels.is_empty()
        || numbers.iter().any(|number| number.fract() != 0.0)
    {
        return None;
    }
    let highest = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let has = |number: f64| numbers.contains(&number);
    // What the question says of its points holds, also where nobody chose the highest or lowest.
    let inside = |[low, high]: [f64; 2]| {
        let missing = |number: &f64| !(low..=high).contains(number) && !MISSING_CODES.contains(number);
        !numbers.iter().any(missing)
    };
    let stated = stated_range(profile)
        .filter(|range| is_rating(profile) && inside(*range) && numbers.iter().any(|number| *number > 1.0));
    let usual = match asks_recommendation(profile) {
        true => [[0.0, 10.0], [1.0, 5.0], [1.0, 7.0], [1.0, 10.0]],
        false => [[1.0, 5.0], [1.0, 7.0], [1.0, 10.0], [0.0, 10.0]],
    };
    let range = stated.or_else(|| {
        usual.into_iter().find(|&[low, high]| {
            let (inside, outside): (Vec<f64>, Vec<f64>) =
                numbers.iter().partition(|number| (low..=high).contains(*number));
            let codes_beside = outside.iter().all(|number| MISSING_CODES.contains(number));
            // Without a word for it in the header, most of the points must occur and nothing else.
            let shape = if is_rating(profile) {
                inside.len() >= 2
            } else {
                outside.is_empty() && inside.len() as f64 > 0.7 * high
            };
            has(high) && codes_beside && shape && (low == 0.0 || high < 10.0 || !has(0.0) || highest > 10.0)
        })
    })?;
    let mut outside: Vec<f64> =
        numbers.iter().copied().filter(|number| !(range[0]..=range[1]).contains(number)).collect();
    outside.sort_by(f64::total_cmp);
    outside.dedup();
    let seen = [numbers.iter().copied().fold(f64::INFINITY, f64::min), highest];
    Some(GuessedColumn {
        range: Some(range),
        missing: outside.into_iter().map(number_text).collect(),
        ..described(profile, ColumnType::Scale, Reason::Numbers { seen })
    })
}

fn guess_joined(profile: &Profile) -> Option<GuessedColumn> {
    if profile.overflow || profile.all_numbers {
        return None;
    }
    for (separator, kind) in [
        ("→", ColumnType::Ranking),
        ("┋", ColumnType::Multi),
        (";", ColumnType::Multi),
        ("；", ColumnType::Multi),
        (",", ColumnType::Multi),
        ("、", ColumnType::Multi),
        ("|", ColumnType::Multi),
    ] {
        let joined = profile.values.keys().filter(|cell| cell.contains(separator)).count();
        if joined * 5 < profile.values.len() || joined == 0 {
            continue;
        }
        let pieces = profile.values.keys().flat_map(|cell| split_options(cell, &[separator], &[]));
        let mut counts: IndexMap<&str, usize> = IndexMap::new();
        for piece in pieces {
            *counts.entry(without_free_text(piece).unwrap_or(piece)).or_default() += 1;
        }
        // Sentences have commas too, but their pieces do not come back.
        let repeated = counts.values().filter(|count| **count > 1).count();
        if counts.len() > 25 || repeated * 2 < counts.len() || counts.keys().any(|piece| piece.chars().count() > 30) {
            continue;
        }
        if asks_own_words(profile) || counts.keys().any(|piece| holds_contact(piece)) {
            continue;
        }
        let usual = crate::data::dialects::separator(profile.dialect) == separator || matches!(separator, "┋" | "→");
        return Some(GuessedColumn {
            separator: (!usual).then(|| separator.to_owned()),
            seen: sorted(counts.into_keys()),
            ..described(profile, kind, Reason::Joined { separator: separator.to_owned() })
        });
    }
    None
}

fn guess_numbers(profile: &Profile) -> Option<GuessedColumn> {
    let whole = |value: &String| {
        parse_number(value).is_some_and(|number| number.fract() == 0.0 && (0.0..=12.0).contains(&number))
    };
    let few = profile.values.len() <= 12 && profile.values.keys().all(whole);
    let codes = !profile.header.value_labels.is_empty() || (few && (is_segment(profile) || asks_options(profile)));
    (profile.all_numbers && !codes).then(|| described(profile, ColumnType::Number, Reason::Quantities))
}

fn guess_options(profile: &Profile) -> Option<GuessedColumn> {
    let options: Vec<&str> = profile.values.keys().map(|cell| without_free_text(cell).unwrap_or(cell)).collect();
    let labels = &profile.header.value_labels;
    let options = sorted(options.into_iter().map(|option| labels.get(option).map_or(option, String::as_str)));
    let few = options.len() <= 12 || (options.len() <= 40 && options.len() as u64 * 5 <= profile.filled);
    let repeats = (options.len() as u64) < profile.filled || options.len() <= 2;
    let short = options.iter().all(|option| UnicodeWidthStr::width(option.as_str()) <= 40);
    let contacts = !profile.all_numbers && options.iter().any(|option| holds_contact(option));
    if contacts || (asks_own_words(profile) && labels.is_empty()) {
        return None;
    }
    // A few people who write the same words have not chosen an option.
    let short = short && !(is_open(profile) && profile.filled * 4 < profile.rows);
    (few && repeats && short && !profile.overflow).then(|| GuessedColumn {
        seen: options.clone(),
        ..described(profile, ColumnType::Single, Reason::Options { count: options.len() })
    })
}

fn sorted<'a>(options: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut options: Vec<String> = options.collect::<indexmap::IndexSet<_>>().into_iter().map(str::to_owned).collect();
    options.sort_by(|a, b| natural(a, b));
    options
}

/// The period in a file's name (`2026-09`, `2026Q3`, `202609`) where several files are told apart by it.
fn files_with_waves(tables: &[LoadedSource], dated: bool) -> Vec<(String, Option<String>)> {
    let names: indexmap::IndexSet<&str> = tables.iter().map(|source| source.table.file.as_str()).collect();
    let waves: Vec<Option<String>> = names.iter().map(|name| period_in(name)).collect();
    let different = waves.iter().flatten().collect::<indexmap::IndexSet<_>>().len() > 1;
    let useful = !dated && different && waves.iter().all(Option::is_some);
    names.iter().zip(waves).map(|(name, wave)| ((*name).to_owned(), wave.filter(|_| useful))).collect()
}

fn period_in(name: &str) -> Option<String> {
    let stem = name.rsplit('/').next().unwrap_or(name);
    let start = (0..stem.len()).find(|&start| {
        stem.get(start..start + 4)
            .is_some_and(|year| year.starts_with("20") && year.bytes().all(|byte| byte.is_ascii_digit()))
    })?;
    let (year, rest) = (&stem[start..start + 4], &stem[start + 4..]);
    let rest = rest.trim_start_matches(['-', '_', '.', '年']);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).take(2).collect();
    if let Some(quarter) =
        rest.strip_prefix(['Q', 'q']).and_then(|rest| rest.chars().next()).filter(char::is_ascii_digit)
    {
        return Some(format!("{year}-Q{quarter}"));
    }
    match digits.parse::<u32>() {
        Ok(month @ 1..=12) => Some(format!("{year}-{month:02}")),
        _ => Some(year.to_owned()),
    }
}

fn raw_column(kind: ColumnType) -> RawColumn {
    RawColumn {
        kind,
        from: None,
        derive: None,
        lookup: None,
        themes: None,
        title: None,
        question: None,
        unit: None,
        only_if: None,
        range: None,
        labels: None,
        titles: indexmap::IndexMap::new(),
        missing: Vec::new(),
        not_applicable: Vec::new(),
        yes: Vec::new(),
        no: Vec::new(),
        reverse: false,
        separator: None,
        format: None,
        personal: false,
    }
}

impl GuessedColumn {
    /// The codebook entry that the guess stands for.
    pub fn to_raw(&self) -> RawColumn {
        let scalars = |values: &[String]| values.iter().cloned().map(RawScalar::Text).collect();
        RawColumn {
            from: Some(OneOrMany::Many(self.from.clone())),
            range: self.range,
            missing: scalars(&self.missing),
            yes: scalars(&self.yes),
            no: scalars(&self.no),
            separator: self.separator.clone(),
            personal: self.personal,
            ..raw_column(self.kind)
        }
    }
}

/// True for what a survey tool writes where nobody answered.
pub(super) fn is_tool_code(cell: &str, dialect: Dialect) -> bool {
    dialect == Dialect::Wjx && matches!(cell, "-3" | "-2" | "(空)" | "(跳过)" | "（空）" | "（跳过）")
}

/// True if a cell can be read as a moment.
pub(super) fn is_moment(cell: &str) -> bool {
    parse_moment(cell, None).is_some()
}

#[cfg(test)]
mod tests;
