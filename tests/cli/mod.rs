//! The program as its users meet it: every kind of bad input has its own message, its place and exit code 1; good input is
//! quiet; the same input gives the same bytes.

mod bad_input;
mod bad_weighting;
mod build;
mod metrics;
mod modules;
mod new_plugin;
mod verbs;
