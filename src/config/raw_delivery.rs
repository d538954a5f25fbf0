//! The `delivery:` part of the project file as it is written: the mail server, channels, recipients, and who is told when something is off.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::raw_report::ReportFormat;
use crate::config::secret_text::SecretText;
use crate::diagnostics::{Lang, Localized};

/// Who gets the documents, through what, and who is told when something is off.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawDelivery {
    /// The mail server. Without it there is no mail.
    #[serde(default)]
    pub mail: Option<RawMail>,
    /// Group chats, folders and object stores, by a name of your own.
    #[serde(default)]
    pub channels: IndexMap<String, RawChannel>,
    /// Who gets which report.
    #[serde(default)]
    pub recipients: Vec<RawRecipient>,
    /// Who is told when a run fails, is held or does not happen: mail addresses and names of channels.
    #[serde(default)]
    pub errors: Vec<String>,
    /// When to raise an alarm, beside the failures that `errors` always hear of.
    #[serde(default)]
    pub alarms: Vec<RawAlarm>,
    /// Address under which the documents can be read, named in messages; `{period}`, `{report}` and `{revision}` are filled in.
    #[serde(default)]
    pub link: Option<String>,
    /// When to try again what was refused for now.
    #[serde(default)]
    pub retry: RawRetry,
}

impl RawDelivery {
    /// Every text that refers to secrets, with its key path.
    pub fn secrets(&self) -> Vec<(String, &SecretText)> {
        let password = self.mail.as_ref().and_then(|mail| mail.password.as_ref());
        let mut found: Vec<_> = password.map(|text| ("delivery.mail.password".to_owned(), text)).into_iter().collect();
        for (name, channel) in &self.channels {
            let texts = [
                ("url", &channel.url),
                ("secret", &channel.secret),
                ("access_key", &channel.access_key),
                ("secret_key", &channel.secret_key),
            ];
            for (key, text) in texts {
                found.extend(text.as_ref().map(|text| (format!("delivery.channels.{name}.{key}"), text)));
            }
        }
        found
    }
}

/// A mail server and the sender.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawMail {
    /// Name of the server.
    pub host: String,
    /// Port; default 465 with `tls`, 587 with `starttls`, 25 with `none`.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is encrypted: `tls` from the start (default), `starttls`, or `none` for a server on this machine.
    #[serde(default)]
    pub security: MailSecurity,
    /// User name at the server. Without it nobody logs in.
    #[serde(default)]
    pub user: Option<String>,
    /// Password, as `${env:NAME}` or `${file:/path}`.
    #[serde(default)]
    pub password: Option<SecretText>,
    /// Sender: `满意度报告 <reports@example.com>`.
    pub from: String,
    /// Where answers go; default the sender.
    #[serde(default)]
    pub reply_to: Option<String>,
    /// File with further certificates (PEM) that may sign the server's, relative to the project.
    #[serde(default)]
    pub certificates: Option<String>,
    /// Seconds to wait for the server; default 60.
    #[serde(default = "default_timeout")]
    pub timeout: u32,
    /// Most megabytes of files in one mail; default 20.
    #[serde(default = "default_megabytes")]
    pub most_megabytes: u32,
}

/// How a connection to a mail server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// From the first byte.
    #[default]
    Tls,
    /// After the server's greeting; without encryption nothing is sent.
    Starttls,
    /// Not at all.
    None,
}

