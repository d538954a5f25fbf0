//! manyi (满意): customer-satisfaction planning documents from survey data.
//!
//! The stages, each importing only from those before it (`docs/architecture.md`, checked by `tests/architecture.rs`):
//! diagnostics, config, data, plugins, metrics, models, analysis, plan, charts, document, render, output, grade, pipeline, runs, cli.

pub mod analysis;
pub mod charts;
pub mod cli;
pub mod config;
pub mod data;
pub mod diagnostics;
pub mod document;
pub mod grade;
pub mod metrics;
pub mod models;
pub mod output;
pub mod pipeline;
pub mod plan;
pub mod plugins;
pub mod render;
pub mod runs;
