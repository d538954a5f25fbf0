//! The words of messages: about a released report and about alarms, in the language of each recipient, and who gets which.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::alarms::{Change, Changes};
use super::message::{ALARM, Attachment, DeliveryKey, Message, bare_names};
use super::outbox::{enqueue, hurry};
use super::recipient::Recipient;
use super::rules;
use crate::config::raw::{AlarmAudience, AlarmKind, RawDelivery};
use crate::diagnostics::{Lang, Localized, taiwan};
use crate::runs::database::{DatabaseError, Queries};

/// Changes of one kind that an alarm names: a history that was lost leaves as many uncertain messages as were ever sent.
const MOST_CHANGES: usize = 30;

/// What a message about a release says; texts are in the language of the message, those for Taiwan still to be converted.
#[derive(Debug, Clone, Default)]
pub struct Release {
    /// Title of the project.
    pub project_title: String,
    /// Title of the report.
    pub report_title: String,
    /// Which group the documents are about, if they are about one.
    pub about: Option<String>,
    /// Why there is this revision and what follows from it, sentences; empty for the first.
    pub reasons: Vec<String>,
    /// The numbers that stand in the message: name and value as documents show them.
    pub numbers: Vec<(String, String)>,
    /// What a mark beside a number means, if there is one.
    pub note: Option<String>,
    /// What changed against the revision before; empty for the first.
    pub changes: Vec<String>,
    /// What readers should know, such as warnings of gates.
    pub remarks: Vec<String>,
    /// True if the files keep the folders of their groups, which a mail does not have.
    pub in_folders: bool,
    /// The files.
    pub attachments: Vec<Attachment>,
}

/// The message about a release.
pub fn release_message(delivery: &RawDelivery, key: &DeliveryKey, release: &Release, lang: Lang) -> Message {
    let say = |zh: &str, en: &str| in_lang(lang, zh, en);
    let revision = match key.revision {
        ..=1 => String::new(),
        revision => match lang {
            Lang::En => format!(" (revision {revision})"),
            Lang::ZhCn | Lang::ZhTw => format!("（第 {revision} 版）"),
        },
    };
    let (project, report) = (title(&release.project_title, lang), title(&release.report_title, lang));
    let subject = format!("{project} · {report} {}{revision}", key.period);
    let mut body = Body::new(&subject);
    if let Some(about) = &release.about {
        body.paragraph(&written(about, lang));
    }
    release.reasons.iter().for_each(|reason| body.paragraph(&written(reason, lang)));
    if !release.numbers.is_empty() {
        let numbers = release.numbers.iter().map(|(name, value)| (written(name, lang), written(value, lang)));
        body.table(&say("本期指标", "Indicators of this period"), &numbers.collect::<Vec<_>>());
    }
    if let Some(note) = &release.note {
        body.paragraph(&written(note, lang));
    }
    let changes: Vec<String> = release.changes.iter().map(|change| written(change, lang)).collect();
    body.list(&say("与上一版相比的变化", "Changes against the revision before"), &changes);
    let remarks: Vec<String> = release.remarks.iter().map(|remark| without_backticks(remark, lang)).collect();
    body.list(&say("请注意", "Please note"), &remarks);
    let files: Vec<String> = match release.in_folders {
        true => release.attachments.iter().map(|file| file.name.clone()).collect(),
        false => bare_names(&release.attachments),
    };
    body.list(&say("报告文件", "Files"), &files);
    let link = delivery.link.as_ref().map(|link| {
        let link = link.replace("{period}", &key.period).replace("{report}", &key.report);
        link.replace("{revision}", &key.revision.to_string())
    });
    if let Some(link) = &link {
        body.line(&say("在线查看：", "Read online: "), link);
    }
    body.foot(&say(
        "由 manyi 自动发送；若重复收到，保留一份即可。",
        "Sent by manyi. Should it come twice, one of them is enough.",
    ));
    let attachments = release.attachments.clone();
    Message {
        key: key.clone(),
        lang,
        subject,
        text: body.text,
        html: Some(body.html + "</body></html>"),
        link,
        attachments,
    }
}

