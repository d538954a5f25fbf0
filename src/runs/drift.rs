//! What changed in the shape of the data between two periods: headers and options that are new, gone, or probably renamed.

use crate::diagnostics::nearest_names;
use crate::runs::numbers::TableShape;

/// Where something changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A header of a table's files.
    Header {
        /// Table.
        table: String,
    },
    /// An option of a column.
    Option {
        /// Table.
        table: String,
        /// Column.
        column: String,
    },
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drift {
    /// It was not there before.
    New {
        /// Where.
        place: Place,
        /// Its name.
        name: String,
    },
    /// It is there no more.
    Gone {
        /// Where.
        place: Place,
        /// Its name.
        name: String,
    },
    /// It probably has another name.
    Renamed {
        /// Where.
        place: Place,
        /// The name before.
        before: String,
        /// The name now.
        now: String,
    },
}

/// The changes from one period to the next, table by table: headers first, then the options of each column. A table or column that
/// only one of them has is a matter of the project file, not of the data.
pub fn drift(before: &[TableShape], now: &[TableShape]) -> Vec<Drift> {
    let mut found = Vec::new();
    for table in now {
        let Some(earlier) = before.iter().find(|held| held.table == table.table) else { continue };
        compare(&Place::Header { table: table.table.clone() }, &earlier.headers, &table.headers, &mut found);
        for column in &table.columns {
            let Some(own) = earlier.columns.iter().find(|held| held.name == column.name) else { continue };
            let place = Place::Option { table: table.table.clone(), column: column.name.clone() };
            compare(&place, &own.options, &column.options, &mut found);
        }
    }
    found
}

/// Compares two lists of names; nothing is said where one of them is unknown.
fn compare(place: &Place, before: &[String], now: &[String], found: &mut Vec<Drift>) {
    if before.is_empty() || now.is_empty() {
        return;
    }
    let mut fresh: Vec<&String> = now.iter().filter(|name| !before.contains(name)).collect();
    for gone in before.iter().filter(|name| !now.contains(name)) {
        let alike = nearest_names(gone, fresh.iter().map(|name| name.as_str())).into_iter().next();
        let renamed = alike.or_else(|| in_its_place(gone, before, now).filter(|name| fresh.contains(name)).cloned());
        match renamed {
            Some(name) => {
                fresh.retain(|held| **held != name);
                found.push(Drift::Renamed { place: place.clone(), before: gone.clone(), now: name });
            }
            None => found.push(Drift::Gone { place: place.clone(), name: gone.clone() }),
        }
    }
    found.extend(fresh.into_iter().map(|name| Drift::New { place: place.clone(), name: name.clone() }));
}

/// What stands between the two neighbours that a name had.
fn in_its_place<'a>(gone: &String, before: &[String], now: &'a [String]) -> Option<&'a String> {
    let at = before.iter().position(|name| name == gone)?;
    let neighbours = (at.checked_sub(1).and_then(|left| before.get(left)), before.get(at + 1));
    // Between nothing and nothing is no place.
    if neighbours == (None, None) {
        return None;
    }
    now.iter().enumerate().find_map(|(index, name)| {
        let own = (index.checked_sub(1).and_then(|left| now.get(left)), now.get(index + 1));
        (own == neighbours).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::numbers::ColumnShape;

    fn shape(headers: &[&str], options: &[&str]) -> Vec<TableShape> {
        let texts = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let column = ColumnShape { name: "branch".into(), read: true, options: texts(options), valid: 1, missing: 0 };
        vec![TableShape { table: "responses".into(), headers: texts(headers), columns: vec![column] }]
    }

    #[test]
    fn what_is_new_gone_and_renamed() {
        let before = shape(&["id", "date", "satisfaction", "city", "remark"], &["North", "South", "East"]);
        let now = shape(&["id", "date", "overall satisfaction", "town", "remark", "phone"], &["North", "South"]);
        let place = Place::Header { table: "responses".into() };
        let option = Place::Option { table: "responses".into(), column: "branch".into() };
        assert_eq!(
            drift(&before, &now),
            [
                Drift::Renamed {
                    place: place.clone(),
                    before: "satisfaction".into(),
                    now: "overall satisfaction".into()
                },
                Drift::Gone { place: place.clone(), name: "city".into() },
                Drift::New { place: place.clone(), name: "town".into() },
                Drift::New { place: place.clone(), name: "phone".into() },
                Drift::Gone { place: option, name: "East".into() },
            ]
        );
        assert_eq!(drift(&before, &before), []);
        assert_eq!(drift(&[], &now), []);
    }

    #[test]
    fn a_name_between_the_same_neighbours_is_a_renamed_one() {
        let before = shape(&["id", "city", "remark"], &[]);
        let now = shape(&["id", "市区", "remark"], &[]);
        let place = Place::Header { table: "responses".into() };
        assert_eq!(drift(&before, &now), [Drift::Renamed { place, before: "city".into(), now: "市区".into() }]);
        // Reordered columns are the same columns.
        assert_eq!(drift(&before, &shape(&["remark", "city", "id"], &[])), []);
    }
}
