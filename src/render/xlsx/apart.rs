//! Where words stand in their columns: heads on the side of what is below them, and words behind a column of numbers set off from
//! it, since numbers end at the right edge where words begin.

use std::collections::BTreeSet;

use super::sheet::{Cell, Place, Role, Sheet, Value};

/// Puts every head over its column and sets off the columns of words behind numbers.
pub(super) fn set_apart(sheet: &mut Sheet) {
    let heads: Vec<(Place, Side)> = sheet
        .cells
        .iter()
        .filter(|(_, cell)| cell.style.role == Role::Head)
        .map(|(&place, _)| (place, side_below(sheet, place)))
        .collect();
    for (place, side) in heads {
        if let Some(cell) = sheet.cells.get_mut(&place) {
            cell.style.right |= side == Side::Right;
            cell.style.centred |= side == Side::Centre;
        }
    }
    let behind: BTreeSet<u16> = sheet
        .cells
        .iter()
        .filter(|(_, cell)| in_table(cell) && side(cell) == Side::Right)
        .map(|(place, _)| place.1 + 1)
        .collect();
    for (place, cell) in &mut sheet.cells {
        if behind.contains(&place.1) && in_table(cell) && is_words(cell) && side(cell) == Side::Left {
            cell.style.indent += 1;
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Centre,
    Right,
}

/// Letters of significance belong to the number before them and stay close to it.
fn in_table(cell: &Cell) -> bool {
    matches!(cell.style.role, Role::Body | Role::Base | Role::Total | Role::Head | Role::Link)
}

fn is_words(cell: &Cell) -> bool {
    matches!(&cell.value, Value::Text(text) | Value::Link { text, .. } if !text.is_empty())
}

fn side(cell: &Cell) -> Side {
    match cell.value {
        _ if cell.style.centred => Side::Centre,
        Value::Number(_) | Value::Formula { .. } | Value::Day(_) => Side::Right,
        _ if cell.style.right => Side::Right,
        _ => Side::Left,
    }
}

/// Side of the first cell with content in the next rows of a column.
fn side_below(sheet: &Sheet, (row, column): Place) -> Side {
    let below = (row + 1..row + 5).filter_map(|row| sheet.cells.get(&(row, column)));
    let is_number = |cell: &Cell| !matches!(cell.value, Value::Blank | Value::Text(_) | Value::Link { .. });
    let first = below.clone().find(|cell| is_words(cell) || is_number(cell));
    first.or_else(|| below.clone().find(|cell| cell.style.centred)).map_or(Side::Left, side)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn words_behind_numbers_are_set_off_and_heads_stand_over_their_columns() {
        let mut sheet = Sheet::new("s", "s", "s");
        let head = sheet.head(["Item", "Goal", "By", "Met", "Note"]);
        let mut day = Cell::number(46_000.0, 0);
        day.value = Value::Day(chrono::NaiveDate::from_ymd_opt(2027, 4, 7).unwrap());
        sheet.row([Cell::text("a"), Cell::number(4.9, 1), day, Cell::text("").centred(), Cell::text("x")]);
        let row = sheet.row([
            Cell::text("b"),
            Cell::text("–").right(),
            Cell::text("soon"),
            Cell::text("yes").centred(),
            Cell::text("y"),
        ]);
        set_apart(&mut sheet);
        let style = |row, column| sheet.cells[&(row, column)].style;
        let heads: Vec<_> = (0..5).map(|column| style(head, column)).collect();
        assert_eq!(heads.iter().map(|held| held.right).collect::<Vec<_>>(), [false, true, true, false, false]);
        assert!(heads[3].centred);
        // Behind the goals a word in the column of days stands off, and so does nothing behind what is centred.
        assert_eq!((0..5).map(|column| style(row, column).indent).collect::<Vec<_>>(), [0, 0, 1, 0, 0]);
    }
}
