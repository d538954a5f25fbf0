//! What `manyi check` says about recipients once the answers are read: whose group has no documents, and who would hear of that in the
//! night in which they are sent.

use crate::config::raw::RawRecipient;
use crate::diagnostics::messages::delivery as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Localized};
use crate::document::format;
use crate::metrics::SegmentInfo;
use crate::pipeline::Measured;
use crate::pipeline::subjects::subjects;

/// Warns of recipients of a group that the data do not have, or that no documents are made for.
pub fn check_recipients(measured: &Measured, diagnostics: &mut Diagnostics) {
    let project = &measured.project;
    let recipients = &project.raw.delivery.recipients;
    for (place, report) in project.raw.reports.iter().enumerate() {
        let Some(each) = &report.for_each else { continue };
        let column = each.column();
        let asks = |raw: &RawRecipient| raw.gets(&report.id, Some(column)) && raw.parameters.contains_key(column);
        if !recipients.iter().any(asks) {
            continue;
        }
        let place = format!("reports[{place}]");
        // What is wrong with the groups of the report itself is said when it is built.
        let groups_of = |segment: &SegmentInfo| subjects(measured, each, &place, segment, &[], &mut Diagnostics::new());
        let segments = &measured.indicators.results.segments;
        let made = match segments.iter().find(|segment| segment.column == column) {
            Some(segment) => groups_of(segment),
            None => options_of(measured, column).map(|segment| groups_of(&segment)).unwrap_or_default(),
        };
        let known: Vec<&str> = made.iter().map(|subject| subject.value.as_str()).collect();
        if known.is_empty() {
            continue;
        }
        for (index, raw) in recipients.iter().enumerate().filter(|(_, raw)| asks(raw)) {
            let Some(value) = raw.parameters.get(column).filter(|value| !known.contains(&value.as_str())) else {
                continue;
            };
            let key = format!("delivery.recipients[{index}].parameters.{column}");
            let nothing = Diagnostic::warning(&messages::NO_GROUP_IN_DATA).arg("to", &raw.to).arg("report", &report.id);
            let nothing = nothing.arg("column", column).arg("value", value).words("known", format::listed(&known));
            diagnostics.push(nothing.suggest_cells(value, known.iter().copied()).at(project.at(&key)).key(key));
        }
    }
}

/// The options of a column that is no segment, whose groups are computed when its documents are made.
fn options_of(measured: &Measured, column: &str) -> Option<SegmentInfo> {
    let held = measured.tables.survey.column(column)?;
    let groups = held.categories.iter().map(|value| (value.clone(), Localized::from(value.as_str()))).collect();
    Some(SegmentInfo { column: column.to_owned(), title: held.title.clone(), groups })
}
