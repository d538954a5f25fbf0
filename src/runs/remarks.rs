//! What gates found and let pass, for readers: in plain sentences with the names that questions and answers have in documents. Whoever
//! looks after the project also gets the words of the gates.

use crate::config::Project;
use crate::config::raw::{RawColumn, RawRecipient};
use crate::data::masking::mask;
use crate::diagnostics::messages::runs as messages;
use crate::diagnostics::{Lang, Localized, Message, lang_texts};
use crate::document::format;
use crate::runs::delivery::recipient::Recipient;
use crate::runs::drift::{Drift, Place, drift};
use crate::runs::numbers::Numbers;
use crate::runs::record::Release;

/// Questions and options that a sentence names.
const MOST_NAMED: usize = 5;

/// The sentences about a release for one recipient; `before` are the numbers of the period before it.
pub(super) fn remarks(
    project: &Project,
    release: &Release,
    before: Option<&Numbers>,
    recipient: &RawRecipient,
    lang: Lang,
) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for gate in &release.gates {
        let sentence = match gate["code"].as_str() {
            Some(code) if is_of_schema(code) => changed_questions(project, release, before, recipient, lang),
            Some(code) => plain(code, lang),
            None => None,
        };
        said.extend(sentence.filter(|sentence| !said.contains(sentence)));
    }
    if looks_after(project, recipient) {
        let key = if lang == Lang::En { "en" } else { "zh-CN" };
        said.extend(release.gates.iter().filter_map(|gate| gate["text"][key].as_str().map(str::to_owned)));
    }
    said
}

/// True for somebody who is told of errors too, unless as a reader of one group: gates say numbers of all.
fn looks_after(project: &Project, recipient: &RawRecipient) -> bool {
    if !recipient.parameters.is_empty() {
        return false;
    }
    let own = Recipient::parse(&recipient.to, Lang::default());
    let same = |held: &Recipient| held.channel == own.channel && held.address == own.address;
    project.raw.delivery.errors.iter().any(|to| same(&Recipient::parse(to, Lang::default())))
}

fn is_of_schema(code: &str) -> bool {
    [&messages::GATE_NEW, &messages::GATE_GONE, &messages::GATE_RENAMED, &messages::GATE_RENAMED_KNOWN]
        .iter()
        .any(|held| held.code == code)
}

/// What another gate means for who reads the numbers.
fn plain(code: &str, lang: Lang) -> Option<String> {
    let known: [(&[&Message], &str, &str); 5] = [
        (
            &[&messages::GATE_STALE],
            "本期末尾几天可能没有答卷，数据或不完整。",
            "There may be no answers of the last days of this period.",
        ),
        (
            &[&messages::GATE_FEW],
            "本期答卷少于预期，数值的误差较大。",
            "There are fewer answers than expected; the numbers are less certain.",
        ),
        (
            &[&messages::GATE_MISSING],
            "本期有题目漏答较多，解读时请留意。",
            "Many left some questions unanswered; read with care.",
        ),
        (
            &[&messages::GATE_FEWER, &messages::GATE_FEWER_ROWS, &messages::GATE_FEWER_READ],
            "本版的数据少于此前发布的。",
            "There are fewer data than were published before.",
        ),
        (
            &[&messages::GATE_LIMIT, &messages::GATE_JUMP, &messages::GATE_BLIND],
            "有指标超出通常范围、变化较大或无法核对，解读时请留意。",
            "Some indicators are out of their usual range, changed a lot or could not be checked; read with care.",
        ),
    ];
    let (_, zh, en) = known.iter().find(|(gates, _, _)| gates.iter().any(|gate| gate.code == code))?;
    Some(if lang == Lang::En { (*en).to_owned() } else { (*zh).to_owned() })
}

/// That questions or options are not those of the period before, and which; none where none that is read changed.
fn changed_questions(
    project: &Project,
    release: &Release,
    before: Option<&Numbers>,
    recipient: &RawRecipient,
    lang: Lang,
) -> Option<String> {
    let Some(before) = before else { return Some(questions_text(&[], lang)) };
    let mut names: Vec<String> = Vec::new();
    for change in drift(&before.tables, &release.numbers.tables) {
        let (place, held): (&Place, Vec<&str>) = match &change {
            Drift::New { place, name } | Drift::Gone { place, name } => (place, vec![name]),
            Drift::Renamed { place, before, now } => (place, vec![now, before]),
        };
        // Another group that came or went is nothing to who reads of one.
        if matches!(place, Place::Option { column, .. } if recipient.parameters.contains_key(column)) {
            continue;
        }
        names.extend(called(project, place, &held, lang).filter(|name| !names.contains(name)));
    }
    // A header that the project does not read is no question of its reports.
    (!names.is_empty()).then(|| questions_text(&names, lang))
}

