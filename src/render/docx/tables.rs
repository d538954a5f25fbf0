//! Three-line tables: caption above, head repeated on every page, rows that stay whole, widths that follow the content as in the PDF.

use unicode_width::UnicodeWidthChar;

use super::inlines::Format;
use super::properties::{border, cell_properties, paragraph_properties, shading, table_properties, width};
use super::writer::{Room, Writer, set_property};
use super::xml::{Element, clean, el, val};
use crate::document::blocks::{Align, Inline, Table, TableCell, TableRow, Tone};
use crate::document::markdown::plain_text;

/// Of the width of a table of questions the points of its scale take at most so much.
const MOST_FOR_POINTS: f64 = 0.82;
/// Tables of up to so many rows stay on one page.
const WHOLE: usize = 14;
/// Parts of a table of up to so many lines stay on one page.
const WHOLE_PART: f64 = 16.0;
/// Rows at the start and the end of a longer part that stay together.
const EDGE: usize = 3;
/// Of so many rows, that is, while they take no more lines than these.
const WHOLE_LINES: f64 = 20.0;
/// Stands for a letter of code where widths are measured: fonts for code give all letters the same. No text holds this one.
const CODE_LETTER: char = '\u{e000}';
/// Only a cell with more characters than this may break over pages.
const LONGEST_WHOLE_CELL: usize = 1_500;

/// Letters and distances of one table.
struct Setting {
    style: &'static str,
    /// Size of letters in points.
    size: f64,
    /// Left and right of a cell, twentieths of a point.
    pad: u32,
}

