//! Blocks as HTML: headings, paragraphs, tables with scopes, figures, cards, lists.

use std::fmt::Write as _;

use super::{Page, escape, inline};
use crate::document::blocks::{Align, Block, Card, Figure, Inline, Table, Todo, Tone};
use crate::document::markdown::plain_text;

impl Page<'_> {
    pub(super) fn block(&mut self, block: &Block) {
        match block {
            Block::Cover { rows } => self.cover(rows),
            Block::Contents => self.contents(),
            Block::Heading { level, small, id, number, content } => {
                self.heading((*level, *small), id, number.as_deref(), content);
            }
            Block::Paragraph { content } => self.line(&format!("<p>{}</p>", inline::html(content))),
            Block::Lead { content } => self.line(&format!("<p class=\"lead\">{}</p>", inline::html(content))),
            Block::List { ordered, start, items } => self.list(*ordered, *start, items),
            Block::Quote { blocks } => self.wrapped("<blockquote>", blocks, "</blockquote>"),
            Block::Callout { tone, title, blocks } => {
                self.line(&format!("<aside class=\"callout {}\">", tone_class(*tone)));
                if let Some(title) = title {
                    self.line(&format!("<p class=\"callout-title\">{}</p>", escape(title)));
                }
                self.wrapped("", blocks, "</aside>");
            }
            Block::Table(table) => self.table(table),
            Block::Figure(figure) => self.figure(figure),
            Block::Cards { cards } => self.cards(cards),
            Block::Todos { title, items } => self.todos(title, items),
            Block::Columns { columns } => {
                self.line("<div class=\"columns\">");
                for column in columns {
                    self.wrapped("<div class=\"column\">", column, "</div>");
                }
                self.line("</div>");
            }
            Block::Form(form) => self.form(form),
            Block::Code { text } => self.line(&format!("<pre><code>{}</code></pre>", escape(text))),
            Block::PageBreak => self.line("<div class=\"page-break\" role=\"presentation\"></div>"),
        }
    }

    fn line(&mut self, html: &str) {
        self.html.push_str(html);
        self.html.push('\n');
    }

    fn wrapped(&mut self, open: &str, blocks: &[Block], close: &str) {
        self.line(open);
        for block in blocks {
            self.block(block);
        }
        self.line(close);
    }

    fn cover(&mut self, rows: &[(String, String)]) {
        self.line("<header class=\"cover\">");
        self.logo();
        self.title_lines();
        if !rows.is_empty() {
            self.line("<dl>");
            for (label, value) in rows {
                let _ = writeln!(self.html, "<div><dt>{}</dt><dd>{}</dd></div>", escape(label), escape(value));
            }
            self.line("</dl>");
        }
        self.line("</header>");
    }

    fn contents(&mut self) {
        let title = escape(self.word("contents"));
        let _ = writeln!(self.html, "<nav class=\"contents\" aria-labelledby=\"contents-title\">");
        let _ = writeln!(self.html, "<h2 id=\"contents-title\">{title}</h2>\n<ol>");
        let mut open = false;
        let mut inner = false;
        for block in &self.document.blocks {
            let Block::Heading { level: level @ (1 | 2), small: false, id, number, content } = block else { continue };
            if *level == 1 {
                if inner {
                    self.html.push_str("</ol>");
                }
                if open {
                    self.html.push_str("</li>\n");
                }
                (open, inner) = (true, false);
            } else if number.is_none() || !open {
                continue;
            } else if inner {
                self.html.push('\n');
            } else {
                self.html.push_str("\n<ol>");
                inner = true;
            }
            let number = number.as_ref().map(|text| format!("<span class=\"number\">{}</span> ", escape(text)));
            let entry = format!(
                "<li><a href=\"#{}\">{}<span>{}</span></a>",
                escape(id),
                number.unwrap_or_default(),
                escape(&plain_text(content))
            );
            self.html.push_str(&entry);
            if *level == 2 {
                self.html.push_str("</li>");
            }
        }
        if inner {
            self.html.push_str("</ol>");
        }
        if open {
            self.html.push_str("</li>\n");
        }
        self.line("</ol>\n</nav>");
    }

    fn heading(&mut self, (level, small): (u8, bool), id: &str, number: Option<&str>, content: &[Inline]) {
        // The title of the document is the only h1.
        let tag = level.clamp(1, 5) + 1;
        let class = if small { " class=\"small\"" } else { "" };
        let number = number.filter(|text| !text.is_empty());
        let number = number.map(|text| format!("<span class=\"number\">{}</span> ", escape(text))).unwrap_or_default();
        let text = inline::html(content);
        self.line(&format!("<h{tag}{class} id=\"{}\">{number}{text}</h{tag}>", escape(id)));
    }

    fn list(&mut self, ordered: bool, start: u64, items: &[Vec<Block>]) {
        let (open, close) = match (ordered, start) {
            (true, 1) => ("<ol>".to_owned(), "</ol>"),
            (true, start) => (format!("<ol start=\"{start}\">"), "</ol>"),
            (false, _) => ("<ul>".to_owned(), "</ul>"),
        };
        self.line(&open);
        for item in items {
            if let [Block::Paragraph { content }] = item.as_slice() {
                self.line(&format!("<li>{}</li>", inline::html(content)));
            } else {
                self.wrapped("<li>", item, "</li>");
            }
        }
        self.line(close);
    }

    fn table(&mut self, table: &Table) {
        let caption = self.numbered("table", &table.number, &table.caption);
        let shared = table.columns.iter().any(|column| column.parts > 0.0);
        let short = |index: usize| {
            let own = table.columns.get(index).filter(|_| shared && index > 0);
            own.is_some_and(|column| column.parts <= 0.0)
        };
        let labelled = if caption.is_empty() {
            String::new()
        } else {
            format!(" aria-labelledby=\"{}-caption\"", escape(&table.id))
        };
        let _ = writeln!(self.html, "<div class=\"table\" id=\"{}\">", escape(&table.id));
        // The caption stands outside the scrolling part, so that it never scrolls away.
        if !caption.is_empty() {
            let _ = writeln!(self.html, "<p class=\"caption\" id=\"{}-caption\">{caption}</p>", escape(&table.id));
        }
        let _ = writeln!(
            self.html,
            "<div class=\"scroll\" role=\"region\" tabindex=\"0\"{labelled}>\n<table{labelled}>\n<thead><tr>"
        );
        for column in &table.columns {
            let title = inline::html(&column.title);
            let class = align_class(column.align);
            let cell = if title.is_empty() {
                format!("<td{class}></td>")
            } else {
                format!("<th scope=\"col\"{class}>{title}</th>")
            };
            self.html.push_str(&cell);
        }
        // The parts of a table stay on one page where it is printed.
        let parts = table.parts();
        let several = parts.len() > 1 && parts.len() < table.rows.len();
        let open = if several { "<tbody class=\"part\">" } else { "<tbody>" };
        self.line(&format!("</tr></thead>\n{open}"));
        for (place, row) in table.rows.iter().enumerate() {
            if several && place > 0 && parts.contains(&place) {
                self.line(&format!("</tbody>\n{open}"));
            }
            let continued = row.cells.first().is_some_and(|cell| cell.content.is_empty());
            self.html.push_str(match (row.strong, continued) {
                (true, _) => "<tr class=\"strong\">",
                (false, true) => "<tr class=\"continued\">",
                (false, false) => "<tr>",
            });
            for (index, cell) in row.cells.iter().enumerate() {
                let align = table.columns.get(index).map_or(Align::Left, |column| column.align);
                let text = inline::html(&cell.content);
                let class = cell_class(align, cell.tone, short(index));
                if index == 0 && !continued {
                    let _ = write!(self.html, "<th scope=\"row\"{class}>{text}</th>");
                } else {
                    let _ = write!(self.html, "<td{class}>{text}</td>");
                }
            }
            self.line("</tr>");
        }
        self.line("</tbody>\n</table>\n</div>");
        self.notes(&table.notes);
        self.line("</div>");
    }

    fn numbered(&self, key: &str, number: &str, caption: &[Inline]) -> String {
        if caption.is_empty() {
            return String::new();
        }
        let text = inline::html(caption);
        if number.is_empty() {
            return text;
        }
        format!("<span class=\"number\">{} {}</span> {text}", escape(self.word(key)), escape(number))
    }

    fn notes(&mut self, notes: &[Vec<Inline>]) {
        if notes.is_empty() {
            return;
        }
        let text: Vec<String> = notes.iter().map(|note| inline::html(note)).collect();
        self.line(&format!("<p class=\"notes\">{}</p>", text.join(" ")));
    }

    fn figure(&mut self, figure: &Figure) {
        let svg = (self.draw)(&figure.chart, self.charts);
        self.charts += 1;
        self.line(&format!("<figure id=\"{}\">", escape(&figure.id)));
        match svg {
            Some(svg) => {
                let label = escape(&figure.chart.alt);
                self.line(&format!(
                    "<div class=\"chart\" role=\"img\" aria-label=\"{label}\">{}</div>",
                    strip_prolog(&svg)
                ));
            }
            // Without a drawing the words still carry the message.
            None => self.line(&format!("<p class=\"chart-text\">{}</p>", escape(&figure.chart.alt))),
        }
        let caption = self.numbered("figure", &figure.number, &figure.caption);
        if !caption.is_empty() || !figure.notes.is_empty() {
            self.line("<figcaption>");
            if !caption.is_empty() {
                self.line(&format!("<p class=\"caption\">{caption}</p>"));
            }
            self.notes(&figure.notes);
            self.line("</figcaption>");
        }
        self.line("</figure>");
    }

    fn cards(&mut self, cards: &[Card]) {
        // As many rows as needed for at most six in one, and the rows as even as can be.
        let rows = cards.len().div_ceil(6).max(1);
        self.line(&format!("<ul class=\"cards\" style=\"--columns:{}\">", cards.len().div_ceil(rows)));
        // A single empty place goes to the first card, which leads the others.
        let spare = rows > 1 && cards.len().div_ceil(rows) * rows == cards.len() + 1;
        for (index, card) in cards.iter().enumerate() {
            let wide = if spare && index == 0 { " wide" } else { "" };
            self.line(&format!("<li class=\"card {}{wide}\">", tone_class(card.tone)));
            self.line(&format!("<p class=\"card-title\">{}</p>", escape(&card.title)));
            let value = format!("{}<span class=\"unit\">{}</span>", escape(&card.value), escape(&card.unit));
            self.line(&format!("<p class=\"card-value\">{value}</p>"));
            self.line(&format!("<p class=\"card-small\">{}</p>", escape(&card.interval)));
            if !card.change.is_empty() {
                let class = if card.change_significant { "card-change significant" } else { "card-change" };
                self.line(&format!("<p class=\"{class}\">{}</p>", escape(&card.change)));
            }
            if let Some(progress) = card.progress {
                // The same is said in words below, so the bar is for the eye alone.
                let width = (progress.clamp(0.0, 1.0) * 1000.0).round() / 10.0;
                self.line(&format!(
                    "<div class=\"bar\" aria-hidden=\"true\"><span style=\"width:{width}%\"></span></div>"
                ));
            }
            if !card.target.is_empty() {
                self.line(&format!("<p class=\"card-small\">{}</p>", escape(&card.target)));
            }
            self.line("</li>");
        }
        self.line("</ul>");
    }

    fn todos(&mut self, title: &str, items: &[Todo]) {
        self.description_ids += 1;
        let id = format!("todos-{}", self.description_ids);
        let labelled = if title.is_empty() { String::new() } else { format!(" aria-labelledby=\"{id}\"") };
        if !title.is_empty() {
            self.line(&format!("<p class=\"todos-title\" id=\"{id}\">{}</p>", escape(title)));
        }
        self.line(&format!("<ol class=\"todos\"{labelled}>"));
        for item in items {
            let amount = if item.amount.is_empty() {
                String::new()
            } else {
                format!("<span class=\"amount\">{}</span>", escape(&item.amount))
            };
            // A span of days stays on one line.
            let detail = match item.detail.rsplit_once(" · ") {
                Some((rest, span)) if span.contains('→') => {
                    format!("{} · <span class=\"span\">{}</span>", escape(rest), escape(span))
                }
                _ => escape(&item.detail),
            };
            self.line(&format!(
                "<li><div><strong>{}</strong><span class=\"detail\">{detail}</span></div>{amount}</li>",
                escape(&item.title)
            ));
        }
        self.line("</ol>");
    }
}

/// An SVG inside HTML has no XML declaration.
fn strip_prolog(svg: &str) -> &str {
    svg.find("<svg").map_or(svg, |start| &svg[start..])
}

fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "neutral",
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Info => "info",
        Tone::Warning => "warning",
    }
}

fn align_class(align: Align) -> String {
    cell_class(align, Tone::Neutral, false)
}

/// `short` is a column of a few words, such as a date, beside others that share the width.
fn cell_class(align: Align, tone: Tone, short: bool) -> String {
    let align = match align {
        Align::Left => short.then_some("short"),
        Align::Center => Some("center"),
        Align::Right => Some("right"),
    };
    let tone = (tone != Tone::Neutral).then(|| tone_class(tone));
    let classes: Vec<&str> = [align, tone].into_iter().flatten().collect();
    if classes.is_empty() { String::new() } else { format!(" class=\"{}\"", classes.join(" ")) }
}
