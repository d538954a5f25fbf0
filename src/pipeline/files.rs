//! Names of files and folders that are safe on every system, and the Typst sources that other compilers are compared with.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::config::validate::is_safe_file_name;
use crate::diagnostics::messages::output as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, io_problem};
use crate::document::Document;
use crate::render::typst::TypstSources;

/// A path inside an address.
pub(super) fn encoded(path: &str) -> String {
    path.replace('%', "%25").replace(' ', "%20").replace('#', "%23").replace('?', "%3F")
}

/// Bytes of a part of a file name. Names have three parts, two marks between them, a language and an ending, and most systems allow
/// 255 bytes in all.
const LONGEST_PART: usize = 75;

/// A file name part: characters that some system refuses become `-`. One that is too long ends with a whole word.
pub(super) fn safe_name(text: &str) -> String {
    let clean =
        |character: char| if character.is_control() || "/\\:*?\"<>|".contains(character) { '-' } else { character };
    let mut name: String = text.trim().chars().map(clean).collect();
    if name.len() > LONGEST_PART {
        name.truncate(name.floor_char_boundary(LONGEST_PART));
        if let Some(space) = name.rfind(' ').filter(|space| *space > LONGEST_PART / 2) {
            name.truncate(space);
        }
    }
    name = name.trim_matches(['.', ' ']).to_owned();
    if is_safe_file_name(&name) { name } else { format!("{name}-") }
}

/// Names of folders for texts, in their order, no two alike on systems that do not tell small letters from capitals.
pub(super) fn distinct_names<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let distinct = |text: &str| {
        let name = safe_name(text);
        let numbered = (2_usize..).map(|number| format!("{name}-{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| taken.insert(name.to_lowercase()));
        free.unwrap_or(name)
    };
    texts.map(distinct).collect()
}

/// Writes the finished Typst project to `place` below the folder named by `MANYI_KEEP_TYPST`, for comparing with other compilers.
pub(super) fn keep_typst_source(
    document: &Document,
    typst: &TypstSources,
    place: &[String],
    diagnostics: &mut Diagnostics,
) {
    let Some(folder) = std::env::var_os("MANYI_KEEP_TYPST").map(PathBuf::from) else { return };
    let folder = place.iter().fold(folder, |folder, part| folder.join(part));
    let mut files: Vec<(String, Vec<u8>)> =
        typst.iter().map(|(path, _, text)| (path.to_owned(), text.as_bytes().to_vec())).collect();
    files.extend(typst.pictures().map(|(path, content)| (path.to_owned(), content.to_vec())));
    files.push(("data.json".to_owned(), serde_json::to_vec(document).unwrap_or_default()));
    for (path, content) in files {
        let target = folder.join(&path);
        let written =
            target.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&target, content));
        if let Err(error) = written {
            let warning = Diagnostic::warning(&messages::NOT_WRITTEN).arg("file", target.display());
            diagnostics.push(warning.words("problem", io_problem(&error)));
        }
    }
}
