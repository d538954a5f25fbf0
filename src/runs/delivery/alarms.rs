//! Alarms that speak once: a condition is told when it begins and when it ends, and is quiet in between. What was told is in the database,
//! in the same transaction as the messages about it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::config::raw::{AlarmAudience, AlarmKind};
use crate::diagnostics::{LocalizedTexts, lang_texts};
use crate::runs::database::{DatabaseError, Migration, Queries, Row};

/// The tables of the alarms, for `Database::migrate` under the name [`COMPONENT`].
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        sql: "CREATE TABLE alarms (
            project TEXT NOT NULL,
            rule TEXT NOT NULL,
            subject TEXT NOT NULL,
            raised BIGINT NOT NULL,
            since BIGINT NOT NULL,
            seen BIGINT NOT NULL,
            batch BIGINT NOT NULL,
            text_zh TEXT NOT NULL,
            text_en TEXT NOT NULL,
            PRIMARY KEY (project, rule, subject)
          )",
    },
    Migration { version: 2, sql: "ALTER TABLE alarms ADD COLUMN codes TEXT NOT NULL DEFAULT ''" },
];

/// The name of the alarms among the components of the database.
pub const COMPONENT: &str = "alarms";

/// The rule of the row that counts batches; no rule of a project has this name.
const COUNTER: &str = "";

/// A condition as it is found now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// Id of the alarm rule.
    pub rule: String,
    /// What it is about within the rule, such as a metric and a group.
    pub subject: String,
    /// Whether the condition holds; `None` where it cannot be told now, which changes nothing.
    pub holds: Option<bool>,
    /// Who is told.
    pub audience: AlarmAudience,
    /// What kind of alarm it is; none of one that no rule can be about: the history itself cannot be reached.
    pub kind: Option<AlarmKind>,
    /// The codes of the errors that it comes from: one that nobody was told of is another cause, whatever the words. Mostly none.
    pub codes: BTreeSet<String>,
    /// What is the case, in one line.
    pub text: LocalizedTexts,
}

/// A condition that began, has another cause now, or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The condition.
    pub signal: Signal,
    /// True if it began, false if it ended.
    pub raised: bool,
    /// True if it had begun before and has another cause now, which is told like a beginning.
    pub again: bool,
    /// For an ended one, when it began, in seconds since 1970.
    pub since: Option<i64>,
}

/// The changes of one look, and their number in the project: it makes their messages distinct. It grows, and is at least the seconds since
/// 1970, so that none comes again after the history was lost or is an older copy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Their number.
    pub batch: i64,
    /// What began or ended, in the order of the signals.
    pub changes: Vec<Change>,
}

/// An alarm that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Id of the alarm rule.
    pub rule: String,
    /// What it is about.
    pub subject: String,
    /// When it began, in seconds since 1970.
    pub since: i64,
    /// When it was last seen to hold, in seconds since 1970.
    pub seen: i64,
    /// The number under which its beginning was told.
    pub batch: i64,
    /// What is the case.
    pub text: LocalizedTexts,
}

