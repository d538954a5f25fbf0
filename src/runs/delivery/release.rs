//! Who gets which files of a release: chosen by report, group, format and language, and queued for each recipient.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::Reason;
use super::compose::{Release, release_message};
use super::message::{Attachment, DeliveryKey};
use super::outbox::enqueue;
use super::recipient::Recipient;
use crate::config::raw::{RawDelivery, RawRecipient, ReportFormat};
use crate::diagnostics::messages::delivery as messages;
use crate::diagnostics::{Diagnostic, Lang};
use crate::runs::database::{DatabaseError, Queries};

/// A file of a published release.
#[derive(Debug, Clone)]
pub struct ReleaseFile {
    /// Where it is.
    pub path: PathBuf,
    /// The name that recipients see.
    pub name: String,
    /// Its format.
    pub format: ReportFormat,
    /// Its language.
    pub lang: Lang,
    /// The column and group that it is about, for a report with `for_each`.
    pub group: Option<(String, String)>,
}

/// What became of the recipients of a release.
#[derive(Debug, Default)]
pub struct Queued {
    /// Newly queued.
    pub queued: usize,
    /// Queued before for this revision.
    pub before: usize,
    /// Recipients without a document, and files that cannot be read.
    pub problems: Vec<Diagnostic>,
}

/// Queues a release for everybody who is to get its report. `words` gives what messages say in a language, without files; `lang` is the
/// project's language. Inside a transaction all of it is queued or nothing.
///
/// # Errors
/// The database fails.
pub fn enqueue_release(
    database: &mut impl Queries,
    delivery: &RawDelivery,
    key: &DeliveryKey,
    words: &dyn Fn(Lang) -> Release,
    files: &[ReleaseFile],
    lang: Lang,
    now: DateTime<Utc>,
) -> Result<Queued, DatabaseError> {
    let mut result = Queued::default();
    for raw in delivery.recipients.iter().filter(|raw| raw.reports.is_empty() || raw.reports.contains(&key.report)) {
        let recipient = Recipient::of_project(raw, lang);
        let chosen = files_for(raw, recipient.lang, files);
        if chosen.is_empty() {
            let problem = Diagnostic::warning(&messages::NO_DOCUMENT).arg("to", recipient.masked());
            result.problems.push(problem.arg("report", &key.report));
            continue;
        }
        let mut release = words(recipient.lang);
        if raw.files {
            match attachments(&chosen) {
                Ok(attachments) => release.attachments = attachments,
                Err(reason) => {
                    result.problems.push(reason.diagnostic(&recipient.masked()));
                    continue;
                }
            }
        }
        let message = release_message(delivery, key, &release, recipient.lang);
        if enqueue(database, &recipient, &message, now)? {
            result.queued += 1;
        } else {
            result.before += 1;
        }
    }
    Ok(result)
}

fn attachments(files: &[&ReleaseFile]) -> Result<Vec<Attachment>, Reason> {
    files.iter().map(|file| Attachment::of_file(&file.path, &file.name)).collect()
}

