//! What people wrote, theme by theme: how many speak of each, by group, with a few answers in their own words. Personal data are
//! masked, groups with few answers hidden, and the same answers are chosen whatever the order of the rows.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Project;
use crate::config::raw::{ColumnType, RawThemes};
use crate::data::masking::mask;
use crate::data::table::{OPTION_SEPARATOR, WAVE, WEIGHT};
use crate::data::{Column, Responses};
use crate::diagnostics::{Lang, Localized, lang_texts};
use crate::metrics::hidden::Hidden;
use crate::metrics::{SegmentInfo, Within};

/// Quotes of a theme where the project does not say how many.
pub const QUOTES: u32 = 2;
/// Letters of the shortest and the longest answer that is quoted.
const LETTERS: std::ops::RangeInclusive<usize> = 4..=160;

/// One open question of which the project takes themes.
#[derive(Debug, Clone, PartialEq)]
pub struct Voices {
    /// Column of the themes.
    pub column: String,
    /// The open question in words.
    pub title: Localized,
    /// Answers with words, in the newest wave; none where they are too few to be shown.
    pub n: Option<u64>,
    /// Segments with their groups, as the counts of themes run.
    pub segments: Vec<SegmentInfo>,
    /// The themes, in the order of the dictionary.
    pub themes: Vec<ThemeVoices>,
}

/// One theme.
#[derive(Debug, Clone, PartialEq)]
pub struct ThemeVoices {
    /// Name.
    pub title: Localized,
    /// What speaks of no theme of the dictionary.
    pub rest: bool,
    /// Answers that speak of it.
    pub n: u64,
    /// Weighted share of them among the answers with words, 0 to 100.
    pub share: f64,
    /// Answers that speak of it by segment and group; none where the group has too few answers.
    pub groups: Vec<Vec<Option<u64>>>,
    /// Answers as written, personal data masked.
    pub quotes: Vec<Localized>,
}

/// An answer with words.
struct Answer {
    text: String,
    themes: BTreeSet<String>,
    weight: f64,
    /// Number of the group in each segment.
    groups: Vec<Option<usize>>,
}

/// The voices of the newest wave, or of one group in it. `hidden` says which groups must not be shown.
pub fn voices(
    project: &Project,
    responses: &Responses,
    segments: &[SegmentInfo],
    hidden: &Hidden,
    within: Option<&Within>,
) -> Vec<Voices> {
    let coded = project.raw.columns.iter().filter(|(_, column)| column.kind == ColumnType::Multi);
    coded
        .filter_map(|(name, column)| {
            let themes = column.themes.as_ref()?;
            of_column(project, responses, (responses.column(name)?, themes), (segments, hidden), within)
        })
        .collect()
}

