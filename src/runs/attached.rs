//! Which files of a release a recipient gets: those of the formats, the language and the group that it asks for.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::config::Project;
use crate::config::raw::{RawRecipient, RawReport, ReportFormat};
use crate::diagnostics::messages::delivery as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang};
use crate::output::manifest::{FileRecord, GroupRecord};
use crate::runs::delivery::message::Attachment;
use crate::runs::record::ReleasedReport;

/// Name of the file that says what a folder of documents is about.
const MANIFEST: &str = "manifest.json";

/// The files of a report in a release.
pub(super) struct ReportFiles<'a> {
    files: &'a [FileRecord],
    folder: PathBuf,
    /// Folder of the project, which files are named from.
    root: &'a Path,
    declared: Option<&'a RawReport>,
    /// Folder of the documents of each group, by value. Groups of nearly one name have folders with numbers, so that only what is
    /// written in them says whose they are.
    groups: BTreeMap<String, &'a str>,
    /// True if there are documents about all groups together.
    whole: bool,
}

impl<'a> ReportFiles<'a> {
    pub(super) fn of_release(project: &'a Project, report: &'a ReleasedReport, release: &Path) -> Self {
        let folder = release.join(&report.id);
        let declared = project.raw.reports.iter().find(|held| held.id == report.id);
        let each = declared.and_then(|held| held.for_each.as_ref());
        let group = |file: &'a FileRecord| {
            let place = file.file.strip_suffix(MANIFEST)?.strip_suffix('/')?;
            let held = group_of(&folder.join(&file.file))?;
            (each?.column() == held.column).then_some((held.value, place))
        };
        let groups = report.files.iter().filter_map(group).collect();
        let whole = |file: &FileRecord| !file.file.contains('/') && is_document(&file.file);
        let whole = report.files.iter().any(whole);
        Self { files: &report.files, folder, root: &project.root, declared, groups, whole }
    }

    /// What one recipient gets: the documents of its group; without a group the document of the whole, or those of all groups where
    /// there is none, each in the folder of its group. None, with an error, if a file of it is gone or is not what was released.
    pub(super) fn of(&self, raw: &RawRecipient, lang: Lang, diagnostics: &mut Diagnostics) -> Option<Vec<Attachment>> {
        if !raw.files {
            return Some(Vec::new());
        }
        let column = self.declared.and_then(|held| held.for_each.as_ref()).map(|each| each.column());
        let group = column.and_then(|column| raw.parameters.get(column));
        // Whoever gets one group of another column gets no more than what is about the whole, and that only by naming the report.
        let all_groups = column.is_some() && raw.parameters.is_empty() && !self.whole;
        let wanted_place = group.map_or(Some(""), |group| self.groups.get(group).copied());
        let langs = self.declared.map_or(&[][..], |held| &held.langs);
        let wanted = |file: &str| {
            let (place, name) = file.rsplit_once('/').map_or(("", file), |(place, name)| (place, name));
            let Some(format) = format_of(name) else { return false };
            let right_format = raw.formats.is_empty() || raw.formats.contains(&format);
            let tagged = |held: &Lang| name.contains(&format!("_{held}."));
            let right_lang = langs.len() < 2 || !langs.contains(&lang) || tagged(&lang);
            let right_place = if all_groups { !place.is_empty() } else { Some(place) == wanted_place };
            right_format && right_place && right_lang && is_document(name)
        };
        let mut found = Vec::new();
        for file in self.files.iter().filter(|file| wanted(&file.file)) {
            let name = if all_groups { &file.file } else { file.file.rsplit('/').next().unwrap_or(&file.file) };
            let path = self.folder.join(&file.file);
            match Attachment::of_file(&path, name).ok().filter(|held| held.is(&file.sha256)) {
                Some(attachment) => found.push(attachment.relative_to(self.root)),
                None => {
                    let altered = Diagnostic::error(&messages::RELEASED_FILE_CHANGED).arg("file", path.display());
                    diagnostics.push_once(altered);
                    return None;
                }
            }
        }
        Some(found)
    }

    /// The group that a recipient asks for and that the report has no documents of: its column, itself, and the groups that there are.
    pub(super) fn missing_group<'r>(&self, raw: &'r RawRecipient) -> Option<(&'r str, &'r str, Vec<&str>)> {
        let each = self.declared?.for_each.as_ref()?;
        let (column, group) = raw.parameters.get_key_value(each.column())?;
        let known = || self.groups.keys().map(String::as_str).collect();
        (!self.groups.contains_key(group)).then(|| (column.as_str(), group.as_str(), known()))
    }
}

/// The group that a folder of documents is about, as its manifest says.
fn group_of(manifest: &Path) -> Option<GroupRecord> {
    #[derive(Deserialize)]
    struct Held {
        group: Option<GroupRecord>,
    }
    serde_json::from_slice::<Held>(&fs::read(manifest).ok()?).ok()?.group
}

/// True for the documents among the files of a folder.
fn is_document(name: &str) -> bool {
    format_of(name).is_some() && !name.starts_with("index.")
}

