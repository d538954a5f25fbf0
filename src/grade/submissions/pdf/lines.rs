//! Letters to lines to paragraphs: in the order in which they were painted, which is the order of writing, unless that order jumps
//! about the page; then from top to bottom.

use std::collections::{BTreeMap, BTreeSet};

use super::pages::{File, Letter, Page};
use crate::grade::submissions::document::{Hidden, HiddenBy, Piece, PieceKind, PlanText, shares};
use crate::grade::submissions::gate::is_han;

const MILLIMETRES_PER_POINT: f64 = 25.4 / 72.0;
/// Share of letters that may follow another one from above or from the right before the order of painting means nothing.
const MOST_JUMPS: f64 = 0.25;
/// Share of letters drawn invisibly from which they are the text of a scanned page.
const SCANNED: f64 = 0.5;
/// A line of fewer times its size is a heading, however narrow the page is.
const SHORT: f64 = 10.0;
/// Parts of the page's height in which heads and feet stand.
const HEAD: f64 = 0.08;
const FOOT: f64 = 0.92;

/// A line of text.
#[derive(Debug, Clone)]
struct Line {
    text: String,
    page: usize,
    start: f64,
    end: f64,
    y: f64,
    size: f64,
    /// Place on the page from the top, 0 to 1.
    at: f64,
}

/// The document that the letters of a file make.
pub(super) fn plan_of(mut file: File) -> PlanText {
    let mut plan = PlanText { properties: std::mem::take(&mut file.properties), ..PlanText::default() };
    show_scanned(&mut file.pages);
    let mut sizes: BTreeMap<i64, usize> = BTreeMap::new();
    let mut lines = Vec::new();
    for (number, page) in file.pages.iter().enumerate() {
        let side = |points: f64| (points * MILLIMETRES_PER_POINT * 10.0).round() / 10.0;
        let size = (side(page.width), side(page.height));
        if !plan.layout.pages_mm.contains(&size) {
            plan.layout.pages_mm.push(size);
        }
        set_apart(page, &mut plan.hidden);
        let shown: Vec<&Letter> = page.letters.iter().filter(|letter| letter.hidden.is_none()).collect();
        for letter in shown.iter().filter(|letter| !letter.text.trim().is_empty()) {
            *sizes.entry((letter.size * 2.0).round() as i64).or_default() += letter.text.chars().count();
        }
        lines.extend(lines_of(&shown, page, number));
    }
    plan.layout.page_count = u32::try_from(file.pages.len()).ok();
    plan.layout.font_sizes = shares(&sizes, 2.0);
    let (lines, apart) = without_heads(lines, file.pages.len());
    plan.apart = apart;
    plan.layout.line_spacings = spacings(&lines);
    plan.pieces = paragraphs(&lines);
    plan
}

/// Text behind the picture of a scanned page is drawn invisibly; it is what the page shows.
fn show_scanned(pages: &mut [Page]) {
    let all = pages.iter().map(|page| page.letters.len()).sum::<usize>();
    let invisible =
        || pages.iter().flat_map(|page| &page.letters).filter(|letter| letter.hidden == Some(HiddenBy::Attribute));
    if invisible().count() as f64 > SCANNED * all as f64 {
        let letters = pages.iter_mut().flat_map(|page| &mut page.letters);
        letters.filter(|letter| letter.hidden == Some(HiddenBy::Attribute)).for_each(|letter| letter.hidden = None);
    }
}

/// Hidden letters as passages.
fn set_apart(page: &Page, hidden: &mut Vec<Hidden>) {
    let mut before: Option<&Letter> = None;
    for letter in page.letters.iter().filter(|letter| letter.hidden.is_some()) {
        let Some(by) = letter.hidden else { continue };
        match hidden.last_mut() {
            Some(last) if last.by == by && before.is_some() => last.text.push_str(&letter.text),
            _ => hidden.push(Hidden { by, text: letter.text.clone() }),
        }
        before = Some(letter);
    }
    hidden.retain(|held| !held.text.trim().is_empty());
}

/// Whether a letter goes on in the line of another one.
fn goes_on(before: &Letter, letter: &Letter) -> bool {
    let size = before.size.max(letter.size);
    (letter.y - before.y).abs() < 0.4 * size && letter.x > before.x + before.width - 0.6 * size
}

