//! Markdown to blocks: the only place that knows pulldown-cmark. Fenced blocks whose info string names a directive are handed
//! to the caller; `lead`, `callout` and `columns` hold Markdown themselves and are read here.
//!
//! Headings leave this module with a number of [`TO_BE_NUMBERED`], [`APPENDIX`] or none (`{.unnumbered}` or `{-}`), and
//! references with an empty text; the builder fills both. A heading of the fourth level or with `{.small}` is drawn small.

use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

use crate::diagnostics::messages::document as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, nearest_names};
use crate::document::blocks::{Align, Block, Inline, Table, TableCell, TableColumn, TableRow, Tone};

/// Number of a heading that the builder will number.
pub const TO_BE_NUMBERED: &str = "";
/// Number of a heading that the builder will give a letter.
pub const APPENDIX: &str = "A";

/// Level of the smallest headings.
const SMALLEST: u8 = 4;

/// Directives that the caller resolves.
pub const DIRECTIVES: [&str; 8] = ["cover", "contents", "pagebreak", "cards", "chart", "table", "todos", "form"];

/// True for a block that was meant to be filled: one named nearly like a directive, or one with a directive's first argument.
/// Other names are languages of code.
fn looks_like_directive(name: &str, body: &str) -> bool {
    // Short names, such as `r`, are part of many others.
    let near =
        || name.len() > 3 && !nearest_names(name, DIRECTIVES.into_iter().chain(["callout", "columns"])).is_empty();
    !name.is_empty() && (body.trim_start().starts_with("kind:") || near())
}

/// A fenced block that is to be resolved into blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// First word of the info string.
    pub name: String,
    /// YAML inside.
    pub body: String,
    /// Line of the fence in the Markdown, from 1.
    pub line: usize,
}

/// What resolves directives.
pub trait Directives {
    /// The blocks that a directive stands for; problems are reported.
    fn resolve(&mut self, directive: &Directive, diagnostics: &mut Diagnostics) -> Vec<Block>;
}

/// Reads Markdown into blocks. `file` is the name that diagnostics use.
pub fn parse_markdown(
    markdown: &str,
    file: &str,
    directives: &mut dyn Directives,
    diagnostics: &mut Diagnostics,
) -> Vec<Block> {
    Reader::new(markdown, file, 0).read(directives, diagnostics)
}

/// Reads a line of Markdown as running text (captions, titles).
pub fn parse_inline(markdown: &str, file: &str, line: usize, diagnostics: &mut Diagnostics) -> Vec<Inline> {
    struct NoDirectives;
    impl Directives for NoDirectives {
        fn resolve(&mut self, _: &Directive, _: &mut Diagnostics) -> Vec<Block> {
            Vec::new()
        }
    }
    let blocks = Reader::new(markdown, file, line.saturating_sub(1)).read(&mut NoDirectives, diagnostics);
    let mut content = Vec::new();
    for block in blocks {
        if let Block::Paragraph { content: inlines } = block {
            content.extend(inlines);
        }
    }
    content
}

struct Reader<'m> {
    events: Vec<(Event<'m>, Range<usize>)>,
    position: usize,
    file: &'m str,
    line_starts: Vec<usize>,
    first_line: usize,
}

impl<'m> Reader<'m> {
    fn new(markdown: &'m str, file: &'m str, first_line: usize) -> Self {
        let options = Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES;
        let line_starts = std::iter::once(0).chain(markdown.match_indices('\n').map(|(index, _)| index + 1)).collect();
        let events = Parser::new_ext(markdown, options).into_offset_iter().collect();
        Self { events, position: 0, file, line_starts, first_line }
    }

    fn read(mut self, directives: &mut dyn Directives, diagnostics: &mut Diagnostics) -> Vec<Block> {
        self.blocks(None, directives, diagnostics)
    }

    fn line(&self, range: &Range<usize>) -> usize {
        self.first_line + self.line_starts.partition_point(|&start| start <= range.start)
    }

    fn next(&mut self) -> Option<(Event<'m>, Range<usize>)> {
        let event = self.events.get(self.position).cloned();
        self.position += 1;
        event
    }

    fn report(&self, diagnostic: Diagnostic, range: &Range<usize>, diagnostics: &mut Diagnostics) {
        diagnostics.push(diagnostic.at(Location::text(self.file, self.line(range), 1)));
    }

