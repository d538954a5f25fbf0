//! The letters of a banner: those of its columns, and in each cell those of the columns that it is significantly higher than.

use crate::analysis::banner::{BannerColumn, BannerRow};
use crate::analysis::multiple::adjusted;
use crate::config::raw::{BannerCorrection, Correction};

/// Level of the capital letters.
const STRICT: f64 = 0.01;
/// Level of the small letters.
const USUAL: f64 = 0.05;

/// The letter of a group in its segment: `A` to `Z`, then `A2`, `B2`, …, so that letters can stand side by side.
pub fn column_letter(index: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(index % 26).unwrap_or(0));
    let round = index / 26 + 1;
    if round == 1 { letter.to_string() } else { format!("{letter}{round}") }
}

/// Writes into the cells of a row what its tests say. The tests of one segment are one family of the correction.
pub(super) fn write_letters(row: &mut BannerRow, columns: &[BannerColumn], correction: BannerCorrection) {
    let segment = |column: usize| columns.get(column).and_then(|column| column.segment.as_deref());
    let mut marks: Vec<Vec<(usize, bool)>> = vec![Vec::new(); row.cells.len()];
    for family in row.tests.chunk_by(|one, other| segment(one.a) == segment(other.a)) {
        let p_values: Vec<f64> = family.iter().map(|test| test.p).collect();
        let p_values = match correction {
            BannerCorrection::None => adjusted(&p_values, Correction::None),
            BannerCorrection::Holm => adjusted(&p_values, Correction::Holm),
        };
        for (index, test) in family.iter().enumerate().filter(|(index, _)| p_values[*index] < USUAL) {
            let (higher, lower) = if test.delta > 0.0 { (test.a, test.b) } else { (test.b, test.a) };
            marks[higher].push((lower, p_values[index] < STRICT));
        }
    }
    for (cell, mut lower) in row.cells.iter_mut().zip(marks) {
        lower.sort_unstable();
        let letter = |(column, strict): &(usize, bool)| {
            let letter = columns[*column].letter.as_str();
            if *strict { letter.to_owned() } else { letter.to_lowercase() }
        };
        cell.higher_than = lower.iter().map(letter).collect();
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::analysis::banner::{BannerCell, PairTest, RowKind};
    use crate::diagnostics::Localized;

    fn columns() -> Vec<BannerColumn> {
        let column = |segment: Option<&str>, letter: &str| BannerColumn {
            segment: segment.map(str::to_owned),
            segment_title: Localized::from(""),
            value: segment.map(|_| letter.to_owned()),
            title: Localized::from(""),
            letter: letter.to_owned(),
        };
        let grade = Some("grade");
        vec![column(None, ""), column(grade, "A"), column(grade, "B"), column(grade, "C"), column(Some("sex"), "A")]
    }

    fn letters(correction: BannerCorrection) -> Vec<String> {
        let test = |a, b, delta, p| PairTest { a, b, delta, se: 1.0, df: 100.0, p };
        let mut row = BannerRow {
            kind: RowKind::Answer,
            value: None,
            title: Localized::from(""),
            cells: vec![BannerCell::default(); 5],
            tests: vec![test(1, 2, 9.0, 0.002), test(1, 3, 5.0, 0.04), test(2, 3, -5.0, 0.03)],
        };
        write_letters(&mut row, &columns(), correction);
        row.cells.into_iter().map(|cell| cell.higher_than).collect()
    }

    #[test]
    fn the_higher_column_takes_the_letter_of_the_lower() {
        assert_eq!(letters(BannerCorrection::None), ["", "Bc", "", "b", ""]);
        // Holm over three pairs: 0.002 is below 0.01 / 3; 0.03 is not below 0.05 / 2, so 0.04 is not looked at.
        assert_eq!(letters(BannerCorrection::Holm), ["", "B", "", "", ""]);
    }

    #[test]
    fn letters_can_stand_side_by_side_beyond_the_alphabet() {
        let held: Vec<String> = [0, 25, 26, 52].map(column_letter).into();
        assert_eq!(held, ["A", "Z", "A2", "A3"]);
    }
}
