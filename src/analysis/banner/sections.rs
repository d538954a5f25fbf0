//! Puts banners together: one scan a table, then wave by wave and question by question the cells, their tests and letters,
//! and what small bases hide.

use indexmap::{IndexMap, IndexSet};

use crate::analysis::banner::counted::Counted;
use crate::analysis::banner::group::{GroupAnswers, Measured, pair_test};
use crate::analysis::banner::letters::{column_letter, write_letters};
use crate::analysis::banner::questions::{Question, Row, questions};
use crate::analysis::banner::{
    BannerBase, BannerCell, BannerColumn, BannerQuestion, BannerRow, BannerTable, BannerTest, words,
};
use crate::config::Project;
use crate::config::project::SURVEY;
use crate::config::raw::{BannerWaves, ColumnType, RawBanner, RawSettings};
use crate::data::{Responses, Tables};
use crate::diagnostics::messages::metrics as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Localized};
use crate::metrics::bind::Binding;
use crate::metrics::compute::segment_infos;
use crate::metrics::hidden::{Hidden, hidden_in_banners};
use crate::metrics::questions::{banner_segments, publications};
use crate::metrics::suppression::is_below;
use crate::metrics::variance::{Frame, SingleUnitStratum};
use crate::metrics::{Indicators, Reason, SegmentInfo};

/// Every banner of the project, each wave of it a table of its own, in the order of the project. Each data table is scanned once.
/// What small bases hide is settled with the indicators, since a reader has both.
pub fn compute_banners(
    project: &Project,
    tables: &Tables,
    indicators: Option<&Indicators>,
    diagnostics: &mut Diagnostics,
) -> Vec<BannerTable> {
    let mut by_table: IndexMap<&str, Vec<&RawBanner>> = IndexMap::new();
    for banner in &project.raw.banners {
        by_table.entry(banner.table.as_deref().unwrap_or(SURVEY)).or_default().push(banner);
    }
    let mut made = Vec::new();
    for (table, banners) in by_table {
        let view = if table == SURVEY { Some(project.clone()) } else { project.of_table(table) };
        if let (Some(view), Some(responses)) = (view, tables.get(table)) {
            let hidden = indicators.and_then(|found| found.tables().find(|(name, _)| *name == table));
            let hidden = hidden.map(|(_, computation)| computation.hidden().clone());
            made.extend(of_table(&view, responses, &banners, hidden, diagnostics));
        }
    }
    let place = |id: &str| project.raw.banners.iter().position(|banner| banner.id == id);
    made.sort_by_key(|table| place(&table.id));
    made
}

/// A banner with what it needs from the scan.
struct Planned<'a> {
    banner: &'a RawBanner,
    segments: Vec<String>,
    questions: Vec<Question>,
}

fn of_table(
    view: &Project,
    responses: &Responses,
    banners: &[&RawBanner],
    hidden: Option<Hidden>,
    diagnostics: &mut Diagnostics,
) -> Vec<BannerTable> {
    let mut binding = Binding::default();
    let planned: Vec<Planned<'_>> = banners
        .iter()
        .map(|banner| {
            let segments = banner_segments(view, banner);
            let questions = questions(view, responses, banner, &segments, &mut binding, diagnostics);
            Planned { banner, segments, questions }
        })
        .filter(|planned| !planned.questions.is_empty())
        .collect();
    if planned.is_empty() {
        return Vec::new();
    }
    let used: IndexSet<String> = planned.iter().flat_map(|planned| planned.segments.iter().cloned()).collect();
    let mut crossed = view.clone();
    crossed.raw.segments = used.into_iter().collect();
    let segments = segment_infos(&crossed, responses);
    let limit = view.raw.settings.suppress_below;
    let hidden = match hidden {
        Some(hidden) => Ok(hidden),
        None => hidden_in_banners(responses, &publications(view, responses), limit),
    };
    let counted = match hidden.and_then(|hidden| Counted::scan(view, responses, &segments, &binding, hidden)) {
        Ok(counted) => counted,
        Err(error) => {
            diagnostics.push(Diagnostic::error(&messages::SCAN_FAILED).quote("problem", error));
            return Vec::new();
        }
    };
    let mut tables = Vec::new();
    for Planned { banner, segments: wanted, questions } in planned {
        let across: Vec<&SegmentInfo> =
            wanted.iter().filter_map(|name| segments.iter().find(|segment| segment.column == *name)).collect();
        let newest = counted.waves() - 1;
        let first = if banner.wave == BannerWaves::All { 0 } else { newest };
        for wave in first..=newest {
            let maker = TableMaker {
                counted: &counted,
                frame: counted.frame(wave),
                wave,
                settings: &view.raw.settings,
                banner,
            };
            match maker.table(view, responses, &across, &questions) {
                Ok(table) => tables.push(table),
                Err(single) => {
                    diagnostics.push_once(
                        Diagnostic::error(&messages::SINGLE_UNIT)
                            .arg("stratum", &counted.design.strata[single.stratum])
                            .at(view.at("data.design"))
                            .key(view.key_path("data.design.single_unit")),
                    );
                }
            }
        }
    }
    tables
}

