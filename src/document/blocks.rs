//! The block model: the one shape of a document between templates and formats. Templates become blocks (`markdown`, `builder`);
//! PDF and HTML are written from blocks alone. It serialises to the JSON that the Typst theme reads as `/data.json`.
//!
//! Words that themes print themselves come from `Meta::words`: `contents` (目录), `table` (表), `figure` (图),
//! `page_of` (`第 {page} 页　共 {pages} 页`) and `net` (over the net scores of a diverging chart). The builder puts
//! [`usual_words`](crate::document::builder::usual_words) behind those of the pack, so that none is missing.

use serde::{Deserialize, Serialize};

use crate::charts::Chart;
use crate::diagnostics::Lang;
use crate::document::brand::DocumentBrand;

/// A whole document.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Document {
    /// What the file and the running heads say.
    pub meta: Meta,
    /// Content in reading order.
    pub blocks: Vec<Block>,
}

/// Properties of the document.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Meta {
    /// Title.
    pub title: String,
    /// Line under the title.
    pub subtitle: Option<String>,
    /// Whose customers were asked; left of the running foot.
    pub client: Option<String>,
    /// Who signs.
    pub planner: Option<String>,
    /// Language of the text.
    pub lang: Lang,
    /// Date of the document, `2026-11-20`.
    pub date: String,
    /// The date in words of the language, `2026年11月20日`; printed.
    pub date_text: String,
    /// Name of the period, right of the running head.
    pub period: String,
    /// Words the theme itself prints, by key (`contents`, `table`, `figure`, `page_of`, `net`, …), from the pack.
    pub words: std::collections::BTreeMap<String, String>,
    /// The brand that the document bears, if any.
    #[serde(skip_deserializing)]
    pub brand: Option<Box<DocumentBrand>>,
}

/// A piece of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// The cover page, drawn from the document's properties.
    Cover {
        /// Label and value lines under the title (client, planner, date …).
        rows: Vec<(String, String)>,
    },
    /// The table of contents.
    Contents,
    /// A heading; level 1 is a chapter.
    Heading {
        /// 1 to 4, never more than one below the heading before it. Made so by the builder.
        level: u8,
        /// Drawn small whatever its level, without a number and not in the contents, such as the name of a panel.
        #[serde(default)]
        small: bool,
        /// Anchor, unique in the document.
        id: String,
        /// The number printed before it (`1`, `2.3`), none for unnumbered ones. Assigned by the builder.
        number: Option<String>,
        /// Text.
        content: Vec<Inline>,
    },
    /// A paragraph.
    Paragraph {
        /// Text.
        content: Vec<Inline>,
    },
    /// The lead paragraph of a page: larger, not indented.
    Lead {
        /// Text.
        content: Vec<Inline>,
    },
    /// A list.
    List {
        /// Numbered or not.
        ordered: bool,
        /// First number of an ordered list.
        start: u64,
        /// Each item's blocks.
        items: Vec<Vec<Block>>,
    },
    /// A quotation (customers' own words).
    Quote {
        /// Content.
        blocks: Vec<Block>,
    },
    /// A boxed remark.
    Callout {
        /// What kind of remark.
        tone: Tone,
        /// Bold first line.
        title: Option<String>,
        /// Content.
        blocks: Vec<Block>,
    },
    /// A table.
    Table(Table),
    /// A chart with its caption.
    Figure(Figure),
    /// The indicators as cards, in one row where they fit.
    Cards {
        /// The cards.
        cards: Vec<Card>,
    },
    /// A numbered list of things to do, as on the summary page.
    Todos {
        /// Bold heading above the list.
        title: String,
        /// The things.
        items: Vec<Todo>,
    },
    /// Blocks side by side; on a narrow screen one under the other.
    Columns {
        /// Left to right.
        columns: Vec<Vec<Block>>,
    },
    /// Questions to be answered by hand.
    Form(Form),
    /// Preformatted text.
    Code {
        /// The text, line breaks kept.
        text: String,
    },
    /// What follows begins on a new page.
    PageBreak,
}