/// The message about what began, what has another cause, and what ended.
pub fn alarm_message(key: &DeliveryKey, project_title: &str, changes: &[&Change], lang: Lang) -> Message {
    let say = |zh: &str, en: &str| in_lang(lang, zh, en);
    let texts = |raised: bool, again: bool| -> Vec<String> {
        let wanted = |change: &&&Change| (change.raised, change.again) == (raised, again);
        let of_kind: Vec<&&Change> = changes.iter().filter(wanted).collect();
        let said = of_kind.iter().take(MOST_CHANGES);
        let mut texts: Vec<String> = said.map(|change| without_backticks(change.signal.text.get(lang), lang)).collect();
        if let more @ 1.. = of_kind.len().saturating_sub(MOST_CHANGES) {
            texts.push(say(
                &format!("另有 {more} 项，见 manyi history --json 的 alarms"),
                &format!("{more} more: `alarms` of manyi history --json"),
            ));
        }
        texts
    };
    let (began, again, ended) = (texts(true, false), texts(true, true), texts(false, false));
    let holds = |kind: AlarmKind| changes.iter().any(|change| change.raised && change.signal.kind == Some(kind));
    let what = match (began.is_empty() && again.is_empty(), ended.is_empty()) {
        // Somebody has to get up for these.
        _ if holds(AlarmKind::Failed) => say("运行失败", "run failed"),
        _ if holds(AlarmKind::Gate) => say("发布被扣住", "held"),
        (false, true) => say("警报", "alarm"),
        (true, _) => say("警报解除", "alarm over"),
        (false, false) => say("警报变化", "alarms changed"),
    };
    let subject = format!("[{what}] {} {}", title(project_title, lang), key.period);
    let mut body = Body::new(&subject);
    body.list(&say("新出现", "New"), &began);
    body.list(&say("仍未恢复，原因有变", "Not over, for another reason"), &again);
    body.list(&say("已恢复", "Over"), &ended);
    if holds(AlarmKind::Failed) || holds(AlarmKind::Gate) {
        body.foot(&say(
            "状态不变时不再重复通知；若一天后仍无版本，再提醒一次。",
            "Nothing more is sent while this stays so, but for one reminder if there is still no release after a day.",
        ));
    } else if !(began.is_empty() && again.is_empty()) {
        body.foot(&say("状态不变时不再重复通知。", "Nothing more is sent while this stays so."));
    }
    let (text, html) = (body.text, Some(body.html + "</body></html>"));
    Message { key: key.clone(), lang, subject, text, html, link: None, attachments: Vec::new() }
}

/// A message that shows that a channel works.
pub fn test_message(project_title: &str, lang: Lang, now: DateTime<Utc>) -> Message {
    let say = |zh: &str, en: &str| in_lang(lang, zh, en);
    let time = now.format("%Y%m%dT%H%M%SZ").to_string();
    let key = DeliveryKey { project: title(project_title, lang), report: "test".to_owned(), period: time, revision: 1 };
    let subject = format!("[{}] {}", say("测试", "test"), key.project);
    let mut body = Body::new(&subject);
    body.list(
        &say("测试消息", "Test message"),
        &[say("渠道设置正确，无需处理。", "The channel works; nothing to do.")],
    );
    let (text, html) = (body.text, Some(body.html + "</body></html>"));
    Message { key, lang, subject, text, html, link: None, attachments: Vec::new() }
}

/// Queues the messages about changes for those whom they concern; `project` is its name in the database and its title. Called in the
/// transaction that noted the changes. The number of messages.
///
/// # Errors
/// The database fails.
pub fn enqueue_alarms(
    database: &mut impl Queries,
    delivery: &RawDelivery,
    project: (&str, &Localized),
    period: &str,
    changes: &Changes,
    lang: Lang,
    now: DateTime<Utc>,
) -> Result<usize, DatabaseError> {
    let (project, project_title) = project;
    let key = alarm_key(project, period, changes.batch);
    let mut queued = 0;
    // Alarms that say numbers: who gets one group's documents hears of this group alone.
    let rules = rules::rules(delivery);
    let numbers = [AlarmKind::Threshold, AlarmKind::Control, AlarmKind::Gate];
    let says_numbers =
        |change: &Change| rules.iter().any(|rule| rule.id == change.signal.rule && numbers.contains(&rule.on));
    let may_know = |person: &Person, change: &Change| {
        !says_numbers(change) || person.sees(&change.signal.subject, change.signal.audience)
    };
    for person in people(delivery, lang) {
        let own: Vec<&Change> = changes
            .changes
            .iter()
            .filter(|change| person.is_among(change.signal.audience) && may_know(&person, change))
            .collect();
        if !own.is_empty() {
            let recipient = &person.recipient;
            let message = alarm_message(&key, project_title.get(recipient.lang), &own, recipient.lang);
            if enqueue(database, recipient, &message, now)? {
                hurry(database, recipient, &message.key, now)?;
                queued += 1;
            }
        }
    }
    Ok(queued)
}

/// The key of the messages about what began or ended in one look.
pub fn alarm_key(project: &str, period: &str, batch: i64) -> DeliveryKey {
    let (project, period) = (project.to_owned(), period.to_owned());
    DeliveryKey { project, report: ALARM.to_owned(), period, revision: batch }
}

/// Somebody who hears of alarms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Address or channel.
    pub recipient: Recipient,
    reads: bool,
    errors: bool,
    /// The groups whose numbers this one gets as a reader, as subjects of alarms end; none for who gets all.
    groups: Option<Vec<String>>,
}

impl Person {
    /// True if this one may read the numbers of a subject such as `csi/branch=朝阳店` in an alarm for these people: who is told of errors
    /// those of all groups, in what is told of errors.
    fn sees(&self, subject: &str, audience: AlarmAudience) -> bool {
        let of_errors = self.errors && audience != AlarmAudience::Readers;
        of_errors || self.groups.as_ref().is_none_or(|groups| groups.iter().any(|group| subject.ends_with(group)))
    }

