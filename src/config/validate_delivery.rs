//! What the schema cannot say about `delivery`: secrets only by reference, addresses that are some, names that exist, and nothing secret
//! over lines that anybody can read.

use std::collections::HashSet;

use crate::config::project::Project;
use crate::config::raw::{
    AlarmAudience, AlarmKind, ChannelKind, MailSecurity, OWN_ALARMS, RawAlarm, RawChannel, RawDelivery, RawMail,
    RawRecipient, RawReport, default_report, is_address, mailbox,
};
use crate::config::validate::{is_safe_file_name, problem};
use crate::diagnostics::messages::config::REPEATED_ID;
use crate::diagnostics::messages::delivery as messages;
use crate::diagnostics::{Diagnostics, Level, lang_texts};

/// The placeholders of `delivery.link`.
const PLACEHOLDERS: &[&str] = &["{period}", "{report}", "{revision}"];

/// Reports every inconsistency of the delivery.
pub(super) fn validate_delivery(project: &Project, diagnostics: &mut Diagnostics) {
    let delivery = &project.raw.delivery;
    validate_secrets(project, delivery, diagnostics);
    if let Some(mail) = &delivery.mail {
        validate_mail(project, mail, diagnostics);
    }
    for (name, channel) in &delivery.channels {
        validate_channel(project, name, channel, diagnostics);
    }
    validate_recipients(project, delivery, diagnostics);
    for (index, to) in delivery.errors.iter().enumerate() {
        validate_to(project, delivery, to, &format!("delivery.errors[{index}]"), diagnostics);
    }
    validate_alarms(project, delivery, diagnostics);
    validate_link(project, delivery, diagnostics);
    let retry = delivery.retry;
    let ranges = [
        ("attempts", retry.attempts, 1, 100),
        ("first", retry.first, 1, 86_400),
        ("longest", retry.longest, retry.first, 604_800),
    ];
    for (key, found, least, most) in ranges {
        validate_range(project, &format!("delivery.retry.{key}"), found, (least, most), diagnostics);
    }
}

/// Fields that are a secret as a whole are one reference; an address of a webhook has its key by reference.
fn validate_secrets(project: &Project, delivery: &RawDelivery, diagnostics: &mut Diagnostics) {
    for (path, text) in delivery.secrets() {
        let key = path.rsplit('.').next().unwrap_or_default();
        let kind = path.split('.').nth(2).and_then(|name| delivery.channels.get(name)).map(|channel| channel.kind);
        // The address of a receiver of one's own need not hold a secret, but may not hold a password.
        let own = kind == Some(ChannelKind::Json) && text.literal().is_some_and(|address| !has_password(address));
        let fine = match key {
            "url" => own || text.has_reference(),
            _ => text.is_reference(),
        };
        let message = if text.parts().is_none() { &messages::BAD_REFERENCE } else { &messages::LITERAL_SECRET };
        if fine {
            continue;
        }
        diagnostics.push(problem(project, message, &path).arg("name", key));
    }
}

fn validate_mail(project: &Project, mail: &RawMail, diagnostics: &mut Diagnostics) {
    let senders = [("from", Some(&mail.from)), ("reply_to", mail.reply_to.as_ref())];
    for (key, text) in senders.into_iter().filter_map(|(key, text)| text.map(|text| (key, text))) {
        if !is_sender(text) {
            let path = format!("delivery.mail.{key}");
            diagnostics.push(problem(project, &messages::BAD_ADDRESS, &path).arg("value", text));
        }
    }
    if mail.security == MailSecurity::None && mail.user.is_some() && !is_this_machine(&mail.host) {
        let path = "delivery.mail.security";
        diagnostics.push(problem(project, &messages::NOT_ENCRYPTED, path).arg("name", path));
    }
    if mail.user.is_some() != mail.password.is_some() {
        let (has, lacks) = if mail.user.is_some() { ("user", "password") } else { ("password", "user") };
        let path = format!("delivery.mail.{has}");
        diagnostics.push(problem(project, &messages::CHANNEL_NEEDS, &path).arg("kind", "mail").arg("key", lacks));
    }
    validate_range(project, "delivery.mail.timeout", mail.timeout, (1, 3600), diagnostics);
    validate_range(project, "delivery.mail.most_megabytes", mail.most_megabytes, (1, 1000), diagnostics);
}

