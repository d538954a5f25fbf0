//! A copy in a folder, such as a share: `report/period/r2/…`, whole or not at all. The files are written beside their place, synced,
//! and the folder gets its name by one renaming. The same revision a second time changes nothing.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::message::{Attachment, Content, Message};
use super::recipient::Recipient;
use super::{Outcome, Reason, ReasonCode};
use crate::config::validate::is_safe_file_name;
use crate::diagnostics::{Lang, io_problem};
use crate::output::publish::sync_folder;

/// Copies the files of a message under `root`; `delivery` is the id of its row in the outbox.
pub fn deliver(root: &Path, recipient: &Recipient, message: &Message, delivery: &str) -> Outcome {
    let files = match collect(message) {
        Ok(files) => files,
        Err(reason) => return Outcome::Failed(reason),
    };
    let place = match place(recipient, message) {
        Ok(parts) => parts.iter().fold(root.to_path_buf(), |path, part| path.join(part)),
        Err(reason) => return Outcome::Failed(reason),
    };
    if place.exists() {
        return compare(&place, &files);
    }
    match write(&place, &files, delivery) {
        Ok(()) => Outcome::Sent(place.display().to_string()),
        // Another program was faster.
        Err(_) if place.exists() => compare(&place, &files),
        Err(error) => {
            let problem = io_problem(&error);
            let text = format!("{}: {}", place.display(), problem.get(Lang::En));
            Outcome::Retry { reason: Reason::new(ReasonCode::NotWritten, text), after: None }
        }
    }
}

/// The parts of a place for a message: report, period, parameters where there are any, revision. Each is a safe file name.
pub(super) fn place(recipient: &Recipient, message: &Message) -> Result<Vec<String>, Reason> {
    let key = &message.key;
    let mut parts = vec![key.report.clone(), key.period.clone()];
    parts.extend(recipient.parameters.values().map(|value| group_folder(value, message)));
    parts.push(format!("r{}", key.revision));
    match parts.iter().find(|part| !is_safe_file_name(part)) {
        Some(unsafe_name) => Err(Reason::new(ReasonCode::Unfit, unsafe_name.clone())),
        None => Ok(parts),
    }
}

/// The folder of a group: called like it, or where that can be no name (`A/B`), as its folder in the release is.
fn group_folder(value: &str, message: &Message) -> String {
    let released = |held: &Attachment| match &held.content {
        Content::File { path, .. } => path.parent()?.file_name()?.to_str().map(str::to_owned),
        Content::Bytes(_) => None,
    };
    let of_release = || message.attachments.iter().find_map(released);
    let named = if is_safe_file_name(value) { None } else { of_release() };
    named.unwrap_or_else(|| value.to_owned())
}

/// The files with their content, checked before anything is written.
pub(super) fn collect(message: &Message) -> Result<Vec<(String, Vec<u8>)>, Reason> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for attachment in &message.attachments {
        let name = &attachment.name;
        let twice = files.iter().any(|(other, _)| other.to_lowercase() == name.to_lowercase());
        let (within, bare) = attachment.place();
        if twice || !is_safe_file_name(bare) || within.is_some_and(|folder| !is_safe_file_name(folder)) {
            return Err(Reason::new(ReasonCode::Unfit, name.clone()));
        }
        files.push((name.clone(), attachment.bytes()?));
    }
    // An alarm has no files: what it says is the file.
    if files.is_empty() {
        files.push(("message.txt".to_owned(), format!("{}\n\n{}", message.subject, message.text).into_bytes()));
    }
    Ok(files)
}

/// What is there already is either the same, or somebody else's.
fn compare(place: &Path, files: &[(String, Vec<u8>)]) -> Outcome {
    let same = |(name, bytes): &(String, Vec<u8>)| fs::read(place.join(name)).is_ok_and(|found| found == *bytes);
    if files.iter().all(same) {
        return Outcome::Sent(place.display().to_string());
    }
    Outcome::Failed(Reason::new(ReasonCode::FileChanged, format!("{}: other content", place.display())))
}