fn of_column(
    project: &Project,
    responses: &Responses,
    (column, themes): (&Column, &RawThemes),
    (segments, hidden): (&[SegmentInfo], &Hidden),
    within: Option<&Within>,
) -> Option<Voices> {
    let written = responses.column(&themes.of)?;
    let answers = answers(responses, column, written, segments, within);
    let limit = project.raw.settings.suppress_below;
    let newest = responses.waves.len().saturating_sub(1);
    let shows = |group: Option<(&str, &str)>| hidden.shows_themes(&column.name, group, newest);
    let shown: Vec<Vec<bool>> = segments
        .iter()
        .map(|segment| segment.groups.iter().map(|(value, _)| shows(Some((&segment.column, value)))).collect())
        .collect();
    let quotable = large_groups(responses, segments, within, limit);
    let enough = !is_few(answers.len(), limit) && shows(within.map(|within| (&*within.column, &*within.value)));
    let personal = project.raw.columns.get(&themes.of).is_some_and(|raw| raw.personal);
    let most = if personal || !enough { 0 } else { themes.quotes.unwrap_or(QUOTES) as usize };
    let mut quoted = BTreeSet::new();
    let whole: f64 = answers.iter().map(|answer| answer.weight).sum();
    let one = |value: &String| {
        let of_theme: Vec<&Answer> = answers.iter().filter(|answer| answer.themes.contains(value)).collect();
        let weight: f64 = of_theme.iter().map(|answer| answer.weight).sum();
        let groups = shown.iter().enumerate().map(|(segment, shown)| {
            let count = |(group, shown): (usize, &bool)| {
                let members = of_theme.iter().filter(|answer| answer.groups[segment] == Some(group)).count();
                // Documents about single groups together would tell what is hidden in the one about all.
                (*shown && within.is_none()).then_some(members as u64)
            };
            shown.iter().enumerate().map(count).collect()
        });
        let title = column.category_titles.get(value).cloned().unwrap_or_else(|| Localized::from(value.as_str()));
        ThemeVoices {
            title,
            rest: column.categories.last() == Some(value),
            n: of_theme.len() as u64,
            share: if whole > 0.0 { 100.0 * weight / whole } else { 0.0 },
            groups: groups.collect(),
            quotes: chosen(&of_theme, &quotable, &themes.drop, most, &mut quoted),
        }
    };
    let found =
        if enough { column.categories.iter().map(one).filter(|theme| theme.n > 0).collect() } else { Vec::new() };
    Some(Voices {
        column: column.name.clone(),
        title: written.title.clone(),
        n: enough.then_some(answers.len() as u64),
        segments: segments.to_vec(),
        themes: found,
    })
}

#[allow(clippy::cast_precision_loss, reason = "counts of answers are far below 2^53")]
fn is_few(answers: usize, limit: f64) -> bool {
    (answers as f64) < limit
}

fn answers(
    responses: &Responses,
    column: &Column,
    written: &Column,
    segments: &[SegmentInfo],
    within: Option<&Within>,
) -> Vec<Answer> {
    let texts = responses.column_texts(&written.name);
    let themes = responses.column_texts(&column.name);
    let weights = responses.column_texts(WEIGHT);
    let waves = responses.column_texts(WAVE);
    let member = within.map(|within| (responses.column_texts(&within.column), within.value.as_str()));
    let places: Vec<(Vec<String>, BTreeMap<&str, usize>)> = segments
        .iter()
        .map(|segment| {
            let groups = segment.groups.iter().enumerate().map(|(number, (value, _))| (value.as_str(), number));
            (responses.column_texts(&segment.column), groups.collect())
        })
        .collect();
    let newest = responses.waves.last();
    let wanted = |row: &usize| {
        newest.is_none_or(|newest| waves.get(*row) == Some(newest))
            && member.as_ref().is_none_or(|(cells, value)| cells.get(*row).is_some_and(|cell| cell == value))
            && texts.get(*row).is_some_and(|text| !text.trim().is_empty())
    };
    (0..responses.row_count())
        .filter(wanted)
        .map(|row| Answer {
            text: texts[row].trim().to_owned(),
            themes: themes
                .get(row)
                .into_iter()
                .flat_map(|cell| cell.split(OPTION_SEPARATOR))
                .filter(|theme| !theme.is_empty())
                .map(str::to_owned)
                .collect(),
            weight: weights.get(row).and_then(|weight| weight.parse().ok()).unwrap_or(1.0),
            groups: places
                .iter()
                .map(|(cells, groups)| cells.get(row).and_then(|cell| groups.get(cell.as_str()).copied()))
                .collect(),
        })
        .collect()
}

/// Which groups have enough answers in the newest wave, with words or without.
fn large_groups(
    responses: &Responses,
    segments: &[SegmentInfo],
    within: Option<&Within>,
    limit: f64,
) -> Vec<Vec<bool>> {
    let waves = responses.column_texts(WAVE);
    let newest = responses.waves.last();
    let member = within.map(|within| (responses.column_texts(&within.column), within.value.as_str()));
    let current = |row: usize| {
        newest.is_none_or(|newest| waves.get(row) == Some(newest))
            && member.as_ref().is_none_or(|(cells, value)| cells.get(row).is_some_and(|cell| cell == value))
    };
    let of_segment = |segment: &SegmentInfo| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let groups = responses.column_texts(&segment.column).into_iter().enumerate();
        for (_, group) in groups.filter(|(row, _)| current(*row)) {
            *counts.entry(group).or_default() += 1;
        }
        let large = |(value, _): &(String, Localized)| !is_few(counts.get(value).copied().unwrap_or(0), limit);
        segment.groups.iter().map(large).collect()
    };
    segments.iter().map(of_segment).collect()
}

