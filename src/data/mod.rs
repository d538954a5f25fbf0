//! From files to one typed table of answers: `readers` give raw tables, `codebook` types them, waves and weights are attached.

pub mod cells;
pub mod codebook;
mod coding;
mod derive;
pub mod dialects;
pub mod encoding;
mod expression_checks;
pub mod expressions;
pub mod functions;
pub mod guess;
mod guess_roles;
mod guess_yaml;
mod known_cells;
pub mod load;
mod lookup;
pub mod masking;
mod memo;
mod numbers;
mod options;
pub mod ordering;
mod personal;
mod profile;
mod quality;
pub(crate) mod rawcells;
pub mod readers;
pub mod row_functions;
pub mod scales;
pub mod sources;
mod stacking;
pub mod stored;
pub mod table;
pub mod tables;
#[cfg(test)]
pub(crate) mod testing;
pub mod themes;
mod waves;
pub mod weighting;

pub use load::load;
pub use sources::LoadedSource;
pub use table::{Column, ColumnCounts, RawChunk, RawHeader, RawTable, Responses};
pub use tables::{TableSource, Tables, load_tables};