fn validate_channel(project: &Project, name: &str, channel: &RawChannel, diagnostics: &mut Diagnostics) {
    let path = format!("delivery.channels.{name}");
    if name == "mail" || name.contains('@') || !is_safe_file_name(name) {
        diagnostics.push(problem(project, &messages::RESERVED_CHANNEL, &path).arg("name", name));
    }
    let (needs, may): (&[&str], &[&str]) = match channel.kind {
        ChannelKind::Wecom | ChannelKind::Slack => (&["url"], &["certificates"]),
        ChannelKind::Dingtalk | ChannelKind::Feishu | ChannelKind::Json => (&["url"], &["secret", "certificates"]),
        ChannelKind::Folder => (&["path"], &[]),
        ChannelKind::S3 => {
            (&["endpoint", "bucket", "access_key", "secret_key"], &["region", "prefix", "path_style", "certificates"])
        }
    };
    let kind = kind_name(channel.kind);
    let keys = [
        ("url", channel.url.is_some()),
        ("secret", channel.secret.is_some()),
        ("path", channel.path.is_some()),
        ("endpoint", channel.endpoint.is_some()),
        ("region", channel.region.is_some()),
        ("bucket", channel.bucket.is_some()),
        ("prefix", channel.prefix.is_some()),
        ("path_style", channel.path_style),
        ("access_key", channel.access_key.is_some()),
        ("secret_key", channel.secret_key.is_some()),
        ("certificates", channel.certificates.is_some()),
    ];
    for (key, given) in keys {
        if given && !needs.contains(&key) && !may.contains(&key) {
            let path = format!("{path}.{key}");
            diagnostics.push(problem(project, &messages::CHANNEL_HAS_NO, &path).arg("kind", kind).arg("key", key));
        } else if !given && needs.contains(&key) {
            diagnostics.push(problem(project, &messages::CHANNEL_NEEDS, &path).arg("kind", kind).arg("key", key));
        }
    }
    let addresses =
        [("url", channel.url.as_ref().and_then(|url| url.beginning())), ("endpoint", channel.endpoint.as_deref())];
    for (key, address) in addresses {
        let Some(address) = address else { continue };
        // An address of one's own may be within a network that is trusted; a robot's or store's holds secrets.
        let open = address.starts_with("http://") && channel.kind != ChannelKind::Json;
        let host =
            address.strip_prefix("http://").unwrap_or_default().split(['/', ':', '?']).next().unwrap_or_default();
        if open && !is_this_machine(host) {
            let path = format!("{path}.{key}");
            diagnostics.push(problem(project, &messages::NOT_ENCRYPTED, &path).arg("name", key));
        }
    }
    validate_range(project, &format!("{path}.timeout"), channel.timeout, (1, 3600), diagnostics);
}

fn validate_recipients(project: &Project, delivery: &RawDelivery, diagnostics: &mut Diagnostics) {
    let own = [default_report()];
    let reports = if project.raw.reports.is_empty() { &own[..] } else { project.raw.reports.as_slice() };
    let known: Vec<&str> = reports.iter().map(|report| report.id.as_str()).collect();
    let mut seen = HashSet::new();
    for (index, recipient) in delivery.recipients.iter().enumerate() {
        let path = format!("delivery.recipients[{index}]");
        validate_to(project, delivery, &recipient.to, &format!("{path}.to"), diagnostics);
        for (at, report) in recipient.reports.iter().enumerate() {
            if !known.contains(&report.as_str()) {
                let problem = problem(project, &messages::UNKNOWN_REPORT, &format!("{path}.reports[{at}]"));
                diagnostics.push(problem.arg("value", report).suggest(report, known.iter().copied()));
            }
        }
        validate_parameters(project, recipient, &path, diagnostics);
        let address = mailbox(&recipient.to).map_or(recipient.to.as_str(), |(_, address)| address).to_lowercase();
        let column = |report: &RawReport| report.for_each.as_ref().map(|each| each.column().to_owned());
        let gets = reports.iter().filter(|report| recipient.gets(&report.id, column(report).as_deref()));
        let gets: Vec<&RawReport> = gets.collect();
        validate_formats(project, recipient, &gets, &path, diagnostics);
        let parameters: Vec<String> =
            recipient.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut again = false;
        for report in gets {
            again |= !seen.insert((address.clone(), report.id.clone(), parameters.clone()));
        }
        if again {
            let path = format!("{path}.to");
            diagnostics.push(problem(project, &messages::REPEATED_RECIPIENT, &path).arg("value", &recipient.to));
        }
    }
}

