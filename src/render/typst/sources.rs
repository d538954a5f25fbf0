//! The Typst files of a theme under their virtual paths, parsed once and shared by every document set with them.

use std::collections::BTreeMap;

use typst::foundations::Bytes;
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};

/// Named Typst texts: `main.typ`, `figure.typ`, `document.typ`, `theme.typ`, `charts/lib.typ` and what these import.
#[derive(Debug, Clone, Default)]
pub struct TypstSources {
    files: BTreeMap<String, SourceFile>,
    pictures: BTreeMap<String, Bytes>,
}

#[derive(Debug, Clone)]
struct SourceFile {
    source: Source,
    origin: String,
}

impl TypstSources {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the file `path` (relative, `/` separators), or replaces the one of that path. `origin` names it in diagnostics.
    /// Paths are kept by Typst for the life of the process: they must come from templates, never from data.
    pub fn insert(&mut self, path: &str, origin: impl Into<String>, text: impl Into<String>) {
        // A path that Typst does not accept cannot be imported either; the import then says that there is no such file.
        if let Some(id) = file_id(path) {
            let source = Source::new(id, text.into());
            self.files.insert(path.to_owned(), SourceFile { source, origin: origin.into() });
        }
    }

    /// Adds a picture that the theme may show, such as a logo.
    pub fn insert_picture(&mut self, path: &str, content: Vec<u8>) {
        self.pictures.insert(path.to_owned(), Bytes::new(content));
    }

    /// All pictures: path and content, by path.
    pub fn pictures(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.pictures.iter().map(|(path, content)| (path.as_str(), content.as_slice()))
    }

    pub(super) fn picture(&self, id: FileId) -> Option<Bytes> {
        self.pictures.get(id.get().vpath().get_without_slash()).cloned()
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(|file| file.source.text())
    }

    /// Where a file comes from, as the user knows it.
    pub fn origin(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(|file| file.origin.as_str())
    }

    /// All files: path, origin and text, by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file.origin.as_str(), file.source.text()))
    }

    pub(super) fn source(&self, id: FileId) -> Option<&Source> {
        self.files.get(id.get().vpath().get_without_slash()).map(|file| &file.source)
    }

    pub(super) fn origin_of(&self, id: FileId) -> &str {
        let path = id.get().vpath().get_without_slash();
        self.origin(path).unwrap_or(path)
    }
}

/// Typst's name of a virtual file.
pub(super) fn file_id(path: &str) -> Option<FileId> {
    let path = VirtualPath::new(path).ok()?;
    Some(RootedPath::new(VirtualRoot::Project, path).intern())
}
