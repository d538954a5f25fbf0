//! PDF files. The program reads them itself, so that the text is the same on every machine; where that gives nothing that could be
//! graded and poppler is installed, poppler has a try.

mod lines;
mod pages;
mod poppler;

use std::path::Path;

use super::document::PlanText;
use super::gate::{Fault, judge};
use crate::diagnostics::LocalizedTexts;

/// Reads a PDF file.
pub fn read_pdf(file: &Path, bytes: Vec<u8>) -> Result<PlanText, LocalizedTexts> {
    // A broken file may break the reader; this process is its alone.
    let own =
        std::panic::catch_unwind(|| pages::read(bytes).map(lines::plan_of)).unwrap_or_else(|_| Err(pages::damaged()));
    match own {
        // Whether there are enough Han characters is the rubric's matter.
        Ok(plan) if judge(&plan, 0.0).is_none() => Ok(plan),
        own => match poppler::read(file) {
            Some(Ok(plan)) if !matches!(judge(&plan, 0.0), Some(Fault::Empty)) => Ok(plan),
            _ => own,
        },
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#[path = "tests.rs"]
mod tests;
