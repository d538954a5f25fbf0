//! A sheet of the tab book as plain data: cells with what they hold and what part they play, heads, notes, charts.
//! The rooms beside this one fill sheets; only the writer knows how a workbook file is made of them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use unicode_width::UnicodeWidthStr;

/// Row and column of a cell, both from 0.
pub(super) type Place = (u32, u16);

/// A sheet.
#[derive(Debug, Clone, Default)]
pub(super) struct Sheet {
    /// Name that links and charts use for it.
    pub id: String,
    /// Name wanted on its tab.
    pub tab: String,
    /// What the contents and the first line call it.
    pub title: String,
    /// The cells.
    pub cells: BTreeMap<Place, Cell>,
    /// Cells joined with those to their right: place of the first, column of the last.
    pub joined: Vec<(Place, u16)>,
    /// Rows and columns that stay in view.
    pub frozen: Place,
    /// Rows repeated on every printed page, first and last.
    pub repeated: Option<(u32, u32)>,
    /// Head row, first column, last row and last column of the filtered table.
    pub filter: Option<(u32, u16, u32, u16)>,
    /// The charts.
    pub charts: Vec<Chart>,
    /// Places inside the sheet that the contents list: name and row.
    pub entries: Vec<(String, u32)>,
    /// Columns with texts that are wrapped, with their width in letters.
    pub wrapped: BTreeMap<u16, f64>,
    /// Number of columns of its tables; notes and titles may go beyond.
    pub width: u16,
    /// The row after the last one in use.
    pub next: u32,
}

impl Sheet {
    /// Every text that is read, through `change`.
    pub fn change_texts(&mut self, change: impl Fn(&str) -> String) {
        for text in
            [&mut self.tab, &mut self.title].into_iter().chain(self.entries.iter_mut().map(|entry| &mut entry.0))
        {
            *text = change(text);
        }
        for cell in self.cells.values_mut() {
            if let Value::Text(text) | Value::Link { text, .. } = &mut cell.value {
                *text = change(text);
            }
            if let Some(note) = &mut cell.note {
                *note = change(note);
            }
        }
        for chart in &mut self.charts {
            chart.title = change(&chart.title);
            chart.alt = change(&chart.alt);
        }
    }
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Cell {
    /// What it holds.
    pub value: Value,
    /// How it looks.
    pub style: Style,
    /// Comment.
    pub note: Option<String>,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Value {
    /// Nothing.
    #[default]
    Blank,
    /// Words, never read as a number or formula.
    Text(String),
    /// A number in full precision.
    Number(f64),
    /// A day.
    Day(NaiveDate),
    /// Arithmetic on cells of the same sheet, with its result.
    Formula {
        /// The formula with its `=`.
        formula: String,
        /// Its result.
        result: f64,
    },
    /// A link to a row of a sheet.
    Link {
        /// Id of the sheet.
        sheet: String,
        /// The row.
        row: u32,
        /// What is read.
        text: String,
    },
}

/// How a cell looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) struct Style {
    /// Its part in the table.
    pub role: Role,
    /// How a number is shown.
    pub number: NumberFormat,
    /// Good, bad or neither.
    pub tone: Tone,
    /// Bold.
    pub strong: bool,
    /// Steps from the left.
    pub indent: u8,
    /// Lines are broken.
    pub wrap: bool,
    /// In the middle of its column.
    pub centred: bool,
    /// Words that stand in a column of numbers.
    pub right: bool,
    /// The apostrophe that keeps what looks like a formula a text when it is edited.
    pub quoted: bool,
}

/// The part of a cell in its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) enum Role {
    /// Inside a table.
    #[default]
    Body,
    /// Title of a sheet.
    Title,
    /// What stands under a title.
    Subtitle,
    /// Head of a column.
    Head,
    /// Head over several columns.
    Span,
    /// Title of a block of rows.
    Section,
    /// Bases.
    Base,
    /// Significance letters.
    Letter,
    /// Sums.
    Total,
    /// Notes under a table.
    Note,
    /// A link.
    Link,
    /// No border, for lists outside tables.
    Plain,
}

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) enum NumberFormat {
    /// As the program that opens it likes.
    #[default]
    General,
    /// With thousands separators and so many decimals.
    Decimals(u8),
    /// The same with room for the mark of small bases.
    Estimate(u8),
    /// The same with the mark of small bases behind it.
    SmallBase(u8),
    /// The same with its sign.
    Signed(u8),
    /// The same as the least (`true`) or the most that is aimed at.
    Goal(u8, bool),
    /// The p of a test, three decimals; one that would be 0.000 as less than 0.001.
    Probability,
    /// A day.
    Day,
}