/// Warns of reports that a recipient gets and that are built in none of the formats that it asks for.
fn validate_formats(
    project: &Project,
    recipient: &RawRecipient,
    reports: &[&RawReport],
    path: &str,
    diagnostics: &mut Diagnostics,
) {
    let asked = &recipient.formats;
    let lacks = |report: &&&RawReport| !report.formats.iter().any(|format| asked.contains(format));
    for report in reports.iter().filter(lacks).filter(|_| recipient.files && !asked.is_empty()) {
        let built: Vec<&str> = report.formats.iter().map(|format| format.name()).collect();
        let mut problem = problem(project, &messages::NO_SUCH_FORMAT, &format!("{path}.formats"));
        problem.level = Level::Warning;
        problem = problem.arg("to", &recipient.to).arg("report", &report.id);
        diagnostics.push(problem.arg("known", built.join(", ")));
    }
}

fn validate_parameters(project: &Project, recipient: &RawRecipient, path: &str, diagnostics: &mut Diagnostics) {
    let columns: Vec<&str> = project
        .raw
        .reports
        .iter()
        .filter(|report| recipient.reports.is_empty() || recipient.reports.contains(&report.id))
        .filter_map(|report| report.for_each.as_ref().map(|each| each.column()))
        .collect();
    for name in recipient.parameters.keys().filter(|name| !columns.contains(&name.as_str())) {
        let problem = problem(project, &messages::UNKNOWN_PARAMETER, &format!("{path}.parameters.{name}"));
        diagnostics.push(problem.arg("to", &recipient.to).arg("value", name).suggest(name, columns.iter().copied()));
    }
}

/// A mail address, for which there is a server, or a channel.
fn validate_to(project: &Project, delivery: &RawDelivery, to: &str, path: &str, diagnostics: &mut Diagnostics) {
    if mailbox(to).is_some() {
        if !is_sender(to) {
            diagnostics.push(problem(project, &messages::BAD_ADDRESS, path).arg("value", to));
        } else if delivery.mail.is_none() {
            diagnostics.push(problem(project, &messages::NO_MAIL_SERVER, path).arg("value", to));
        }
    } else if !delivery.channels.contains_key(to.trim()) {
        let known: Vec<&str> = delivery.channels.keys().map(String::as_str).collect();
        let problem = problem(project, &messages::UNKNOWN_CHANNEL, path).arg("value", to);
        diagnostics.push(problem.arg("known", known.join(", ")).suggest(to, known));
    }
}

fn validate_alarms(project: &Project, delivery: &RawDelivery, diagnostics: &mut Diagnostics) {
    let mut seen = HashSet::new();
    let readers = delivery.recipients.iter().any(|recipient| recipient.alarms);
    for (index, alarm) in delivery.alarms.iter().enumerate() {
        let path = format!("delivery.alarms[{index}]");
        if !is_safe_file_name(&alarm.id) {
            let problem = problem(project, &crate::diagnostics::messages::config::UNSAFE_ID, &format!("{path}.id"));
            diagnostics.push(problem.arg("id", &alarm.id));
        } else if OWN_ALARMS.iter().any(|(on, id)| alarm.id == *id && alarm.on != *on) {
            let problem = problem(project, &messages::RESERVED_ALARM, &format!("{path}.id"));
            diagnostics.push(problem.arg("id", &alarm.id));
        } else if !seen.insert(&alarm.id) {
            diagnostics.push(problem(project, &REPEATED_ID, &format!("{path}.id")).arg("id", &alarm.id));
        }
        if let Some((zh_cn, en)) = wrong_with(alarm) {
            let problem = problem(project, &messages::BAD_ALARM, &path).arg("on", alarm_name(alarm.on));
            diagnostics.push(problem.words("problem", lang_texts(zh_cn, en)));
        }
        let charts = project.raw.runs.as_ref().map(|runs| &runs.control.metrics);
        let charted = |metric: &String| charts.is_some_and(|charts| charts.contains_key(metric));
        if alarm.on == AlarmKind::Control && alarm.metric.as_ref().is_some_and(|metric| !charted(metric)) {
            let path = format!("{path}.metric");
            let problem = problem(project, &messages::BAD_ALARM, &path).arg("on", alarm_name(alarm.on));
            let texts = lang_texts(
                "的 `metric` 不在 `runs.control.metrics` 中",
                "needs its `metric` under `runs.control.metrics`",
            );
            diagnostics.push(problem.words("problem", texts));
        }
        if let Some(segment) = alarm.segment.as_ref().filter(|segment| !project.raw.segments.contains(segment)) {
            let path = format!("{path}.segment");
            let problem = problem(project, &crate::diagnostics::messages::config::UNKNOWN_COLUMN, &path);
            diagnostics
                .push(problem.arg("name", segment).suggest(segment, project.raw.segments.iter().map(String::as_str)));
        }
        let for_readers = matches!(alarm.on, AlarmKind::Threshold | AlarmKind::Control);
        let told = match alarm.tell {
            Some(AlarmAudience::Readers) => readers,
            Some(AlarmAudience::Errors) => !delivery.errors.is_empty(),
            Some(AlarmAudience::All) => readers || !delivery.errors.is_empty(),
            None if for_readers => readers,
            None => !delivery.errors.is_empty(),
        };
        if !told {
            diagnostics.push(problem(project, &messages::NOBODY_TOLD, &path).arg("id", &alarm.id));
        }
    }
}