/// A piece of running text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Inline {
    /// Plain text.
    Text {
        /// The text, never markup.
        text: String,
    },
    /// Strong emphasis.
    Strong {
        /// Content.
        content: Vec<Inline>,
    },
    /// Emphasis; by weight or dots in Chinese, never slanted.
    Emphasis {
        /// Content.
        content: Vec<Inline>,
    },
    /// Code or an expression.
    Code {
        /// The text.
        text: String,
    },
    /// A link to an address.
    Link {
        /// The address; only http, https and mailto survive.
        url: String,
        /// Content.
        content: Vec<Inline>,
    },
    /// A reference to a table, figure or heading: `表 1-2`.
    Reference {
        /// Anchor of the target.
        id: String,
        /// The text to print, assigned by the builder.
        text: String,
    },
    /// Raised text such as a significance letter.
    Superscript {
        /// The text.
        text: String,
    },
    /// A line break inside a paragraph.
    LineBreak,
}

impl Inline {
    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
}

/// How a remark, a card or a cell is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// No colour.
    #[default]
    Neutral,
    /// Good: target met, better than the rest (blue).
    Good,
    /// Bad: target missed, worse than the rest (orange).
    Bad,
    /// A remark worth reading (grey-blue).
    Info,
    /// A caution.
    Warning,
}

/// Horizontal alignment of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// Text.
    #[default]
    Left,
    /// Short marks.
    Center,
    /// Numbers.
    Right,
}

/// A three-line table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Table {
    /// Anchor, unique in the document.
    pub id: String,
    /// The number, `2-1`: chapter and running number. Assigned by the builder; empty without a caption.
    pub number: String,
    /// Caption above the table; empty for none.
    pub caption: Vec<Inline>,
    /// Columns, left to right.
    pub columns: Vec<TableColumn>,
    /// Body rows.
    pub rows: Vec<TableRow>,
    /// Small print under the table: unit, base, test.
    pub notes: Vec<Vec<Inline>>,
}

impl Table {
    /// Where the parts of the table begin: at the first row, under every bold one but the last, and beside every first cell that has
    /// words where others are left empty to go on saying the same.
    pub fn parts(&self) -> Vec<usize> {
        let names = |row: &TableRow| row.cells.first().is_some_and(|cell| !cell.content.is_empty());
        let continued = !self.rows.iter().all(names);
        let starts = |(place, row): &(usize, &TableRow)| {
            *place == 0 || *place + 1 < self.rows.len() && (row.strong || continued && names(row))
        };
        self.rows.iter().enumerate().filter(starts).map(|(place, _)| place).collect()
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TableColumn {
    /// Head.
    pub title: Vec<Inline>,
    /// Alignment.
    pub align: Align,
    /// Share of the width in parts; 0 means as wide as its content.
    pub parts: f64,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TableRow {
    /// Cells, one a column.
    pub cells: Vec<TableCell>,
    /// A total or otherwise bold row.
    pub strong: bool,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TableCell {
    /// Text.
    pub content: Vec<Inline>,
    /// Background.
    pub tone: Tone,
}

/// A chart with its caption.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Anchor, unique in the document.
    pub id: String,
    /// The number, `2-1`. Assigned by the builder; empty without a caption.
    pub number: String,
    /// Caption under the figure: its message. Empty for none.
    pub caption: Vec<Inline>,
    /// What is drawn, with its alt text.
    pub chart: Box<Chart>,
    /// Small print under the caption.
    pub notes: Vec<Vec<Inline>>,
}

/// An indicator as a card.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Card {
    /// Name of the indicator.
    pub title: String,
    /// The number, formatted, without unit; a dash where there is none.
    pub value: String,
    /// The unit printed small after it, `%` or `分`.
    pub unit: String,
    /// `95% 区间 73.9–78.8`, or why there is no value.
    pub interval: String,
    /// `较上期 ▲ 3.2个百分点*` or `较上期 ▼ 0.9个百分点（不显著）`; empty without an earlier wave.
    pub change: String,
    /// The change is statistically significant.
    pub change_significant: bool,
    /// `目标 ≥ 75%，未达标`; empty without a target.
    pub target: String,
    /// Share of the way to the target, 0 to 1; none without a target.
    pub progress: Option<f64>,
    /// Good if the target is met, bad if it is missed beyond chance, neutral if narrowly missed or without one.
    pub tone: Tone,
}

/// A thing to do, as on the summary page.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Todo {
    /// What.
    pub title: String,
    /// Where, who, when.
    pub detail: String,
    /// What it costs, formatted.
    pub amount: String,
}

/// Questions to be answered: on paper with boxes to tick and lines to write on, on screen with fields.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Form {
    /// Top to bottom.
    pub items: Vec<FormItem>,
}

