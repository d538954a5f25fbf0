//! The outbox: one row a recipient and revision, in the database before anything is sent. A row is `sending` on the disk before the first
//! byte goes out, so after a crash it is known which deliveries are uncertain: they become `unknown`, are shown, and are sent again only
//! when somebody says so. Times are parameters; nothing here reads a clock.
//!
//! ```text
//! queued ─► sending ─► sent
//!    ▲         ├─────► retry ──(when due)──► sending
//!    │         ├─────► failed   refused for good, or given up
//!    │         └─────► unknown  answer lost, or found in `sending` after a crash
//!    └──────────────── resend (failed, unknown, sent; explicitly)
//!
//! failed, unknown ──── settle (explicitly) ─► sent (`confirmed`), failed (`dropped`)
//! ```

mod decisions;
mod look;
mod queue;
mod recovery;
mod row;
mod sending;

pub use decisions::{Decision, drop_strangers, forget, resend, settle};
pub use look::{list, newest_before, state_of};
pub use queue::{enqueue, hurry, keep_unknown, supersede};
pub use recovery::recover;
pub use row::{Delivery, State, delivery_id};
pub use sending::{Claim, Deliver, Pass, Worker, claim, deliver_due, record};

use crate::runs::database::Migration;

/// The tables of the outbox, for [`Database::migrate`] under the name [`COMPONENT`].
pub const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    sql: "CREATE TABLE deliveries (
            id TEXT PRIMARY KEY,
            project TEXT NOT NULL,
            report TEXT NOT NULL,
            period TEXT NOT NULL,
            revision BIGINT NOT NULL,
            channel TEXT NOT NULL,
            recipient TEXT NOT NULL,
            address TEXT NOT NULL,
            message TEXT NOT NULL,
            state TEXT NOT NULL,
            attempts BIGINT NOT NULL,
            resends BIGINT NOT NULL,
            queued_at BIGINT NOT NULL,
            due_at BIGINT NOT NULL,
            claimed_at BIGINT,
            claimed_by TEXT,
            ended_at BIGINT,
            reason TEXT,
            detail TEXT,
            UNIQUE (project, report, period, revision, channel, recipient)
          );
          CREATE INDEX deliveries_by_state ON deliveries (state, due_at)",
}];

/// The name of the outbox among the components of the database.
pub const COMPONENT: &str = "outbox";

#[cfg(test)]
mod tests;