impl Writer<'_> {
    /// Caption, table and notes.
    pub(super) fn table(&mut self, table: &Table, room: Room) -> Vec<Element> {
        let mut written = Vec::new();
        if !table.caption.is_empty() {
            written.push(self.caption("TableCaption", "table", &table.id, &table.number, &table.caption));
        }
        if table.columns.is_empty() {
            return written;
        }
        let count = table.columns.len();
        // A table without a caption is part of a summary, which has to stay on its page.
        let close = table.caption.is_empty();
        let (style, size) = match count {
            ..8 if !close => ("TableText", 9.0),
            ..11 => ("TableTextSmall", 8.5),
            _ => ("TableTextTiny", 7.5),
        };
        let setting = Setting { style, size, pad: if count >= 7 { 80 } else { 110 } };
        let (widths, wraps) = column_widths(table, &setting, room.width);
        let has_head = table.columns.iter().any(|column| !column.title.is_empty());
        let mut properties = vec![
            val("w:tblStyle", self.styles.id("ThreeLineTable")),
            width("w:tblW", widths.iter().sum()),
            el("w:tblLayout").with("w:type", "fixed"),
            el("w:tblLook")
                .with("w:val", if has_head { "0420" } else { "0400" })
                .with("w:firstRow", u8::from(has_head)),
        ];
        let above = if close { 18 } else { 50 };
        if count >= 7 || close {
            properties.push(super::properties::margins("w:tblCellMar", [above, setting.pad, above, setting.pad]));
        }
        if !table.caption.is_empty() {
            properties.push(val("w:tblCaption", clean(&plain_text(&table.caption))));
        }
        let grid = el("w:tblGrid").add_all(widths.iter().map(|width| el("w:gridCol").with("w:w", width)));
        let mut tree = el("w:tbl").add(table_properties(properties)).add(grid);
        if has_head {
            tree.push(self.head(table, &widths, &setting));
        }
        let continued = table.rows.iter().any(|row| row.cells.first().is_some_and(|cell| cell.content.is_empty()));
        let kept = kept_with_next(table, &widths, &setting);
        for (index, row) in table.rows.iter().enumerate() {
            // The last row stays with the notes that explain it.
            let last = index + 1 == table.rows.len();
            let together = if last { !table.notes.is_empty() } else { kept[index] };
            let rule = if index == 0 { None } else { self.rule_above(row, wraps || continued) };
            tree.push(self.row(table, row, &widths, &setting, rule, together, wraps));
        }
        written.push(tree);
        match self.notes(&table.notes) {
            Some(notes) => written.push(notes),
            None => written.push(self.gap()),
        }
        written
    }

    fn head(&mut self, table: &Table, widths: &[u32], setting: &Setting) -> Element {
        let mut row = el("w:tr").add(el("w:trPr").add(el("w:cantSplit")).add(el("w:tblHeader")));
        for (column, own) in table.columns.iter().zip(widths) {
            let line = el("w:tcBorders").add(border("w:bottom", 6, &self.look.ink));
            let properties = cell_properties(vec![width("w:tcW", *own), line, val("w:vAlign", "bottom")]);
            let runs = self.runs(&column.title, &Format { bold: true, ..Format::default() });
            let mut paragraph = self.empty(setting.style).add_all(runs);
            align(&mut paragraph, column.align);
            set_property(&mut paragraph, el("w:keepNext"));
            row.push(el("w:tc").add(properties).add(paragraph));
        }
        row
    }

    /// The rule above a row with the first column it stands over: totals are set off, and so are rows whose cells wrap. Cells left
    /// empty at the start of a row go on saying what stands above them.
    fn rule_above(&self, row: &TableRow, parted: bool) -> Option<(usize, String)> {
        if row.strong {
            return Some((0, self.look.muted.clone()));
        }
        let start = row.cells.iter().position(|cell| !cell.content.is_empty()).unwrap_or(0);
        (parted || start > 0).then(|| (start, self.look.hair.clone()))
    }

    #[allow(clippy::too_many_arguments)]
    fn row(
        &mut self,
        table: &Table,
        row: &TableRow,
        widths: &[u32],
        setting: &Setting,
        rule: Option<(usize, String)>,
        together: bool,
        wraps: bool,
    ) -> Element {
        let longest = row.cells.iter().map(|cell| plain_text(&cell.content).chars().count()).max().unwrap_or(0);
        let mut tree = el("w:tr");
        if longest <= LONGEST_WHOLE_CELL {
            tree.push(el("w:trPr").add(el("w:cantSplit")));
        }
        let none = TableCell::default();
        for (index, (column, own)) in table.columns.iter().zip(widths).enumerate() {
            let cell = row.cells.get(index).unwrap_or(&none);
            let mut properties = vec![width("w:tcW", *own), val("w:vAlign", if wraps { "top" } else { "center" })];
            if let Some((_, colour)) = rule.as_ref().filter(|(start, _)| index >= *start) {
                properties.push(el("w:tcBorders").add(border("w:top", 4, colour)));
            }
            if let Some(ground) = self.ground(cell.tone) {
                properties.push(shading(&ground));
            }
            let runs = self.runs(&cell.content, &Format { bold: row.strong, ..Format::default() });
            let mut paragraph = self.empty(setting.style).add_all(runs);
            align(&mut paragraph, column.align);
            if together {
                set_property(&mut paragraph, el("w:keepNext"));
            }
            tree.push(el("w:tc").add(cell_properties(properties)).add(paragraph));
        }
        tree
    }

    /// Ground of a cell of a tone.
    fn ground(&self, tone: Tone) -> Option<String> {
        match tone {
            Tone::Neutral => None,
            Tone::Good => Some(self.look.good_wash.clone()),
            Tone::Bad | Tone::Warning => Some(self.look.bad_wash.clone()),
            Tone::Info => Some(self.look.wash.clone()),
        }
    }
}

/// About how many lines a row takes in columns of these widths.
fn lines(row: &TableRow, widths: &[u32], setting: &Setting) -> f64 {
    let cell_lines = |(cell, width): (&TableCell, &u32)| {
        let room = f64::from(width.saturating_sub(2 * setting.pad).max(200)) / 20.0;
        let wrapped = |text: String| (text_width(&text, setting.size, row.strong) / room).ceil().max(1.0);
        lines_of(&cell.content).into_iter().map(wrapped).sum::<f64>()
    };
    row.cells.iter().zip(widths).map(cell_lines).fold(1.0, f64::max)
}

