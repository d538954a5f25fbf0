//! What reports are called in messages: their packs' titles, and the groups that documents are about.

use crate::config::Project;
use crate::config::raw::{RawForEach, RawRecipient, RawReport};
use crate::diagnostics::{Diagnostics, Lang, Localized, LocalizedTexts, Verbatim, lang_texts};
use crate::document::pack::Pack;
use crate::pipeline::build::declared_reports;
use crate::pipeline::pack_files;

/// What a report is called: the title of its pack, with the id where another report of the same pack could be meant. What is wrong with
/// a pack was said when the report was built.
pub(super) fn report_title(project: &Project, report: &str) -> Option<Localized> {
    let reports = declared_reports(project);
    let declared = reports.iter().find(|held| held.id == report)?;
    let alike = |held: &RawReport| {
        held.id != report && held.pack == declared.pack && held.for_each.is_some() == declared.for_each.is_some()
    };
    let mut said_before = Diagnostics::new();
    let files = pack_files(&declared.pack, Some(&project.path("templates")), &mut said_before);
    let title = Pack::load(&declared.pack, files, &mut said_before)?.title;
    if !reports.iter().any(alike) {
        return Some(title);
    }
    let [zh_cn, en, zh_tw] = [Lang::ZhCn, Lang::En, Lang::ZhTw].map(|lang| title.get(lang));
    let zh_tw = Some(Verbatim::in_parts(format!("{zh_tw}（{}）", Verbatim::new(report).get(Lang::ZhTw))));
    let texts = lang_texts(format!("{zh_cn}（{report}）"), format!("{en} ({report})"));
    Some(Localized::PerLang(LocalizedTexts { zh_tw, ..texts }))
}

/// The column whose groups the documents of a report are about, if each is about one.
pub(super) fn column_of<'a>(project: &'a Project, report: &str) -> Option<&'a str> {
    let declared = project.raw.reports.iter().find(|held| held.id == report)?;
    declared.for_each.as_ref().map(|each| each.column())
}

/// What a column and one of its groups are called; as they stand in the project and its data where they have no names.
pub(super) fn group_names(project: &Project, column: &str, value: &str) -> (Localized, Localized) {
    let declared = project.raw.columns.get(column);
    let title = declared.and_then(|held| held.title.clone());
    let group = declared.and_then(|held| held.option_title(value));
    (title.unwrap_or_else(|| Localized::from(column)), group.unwrap_or_else(|| Localized::from(value)))
}

/// Which group the documents of a report are about for a recipient, as a line and in short; all of them without a parameter. None for a
/// report about the whole.
pub(super) fn about(project: &Project, report: &str, raw: &RawRecipient, lang: Lang) -> Option<(String, String)> {
    let declared = project.raw.reports.iter().find(|held| held.id == report)?;
    let each = declared.for_each.as_ref()?;
    let column = each.column();
    let value = raw.parameters.get(column);
    let (title, group) = group_names(project, column, value.map_or("", String::as_str));
    let title = title.get(lang);
    let Some(value) = value else {
        let all = if lang == Lang::En { format!("by {title}") } else { format!("按{title}") };
        return Some((all.clone(), all));
    };
    let subjects = if let RawForEach::Detailed(detail) = each { detail.parameters.as_slice() } else { &[] };
    let named = subjects.iter().find(|subject| subject.value == *value).and_then(|subject| subject.title.as_ref());
    let name = named.unwrap_or(&group).get(lang);
    let colon = if lang == Lang::En { ": " } else { "：" };
    Some((format!("{title}{colon}{name}"), name.to_owned()))
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
columns: { shop: { type: single, title: { zh-CN: 门店, en: Shop }, titles: { S2: { en: West } } } }
segments: [shop]
reports:
  - { id: card, pack: scorecard, formats: [pdf] }
  - { id: shops, pack: scorecard, for_each: shop, formats: [pdf] }
  - id: named
    pack: scorecard
    for_each: { column: shop, parameters: [{ value: S1, title: { zh-CN: 城东店, en: East } }] }
  - { id: plan, formats: [pdf] }
delivery:
  mail: { host: smtp.example.com, from: a@example.com }
  recipients:
    - { to: one@example.com, parameters: { shop: S1 } }
    - { to: all@example.com }
    - { to: two@example.com, parameters: { shop: S2 } }
";

    #[test]
    fn reports_of_one_pack_are_told_apart() {
        let site = tempfile::tempdir().unwrap();
        std::fs::write(site.path().join("manyi.yaml"), PROJECT).unwrap();
        std::fs::write(site.path().join("data.csv"), "shop,q\nS1,1\n").unwrap();
        let project = load_project(site.path(), &mut Diagnostics::new()).unwrap();
        let title = |report: &str| report_title(&project, report).unwrap().get(Lang::En).to_owned();
        assert!(!title("card").contains("card)") && !title("plan").contains("(plan)"), "{}", title("card"));
        // Both have a document a group.
        assert_eq!(title("shops"), format!("{} (shops)", title("card")));

        let recipients = &project.raw.delivery.recipients;
        let said = |report: &str, index: usize, lang| about(&project, report, &recipients[index], lang);
        let both = |line: &str, short: &str| Some((line.to_owned(), short.to_owned()));
        assert_eq!(said("card", 0, Lang::En), None);
        assert_eq!(said("shops", 0, Lang::ZhCn), both("门店：S1", "S1"));
        assert_eq!(said("named", 0, Lang::En), both("Shop: East", "East"));
        assert_eq!(said("shops", 1, Lang::En), both("by Shop", "by Shop"));
        assert_eq!(said("shops", 2, Lang::En), both("Shop: West", "West"));
        assert_eq!(said("shops", 2, Lang::ZhCn), both("门店：S2", "S2"));

        // A plan that nobody declared is called as one that is.
        let end = PROJECT.find("reports:").unwrap();
        std::fs::write(site.path().join("manyi.yaml"), &PROJECT[..end]).unwrap();
        let project = load_project(site.path(), &mut Diagnostics::new()).unwrap();
        assert_eq!(report_title(&project, "plan").unwrap().get(Lang::En), title("plan"));
    }
}
