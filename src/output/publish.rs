//! Puts a folder of files in place as one step: everything is written and synced to a staging folder on the same file
//! system, then renamed. A reader sees the old folder or the new one, never a mixture; a failure leaves the old one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::diagnostics::messages::output as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, io_problem};

/// A file to publish.
#[derive(Debug, Clone)]
pub struct OutputFile {
    /// Name relative to the folder, with `/` separators.
    pub name: String,
    /// Content.
    pub content: Vec<u8>,
}

/// Publishes `files` as the folder `destination`, which is replaced if it exists. True if they are in place.
pub fn publish(destination: &Path, files: &[OutputFile], diagnostics: &mut Diagnostics) -> bool {
    if destination.exists() && !is_ours(destination) {
        diagnostics.push(Diagnostic::error(&messages::FOLDER_OF_OTHERS).arg("folder", destination.display()));
        return false;
    }
    match try_publish(destination, files) {
        Ok(()) => true,
        Err(error) => {
            diagnostics.push(
                Diagnostic::error(&messages::NOT_PUBLISHED)
                    .arg("folder", destination.display())
                    .words("problem", io_problem(&error)),
            );
            false
        }
    }
}

/// Puts one file in place by renaming it there. True if it is in place.
pub fn publish_file(path: &Path, content: &[u8], diagnostics: &mut Diagnostics) -> bool {
    let written = || -> io::Result<()> {
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut staged = tempfile::Builder::new().prefix(".staging-").tempfile_in(folder)?;
        staged.write_all(content)?;
        staged.as_file().sync_all()?;
        staged.persist(path).map_err(|error| error.error)?;
        set_readable(path)
    };
    match written() {
        Ok(()) => true,
        Err(error) => {
            let error = Diagnostic::error(&messages::NOT_WRITTEN)
                .arg("file", path.display())
                .words("problem", io_problem(&error));
            diagnostics.push(error);
            false
        }
    }
}

fn try_publish(destination: &Path, files: &[OutputFile]) -> io::Result<()> {
    let parent = destination.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let staging = tempfile::Builder::new().prefix(".staging-").tempdir_in(parent)?;
    for file in files {
        write_synced(&staging.path().join(&file.name), &file.content)?;
    }
    sync_folder(staging.path())?;
    set_readable(staging.path())?;
    let previous = PreviousRelease::set_aside(destination, parent)?;
    match fs::rename(staging.path(), destination) {
        Ok(()) => {
            let _ = staging.keep();
            sync_folder(parent)?;
            previous.discard();
            Ok(())
        }
        Err(error) => {
            previous.restore(destination)?;
            Err(error)
        }
    }
}

/// A folder that this program may replace: empty, or published by it.
fn is_ours(folder: &Path) -> bool {
    let published = fs::read(folder.join("manifest.json"))
        .ok()
        .and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok())
        .is_some_and(|manifest| manifest["program"]["name"] == env!("CARGO_PKG_NAME"));
    published || fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

fn write_synced(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut file = File::create(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Temporary files and folders are private; what is published is as open as the folder around it.
#[cfg(unix)]
fn set_readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = if path.is_dir() { 0o755 } else { 0o644 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_readable(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Syncs a folder's entries, where the system can.
///
/// # Errors
/// The folder cannot be opened, or the system cannot write.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// The release that was in place, moved aside until the new one stands.
struct PreviousRelease {
    aside: Option<PathBuf>,
}

impl PreviousRelease {
    fn set_aside(destination: &Path, parent: &Path) -> io::Result<Self> {
        if !destination.exists() {
            return Ok(Self { aside: None });
        }
        let holder = tempfile::Builder::new().prefix(".previous-").tempdir_in(parent)?.keep();
        let aside = holder.join("release");
        fs::rename(destination, &aside)?;
        Ok(Self { aside: Some(aside) })
    }

    fn restore(self, destination: &Path) -> io::Result<()> {
        if let Some(aside) = &self.aside {
            fs::rename(aside, destination)?;
        }
        self.discard();
        Ok(())
    }

    /// Best effort: what is left behind harms nobody.
    fn discard(self) {
        if let Some(holder) = self.aside.as_deref().and_then(Path::parent) {
            let _ = fs::remove_dir_all(holder);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn file(name: &str, content: &str) -> OutputFile {
        OutputFile { name: name.to_owned(), content: content.as_bytes().to_vec() }
    }

    const MANIFEST: &str = r#"{"program":{"name":"manyi"}}"#;

    #[test]
    fn a_release_replaces_the_one_before_as_a_whole() {
        let root = tempfile::tempdir().unwrap();
        let destination = root.path().join("out/2026-11/plan");
        let mut diagnostics = Diagnostics::new();
        assert!(publish(&destination, &[file("manifest.json", MANIFEST), file("old.pdf", "1")], &mut diagnostics));
        assert!(publish(
            &destination,
            &[file("manifest.json", MANIFEST), file("figures/1.svg", "2")],
            &mut diagnostics
        ));
        assert!(!destination.join("old.pdf").exists());
        assert_eq!(fs::read_to_string(destination.join("figures/1.svg")).unwrap(), "2");
        let left: Vec<_> = fs::read_dir(destination.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "no staging or previous folder stays behind");
    }

    #[test]
    fn a_folder_of_someone_else_is_not_replaced() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("thesis.docx"), "mine").unwrap();
        let mut diagnostics = Diagnostics::new();
        assert!(!publish(root.path(), &[file("manifest.json", MANIFEST)], &mut diagnostics));
        assert_eq!(fs::read_to_string(root.path().join("thesis.docx")).unwrap(), "mine");
        assert!(diagnostics.has_errors());
    }
}