/// For every row: does it stay on the page of the next one? A short table does as a whole, a part of a longer one if it is short, else
/// its first and its last rows.
fn kept_with_next(table: &Table, widths: &[u32], setting: &Setting) -> Vec<bool> {
    let count = table.rows.len();
    let all: f64 = table.rows.iter().map(|row| lines(row, widths, setting)).sum();
    let mut kept = vec![count <= WHOLE && all <= WHOLE_LINES; count];
    let starts = table.parts();
    for (place, &start) in starts.iter().enumerate() {
        let end = starts.get(place + 1).copied().unwrap_or(count);
        let edge = if starts.len() == 1 { 2 } else { EDGE };
        let high = table.rows[start..end].iter().map(|row| lines(row, widths, setting)).sum::<f64>();
        let short = starts.len() > 1 && high <= WHOLE_PART;
        let last = end.saturating_sub(1).max(start);
        for (row, kept) in (start..).zip(&mut kept[start..last]) {
            *kept |= short || row + 1 < start + edge || row + edge >= end;
        }
    }
    kept
}

fn align(paragraph: &mut Element, align: Align) {
    match align {
        Align::Left => {}
        Align::Center => set_property(paragraph, val("w:jc", "center")),
        Align::Right => set_property(paragraph, val("w:jc", "right")),
    }
}

/// A table around elements, without any rule of its own: cells by row with their widths.
pub(super) fn layout_table(style: &str, widths: &[u32], rows: Vec<Element>) -> Element {
    let properties = table_properties(vec![
        val("w:tblStyle", style),
        width("w:tblW", widths.iter().sum()),
        el("w:tblLayout").with("w:type", "fixed"),
    ]);
    let grid = el("w:tblGrid").add_all(widths.iter().map(|width| el("w:gridCol").with("w:w", width)));
    el("w:tbl").add(properties).add(grid).add_all(rows)
}

/// A cell; Word wants a paragraph at its end.
pub(super) fn cell(properties: Vec<Element>, mut content: Vec<Element>) -> Element {
    if content.last().is_none_or(|last| last.name != "w:p") {
        let letters = super::properties::run_properties(super::properties::size(1.0).to_vec());
        let line = super::properties::spacing(0.0, 0.0, Some(1.0));
        content.push(el("w:p").add(paragraph_properties(vec![line, letters])));
    }
    el("w:tc").add(cell_properties(properties)).add_all(content)
}

/// How much wider bold letters are than the usual ones, with some room for the faces of other systems.
const BOLD: f64 = 1.1;

/// Widths of the columns in twentieths of a point, filling `room`, and whether cells wrap.
fn column_widths(table: &Table, setting: &Setting, room: u32) -> (Vec<u32>, bool) {
    let count = table.columns.len();
    let room = f64::from(room) / 20.0;
    let pad = f64::from(setting.pad) / 10.0;
    let mut natural = Vec::new();
    let mut snug = Vec::new();
    let mut least = Vec::new();
    for (index, column) in table.columns.iter().enumerate() {
        let measure = |strong: bool| {
            let rows = table.rows.iter().filter(move |row| row.strong == strong);
            rows.filter_map(move |row| row.cells.get(index)).flat_map(|cell| lines_of(&cell.content))
        };
        let head = plain_text(&column.title);
        let size = setting.size;
        let texts: Vec<(String, bool)> =
            measure(false).map(|text| (text, false)).chain(measure(true).map(|text| (text, true))).collect();
        let body = texts.iter().map(|(text, strong)| text_width(text, size, *strong)).fold(8.0, f64::max);
        let least_head = least_width(&head, size, 4.0) * BOLD;
        let least_body = if column.align == Align::Right {
            body
        } else {
            let floor = if column.align == Align::Left { 5.0 } else { 3.0 };
            texts.iter().map(|(text, _)| least_width(text, size, floor)).fold(8.0, f64::max)
        };
        natural.push(body.max(text_width(&head, size, true) * BOLD) + pad);
        snug.push(body.max(least_head) + pad);
        least.push(least_body.max(least_head) + pad);
    }
    let total = |widths: &[f64]| widths.iter().sum::<f64>();
    let wraps = total(&natural) > room;
    let between = |narrow: &[f64], wide: &[f64]| -> Vec<f64> {
        let share = (room - total(narrow)) / (total(wide) - total(narrow)).max(1e-6);
        narrow.iter().zip(wide).map(|(narrow, wide)| narrow + (wide - narrow) * share).collect()
    };
    let fixed: f64 = (0..count).filter(|i| table.columns[*i].parts <= 0.0).map(|i| natural[i]).sum();
    let shared = table.columns.iter().any(|column| column.parts > 0.0) && fixed <= room * 0.7;
    let widths = if shared {
        shared_widths(table, &natural, &least, room)
    } else if !wraps {
        spread(table, &natural, room - total(&natural))
    } else if total(&snug) < room {
        between(&snug, &natural)
    } else if total(&least) < room {
        between(&least, &snug)
    } else {
        least.clone()
    };
    (whole_twips(&widths, room), wraps)
}

