//! The sheet of the course over the waves: every indicator with all its waves and bases, and lines with their intervals for the
//! leading ones.

use super::book::Book;
use super::estimates::{Rows, line, place};
use super::sheet::{Cell, NumberFormat, Role, Sheet};
use crate::analysis::{IndicatorSummary, printed_decimals};
use crate::document::format;

/// Most lines drawn.
const MOST_CHARTS: usize = 12;

/// The sheet; none with fewer than two waves.
pub(super) fn waves(book: Book<'_, '_>, rows: &Rows) -> Option<Sheet> {
    let material = book.material;
    let results = material.results();
    let shown: Vec<&IndicatorSummary<'_>> =
        material.summaries.iter().filter(|held| held.info.unavailable.is_none() && held.current.is_some()).collect();
    if results.waves.len() < 2 || shown.is_empty() {
        return None;
    }
    let title = book.word("book_waves", "各期走势", "Waves");
    let mut sheet = Sheet::new("waves", &title, &title);
    sheet.subtitle(book.word(
        "book_waves_base",
        "基数：每期每项各自的作答者，见下方各行。",
        "Base: those who answered, wave by wave and item by item, in the rows below.",
    ));
    sheet.skip(1);
    let mut heads = vec![book.indicator(), book.unit_head()];
    heads.extend(results.waves.iter().map(|wave| format::wave(wave, book.lang())));
    heads.push(book.word("book_last_change", "最近变化", "Last change"));
    heads.push(book.word("book_significant", "显著", "Sig."));
    let head = sheet.head(heads);
    sheet.freeze(head, 2);
    for held in &shown {
        let mut cells = vec![book.name(held.info), Cell::text(book.unit(held.info.unit))];
        cells.extend(results.waves.iter().map(|wave| book.estimate(results.published(&held.info.id, Some(wave)))));
        let decimals = u8::try_from(printed_decimals(held.info.unit)).unwrap_or(2);
        let change = held.change.as_ref();
        cells.push(
            change.map_or_else(Cell::default, |change| Cell::of_number(change.delta, NumberFormat::Signed(decimals))),
        );
        cells.push(Cell::text(if change.is_some_and(|change| change.significant) { "*" } else { "" }).centred());
        sheet.row(cells);
    }
    sheet.skip(1);
    sheet.section(book.word("book_n_title", "样本 n（未加权）", "n (unweighted)"));
    for held in &shown {
        let name = Cell::text(book.title(held.info)).role(Role::Base).indent(u8::from(held.info.variant_of.is_some()));
        let counts = results.waves.iter().map(|wave| {
            let n = results
                .published(&held.info.id, Some(wave))
                .and_then(|estimate| estimate.printed_n())
                .map(|n| n as f64);
            Cell::maybe(n, 0).role(Role::Base)
        });
        let unit = Cell::default().role(Role::Base);
        sheet.row([name, unit].into_iter().chain(counts));
    }
    sheet.notes([book.fill(
        "book_note_waves",
        &[("level", &material.confidence())],
        "最近变化：最后一期减前一期；* 表示在 {level} 水平上显著（独立样本双侧 t 检验）。图中竖线为 {level} 置信区间；标准误等见“全部估计值”。",
        "Last change: the newest wave less the one before; * is significant at {level} (independent samples, two-sided t test). Bars in the charts are {level} confidence intervals; standard errors and what else there is stand in “All estimates”.",
    )]);
    sheet.notes(book.number_notes());
    let lead = material.lead();
    let charts = lead.iter().take(MOST_CHARTS).filter_map(|held| line(book, rows, held)).collect();
    place(&mut sheet, charts, 2);
    Some(sheet)
}
