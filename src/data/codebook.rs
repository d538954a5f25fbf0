//! Codes every file's cells by the codebook: one [`RawColumn`] and all files come in, one typed column over all rows goes out.
//! Columns are independent of each other, so they are coded in parallel with the same result in any order.

use std::sync::atomic::{AtomicUsize, Ordering};

use datafusion::arrow::array::Array;
use datafusion::arrow::datatypes::{DataType, Field, Schema, TimeUnit};
use datafusion::common::HashMap;
use indexmap::{IndexMap, IndexSet};

use crate::config::raw::{ColumnType, RawColumn, RawLabel};
use crate::data::cells::{Answer, CellRules, DEFAULT_SCALE, stored_label};
use crate::data::coding::{CellStatus, CodedCells, MISSING};
use crate::data::known_cells::{AsTheyAre, KnownCells};
use crate::data::numbers::number_text;
use crate::data::options::{join_options, option_of_header};
use crate::data::ordering::natural;
use crate::data::quality::InvalidCells;
use crate::data::rawcells::RawCells;
use crate::data::sources::LoadedSource;
use crate::data::stored::StoredColumn;
use crate::data::table::{Column, ColumnCounts, OPTION_SEPARATOR, RawHeader};
use crate::diagnostics::Localized;

/// A column over all rows of all files.
#[derive(Debug, Clone)]
pub struct CodedColumn {
    /// Description; the counts are filled when it is known which rows stay.
    pub column: Column,
    /// One array a chunk, files and chunks in order.
    pub arrays: StoredColumn,
    /// Rows (over all chunks) that are neither an answer where the arrays hold a value nor missing where they hold none.
    pub unlike_nulls: Vec<(u32, CellStatus)>,
    /// Unreadable cells, by file.
    pub invalid: Vec<InvalidCells>,
}

/// Where a codebook entry finds its cells in one file: header positions, `None` if the file lacks them.
pub type Placement = Option<Vec<usize>>;

/// Arrow type of a column of this kind.
pub fn arrow_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Scale | ColumnType::Number => DataType::Float64,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Single => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
        ColumnType::Multi | ColumnType::Ranking | ColumnType::Text => DataType::Utf8,
        ColumnType::Date => DataType::Timestamp(TimeUnit::Millisecond, None),
    }
}

/// Schema of the codebook's columns, known before any file is read; expressions are checked against it.
pub fn codebook_schema(columns: &IndexMap<String, RawColumn>) -> Schema {
    Schema::new(columns.iter().map(|(name, raw)| Field::new(name, arrow_type(raw.kind), true)).collect::<Vec<_>>())
}

/// Headers under which a codebook entry looks for its cells.
pub fn headers_of<'a>(name: &'a str, raw: &'a RawColumn) -> Vec<&'a str> {
    match &raw.from {
        Some(from) => from.as_slice().iter().map(|header| header.trim()).collect(),
        None => vec![name],
    }
}

/// Codes the columns, several at a time; `placements` holds one entry a file for each column. Unreadable cells of rows that are not
/// `wanted` are nobody's concern; without it all are.
pub fn code_columns(
    columns: &[(&str, &RawColumn, Vec<Placement>)],
    sources: &[LoadedSource],
    wanted: Option<&[bool]>,
) -> Vec<CodedColumn> {
    let threads =
        std::thread::available_parallelism().map_or(2, std::num::NonZero::get).clamp(2, 16).min(columns.len());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some((name, raw, placements)) = columns.get(index) else { return done };
            done.push((index, code_wanted(name, raw, placements, sources, wanted)));
        }
    };
    let mut coded: Vec<(usize, CodedColumn)> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        handles
            .into_iter()
            .flat_map(|handle| handle.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload)))
            .collect()
    });
    coded.sort_by_key(|&(index, _)| index);
    coded.into_iter().map(|(_, column)| column).collect()
}

/// Codes one column over all files.
pub fn code_column(name: &str, raw: &RawColumn, placements: &[Placement], sources: &[LoadedSource]) -> CodedColumn {
    code_wanted(name, raw, placements, sources, None)
}

fn code_wanted(
    name: &str,
    raw: &RawColumn,
    placements: &[Placement],
    sources: &[LoadedSource],
    wanted: Option<&[bool]>,
) -> CodedColumn {
    let mut sink = Sink::new(name, raw, wanted);
    let mut title = None;
    let an_option_each = matches!(raw.kind, ColumnType::Multi | ColumnType::Ranking) && headers_of(name, raw).len() > 1;
    for (source, placement) in sources.iter().zip(placements) {
        match placement.as_deref() {
            None => sink.absent(source),
            Some(&[position, ..]) if !an_option_each => {
                let header = &source.table.headers[position];
                title = title.or_else(|| header.label.clone()).or_else(|| Some(header.name.clone()));
                sink.code_single_header(raw, source, position, header);
            }
            Some(positions) => sink.code_option_headers(raw, source, positions),
        }
    }
    sink.finish(raw, title)
}