/// Compares what is found with what was told, and notes it. Conditions that nobody looked at stay as they were; those of rules that are
/// not among `rules` any more are forgotten.
///
/// # Errors
/// The database fails.
pub fn observe(
    database: &mut impl Queries,
    project: &str,
    rules: &[String],
    signals: &[Signal],
    now: DateTime<Utc>,
) -> Result<Changes, DatabaseError> {
    let at = now.timestamp();
    let mut batch = 0;
    let mut known: Vec<Known> = Vec::new();
    for row in database
        .query("SELECT rule, subject, raised, since, batch, codes FROM alarms WHERE project = $1", &[project.into()])?
    {
        batch = batch.max(row.integer("batch")?);
        known.push(Known::of(&row)?);
    }
    batch = at.max(batch + 1);
    for gone in known.iter().filter(|known| known.rule != COUNTER && !rules.contains(&known.rule)) {
        database.execute(
            "DELETE FROM alarms WHERE project = $1 AND rule = $2",
            &[project.into(), gone.rule.as_str().into()],
        )?;
    }

    let mut changes = Vec::new();
    for signal in signals {
        let Some(holds) = signal.holds else { continue };
        let before = known.iter().rfind(|known| known.rule == signal.rule && known.subject == signal.subject);
        let changed = before.map_or(holds, |before| before.raised != holds);
        // Causes that take turns are told once each. Of what an earlier version told, the causes are not known.
        let known_codes = before.filter(|before| before.raised && holds).map(|before| &before.codes);
        let again = known_codes.is_some_and(|codes| !codes.is_empty() && !signal.codes.is_subset(codes));
        let since = match before {
            Some(before) if !changed => before.since,
            _ => at,
        };
        if changed || again {
            let began = before.filter(|_| !holds).map(|before| before.since);
            changes.push(Change { signal: signal.clone(), raised: holds, again, since: began });
            tracing::warn!(rule = signal.rule, subject = signal.subject, raised = holds, again, "alarm");
        }
        if changed || holds {
            let noted = if changed || again { batch } else { before.map_or(batch, |before| before.batch) };
            let codes: BTreeSet<&str> =
                signal.codes.iter().chain(known_codes.into_iter().flatten()).map(String::as_str).collect();
            let codes = codes.into_iter().collect::<Vec<_>>().join(" ");
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            database.execute(
                "INSERT INTO alarms (project, rule, subject, raised, since, seen, batch, text_zh, text_en, codes)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                 ON CONFLICT (project, rule, subject) DO UPDATE
                 SET raised = $4, since = $5, seen = $6, batch = $7, text_zh = $8, text_en = $9, codes = $10",
                &[
                    project.into(),
                    signal.rule.as_str().into(),
                    signal.subject.as_str().into(),
                    holds.into(),
                    since.into(),
                    at.into(),
                    noted.into(),
                    text(&signal.text.zh_cn).into(),
                    text(&signal.text.en).into(),
                    codes.into(),
                ],
            )?;
        }
    }
    if !changes.is_empty() {
        // A row of its own, so that no number comes again when rules are forgotten.
        database.execute(
            "INSERT INTO alarms (project, rule, subject, raised, since, seen, batch, text_zh, text_en)
             VALUES ($1, $2, '', 0, $3, $3, $4, '', '')
             ON CONFLICT (project, rule, subject) DO UPDATE SET seen = $3, batch = $4",
            &[project.into(), COUNTER.into(), at.into(), batch.into()],
        )?;
    }
    Ok(Changes { batch, changes })
}

/// The alarms of a project that stand, oldest first.
///
/// # Errors
/// The database fails.
pub fn standing(database: &mut impl Queries, project: &str) -> Result<Vec<Standing>, DatabaseError> {
    let rows = database.query(
        "SELECT rule, subject, since, seen, batch, text_zh, text_en FROM alarms
         WHERE project = $1 AND raised = 1 ORDER BY since, rule, subject",
        &[project.into()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Standing {
                rule: row.text("rule")?.to_owned(),
                subject: row.text("subject")?.to_owned(),
                since: row.integer("since")?,
                seen: row.integer("seen")?,
                batch: row.integer("batch")?,
                text: lang_texts(row.text("text_zh")?, row.text("text_en")?),
            })
        })
        .collect()
}

struct Known {
    rule: String,
    subject: String,
    raised: bool,
    since: i64,
    batch: i64,
    codes: BTreeSet<String>,
}

