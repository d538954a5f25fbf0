//! The project file as it is written: serde types with the documentation that `manyi schema` prints. Nothing is checked here
//! beyond shape; [`super::project`] turns it into a resolved `Project`.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::prose::prose;
use crate::diagnostics::{Lang, Localized};

pub use crate::config::raw_banner::*;
pub use crate::config::raw_benchmark::*;
pub use crate::config::raw_delivery::*;
pub use crate::config::raw_finance::*;
pub use crate::config::raw_limits::*;
pub use crate::config::raw_plan::*;
pub use crate::config::raw_report::*;
pub use crate::config::raw_runs::*;
pub use crate::config::raw_weighting::*;

/// A satisfaction project: data, codebook, indicators, plan and reports.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawProject {
    /// Version of this file format; always `1`.
    pub manyi: u32,
    /// Title, client and dates printed on the documents.
    pub project: RawAbout,
    /// Survey files and how to read them.
    pub data: RawData,
    /// The codebook: one entry per question, named as expressions will call it.
    pub columns: IndexMap<String, RawColumn>,
    /// Columns whose groups are reported beside the total, in this order.
    #[serde(default)]
    pub segments: Vec<String>,
    /// Operational tables beside the survey, by name: tickets, purchases, visits, customers, suppliers.
    #[serde(default)]
    pub tables: IndexMap<String, RawTable>,
    /// Metric modules in use and the columns that feed their inputs.
    #[serde(default)]
    pub plugins: IndexMap<String, RawPluginUse>,
    /// Goals by metric id (`reputation: 75`), in the unit of the metric.
    #[serde(default)]
    pub targets: IndexMap<String, RawTarget>,
    /// Numbers of others by metric id: the best company, the strengths of all combined, an expert panel.
    #[serde(default)]
    pub benchmarks: IndexMap<String, Vec<RawBenchmark>>,
    /// Which groups of a segment column are rivals 竞争者.
    #[serde(default)]
    pub rivals: Option<RawRivals>,
    /// Banner tables: questions crossed with segments.
    #[serde(default)]
    pub banners: Vec<RawBanner>,
    /// Statistical settings.
    #[serde(default)]
    pub settings: RawSettings,
    /// The planning half of the document: problem, objectives, strategies, actions, finance, contingencies.
    #[serde(default)]
    pub plan: RawPlan,
    /// Documents to build. Without it one report `plan` is built of the pack `satisfaction-plan`.
    #[serde(default)]
    pub reports: Vec<RawReport>,
    /// What making one document may take.
    #[serde(default)]
    pub limits: RawLimits,
    /// Unattended runs: how often, when, under which conditions, and where the numbers of all periods are kept.
    #[serde(default)]
    pub runs: Option<RawRuns>,
    /// Who gets the documents, and who is told when something is off.
    #[serde(default)]
    pub delivery: RawDelivery,
}

/// What the documents say about the project itself.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAbout {
    /// Title of the planning document.
    pub title: Localized,
    /// Line under the title.
    #[serde(default)]
    pub subtitle: Option<Localized>,
    /// Whose customers were asked.
    #[serde(default)]
    pub client: Option<Localized>,
    /// Who signs the plan.
    #[serde(default)]
    pub planner: Option<Localized>,
    /// Date on the document, `2026-11-20`. Without it `SOURCE_DATE_EPOCH` is used, else the newest answer's date.
    #[serde(default)]
    pub date: Option<String>,
    /// Name of the period, used for the output folder. Default: the newest wave, else `all`.
    #[serde(default)]
    pub period: Option<String>,
    /// Language of documents and messages; `--lang` overrules it.
    #[serde(default)]
    pub lang: Option<Lang>,
    /// The line of business, `catering`, `retail` …: strategies of the library made for others are not suggested.
    #[serde(default)]
    pub trade: Option<String>,
    /// The survey in one paragraph: who was asked, where, when, how.
    #[serde(default, deserialize_with = "prose")]
    pub survey: Option<Localized>,
}

/// An operational table: read, coded and cut into waves as the survey is.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTable {
    /// Name for documents.
    #[serde(default)]
    pub title: Option<Localized>,
    /// Files and how to read them. Waves should have the names of the survey's waves; a table without waves counts to the
    /// survey's newest.
    pub data: RawData,
    /// The codebook of the table.
    pub columns: IndexMap<String, RawColumn>,
    /// Columns whose groups are reported beside the total; best under the names that the survey uses.
    #[serde(default)]
    pub segments: Vec<String>,
}

