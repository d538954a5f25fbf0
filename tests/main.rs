//! The integration tests, one binary: linking the engine once per test file would cost minutes.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr
)]

mod architecture;
mod banners;
mod batch;
mod canteen;
mod cli;
mod coverage;
mod disclosure;
mod docs;
mod documents;
mod foreign;
mod grading;
mod groups;
mod linked_disclosure;
mod models;
mod monthly;
mod office;
mod oracle;
mod packs;
mod plans;
mod properties;
mod refdata;
mod runs;
mod runs_delivery;
mod samples;
mod supermarket;
mod support;
mod tables;
mod voices;
mod workbook;
