#![allow(clippy::unwrap_used, clippy::panic)]

use crate::config::load_project;
use crate::diagnostics::{Diagnostics, Lang};

const PROJECT: &str = "\
manyi: 1
project: { title: 食堂 }
data: { sources: [{ file: a.csv }] }
columns:
  shop: { type: single }
  score: { type: scale, range: [1, 5] }
segments: [shop]
reports:
  - { id: plan }
  - { id: branch, for_each: shop }
delivery:
";

const MAIL: &str = "  mail: { host: smtp.example.com, user: u, password: \"${env:P}\", from: 报告 <r@example.com> }\n";

/// The problems that a `delivery:` has, as code, place and both texts with their hints.
fn problems(delivery: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("manyi.yaml"), format!("{PROJECT}{delivery}")).unwrap();
    let mut diagnostics = Diagnostics::new();
    load_project(folder.path(), &mut diagnostics);
    let said = diagnostics.iter().map(|problem| {
        let place = problem.location.as_ref().map(|place| format!("{:?}", place.position)).unwrap_or_default();
        let texts: Vec<String> = Lang::ALL
            .iter()
            .map(|lang| format!("{} / {}", problem.text(*lang), problem.hint(*lang).unwrap_or_default()))
            .collect();
        format!(
            "{} {} {place} {}",
            problem.message.code,
            problem.key_path.as_deref().unwrap_or_default(),
            texts.join(" // ")
        )
    });
    said.collect()
}

