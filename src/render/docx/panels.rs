//! The set pieces of a report: cover, indicator cards, things to do, remarks and columns, laid out as tables without rules.

use super::Picture;
use super::inlines::Format;
use super::properties::{border, margins, paragraph_properties, shading, spacing, width};
use super::tables::{cell, layout_table, text_width};
use super::writer::{Room, Writer, set_property};
use super::xml::{Element, el, val};
use crate::diagnostics::Lang;
use crate::document::blocks::{Block, Card, Todo, Tone};

/// Between cards, twentieths of a point.
const GUTTER: u32 = 140;
/// A card is no narrower than this.
const NARROWEST_CARD: u32 = 1_680;
/// Most cards in a row.
const MOST_CARDS: u32 = 5;
/// Most cards beside each other on a page that lies on its long side.
const MOST_CARDS_ACROSS: u32 = 8;
/// Height of the band of the cover.
const BAND: [u32; 2] = [1_700, 4_600];

/// Rule, text and ground of a tone.
struct Paint {
    rule: String,
    text: String,
    wash: String,
}

impl Writer<'_> {
    fn paint(&self, tone: Tone) -> Paint {
        let look = self.look;
        let (rule, text, wash) = match tone {
            Tone::Good => (&look.good, &look.good, &look.good_wash),
            Tone::Bad | Tone::Warning => (&look.bad, &look.bad_text, &look.bad_wash),
            Tone::Info => (&look.accent, &look.accent, &look.wash),
            Tone::Neutral => (&look.plain, &look.ink, &look.wash),
        };
        Paint { rule: rule.clone(), text: text.clone(), wash: wash.clone() }
    }

    fn layout(&self, widths: &[u32], rows: Vec<Element>) -> Element {
        layout_table(self.styles.id("LayoutTable"), widths, rows)
    }

    /// The cover: a band with the title, then what the document says of itself. On a client's page only its own styles speak.
    pub(super) fn cover(&mut self, rows: &[(String, String)], room: Room) -> Vec<Element> {
        let meta = self.meta;
        let mut written = Vec::new();
        let subtitle = meta.subtitle.as_deref().filter(|text| !text.is_empty());
        let mut logo_height = 0;
        if self.own_look && self.look.form.title_above {
            return self.title_above(subtitle, rows, room);
        }
        if self.own_look {
            written.push(self.band(subtitle, room));
            written.push(self.line("CoverPeriod", &meta.period));
            let (logo, height) = self.cover_logo(room);
            written.extend(logo);
            logo_height = height;
        } else {
            written.push(self.line("Title", &meta.title));
            written.extend(subtitle.map(|text| self.line("Subtitle", text)));
        }
        if !rows.is_empty() {
            if self.own_look {
                // The lines stand at the foot of the page.
                let height = self.page.height.saturating_sub(self.page.top + self.page.bottom);
                let used = BAND.iter().sum::<u32>() + 1_080 + 520 * rows.len() as u32 + 900 + logo_height;
                let mut space = self.empty("CoverText");
                set_property(&mut space, spacing(f64::from(height.saturating_sub(used)) / 20.0, 0.0, Some(1.0)));
                written.push(space);
            }
            written.push(self.cover_rows(rows, room));
        }
        if self.own_look {
            // The cover is a section of its own: no head, no foot, not counted.
            let kind = val("w:type", "nextPage");
            let section = el("w:sectPr").add(kind).add_all(super::furniture::page_size(self.page));
            let small = spacing(0.0, 0.0, Some(1.0));
            written.push(el("w:p").add(paragraph_properties(vec![small, section])));
        } else {
            written.push(self.gap());
        }
        written
    }

    /// Title, subtitle, and the lines about the document in one, at the head of the first page; the logo at the right above them.
    fn title_above(&mut self, subtitle: Option<&str>, rows: &[(String, String)], room: Room) -> Vec<Element> {
        let coursework = self.look.form.coursework;
        let mut written = if coursework { Vec::new() } else { self.cover_logo(room).0 };
        let mut lines = vec![self.line("Title", &self.meta.title)];
        lines.extend(subtitle.map(|text| self.line("Subtitle", text)));
        let colon = if self.lang().is_chinese() { "：" } else { ": " };
        let blank = |value: &String| if value.is_empty() { "____________".to_owned() } else { value.clone() };
        let about: Vec<String> = rows.iter().map(|(label, value)| format!("{label}{colon}{}", blank(value))).collect();
        lines.push(self.line("CoverText", &about.join("\u{2003}")));
        if coursework {
            lines.iter_mut().for_each(|line| set_property(line, val("w:jc", "center")));
        }
        written.extend(lines);
        written
    }

    /// The logo of the brand and the name of the house at the right, with their height in twentieths of a point.
    fn cover_logo(&mut self, room: Room) -> (Vec<Element>, u32) {
        let Some(brand) = self.meta.brand.as_deref() else { return (Vec::new(), 0) };
        let right = |paragraph: &mut Element| set_property(paragraph, val("w:jc", "right"));
        let (mut written, mut height) = (Vec::new(), 0);
        if let Some(dots) = brand.logo.as_ref().and_then(|logo| logo.dots.as_ref()) {
            let picture = Picture { png: dots.png.to_vec(), width_pt: dots.width_pt, height_pt: dots.height_pt };
            let run = self.picture(&picture, &brand.company, room.width);
            // A picture needs a line as high as itself, not the fixed one of its style.
            let mut paragraph = self.empty("Figure").add(run);
            right(&mut paragraph);
            written.push(paragraph);
            height += (dots.height_pt * 20.0) as u32 + 280;
        }
        if !brand.company.is_empty() {
            let mut paragraph = self.line("CoverText", &brand.company);
            right(&mut paragraph);
            written.push(paragraph);
            height += 330;
        }
        (written, height)
    }

    fn band(&self, subtitle: Option<&str>, room: Room) -> Element {
        let wash =
            || vec![width("w:tcW", room.width), shading(&self.look.accent), margins("w:tcMar", [360, 400, 400, 400])];
        let row = |height: u32, cell: Element| {
            let height = el("w:trHeight").with("w:val", height).with("w:hRule", "atLeast");
            el("w:tr").add(el("w:trPr").add(el("w:cantSplit")).add(height)).add(cell)
        };
        let mut titles = vec![self.empty("CoverRule"), self.line("CoverTitle", &self.meta.title)];
        titles.extend(subtitle.map(|text| self.line("CoverSubtitle", text)));
        let mut upper = wash();
        upper.push(val("w:vAlign", "top"));
        let mut lower = wash();
        lower.push(val("w:vAlign", "bottom"));
        let client = self.line("CoverClient", self.meta.client.as_deref().unwrap_or_default());
        self.layout(&[room.width], vec![row(BAND[0], cell(upper, vec![client])), row(BAND[1], cell(lower, titles))])
    }

    fn cover_rows(&self, rows: &[(String, String)], room: Room) -> Element {
        let label = rows.iter().map(|(label, _)| text_width(label, 10.5, false)).fold(60.0, f64::max);
        let first = ((label + 36.0) * 20.0).min(f64::from(room.width) * 0.4) as u32;
        let widths = [first, room.width - first];
        let count = rows.len();
        let lines = rows.iter().enumerate().map(|(index, (label, value))| {
            let cells = [(label, true), (value, false)].into_iter().zip(widths).map(|((text, is_label), own)| {
                let mut rules = el("w:tcBorders").add(border("w:top", 4, &self.look.hair));
                if index + 1 == count {
                    rules.push(border("w:bottom", 4, &self.look.hair));
                }
                let colour = is_label.then(|| self.look.muted.clone());
                let run = self.text_run(text, &Format { colour, ..Format::default() });
                let paragraph = self.empty("CoverText").add_all(run);
                cell(vec![width("w:tcW", own), rules, margins("w:tcMar", [100, 0, 100, 100])], vec![paragraph])
            });
            el("w:tr").add(el("w:trPr").add(el("w:cantSplit"))).add_all(cells)
        });
        self.layout(&widths, lines.collect())
    }

    /// Cards in as many even rows as the width needs.
    pub(super) fn cards(&mut self, cards: &[Card], room: Room) -> Vec<Element> {
        if cards.is_empty() {
            return Vec::new();
        }
        let fitting = ((room.width + GUTTER) / (NARROWEST_CARD + GUTTER))
            .clamp(1, if self.look.form.landscape { MOST_CARDS_ACROSS } else { MOST_CARDS });
        let count = cards.len() as u32;
        let rows = count.div_ceil(fitting);
        let columns = count.div_ceil(rows) as usize;
        let own = (room.width - GUTTER * (columns as u32 - 1)) / columns as u32;
        // A single empty place goes to the first card, which leads the others.
        let lead = rows > 1 && rows as usize * columns == cards.len() + 1;
        let mut widths = Vec::new();
        for index in 0..columns {
            if index > 0 {
                widths.push(GUTTER);
            }
            widths.push(own);
        }
        let first_row = if lead { columns - 1 } else { columns }.min(cards.len());
        let (first, others) = cards.split_at(first_row);
        let mut lines = Vec::new();
        for (number, line) in std::iter::once(first).chain(others.chunks(columns)).enumerate() {
            if number > 0 {
                lines.push(self.gutter_row(&widths));
            }
            let mut row = el("w:tr").add(el("w:trPr").add(el("w:cantSplit")));
            let mut taken = 0;
            for (index, card) in line.iter().enumerate() {
                if index > 0 {
                    row.push(cell(vec![width("w:tcW", GUTTER)], Vec::new()));
                    taken += 1;
                }
                let wide = lead && number == 0 && index == 0;
                let (span, broad) = if wide { (3, own * 2 + GUTTER) } else { (1, own) };
                let first = number == 0 && index == 0;
                row.push(self.card(card, broad, span, first));
                taken += span as usize;
            }
            if taken < widths.len() {
                let rest = widths[taken..].iter().sum();
                let span = val("w:gridSpan", widths.len() - taken);
                row.push(cell(vec![width("w:tcW", rest), span], Vec::new()));
            }
            lines.push(row);
        }
        vec![self.layout(&widths, lines), self.gap()]
    }

    fn gutter_row(&self, widths: &[u32]) -> Element {
        let height = el("w:trHeight").with("w:val", GUTTER).with("w:hRule", "exact");
        let span = val("w:gridSpan", widths.len());
        let only = cell(vec![width("w:tcW", widths.iter().sum()), span], Vec::new());
        el("w:tr").add(el("w:trPr").add(height)).add(only)
    }

    /// A card. On a page that lies on its long side it is like those of a scorecard's PDF: the change under the number, the interval last,
    /// the first card on the ground of its tone.
    fn card(&mut self, card: &Card, own: u32, span: u32, first: bool) -> Element {
        let paint = self.paint(card.tone);
        let across = self.look.form.landscape;
        let mut properties = vec![
            width("w:tcW", own),
            el("w:tcBorders").add(border("w:top", 16, &paint.rule)),
            shading(if across && first { &paint.wash } else { &self.look.wash }),
            margins("w:tcMar", if across { [100, 150, 80, 100] } else { [140, 150, 120, 100] }),
        ];
        if span > 1 {
            properties.push(val("w:gridSpan", span));
        }
        // A value in words, such as a reason, is no headline figure.
        let style = if card.value.chars().count() > 7 { "CardWords" } else { "CardValue" };
        let coloured = Format { colour: Some(paint.text.clone()), ..Format::default() };
        let unit = Format { size: Some(9.0), ..coloured.clone() };
        let value =
            self.empty(style).add_all(self.text_run(&card.value, &coloured)).add_all(self.text_run(&card.unit, &unit));
        let mut lines = vec![self.line("CardTitle", &card.title), value];
        let interval = Some(&card.interval).filter(|text| !text.is_empty()).map(|text| self.line("CardSmall", text));
        lines.extend(interval.clone().filter(|_| !across));
        if !card.change.is_empty() {
            let colour = card.change_significant.then(|| self.look.ink.clone());
            let format = Format { bold: card.change_significant, colour, size: Some(8.5), ..Format::default() };
            lines.push(self.empty("CardSmall").add_all(self.text_run(&card.change, &format)));
        }
        if let Some(progress) = card.progress {
            lines.push(self.bar(progress, own.saturating_sub(250), &paint));
        }
        if !card.target.is_empty() {
            let mut target = self.line("CardSmall", &card.target);
            set_property(&mut target, spacing(3.0, 0.0, Some(10.0)));
            lines.push(target);
        }
        lines.extend(interval.filter(|_| across));
        cell(properties, lines)
    }

    /// The way to the target as a bar; the words under it say the same.
    fn bar(&self, progress: f64, room: u32, paint: &Paint) -> Element {
        let done = (f64::from(room) * progress.clamp(0.0, 1.0)).round() as u32;
        let parts: Vec<(u32, &str)> = [(done, paint.rule.as_str()), (room - done, self.look.hair.as_str())]
            .into_iter()
            .filter(|(width, _)| *width > 30)
            .collect();
        let widths: Vec<u32> = parts.iter().map(|(width, _)| *width).collect();
        let height = el("w:trHeight").with("w:val", 70).with("w:hRule", "exact");
        let cells = parts.iter().map(|(own, colour)| cell(vec![width("w:tcW", *own), shading(colour)], Vec::new()));
        let row = el("w:tr").add(el("w:trPr").add(height)).add_all(cells);
        self.layout(&widths, vec![row])
    }

    /// The numbered list of things to do: what, then where, who and when, and the cost at the right.
    pub(super) fn todos(&mut self, title: &str, items: &[Todo], room: Room) -> Vec<Element> {
        let mut written = Vec::new();
        if !title.is_empty() {
            written.push(self.line("TodoHeading", title));
        }
        if items.is_empty() {
            return written;
        }
        let amount = items.iter().map(|item| text_width(&item.amount, 9.0, false)).fold(0.0, f64::max);
        let last = ((amount * 20.0) as u32 + 120).min(room.width / 3);
        let widths = [460, room.width - 460 - last, last];
        let count = items.len();
        let sides = if self.look.form.landscape { 40 } else { 110 };
        let lines: Vec<Element> = items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                let properties = |column: usize| {
                    let (rule, colour) = if index == 0 { (6, &self.look.ink) } else { (4, &self.look.hair) };
                    let mut rules = el("w:tcBorders").add(border("w:top", rule, colour));
                    if index + 1 == count {
                        rules.push(border("w:bottom", 4, &self.look.hair));
                    }
                    vec![width("w:tcW", widths[column]), rules, margins("w:tcMar", [sides, 0, sides, 0])]
                };
                let colour = Some(self.look.accent.clone());
                let number = Format { colour, size: Some(13.0), ..Format::default() };
                let number = self.empty("Todo").add_all(self.text_run(&(index + 1).to_string(), &number));
                let mut words = vec![self.line("Todo", &item.title)];
                if !item.detail.is_empty() {
                    words.push(self.line("TodoDetail", &item.detail));
                }
                let mut amount = self.line("TodoDetail", &item.amount);
                set_property(&mut amount, val("w:jc", "right"));
                el("w:tr")
                    .add(el("w:trPr").add(el("w:cantSplit")))
                    .add(cell(properties(0), vec![number]))
                    .add(cell(properties(1), words))
                    .add(cell(properties(2), vec![amount]))
            })
            .collect();
        written.push(self.layout(&widths, lines));
        written.push(self.gap());
        written
    }

    /// A remark in a box with a coloured edge.
    pub(super) fn callout(&mut self, tone: Tone, title: Option<&str>, blocks: &[Block], room: Room) -> Vec<Element> {
        let paint = self.paint(tone);
        let mut content = Vec::new();
        if let Some(title) = title.filter(|title| !title.is_empty()) {
            let format = Format { colour: Some(paint.text.clone()), ..Format::default() };
            content.push(self.empty("CalloutTitle").add_all(self.text_run(title, &format)));
        }
        let inner = Room { width: room.width.saturating_sub(500), paragraph: "Callout", ..room };
        content.extend(self.blocks(blocks, inner));
        let properties = vec![
            width("w:tcW", room.width),
            el("w:tcBorders").add(border("w:left", 24, &paint.rule)),
            shading(&paint.wash),
            margins("w:tcMar", [160, 240, 120, 220]),
        ];
        let row = el("w:tr").add(cell(properties, content));
        vec![self.gap(), self.layout(&[room.width], vec![row]), self.gap()]
    }

    /// Blocks side by side.
    pub(super) fn columns(&mut self, columns: &[Vec<Block>], room: Room) -> Vec<Element> {
        let count = columns.len() as u32;
        if count == 0 {
            return Vec::new();
        }
        let across = self.look.form.landscape;
        // Where lines are short, a list of things to do needs more room than what stands beside it.
        let share = |blocks: &Vec<Block>| {
            let todos = blocks.iter().any(|block| matches!(block, Block::Todos { .. }));
            if todos && !across { 1.4 } else { 1.0 }
        };
        let all: f64 = columns.iter().map(share).sum();
        let between = 400 * (count - 1);
        let free = f64::from(room.width.saturating_sub(between));
        let mut row = el("w:tr");
        let mut widths = Vec::new();
        for (index, blocks) in columns.iter().enumerate() {
            let inner = (free * share(blocks) / all) as u32;
            let gap = if index + 1 < columns.len() { 400 } else { 0 };
            widths.push(inner + gap);
            let paragraph = if self.lang() == Lang::En { "BodyText" } else { "Callout" };
            let mut content = self.blocks(blocks, Room { width: inner, paragraph, depth: 0 });
            // What stands side by side begins at one height, and a page that lies on its long side has none to spare.
            if let Some(first) = content.first_mut().filter(|first| first.name == "w:p" && across) {
                set_property(first, el("w:spacing").with("w:before", 0));
            }
            row.push(cell(vec![width("w:tcW", inner + gap), margins("w:tcMar", [0, 0, 0, gap])], content));
        }
        vec![self.layout(&widths, vec![row]), self.gap()]
    }
}
