//! Headers under merged cells: a group header over several columns (`菜品` over `口味` and `价格`) gives `菜品(口味)`, the way
//! survey tools write a matrix question in one row.

use calamine::Dimensions;

use super::layout::PreviewRow;

/// The names of the columns, and how many preview rows after `header` still belong to the headers.
pub fn names(rows: &[PreviewRow], header: usize, merges: &[Dimensions]) -> (Vec<String>, usize) {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let own = filled_across(rows, header, merges, width);
    if header > 0 && adjoining(rows, header - 1) && has_groups(&rows[header - 1], merges, width) {
        let above = filled_across(rows, header - 1, merges, width);
        return (joined(&above, &rows[header].cells, width), 0);
    }
    if adjoining(rows, header)
        && has_groups(&rows[header], merges, width)
        && is_lower_header(rows, header, merges, width)
    {
        return (joined(&own, &rows[header + 1].cells, width), 1);
    }
    (own, 0)
}

fn adjoining(rows: &[PreviewRow], upper: usize) -> bool {
    match (rows.get(upper), rows.get(upper + 1)) {
        (Some(upper), Some(lower)) => lower.number == upper.number + 1,
        _ => false,
    }
}

/// Merged cells that begin in this row and span columns, but not nearly the whole table as a title does.
fn groups<'a>(row: &'a PreviewRow, merges: &'a [Dimensions], width: usize) -> impl Iterator<Item = &'a Dimensions> {
    merges.iter().filter(move |merge| {
        let span = (merge.end.1.saturating_sub(merge.start.1) + 1) as usize;
        u64::from(merge.start.0) + 1 == row.number && merge.end.0 == merge.start.0 && span > 1 && span * 5 < width * 4
    })
}

fn has_groups(row: &PreviewRow, merges: &[Dimensions], width: usize) -> bool {
    groups(row, merges, width).next().is_some()
}

/// The cells of a row with the blanks of merged cells filled, whether they spread to the right or down from above.
fn filled_across(rows: &[PreviewRow], index: usize, merges: &[Dimensions], width: usize) -> Vec<String> {
    let row = &rows[index];
    let mut cells = row.cells.clone();
    cells.resize(width, String::new());
    for merge in merges {
        let touches = u64::from(merge.start.0) < row.number && row.number <= u64::from(merge.end.0) + 1;
        let span = (merge.end.1.saturating_sub(merge.start.1) + 1) as usize;
        if !touches || (span > 1 && span * 5 >= width * 4) {
            continue;
        }
        let origin = rows.iter().find(|other| other.number == u64::from(merge.start.0) + 1);
        let Some(text) = origin.and_then(|origin| origin.cells.get(merge.start.1 as usize)).cloned() else { continue };
        for cell in cells.iter_mut().take(merge.end.1 as usize + 1).skip(merge.start.1 as usize) {
            if cell.is_empty() {
                cell.clone_from(&text);
            }
        }
    }
    cells
}

/// True if the row after the header holds texts under the groups and nothing beside them.
fn is_lower_header(rows: &[PreviewRow], header: usize, merges: &[Dimensions], width: usize) -> bool {
    let lower = &rows[header + 1].cells;
    let grouped = |column: usize| {
        groups(&rows[header], merges, width)
            .any(|merge| (merge.start.1 as usize..=merge.end.1 as usize).contains(&column))
    };
    (0..width).all(|column| {
        let cell = lower.get(column).map_or("", String::as_str);
        if grouped(column) { !cell.is_empty() && cell.parse::<f64>().is_err() } else { cell.is_empty() }
    })
}

fn joined(upper: &[String], lower: &[String], width: usize) -> Vec<String> {
    (0..width)
        .map(|column| {
            let upper = upper.get(column).map_or("", String::as_str);
            let lower = lower.get(column).map_or("", String::as_str);
            match (upper.is_empty(), lower.is_empty()) {
                (_, true) => upper.to_owned(),
                (true, false) => lower.to_owned(),
                _ if upper == lower => upper.to_owned(),
                _ => format!("{upper}({lower})"),
            }
        })
        .collect()
}