#[test]
fn a_delivery_with_everything_is_accepted() {
    let found = problems(&format!(
        "{MAIL}  channels:
    wecom-group: {{ kind: wecom, url: \"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${{env:KEY}}\" }}
    ding: {{ kind: dingtalk, url: \"${{file:/run/secrets/ding}}\", secret: \"${{env:DING}}\" }}
    fei: {{ kind: feishu, url: \"${{env:FEI}}\", secret: \"${{env:FEI_SECRET}}\", certificates: ca.pem }}
    chat: {{ kind: slack, url: \"${{env:SLACK}}\" }}
    own: {{ kind: json, url: \"http://reports.internal/hook\", secret: \"${{env:OWN}}\" }}
    share: {{ kind: folder, path: /srv/share }}
    store: {{ kind: s3, endpoint: \"https://oss.example.com\", bucket: b, access_key: \"${{env:A}}\", secret_key: \"${{env:B}}\", prefix: kpi }}
  recipients:
    - {{ to: 王芳 <wang@example.com>, reports: [plan], lang: en, formats: [pdf], alarms: true }}
    - {{ to: wang@example.com, reports: [branch], parameters: {{ shop: 朝阳 }} }}
    - {{ to: wang@example.com, reports: [branch], parameters: {{ shop: 海淀 }}, files: false }}
    - {{ to: wecom-group }}
  errors: [ops@example.com, ding]
  alarms:
    - {{ id: low, on: threshold, metric: csi, below: 80, segment: shop }}
    - {{ id: odd, on: control, tell: all, title: {{ zh-CN: 异常, en: Unusual }} }}
  link: \"https://reports.example.com/{{report}}/{{period}}/r{{revision}}\"
  retry: {{ attempts: 5, first: 30, longest: 3600 }}
"
    ));
    assert!(found.is_empty(), "{found:#?}");
    assert!(problems("  {}").is_empty());
}

#[test]
fn what_cannot_work_is_said_with_place_and_remedy() {
    // What stands under `delivery`, the code, the key, and what both or one of the texts say.
    let cases: &[(&str, &str, &str, &str)] = &[
        ("  errors: [ops@example.com]", "M0936", "delivery.errors[0]", "delivery.mail"),
        ("  errors: [opps]", "M0935", "delivery.errors[0]", "neither a mail address"),
        (
            "  channels: { group: { kind: folder, path: x } }\n  errors: [grup]",
            "M0935",
            "delivery.errors[0]",
            "did you mean `group`",
        ),
        ("  channels: { g: { kind: wecom } }", "M0937", "delivery.channels.g", "`url`"),
        ("  channels: { g: { kind: folder, path: x, bucket: b } }", "M0938", "delivery.channels.g.bucket", "`folder`"),
        ("  channels: { mail: { kind: folder, path: x } }", "M0947", "delivery.channels.mail", "`mail`"),
        (
            "  channels: { g: { kind: wecom, url: \"https://x/?key=${env:KEY\" } }",
            "M0933",
            "delivery.channels.g.url",
            "${env:NAME}",
        ),
        (
            "  channels: { g: { kind: slack, url: \"http://x.com/${env:KEY}\" } }",
            "M0939",
            "delivery.channels.g.url",
            "https",
        ),
        ("  channels: { g: { kind: folder, path: x, timeout: 0 } }", "M0945", "delivery.channels.g.timeout", "3600"),
        ("  channels: { g: { kind: wechat } }", "M0113", "delivery.channels.g.kind", "wecom"),
        ("  mail: { host: h, from: nobody }", "M0934", "delivery.mail.from", "`nobody`"),
        ("  mail: { host: h, from: \"a@b.cn\", user: u }", "M0937", "delivery.mail.user", "password"),
        (
            "  mail: { host: h, from: \"a@b.cn\", user: u, password: \"${env:P}\", security: none }",
            "M0939",
            "delivery.mail.security",
            "starttls",
        ),
        ("  recipients: [{ to: a b@c.cn }]", "M0934", "delivery.recipients[0].to", "a b@c.cn"),
        ("  recipients: [{ to: \"a@b.cn\\r\\nBcc: x@y.z\" }]", "M0934", "delivery.recipients[0].to", ""),
        (
            "  channels: { g: { kind: folder, path: x } }\n  recipients: [{ to: g, reports: [plam] }]",
            "M0940",
            "delivery.recipients[0].reports[0]",
            "did you mean `plan`",
        ),
        (
            "  channels: { g: { kind: folder, path: x } }\n  recipients: [{ to: g, parameters: { shopp: A } }]",
            "M0941",
            "delivery.recipients[0].parameters.shopp",
            "did you mean `shop`",
        ),
        (
            "  channels: { g: { kind: folder, path: x } }\n  recipients: [{ to: g }, { to: g, reports: [plan] }]",
            "M0942",
            "delivery.recipients[1].to",
            "twice",
        ),
        (
            "  channels: { g: { kind: folder, path: x } }\n  recipients: [{ to: g, reports: [plan], formats: [docx] }]",
            "M0192",
            "delivery.recipients[0].formats",
            "pdf, html",
        ),
        ("  alarms: [{ id: errors-delivery, on: failed }]", "M0193", "delivery.alarms[0].id", "`errors-delivery`"),
        ("  alarms: [{ id: a, on: threshold, metric: csi }]", "M0943", "delivery.alarms[0]", "`below`"),
        (
            "  alarms: [{ id: a, on: threshold, metric: csi, below: 9, above: 1 }]",
            "M0943",
            "delivery.alarms[0]",
            "greater",
        ),
        ("  alarms: [{ id: a, on: missing, metric: csi }]", "M0943", "delivery.alarms[0]", "no `metric`"),
        ("  alarms: [{ id: a, on: failed }]", "M0944", "delivery.alarms[0]", "delivery.errors"),
        (
            "  alarms: [{ id: a, on: threshold, metric: csi, below: 1, segment: score }]",
            "M0121",
            "delivery.alarms[0].segment",
            "`score`",
        ),
        ("  alarms: [{ id: a, on: failed }, { id: a, on: gate }]", "M0126", "delivery.alarms[1].id", "`a`"),
        ("  alarms: [{ id: \"\", on: failed }]", "M0127", "delivery.alarms[0].id", "file"),
        ("  link: \"https://x/{perod}\"", "M0946", "delivery.link", "did you mean `{period}`"),
        ("  retry: { attempts: 0 }", "M0945", "delivery.retry.attempts", "100"),
        ("  retry: { first: 600, longest: 60 }", "M0945", "delivery.retry.longest", "600"),
        ("  chanels: {}", "M0104", "delivery.chanels", "did you mean `channels`"),
    ];
    for (delivery, code, key, says) in cases {
        let found = problems(delivery);
        let hit = found.iter().find(|problem| problem.starts_with(&format!("{code} {key} ")));
        let hit = hit.unwrap_or_else(|| panic!("{delivery}\n{found:#?}"));
        assert!(hit.contains(says) && hit.contains("Text {"), "{delivery}\n{hit}");
    }
}

#[test]
fn a_secret_in_the_file_is_refused_and_never_repeated() {
    for delivery in [
        "  mail: { host: h, from: \"a@b.cn\", user: u, password: hunter2 }",
        "  mail: { host: h, from: \"a@b.cn\", user: u, password: \"x${env:P}hunter2\" }",
        "  mail: { host: h, from: \"a@b.cn\", user: u, password: [hunter2] }",
        "  mail: { host: h, from: \"a@b.cn\", user: u, password: 42742 }",
        "  channels: { g: { kind: wecom, url: \"https://x.cn/?key=hunter2\" } }",
        "  channels: { g: { kind: json, url: \"https://me:hunter2@x.cn/\" } }",
        "  channels: { g: { kind: dingtalk, url: \"${env:U}\", secret: hunter2 } }",
        "  channels: { g: { kind: s3, endpoint: \"https://x.cn\", bucket: b, access_key: hunter2, secret_key: hunter2 } }",
    ] {
        let found = problems(delivery);
        assert!(!found.is_empty(), "{delivery}");
        assert!(found.iter().all(|problem| !problem.contains("hunter2") && !problem.contains("42742")), "{found:#?}");
    }
    let found = problems("  mail: { host: h, from: \"a@b.cn\", user: u, password: hunter2 }");
    assert!(found[0].starts_with("M0932 delivery.mail.password") && found[0].contains("${env:NAME}"), "{found:#?}");
}