/// What a question is called, or an option of one; none of a header that the project does not read.
fn called(project: &Project, place: &Place, names: &[&str], lang: Lang) -> Option<String> {
    let columns = |table: &str| match table {
        crate::config::project::SURVEY => Some(&project.raw.columns),
        table => project.raw.tables.get(table).map(|held| &held.columns),
    };
    let titled = |name: &str, held: &RawColumn| {
        held.title.as_ref().map_or_else(|| name.to_owned(), |title| title.get(lang).to_owned())
    };
    match place {
        Place::Header { table } => {
            let reads = |key: &str, held: &RawColumn| match &held.from {
                Some(from) => from.as_slice().iter().any(|from| names.contains(&from.as_str())),
                None => held.is_read() && names.contains(&key),
            };
            let found = columns(table)?.iter().find(|(key, held)| reads(key.as_str(), held))?;
            Some(titled(found.0.as_str(), found.1))
        }
        Place::Option { table, column } => {
            let declared = columns(table)?.get(column.as_str());
            let question = declared.map_or_else(|| column.clone(), |held| titled(column, held));
            let name = names.first()?;
            // What somebody wrote in place of an option may be about a person.
            let option = declared.and_then(|held| held.option_title(name));
            let option = option.map_or_else(|| mask(name, lang), |title: Localized| title.get(lang).to_owned());
            Some(match lang {
                Lang::En => format!("{question} ({option})"),
                Lang::ZhCn | Lang::ZhTw => format!("{question}（{option}）"),
            })
        }
    }
}

fn questions_text(names: &[String], lang: Lang) -> String {
    let mut named: Vec<String> = names.iter().take(MOST_NAMED).cloned().collect();
    let more = names.len().saturating_sub(MOST_NAMED);
    if more > 0 {
        let more = lang_texts(format!("另外 {more} 项"), format!("{more} more"));
        named.push(more.get(lang).to_owned());
    }
    let list = format::list(&named, lang);
    let texts = match names.is_empty() {
        true => lang_texts(
            "问卷题目或选项的措辞与上期不同，与上期比较时请留意。",
            "The wording or options of questions changed since the last period; compare with care.",
        ),
        false => lang_texts(
            format!("问卷题目或选项的措辞与上期不同，与上期比较时请留意：{list}。"),
            format!("The wording or options of questions changed since the last period; compare with care: {list}."),
        ),
    };
    texts.get(lang).to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn shapes(headers: &[&str], branches: &[&str]) -> serde_json::Value {
        serde_json::json!([{ "table": "responses", "headers": headers, "columns": [
            { "name": "branch", "read": true, "options": branches, "valid": 9, "missing": 0 },
        ] }])
    }

    fn numbers(period: &str, tables: &serde_json::Value) -> serde_json::Value {
        serde_json::json!({
            "period": period, "inputs": [], "answers": 9, "newest": null, "tables": tables, "metrics": [], "estimates": [],
            "findings": [], "content": "c",
        })
    }

    /// Readers know questions by their titles, and nothing of files and settings; those who hear of errors read both.
    #[test]
    fn readers_get_plain_words_and_the_gates_are_for_errors() {
        let columns = "  satisfaction: { type: scale, range: [1, 5], from: [总体满意度, 总体满意程度], title: { zh-CN: 总体满意度, en: Overall satisfaction } }\n  \
             branch: { type: single, from: 门店, title: { zh-CN: 门店, en: Branch }, titles: { 北湖店: { en: North Lake } } }";
        let project = crate::data::testing::project(columns, "", "delivery: { errors: ['Ops <ops@example.com>'] }");
        let gate = |message: &Message| serde_json::json!({ "code": message.code, "action": "warn", "text": { "zh-CN": "关卡 `schema`：manyi.yaml", "en": "gate `schema`: manyi.yaml" } });
        let gates = [gate(&messages::GATE_RENAMED_KNOWN), gate(&messages::GATE_NEW), gate(&messages::GATE_MISSING)];
        let now = numbers("2026-07", &shapes(&["总体满意程度", "门店", "备注2"], &["东街店", "北湖店"]));
        let release: Release = serde_json::from_value(serde_json::json!({
            "schema": 1, "period": "2026-07", "revision": 1, "fingerprint": "f", "files": "f", "inputs": [], "past": [],
            "reports": [], "gates": gates, "approved": false, "changes": [], "signals": [], "numbers": now,
        }))
        .unwrap();
        let before: Numbers =
            serde_json::from_value(numbers("2026-06", &shapes(&["总体满意度", "门店"], &["东街店"]))).unwrap();
        let to = |to: &str| serde_json::from_value::<RawRecipient>(serde_json::json!({ "to": to })).unwrap();
        let said = |who: &str, before: Option<&Numbers>, lang| remarks(&project, &release, before, &to(who), lang);
        assert_eq!(
            said("wang@example.com", Some(&before), Lang::En),
            [
                "The wording or options of questions changed since the last period; compare with care: Overall satisfaction and Branch (North Lake).",
                "Many left some questions unanswered; read with care.",
            ]
        );
        assert_eq!(
            said("wang@example.com", Some(&before), Lang::ZhCn)[0],
            "问卷题目或选项的措辞与上期不同，与上期比较时请留意：总体满意度和门店（北湖店）。"
        );
        assert_eq!(said("ops@example.com", Some(&before), Lang::ZhCn).len(), 5);
        let one = serde_json::json!({ "to": "ops@example.com", "parameters": { "branch": "东街店" } });
        let one: RawRecipient = serde_json::from_value(one).unwrap();
        assert_eq!(remarks(&project, &release, Some(&before), &one, Lang::ZhCn).len(), 2);
        assert_eq!(said("a@example.com", None, Lang::ZhCn)[0], "问卷题目或选项的措辞与上期不同，与上期比较时请留意。");
        // A column that nobody reads is no question.
        let same: Numbers =
            serde_json::from_value(numbers("2026-06", &shapes(&["总体满意程度", "门店"], &["东街店", "北湖店"])))
                .unwrap();
        assert_eq!(said("a@example.com", Some(&same), Lang::En).len(), 1);
    }
}
