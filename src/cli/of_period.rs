//! What `--period` of `manyi resend` and `manyi settle` means: the uncertain deliveries of a period. Those that it does not mean are named,
//! with what is to be done about them, so that nobody takes them for done.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::config::Period;
use crate::diagnostics::messages::delivery as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::runs::delivery::outbox::{Delivery, State};

/// Ids that a message names.
const MOST_IDS: usize = 20;

/// The ids of the uncertain deliveries of a period that a verb is for, beside those that are named. `may` says which of them it may take.
pub(super) fn taken(
    all: &[Delivery],
    (period, named): (Period, &BTreeSet<String>),
    may: impl Fn(&Delivery) -> bool,
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) -> BTreeSet<String> {
    let name = period.to_string();
    let of_period: Vec<&Delivery> = all.iter().filter(|held| held.key.period == name).collect();
    let is_named = |held: &Delivery| named.contains(&held.id);
    let uncertain = |held: &Delivery| held.state == State::Unknown;
    let is_taken = |held: &Delivery| uncertain(held) && may(held);
    let some = |is_one: &dyn Fn(&Delivery) -> bool| of_period.iter().copied().filter(|held| is_one(held)).collect();
    let taken: Vec<&Delivery> = some(&is_taken);
    let outdated: Vec<&Delivery> = some(&|held| uncertain(held) && !may(held) && !is_named(held));
    let open: Vec<&Delivery> = some(&|held| !uncertain(held) && held.is_open(now) && !is_named(held));
    if taken.is_empty() {
        diagnostics.push(nothing(period, of_period.len()));
    }
    for (message, left) in [(&messages::OPEN_OF_PERIOD, open), (&messages::OUTDATED_OF_PERIOD, outdated)] {
        if !left.is_empty() {
            let said = Diagnostic::warning(message).arg("period", period).arg("count", left.len());
            diagnostics.push(said.arg("ids", ids(&left)));
        }
    }
    taken.into_iter().map(|held| held.id.clone()).collect()
}

/// That none of the deliveries of a period is meant.
pub(super) fn nothing(period: Period, all: usize) -> Diagnostic {
    Diagnostic::warning(&messages::NOTHING_UNCERTAIN).arg("period", period).arg("all", all)
}

/// The first ids, as they are typed after a verb.
fn ids(deliveries: &[&Delivery]) -> String {
    let mut text = deliveries.iter().take(MOST_IDS).map(|held| held.id.as_str()).collect::<Vec<_>>().join(" ");
    if deliveries.len() > MOST_IDS {
        text.push_str(" …");
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::diagnostics::Lang;
    use crate::runs::delivery::message::DeliveryKey;
    use crate::runs::delivery::recipient::Recipient;
    use crate::runs::delivery::{Reason, ReasonCode};

    fn delivery(id: &str, period: &str, state: State, reason: Option<ReasonCode>) -> Delivery {
        Delivery {
            id: id.to_owned(),
            key: DeliveryKey { project: "p".into(), report: "plan".into(), period: period.into(), revision: 1 },
            recipient: Recipient::parse("wang@example.com", Lang::En),
            state,
            attempts: 1,
            resends: 0,
            due_at: 0,
            claimed_at: Some(1_769_983_200),
            ended_at: None,
            reason: reason.map(|code| Reason::new(code, "")),
            answer: None,
        }
    }

    #[test]
    fn what_is_not_uncertain_is_named() {
        let all = [
            delivery("u1", "2026-01", State::Unknown, Some(ReasonCode::RecordLost)),
            delivery("u2", "2026-01", State::Unknown, Some(ReasonCode::RecordLost)),
            delivery("f1", "2026-01", State::Failed, Some(ReasonCode::Refused)),
            delivery("f3", "2026-01", State::Failed, Some(ReasonCode::Refused)),
            delivery("d1", "2026-01", State::Failed, Some(ReasonCode::Dropped)),
            delivery("q1", "2026-02", State::Retry, None),
            delivery("s1", "2026-03", State::Sent, None),
            delivery("f2", "2026-03", State::Failed, Some(ReasonCode::Refused)),
        ];
        let now = DateTime::from_timestamp(1_769_983_260, 0).unwrap();
        let named = BTreeSet::from(["f3".to_owned()]);
        let asked = |period: &str, may: &dyn Fn(&Delivery) -> bool| {
            let mut diagnostics = Diagnostics::new();
            let taken = super::taken(&all, (period.parse().unwrap(), &named), may, now, &mut diagnostics);
            let texts = diagnostics.iter().map(|found| (found.message.code, found.hint(Lang::En).unwrap()));
            (taken.into_iter().collect::<Vec<_>>(), texts.collect::<Vec<_>>())
        };
        let (taken, said) = asked("2026-01", &|_| true);
        assert_eq!((taken, said.len()), (vec!["u1".to_owned(), "u2".to_owned()], 1));
        assert!(said[0].0 == "M1011" && said[0].1.contains("manyi resend f1`"), "{said:?}");
        let codes = |said: Vec<(&'static str, String)>| said.into_iter().map(|(code, _)| code).collect::<Vec<_>>();
        let (taken, said) = asked("2026-01", &|held| held.id == "u2");
        assert_eq!((taken, codes(said)), (vec!["u2".to_owned()], vec!["M1011", "M1012"]));
        for (period, wanted) in [("2026-02", &["M1010"][..]), ("2026-03", &["M1010", "M1011"]), ("2026-04", &["M1010"])]
        {
            let (taken, said) = asked(period, &|_| true);
            assert_eq!((taken.len(), codes(said).as_slice()), (0, wanted), "{period}");
        }
    }
}