/// A group chat, a folder or an object store.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawChannel {
    /// What it is: `wecom` 企业微信, `dingtalk` 钉钉, `feishu` 飞书, `slack`, `json`, `folder` or `s3`.
    pub kind: ChannelKind,
    /// Address of a webhook, with its key as `${env:NAME}` or `${file:/path}`.
    #[serde(default)]
    pub url: Option<SecretText>,
    /// Secret that signs messages: of the robot in `dingtalk` and `feishu`, of your own choice in `json`.
    #[serde(default)]
    pub secret: Option<SecretText>,
    /// Folder for `folder`, relative to the project.
    #[serde(default)]
    pub path: Option<String>,
    /// Address of the store for `s3`, such as `https://s3.eu-central-1.amazonaws.com`.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Region of the store; default `us-east-1`.
    #[serde(default)]
    pub region: Option<String>,
    /// Bucket of the store.
    #[serde(default)]
    pub bucket: Option<String>,
    /// Beginning of the names in the bucket.
    #[serde(default)]
    pub prefix: Option<String>,
    /// True where the bucket is the first part of the path, not of the host's name.
    #[serde(default)]
    pub path_style: bool,
    /// Key id of the store, as `${env:NAME}` or `${file:/path}`.
    #[serde(default)]
    pub access_key: Option<SecretText>,
    /// Secret key of the store, as `${env:NAME}` or `${file:/path}`.
    #[serde(default)]
    pub secret_key: Option<SecretText>,
    /// File with the certificates (PEM) that may sign the server's, in place of the usual ones, relative to the project.
    #[serde(default)]
    pub certificates: Option<String>,
    /// Seconds to wait for the other side; default 60.
    #[serde(default = "default_timeout")]
    pub timeout: u32,
}

/// The kinds of channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChannelKind {
    /// A group robot of 企业微信.
    Wecom,
    /// A group robot of 钉钉.
    Dingtalk,
    /// A group robot of 飞书.
    Feishu,
    /// An incoming webhook of Slack.
    Slack,
    /// Plain JSON to an address of your own.
    Json,
    /// A folder.
    Folder,
    /// A store that speaks the protocol of Amazon S3.
    S3,
}

/// Who gets which report.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRecipient {
    /// A mail address (`王芳 <wang@example.com>`) or the name of a channel.
    pub to: String,
    /// Reports by id; default all, with `parameters` those with a document for each group.
    #[serde(default)]
    pub reports: Vec<String>,
    /// Only the documents of these groups, for reports with `for_each`: the column and its group, `branch: 朝阳店`.
    #[serde(default)]
    pub parameters: BTreeMap<String, String>,
    /// Only these formats; default all that were built.
    #[serde(default)]
    pub formats: Vec<ReportFormat>,
    /// Language of the message and, where it was built, of the documents; default the project's.
    #[serde(default)]
    pub lang: Option<Lang>,
    /// False to send the message without files.
    #[serde(default = "yes")]
    pub files: bool,
    /// True to be told of alarms that concern the numbers.
    #[serde(default)]
    pub alarms: bool,
}

impl RawRecipient {
    /// True if this recipient gets a report, whose documents are each about a group of `column` if there is one. Whoever gets the documents
    /// of a group hears of it alone: what is about everybody, or about groups of another column, only if it is named.
    pub fn gets(&self, report: &str, column: Option<&str>) -> bool {
        if self.reports.is_empty() {
            return self.parameters.is_empty() || column.is_some_and(|column| self.parameters.contains_key(column));
        }
        self.reports.iter().any(|wanted| wanted == report)
    }
}

/// When to raise an alarm.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAlarm {
    /// Name of the alarm.
    pub id: String,
    /// What is watched: `threshold`, `control`, `gate`, `failed`, `missing` or `delivery`.
    pub on: AlarmKind,
    /// Metric of a threshold, or the only one whose control chart is watched.
    #[serde(default)]
    pub metric: Option<String>,
    /// Threshold: raise the alarm while the metric is below this.
    #[serde(default)]
    pub below: Option<f64>,
    /// Threshold: raise the alarm while the metric is above this.
    #[serde(default)]
    pub above: Option<f64>,
    /// Watch every group of this segment column, in place of the total.
    #[serde(default)]
    pub segment: Option<String>,
    /// Who is told: `readers` (recipients with `alarms: true`), `errors`, or `all`; by default those whom it concerns.
    #[serde(default)]
    pub tell: Option<AlarmAudience>,
    /// What the alarm says first; default a sentence about what is watched.
    #[serde(default)]
    pub title: Option<Localized>,
}

/// What an alarm watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AlarmKind {
    /// A metric crosses a number.
    Threshold,
    /// A rule of the control chart fires.
    Control,
    /// A gate holds the release back.
    Gate,
    /// A run fails.
    Failed,
    /// The run of a period did not happen.
    Missing,
    /// A message about the newest release did not arrive, or nobody knows.
    Delivery,
}