/// What an alarm lacks or has too much of.
fn wrong_with(alarm: &RawAlarm) -> Option<(&'static str, &'static str)> {
    let limits: Vec<f64> = alarm.below.into_iter().chain(alarm.above).collect();
    match alarm.on {
        AlarmKind::Threshold if alarm.metric.is_none() => Some(("需要 `metric`", "needs `metric`")),
        AlarmKind::Threshold if limits.is_empty() => Some(("需要 `below` 或 `above`", "needs `below` or `above`")),
        AlarmKind::Threshold if limits.iter().any(|limit| !limit.is_finite()) => {
            Some(("的界限必须是数", "needs a finite number"))
        }
        AlarmKind::Threshold if matches!(limits[..], [below, above] if below > above) => {
            Some(("的 `below` 不能大于 `above`", "has a `below` greater than its `above`, and would never end"))
        }
        AlarmKind::Threshold => None,
        _ if !limits.is_empty() => Some(("没有 `below` 与 `above`", "has no `below` or `above`")),
        _ if alarm.segment.is_some() => Some(("没有 `segment`", "has no `segment`")),
        AlarmKind::Control => None,
        _ if alarm.metric.is_some() => Some(("没有 `metric`", "has no `metric`")),
        _ => None,
    }
}

fn validate_link(project: &Project, delivery: &RawDelivery, diagnostics: &mut Diagnostics) {
    let Some(link) = &delivery.link else { return };
    let mut rest = link.as_str();
    while let Some(open) = rest.find('{') {
        let close = rest[open..].find('}').map_or(rest.len(), |close| open + close + 1);
        let found = &rest[open..close];
        if !PLACEHOLDERS.contains(&found) {
            let problem = problem(project, &messages::UNKNOWN_PLACEHOLDER, "delivery.link").arg("name", "link");
            let problem = problem.arg("value", found).arg("known", PLACEHOLDERS.join(", "));
            diagnostics.push(problem.suggest(found, PLACEHOLDERS.iter().copied()));
        }
        rest = &rest[close..];
    }
}

fn validate_range(project: &Project, path: &str, found: u32, range: (u32, u32), diagnostics: &mut Diagnostics) {
    let (least, most) = range;
    if !(least..=most).contains(&found) {
        let name = path.rsplit('.').next().unwrap_or_default();
        let problem = problem(project, &messages::OUT_OF_RANGE, path).arg("name", name).arg("found", found);
        diagnostics.push(problem.arg("least", least).arg("most", most));
    }
}

/// A mail address with or without a name, fit for a header.
fn is_sender(text: &str) -> bool {
    let fit = |name: &str| !name.chars().any(char::is_control);
    mailbox(text).is_some_and(|(name, address)| is_address(address) && name.is_none_or(fit))
}

/// True for `https://user:password@host/…`.
fn has_password(address: &str) -> bool {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn kind_name(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Wecom => "wecom",
        ChannelKind::Dingtalk => "dingtalk",
        ChannelKind::Feishu => "feishu",
        ChannelKind::Slack => "slack",
        ChannelKind::Json => "json",
        ChannelKind::Folder => "folder",
        ChannelKind::S3 => "s3",
    }
}

fn alarm_name(on: AlarmKind) -> &'static str {
    match on {
        AlarmKind::Threshold => "threshold",
        AlarmKind::Control => "control",
        AlarmKind::Gate => "gate",
        AlarmKind::Failed => "failed",
        AlarmKind::Missing => "missing",
        AlarmKind::Delivery => "delivery",
    }
}

#[cfg(test)]
#[path = "validate_delivery_tests.rs"]
mod tests;
