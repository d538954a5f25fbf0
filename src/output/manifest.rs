//! `manifest.json`: what a folder of documents was made of and what it holds, each with its SHA-256.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::config::raw::RawSettings;
use crate::data::TableSource;
use crate::data::table::{InputFile, Step};
use crate::data::weighting::WaveWeights;

/// The manifest of one published report.
#[derive(Debug, Clone, Serialize)]
pub struct Manifest {
    /// Version of this format.
    pub schema: u32,
    /// Program that made it.
    pub program: Program,
    /// Report id.
    pub report: String,
    /// The group that the documents are about; absent where they are about all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupRecord>,
    /// Name of the period.
    pub period: String,
    /// Date printed on the documents.
    pub date: String,
    /// SHA-256 of `manyi.yaml`.
    pub project: FileRecord,
    /// Data files read.
    pub inputs: Vec<InputFile>,
    /// Row counts from file to analysis.
    pub steps: Vec<Step>,
    /// Operational tables with their files and row counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<TableSource>,
    /// Metric modules used.
    pub plugins: Vec<PluginRecord>,
    /// Template files used.
    pub templates: Vec<FileRecord>,
    /// Fonts used.
    pub fonts: Vec<FontRecord>,
    /// What the weighting came to, wave by wave; absent where the weights are given or there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weighting: Vec<WaveWeights>,
    /// Settings that change a number.
    pub settings: RawSettings,
    /// Files in the folder, without this one.
    pub outputs: Vec<FileRecord>,
}

/// The group that documents are about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRecord {
    /// Segment column.
    pub column: String,
    /// Value.
    pub value: String,
}

/// The program.
#[derive(Debug, Clone, Serialize)]
pub struct Program {
    /// Name.
    pub name: &'static str,
    /// Version.
    pub version: &'static str,
}

impl Default for Program {
    fn default() -> Self {
        Self { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") }
    }
}

/// A plugin that was used.
#[derive(Debug, Clone, Serialize)]
pub struct PluginRecord {
    /// Id.
    pub id: String,
    /// Version of its definitions.
    pub version: String,
    /// SHA-256 of `plugin.yaml`.
    pub sha256: String,
}

/// A font that is in a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FontRecord {
    /// File name, without the folder: the same font lies elsewhere on other machines.
    pub file: String,
    /// Family.
    pub family: String,
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
}

/// A file with its digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileRecord {
    /// Name relative to the folder it belongs to, with `/` separators.
    pub file: String,
    /// SHA-256, lower-case hex.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
}

impl FileRecord {
    /// The record of a file's content.
    pub fn of(file: impl Into<String>, content: &[u8]) -> Self {
        Self { file: file.into(), sha256: sha256_hex(content), bytes: content.len() as u64 }
    }
}

/// SHA-256 in lower-case hex.
pub fn sha256_hex(content: &[u8]) -> String {
    crate::plugins::discovery::hex(&Sha256::digest(content))
}