/// Distinct cells of the columns of one question that are remembered.
const MEMO_LIMIT: usize = 100_000;

/// Collects the coded cells of a column.
struct Sink<'a> {
    name: String,
    kind: ColumnType,
    cells: CodedCells,
    invalid: Vec<InvalidCells>,
    /// Rows of all files whose unreadable cells are counted; all if none.
    wanted: Option<&'a [bool]>,
    /// Rows of the chunks before.
    before: usize,
}

impl<'a> Sink<'a> {
    fn new(name: &str, raw: &RawColumn, wanted: Option<&'a [bool]>) -> Self {
        let cells = CodedCells::new(raw.kind);
        Self { name: name.to_owned(), kind: raw.kind, cells, invalid: Vec::new(), wanted, before: 0 }
    }

    /// True if a row, counted from the first of this chunk, is wanted.
    fn wants(&self, index: usize) -> bool {
        self.wanted.is_none_or(|wanted| wanted.get(self.before + index).copied().unwrap_or(true))
    }

    fn absent(&mut self, source: &LoadedSource) {
        for chunk in &source.table.chunks {
            self.before += chunk.rows.len();
            chunk.rows.iter().for_each(|_| self.cells.push(MISSING));
            self.cells.close_chunk();
        }
    }

    fn code_single_header(&mut self, raw: &RawColumn, source: &LoadedSource, position: usize, header: &RawHeader) {
        let rules = CellRules::new(raw, header, source.dialect);
        let as_they_are = AsTheyAre::new(&rules);
        let mut known = KnownCells::new(&rules);
        let mut invalid = InvalidCells::new(&self.name, raw, source, rules.range());
        for chunk in &source.table.chunks {
            let array = chunk.columns.get(position).and_then(Option::as_ref);
            let rows = chunk.rows.len();
            if let Some(array) = as_they_are.bytes(array) {
                self.cells.push_array(array);
                self.before += rows;
                continue;
            }
            let cells = RawCells::new(array);
            if let Some(array) = as_they_are.array(&cells).filter(|array| array.len() == rows) {
                self.cells.push_array(array);
                self.before += rows;
                continue;
            }
            known.enter(&cells);
            if let Some(options) = known.options(&cells, &mut self.cells) {
                self.cells.push_options(options);
                self.before += rows;
                continue;
            }
            for (index, &row) in chunk.rows.iter().enumerate() {
                let coded = known.code(&cells, index, &mut self.cells);
                if coded.1 == CellStatus::Invalid && self.wants(index) {
                    invalid.add(&source.table, position, row, &cells.text(index).unwrap_or_default());
                }
                self.cells.push(coded);
            }
            self.cells.close_chunk();
            self.before += rows;
        }
        self.invalid.extend((invalid.count > 0).then_some(invalid));
    }

    /// One column an option: ticks for `multi`, positions for `ranking`.
    fn code_option_headers(&mut self, raw: &RawColumn, source: &LoadedSource, positions: &[usize]) {
        let ranking = self.kind == ColumnType::Ranking;
        let mut rules = Vec::new();
        for &position in positions {
            let header = &source.table.headers[position];
            let plain = RawColumn { labels: None, ..raw.clone() };
            rules.push((position, CellRules::new(&plain, header, source.dialect), option_label(raw, header)));
        }
        let mut memo: HashMap<(usize, String), Answer> = HashMap::new();
        let mut invalid = InvalidCells::new(&self.name, raw, source, None);
        for chunk in &source.table.chunks {
            let cells: Vec<RawCells> = positions
                .iter()
                .map(|&position| RawCells::new(chunk.columns.get(position).and_then(Option::as_ref)))
                .collect();
            for (index, &row) in chunk.rows.iter().enumerate() {
                let mut tally = OptionTally::default();
                for ((position, rules, option), cells) in rules.iter().zip(&cells) {
                    let text = cells.text(index).unwrap_or_default();
                    let key = (*position, text.into_owned());
                    let answer = match memo.get(&key) {
                        Some(answer) => answer.clone(),
                        None => {
                            let read = if ranking { rules.read_rank(&key.1) } else { rules.read_tick(&key.1, option) };
                            if memo.len() < MEMO_LIMIT {
                                memo.insert(key.clone(), read.clone());
                            }
                            read
                        }
                    };
                    if answer == Answer::Invalid && self.wants(index) {
                        invalid.add(&source.table, *position, row, &key.1);
                    }
                    tally.add(option, &answer);
                }
                let coded = self.cells.code(tally.answer());
                self.cells.push(coded);
            }
            self.cells.close_chunk();
            self.before += chunk.rows.len();
        }
        self.invalid.extend((invalid.count > 0).then_some(invalid));
    }