/// Letters between which words are set apart by gaps.
fn is_latin(letter: Option<char>) -> bool {
    letter.is_some_and(|letter| !is_han(letter) && !('\u{3000}'..='\u{30ff}').contains(&letter) && letter < '\u{ff00}')
}

fn lines_of(letters: &[&Letter], page: &Page, number: usize) -> Vec<Line> {
    let (upright, turned): (Vec<&Letter>, Vec<&Letter>) = letters.iter().partition(|letter| letter.upright);
    let jumps = upright.windows(2).filter(|pair| {
        let (before, letter) = (pair[0], pair[1]);
        !goes_on(before, letter) && letter.y < before.y + 0.4 * before.size
    });
    let mut order = upright.clone();
    if jumps.count() as f64 > MOST_JUMPS * upright.len() as f64 {
        order = by_place(upright);
    }
    let mut lines = joined(&order, page, number);
    // Watermarks and labels of axes.
    if !turned.is_empty() {
        let text = turned.iter().map(|letter| letter.text.as_str()).collect::<String>();
        if let Some(first) = turned.first().filter(|_| !text.trim().is_empty()) {
            lines.push(Line {
                text,
                page: number,
                start: first.x,
                end: first.x,
                y: first.y,
                size: first.size,
                at: 1.0,
            });
        }
    }
    lines
}

/// Letters from top to bottom, in each line from left to right.
fn by_place(mut letters: Vec<&Letter>) -> Vec<&Letter> {
    letters.sort_by(|one, other| one.y.total_cmp(&other.y));
    let mut rows: Vec<Vec<&Letter>> = Vec::new();
    for letter in letters {
        match rows.last_mut() {
            Some(row) if row.last().is_some_and(|last| letter.y - last.y < 0.4 * letter.size) => row.push(letter),
            _ => rows.push(vec![letter]),
        }
    }
    rows.iter_mut().for_each(|row| row.sort_by(|one, other| one.x.total_cmp(&other.x)));
    rows.concat()
}

fn joined(letters: &[&Letter], page: &Page, number: usize) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut before: Option<&Letter> = None;
    for letter in letters {
        match (lines.last_mut(), before) {
            (Some(line), Some(before)) if goes_on(before, letter) => {
                let gap = letter.x - before.x - before.width;
                let spaced = line.text.ends_with(char::is_whitespace) || letter.text.starts_with(char::is_whitespace);
                // Typesetting moves Latin letters a quarter of their size away from Han ones; that is no space.
                let narrow = is_latin(line.text.chars().next_back()) && is_latin(letter.text.chars().next());
                if !spaced && gap > 1.2 * letter.size {
                    line.text.push('\t');
                } else if !spaced && narrow && gap > 0.18 * letter.size {
                    line.text.push(' ');
                }
                line.text.push_str(&letter.text);
                line.end = line.end.max(letter.x + letter.width);
                line.size = line.size.max(letter.size);
            }
            _ => lines.push(Line {
                text: letter.text.clone(),
                page: number,
                start: letter.x,
                end: letter.x + letter.width,
                y: letter.y,
                size: letter.size,
                at: letter.y / page.height.max(1.0),
            }),
        }
        before = Some(letter);
    }
    lines.iter_mut().for_each(|line| line.text = line.text.trim().to_owned());
    lines.retain(|line| !line.text.is_empty());
    lines
}

/// Heads and feet apart: page numbers, and what stands on more than one page in the same place.
fn without_heads(lines: Vec<Line>, pages: usize) -> (Vec<Line>, Vec<String>) {
    let edge = |line: &Line| line.at < HEAD || line.at > FOOT;
    let plain = |line: &Line| line.text.chars().filter(|letter| !letter.is_ascii_digit()).collect::<String>();
    let mut seen: BTreeMap<(String, i64), BTreeSet<usize>> = BTreeMap::new();
    for line in lines.iter().filter(|line| edge(line)) {
        seen.entry((plain(line), line.y.round() as i64)).or_default().insert(line.page);
    }
    let (apart, kept): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| {
        let repeated = pages > 1 && seen.get(&(plain(line), line.y.round() as i64)).is_some_and(|on| on.len() > 1);
        edge(line) && (repeated || is_page_number(&line.text))
    });
    (kept, apart.into_iter().map(|line| line.text).collect())
}

