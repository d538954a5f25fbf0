//! Peculiarities of survey tools.

use crate::config::raw::Dialect;

/// What joins the options of a multi-select cell.
pub fn separator(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Wjx => "┋",
        _ => ",",
    }
}
