//! `manyi settle`: what somebody found out about deliveries that failed or are uncertain: that they arrived, or that they are not to be
//! sent any more. Whoever was told of them hears of that in the same call.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::cli::Outcome;
use crate::cli::args_runs::SettleOptions;
use crate::cli::console::Console;
use crate::cli::deliveries::{show, state_words};
use crate::cli::of_period;
use crate::cli::resend::{locked, named};
use crate::cli::run::now;
use crate::diagnostics::messages::delivery as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::runs::Session;
use crate::runs::database::DatabaseError;
use crate::runs::delivery::outbox::{self, Decision, Delivery};
use crate::runs::history::History;
use crate::runs::{telling, undelivered};

pub(crate) fn run(options: &SettleOptions, console: &Console, diagnostics: &mut Diagnostics) -> Outcome {
    let now = now();
    let (root, ids) = named(&options.ids, &options.project, false);
    let Some(session) = Session::open(&root, options.out.clone(), diagnostics) else { return Ok(()) };
    let zone = session.calendar.zone;
    if ids.is_empty() && options.period.is_none() {
        diagnostics.push(Diagnostic::error(&messages::NOTHING_NAMED));
        return show(&[], zone, console, diagnostics);
    }
    let history = session.history(false, now, diagnostics);
    let Some(mut history) = history else {
        // Without a history nothing was ever queued.
        if !diagnostics.has_errors() {
            diagnostics.extend(ids.iter().map(|id| Diagnostic::error(&messages::UNKNOWN_DELIVERY).arg("id", id)));
            diagnostics.extend(options.period.map(|period| of_period::nothing(period, 0)));
        }
        return show(&[], zone, console, diagnostics);
    };
    match settle(&session, &mut history, ids, options, now, diagnostics) {
        Ok(deliveries) => show(&deliveries, zone, console, diagnostics),
        Err(error) => {
            diagnostics.push(error.diagnostic());
            Ok(())
        }
    }
}

/// Settles the deliveries that are named and the uncertain ones of a period, and ends the alarms about them; where they stand then.
fn settle(
    session: &Session,
    history: &mut History,
    ids: &[String],
    options: &SettleOptions,
    now: DateTime<Utc>,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Delivery>, DatabaseError> {
    let Some(_lock) = locked(session, options.wait, now, diagnostics) else { return Ok(Vec::new()) };
    let decision = if options.arrived { Decision::Arrived } else { Decision::Dropped };
    let (all, _) = telling::overview(history, now)?;
    let name = history.project().to_owned();
    let mut ids: BTreeSet<String> = ids.iter().cloned().collect();
    if let Some(period) = options.period {
        let taken = of_period::taken(&all, (period, &ids), |_| true, now, diagnostics);
        ids.extend(taken);
    }
    for id in &ids {
        if outbox::settle(history.database(), &name, id, decision, now)? {
            continue;
        }
        diagnostics.push(match all.iter().find(|held| held.id == *id) {
            Some(held) => Diagnostic::error(&messages::NOT_SETTLED).arg("id", id).words("state", state_words(held)),
            None => Diagnostic::error(&messages::UNKNOWN_DELIVERY).arg("id", id),
        });
    }
    // Where nobody has to hear of it nothing is sent, and nobody waits for a server.
    if undelivered::tell(history, &session.project, now)? > 0 {
        telling::send(history, &session.project, now, diagnostics)?;
    }
    let (mut deliveries, _) = telling::overview(history, now)?;
    deliveries.retain(|held| ids.contains(&held.id));
    Ok(deliveries)
}
