//! The rubric of a course: `rubric.yaml`, or the built-in one. Every setting that a teacher's sheet may leave open has a name and a
//! default here, and reports print them all.

pub mod titles;
mod validate;

use std::path::Path;

use chrono::NaiveDateTime;
use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::config::{parse_yaml, read_text};
use crate::data::expressions::Expression;
use crate::diagnostics::{Diagnostics, Lang, Localized};
use crate::grade::submissions::roster::parse_moment;

pub use validate::TAKEN;

/// Name of the rubric in the course folder.
pub const RUBRIC_FILE: &str = "rubric.yaml";

/// The course rubric.
pub const BUILT_IN: &str = include_str!("rubric.yaml");

/// `rubric.yaml`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rubric {
    /// Version of the format: 1.
    pub rubric: u32,
    /// Name of the coursework.
    #[serde(default = "default_title")]
    pub title: Localized,
    /// Language of feedback and reports.
    #[serde(default)]
    pub lang: Lang,
    /// Last moment to hand in, such as `2026-11-20 23:59`. Without it nothing is late.
    #[serde(default)]
    pub deadline: Option<String>,
    /// What lateness costs.
    #[serde(default)]
    pub late: Late,
    /// The criteria, in the order of the gradebook.
    #[serde(default = "default_criteria")]
    pub criteria: Vec<Criterion>,
    /// The counting rule.
    #[serde(default)]
    pub length: Length,
    /// The form; deviations are flagged and cost nothing.
    #[serde(default)]
    pub page: Page,
    /// The foreword.
    #[serde(default)]
    pub theme: Theme,
    /// The copy rule.
    #[serde(default)]
    pub copying: Copying,
    /// Files that may be reused (survey report, template, handouts), relative to the course folder.
    #[serde(default)]
    pub reusable: Vec<String>,
    /// Smallest share of Han characters in a readable text, 0 to 1. Lower it for plans in English.
    #[serde(default = "default_least_han")]
    pub least_han: f64,
}

fn default_title() -> Localized {
    Localized::PerLang(crate::diagnostics::lang_texts("满意度策划书", "satisfaction plan"))
}

fn default_least_han() -> f64 {
    0.3
}

/// What lateness costs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Late {
    /// Points for every day begun.
    pub per_day: f64,
    /// Most points that lateness costs.
    pub most: f64,
    /// Minutes after the deadline that are forgiven.
    pub grace_minutes: u32,
}

impl Default for Late {
    fn default() -> Self {
        Self { per_day: 5.0, most: 20.0, grace_minutes: 0 }
    }
}

/// One criterion.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Name in files: lower-case letters, digits and `_`.
    pub id: String,
    /// Name for people.
    pub title: Localized,
    /// Most points.
    pub points: f64,
    /// How the proposal comes about.
    pub by: By,
    /// With `by: rules`: points for patterns that are found and conditions that hold.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// How a proposal comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The number of words.
    Length,
    /// The foreword.
    Theme,
    /// The objectives.
    Objectives,
    /// Sections, actions, budget, contingency plans, trace.
    Plan,
    /// Flags only; no score is proposed.
    Language,
    /// Patterns over the text and conditions over its facts.
    Rules,
    /// The teacher alone.
    Manual,
}

/// A pattern over the text, or a condition over the facts.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Regular expression over the text.
    #[serde(default)]
    pub pattern: Option<String>,
    /// Condition over the facts of the plan, such as `words >= 600 and budget_lines >= 2`.
    #[serde(default)]
    pub expression: Option<String>,
    /// Points if the pattern is found often enough or the condition holds; negative ones are taken away.
    pub points: f64,
    /// How often the pattern must be found.
    #[serde(default = "one")]
    pub least: u32,
    /// What it stands for.
    pub title: Localized,
    /// What is tested, set when the rubric has been checked.
    #[serde(skip)]
    #[schemars(skip)]
    pub test: Option<Test>,
}

/// What a rule tests.
#[derive(Debug, Clone)]
pub enum Test {
    /// Over the text.
    Pattern(Regex),
    /// Over the facts.
    Condition(Expression),
}

fn one() -> u32 {
    1
}

/// The counting rule.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Length {
    /// Fewest words.
    pub least: u32,
    /// Most words; 0 for no limit.
    pub most: u32,
    /// Points for every `step` words missing.
    pub deduction: f64,
    /// Words that cost a deduction.
    pub step: u32,
    /// What a step that is not full costs.
    pub partial: Partial,
    /// Points for every `step` words too many; 0 only flags them.
    pub over_deduction: f64,
    /// What is counted.
    pub count: Count,
    /// Footnotes and endnotes are counted, as Word does by default.
    pub notes: bool,
}

impl Default for Length {
    fn default() -> Self {
        Self {
            least: 600,
            most: 900,
            deduction: 5.0,
            step: 100,
            partial: Partial::Full,
            over_deduction: 0.0,
            count: Count::Word,
            notes: true,
        }
    }
}