/// Good, bad or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(super) enum Tone {
    /// Neither.
    #[default]
    Neutral,
    /// Better.
    Good,
    /// Worse.
    Bad,
    /// Of little weight.
    Faint,
}

/// A chart drawn from rows of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chart {
    /// Lines or bars.
    pub kind: ChartKind,
    /// Title.
    pub title: String,
    /// What it shows, for those who cannot see it.
    pub alt: String,
    /// Id of the sheet with its numbers.
    pub sheet: String,
    /// First and last row of the numbers.
    pub rows: (u32, u32),
    /// Column of the names.
    pub names: u16,
    /// Column of the values.
    pub values: u16,
    /// Columns of the lengths of the interval's arms, below and above.
    pub arms: (u16, u16),
    /// Tone of every bar.
    pub tones: Vec<Tone>,
    /// Ends of the axis of values.
    pub axis: (f64, f64),
    /// Number format of values.
    pub format: String,
    /// Row where it stands.
    pub row: u32,
    /// Distance from the left edge of the sheet, in pixels.
    pub left: u32,
    /// Width and height in pixels.
    pub size: (u32, u32),
}

/// Kind of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChartKind {
    /// A line over the waves.
    Line,
    /// Bars from left to right, the first group on top.
    Bar,
}

impl Cell {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        let quoted = text.starts_with(['=', '+', '-', '@']);
        Self { value: Value::Text(text), style: Style { quoted, ..Style::default() }, note: None }
    }

    /// A number shown with so many decimals; a dash where it is none.
    pub fn number(number: f64, decimals: u8) -> Self {
        Self::of_number(number, NumberFormat::Decimals(decimals))
    }

    /// A number in a format; a dash where it is none.
    pub fn of_number(number: f64, format: NumberFormat) -> Self {
        if !number.is_finite() {
            return Self::text("–").right();
        }
        Self { value: Value::Number(number), style: Style { number: format, ..Style::default() }, note: None }
    }

    /// A number that may be missing.
    pub fn maybe(number: Option<f64>, decimals: u8) -> Self {
        number.map_or_else(Self::default, |number| Self::number(number, decimals))
    }

    /// The p of a test, if there was one.
    pub fn probability(p: Option<f64>) -> Self {
        p.map_or_else(Self::default, |p| Self::of_number(p, NumberFormat::Probability))
    }

    /// A count.
    pub fn count(count: u64) -> Self {
        Self::number(count as f64, 0)
    }

    /// A link to a row of a sheet.
    pub fn link(sheet: &str, row: u32, text: impl Into<String>) -> Self {
        let value = Value::Link { sheet: sheet.to_owned(), row, text: text.into() };
        Self { value, style: Style { role: Role::Link, ..Style::default() }, note: None }
    }

    /// In another part of the table.
    pub fn role(mut self, role: Role) -> Self {
        self.style.role = role;
        self
    }

    /// In another tone.
    pub fn tone(mut self, tone: Tone) -> Self {
        self.style.tone = tone;
        self
    }

    /// Bold if `strong`.
    pub fn strong(mut self, strong: bool) -> Self {
        self.style.strong = strong;
        self
    }

    /// Steps from the left.
    pub fn indent(mut self, indent: u8) -> Self {
        self.style.indent = indent;
        self
    }

    /// In the middle.
    pub fn centred(mut self) -> Self {
        self.style.centred = true;
        self
    }

    /// Words that stand in a column of numbers.
    pub fn right(mut self) -> Self {
        self.style.right = true;
        self
    }

    /// With a comment.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into()).filter(|note: &String| !note.trim().is_empty());
        self
    }

    /// Width in letters as it is shown, Chinese ones counted twice.
    pub fn width(&self) -> usize {
        match &self.value {
            Value::Blank => 0,
            Value::Text(text) | Value::Link { text, .. } => text_width(text) + 2 * usize::from(self.style.indent),
            Value::Number(number) | Value::Formula { result: number, .. } => number_width(*number, self.style.number),
            Value::Day(_) => 10,
        }
    }
}