/// Survey files and the columns with a special part.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawData {
    /// Files or globs; all of them become one table.
    pub sources: Vec<RawSource>,
    /// Column that identifies an answer; duplicates are reported.
    #[serde(default)]
    pub id: Option<String>,
    /// What to do with rows whose id was already seen: `error` (default), `keep_first` or `keep_all`.
    #[serde(default)]
    pub duplicates: DuplicatePolicy,
    /// How answers fall into waves. Without it a `wave` on the sources is used, else there is one wave.
    #[serde(default)]
    pub wave: Option<RawWave>,
    /// Column with the sampling weight of an answer.
    #[serde(default)]
    pub weight: Option<String>,
    /// Weights computed from known population figures, instead of `weight`.
    #[serde(default)]
    pub weighting: Option<RawWeighting>,
    /// Sampling design, for standard errors.
    #[serde(default)]
    pub design: Option<RawDesign>,
    /// One row for each of several things that a person rated side by side, such as brands.
    #[serde(default)]
    pub stack: Option<RawStack>,
    /// Answers to keep; each step's losses are counted and printed.
    #[serde(default)]
    pub filters: Vec<RawFilter>,
}

/// Columns of several things that become rows: `into: brand`, and for each brand its columns.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawStack {
    /// Header of the new column that names the thing.
    pub into: String,
    /// For each thing the new headers with those of the file: `本店: { satisfaction: q5_1 }`.
    pub rows: IndexMap<String, IndexMap<String, String>>,
}

/// What happens to a row whose id was already seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DuplicatePolicy {
    /// Report it as an error.
    #[default]
    Error,
    /// Keep the first row in file order and count the rest as dropped.
    KeepFirst,
    /// Keep all rows: the column is not unique by design.
    KeepAll,
}

/// One file, or a glob of files read alike.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSource {
    /// Path or glob, relative to the project folder. `{period}` stands for the period, such as `2026-11`.
    pub file: String,
    /// Name of the wave that every answer of this file belongs to, such as `2026-11`.
    #[serde(default)]
    pub wave: Option<String>,
    /// File format; by default told from the file's ending and first bytes.
    #[serde(default)]
    pub format: Option<FileFormat>,
    /// Survey tool that exported the file; by default recognised from its headers.
    #[serde(default)]
    pub dialect: Option<Dialect>,
    /// Text encoding such as `gb18030`; by default detected.
    #[serde(default)]
    pub encoding: Option<String>,
    /// Field separator of a text file; by default sniffed.
    #[serde(default)]
    pub delimiter: Option<char>,
    /// Sheet of a workbook, by name; by default the first with data.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Row that holds the headers, from 1; by default found.
    #[serde(default)]
    pub header_row: Option<u32>,
    /// The same export in numbers (选项序号), which gives the codes to this file's texts.
    #[serde(default)]
    pub codes_file: Option<String>,
}

impl RawSource {
    /// A file with everything about it to be found out.
    pub fn of_file(file: String) -> Self {
        Self {
            file,
            wave: None,
            format: None,
            dialect: None,
            encoding: None,
            delimiter: None,
            sheet: None,
            header_row: None,
            codes_file: None,
        }
    }
}

/// File formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    /// Comma (or otherwise) separated text.
    Csv,
    /// Tab separated text.
    Tsv,
    /// Excel 2007 and later.
    Xlsx,
    /// Excel 97.
    Xls,
    /// OpenDocument spreadsheet.
    Ods,
    /// Apache Parquet.
    Parquet,
    /// A JSON array of objects.
    Json,
    /// One JSON object a line.
    Ndjson,
    /// SPSS system file.
    Sav,
}

/// Survey tools whose exports are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// A plain table.
    Plain,
    /// 问卷星.
    Wjx,
    /// 腾讯问卷.
    Tencent,
    /// 问卷网.
    Wenjuan,
    /// LimeSurvey.
    Limesurvey,
    /// Qualtrics with its three header rows.
    Qualtrics,
}

/// How answers fall into waves: a date column cut by calendar periods, or a column that holds the wave's name.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawWave {
    /// Name of a column of the codebook.
    pub column: String,
    /// Calendar period, for a date column.
    #[serde(default)]
    pub by: Option<WavePeriod>,
}

/// Calendar periods that cut a date column into waves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WavePeriod {
    /// `2026-11`
    Month,
    /// `2026-Q4`
    Quarter,
    /// Week of ISO 8601, `2026-W47`
    Week,
    /// `2026`
    Year,
}

