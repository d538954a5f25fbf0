//! From files to one typed table of answers: `readers` give raw tables, `codebook` types them, waves and weights are attached.

pub mod dialects;
pub mod encoding;
pub mod readers;
pub mod sources;
pub mod table;

pub use sources::LoadedSource;
pub use table::{Column, ColumnCounts, RawChunk, RawHeader, RawTable, Responses};
