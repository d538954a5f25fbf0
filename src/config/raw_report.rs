//! The `reports:` part of the project file as it is written: packs, languages, formats, and what a report is repeated for.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostics::{Lang, Localized};

/// What a report is repeated for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawForEach {
    /// Every group of this column.
    Column(String),
    /// The groups of a column that are named, or that a table or list has a row for.
    Detailed(RawForEachDetail),
}

/// What a report is repeated for, with its parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawForEachDetail {
    /// Column that forms groups; it need not be a segment.
    pub column: String,
    /// Only these groups; default all.
    #[serde(default)]
    pub only: Vec<String>,
    /// Operational table with a row for each group: its other columns are parameters of the templates.
    #[serde(default)]
    pub table: Option<String>,
    /// The same as a list: what each document is about, its title, and parameters of the templates.
    #[serde(default)]
    pub parameters: Vec<RawSubject>,
    /// Compute the models within each group as well, where its answers suffice.
    #[serde(default)]
    pub models: bool,
}

/// One document of many.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSubject {
    /// Group of the column.
    pub value: String,
    /// Name of the group on its document; default that of the column.
    #[serde(default)]
    pub title: Option<Localized>,
    /// Texts for the templates, by name.
    #[serde(default)]
    pub texts: BTreeMap<String, Localized>,
}

impl RawForEach {
    /// The column that forms the groups.
    pub fn column(&self) -> &str {
        match self {
            Self::Column(column) => column,
            Self::Detailed(detail) => &detail.column,
        }
    }

    /// True if models are computed within each group.
    pub fn with_models(&self) -> bool {
        matches!(self, Self::Detailed(detail) if detail.models)
    }
}

/// A document to build.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawReport {
    /// Name of the report and of its output folder.
    pub id: String,
    /// Template pack.
    #[serde(default = "default_pack")]
    pub pack: String,
    /// One document for each group of a column, in place of one for all.
    #[serde(default)]
    pub for_each: Option<RawForEach>,
    /// Languages to build; default the project's.
    #[serde(default)]
    pub langs: Vec<Lang>,
    /// File formats to build.
    #[serde(default = "default_formats")]
    pub formats: Vec<ReportFormat>,
    /// Standards that the PDF has to meet; none by default, though it is tagged in any case.
    #[serde(default)]
    pub pdf: Vec<PdfStandard>,
    /// The client's own Word file that the format `docx` is made on.
    #[serde(default)]
    pub docx: Option<RawDocx>,
}

/// How a client's own Word file is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum RawDocx {
    /// Its styles, page, head and foot are taken; its text is replaced. File relative to the project.
    Reference(String),
    /// It stays as it is, and the placeholders in it are filled. File relative to the project.
    Template(String),
}

impl RawDocx {
    /// The file, relative to the project.
    pub fn file(&self) -> &str {
        match self {
            Self::Reference(file) | Self::Template(file) => file,
        }
    }
}

/// The id of the report that is built where a project names none.
pub const DEFAULT_REPORT: &str = "plan";

/// The report of a project that names none.
pub fn default_report() -> RawReport {
    RawReport {
        id: DEFAULT_REPORT.to_owned(),
        pack: default_pack(),
        for_each: None,
        langs: Vec::new(),
        formats: default_formats(),
        pdf: Vec::new(),
        docx: None,
    }
}
/// What messages about alarms bear in place of a report, so that no report has this id.
pub const ALARM: &str = "alarm";

/// The pack of a report that names none.
pub fn default_pack() -> String {
    "satisfaction-plan".to_owned()
}

/// The formats of a report that names none.
pub fn default_formats() -> Vec<ReportFormat> {
    vec![ReportFormat::Pdf, ReportFormat::Html]
}

/// A standard of PDF files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum PdfStandard {
    /// Accessible to all: PDF/UA-1.
    #[serde(rename = "ua-1")]
    Ua1,
    /// For archives, with its structure: PDF/A-2a.
    #[serde(rename = "a-2a")]
    A2a,
    /// For archives, text that can be searched: PDF/A-2u.
    #[serde(rename = "a-2u")]
    A2u,
    /// For archives, the look alone: PDF/A-2b.
    #[serde(rename = "a-2b")]
    A2b,
}

/// Formats of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReportFormat {
    /// PDF, typeset by Typst.
    Pdf,
    /// One self-contained HTML file.
    Html,
    /// A Word file.
    Docx,
    /// The Markdown between template and page, for debugging a template.
    Markdown,
    /// The tab book: all tables as an Excel workbook.
    Xlsx,
}

impl ReportFormat {
    /// Its name in the project file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Html => "html",
            Self::Docx => "docx",
            Self::Markdown => "markdown",
            Self::Xlsx => "xlsx",
        }
    }
}
