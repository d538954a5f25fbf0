//! DOC and RTF files through LibreOffice, where it is installed: converted to DOCX in a folder of its own, then read as such.

use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

use super::document::PlanText;
use super::docx::read_docx;
use super::process::{Ended, Limits, find_program, run};
use crate::diagnostics::{LocalizedTexts, io_problem, lang_texts};

/// The time that LibreOffice takes to start on a slow machine included.
const LIMITS: Limits = Limits { time: Duration::from_secs(50), memory_mib: 6 * 1024, output: 64 << 10 };

/// Reads a file that LibreOffice knows.
pub fn read_office(file: &Path) -> Result<PlanText, LocalizedTexts> {
    let Some(program) = find_program(&["soffice", "libreoffice"]) else {
        return Err(lang_texts(
            "读取 DOC、RTF 需要 LibreOffice，本机没有安装；请改交 DOCX",
            "reading DOC and RTF needs LibreOffice, which is not installed; ask for a DOCX file",
        ));
    };
    let folder = tempfile::tempdir().map_err(|error| io_problem(&error))?;
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    let arguments = [
        OsStr::new("--headless"),
        OsStr::new(&profile),
        OsStr::new("--convert-to"),
        OsStr::new("docx"),
        OsStr::new("--outdir"),
        folder.path().as_os_str(),
        file.as_os_str(),
    ];
    match run(&program, &arguments, &[("HOME", folder.path().as_os_str())], LIMITS) {
        Ended::Well(_) => {}
        Ended::TooLong => return Err(lang_texts("LibreOffice 转换超时", "LibreOffice took too long to convert it")),
        _ => return Err(lang_texts("LibreOffice 无法转换该文件", "LibreOffice cannot convert it")),
    }
    let name = file.with_extension("docx");
    let made = folder.path().join(name.file_name().unwrap_or_default());
    let bytes =
        std::fs::read(made).map_err(|_| lang_texts("LibreOffice 无法转换该文件", "LibreOffice cannot convert it"))?;
    read_docx(&bytes)
}
