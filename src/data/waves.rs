//! Which wave an answer belongs to: by the calendar period of a date column, by a column that holds the wave's name, or by
//! the file. Typed columns come in; one wave a row and the waves in time order go out.

use chrono::Datelike;
use datafusion::arrow::array::Array;
use indexmap::IndexSet;

use crate::config::period::Cadence;
use crate::config::raw::{RawWave, WavePeriod};
use crate::data::codebook::CodedColumn;
use crate::data::ordering::natural;
use crate::data::quality::RowIndex;
use crate::data::rawcells::RawCells;
use crate::data::sources::LoadedSource;
use crate::diagnostics::messages::coding as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Location};

/// The waves of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Waves {
    /// Names in time order; empty for a single unnamed wave.
    pub names: Vec<String>,
    /// Index into `names` for each row.
    pub of_rows: WaveNumbers,
    /// Newest day among the kept rows, `YYYY-MM-DD`, if a date column drives the waves.
    pub newest: Option<String>,
}

/// The wave of every row, in four bytes each.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WaveNumbers(Vec<u32>);

impl WaveNumbers {
    const NONE: u32 = u32::MAX;

    fn with_capacity(rows: usize) -> Self {
        Self(Vec::with_capacity(rows))
    }

    fn push(&mut self, wave: Option<u32>) {
        self.0.push(wave.unwrap_or(Self::NONE));
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    /// Index of the row's wave; `None` where it has none.
    pub fn get(&self, row: usize) -> Option<usize> {
        self.0.get(row).filter(|wave| **wave != Self::NONE).map(|wave| *wave as usize)
    }
}

impl Waves {
    /// One unnamed wave for all rows.
    fn unnamed(rows: usize) -> Self {
        Self { names: Vec::new(), of_rows: WaveNumbers(vec![0; rows]), newest: None }
    }
}

/// Waves from a column of the codebook; only kept rows give waves.
pub fn by_column(wave: &RawWave, coded: &CodedColumn, keep: &[bool]) -> Waves {
    let mut names: IndexSet<String> = IndexSet::new();
    let mut of_rows = WaveNumbers::with_capacity(keep.len());
    let mut newest: Option<i64> = None;
    for array in coded.arrays.iter() {
        let cells = RawCells::new(Some(&array));
        if let RawCells::Repeated(repeated) = &cells {
            let mut known = vec![None; repeated.texts().len()];
            for index in 0..array.len() {
                let key = repeated.key(index).filter(|_| keep[of_rows.len()]);
                of_rows.push(key.and_then(|key| {
                    let text = repeated.texts().value(key);
                    if known[key].is_none() && !text.is_empty() {
                        known[key] = Some(number_of(&mut names, text));
                    }
                    known[key]
                }));
            }
            continue;
        }
        for index in 0..array.len() {
            let kept = keep[of_rows.len()];
            let name = match &cells {
                _ if !kept => None,
                RawCells::Moments(moments) => moments.get(index).and_then(|moment| {
                    newest = newest.max(Some(moment));
                    period_name(moment, wave.by.unwrap_or(WavePeriod::Month))
                }),
                cells => cells.text(index).filter(|text| !text.is_empty()).map(std::borrow::Cow::into_owned),
            };
            of_rows.push(name.map(|name| number_of(&mut names, &name)));
        }
    }
    let declared = &coded.column.categories;
    let rank = |name: &String| declared.iter().position(|option| option == name).unwrap_or(usize::MAX);
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by(|&a, &b| rank(&names[a]).cmp(&rank(&names[b])).then_with(|| natural(&names[a], &names[b])));
    let mut place = vec![0; order.len()];
    for (new, &old) in (0..).zip(&order) {
        place[old] = new;
    }
    for wave in of_rows.0.iter_mut().filter(|wave| **wave != WaveNumbers::NONE) {
        *wave = place[*wave as usize];
    }
    Waves {
        names: order.iter().map(|&old| names[old].clone()).collect(),
        of_rows,
        newest: newest.and_then(chrono::DateTime::from_timestamp_millis).map(|day| day.format("%Y-%m-%d").to_string()),
    }
}

/// Number of a wave in the order met.
fn number_of(names: &mut IndexSet<String>, name: &str) -> u32 {
    let number = names.get_index_of(name).unwrap_or_else(|| names.insert_full(name.to_owned()).0);
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Waves from the files: all of them name one, or none does.
pub fn by_source(sources: &[LoadedSource], index: &RowIndex, keep: &[bool], diagnostics: &mut Diagnostics) -> Waves {
    if sources.iter().all(|source| source.wave.is_none()) {
        return Waves::unnamed(index.total());
    }
    for source in sources.iter().filter(|source| source.wave.is_none()) {
        diagnostics.push(
            Diagnostic::error(&messages::SOURCE_WITHOUT_WAVE)
                .arg("file", &source.table.file)
                .key(format!("data.sources[{}]", source.source_index))
                .at(Location::file(&source.table.file)),
        );
    }
    let has_rows =
        |wanted: usize| index.chunks().any(|(source, mut rows)| source == wanted && rows.any(|row| keep[row]));
    let used = sources.iter().enumerate().filter(|&(number, _)| has_rows(number));
    let mut names: Vec<String> =
        used.filter_map(|(_, source)| source.wave.clone()).collect::<IndexSet<_>>().into_iter().collect();
    names.sort_by(|a, b| natural(a, b));
    let wave_of = |source: usize| {
        let wave = sources[source].wave.as_ref()?;
        names.iter().position(|name| name == wave).and_then(|number| u32::try_from(number).ok())
    };
    let mut of_rows = WaveNumbers::with_capacity(index.total());
    for (source, rows) in index.chunks() {
        let wave = wave_of(source);
        rows.for_each(|_| of_rows.push(wave));
    }
    Waves { names, of_rows, newest: None }
}

/// `2026-11`, `2026-Q4`, `2026-W47` or `2026` of a moment.
fn period_name(milliseconds: i64, period: WavePeriod) -> Option<String> {
    let day = chrono::DateTime::from_timestamp_millis(milliseconds)?;
    Some(match period {
        WavePeriod::Month => format!("{:04}-{:02}", day.year(), day.month()),
        WavePeriod::Quarter => format!("{:04}-Q{}", day.year(), day.month0() / 3 + 1),
        WavePeriod::Week => Cadence::Week.containing(day.date_naive())?.to_string(),
        WavePeriod::Year => format!("{:04}", day.year()),
    })
}