/// The files for a recipient: of the groups that the parameters name, in the formats asked for, and in the language of the recipient
/// where a format was built in it.
pub fn files_for<'a>(raw: &RawRecipient, lang: Lang, files: &'a [ReleaseFile]) -> Vec<&'a ReleaseFile> {
    let concerned = |file: &&ReleaseFile| {
        let group_fits = raw.parameters.is_empty()
            || file.group.as_ref().is_some_and(|(column, value)| raw.parameters.get(column) == Some(value));
        group_fits && (raw.formats.is_empty() || raw.formats.contains(&file.format))
    };
    let concerned: Vec<&ReleaseFile> = files.iter().filter(concerned).collect();
    let in_language = |file: &ReleaseFile| {
        file.lang == lang
            || !concerned
                .iter()
                .any(|other| other.lang == lang && other.format == file.format && other.group == file.group)
    };
    concerned.iter().copied().filter(|file| in_language(file)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::runs::database::{Database, Place};
    use crate::runs::delivery::outbox::{self, list};

    fn recipient(json: serde_json::Value) -> RawRecipient {
        serde_json::from_value(json).unwrap()
    }

    fn file(name: &str, format: ReportFormat, lang: Lang, shop: Option<&str>) -> ReleaseFile {
        let group = shop.map(|shop| ("shop".to_owned(), shop.to_owned()));
        ReleaseFile { path: name.into(), name: name.into(), format, lang, group }
    }

    #[test]
    fn everybody_gets_the_own_groups_formats_and_language() {
        use ReportFormat::{Html, Pdf, Xlsx};
        let files = [
            file("a.zh.pdf", Pdf, Lang::ZhCn, Some("A")),
            file("a.en.pdf", Pdf, Lang::En, Some("A")),
            file("a.zh.html", Html, Lang::ZhCn, Some("A")),
            file("a.xlsx", Xlsx, Lang::ZhCn, Some("A")),
            file("b.zh.pdf", Pdf, Lang::ZhCn, Some("B")),
        ];
        for (raw, lang, expected) in [
            (serde_json::json!({"to": "x"}), Lang::ZhCn, vec!["a.zh.pdf", "a.zh.html", "a.xlsx", "b.zh.pdf"]),
            (serde_json::json!({"to": "x"}), Lang::En, vec!["a.en.pdf", "a.zh.html", "a.xlsx", "b.zh.pdf"]),
            (
                serde_json::json!({"to": "x", "parameters": {"shop": "A"}, "formats": ["pdf"]}),
                Lang::En,
                vec!["a.en.pdf"],
            ),
            (serde_json::json!({"to": "x", "parameters": {"shop": "B"}}), Lang::En, vec!["b.zh.pdf"]),
            (serde_json::json!({"to": "x", "parameters": {"shop": "C"}}), Lang::En, vec![]),
            (serde_json::json!({"to": "x", "parameters": {"city": "A"}}), Lang::En, vec![]),
        ] {
            let raw = recipient(raw);
            let names: Vec<_> = files_for(&raw, lang, &files).iter().map(|file| file.name.as_str()).collect();
            assert_eq!(names, expected, "{raw:?} {lang}");
        }
    }

    #[test]
    fn a_release_is_queued_for_those_who_have_a_document() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pdf");
        std::fs::write(&path, "%PDF").unwrap();
        let mut one = file("A店.pdf", ReportFormat::Pdf, Lang::ZhCn, Some("A"));
        one.path = path;
        let delivery: RawDelivery = serde_json::from_value(serde_json::json!({"recipients": [
            {"to": "a@example.com", "parameters": {"shop": "A"}},
            {"to": "b@example.com", "parameters": {"shop": "B"}},
            {"to": "c@example.com", "reports": ["other"]},
            {"to": "d@example.com", "files": false, "lang": "en"},
        ]}))
        .unwrap();
        let key = DeliveryKey { project: "p".into(), report: "plan".into(), period: "2026-11".into(), revision: 1 };
        let mut database = Database::open(&Place::Memory).unwrap();
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        database.migrate(outbox::COMPONENT, outbox::MIGRATIONS, now).unwrap();
        let words = |lang: Lang| Release { report_title: lang.tag().to_owned(), ..Release::default() };
        let mut queue = || {
            enqueue_release(&mut database, &delivery, &key, &words, std::slice::from_ref(&one), Lang::ZhCn, now)
                .unwrap()
        };
        let first = queue();
        assert_eq!((first.queued, first.before, first.problems.len()), (2, 0, 1));
        assert!(first.problems[0].text(Lang::En).contains("b***@example.com"));
        let again = queue();
        assert_eq!((again.queued, again.before), (0, 2));
        let claim =
            outbox::claim(&mut database, &crate::runs::delivery::RetryPolicy::default(), "w", now).unwrap().unwrap();
        let rows = list(&mut database, None, None).unwrap();
        assert_eq!(rows.len(), 2);
        let with_files = claim.recipient.address.starts_with('a');
        assert_eq!(claim.message.attachments.len(), usize::from(with_files));
        assert!(claim.message.subject.contains(if with_files { "zh-CN" } else { "en" }));
    }
}
