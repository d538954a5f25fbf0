//! Which category of each margin an answer belongs to: the columns of a margin, crossed where it names several, against the
//! categories that the project gives figures for.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::config::Project;
use crate::config::raw::{MissingMargin, RawWeighting, margin_columns, margin_figures};
use crate::data::codebook::CodedColumn;
use crate::data::quality::RowIndex;
use crate::data::rawcells::RawCells;
use crate::diagnostics::messages::weighting as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};

/// A margin with the category of every row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RowMargin {
    /// As written: `grade` or `grade × gender`.
    pub(super) name: String,
    /// Names of the categories, `大一 × 男` in a cross.
    pub(super) categories: Vec<String>,
    /// Shares of the categories, which add up to 1.
    pub(super) shares: Vec<f64>,
    /// Category of every row; the number of categories for a row without a value, [`NOWHERE`] for one without a figure.
    pub(super) of_rows: Vec<u32>,
}

/// Category of a row that the margin has no figure for.
const NOWHERE: u32 = u32::MAX;

impl RowMargin {
    /// Category of rows without a value.
    pub(super) fn missing(&self) -> usize {
        self.categories.len()
    }
}

/// All margins over all rows; `None` if a kept row has no place in one.
pub(super) fn row_margins(
    project: &Project,
    weighting: &RawWeighting,
    coded: &IndexMap<String, CodedColumn>,
    index: &RowIndex,
    keep: &[bool],
    diagnostics: &mut Diagnostics,
) -> Option<Vec<RowMargin>> {
    let mut margins = Vec::new();
    let mut complete = true;
    for (name, figures) in &weighting.margins {
        let key = format!("data.weighting.margins.{name}");
        // Names that are no columns were reported when the project file was read.
        let columns: Vec<&CodedColumn> =
            margin_columns(name).iter().map(|column| coded.get(*column)).collect::<Option<_>>()?;
        let figures = margin_figures(figures);
        let sum: f64 = figures.iter().map(|(_, figure)| figure).sum();
        let known: HashMap<&[String], u32> =
            (0..).zip(&figures).map(|(number, (path, _))| (path.as_slice(), number)).collect();
        let missing = u32::try_from(figures.len()).unwrap_or(NOWHERE);
        let cells = crossed(&columns, index.total());
        let places: Vec<u32> =
            cells.paths.iter().map(|path| known.get(path.as_slice()).copied().unwrap_or(NOWHERE)).collect();
        let of_rows: Vec<u32> =
            cells.of_rows.iter().map(|cell| cell.map_or(missing, |cell| places[cell as usize])).collect();

        for (cell, path) in cells.paths.iter().enumerate().filter(|(cell, _)| places[*cell] == NOWHERE) {
            let inside = |row: &usize| keep[*row] && cells.of_rows[*row].is_some_and(|held| held as usize == cell);
            let rows: Vec<usize> = (0..index.total()).filter(inside).collect();
            if !rows.is_empty() {
                complete = false;
                let category = path.join(" × ");
                let names: Vec<String> = figures.iter().map(|(path, _)| path.join(" × ")).collect();
                let diagnostic = Diagnostic::error(&messages::CATEGORY_WITHOUT_FIGURE).arg("margin", name);
                let diagnostic =
                    diagnostic.arg("category", &category).suggest(&category, names.iter().map(String::as_str));
                let diagnostic = index.rows_diagnostic(diagnostic, &rows);
                diagnostics.push(diagnostic.at(project.at(&key)).key(&key));
            }
        }
        if weighting.missing == MissingMargin::Error {
            let rows: Vec<usize> = (0..index.total()).filter(|row| keep[*row] && of_rows[*row] == missing).collect();
            if !rows.is_empty() {
                complete = false;
                let diagnostic = Diagnostic::error(&messages::MARGIN_MISSING).arg("margin", name).key(&key);
                diagnostics.push(index.rows_diagnostic(diagnostic, &rows));
            }
        }
        margins.push(RowMargin {
            name: name.clone(),
            categories: figures.iter().map(|(path, _)| path.join(" × ")).collect(),
            shares: figures.iter().map(|(_, figure)| figure / sum).collect(),
            of_rows,
        });
    }
    complete.then_some(margins)
}

/// The distinct combinations of answers to some columns.
struct Cells {
    /// Answers to each column, by cell.
    paths: Vec<Vec<String>>,
    /// Cell of each row; `None` where a column has no answer.
    of_rows: Vec<Option<u32>>,
}

fn crossed(columns: &[&CodedColumn], rows: usize) -> Cells {
    let mut cells = Cells { paths: vec![Vec::new()], of_rows: vec![Some(0); rows] };
    for column in columns {
        let mut known: HashMap<(u32, String), u32> = HashMap::new();
        let mut paths: Vec<Vec<String>> = Vec::new();
        let mut row = 0;
        for array in column.arrays.iter() {
            let texts = RawCells::new(Some(&array));
            for place in 0..array.len() {
                let held = cells.of_rows[row].zip(texts.text(place).filter(|text| !text.is_empty()));
                cells.of_rows[row] = held.map(|(cell, text)| {
                    *known.entry((cell, text.into_owned())).or_insert_with_key(|(cell, text)| {
                        let mut path = cells.paths[*cell as usize].clone();
                        path.push(text.clone());
                        paths.push(path);
                        u32::try_from(paths.len() - 1).unwrap_or(u32::MAX)
                    })
                });
                row += 1;
            }
        }
        cells.paths = paths;
    }
    cells
}
