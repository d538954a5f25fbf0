//! Late data: answers that came after their period was published. Files that changed or came are news; files that are gone are not,
//! since old ones may go, nor are templates, which would publish a whole past anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::config::{Period, Project};
use crate::diagnostics::messages::readers::PATTERN_WITHOUT_MATCH;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::runs::inputs::{Input, data_files, fingerprint, list};
use crate::runs::record::Release;
use crate::runs::release::{Places, write_whole};

/// The data files of a period as they were looked at: what they come to, and when the newest of them was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Looked {
    newest: SystemTime,
    digest: String,
}

impl Looked {
    /// Where it is kept, so that what is no news is neither read nor measured every hour.
    fn place(places: &Places, period: Period) -> PathBuf {
        places.state().join("looked").join(format!("{period}.json"))
    }

    fn read(places: &Places, period: Period) -> Option<Self> {
        serde_json::from_slice(&fs::read(Self::place(places, period)).ok()?).ok()
    }

    /// Notes that these files are no news any more.
    pub(super) fn keep(&self, places: &Places, period: Period) {
        // What cannot be noted is looked at again.
        let _ = write_whole(&Self::place(places, period), &serde_json::to_vec(self).unwrap_or_default());
    }
}

/// True if the files of a period are not there any more, as those of old periods may be.
pub(super) fn are_gone(project: &Project, period: Period) -> bool {
    let mut unsaid = Diagnostics::new();
    let files = data_files(&narrowed(project, period), &mut unsaid);
    let nothing = |found: &Diagnostic| found.message.code == PATTERN_WITHOUT_MATCH.code;
    unsaid.iter().any(nothing) || files.iter().all(|file| !file.exists())
}

/// The project as a release of a period sees it.
fn narrowed(project: &Project, period: Period) -> Project {
    let read = project.raw.runs.as_ref().map_or(1, |runs| runs.read);
    let window = std::iter::successors(Some(period), |period| period.predecessor()).take(read as usize);
    let mut narrowed = project.clone();
    narrowed.window = Some(window.collect());
    narrowed
}

/// The data files of a period, if there is news in them since its release.
pub(super) fn late(project: &Project, places: &Places, period: Period, release: &Release) -> Option<Looked> {
    let narrowed = narrowed(project, period);
    let mut unsaid = Diagnostics::new();
    let newest = data_files(&narrowed, &mut unsaid).iter().filter_map(|file| changed_at(file)).max()?;
    let before = Looked::read(places, period);
    if before.as_ref().is_some_and(|before| newest <= before.newest) {
        return None;
    }
    let inputs: Vec<Input> = list(&narrowed, &mut unsaid).into_iter().filter(|input| input.data).collect();
    let looked = Looked { newest, digest: fingerprint(&inputs, &[]) };
    let gone = |held: &Input| held.data && !inputs.iter().any(|input| input.file == held.file);
    if unsaid.has_errors() || release.inputs.iter().any(gone) {
        return None;
    }
    let known = inputs.iter().all(|input| release.inputs.contains(input))
        || before.is_some_and(|before| before.digest == looked.digest);
    if known {
        looked.keep(places, period);
    }
    (!known).then_some(looked)
}

/// When a file was last changed, its name and place included where the system tells: a copy may keep an old time.
fn changed_at(path: &Path) -> Option<SystemTime> {
    let held = fs::metadata(path).ok()?;
    #[cfg(unix)]
    let moved = {
        use std::os::unix::fs::MetadataExt as _;
        let seconds = u64::try_from(held.ctime()).ok()?;
        Some(SystemTime::UNIX_EPOCH + std::time::Duration::new(seconds, u32::try_from(held.ctime_nsec()).ok()?))
    };
    #[cfg(not(unix))]
    let moved: Option<SystemTime> = None;
    held.modified().ok().max(moved)
}
