//! Late data: answers that came after their period was published. Files that changed or came are news; files that are gone are not,
//! since old ones may go, nor are templates, which would publish a whole past anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::config::{Period, Project};
use crate::diagnostics::Diagnostics;
use crate::runs::inputs::{Input, data_files, fingerprint, list};
use crate::runs::record::Release;
use crate::runs::release::{Places, write_whole};

/// The data files of a period as they were looked at: what they come to, and when the newest of them was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Looked {
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
}

/// Data files of a period that were touched since its release was last looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Touched {
    looked: Looked,
    /// Those with another content than the release was made of; none if only their times are others.
    pub files: Vec<String>,
}

impl Touched {
    /// Notes that these files are no news any more.
    pub(super) fn keep(&self, places: &Places, period: Period) {
        // What cannot be noted is looked at again.
        let bytes = serde_json::to_vec(&self.looked).unwrap_or_default();
        let _ = write_whole(&Looked::place(places, period), &bytes);
    }
}

/// The data files of a period, if they were touched since its release. Looks only.
pub(super) fn touched(project: &Project, places: &Places, period: Period, release: &Release) -> Option<Touched> {
    let mut narrowed = project.clone();
    let read = project.raw.runs.as_ref().map_or(1, |runs| runs.read);
    let window = std::iter::successors(Some(period), |period| period.predecessor()).take(read as usize);
    narrowed.window = Some(window.collect());
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
    let known = before.is_some_and(|before| before.digest == looked.digest);
    let others = inputs.into_iter().filter(|input| !known && !release.inputs.contains(input));
    Some(Touched { files: others.map(|input| input.file).collect(), looked })
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