/// A part of a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FormItem {
    /// A heading over the items that follow.
    Section {
        /// Name.
        title: String,
    },
    /// One question.
    Question {
        /// Running number; none for those that bear none.
        number: Option<u32>,
        /// The question.
        text: String,
        /// A remark for who answers, such as `可多选`; empty for none.
        hint: String,
        /// How it is answered.
        answer: Answer,
    },
    /// Questions with the same answers: a table with a box for each.
    Matrix {
        /// Running number of the whole; none for those that bear none.
        number: Option<u32>,
        /// What is asked of all rows; may be empty.
        text: String,
        /// The answers.
        scale: AnswerScale,
        /// The things asked about.
        rows: Vec<String>,
    },
    /// Short things to write on a line, side by side: name, date, total.
    Fields {
        /// Labels with what stands behind the line, such as a unit.
        fields: Vec<(String, String)>,
    },
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Answer {
    /// Boxes to tick.
    Options {
        /// The options.
        options: Vec<String>,
        /// More than one may be ticked.
        several: bool,
        /// Numbers are written into the boxes, in order of preference.
        ranked: bool,
    },
    /// A row of boxes from low to high.
    Scale(AnswerScale),
    /// A number or a few words on a line.
    Blank {
        /// What stands behind it; empty for none.
        unit: String,
    },
    /// A date.
    Date,
    /// Lines for words of one's own.
    Lines {
        /// How many.
        count: u8,
    },
}

/// The answers of a scale.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AnswerScale {
    /// The numbers, low to high.
    pub points: Vec<String>,
    /// What they mean, one a number; empty where only the ends are named.
    pub labels: Vec<String>,
    /// What the lowest means; empty where unknown.
    pub low: String,
    /// What the highest means; empty where unknown.
    pub high: String,
    /// The points are counted, so they are printed beside what they mean.
    #[serde(default)]
    pub scored: bool,
    /// The answer of those it does not apply to; empty for none.
    pub other: String,
}

impl Form {
    /// Every text of the form, in order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.items.iter().flat_map(FormItem::texts)
    }
}

impl FormItem {
    fn texts(&self) -> Vec<&str> {
        match self {
            Self::Section { title } => vec![title],
            Self::Question { text, hint, answer, .. } => {
                let mut texts: Vec<&str> = vec![text, hint];
                match answer {
                    Answer::Options { options, .. } => texts.extend(options.iter().map(String::as_str)),
                    Answer::Scale(scale) => texts.extend(scale.texts()),
                    Answer::Blank { unit } => texts.push(unit),
                    Answer::Date | Answer::Lines { .. } => {}
                }
                texts
            }
            Self::Matrix { text, scale, rows, .. } => {
                std::iter::once(text.as_str()).chain(scale.texts()).chain(rows.iter().map(String::as_str)).collect()
            }
            Self::Fields { fields } => {
                fields.iter().flat_map(|(label, unit)| [label.as_str(), unit.as_str()]).collect()
            }
        }
    }
}

impl AnswerScale {
    fn texts(&self) -> impl Iterator<Item = &str> {
        let ends = [&self.low, &self.high, &self.other].into_iter().map(String::as_str);
        self.points.iter().chain(&self.labels).map(String::as_str).chain(ends)
    }
}