    fn finish(self, raw: &RawColumn, header_title: Option<String>) -> CodedColumn {
        let declared = declared_options(raw);
        let categories = match self.kind {
            ColumnType::Single => ordered_options(declared, self.cells.texts()),
            ColumnType::Multi | ColumnType::Ranking => {
                ordered_options(declared, self.cells.texts().flat_map(|cell| cell.split(OPTION_SEPARATOR)))
            }
            _ => Vec::new(),
        };
        let (arrays, unlike_nulls) = self.cells.finish(&categories);
        let arrays = StoredColumn::new(arrow_type(self.kind), arrays);
        let title = raw.title.clone().or_else(|| header_title.map(|title| Localized::from(title.as_str())));
        let column = Column {
            title: title.unwrap_or_else(|| Localized::from(self.name.as_str())),
            name: self.name,
            kind: self.kind,
            categories,
            category_titles: category_titles(raw),
            range: raw.range.or((raw.kind == ColumnType::Scale).then_some(DEFAULT_SCALE)),
            counts: ColumnCounts::default(),
        };
        CodedColumn { column, arrays, unlike_nulls, invalid: self.invalid }
    }
}

/// What the option columns of one row say together.
#[derive(Default)]
struct OptionTally<'a> {
    chosen: Vec<(f64, &'a str)>,
    asked: bool,
    not_applicable: bool,
    invalid: bool,
}

impl<'a> OptionTally<'a> {
    fn add(&mut self, option: &'a str, answer: &Answer) {
        match answer {
            Answer::Boolean(true) => self.chosen.push((0.0, option)),
            Answer::Number(rank) => self.chosen.push((*rank, option)),
            Answer::Boolean(false) => self.asked = true,
            Answer::NotApplicable => self.not_applicable = true,
            Answer::Invalid => self.invalid = true,
            _ => {}
        }
    }

    /// Nothing ticked counts as an answer only if a cell says "not ticked": all blank is no answer.
    fn answer(mut self) -> Answer {
        if self.invalid {
            return Answer::Invalid;
        }
        if self.chosen.is_empty() && !self.asked {
            return if self.not_applicable { Answer::NotApplicable } else { Answer::Missing };
        }
        self.chosen.sort_by(|a, b| a.0.total_cmp(&b.0));
        Answer::Text(join_options(self.chosen.into_iter().map(|(_, option)| option)))
    }
}

/// The option that a header of an expanded question stands for: as declared for the header or its bracket text, else that text.
fn option_label(raw: &RawColumn, header: &RawHeader) -> String {
    let text = option_of_header(header.label.as_deref().unwrap_or(&header.name));
    let declared = raw.labels.iter().flatten().find(|(key, _)| *key == &header.name || key.as_str() == text);
    declared.map_or_else(|| text.to_owned(), |(_, label)| stored_label(label))
}

/// Stored options that the codebook declares, in its order.
fn declared_options(raw: &RawColumn) -> Vec<String> {
    let labels: IndexSet<String> = raw.labels.iter().flatten().map(|(_, label)| stored_label(label)).collect();
    labels.into_iter().collect()
}

/// Declared options first in their order, then the others as people sort them (so that the order of rows does not matter).
fn ordered_options<'a>(declared: Vec<String>, seen: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut others: Vec<&str> = seen.filter(|option| !option.is_empty()).collect::<IndexSet<_>>().into_iter().collect();
    others.retain(|option| !declared.iter().any(|held| held == option));
    others.sort_by(|a, b| natural(a, b));
    let mut options = declared;
    options.extend(others.into_iter().map(str::to_owned));
    options
}

/// Titles of options in two languages, and the words of a scale's numbers.
fn category_titles(raw: &RawColumn) -> IndexMap<String, Localized> {
    let mut titles = IndexMap::new();
    for (key, label) in raw.labels.iter().flatten() {
        match (raw.kind, label) {
            (ColumnType::Scale, RawLabel::Number(number)) => {
                titles.entry(number_text(*number)).or_insert_with(|| Localized::from(key.as_str()));
            }
            (ColumnType::Scale, RawLabel::Text(text)) => {
                titles.insert(key.clone(), text.clone());
            }
            (_, RawLabel::Text(text @ Localized::PerLang(_))) => {
                titles.insert(stored_label(label), text.clone());
            }
            _ => {}
        }
    }
    titles.extend(raw.titles.keys().filter_map(|option| Some((option.clone(), raw.option_title(option)?))));
    titles
}
