//! One submitted file to its text, whatever its format: what is in the file decides, then its name. Runs in a worker process.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::document::PlanText;
use super::{docx, markdown, odt, office, pdf, text};
use crate::diagnostics::{LocalizedTexts, io_problem, lang_texts};
use crate::render::docx::package::Package;

/// Largest file that is read, in bytes.
pub const LARGEST: u64 = 64 << 20;

/// What a worker answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The text.
    Read(Box<PlanText>),
    /// Why there is none.
    Failed(LocalizedTexts),
}

/// Reads a file.
pub fn read_file(path: &Path) -> Answer {
    match bytes_of(path).and_then(|bytes| read(path, &bytes)) {
        Ok(plan) => Answer::Read(Box::new(plan)),
        Err(problem) => Answer::Failed(problem),
    }
}

/// The bytes of a file, up to [`LARGEST`].
pub(super) fn bytes_of(path: &Path) -> Result<Vec<u8>, LocalizedTexts> {
    let file = File::open(path).map_err(|error| io_problem(&error))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| io_problem(&error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(lang_texts("文件超过 64 MB", "the file is larger than 64 MB"));
    }
    Ok(bytes)
}

fn read(path: &Path, bytes: &[u8]) -> Result<PlanText, LocalizedTexts> {
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match bytes {
        [] => Err(lang_texts("文件为空", "the file is empty")),
        [b'P', b'K', ..] => read_package(bytes),
        [b'%', b'P', b'D', b'F', ..] => pdf::read_pdf(path, bytes.to_vec()),
        [0xd0, 0xcf, 0x11, 0xe0, ..] | [b'{', b'\\', b'r', b't', b'f', ..] => office::read_office(path),
        _ => match ending.as_str() {
            "md" | "markdown" => markdown::read_markdown(bytes),
            "txt" | "text" => text::read_text(bytes),
            "docx" => {
                Err(lang_texts("不是有效的 DOCX 文件（可能已损坏）", "it is no valid DOCX file (perhaps damaged)"))
            }
            "pdf" => Err(lang_texts("不是有效的 PDF 文件（可能已损坏）", "it is no valid PDF file (perhaps damaged)")),
            _ => Err(lang_texts(
                "不支持的格式；请交 DOCX、PDF、ODT、DOC、Markdown 或 TXT",
                "the format is not supported; ask for DOCX, PDF, ODT, DOC, Markdown or TXT",
            )),
        },
    }
}

/// A package of parts: OpenDocument has a part that Word files never have, whatever the name ends with.
fn read_package(bytes: &[u8]) -> Result<PlanText, LocalizedTexts> {
    let package = Package::read(bytes)?;
    if package.parts.contains_key("content.xml") { odt::read_odt(&package) } else { docx::read_parts(&package) }
}