/// The quotes of a theme. Left out are answers of small groups, those that contain a text to drop, very short and very long ones,
/// and those quoted before. The others stand in this order: fewest themes first, then fewest masked places, then nearest to
/// the median length, then by text.
fn chosen(
    answers: &[&Answer],
    shown: &[Vec<bool>],
    drop: &[String],
    most: usize,
    quoted: &mut BTreeSet<String>,
) -> Vec<Localized> {
    let visible =
        |answer: &Answer| answer.groups.iter().zip(shown).all(|(group, shown)| group.is_none_or(|group| shown[group]));
    let usable: Vec<&Answer> = answers
        .iter()
        .copied()
        .filter(|answer| visible(answer) && LETTERS.contains(&answer.text.chars().count()))
        .filter(|answer| !drop.iter().any(|text| !text.is_empty() && answer.text.contains(text.as_str())))
        .collect();
    let mut lengths: Vec<usize> = usable.iter().map(|answer| answer.text.chars().count()).collect();
    lengths.sort_unstable();
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or_default();
    let masked = |answer: &Answer| mask(&answer.text, Lang::ZhCn).matches('［').count();
    let mut ranked: Vec<&Answer> = usable;
    ranked.sort_by_cached_key(|answer| {
        let length = answer.text.chars().count();
        (answer.themes.len(), masked(answer), length.abs_diff(median), answer.text.clone())
    });
    let mut found = Vec::new();
    for answer in ranked {
        if found.len() < most && quoted.insert(answer.text.clone()) {
            let in_words = |lang| mask(&answer.text, lang);
            found.push(Localized::PerLang(lang_texts(in_words(Lang::ZhCn), in_words(Lang::En))));
        }
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn answer(text: &str, themes: &[&str], group: Option<usize>) -> Answer {
        let themes = themes.iter().map(|theme| (*theme).to_owned()).collect();
        Answer { text: text.to_owned(), themes, weight: 1.0, groups: vec![group] }
    }

    fn quotes(answers: &[Answer], drop: &[&str], most: usize) -> Vec<String> {
        let drop: Vec<String> = drop.iter().map(|text| (*text).to_owned()).collect();
        let listed: Vec<&Answer> = answers.iter().collect();
        let chosen = chosen(&listed, &[vec![true, false]], &drop, most, &mut BTreeSet::new());
        chosen.iter().map(|quote| quote.get(Lang::ZhCn).to_owned()).collect()
    }

    #[test]
    fn the_choice_does_not_depend_on_the_order_of_the_rows() {
        let made = || {
            vec![
                answer("排队太久，请多开窗口", &["wait"], Some(0)),
                answer("中午排队太久了，价格也贵", &["wait", "price"], Some(0)),
                answer("等得久", &["wait"], Some(0)),
                answer("排队二十多分钟才打到饭", &["wait"], None),
                answer("排队，请打13812345678", &["wait"], Some(0)),
                answer("小组里的人排队很久", &["wait"], Some(1)),
            ]
        };
        // Three letters are too short; group 1 is hidden; lengths of the others are 10, 12, 11 and 17, the median 12.
        let expected =
            ["排队二十多分钟才打到饭", "排队太久，请多开窗口", "排队，请打［电话］", "中午排队太久了，价格也贵"];
        assert_eq!(quotes(&made(), &[], 9), expected);
        let mut turned = made();
        turned.reverse();
        assert_eq!(quotes(&turned, &[], 9), expected);
        assert_eq!(quotes(&made(), &["二十多分钟"], 1), expected[1..2]);
        assert_eq!(quotes(&made(), &[], 0), Vec::<String>::new());
    }
}