/// What a step that is not full costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Partial {
    /// As much as a full one.
    Full,
    /// In proportion.
    Proportional,
    /// Nothing.
    None,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// As Word counts (字数): a Han character or full-width mark 1, a run of Latin letters or digits 1.
    Word,
    /// The same for paragraphs only, without title, headings, tables, boxes and notes.
    Body,
    /// Han characters alone.
    Han,
}

/// The form.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Page {
    /// Width of the page in millimetres.
    pub width_mm: f64,
    /// Height of the page in millimetres.
    pub height_mm: f64,
    /// Font size of the running text in points.
    pub font_size: f64,
    /// Line distance in lines.
    pub line_spacing: f64,
    /// Most pages: one sheet has two.
    pub most_pages: u32,
    /// Share of the running text that must be set so, 0 to 1.
    pub share: f64,
}

impl Default for Page {
    fn default() -> Self {
        Self { width_mm: 210.0, height_mm: 297.0, font_size: 12.0, line_spacing: 1.0, most_pages: 2, share: 0.8 }
    }
}

/// The foreword.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Theme {
    /// Most words.
    pub most: u32,
    /// Words that name what the plan is about; empty to take the title's.
    pub subjects: Vec<String>,
}

impl Default for Theme {
    fn default() -> Self {
        Self { most: 100, subjects: Vec::new() }
    }
}

/// The copy rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Copying {
    /// Share of a plan that stands elsewhere from which it counts as copied in full.
    pub full: f64,
    /// Share from which it counts as half copied.
    pub half: f64,
    /// Percent of the score that a plan copied in full keeps.
    pub full_keeps: f64,
    /// Percent that the first, second, third … half copier of the same source keeps.
    pub ladder: Vec<f64>,
    /// What every further one keeps less than the one before.
    pub ladder_step: f64,
    /// Percent below which the ladder does not go.
    pub floor: f64,
    /// Share below which pairs are not listed.
    pub show: f64,
    /// Shortest passage that counts, in characters without marks and spaces.
    pub shortest: u32,
    /// A passage that stands in more than this share of the class (and in more than `common_least` plans) is common to all and
    /// counts for nobody.
    pub common: f64,
    /// Fewest plans that must share a passage before it can be common.
    pub common_least: u32,
    /// Folder with the plans of prior years.
    pub archive: String,
    /// Plans received in the same minute or closer count as of undetermined order.
    pub tie_minutes: u32,
}

impl Default for Copying {
    fn default() -> Self {
        Self {
            full: 0.8,
            half: 0.4,
            full_keeps: 0.0,
            ladder: vec![80.0, 70.0, 60.0],
            ladder_step: 10.0,
            floor: 0.0,
            show: 0.15,
            shortest: 13,
            common: 0.3,
            common_least: 6,
            archive: "archive".to_owned(),
            tie_minutes: 1,
        }
    }
}

impl Copying {
    /// Percent of the score that the `place`-th half copier (from 0) keeps.
    pub fn kept(&self, place: usize) -> f64 {
        let kept = match (self.ladder.get(place), self.ladder.last()) {
            (Some(kept), _) => *kept,
            (None, Some(last)) => last - self.ladder_step * (place + 1 - self.ladder.len()) as f64,
            (None, None) => 100.0,
        };
        kept.max(self.floor).clamp(0.0, 100.0)
    }
}

fn default_criteria() -> Vec<Criterion> {
    let mut diagnostics = Diagnostics::new();
    let built_in = crate::config::yaml::parse_value(BUILT_IN, RUBRIC_FILE, &mut diagnostics);
    let criteria = built_in.and_then(|(mut value, _)| value.get_mut("criteria").map(Value::take));
    criteria.and_then(|criteria| serde_json::from_value(criteria).ok()).unwrap_or_default()
}

impl Rubric {
    /// The deadline.
    pub fn deadline(&self) -> Option<NaiveDateTime> {
        parse_moment(self.deadline.as_deref()?)
    }

    /// Points of all criteria together.
    pub fn total(&self) -> f64 {
        self.criteria.iter().map(|criterion| criterion.points).sum()
    }

    /// Days begun after the deadline and the points that they cost; `None` if it is not late or that is unknown.
    pub fn lateness(&self, received: Option<NaiveDateTime>) -> Option<(i64, f64)> {
        let over = (received? - self.deadline()?).num_seconds() - i64::from(self.late.grace_minutes) * 60;
        if over <= 0 {
            return None;
        }
        let days = (over + 86_399) / 86_400;
        Some((days, (self.late.per_day * days as f64).min(self.late.most)))
    }

    /// Every setting with its value, by key path, for the reports.
    pub fn settings(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let value = serde_json::to_value(self).unwrap_or_default();
        flatten("", &value, &mut found);
        found.retain(|(key, _)| !key.starts_with("title") && !key.starts_with("criteria") && key != "rubric");
        found
    }
}

fn flatten(path: &str, value: &Value, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                flatten(&path, value, found);
            }
        }
        Value::Array(items) => {
            let text = |item: &Value| item.as_str().map_or_else(|| item.to_string(), str::to_owned);
            found.push((path.to_owned(), items.iter().map(text).collect::<Vec<_>>().join(", ")));
        }
        Value::Null => found.push((path.to_owned(), "–".to_owned())),
        Value::String(text) => found.push((path.to_owned(), text.clone())),
        other => found.push((path.to_owned(), other.to_string())),
    }
}

