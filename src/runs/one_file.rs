//! Files that bear several names, by links of either kind: which names are one file, and writing it anew so that all of them have the new
//! content.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempPath;

use crate::output::publish::sync_folder;

/// What is the same for all names of a file: device and number on it, or the path without links where a system has no such numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct FileId(u64, u64, PathBuf);

/// The file behind a name. One that cannot be looked at is like no other.
pub(super) fn file_id(path: &Path) -> FileId {
    #[cfg(unix)]
    if let Ok(found) = fs::metadata(path) {
        use std::os::unix::fs::MetadataExt as _;
        return FileId(found.dev(), found.ino(), PathBuf::new());
    }
    FileId(0, 0, path.canonicalize().unwrap_or_else(|_| path.to_path_buf()))
}

/// How many names a file has beside these: hard links that nobody named, as backups make them.
pub(super) fn names_elsewhere(names: &[&Path]) -> u64 {
    #[cfg(unix)]
    if let Some(Ok(found)) = names.first().map(fs::metadata) {
        use std::os::unix::fs::MetadataExt as _;
        return found.nlink().saturating_sub(targets(names).map_or(0, |known| known.len() as u64));
    }
    0
}

/// Writes the file `id` anew, whole or not at all, with the owner and the rights that it has; behind a link, the file that it leads to.
/// Further names of it become names of the new file: all are made ready before the first takes its place.
///
/// # Errors
/// A name leads nowhere or to another file by now, or something cannot be written.
pub(super) fn rewrite(id: &FileId, names: &[&Path], content: &[u8]) -> io::Result<()> {
    let mut ready: Vec<(TempPath, PathBuf)> = Vec::new();
    for path in targets(names)? {
        let folder = path.parent().unwrap_or(Path::new("/"));
        let mut staging = tempfile::Builder::new();
        staging.prefix(".writing-");
        let staged = match ready.first() {
            Some((first, _)) => staging.make_in(folder, |place| fs::hard_link(first, place))?.into_temp_path(),
            None => staged_like(&path, staging.tempfile_in(folder)?, content)?.into_temp_path(),
        };
        ready.push((staged, path));
    }
    if ready.iter().any(|(_, path)| file_id(path) != *id) {
        return Err(io::Error::other("another file has taken its place"));
    }
    for (staged, path) in ready {
        staged.persist(&path).map_err(|error| error.error)?;
        sync_folder(path.parent().unwrap_or(Path::new("/")))?;
    }
    Ok(())
}

/// The names without links on their way, each once.
fn targets(names: &[&Path]) -> io::Result<BTreeSet<PathBuf>> {
    names.iter().map(|path| path.canonicalize()).collect()
}

/// A new file with the content, the owner and the rights of the one whose place it takes.
fn staged_like(
    path: &Path,
    mut staged: tempfile::NamedTempFile,
    content: &[u8],
) -> io::Result<tempfile::NamedTempFile> {
    let held = fs::metadata(path)?;
    staged.write_all(content)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let fresh = staged.as_file().metadata()?;
        if (fresh.uid(), fresh.gid()) != (held.uid(), held.gid()) {
            fchown(staged.as_file(), Some(held.uid()), Some(held.gid()))?;
        }
    }
    staged.as_file().set_permissions(held.permissions())?;
    staged.as_file().sync_all()?;
    Ok(staged)
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use super::*;

    /// `b` is a link to `kept/a` and `c` a hard link of it; `d` is one that is not named, and `e` another file with the same content.
    #[test]
    fn all_names_of_a_file_have_the_new_content() {
        let site = tempfile::tempdir().unwrap();
        let path = |name: &str| site.path().join(name);
        fs::create_dir(path("kept")).unwrap();
        fs::write(path("kept/a"), "old").unwrap();
        fs::write(path("e"), "old").unwrap();
        fs::set_permissions(path("kept/a"), fs::Permissions::from_mode(0o640)).unwrap();
        symlink("kept/a", path("b")).unwrap();
        fs::hard_link(path("kept/a"), path("c")).unwrap();
        fs::hard_link(path("kept/a"), path("d")).unwrap();
        let owner = fs::metadata(path("c")).unwrap().uid();
        let ids = ["kept/a", "b", "c", "e"].map(|name| file_id(&path(name)));
        assert!(ids[0] == ids[1] && ids[1] == ids[2] && ids[2] != ids[3]);

        let (a, b, c) = (path("kept/a"), path("b"), path("c"));
        let names = [b.as_path(), c.as_path(), a.as_path()];
        assert_eq!((names_elsewhere(&names), names_elsewhere(&[path("e").as_path()])), (1, 0));
        assert!(rewrite(&ids[3], &names, b"new").is_err(), "another file is left alone");
        assert_eq!(fs::read_to_string(path("c")).unwrap(), "old");
        rewrite(&ids[0], &names, b"new").unwrap();
        let read = ["kept/a", "b", "c", "d", "e"].map(|name| fs::read_to_string(path(name)).unwrap());
        assert_eq!(read, ["new", "new", "new", "old", "old"]);
        assert!(b.is_symlink() && file_id(&a) == file_id(&c));
        let now = fs::metadata(&a).unwrap();
        assert_eq!((now.permissions().mode() & 0o777, now.uid(), now.nlink()), (0o640, owner, 2));
        assert_eq!(fs::read_dir(path("kept")).unwrap().count(), 1);
    }
}