/// The lines of a cell as its writer broke them, for measuring.
fn lines_of(content: &[Inline]) -> Vec<String> {
    let measured = |inline: &Inline| match inline {
        Inline::Code { text } => text.chars().map(|letter| if letter == ' ' { ' ' } else { CODE_LETTER }).collect(),
        other => plain_text(std::slice::from_ref(other)),
    };
    content.split(|inline| *inline == Inline::LineBreak).map(|line| line.iter().map(measured).collect()).collect()
}

/// Columns with a share divide what the others leave; a share too small for the longest word gives way to that word.
fn shared_widths(table: &Table, natural: &[f64], least: &[f64], room: f64) -> Vec<f64> {
    let count = natural.len();
    let parts = |i: usize| table.columns[i].parts.max(0.0);
    // The points of a scale stay as wide as each other: as the widest word of one, where there is room for that; what is added to
    // the width of bold letters to be on the safe side may be missing.
    let is_point = |i: usize| parts(i) > 0.0 && table.columns[i].align == Align::Center;
    let points = (0..count).filter(|i| is_point(*i)).count();
    let widest = (0..count).filter(|i| is_point(*i)).map(|i| least[i]).fold(0.0, f64::max);
    let most = room * MOST_FOR_POINTS / points.max(1) as f64;
    let even = (widest / BOLD <= most).then_some(widest.min(most));
    let least: Vec<f64> = (0..count).map(|i| even.filter(|_| is_point(i)).unwrap_or(least[i])).collect();
    let mut held: Vec<Option<f64>> = (0..count).map(|i| (parts(i) == 0.0).then_some(natural[i])).collect();
    for _ in 0..count {
        let open: Vec<usize> = (0..count).filter(|i| held[*i].is_none()).collect();
        let rest = room - held.iter().flatten().sum::<f64>();
        let all: f64 = open.iter().map(|i| parts(*i)).sum();
        let short: Vec<usize> = open.iter().copied().filter(|i| rest * parts(*i) / all < least[*i]).collect();
        if short.is_empty() || short.len() == open.len() {
            break;
        }
        held[short[0]] = Some(least[short[0]]);
    }
    let rest = (room - held.iter().flatten().sum::<f64>()).max(0.0);
    let all: f64 = (0..count).filter(|i| held[*i].is_none()).map(parts).sum();
    (0..count).map(|i| held[i].unwrap_or_else(|| rest * parts(i) / all.max(1e-6))).collect()
}

/// Room to spare: the widest column of words takes a third of it, all others share the rest evenly.
fn spread(table: &Table, natural: &[f64], spare: f64) -> Vec<f64> {
    let count = natural.len();
    let worded = (0..count).filter(|i| table.columns[*i].align == Align::Left);
    let widest = worded.fold(None::<usize>, |best, i| match best {
        Some(held) if natural[held] >= natural[i] => best,
        _ => Some(i),
    });
    let widest = widest.unwrap_or(0);
    let first = if count == 1 { spare } else { spare * (1.0_f64 / 3.0).max(1.0 / count as f64) };
    let others = if count == 1 { 0.0 } else { (spare - first) / (count as f64 - 1.0) };
    natural.iter().enumerate().map(|(i, own)| own + if i == widest { first } else { others }).collect()
}

/// Widths in whole twentieths of a point that fill the room exactly.
fn whole_twips(widths: &[f64], room: f64) -> Vec<u32> {
    let scale = room / widths.iter().sum::<f64>().max(1e-6);
    let mut edge = 0.0;
    let mut last = 0;
    widths
        .iter()
        .map(|width| {
            edge += width * scale * 20.0;
            let own = (edge.round() as u32).saturating_sub(last).max(20);
            last += own;
            own
        })
        .collect()
}