/// Alarms that there are without an entry for them, and their ids.
pub const OWN_ALARMS: [(AlarmKind, &str); 4] = [
    (AlarmKind::Gate, "errors-gate"),
    (AlarmKind::Failed, "errors-failed"),
    (AlarmKind::Missing, "errors-missing"),
    (AlarmKind::Delivery, "errors-delivery"),
];

/// Who is told of an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AlarmAudience {
    /// Recipients with `alarms: true`.
    Readers,
    /// The list `errors`.
    Errors,
    /// Both.
    All,
}

/// When to try again.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawRetry {
    /// Most attempts before it is given up; default 8.
    pub attempts: u32,
    /// Seconds before the second attempt; default 60. Each further wait is three times as long.
    pub first: u32,
    /// Longest wait in seconds; default 21600, six hours.
    pub longest: u32,
}

impl Default for RawRetry {
    fn default() -> Self {
        Self { attempts: 8, first: 60, longest: 21_600 }
    }
}

fn default_timeout() -> u32 {
    60
}

fn default_megabytes() -> u32 {
    20
}

fn yes() -> bool {
    true
}

/// The name and address of `王芳 <wang@example.com>` or `wang@example.com`; `None` where the text has no `@`, and so names a channel.
pub fn mailbox(text: &str) -> Option<(Option<&str>, &str)> {
    let text = text.trim();
    match text.strip_suffix('>').and_then(|inside| inside.rsplit_once('<')) {
        Some((name, address)) => {
            let name = name.trim().trim_matches('"').trim();
            Some(((!name.is_empty()).then_some(name), address.trim()))
        }
        None => text.contains('@').then_some((None, text)),
    }
}

/// True for an address that mail servers take: one `@`, a dotted or local domain, no spaces or control characters.
pub fn is_address(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|character| character.is_alphanumeric() || character == '-')
    };
    let plain = |character: char| character.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(character);
    address.len() <= 254
        && !local.is_empty()
        && local.len() <= 64
        && local.chars().all(plain)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && domain.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_gets_one_group_gets_what_is_about_groups_alone() {
        let recipient = |reports: &[&str], branch: bool| RawRecipient {
            to: "a@b.cn".to_owned(),
            reports: reports.iter().map(|report| (*report).to_owned()).collect(),
            parameters: branch.then(|| ("branch".to_owned(), "A".to_owned())).into_iter().collect(),
            formats: Vec::new(),
            lang: None,
            files: true,
            alarms: false,
        };
        for (reports, branch, report, column, gets) in [
            (&[][..], false, "plan", None, true),
            (&[], false, "shops", Some("branch"), true),
            (&[], true, "plan", None, false),
            (&[], true, "shops", Some("branch"), true),
            (&[], true, "regions", Some("region"), false),
            (&["plan"], true, "plan", None, true),
            (&["plan"], true, "shops", Some("branch"), false),
        ] {
            assert_eq!(recipient(reports, branch).gets(report, column), gets, "{reports:?} {branch} {report}");
        }
    }

    #[test]
    fn addresses_are_told_from_what_is_none() {
        for good in ["a@b.cn", "wang.fang+kpi@mail.example.com", "root@localhost", "o'neil@example.com"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b",
            "a@",
            "a@b..c",
            "a b@c.cn",
            "a@b.cn\r\nBcc: x@y.z",
            ".a@b.cn",
            "a..b@c.cn",
            "a@-b.cn",
            "a@@b",
            "a@b.cn>",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
        assert_eq!(mailbox("王芳 <a@b.cn>"), Some((Some("王芳"), "a@b.cn")));
        assert_eq!(mailbox("\"王, 芳\" <a@b.cn>"), Some((Some("王, 芳"), "a@b.cn")));
        assert_eq!(mailbox("<a@b.cn>"), Some((None, "a@b.cn")));
        assert_eq!((mailbox("a@b.cn"), mailbox("group")), (Some((None, "a@b.cn")), None));
    }
}
