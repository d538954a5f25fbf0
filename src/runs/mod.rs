//! Unattended runs: what a server does every month without anybody watching.

mod attached;
pub mod catch_up;
pub mod cause;
pub mod changes;
pub mod database;
pub mod delivery;
pub mod drift;
pub mod due;
mod ending;
pub mod gates;
mod heard;
pub mod held;
pub mod history;
pub mod inputs;
mod late;
pub mod lock;
pub mod numbers;
pub mod page;
pub mod plan;
pub mod purge;
pub mod record;
pub mod release;
mod reports;
pub mod run;
pub mod scope;
pub mod session;
pub mod steps;
mod stopped;
pub mod telling;
pub mod timer;
mod titles;
mod unreachable;
pub mod watch;
pub mod work;

pub use run::{Outcome, RunReport, RunRequest, run};
pub use session::Session;