fn write(place: &Path, files: &[(String, Vec<u8>)], delivery: &str) -> std::io::Result<()> {
    let parent = place.parent().unwrap_or(place);
    fs::create_dir_all(parent)?;
    let staging = Staging(parent.join(format!(".partial-{delivery}")));
    // Left behind by a crash.
    if staging.0.exists() {
        fs::remove_dir_all(&staging.0)?;
    }
    fs::create_dir(&staging.0)?;
    let mut within = BTreeSet::new();
    for (name, bytes) in files {
        if let Some((folder, _)) = name.split_once('/')
            && within.insert(staging.0.join(folder))
        {
            fs::create_dir_all(staging.0.join(folder))?;
        }
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(staging.0.join(name))?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    within.iter().try_for_each(|folder| sync_folder(folder))?;
    sync_folder(&staging.0)?;
    fs::rename(&staging.0, place)?;
    sync_folder(parent)
}

/// A folder of unfinished files, removed if it stays one.
struct Staging(PathBuf);

impl Drop for Staging {
    fn drop(&mut self) {
        if self.0.exists() {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::runs::delivery::message::DeliveryKey;

    fn message(names: &[(&str, &str)]) -> Message {
        let key = DeliveryKey { project: "p".into(), report: "plan".into(), period: "2026-11".into(), revision: 2 };
        let attachments = names
            .iter()
            .map(|(name, text)| Attachment {
                name: (*name).to_owned(),
                media_type: "text/plain".into(),
                content: Content::Bytes(text.as_bytes().to_vec()),
            })
            .collect();
        Message { key, lang: Lang::En, subject: "s".into(), text: "t".into(), html: None, link: None, attachments }
    }

    fn share(parameters: &[(&str, &str)]) -> Recipient {
        let mut recipient = Recipient::parse("share", Lang::En);
        recipient.parameters = parameters.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        recipient
    }

    #[test]
    fn a_revision_is_copied_once_and_whole() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let plan = message(&[("计划.pdf", "one"), ("tables.xlsx", "two")]);
        assert!(matches!(deliver(root, &share(&[("branch", "朝阳店")]), &plan, "d1"), Outcome::Sent(_)));
        let place = root.join("plan/2026-11/朝阳店/r2");
        assert_eq!(fs::read_to_string(place.join("计划.pdf")).unwrap(), "one");
        let before = fs::metadata(&place).unwrap().modified().unwrap();
        assert!(matches!(deliver(root, &share(&[("branch", "朝阳店")]), &plan, "d1"), Outcome::Sent(_)));
        assert_eq!(fs::metadata(&place).unwrap().modified().unwrap(), before);
        assert_eq!(fs::read_dir(place.parent().unwrap()).unwrap().count(), 1, "something unfinished was left");

        let other = message(&[("计划.pdf", "changed"), ("tables.xlsx", "two")]);
        let outcome = deliver(root, &share(&[("branch", "朝阳店")]), &other, "d1");
        assert!(matches!(outcome, Outcome::Failed(reason) if reason.code == ReasonCode::FileChanged));
        assert_eq!(fs::read_to_string(place.join("计划.pdf")).unwrap(), "one");
    }

    #[test]
    fn documents_of_several_groups_have_folders_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let all = message(&[("城东店/计划.pdf", "east"), ("城东店/t.xlsx", "table"), ("城西店/计划.pdf", "west")]);
        for _ in 0..2 {
            assert!(matches!(deliver(folder.path(), &share(&[]), &all, "d1"), Outcome::Sent(_)));
        }
        let read = |name: &str| fs::read_to_string(folder.path().join("plan/2026-11/r2").join(name)).unwrap();
        assert_eq!(["城东店/计划.pdf", "城东店/t.xlsx", "城西店/计划.pdf"].map(read), ["east", "table", "west"]);
    }

    /// The release keeps the documents of `A/B` in `A-B`.
    #[test]
    fn a_group_whose_name_can_be_no_folder_has_that_of_the_release() {
        let folder = tempfile::tempdir().unwrap();
        let released = folder.path().join("out/releases/2026-11/r2/plan/A-B/a.pdf");
        fs::create_dir_all(released.parent().unwrap()).unwrap();
        fs::write(&released, "one").unwrap();
        let mut plan = message(&[]);
        plan.attachments.push(Attachment::of_file(&released, "a.pdf").unwrap());
        let root = folder.path().join("share");
        assert!(matches!(deliver(&root, &share(&[("branch", "A/B")]), &plan, "d1"), Outcome::Sent(_)));
        assert_eq!(fs::read_to_string(root.join("plan/2026-11/A-B/r2/a.pdf")).unwrap(), "one");
    }

    #[test]
    fn a_message_without_files_is_a_file_itself() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(deliver(folder.path(), &share(&[]), &message(&[]), "d1"), Outcome::Sent(_)));
        let text = fs::read_to_string(folder.path().join("plan/2026-11/r2/message.txt")).unwrap();
        assert_eq!(text, "s\n\nt");
    }

    #[test]
    fn what_a_crash_left_is_swept_away() {
        let folder = tempfile::tempdir().unwrap();
        let unfinished = folder.path().join("plan/2026-11/.partial-d1");
        fs::create_dir_all(&unfinished).unwrap();
        fs::write(unfinished.join("a.pdf"), "half").unwrap();
        assert!(matches!(deliver(folder.path(), &share(&[]), &message(&[("a.pdf", "whole")]), "d1"), Outcome::Sent(_)));
        assert_eq!(fs::read_to_string(folder.path().join("plan/2026-11/r2/a.pdf")).unwrap(), "whole");
        assert!(!unfinished.exists());
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        for names in [&[("../evil", "x")][..], &[("a/b/c", "x")], &[("a/", "x")], &[("a.pdf", "x"), ("A.pdf", "y")]] {
            let outcome = deliver(&root, &share(&[]), &message(names), "d1");
            assert!(matches!(outcome, Outcome::Failed(_)), "{names:?}");
        }
        let outcome = deliver(&root, &share(&[("branch", "../../x")]), &message(&[("a.pdf", "x")]), "d1");
        assert!(matches!(outcome, Outcome::Failed(_)));
        assert!(!root.exists() && fs::read_dir(folder.path()).unwrap().count() == 0);
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_tried_again_later() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "x").unwrap();
        let outcome = deliver(&file, &share(&[]), &message(&[("a.pdf", "x")]), "d1");
        assert!(matches!(outcome, Outcome::Retry { .. }), "{outcome:?}");
    }
}