/// Loads the rubric of a course, or the built-in one.
pub fn load_rubric(course: &Path, diagnostics: &mut Diagnostics) -> Option<Rubric> {
    let path = course.join(RUBRIC_FILE);
    let text = if path.exists() { read_text(&path, RUBRIC_FILE, diagnostics)? } else { BUILT_IN.to_owned() };
    parse_rubric(&text, diagnostics)
}

/// Parses and checks a rubric. `None` after an error.
pub fn parse_rubric(text: &str, diagnostics: &mut Diagnostics) -> Option<Rubric> {
    let (mut rubric, positions) = parse_yaml::<Rubric>(text, RUBRIC_FILE, diagnostics)?;
    let before = diagnostics.count(crate::diagnostics::Level::Error);
    validate::validate(&rubric, &positions, diagnostics);
    for (index, criterion) in rubric.criteria.iter_mut().enumerate() {
        validate::check_rules(criterion, &format!("criteria[{index}]"), &positions, diagnostics);
    }
    (diagnostics.count(crate::diagnostics::Level::Error) == before).then_some(rubric)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Option<Rubric>, Vec<&'static str>) {
        let mut diagnostics = Diagnostics::new();
        let rubric = parse_rubric(text, &mut diagnostics);
        let codes = diagnostics.iter().map(|found| found.message.code).collect();
        (rubric, codes)
    }

    #[test]
    fn the_built_in_rubric_is_the_course_rubric() {
        let (rubric, codes) = parsed(BUILT_IN);
        assert!(codes.is_empty(), "{codes:?}");
        let rubric = rubric.unwrap();
        let points: Vec<(&str, f64)> = rubric.criteria.iter().map(|held| (held.id.as_str(), held.points)).collect();
        let expected = [("length", 30.0), ("theme", 10.0), ("objectives", 10.0), ("plan", 40.0), ("language", 10.0)];
        assert_eq!(points, expected);
        assert_eq!(parsed("rubric: 1").0.unwrap().settings(), rubric.settings());
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        assert_eq!(parsed("rubric: 1\nlenght: {}").1, ["M0104"]);
        assert_eq!(parsed("rubric: 1\ncopying: { half: 0.9 }\ndeadline: soon").1, ["M0822", "M0820"]);
        let rule = "rubric: 1\ncriteria: [{ id: a, title: A, points: 100, by: rules, rules: [{ pattern: '(', points: 1, title: T }] }]";
        assert_eq!(parsed(rule).1, ["M0821"]);
        assert_eq!(parsed("rubric: 1\ncriteria: [{ id: a, title: A, points: 90, by: manual }]").1, ["M0823"]);
        let rules = |rules: &str| {
            let text =
                format!("rubric: 1\ncriteria: [{{ id: a, title: A, points: 100, by: rules, rules: [{rules}] }}]");
            parsed(&text).1
        };
        for (written, codes) in [
            ("{ expression: 'words >= 600 and budget_lines >= 2', points: 1, title: T }", &[][..]),
            ("{ expression: 'budget_line >= 2', points: 1, title: T }", &["M0827"]),
            ("{ expression: 'words >', points: 1, title: T }", &["M0230"]),
            ("{ points: 1, title: T }", &["M0828"]),
            ("{ pattern: a, expression: 'words > 1', points: 1, title: T }", &["M0828"]),
            ("", &["M0826"]),
        ] {
            assert_eq!(rules(written), codes, "{written}");
        }
        for id in ["late", "Plan", "1a", "a b", "总分"] {
            let text = format!("rubric: 1\ncriteria: [{{ id: {id}, title: A, points: 100, by: manual }}]");
            assert_eq!(parsed(&text).1, ["M0829"], "{id}");
        }
        assert_eq!(parsed("rubric: 1\nlate: { per_day: -5 }\nlength: { deduction: -1 }").1, ["M0820", "M0820"]);
    }

    #[test]
    fn the_ladder_goes_down_to_its_floor() {
        let copying = Copying { floor: 45.0, ..Copying::default() };
        let kept: Vec<f64> = (0..6).map(|place| copying.kept(place)).collect();
        assert_eq!(kept, [80.0, 70.0, 60.0, 50.0, 45.0, 45.0]);
    }

    #[test]
    fn days_begun_count_as_late() {
        let rubric = parsed("rubric: 1\ndeadline: 2026-11-20 23:59\nlate: { grace_minutes: 5 }").0.unwrap();
        let late = |moment: &str| rubric.lateness(parse_moment(moment));
        assert_eq!(late("2026-11-20 23:59:59"), None);
        assert_eq!(late("2026-11-21 00:03"), None);
        assert_eq!(late("2026-11-21 08:00"), Some((1, 5.0)));
        assert_eq!(late("2026-11-22 08:00"), Some((2, 10.0)));
        assert_eq!(late("2027-11-22 08:00"), Some((367, 20.0)));
        assert_eq!(rubric.lateness(None), None);
    }
}
