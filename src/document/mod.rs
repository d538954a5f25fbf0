//! Documents: templates to Markdown to blocks, the one shape that every format is written from.

pub mod arguments;
pub mod axes;
pub mod banner_tables;
pub mod benchmarks;
pub mod blocks;
pub mod brand;
pub mod builder;
pub mod cards;
pub mod facts;
pub mod figures;
pub mod finding_tables;
pub mod findings;
#[cfg(test)]
pub mod fixtures;
pub mod format;
pub mod forms;
pub mod indicator_figures;
pub mod length;
pub mod markdown;
pub mod material;
pub mod method_tables;
pub mod model_figures;
pub mod model_sentences;
pub mod model_tables;
pub mod numbering;
pub mod pack;
pub mod plan_figures;
pub mod plan_tables;
pub mod quote_tables;
pub mod share_figures;
pub mod tables;
pub mod taiwan;

pub use blocks::{Block, Document, Inline};
pub use builder::document_from_markdown;
pub use facts::facts;
pub use material::{DocumentInputs, Material};
pub use pack::{Pack, PackFiles};