    /// Blocks up to the end of the enclosing element.
    fn blocks(
        &mut self,
        until: Option<TagEnd>,
        directives: &mut dyn Directives,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut loose = Vec::new();
        while let Some((event, range)) = self.next() {
            match event {
                Event::End(end) if Some(end) == until => break,
                Event::Start(tag) if is_block(&tag) => {
                    flush(&mut loose, &mut blocks);
                    self.block(tag, &range, &mut blocks, directives, diagnostics);
                }
                // A tight list item holds its text without a paragraph.
                other => self.inline(other, range, &mut loose, diagnostics),
            }
        }
        flush(&mut loose, &mut blocks);
        blocks
    }

    fn block(
        &mut self,
        tag: Tag<'m>,
        range: &Range<usize>,
        blocks: &mut Vec<Block>,
        directives: &mut dyn Directives,
        diagnostics: &mut Diagnostics,
    ) {
        let end = tag.to_end();
        match tag {
            Tag::Heading { level, id, classes, attrs } => {
                let content = self.inlines(end, diagnostics);
                let unnumbered = classes.iter().any(|class| &**class == "unnumbered")
                    || attrs.iter().any(|(name, _)| &**name == "-");
                let appendix = classes.iter().any(|class| &**class == "appendix");
                let level = (level as u8).min(SMALLEST);
                let small = level == SMALLEST || classes.iter().any(|class| &**class == "small");
                let number = match (unnumbered || small, appendix) {
                    (true, _) => None,
                    (false, true) => Some(APPENDIX.to_owned()),
                    (false, false) => Some(TO_BE_NUMBERED.to_owned()),
                };
                let id = id.map(|id| id.to_string()).unwrap_or_default();
                blocks.push(Block::Heading { level, small, id, number, content });
            }
            Tag::BlockQuote(_) => {
                let inner = self.blocks(Some(end), directives, diagnostics);
                blocks.push(Block::Quote { blocks: inner });
            }
            Tag::List(start) => {
                let mut items = Vec::new();
                while let Some((event, _)) = self.next() {
                    match event {
                        Event::Start(Tag::Item) => items.push(self.blocks(Some(TagEnd::Item), directives, diagnostics)),
                        Event::End(TagEnd::List(_)) => break,
                        _ => {}
                    }
                }
                blocks.push(Block::List { ordered: start.is_some(), start: start.unwrap_or(1), items });
            }
            Tag::CodeBlock(kind) => {
                let text = self.raw_text(end);
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info,
                    CodeBlockKind::Indented => CowStr::Borrowed(""),
                };
                self.fence(&info, text, range, blocks, directives, diagnostics);
            }
            Tag::HtmlBlock => {
                let html = self.raw_text(end);
                self.html(&html, range, diagnostics, &mut |text| {
                    blocks.push(Block::Paragraph { content: vec![Inline::text(text)] });
                });
            }
            Tag::Table(alignments) => blocks.push(self.table(&alignments, diagnostics)),
            _ => {
                let content = self.inlines(end, diagnostics);
                if !content.is_empty() {
                    blocks.push(Block::Paragraph { content });
                }
            }
        }
    }

    fn fence(
        &mut self,
        info: &str,
        text: String,
        range: &Range<usize>,
        blocks: &mut Vec<Block>,
        directives: &mut dyn Directives,
        diagnostics: &mut Diagnostics,
    ) {
        let (name, rest) = info.trim().split_once(char::is_whitespace).unwrap_or((info.trim(), ""));
        let line = self.line(range);
        let mut nested = |text: &str, skipped: usize, diagnostics: &mut Diagnostics| {
            Reader::new(text, self.file, line + skipped).read(directives, diagnostics)
        };
        match name {
            "lead" => blocks.extend(nested(&text, 0, diagnostics).into_iter().map(|block| match block {
                Block::Paragraph { content } => Block::Lead { content },
                other => other,
            })),
            "callout" => {
                let (tone, title) = rest.trim().split_once(char::is_whitespace).unwrap_or((rest.trim(), ""));
                let tone = match tone {
                    "good" => Tone::Good,
                    "bad" => Tone::Bad,
                    "warning" => Tone::Warning,
                    "neutral" => Tone::Neutral,
                    _ => Tone::Info,
                };
                let title = (!title.trim().is_empty()).then(|| title.trim().to_owned());
                let inner = nested(&text, 0, diagnostics);
                if !inner.is_empty() {
                    blocks.push(Block::Callout { tone, title, blocks: inner });
                }
            }
            "columns" => {
                let mut columns = Vec::new();
                let mut column = String::new();
                let mut skipped = 0;
                for (index, line) in text.lines().chain(["==="]).enumerate() {
                    if line.trim_end() == "===" {
                        let inner = nested(&column, skipped, diagnostics);
                        columns.extend((!inner.is_empty()).then_some(inner));
                        column.clear();
                        skipped = index + 1;
                    } else {
                        column.push_str(line);
                        column.push('\n');
                    }
                }
                match columns.len() {
                    0 => {}
                    1 => blocks.extend(columns.remove(0)),
                    _ => blocks.push(Block::Columns { columns }),
                }
            }
            name if DIRECTIVES.contains(&name) => {
                let directive = Directive { name: name.to_owned(), body: text, line };
                blocks.extend(directives.resolve(&directive, diagnostics));
            }
            name if looks_like_directive(name, &text) => {
                let known = DIRECTIVES.iter().chain(&["lead", "callout", "columns"]).copied();
                let error = Diagnostic::error(&messages::UNKNOWN_DIRECTIVE)
                    .arg("directive", name)
                    .arg("options", known.clone().collect::<Vec<_>>().join(", "));
                diagnostics.push(error.suggest(name, known).at(Location::text(self.file, line, 1)));
            }
            _ => blocks.push(Block::Code { text: text.trim_end_matches('\n').to_owned() }),
        }
    }

    fn raw_text(&mut self, end: TagEnd) -> String {
        let mut text = String::new();
        while let Some((event, _)) = self.next() {
            match event {
                Event::End(held) if held == end => break,
                Event::Text(part) | Event::Html(part) | Event::InlineHtml(part) => text.push_str(&part),
                _ => {}
            }
        }
        text
    }

    fn html(&self, html: &str, range: &Range<usize>, diagnostics: &mut Diagnostics, show: &mut dyn FnMut(String)) {
        let html = html.trim();
        // Comments are the template author's own notes.
        if html.starts_with("<!--") && html.ends_with("-->") {
            return;
        }
        let shown: String = html.chars().take(60).collect();
        self.report(Diagnostic::warning(&messages::RAW_HTML).arg("html", shown), range, diagnostics);
        show(html.to_owned());
    }

    fn table(&mut self, alignments: &[Alignment], diagnostics: &mut Diagnostics) -> Block {
        let mut table = Table::default();
        let mut cells: Vec<TableCell> = Vec::new();
        while let Some((event, _)) = self.next() {
            match event {
                Event::Start(Tag::TableCell) => {
                    let content = self.inlines(TagEnd::TableCell, diagnostics);
                    cells.push(TableCell { content, tone: Tone::Neutral });
                }
                Event::End(TagEnd::TableHead) => {
                    let aligned = cells.drain(..).zip(alignments.iter().chain(std::iter::repeat(&Alignment::None)));
                    table.columns = aligned
                        .map(|(cell, alignment)| {
                            let align = match alignment {
                                Alignment::Right => Align::Right,
                                Alignment::Center => Align::Center,
                                Alignment::None | Alignment::Left => Align::Left,
                            };
                            let parts = if align == Align::Right { 0.0 } else { 1.0 };
                            TableColumn { title: cell.content, align, parts }
                        })
                        .collect();
                }
                Event::End(TagEnd::TableRow) => {
                    table.rows.push(TableRow { cells: std::mem::take(&mut cells), strong: false });
                }
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        Block::Table(table)
    }

    /// Running text up to the end of the enclosing element.
    fn inlines(&mut self, end: TagEnd, diagnostics: &mut Diagnostics) -> Vec<Inline> {
        let mut content = Vec::new();
        while let Some((event, range)) = self.next() {
            if matches!(&event, Event::End(held) if *held == end) {
                break;
            }
            self.inline(event, range, &mut content, diagnostics);
        }
        trim_soft_breaks(&mut content);
        content
    }

    fn inline(
        &mut self,
        event: Event<'m>,
        range: Range<usize>,
        content: &mut Vec<Inline>,
        diagnostics: &mut Diagnostics,
    ) {
        match event {
            Event::Text(text) => push_text(content, &text),
            Event::Code(text) => content.push(Inline::Code { text: text.to_string() }),
            Event::SoftBreak => push_text(content, "\n"),
            Event::HardBreak => content.push(Inline::LineBreak),
            Event::Html(html) | Event::InlineHtml(html) => {
                let mut shown = String::new();
                self.html(&html, &range, diagnostics, &mut |text| shown = text);
                push_text(content, &shown);
            }
            Event::Start(Tag::Strong) => {
                let inner = self.inlines(TagEnd::Strong, diagnostics);
                content.push(Inline::Strong { content: inner });
            }
            Event::Start(Tag::Emphasis) => {
                let inner = self.inlines(TagEnd::Emphasis, diagnostics);
                content.push(Inline::Emphasis { content: inner });
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let inner = self.inlines(TagEnd::Link, diagnostics);
                self.link(&dest_url, inner, &range, content, diagnostics);
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                self.inlines(TagEnd::Image, diagnostics);
                self.report(Diagnostic::warning(&messages::IMAGE).arg("url", &dest_url), &range, diagnostics);
            }
            _ => {}
        }
    }

    fn link(
        &self,
        url: &str,
        inner: Vec<Inline>,
        range: &Range<usize>,
        content: &mut Vec<Inline>,
        diagnostics: &mut Diagnostics,
    ) {
        if let Some(id) = url.strip_prefix('#') {
            content.push(Inline::Reference { id: id.to_owned(), text: plain_text(&inner) });
        } else if allowed_link(url) {
            content.push(Inline::Link { url: url.to_owned(), content: inner });
        } else {
            self.report(Diagnostic::warning(&messages::BAD_LINK).arg("url", url), range, diagnostics);
            content.extend(inner);
        }
    }
}

/// True for the addresses that documents may link to.
pub fn allowed_link(url: &str) -> bool {
    let lowered = url.trim().to_ascii_lowercase();
    ["http://", "https://", "mailto:"].iter().any(|scheme| lowered.starts_with(scheme))
}

/// The letters of running text without its markup.
pub fn plain_text(content: &[Inline]) -> String {
    let mut text = String::new();
    for inline in content {
        match inline {
            Inline::Text { text: part } | Inline::Code { text: part } | Inline::Superscript { text: part } => {
                text.push_str(part);
            }
            Inline::Strong { content } | Inline::Emphasis { content } | Inline::Link { content, .. } => {
                text.push_str(&plain_text(content));
            }
            Inline::Reference { text: part, .. } => text.push_str(part),
            Inline::LineBreak => text.push(' '),
        }
    }
    text
}

fn is_block(tag: &Tag<'_>) -> bool {
    matches!(
        tag,
        Tag::Paragraph
            | Tag::Heading { .. }
            | Tag::BlockQuote(_)
            | Tag::CodeBlock(_)
            | Tag::HtmlBlock
            | Tag::List(_)
            | Tag::Table(_)
    )
}

fn flush(loose: &mut Vec<Inline>, blocks: &mut Vec<Block>) {
    let mut content = std::mem::take(loose);
    trim_soft_breaks(&mut content);
    if !content.is_empty() {
        blocks.push(Block::Paragraph { content });
    }
}

fn push_text(content: &mut Vec<Inline>, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(Inline::Text { text: last }) = content.last_mut() {
        last.push_str(text);
    } else {
        content.push(Inline::text(text));
    }
}

/// Soft breaks become a space between Latin words and nothing beside a Han character or full-width mark.
fn trim_soft_breaks(content: &mut Vec<Inline>) {
    for index in 0..content.len() {
        let before = index.checked_sub(1).and_then(|place| plain_text(&content[place..index]).chars().last());
        let after = content.get(index + 1).and_then(|next| plain_text(std::slice::from_ref(next)).chars().next());
        let Some(Inline::Text { text }) = content.get_mut(index) else { continue };
        if !text.contains('\n') {
            continue;
        }
        let letters: Vec<char> = text.chars().collect();
        let mut joined = String::with_capacity(text.len());
        for (place, &letter) in letters.iter().enumerate() {
            if letter != '\n' {
                joined.push(letter);
                continue;
            }
            let left = if place > 0 { letters.get(place - 1).copied() } else { before };
            let right = letters.get(place + 1).copied().or(after);
            if let (Some(left), Some(right)) = (left, right)
                && !is_wide(left)
                && !is_wide(right)
            {
                joined.push(' ');
            }
        }
        *text = joined;
    }
    content.retain(|inline| !matches!(inline, Inline::Text { text } if text.is_empty()));
}

fn is_wide(letter: char) -> bool {
    unicode_width::UnicodeWidthChar::width_cjk(letter) == Some(2) && letter >= '\u{2e80}'
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Recorder(Vec<Directive>);

    impl Directives for Recorder {
        fn resolve(&mut self, directive: &Directive, _: &mut Diagnostics) -> Vec<Block> {
            self.0.push(directive.clone());
            vec![Block::PageBreak]
        }
    }

    fn read(markdown: &str) -> (Vec<Block>, Diagnostics, Vec<Directive>) {
        let mut diagnostics = Diagnostics::new();
        let mut recorder = Recorder::default();
        let blocks = parse_markdown(markdown, "plan.md", &mut recorder, &mut diagnostics);
        (blocks, diagnostics, recorder.0)
    }

    fn paragraph(text: &str) -> Block {
        Block::Paragraph { content: vec![Inline::text(text)] }
    }

    #[test]
    fn headings_carry_their_marks() {
        let (blocks, _, _) = read("# 前言 {.unnumbered}\n\n# 问题 {#problem}\n\n# 方法 {.appendix}\n");
        let marks: Vec<_> = blocks
            .iter()
            .map(|block| match block {
                Block::Heading { id, number, content, .. } => (id.as_str(), number.as_deref(), plain_text(content)),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(
            marks,
            [
                ("", None, "前言".to_owned()),
                ("problem", Some(TO_BE_NUMBERED), "问题".to_owned()),
                ("", Some(APPENDIX), "方法".to_owned())
            ]
        );
    }

    #[test]
    fn soft_breaks_follow_the_script() {
        assert_eq!(read("满意\n度").0, [paragraph("满意度")]);
        assert_eq!(read("well\nkept").0, [paragraph("well kept")]);
    }

    #[test]
    fn html_is_text_and_reported() {
        let (blocks, diagnostics, _) = read("a <b>x</b>\n\n<script>alert(1)</script>\n");
        assert_eq!(blocks[0], paragraph("a <b>x</b>"));
        assert_eq!(blocks[1], paragraph("<script>alert(1)</script>"));
        assert!(diagnostics.iter().all(|found| found.message.code == "M0530"));
        assert_eq!(diagnostics.len(), 3);
    }

    #[test]
    fn links_are_filtered() {
        let (blocks, diagnostics, _) = read("见[](#tbl-a)，[站点](https://a.cn)，[坏](javascript:alert(1))");
        let Block::Paragraph { content } = &blocks[0] else { panic!() };
        assert_eq!(content[1], Inline::Reference { id: "tbl-a".into(), text: String::new() });
        assert!(matches!(&content[3], Inline::Link { url, .. } if url == "https://a.cn"));
        assert_eq!(plain_text(&content[4..]), "，坏");
        assert_eq!(diagnostics.count(crate::diagnostics::Level::Warning), 1);
    }

    #[test]
    fn directives_know_their_line() {
        let (blocks, _, found) = read("前\n\n```chart\nkind: bar\n```\n");
        assert_eq!(blocks[1], Block::PageBreak);
        assert_eq!(found, [Directive { name: "chart".into(), body: "kind: bar\n".into(), line: 3 }]);
    }

    #[test]
    fn containers_hold_blocks() {
        let (blocks, _, found) =
            read("````columns\n甲\n\n```table\nkind: a\n```\n===\n乙\n````\n\n```callout warning 注意\n- 一\n```\n");
        let Block::Columns { columns } = &blocks[0] else { panic!("{blocks:?}") };
        assert_eq!(columns[0], [paragraph("甲"), Block::PageBreak]);
        assert_eq!(columns[1], [paragraph("乙")]);
        assert_eq!(found[0].line, 4);
        let Block::Callout { tone, title, blocks } = &blocks[1] else { panic!() };
        assert_eq!((*tone, title.as_deref()), (Tone::Warning, Some("注意")));
        assert!(matches!(&blocks[0], Block::List { items, .. } if items[0] == [paragraph("一")]));
    }

    #[test]
    fn tables_become_tables() {
        let (blocks, _, _) = read("| 组 | 值 |\n|---|---:|\n| a\\|b | 1 |\n");
        let Block::Table(table) = &blocks[0] else { panic!() };
        assert_eq!(table.columns[1].align, Align::Right);
        assert_eq!(table.rows[0].cells[0].content, [Inline::text("a|b")]);
    }
}
