//! How long a document is, counted as word processors count Chinese text (字数): a Han character or a full-width mark is one, and
//! so is a run of other characters between spaces, such as `14.2%` or `CSI`. Blocks come in, a number goes out.

use crate::document::blocks::{Block, Document, Inline, Table};
use crate::document::markdown::plain_text;

/// Words of `text`: East Asian characters and marks one each, every other run without a space one.
///
/// Curved quotation marks, dashes and dots (`“”‘’—…`) belong to both scripts; they count where they touch East Asian text,
/// as Word counts them in Chinese documents. LibreOffice agrees but for dashes, which it takes as gaps between words.
pub fn count_words(text: &str) -> usize {
    let letters: Vec<char> = text.chars().collect();
    let mut east_asian: Vec<bool> = letters.iter().map(|&letter| is_east_asian(letter)).collect();
    // From both ends, so that runs such as `——` are reached from either neighbour.
    for index in 1..letters.len() {
        east_asian[index] |= east_asian[index - 1] && is_shared_mark(letters[index]);
    }
    for index in (1..letters.len()).rev() {
        east_asian[index - 1] |= east_asian[index] && is_shared_mark(letters[index - 1]);
    }
    let mut count = 0;
    let mut inside_run = false;
    for (letter, wide) in letters.iter().zip(east_asian) {
        let gap = letter.is_whitespace() || is_invisible(*letter);
        count += usize::from(wide || (!gap && !inside_run));
        inside_run = !wide && !gap;
    }
    count
}

/// Words of a document: its title lines, headings, running text, lists and tables with captions and notes. Charts, running
/// heads and page numbers do not count.
pub fn document_words(document: &Document) -> usize {
    let titled = document.blocks.iter().any(|block| matches!(block, Block::Cover { .. }));
    let title = if titled {
        count_words(&document.meta.title) + document.meta.subtitle.as_deref().map_or(0, count_words)
    } else {
        0
    };
    title + block_words(&document.blocks)
}

fn block_words(blocks: &[Block]) -> usize {
    blocks.iter().map(words_of).sum()
}

fn words_of(block: &Block) -> usize {
    let title_words = |title: &Option<String>| title.as_deref().map_or(0, count_words);
    match block {
        Block::Cover { rows } => rows.iter().map(|(label, value)| count_words(label) + count_words(value)).sum(),
        Block::Heading { content, .. } | Block::Paragraph { content } | Block::Lead { content } => {
            inline_words(content)
        }
        Block::List { items, .. } => items.iter().map(|item| block_words(item)).sum(),
        Block::Quote { blocks } => block_words(blocks),
        Block::Callout { title, blocks, .. } => title_words(title) + block_words(blocks),
        Block::Table(table) => table_words(table),
        Block::Figure(figure) => inline_words(&figure.caption) + lines(&figure.notes),
        Block::Cards { cards } => cards
            .iter()
            .flat_map(|card| [&card.title, &card.value, &card.unit, &card.interval, &card.change, &card.target])
            .map(|text| count_words(text))
            .sum(),
        Block::Todos { title, items } => {
            let texts = items.iter().flat_map(|item| [&item.title, &item.detail, &item.amount]);
            count_words(title) + texts.map(|text| count_words(text)).sum::<usize>()
        }
        Block::Columns { columns } => columns.iter().map(|column| block_words(column)).sum(),
        Block::Code { text } => count_words(text),
        Block::Form(form) => form.texts().map(count_words).sum(),
        Block::Contents | Block::PageBreak => 0,
    }
}

fn table_words(table: &Table) -> usize {
    let heads: usize = table.columns.iter().map(|column| inline_words(&column.title)).sum();
    let cells = table.rows.iter().flat_map(|row| &row.cells);
    inline_words(&table.caption)
        + heads
        + cells.map(|cell| inline_words(&cell.content)).sum::<usize>()
        + lines(&table.notes)
}

fn lines(notes: &[Vec<Inline>]) -> usize {
    notes.iter().map(|note| inline_words(note)).sum()
}

fn inline_words(content: &[Inline]) -> usize {
    count_words(&plain_text(content))
}

/// Han characters, kana, Hangul, their marks and full-width forms.
fn is_east_asian(letter: char) -> bool {
    matches!(letter,
        '\u{2e80}'..='\u{2fff}' | '\u{3001}'..='\u{31ff}' | '\u{3200}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff01}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{20000}'..='\u{3fffd}' | '\u{2460}'..='\u{24ff}')
}

/// Marks that Chinese and Latin type share.
fn is_shared_mark(letter: char) -> bool {
    matches!(letter, '\u{2014}' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' | '\u{2026}')
}

fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::document::blocks::{TableCell, TableColumn, TableRow};

    /// Counted by hand; LibreOffice 25.2 (`soffice --convert-to odt`, `meta:word-count`) gives the same for all of these.
    #[test]
    fn words_as_word_processors_count_them() {
        for (text, expected) in [
            ("满意度提升", 5),
            ("抱怨率升至14.2%，主要来自晚餐排队。", 16),
            ("2027年3月底前", 6),
            ("“满意”与‘不满’", 9),
            ("目标 ≥ 75%", 4),
            ("A4纸", 2),
            ("Customer satisfaction rose to 70.6%.", 5),
            ("2026-12-01 → 12-12", 3),
            ("（略）", 3),
            ("企业综合CSI", 5),
            ("第 1 页　共 2 页", 6),
            ("▲ 3.9*", 2),
            ("1,200份", 2),
            ("3·15晚会", 3),
            ("①②", 2),
            ("", 0),
        ] {
            assert_eq!(count_words(text), expected, "{text}");
        }
    }

    /// Here LibreOffice counts dashes as gaps (4 and 2); Word counts a Chinese dash as two characters and a range as one word.
    #[test]
    fn dashes_count_as_in_word() {
        assert_eq!(count_words("一——二……三"), 7);
        assert_eq!(count_words("12.5%–14.1%"), 1);
        assert_eq!(count_words("the customer’s “own” words"), 4);
    }

    #[test]
    fn tables_count_with_heads_and_notes() {
        let text = |text: &str| vec![Inline::text(text)];
        let table = Table {
            caption: text("目标"),
            columns: vec![TableColumn { title: text("指标"), ..TableColumn::default() }],
            rows: vec![TableRow {
                cells: vec![TableCell { content: text("抱怨率"), ..TableCell::default() }],
                ..TableRow::default()
            }],
            notes: vec![text("单位：%。")],
            ..Table::default()
        };
        // 2 + 2 + 3 + (单位： 3, % 1, 。 1)
        assert_eq!(block_words(&[Block::Table(table)]), 12);
    }
}