/// Makes the table of one banner in one wave.
struct TableMaker<'a> {
    counted: &'a Counted,
    frame: Frame<'a>,
    wave: usize,
    settings: &'a RawSettings,
    banner: &'a RawBanner,
}

/// The columns of one segment, or of the total, among all columns.
struct Span<'a> {
    segment: Option<&'a str>,
    first: usize,
    count: usize,
}

impl TableMaker<'_> {
    fn table(
        &self,
        view: &Project,
        responses: &Responses,
        across: &[&SegmentInfo],
        questions: &[Question],
    ) -> Result<BannerTable, SingleUnitStratum> {
        let columns = columns(across);
        let spans = spans(across);
        let questions = questions.iter().map(|question| self.question(question, &spans, &columns));
        Ok(BannerTable {
            id: self.banner.id.clone(),
            title: self.banner.title.clone().unwrap_or_else(|| Localized::from(self.banner.id.as_str())),
            table: (!view.table.is_empty()).then(|| view.table.clone()),
            wave: responses.waves.get(self.wave).cloned(),
            weighted: responses.weighted,
            correction: self.banner.correction,
            questions: questions.collect::<Result<_, _>>()?,
            columns,
        })
    }

    fn question(
        &self,
        question: &Question,
        spans: &[Span<'_>],
        columns: &[BannerColumn],
    ) -> Result<BannerQuestion, SingleUnitStratum> {
        let mut answers: IndexMap<usize, Vec<GroupAnswers>> = IndexMap::new();
        for row in &question.rows {
            answers.entry(row.item).or_insert_with(|| {
                spans.iter().flat_map(|span| self.counted.answers(row.item, span.segment, self.wave)).collect()
            });
        }
        let bases = answers.first().map_or_else(Vec::new, |(_, answers)| self.bases(question, answers, spans));
        let rows = question.rows.iter().map(|row| self.row(row, &answers[&row.item], &bases, spans, columns));
        Ok(BannerQuestion {
            column: question.column.clone(),
            title: question.title.clone(),
            kind: question.kind,
            rows: rows.collect::<Result<_, _>>()?,
            distributions: self.distribution_tests(question, &bases, spans),
            bases,
        })
    }

    /// The tests of a question whose answers are parts of one whole, segment by segment, over the groups that are shown.
    fn distribution_tests(&self, question: &Question, bases: &[BannerBase], spans: &[Span<'_>]) -> Vec<BannerTest> {
        let Some(item) = question.rows.first().map(|row| row.item) else { return Vec::new() };
        if !matches!(question.kind, ColumnType::Single | ColumnType::Scale) {
            return Vec::new();
        }
        let of_span = |span: &Span<'_>| {
            let shown = |level: &usize| bases[span.first + level].reason.is_none();
            let levels: Vec<usize> = (0..span.count).filter(shown).collect();
            let n = levels.iter().filter_map(|level| bases[span.first + level].n).sum();
            let test = self.counted.distribution_test(item, span.segment?, (self.wave, &levels), n)?;
            Some(BannerTest { segment: span.segment?.to_owned(), test })
        };
        spans.iter().filter_map(of_span).collect()
    }

    /// The base of every column, with the reason why its cells are hidden.
    fn bases(&self, question: &Question, answers: &[GroupAnswers], spans: &[Span<'_>]) -> Vec<BannerBase> {
        let grid = self.counted.grid();
        let base = |answers: &GroupAnswers| {
            let held = answers.answered(grid);
            let below = |limit: f64| is_below((held.n, held.n_eff), limit);
            let reason = match held.n {
                0 => Some(Reason::EmptyBase),
                _ if below(self.settings.suppress_below) => Some(Reason::SmallBase),
                _ if held.n_weighted <= 0.0 => Some(Reason::ZeroDenominator),
                _ => None,
            };
            let flagged = reason.is_none() && below(self.settings.flag_below);
            BannerBase { n: Some(held.n), n_weighted: Some(held.n_weighted), n_eff: Some(held.n_eff), flagged, reason }
        };
        let mut bases: Vec<BannerBase> = answers.iter().map(base).collect();
        let across: Vec<String> = spans.iter().filter_map(|span| span.segment.map(str::to_owned)).collect();
        let hidden =
            spans.iter().flat_map(|span| self.counted.hidden(&question.column, &across, span.segment, self.wave));
        for (base, _) in bases.iter_mut().zip(hidden).filter(|(base, hidden)| *hidden && base.reason.is_none()) {
            (base.reason, base.flagged) = (Some(Reason::Complement), false);
        }
        let hidden = |base: &&mut BannerBase| matches!(base.reason, Some(Reason::SmallBase | Reason::Complement));
        for base in bases.iter_mut().filter(hidden) {
            (base.n, base.n_weighted, base.n_eff) = (None, None, None);
        }
        bases
    }

    fn row(
        &self,
        row: &Row,
        answers: &[GroupAnswers],
        bases: &[BannerBase],
        spans: &[Span<'_>],
        columns: &[BannerColumn],
    ) -> Result<BannerRow, SingleUnitStratum> {
        let measured: Vec<Option<Measured>> = answers
            .iter()
            .zip(bases)
            .map(|(answers, base)| match base.reason {
                None => answers.measured(row.measure, &self.frame, self.counted.grid()),
                Some(_) => Ok(None),
            })
            .collect::<Result<_, _>>()?;
        let mut tests = Vec::new();
        for span in spans.iter().filter(|span| span.segment.is_some()) {
            let shown: Vec<(usize, &Measured)> = (span.first..span.first + span.count)
                .filter_map(|column| measured[column].as_ref().map(|measured| (column, measured)))
                .collect();
            for (index, first) in shown.iter().enumerate() {
                tests.extend(shown[index + 1..].iter().filter_map(|second| pair_test(*first, *second, &self.frame)));
            }
        }
        let cell = |measured: &Option<Measured>| BannerCell {
            estimate: measured.as_ref().map(|measured| measured.estimate),
            se: measured.as_ref().and_then(|measured| measured.se),
            higher_than: String::new(),
        };
        let mut made = BannerRow {
            kind: row.kind,
            value: row.value.clone(),
            title: row.title.clone(),
            cells: measured.iter().map(cell).collect(),
            tests,
        };
        write_letters(&mut made, columns, self.banner.correction);
        Ok(made)
    }
}

fn columns(across: &[&SegmentInfo]) -> Vec<BannerColumn> {
    let total = BannerColumn {
        segment: None,
        segment_title: words::total_title(),
        value: None,
        title: words::total_title(),
        letter: String::new(),
    };
    let groups = across.iter().flat_map(|segment| {
        segment.groups.iter().enumerate().map(|(index, (value, title))| BannerColumn {
            segment: Some(segment.column.clone()),
            segment_title: segment.title.clone(),
            value: Some(value.clone()),
            title: title.clone(),
            letter: column_letter(index),
        })
    });
    std::iter::once(total).chain(groups).collect()
}

fn spans<'a>(across: &[&'a SegmentInfo]) -> Vec<Span<'a>> {
    let mut spans = vec![Span { segment: None, first: 0, count: 1 }];
    let mut first = 1;
    for segment in across {
        spans.push(Span { segment: Some(&segment.column), first, count: segment.groups.len() });
        first += segment.groups.len();
    }
    spans
}
