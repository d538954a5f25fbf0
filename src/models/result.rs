//! What a method returns: named values and tables of rows (items, constructs, categories) by measures, with names in both
//! languages. Numbers carry no intervals here; the bootstrap adds them where a measure asks for them.

use crate::diagnostics::{Localized, lang_texts};
use crate::plugins::Unit;

/// The result of a method on one set of answers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fit {
    /// Single numbers, such as an index or a share of variance explained.
    pub values: Vec<Value>,
    /// Tables.
    pub tables: Vec<Table>,
    /// What a reader must know about this result.
    pub notes: Vec<Localized>,
}

/// A named number.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// What it is.
    pub measure: Measure,
    /// The number; `None` where it does not exist.
    pub number: Option<f64>,
    /// Standard error that the method gives itself; the bootstrap's takes its place.
    pub se: Option<f64>,
    /// Interval that the method gives itself; the bootstrap's takes its place.
    pub ci: Option<[f64; 2]>,
}

/// A number that a method gives, for the whole or for every row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Id, unique in its table or among the values.
    pub id: String,
    /// Name.
    pub title: Localized,
    /// Unit; a percent measure runs from 0 to 100.
    pub unit: Unit,
    /// Decimals that are printed.
    pub decimals: u32,
    /// True if the bootstrap gives it a standard error and an interval.
    pub interval: bool,
    /// True if it is the share of bootstrap replicates that leave the words of the measure before it as they are; the method leaves
    /// its cells empty.
    pub stability: bool,
}

impl Measure {
    /// A plain number printed with three decimals, without an interval.
    pub fn new(id: &str, zh_cn: &str, en: &str) -> Self {
        let title = Localized::PerLang(lang_texts(zh_cn, en));
        Self { id: id.to_owned(), title, unit: Unit::Number, decimals: 3, interval: false, stability: false }
    }

    /// The same in percent, printed with one decimal.
    #[must_use]
    pub fn percent(self) -> Self {
        Self { unit: Unit::Percent, decimals: 1, ..self }
    }

    /// The same with another number of decimals.
    #[must_use]
    pub fn decimals(self, decimals: u32) -> Self {
        Self { decimals, ..self }
    }

    /// The same with a bootstrap interval.
    #[must_use]
    pub fn with_interval(self) -> Self {
        Self { interval: true, ..self }
    }

    /// The share of replicates that leave the words of the measure before it as they are, in percent.
    #[must_use]
    pub fn of_stability(self) -> Self {
        Self { stability: true, decimals: 0, ..self.percent() }
    }

    /// The same as a value.
    pub fn value(self, number: impl Into<Option<f64>>) -> Value {
        Value { measure: self, number: number.into(), se: None, ci: None }
    }
}

/// A table of rows by measures.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Id, unique in the fit.
    pub id: String,
    /// Caption.
    pub title: Localized,
    /// Heading over the names of the rows.
    pub row_title: Localized,
    /// The measures, in the order of the columns.
    pub measures: Vec<Measure>,
    /// The rows. Their order and number must not depend on the weights.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Id, unique in the table.
    pub id: String,
    /// Name.
    pub title: Localized,
    /// One cell a measure.
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A number in the unit of its measure.
    Number(f64),
    /// A number with the interval that the method gives itself; the measure then has no bootstrap interval.
    Estimate {
        /// The number.
        number: f64,
        /// The ends of the interval.
        ci: [f64; 2],
    },
    /// Words, such as a category.
    Text(Localized),
    /// Nothing.
    Empty,
}

impl From<f64> for Cell {
    fn from(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::Empty }
    }
}

impl From<Option<f64>> for Cell {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::Empty, Self::from)
    }
}

impl Fit {
    /// Every number that asks for an interval: the values, then the tables row by row; NaN where there is none.
    pub fn numbers(&self) -> Vec<f64> {
        let values = self.values.iter().filter(|value| value.measure.interval);
        let mut numbers: Vec<f64> = values.map(|value| value.number.unwrap_or(f64::NAN)).collect();
        for table in &self.tables {
            for row in &table.rows {
                let cells = row.cells.iter().zip(&table.measures).filter(|(_, measure)| measure.interval);
                numbers.extend(cells.map(|(cell, _)| match cell {
                    Cell::Number(number) | Cell::Estimate { number, .. } => *number,
                    Cell::Text(_) | Cell::Empty => f64::NAN,
                }));
            }
        }
        numbers
    }

    /// The words whose stability is asked for, row by row.
    pub fn followed(&self) -> Vec<&Cell> {
        let of_table = |table: &'_ Table| {
            let places: Vec<usize> =
                (1..table.measures.len()).filter(|place| table.measures[*place].stability).collect();
            places
        };
        self.tables
            .iter()
            .flat_map(|table| {
                let places = of_table(table);
                table
                    .rows
                    .iter()
                    .flat_map(move |row| places.clone().into_iter().filter_map(|place| row.cells.get(place - 1)))
            })
            .collect()
    }

    /// True if the other fit has the same values, tables, rows and measures in the same order.
    pub fn has_layout_of(&self, other: &Self) -> bool {
        let same = |a: &Table, b: &Table| {
            a.id == b.id
                && a.measures.len() == b.measures.len()
                && a.rows.len() == b.rows.len()
                && a.rows.iter().zip(&b.rows).all(|(a, b)| a.id == b.id && a.cells.len() == b.cells.len())
        };
        self.values.len() == other.values.len()
            && self.values.iter().zip(&other.values).all(|(a, b)| a.measure.id == b.measure.id)
            && self.tables.len() == other.tables.len()
            && self.tables.iter().zip(&other.tables).all(|(a, b)| same(a, b))
    }
}
