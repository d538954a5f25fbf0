//! Markdown files, read as the program reads its own templates; directives mean nothing here.

use super::document::{Piece, PieceKind, PlanText};
use super::text::decode;
use crate::diagnostics::{Diagnostics, LocalizedTexts};
use crate::document::blocks::{Block, Inline};
use crate::document::markdown::{Directive, Directives, parse_markdown, plain_text};

/// Reads a Markdown file.
pub fn read_markdown(bytes: &[u8]) -> Result<PlanText, LocalizedTexts> {
    struct AsText;
    impl Directives for AsText {
        fn resolve(&mut self, directive: &Directive, _: &mut Diagnostics) -> Vec<Block> {
            vec![Block::Code { text: directive.body.clone() }]
        }
    }
    let text = decode(bytes)?;
    let blocks = parse_markdown(&text, "submission.md", &mut AsText, &mut Diagnostics::new());
    let mut reader = Reader::default();
    reader.blocks(&blocks);
    Ok(reader.plan)
}

#[derive(Default)]
struct Reader {
    plan: PlanText,
    tables: usize,
}

impl Reader {
    fn push(&mut self, kind: PieceKind, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            self.plan.pieces.push(Piece { kind, text: text.to_owned() });
        }
    }

    fn inlines(&mut self, kind: PieceKind, content: &[Inline]) {
        self.push(kind, &plain_text(content));
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Heading { level, content, .. } => self.inlines(PieceKind::Heading(*level), content),
                Block::Paragraph { content } | Block::Lead { content } => self.inlines(PieceKind::Paragraph, content),
                Block::List { items, .. } => items.iter().for_each(|item| self.blocks(item)),
                Block::Quote { blocks } => self.blocks(blocks),
                Block::Callout { title, blocks, .. } => {
                    self.push(PieceKind::Paragraph, title.as_deref().unwrap_or_default());
                    self.blocks(blocks);
                }
                Block::Columns { columns } => columns.iter().for_each(|column| self.blocks(column)),
                Block::Code { text } => text.lines().for_each(|line| self.push(PieceKind::Paragraph, line)),
                Block::Table(held) => {
                    let table = self.tables;
                    self.tables += 1;
                    let head = held.columns.iter().map(|column| &column.title);
                    for (column, title) in head.enumerate() {
                        self.inlines(PieceKind::Cell { table, row: 0, column }, title);
                    }
                    for (row, cells) in held.rows.iter().enumerate() {
                        for (column, cell) in cells.cells.iter().enumerate() {
                            self.inlines(PieceKind::Cell { table, row: row + 1, column }, &cell.content);
                        }
                    }
                }
                Block::Cover { .. }
                | Block::Contents
                | Block::Figure(_)
                | Block::Cards { .. }
                | Block::Todos { .. }
                | Block::Form(_)
                | Block::PageBreak => {}
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_texts_stay() {
        let plan = read_markdown(
            "# 策划书\n\n**前言**：[目标](http://a.b)\n\n- 甲\n- 乙\n\n| 项目 | 金额 |\n|--|--|\n| 喇叭 | 20 |\n"
                .as_bytes(),
        );
        let plan = plan.unwrap();
        assert_eq!(plan.text(), "策划书\n前言：目标\n甲\n乙\n项目\n金额\n喇叭\n20");
        assert_eq!(plan.pieces[0].kind, PieceKind::Heading(1));
        assert_eq!(plan.tables()[0][1][1], "20");
    }
}