/// The format of a document by the ending of its name; none for other files.
fn format_of(name: &str) -> Option<ReportFormat> {
    match name.rsplit('.').next().unwrap_or_default() {
        "pdf" => Some(ReportFormat::Pdf),
        "html" => Some(ReportFormat::Html),
        "docx" => Some(ReportFormat::Docx),
        "xlsx" => Some(ReportFormat::Xlsx),
        "md" => Some(ReportFormat::Markdown),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::load_project;

    const PROJECT: &str = "
manyi: 1
project: { title: 门店, period: 2026-11 }
data: { sources: [{ file: data.csv }] }
columns: { shop: { type: single } }
segments: [shop]
reports:
  - { id: shops, for_each: shop, formats: [pdf] }
delivery:
  mail: { host: smtp.example.com, from: a@example.com }
  recipients:
    - { to: one@example.com, parameters: { shop: 'A/B' } }
    - { to: other@example.com, parameters: { shop: 'A:B' } }
    - { to: nobody@example.com, parameters: { shop: 'A-B' } }
    - { to: whole@example.com }
";

    /// `A/B` and `A:B` cannot be names of folders; the second one is in `A-B-2`.
    #[test]
    fn each_gets_the_documents_of_its_own_group() {
        let site = tempfile::tempdir().unwrap();
        fs::write(site.path().join("manyi.yaml"), PROJECT).unwrap();
        fs::write(site.path().join("data.csv"), "shop,q\nA/B,1\n").unwrap();
        let mut diagnostics = Diagnostics::new();
        let project = load_project(site.path(), &mut diagnostics).unwrap();
        let release = site.path().join("r1");
        let mut files = Vec::new();
        let mut write = |file: &str, text: String| {
            let path = release.join("shops").join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &text).unwrap();
            files.push(FileRecord::of(file, text.as_bytes()));
        };
        write("index.html", String::new());
        for (place, value) in [("A-B", "A/B"), ("A-B-2", "A:B")] {
            write(&format!("{place}/plan.pdf"), format!("about {value}"));
            write(
                &format!("{place}/manifest.json"),
                format!(r#"{{"group": {{"column": "shop", "value": "{value}"}}}}"#),
            );
        }
        let report = ReleasedReport { id: "shops".into(), key: "k".into(), files };
        let held = ReportFiles::of_release(&project, &report, &release);
        let got = |index: usize| -> Vec<String> {
            let found = held.of(&project.raw.delivery.recipients[index], Lang::ZhCn, &mut Diagnostics::new());
            found
                .unwrap()
                .iter()
                .map(|file| String::from_utf8(file.clone().found_from(site.path()).bytes().unwrap()).unwrap())
                .collect()
        };
        assert_eq!([got(0), got(1)], [["about A/B"], ["about A:B"]]);
        assert!(got(2).is_empty());
        let missing = |index: usize| held.missing_group(&project.raw.delivery.recipients[index]);
        assert_eq!([missing(0), missing(1), missing(3)], [None, None, None]);
        assert_eq!(missing(2), Some(("shop", "A-B", vec!["A/B", "A:B"])));
        // Who names no group gets those of all, in folders of their own since the files may have one name.
        let everyone = &project.raw.delivery.recipients[3];
        let names = |held: &ReportFiles| -> Vec<String> {
            let found = held.of(everyone, Lang::ZhCn, &mut Diagnostics::new());
            found.unwrap().into_iter().map(|file| file.name).collect()
        };
        assert_eq!(got(3), ["about A/B", "about A:B"]);
        assert_eq!(names(&held), ["A-B/plan.pdf", "A-B-2/plan.pdf"]);

        // Whoever alters a released file is not sent on, and nobody is told without the file.
        fs::write(release.join("shops/A-B/plan.pdf"), "other").unwrap();
        fs::remove_file(release.join("shops/A-B-2/plan.pdf")).unwrap();
        let mut diagnostics = Diagnostics::new();
        for index in [0, 1, 0] {
            let recipient = &project.raw.delivery.recipients[index];
            assert_eq!(held.of(recipient, Lang::ZhCn, &mut diagnostics), None);
        }
        let codes: Vec<&str> = diagnostics.iter().map(|found| found.message.code).collect();
        assert_eq!(codes, ["M0915", "M0915"]);
        assert!(!report.is_intact(&release));
        fs::write(release.join("shops/A-B/plan.pdf"), "about A/B").unwrap();
        fs::write(release.join("shops/A-B-2/plan.pdf"), "about A:B").unwrap();
        assert!(report.is_intact(&release));

        // A document about the whole is for those who ask for no group.
        fs::write(release.join("shops").join("all.pdf"), "about all").unwrap();
        let mut files = report.files.clone();
        files.push(FileRecord::of("all.pdf", b"about all"));
        let report = ReleasedReport { files, ..report };
        let held = ReportFiles::of_release(&project, &report, &release);
        assert_eq!(names(&held), ["all.pdf"]);
        let one = held.of(&project.raw.delivery.recipients[0], Lang::ZhCn, &mut Diagnostics::new());
        assert_eq!(one.unwrap().len(), 1);
    }
}