fn is_page_number(text: &str) -> bool {
    let rest: String =
        text.chars().filter(|letter| !letter.is_whitespace() && !"第页共/-—–·of".contains(*letter)).collect();
    (1..=6).contains(&rest.len()) && rest.chars().all(|letter| letter.is_ascii_digit())
}

/// Distances of lines in single lines of Song type, 1.3 times its size, by the letters that they separate.
fn spacings(lines: &[Line]) -> Vec<(f64, f64)> {
    let mut steps: BTreeMap<i64, usize> = BTreeMap::new();
    for pair in lines.windows(2) {
        let (above, below) = (&pair[0], &pair[1]);
        let distance = below.y - above.y;
        if above.page == below.page
            && (above.size - below.size).abs() < 0.3
            && distance > 0.5 * below.size
            && distance < 4.0 * below.size
        {
            let thousandths = (distance * 1000.0 / (1.3 * below.size)).round() as i64;
            *steps.entry((thousandths + 125) / 250 * 250).or_default() += below.text.chars().count();
        }
    }
    shares(&steps, 1000.0)
}

fn ends_sentence(line: &Line) -> bool {
    line.text.ends_with(['。', '！', '？', '；', '：', '.', '!', '?', ':', ';'])
}

/// Lines to paragraphs: a full line goes on in the next one, unless that is indented, set apart or otherwise large.
fn paragraphs(lines: &[Line]) -> Vec<Piece> {
    let margin = |page: usize| {
        let starts = || lines.iter().filter(move |line| line.page == page);
        let left = starts().map(|line| line.start).fold(f64::INFINITY, f64::min);
        (left, starts().map(|line| line.end).fold(0.0, f64::max))
    };
    let pages: BTreeMap<usize, (f64, f64)> = lines
        .iter()
        .map(|line| line.page)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|page| (page, margin(page)))
        .collect();
    let is_indented = |line: &Line| {
        let left = pages.get(&line.page).map_or(0.0, |margins| margins.0);
        (1.3 * line.size..3.0 * line.size).contains(&(line.start - left))
    };
    let right = |line: &Line| pages.get(&line.page).map_or(0.0, |margins| margins.1);
    let is_open = |line: &Line| line.end >= right(line) - 2.6 * line.size && !ends_sentence(line);
    // First lines are indented behind lines that are done, the lines of a list behind those that go on.
    let indented = lines.windows(2).filter(|pair| is_indented(&pair[1]));
    let (after_open, after_done): (Vec<_>, Vec<_>) = indented.partition(|pair| is_open(&pair[0]));
    let indents = after_done.len() >= 3 && after_done.len() > 4 * after_open.len();
    let mut gaps: Vec<f64> =
        lines.windows(2).filter(|pair| pair[0].page == pair[1].page).map(|pair| pair[1].y - pair[0].y).collect();
    gaps.retain(|gap| *gap > 0.0);
    gaps.sort_by(f64::total_cmp);
    let usual_gap = gaps.get(gaps.len() / 2).copied().unwrap_or(f64::INFINITY);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut before: Option<&Line> = None;
    for line in lines {
        let goes_on = before.is_some_and(|before| {
            let full =
                before.end >= right(before) - 2.6 * before.size && before.end - before.start > SHORT * before.size;
            let apart = before.page == line.page
                && (line.y - before.y > 1.35 * usual_gap || line.y < before.y - 0.4 * before.size);
            let begins = if indents { is_indented(line) } else { ends_sentence(before) };
            let row = before.text.contains('\t') || line.text.contains('\t');
            full && !begins && !row && !apart && (before.size - line.size).abs() < 0.6
        });
        match pieces.last_mut() {
            Some(last) if goes_on => {
                if is_latin(last.text.chars().next_back()) && is_latin(line.text.chars().next()) {
                    last.text.push(' ');
                }
                last.text.push_str(&line.text);
            }
            _ => pieces.push(Piece { kind: PieceKind::Paragraph, text: line.text.clone() }),
        }
        before = Some(line);
    }
    pieces
}
