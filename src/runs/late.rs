//! Late data: answers that came after their period was published. Files that changed or came are news; files that are gone are not,
//! since old ones may go, nor are templates, which would publish a whole past anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::config::{Period, Project};
use crate::diagnostics::Diagnostics;
use crate::output::manifest::sha256_hex;
use crate::runs::inputs::{Input, are_there, data_files, fingerprint, hashed, is_nothing};
use crate::runs::record::Release;
use crate::runs::release::{Places, write_whole};
use crate::runs::scope::window;

/// The data files of a period as they were looked at: which they are by the marks of the system, and what they come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Looked {
    marks: String,
    digest: String,
    /// What the release was made of that was in place.
    #[serde(default)]
    release: String,
    /// The revisions of earlier periods with which a run left it as it is.
    #[serde(default)]
    past: String,
}

impl Looked {
    /// Where it is kept, so that what is no news is neither read nor measured every hour.
    fn place(places: &Places, period: Period) -> PathBuf {
        places.state().join("looked").join(format!("{period}.json"))
    }

    fn read(places: &Places, period: Period) -> Option<Self> {
        serde_json::from_slice(&fs::read(Self::place(places, period)).ok()?).ok()
    }

    fn write(&self, places: &Places, period: Period) {
        // What cannot be noted is looked at again.
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        let _ = write_whole(&Self::place(places, period), &bytes);
    }
}

/// Data files of a period that were touched since its release was last looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Touched {
    /// None if a file cannot be read, as a run of the period will say each time.
    looked: Option<Looked>,
    /// Those with another content than the release was made of or that cannot be read; none if only their times are others.
    pub files: Vec<String>,
}

impl Touched {
    /// Notes that these files are no news any more, nor these revisions of earlier periods if a run saw them.
    pub(super) fn keep(&self, places: &Places, period: Period, past: Option<&str>) {
        if let Some(looked) = &self.looked {
            let past = past.map_or_else(|| looked.past.clone(), ToOwned::to_owned);
            Looked { past, ..looked.clone() }.write(places, period);
        }
    }
}

/// Notes that these revisions of earlier periods are no news any more to a release whose files were not touched.
pub(super) fn keep_past(places: &Places, period: Period, past: &str) {
    if let Some(looked) = Looked::read(places, period) {
        Looked { past: past.to_owned(), ..looked }.write(places, period);
    }
}

/// True if a run saw these revisions of earlier periods and left the release as it is: its own answers are gone.
pub(super) fn knows_past(places: &Places, release: &Release, past: &str) -> bool {
    Looked::read(places, release.period).is_some_and(|looked| looked.release == release.files && looked.past == past)
}

/// The project as a release of a period sees it.
fn narrowed(project: &Project, period: Period) -> Project {
    let mut narrowed = project.clone();
    narrowed.window = Some(window(project, period));
    narrowed
}

/// True if answers of a period are not there any more, as those of old periods may be: it cannot be made anew.
pub(super) fn are_gone(project: &Project, period: Period) -> bool {
    let mut unsaid = Diagnostics::new();
    let files = data_files(&narrowed(project, period), &mut unsaid);
    unsaid.iter().any(is_nothing) || !are_there(project, period) || files.is_empty()
}

/// The data files of a period, if they were touched since its release. Looks only.
pub(super) fn touched(project: &Project, places: &Places, period: Period, release: &Release) -> Option<Touched> {
    // Old files may go, all of them or those of one source.
    if !are_there(project, period) {
        return None;
    }
    let narrowed = narrowed(project, period);
    let mut unsaid = Diagnostics::new();
    let files = data_files(&narrowed, &mut unsaid);
    let unclear = |unsaid: &Diagnostics| unsaid.iter().any(|found| !is_nothing(found));
    let marks = marks(&files);
    let before = Looked::read(places, period).filter(|before| before.release == release.files);
    if before.as_ref().is_some_and(|before| before.marks == marks) && !unclear(&unsaid) {
        return None;
    }
    let inputs = hashed(&narrowed, &files, true, &mut unsaid);
    if unclear(&unsaid) {
        return Some(Touched { looked: None, files: unread(&narrowed, &files, &inputs) });
    }
    let past = before.as_ref().map(|before| before.past.clone()).unwrap_or_default();
    let looked = Looked { marks, digest: fingerprint(&inputs, &[]), release: release.files.clone(), past };
    // A file that is gone is no news; one that has its place under another name is.
    let known = before.is_some_and(|before| before.digest == looked.digest);
    let others = inputs.into_iter().filter(|input| !known && !release.inputs.contains(input));
    Some(Touched { files: others.map(|input| input.file).collect(), looked: Some(looked) })
}

/// Which files could not be read; the patterns, if one leads to where nobody can look.
fn unread(project: &Project, files: &[PathBuf], inputs: &[Input]) -> Vec<String> {
    let shown = files.iter().map(|file| project.display_path(file));
    let missed: Vec<String> = shown.filter(|file| !inputs.iter().any(|input| input.file == *file)).collect();
    match missed.is_empty() {
        true => project.raw.data.sources.iter().map(|source| source.file.clone()).collect(),
        false => missed,
    }
}

/// By what the system tells files apart without reading them: any other value, an earlier time too, is worth a look. A copy may keep an
/// old time, and a folder that is moved into place keeps those of all its files.
fn marks(files: &[PathBuf]) -> String {
    let mut listed: Vec<String> = files.iter().map(|file| mark(file)).collect();
    listed.sort();
    listed.dedup();
    sha256_hex(listed.join("\n").as_bytes())
}

fn mark(path: &Path) -> String {
    let shown = path.display();
    let Ok(held) = fs::metadata(path) else { return format!("{shown}\u{1f}") };
    let changed = held.modified().ok().and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
    #[cfg(unix)]
    let moved = {
        use std::os::unix::fs::MetadataExt as _;
        format!("{}.{} {} {}", held.ctime(), held.ctime_nsec(), held.dev(), held.ino())
    };
    #[cfg(not(unix))]
    let moved = String::new();
    format!("{shown}\u{1f}{}\u{1f}{changed:?}\u{1f}{moved}", held.len())
}