/// Width of a text in points as the usual sans faces set it, with the space that programs put between Han and Latin letters.
pub(super) fn text_width(text: &str, size: f64, strong: bool) -> f64 {
    let mut ems = 0.0;
    let mut before = None;
    for letter in text.chars() {
        let wide = letter.width().unwrap_or(0) > 1;
        if letter != ' ' && before.is_some_and(|before| before != wide) {
            ems += 0.25;
        }
        before = Some(wide);
        ems += letter_width(letter, wide);
    }
    ems * size * if strong { 1.06 } else { 1.03 }
}

/// Width of a letter in ems.
fn letter_width(letter: char, wide: bool) -> f64 {
    match letter {
        _ if wide => 1.0,
        // Marks that Chinese fonts draw full-width.
        '“' | '”' | '‘' | '’' | '…' | '—' | '→' | '▲' | '▼' | '×' => 1.0,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '|' | '\'' | '!' => 0.28,
        ' ' | '\u{a0}' | '(' | ')' | '-' | '/' | 't' | 'f' | 'r' => 0.34,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.9,
        'A'..='Z' => 0.7,
        CODE_LETTER => 0.61,
        '0'..='9' => 0.56,
        _ if letter.width() == Some(0) => 0.0,
        _ => 0.56,
    }
}