/// Sampling design; columns of the codebook.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawDesign {
    /// Stratum of an answer.
    #[serde(default)]
    pub strata: Option<String>,
    /// Primary sampling unit of an answer.
    #[serde(default)]
    pub cluster: Option<String>,
    /// Number of units in the population of the stratum, for the finite population correction.
    #[serde(default)]
    pub fpc: Option<String>,
    /// Who or what comes again in a later wave: the id of a person, or the cluster. Changes between waves are then tested with
    /// the covariance of the waves.
    #[serde(default)]
    pub panel: Option<String>,
    /// What a stratum with a single unit does: `error` (default), `certainty`, `adjust` or `average`.
    #[serde(default)]
    pub single_unit: SingleUnit,
}

/// Policies for a stratum that holds a single primary sampling unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SingleUnit {
    /// Refuse, naming the stratum.
    #[default]
    Error,
    /// The unit was certain to be in: it adds no variance.
    Certainty,
    /// Centre the unit at the grand mean.
    Adjust,
    /// Use the average variance of the other strata.
    Average,
}

/// A condition that an answer must meet to be analysed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawFilter {
    /// SQL expression over the columns; rows where it is not true are dropped.
    pub keep: String,
    /// Why, in words for the method page.
    #[serde(default)]
    pub reason: Option<Localized>,
}

/// What kind of answer a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// Ordered numbers with a range, such as 1 to 5.
    Scale,
    /// Yes or no.
    Boolean,
    /// One option of several.
    Single,
    /// Any number of options.
    Multi,
    /// Options in order of preference.
    Ranking,
    /// A quantity.
    Number,
    /// A date or a moment.
    Date,
    /// Free text.
    Text,
}

/// One question of the codebook.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawColumn {
    /// Kind of answer.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Header or headers in the files (the first present in a file is taken; for `multi`, all option columns). Default: the name.
    #[serde(default)]
    pub from: Option<OneOrMany>,
    /// SQL expression over other columns, instead of `from`.
    #[serde(default)]
    pub derive: Option<String>,
    /// Value taken from an operational table, instead of `from`.
    #[serde(default)]
    pub lookup: Option<RawLookup>,
    /// Themes (`type: multi`) or tone (`type: single`) of an open answer, by a dictionary of words, instead of `from`.
    #[serde(default)]
    pub themes: Option<RawThemes>,
    /// The question in words, for tables and the method page.
    #[serde(default)]
    pub title: Option<Localized>,
    /// The question as it is asked, for the questionnaire. Default: the header, where it is a question in the document's language.
    #[serde(default)]
    pub question: Option<Localized>,
    /// What a number counts (minutes, yuan), printed behind the line to write on.
    #[serde(default)]
    pub unit: Option<Localized>,
    /// Column of type `boolean`: only who said yes there is asked. Default: what the bases of the plugins' metrics say.
    #[serde(default)]
    pub only_if: Option<String>,
    /// Lowest and highest valid value of a scale or number.
    #[serde(default)]
    pub range: Option<[f64; 2]>,
    /// Codes or answer texts as they stand in the file (keys) and what they mean: a number for a scale, a label for options.
    #[serde(default)]
    pub labels: Option<IndexMap<String, RawLabel>>,
    /// What options are called in documents, by the option: `北湖店: { en: North Lake }`. Other than `labels` it leaves the list open.
    #[serde(default)]
    pub titles: IndexMap<String, Localized>,
    /// Values that mean "no answer".
    #[serde(default)]
    pub missing: Vec<RawScalar>,
    /// Values that mean "does not apply to me".
    #[serde(default)]
    pub not_applicable: Vec<RawScalar>,
    /// Values that mean yes, for `boolean`. Default: 1, true, yes, 是, 有, 对, 会, Y …
    #[serde(default)]
    pub yes: Vec<RawScalar>,
    /// Values that mean no, for `boolean`.
    #[serde(default)]
    pub no: Vec<RawScalar>,
    /// Turn the scale around: highest becomes lowest.
    #[serde(default)]
    pub reverse: bool,
    /// Separator between the options of a `multi` or `ranking` cell. Default: the one of the survey tool.
    #[serde(default)]
    pub separator: Option<String>,
    /// Format of a date, `%Y/%m/%d %H:%M`; by default the usual ones are tried.
    #[serde(default)]
    pub format: Option<String>,
    /// Personal data: never quoted in documents.
    #[serde(default)]
    pub personal: bool,
}

impl RawColumn {
    /// True for a column whose cells are read from the files, not computed.
    pub fn is_read(&self) -> bool {
        self.derive.is_none() && self.lookup.is_none() && self.themes.is_none()
    }
}

