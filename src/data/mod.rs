//! From files to one typed table of answers: `readers` give raw tables, `codebook` types them, waves and weights are attached.

pub mod readers;
pub mod table;

pub use table::{Column, ColumnCounts, RawChunk, RawHeader, RawTable, Responses};
