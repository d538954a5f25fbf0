//! `manyi schema`: the JSON Schema of the YAML files, so that editors complete and check them.

use std::io;

use crate::cli::Outcome;
use crate::cli::args::{SchemaName, SchemaOptions};
use crate::cli::console::Console;
use crate::config::brand::RawBrand;
use crate::config::raw::RawProject;
use crate::config::schema_of;
use crate::grade::rubric::Rubric;
use crate::plugins::manifest::RawManifest;

pub(crate) fn run(options: &SchemaOptions, console: &Console) -> Outcome {
    let schema = match options.file {
        SchemaName::Project => schema_of::<RawProject>(),
        SchemaName::Plugin => schema_of::<RawManifest>(),
        SchemaName::Brand => schema_of::<RawBrand>(),
        SchemaName::Rubric => schema_of::<Rubric>(),
    };
    let text = serde_json::to_string_pretty(&schema).map_err(io::Error::other)?;
    console.data(&format!("{text}\n"))
}