/// An open answer to be coded by a dictionary.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawThemes {
    /// Column of type `text` with the answers.
    pub of: String,
    /// Dictionary file, relative to the project folder; by default a general one.
    #[serde(default)]
    pub dictionary: Option<String>,
    /// Answers that documents quote for each theme; default 2, 0 for none.
    #[serde(default)]
    pub quotes: Option<u32>,
    /// Texts: an answer that contains one of them is not quoted.
    #[serde(default)]
    pub drop: Vec<String>,
}

/// A value made of the rows of an operational table that have the same key as the answer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLookup {
    /// Name of the table.
    pub table: String,
    /// Column of the answers that holds the key, such as a card number.
    pub key: String,
    /// Column of the table that holds the same key. Default: the name of `key`.
    #[serde(default)]
    pub on: Option<String>,
    /// What is made of the rows; without any row a count is 0 and everything else unknown.
    pub take: LookupTake,
    /// SQL expression over the columns of the table; not needed for a count.
    #[serde(default)]
    pub of: Option<String>,
    /// Condition on the rows of the table.
    #[serde(default)]
    pub keep: Option<String>,
}

/// What is made of the rows of a table with the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LookupTake {
    /// Their number.
    Count,
    /// The sum of `of`.
    Sum,
    /// The mean of `of`.
    Mean,
    /// The smallest `of`.
    Min,
    /// The largest `of`.
    Max,
}

/// One value or a list.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// A single header.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    /// The values as a slice.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

/// What a code means: a number on a scale, or an option's label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawLabel {
    /// Position on the scale.
    Number(f64),
    /// Label of an option; `null` means missing.
    Text(Localized),
}

/// A value as it stands in a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawScalar {
    /// A number.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// A text.
    Text(String),
}

impl RawScalar {
    /// The value as the text that a cell would hold: `6`, `2.5`, `true`, `不适用`.
    pub fn as_text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Boolean(value) => value.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

/// How a project uses a plugin.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPluginUse {
    /// Table that the inputs come from, where it has another name than the plugin gives it; `responses` is the survey.
    #[serde(default)]
    pub table: Option<String>,
    /// Which column (or SQL expression over columns) feeds each input of the plugin.
    #[serde(default)]
    pub inputs: IndexMap<String, String>,
    /// Metrics to compute; default all.
    #[serde(default)]
    pub metrics: Option<Vec<String>>,
    /// Models to compute; default all.
    #[serde(default)]
    pub models: Option<Vec<String>>,
    /// Weights of composite metrics: metric id -> component id -> weight.
    #[serde(default)]
    pub weights: IndexMap<String, IndexMap<String, f64>>,
}

/// A goal: the number alone, or with date and source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawTarget {
    /// The value to reach, in the unit of the metric.
    Value(f64),
    /// The value with its circumstances.
    Detailed(RawTargetDetail),
}

/// A goal with its circumstances.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTargetDetail {
    /// The value to reach, in the unit of the metric.
    pub value: f64,
    /// By when, `2026-12-31`.
    #[serde(default)]
    pub by: Option<String>,
    /// Where the goal comes from.
    #[serde(default)]
    pub source: Option<Localized>,
}

/// How the interval of a proportion is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProportionInterval {
    /// Student t on the logit scale, back-transformed.
    #[default]
    Logit,
    /// Korn and Graubard (1998): Clopper-Pearson on the effective sample size.
    Beta,
    /// Student t on the plain scale.
    Wald,
}

/// How p values of several tests are adjusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Correction {
    /// Holm (1979): the chance of a single false difference stays below one minus the confidence level.
    #[default]
    Holm,
    /// Bonferroni: the same, more cautious.
    Bonferroni,
    /// Benjamini and Hochberg (1995): the share of false differences among those found stays below that level.
    Bh,
    /// Each test for itself.
    None,
}

/// Statistical settings.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawSettings {
    /// Confidence level of the intervals.
    pub confidence: f64,
    /// Correction of the tests between the groups of a segment: `holm` (default), `bonferroni`, `bh` or `none`.
    pub correction: Correction,
    /// Interval of proportions.
    pub proportion_interval: ProportionInterval,
    /// Estimates on fewer answers (or effective answers) are not shown.
    pub suppress_below: f64,
    /// Estimates on fewer answers (or effective answers) carry a mark.
    pub flag_below: f64,
}

impl Default for RawSettings {
    fn default() -> Self {
        Self {
            confidence: 0.95,
            correction: Correction::Holm,
            proportion_interval: ProportionInterval::Logit,
            suppress_below: 20.0,
            flag_below: 50.0,
        }
    }
}