/// Width of the longest line of a text in letters, Chinese ones counted twice.
pub(super) fn text_width(text: &str) -> usize {
    text.lines().map(UnicodeWidthStr::width).max().unwrap_or(0)
}

fn number_width(number: f64, format: NumberFormat) -> usize {
    let (decimals, extra) = match format {
        NumberFormat::General => return 8,
        NumberFormat::Day => return 10,
        NumberFormat::Probability => return 6,
        NumberFormat::Decimals(decimals) => (decimals, 0),
        NumberFormat::Goal(decimals, _) => (decimals, 2),
        NumberFormat::Estimate(decimals) | NumberFormat::SmallBase(decimals) | NumberFormat::Signed(decimals) => {
            (decimals, 1)
        }
    };
    let digits = format!("{:.0}", number.abs()).len();
    let sign = usize::from(number < 0.0);
    let fraction = if decimals > 0 { 1 + usize::from(decimals) } else { 0 };
    digits + (digits - 1) / 3 + sign + fraction + extra
}

impl Sheet {
    /// A sheet with its title, a line under it that names the base, and a link back to the contents.
    pub fn new(id: impl Into<String>, tab: impl Into<String>, title: impl Into<String>) -> Self {
        let title = title.into();
        let mut sheet = Self { id: id.into(), tab: tab.into(), title: title.clone(), next: 1, ..Self::default() };
        sheet.set((0, 0), Cell::text(title).role(Role::Title));
        sheet
    }

    /// Puts a cell in its place.
    pub fn set(&mut self, place: Place, cell: Cell) {
        self.next = self.next.max(place.0 + 1);
        self.cells.insert(place, cell);
    }

    /// A line under the title.
    pub fn subtitle(&mut self, text: impl Into<String>) {
        let row = self.next;
        self.set((row, 0), Cell::text(text).role(Role::Subtitle));
    }

    /// Adds a row of cells from the first column on and gives its number.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) -> u32 {
        let row = self.next;
        self.next += 1;
        for (column, cell) in (0..).zip(cells) {
            self.width = self.width.max(column + 1);
            self.set((row, column), cell);
        }
        row
    }

    /// Adds the head of a table and gives its row.
    pub fn head<T: Into<String>>(&mut self, titles: impl IntoIterator<Item = T>) -> u32 {
        self.row(titles.into_iter().map(|title| Cell::text(title).role(Role::Head)))
    }

    /// Keeps what stands above the next row, and the first `columns`, in view; repeats the head from `first` on every page.
    pub fn freeze(&mut self, first: u32, columns: u16) {
        self.frozen = (self.next, columns);
        self.repeated = Some((first, self.next - 1));
    }

    /// Lets the reader filter the table from its head to the last row so far.
    pub fn filter(&mut self, head: u32) {
        if self.next > head + 2 && self.width > 0 {
            self.filter = Some((head, 0, self.next - 1, self.width - 1));
        }
    }

    /// Leaves rows empty.
    pub fn skip(&mut self, rows: u32) {
        self.next += rows;
    }

    /// The title of a block of rows.
    pub fn section(&mut self, title: impl Into<String>) -> u32 {
        self.row([Cell::text(title).role(Role::Section)])
    }

    /// Notes under a table, a line each.
    pub fn notes(&mut self, notes: impl IntoIterator<Item = String>) {
        for note in notes {
            let row = self.next;
            self.set((row, 0), Cell::text(note).role(Role::Note));
        }
    }

    /// Breaks the lines of a column at so many letters.
    pub fn wrap(&mut self, column: u16, letters: f64) {
        self.wrapped.insert(column, letters);
    }

    /// Joins cells of a row from `place` to the column `last`.
    pub fn join(&mut self, place: Place, last: u16) {
        if last > place.1 {
            self.joined.push((place, last));
        }
        self.width = self.width.max(last + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_count_chinese_letters_twice() {
        assert_eq!(text_width("抱怨率 rate"), 11);
        assert_eq!(text_width("long line\nx"), 9);
        assert_eq!(Cell::count(1_234_567).width(), 9);
        assert_eq!(Cell::number(-12.345, 1).width(), 5);
        assert_eq!(Cell::number(f64::NAN, 1).value, Value::Text("–".into()));
    }

    #[test]
    fn what_looks_like_a_formula_is_quoted() {
        for text in ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)"] {
            assert!(Cell::text(text).style.quoted, "{text}");
        }
        assert!(!Cell::text("a=b").style.quoted);
    }
}