impl Known {
    fn of(row: &Row) -> Result<Self, DatabaseError> {
        Ok(Self {
            rule: row.text("rule")?.to_owned(),
            subject: row.text("subject")?.to_owned(),
            raised: row.truth("raised")?,
            since: row.integer("since")?,
            batch: row.integer("batch")?,
            codes: row.text("codes")?.split_whitespace().map(str::to_owned).collect(),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::runs::database::{Database, Place};

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + day * 86_400, 0).unwrap()
    }

    fn signal(subject: &str, holds: Option<bool>) -> Signal {
        let text = lang_texts(format!("{subject} 低于 80"), format!("{subject} is below 80"));
        Signal {
            rule: "low".into(),
            subject: subject.into(),
            holds,
            audience: AlarmAudience::Readers,
            kind: None,
            codes: BTreeSet::new(),
            text,
        }
    }

    /// December failed for one reason, that was mended, and it fails for another: whoever repaired it hears of it. Causes that are left
    /// over, or that take turns, say nothing new.
    #[test]
    fn another_cause_speaks_once_more() {
        let mut database = Database::open(&Place::Memory).unwrap();
        database.migrate(COMPONENT, MIGRATIONS, at(0)).unwrap();
        let rules = ["low".to_owned()];
        let days: [(Option<&str>, &str); 8] = [
            (Some("M0315 M0325"), "began"),
            (Some("M0315"), ""),
            (Some("M0200"), "again"),
            (Some("M0200"), ""),
            (Some("M0315"), ""),
            (Some(""), ""),
            (None, "over"),
            (Some("M0315"), "began"),
        ];
        let mut batches = Vec::new();
        for (day, (codes, told)) in (1..).zip(days) {
            let codes_of = |codes: &str| codes.split_whitespace().map(str::to_owned).collect();
            let found =
                Signal { codes: codes_of(codes.unwrap_or_default()), ..signal("2026-12", Some(codes.is_some())) };
            let changes = observe(&mut database, "p", &rules, &[found], at(day)).unwrap();
            let word = |change: &Change| match (change.raised, change.again) {
                (true, false) => "began",
                (true, true) => "again",
                (false, _) => "over",
            };
            assert_eq!(changes.changes.iter().map(word).collect::<String>(), told, "day {day}");
            batches.extend(changes.changes.iter().map(|_| changes.batch));
            if day == 3 {
                let standing = standing(&mut database, "p").unwrap();
                assert_eq!((standing[0].since, standing[0].batch), (at(1).timestamp(), changes.batch));
            }
        }
        batches.dedup();
        assert_eq!(batches.len(), 4, "{batches:?}");

        // What an earlier version told: its cause is noted and not told again.
        database.execute("UPDATE alarms SET codes = ''", &[]).unwrap();
        let failed = |code: &str| Signal { codes: [code.to_owned()].into(), ..signal("2026-12", Some(true)) };
        assert!(observe(&mut database, "p", &rules, &[failed("M0200")], at(20)).unwrap().changes.is_empty());
        assert_eq!(observe(&mut database, "p", &rules, &[failed("M0316")], at(21)).unwrap().changes.len(), 1);
    }

    #[test]
    fn a_condition_speaks_when_it_begins_and_when_it_ends() {
        let mut database = Database::open(&Place::Memory).unwrap();
        database.migrate(COMPONENT, MIGRATIONS, at(0)).unwrap();
        let rules = ["low".to_owned()];
        // Each day: what is found, and what is told.
        let days: [(Option<bool>, &[bool]); 9] = [
            (Some(false), &[]),
            (Some(true), &[true]),
            (Some(true), &[]),
            (None, &[]),
            (Some(true), &[]),
            (Some(false), &[false]),
            (Some(false), &[]),
            (None, &[]),
            (Some(true), &[true]),
        ];
        let mut batches = Vec::new();
        for (day, (holds, told)) in (1..).zip(days) {
            let changes = database
                .transaction(|transaction| observe(transaction, "p", &rules, &[signal("csi", holds)], at(day)))
                .unwrap();
            let raised: Vec<bool> = changes.changes.iter().map(|change| change.raised).collect();
            assert_eq!(raised, told, "day {day}");
            if !raised.is_empty() {
                batches.push(changes.batch);
            }
            if day == 6 {
                assert_eq!(changes.changes[0].since, Some(at(2).timestamp()));
            }
        }
        batches.dedup();
        assert_eq!(batches.len(), 3, "a number was given twice: {batches:?}");
        let standing = standing(&mut database, "p").unwrap();
        assert_eq!((standing.len(), standing[0].since), (1, at(9).timestamp()));
    }

    #[test]
    fn subjects_projects_and_rules_stay_apart() {
        let mut database = Database::open(&Place::Memory).unwrap();
        database.migrate(COMPONENT, MIGRATIONS, at(0)).unwrap();
        let rules = ["low".to_owned()];
        let both = [signal("a", Some(true)), signal("b", Some(true))];
        assert_eq!(observe(&mut database, "p", &rules, &both, at(1)).unwrap().changes.len(), 2);
        // Nobody looked at b: it stands. Another project starts from nothing.
        assert_eq!(observe(&mut database, "p", &rules, &[signal("a", Some(false))], at(2)).unwrap().changes.len(), 1);
        assert_eq!(standing(&mut database, "p").unwrap()[0].subject, "b");
        assert_eq!(observe(&mut database, "q", &rules, &both, at(2)).unwrap().changes.len(), 2);
        // The rule is gone from the project file; what it was told under is not used again.
        assert!(observe(&mut database, "p", &[], &[], at(3)).unwrap().changes.is_empty());
        let next = observe(&mut database, "p", &["new".into()], &[signal("a", None)], at(2)).unwrap().batch;
        assert_eq!(next, at(2).timestamp() + 1, "two changes in one second have numbers of their own");
        assert!(standing(&mut database, "p").unwrap().is_empty());
        assert_eq!(standing(&mut database, "q").unwrap().len(), 2);
    }
}
