//! The office programs of other makers that tests open files with: LibreOffice (Debian: `libreoffice-writer-nogui`,
//! `libreoffice-calc-nogui`) and `pdftotext` (`poppler-utils`).

use std::path::{Path, PathBuf};
use std::process::Command;

/// True, with a printed line, where LibreOffice or `pdftotext` is absent.
pub fn skipped(test: &str) -> bool {
    let present = |program: &str, argument: &str| Command::new(program).arg(argument).output().is_ok();
    let absent = !present("soffice", "--version") || !present("pdftotext", "-v");
    if absent {
        eprintln!("skipped {test}: soffice or pdftotext is not installed");
    }
    absent
}

/// Converts a file with LibreOffice, with `arguments` in front; the result stands in `folder`.
pub fn convert_with(arguments: &[&str], file: &Path, to: &str, folder: &Path) -> PathBuf {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", profile.path().display()))
        .arg("--headless")
        .args(arguments)
        .args(["--convert-to", to, "--outdir"])
        .arg(folder)
        .arg(file)
        .output()
        .unwrap();
    let ending = to.split(':').next().unwrap();
    let made = folder.join(file.with_extension(ending).file_name().unwrap());
    assert!(made.is_file(), "{}", String::from_utf8_lossy(&output.stderr));
    made
}

/// The same without arguments.
pub fn convert(file: &Path, to: &str, folder: &Path) -> PathBuf {
    convert_with(&[], file, to, folder)
}

/// Converts several files in one go, which is quicker; the results stand in `folder`, in the same order.
pub fn convert_all(files: &[PathBuf], to: &str, folder: &Path) -> Vec<PathBuf> {
    let profile = tempfile::tempdir().unwrap();
    let output = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", profile.path().display()))
        .args(["--headless", "--convert-to", to, "--outdir"])
        .arg(folder)
        .args(files)
        .output()
        .unwrap();
    let made = files.iter().map(|file| folder.join(file.with_extension(to).file_name().unwrap()));
    let made = made.collect::<Vec<_>>();
    assert!(made.iter().all(|file| file.is_file()), "{}", String::from_utf8_lossy(&output.stderr));
    made
}

/// The text of a PDF in the order in which it is read, so that titles in columns side by side stay whole.
pub fn reading_order(pdf: &Path) -> String {
    let output = Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(pdf).arg("-").output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// The text of a PDF, page by page.
pub fn pages(pdf: &Path) -> Vec<String> {
    let output = Command::new("pdftotext").args(["-layout", "-enc", "UTF-8"]).arg(pdf).arg("-").output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.trim_end_matches('\u{c}').split('\u{c}').map(ToOwned::to_owned).collect()
}