/// Width below which a column would break inside a word or number, but at least `floor` letters; never more than the text needs.
fn least_width(text: &str, size: f64, floor: f64) -> f64 {
    let is_word =
        |letter: char| letter.is_ascii_graphic() || ('\u{a1}'..='\u{24f}').contains(&letter) || letter == CODE_LETTER;
    let longest = text
        .split(|letter| !is_word(letter))
        .map(|word| text_width(&word.chars().take(20).collect::<String>(), size, true));
    let longest = longest.fold(0.0, f64::max);
    text_width(text, size, true).min(longest.max(floor * size))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::document::blocks::{Inline, TableColumn};

    fn column(title: &str, align: Align, parts: f64) -> TableColumn {
        TableColumn { title: vec![Inline::text(title)], align, parts }
    }

    #[test]
    fn columns_fill_the_room_exactly() {
        let setting = Setting { style: "TableText", size: 9.0, pad: 110 };
        let long = "等候时间过长，晚餐高峰期尤其明显".repeat(8);
        let row = |texts: [&str; 3]| TableRow {
            cells: texts.map(|text| TableCell { content: vec![Inline::text(text)], tone: Tone::Neutral }).to_vec(),
            strong: false,
        };
        for (parts, text) in [(0.0, "短"), (0.0, long.as_str()), (3.0, long.as_str()), (1.0, "短")] {
            let table = Table {
                columns: vec![
                    column("原因", Align::Left, parts),
                    column("占比", Align::Right, 0.0),
                    column("n", Align::Right, 0.0),
                ],
                rows: vec![row([text, "61.2%", "1,024"])],
                ..Table::default()
            };
            let (widths, wraps) = column_widths(&table, &setting, 9_072);
            assert_eq!(widths.iter().sum::<u32>(), 9_072, "{widths:?}");
            assert_eq!(wraps, text.len() > 100);
            assert!(text.len() < 100 || widths[0] > 2 * widths[2], "{widths:?}");
            assert!(f64::from(widths[1]) / 20.0 > text_width("61.2%", 9.0, false), "{widths:?}");
        }
    }

    #[test]
    fn the_points_of_a_scale_are_evenly_spaced() {
        let setting = Setting { style: "TableText", size: 9.0, pad: 80 };
        let points = ["Very dissatisfied", "Dissatisfied", "Neither", "Satisfied", "Very satisfied", "Does not apply"];
        let mut columns = vec![column("", Align::Left, 2.0)];
        columns.extend(points.map(|point| column(point, Align::Center, 1.0)));
        let cell = |text: &str| TableCell { content: vec![Inline::text(text)], tone: Tone::Neutral };
        let row = TableRow {
            cells: std::iter::once(cell("Time in the queue")).chain(points.map(|_| cell("□"))).collect(),
            strong: false,
        };
        let table = Table { columns, rows: vec![row], ..Table::default() };
        let (widths, _) = column_widths(&table, &setting, 9_072);
        let (least, most) = (widths[1..].iter().min().unwrap(), widths[1..].iter().max().unwrap());
        assert!(most - least <= 1, "{widths:?}");
        assert!(f64::from(*least) / 20.0 > text_width("dissatisfied", 9.0, true), "{widths:?}");
        assert!(widths[0] > *most, "{widths:?}");
    }

    #[test]
    fn a_word_of_code_is_not_broken() {
        let setting = Setting { style: "TableText", size: 9.0, pad: 110 };
        let words = "The question as it was asked, from the first word to the last of them".repeat(3);
        let cell = |content: Inline| TableCell { content: vec![content], tone: Tone::Neutral };
        let code = |text: &str| cell(Inline::Code { text: text.to_owned() });
        let row =
            TableRow { cells: vec![code("satisfaction"), cell(Inline::text(&words)), code("a b")], strong: false };
        let columns = [("Input", 0.9), ("Question", 6.4), ("As", 0.2)];
        let columns = columns.map(|(title, parts)| column(title, Align::Left, parts)).to_vec();
        let (widths, _) = column_widths(&Table { columns, rows: vec![row], ..Table::default() }, &setting, 9_072);
        // Twelve letters of the widest font for code that stands in, 0.602 of the size each, and the two sides of the cell.
        assert!(f64::from(widths[0]) / 20.0 >= 12.0 * 0.602 * 9.0 + 11.0, "{widths:?}");
    }

    /// A table of rows whose first cell is as given; `!` in front makes the row a bold one.
    fn rows(firsts: &[&str]) -> Table {
        let cell = |text: &str| TableCell {
            content: [Inline::text(text)].into_iter().filter(|_| !text.is_empty()).collect(),
            tone: Tone::Neutral,
        };
        let row = |first: &&str| TableRow {
            cells: vec![cell(first.trim_start_matches('!')), cell("x")],
            strong: first.starts_with('!'),
        };
        let columns = vec![TableColumn::default(); 2];
        Table { columns, rows: firsts.iter().map(row).collect(), ..Table::default() }
    }

    fn kept(table: &Table, width: u32) -> String {
        let setting = Setting { style: "TableText", size: 9.0, pad: 110 };
        kept_with_next(table, &[width; 2], &setting).iter().map(|kept| if *kept { '+' } else { '.' }).collect()
    }

    #[test]
    fn parts_of_a_long_table_stay_on_one_page() {
        let named = rows(&["a", "", "", "b", "", "c", "d", "", "", "", "", "", "", "", "e", ""]);
        assert_eq!(named.parts(), [0, 3, 5, 6, 14]);
        assert_eq!(kept(&named, 4_000), "++.+..+++++++.+.");
        // Where a row takes three lines, eight of them are too many: the first three and the last three stay together.
        let mut long = named.clone();
        long.rows.iter_mut().for_each(|row| row.cells[1].content = vec![Inline::text("等候时间过长".repeat(3))]);
        assert_eq!(kept(&long, 1_600), "++.+..++...++.+.");
    }

    #[test]
    fn a_table_of_few_but_high_rows_may_break() {
        let mut table = rows(&["a"; 10]);
        assert_eq!(kept(&table, 4_000), "++++++++++");
        // Each takes three lines: thirty in all.
        table.rows.iter_mut().for_each(|row| row.cells[1].content = vec![Inline::text("等候时间过长".repeat(3))]);
        assert_eq!(kept(&table, 1_600), "+.......+.");
    }

    #[test]
    fn a_total_belongs_to_what_stands_above_it() {
        let mut firsts = vec!["a"; 15];
        firsts.push("!sum");
        let table = rows(&firsts);
        assert_eq!(table.parts(), [0]);
        assert_eq!(kept(&table, 4_000), "+.............+.");
        let headed = rows(&["!A", "a", "b", "!B", "c", "d"]);
        assert_eq!(headed.parts(), [0, 3]);
    }
}
