//! A student's document as plain data: its pieces in reading order, what is hidden in it, how it is set and what the file says
//! of itself. Readers of all formats give it; everything that is measured is measured from it.

use serde::{Deserialize, Serialize};

/// What was read from one file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlanText {
    /// Pieces in reading order. Text boxes stand behind the paragraph that they are anchored in, notes at the end.
    pub pieces: Vec<Piece>,
    /// Running heads and feet; not part of the text.
    pub apart: Vec<String>,
    /// Passages that a reader of the page does not see; not part of the text.
    pub hidden: Vec<Hidden>,
    /// How the document is set.
    pub layout: Layout,
    /// What the file says of its own making. Evidence only: anybody can change it.
    pub properties: Properties,
    /// Tracked changes that are not accepted yet.
    pub revisions: Revisions,
}

/// A paragraph or the like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Its part in the document.
    pub kind: PieceKind,
    /// Its text.
    pub text: String,
}

/// The part of a piece in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PieceKind {
    /// The title.
    Title,
    /// A heading, 1 to 9.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// A paragraph in a cell of a table; all count from 0.
    Cell {
        /// Which table of the document.
        table: usize,
        /// Row.
        row: usize,
        /// Column.
        column: usize,
    },
    /// A paragraph in a text box.
    TextBox,
    /// A footnote or endnote.
    Note,
}

/// A passage that is in the file but not on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hidden {
    /// How it is hidden.
    pub by: HiddenBy,
    /// The passage.
    pub text: String,
}

/// How a passage is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HiddenBy {
    /// Marked as hidden.
    Attribute,
    /// White letters on white.
    White,
    /// Letters too small to be read.
    Tiny,
}

/// How a document is set; what is unknown is `None`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    /// Width and height of the page in millimetres, of every kind of page in it.
    pub pages_mm: Vec<(f64, f64)>,
    /// Number of pages. In DOCX the one that the last program wrote down.
    pub page_count: Option<u32>,
    /// Font sizes of the running text in points, with the share of its characters, largest share first.
    pub font_sizes: Vec<(f64, f64)>,
    /// Line distances of the running text in lines, with the share of its characters, largest share first.
    pub line_spacings: Vec<(f64, f64)>,
}

/// What a file says of its own making.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Properties {
    /// Who made it.
    pub author: Option<String>,
    /// Who saved it last.
    pub last_author: Option<String>,
    /// When it was made, as written.
    pub created: Option<String>,
    /// When it was saved last, as written.
    pub modified: Option<String>,
    /// Program that wrote it.
    pub program: Option<String>,
    /// Minutes of editing that the program counted.
    pub editing_minutes: Option<u32>,
}

/// Tracked changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revisions {
    /// Characters inserted; they are in the text.
    pub inserted: usize,
    /// Characters deleted; they are not.
    pub deleted: usize,
}

impl PlanText {
    /// The text as it is read, a piece a line.
    pub fn text(&self) -> String {
        join(self.pieces.iter())
    }

    /// The text without tables, boxes, notes, title and headings.
    pub fn body(&self) -> String {
        join(self.pieces.iter().filter(|piece| piece.kind == PieceKind::Paragraph))
    }

    /// The text without notes.
    pub fn without_notes(&self) -> String {
        join(self.pieces.iter().filter(|piece| piece.kind != PieceKind::Note))
    }

    /// The tables: rows of cells, paragraphs of a cell joined by line breaks.
    pub fn tables(&self) -> Vec<Vec<Vec<String>>> {
        let mut tables: Vec<Vec<Vec<String>>> = Vec::new();
        for piece in &self.pieces {
            let PieceKind::Cell { table, row, column } = piece.kind else { continue };
            grow(&mut tables, table);
            grow(&mut tables[table], row);
            let cells = &mut tables[table][row];
            grow(cells, column);
            if !cells[column].is_empty() {
                cells[column].push('\n');
            }
            cells[column].push_str(&piece.text);
        }
        tables
    }
}

fn grow<T: Default>(items: &mut Vec<T>, index: usize) {
    if items.len() <= index {
        items.resize_with(index + 1, T::default);
    }
}

fn join<'p>(pieces: impl Iterator<Item = &'p Piece>) -> String {
    pieces.map(|piece| piece.text.as_str()).collect::<Vec<_>>().join("\n")
}

/// Shares of characters by value, largest first.
pub(super) fn shares(counted: &std::collections::BTreeMap<i64, usize>, unit: f64) -> Vec<(f64, f64)> {
    let all: usize = counted.values().sum();
    let mut shares: Vec<(f64, f64)> =
        counted.iter().map(|(value, count)| (*value as f64 / unit, *count as f64 / all.max(1) as f64)).collect();
    shares.sort_by(|left, right| right.1.total_cmp(&left.1));
    shares
}
