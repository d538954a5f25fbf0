//! Unattended runs: what a server does every month without anybody watching.

pub mod database;
pub mod delivery;