    /// True if alarms for these people are for this one.
    pub fn is_among(&self, audience: AlarmAudience) -> bool {
        match audience {
            AlarmAudience::Readers => self.reads,
            AlarmAudience::Errors => self.errors,
            AlarmAudience::All => true,
        }
    }
}

/// Everybody who hears of alarms, each once.
pub fn people(delivery: &RawDelivery, lang: Lang) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    let mut add = |recipient: Recipient, reads: bool, groups: Option<Vec<String>>| {
        let same = |other: &Recipient| other.channel == recipient.channel && other.key() == recipient.key();
        match people.iter_mut().find(|person| same(&person.recipient)) {
            Some(known) => {
                (known.reads, known.errors) = (known.reads || reads, known.errors || !reads);
                if reads {
                    known.groups = known.groups.take().zip(groups).map(|(held, more)| [held, more].concat());
                }
            }
            None => people.push(Person { recipient, reads, errors: !reads, groups }),
        }
    };
    for raw in delivery.recipients.iter().filter(|raw| raw.alarms) {
        // An alarm is for the person, not for one of the person's branches.
        let groups = raw.parameters.iter().map(|(column, value)| format!("/{column}={value}")).collect();
        let groups = Some(groups).filter(|_| !raw.parameters.is_empty());
        add(Recipient::parse(&raw.to, raw.lang.unwrap_or(lang)), true, groups);
    }
    for to in &delivery.errors {
        add(Recipient::parse(to, lang), false, None);
    }
    people
}

/// A text of the catalogue as people write it, without the marks about names, which stay as they are.
fn without_backticks(text: &str, lang: Lang) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // Where one is in a name itself, nobody knows which part is one.
    let all_paired = !parts.len().is_multiple_of(2);
    let part = |(index, part): (usize, &&str)| match all_paired && index % 2 == 1 {
        true => taiwan::without_marks((*part).to_owned()),
        false => written(part, lang),
    };
    parts.iter().enumerate().map(part).collect()
}

/// A title as one line: in YAML it may stand on several.
fn title(title: &str, lang: Lang) -> String {
    written(&title.split_whitespace().collect::<Vec<_>>().join(" "), lang)
}

/// Words of ours in a language.
fn in_lang(lang: Lang, zh: &str, en: &str) -> String {
    written(if lang == Lang::En { en } else { zh }, lang)
}

/// A text as its readers write it: for Taiwan it is made of the mainland's Chinese, but for what the data say.
fn written(text: &str, lang: Lang) -> String {
    if lang == Lang::ZhTw { taiwan::to_taiwan(text) } else { text.to_owned() }
}

/// The same content as plain text and as HTML.
struct Body {
    text: String,
    html: String,
}

impl Body {
    fn new(title: &str) -> Self {
        const STYLE: &str =
            "font-family:'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;color:#222;max-width:40em";
        let title = escaped(title);
        let html = format!(
            "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>{title}</title></head>\
             <body style=\"{STYLE}\"><h2 style=\"font-size:1.2em\">{title}</h2>"
        );
        Self { text: String::new(), html }
    }

    fn heading(&mut self, heading: &str) {
        let gap = if self.text.is_empty() { "" } else { "\n" };
        let _ = writeln!(self.text, "{gap}{heading}");
        let _ = write!(self.html, "<h3 style=\"font-size:1em;margin-bottom:.3em\">{}</h3>", escaped(heading));
    }

    fn paragraph(&mut self, text: &str) {
        let _ = writeln!(self.text, "{text}");
        let _ = write!(self.html, "<p>{}</p>", escaped(text));
    }

    fn table(&mut self, heading: &str, rows: &[(String, String)]) {
        self.heading(heading);
        self.html.push_str("<table style=\"border-collapse:collapse\">");
        for (name, value) in rows {
            let _ = writeln!(self.text, "  {name}  {value}");
            let _ = write!(
                self.html,
                "<tr><td style=\"padding:.2em 1.5em .2em 0\">{}</td><td style=\"text-align:right\"><b>{}</b></td></tr>",
                escaped(name),
                escaped(value)
            );
        }
        self.html.push_str("</table>");
    }

    fn list(&mut self, heading: &str, items: &[String]) {
        if items.is_empty() {
            return;
        }
        self.heading(heading);
        self.html.push_str("<ul>");
        for item in items {
            let _ = writeln!(self.text, "  - {item}");
            let _ = write!(self.html, "<li>{}</li>", escaped(item));
        }
        self.html.push_str("</ul>");
    }

    fn line(&mut self, label: &str, link: &str) {
        let _ = writeln!(self.text, "\n{label}{link}");
        let link = escaped(link);
        let _ = write!(self.html, "<p>{}<a href=\"{link}\">{link}</a></p>", escaped(label));
    }

    fn foot(&mut self, text: &str) {
        let _ = writeln!(self.text, "\n-- \n{text}");
        let _ = write!(self.html, "<p style=\"color:#777;font-size:.85em\">{}</p>", escaped(text));
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
#[path = "compose_tests.rs"]
mod tests;
