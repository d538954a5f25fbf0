//! PDF files that the program's own reader makes nothing of, through poppler's `pdftotext`, `pdfinfo` and `pdftohtml`, each with
//! limits, where they are installed.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;

use crate::diagnostics::{LocalizedTexts, lang_texts};
use crate::grade::submissions::document::{Hidden, HiddenBy, Piece, PieceKind, PlanText, shares};
use crate::grade::submissions::process::{Ended, Limits, find_program, run};

const LIMITS: Limits = Limits { time: Duration::from_secs(8), memory_mib: 768, output: 8 << 20 };
const MILLIMETRES_PER_POINT: f64 = 25.4 / 72.0;

/// Reads a PDF file; `None` where poppler is not installed.
pub(super) fn read(file: &Path) -> Option<Result<PlanText, LocalizedTexts>> {
    let program = find_program(&["pdftotext"])?;
    let arguments = [OsStr::new("-enc"), OsStr::new("UTF-8"), OsStr::new("-q"), file.as_os_str(), OsStr::new("-")];
    let text = match run(&program, &arguments, &[], LIMITS) {
        Ended::Well(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Ended::TooLong | Ended::TooMuch => {
            return Some(Err(lang_texts("PDF 过大或过于复杂", "the PDF is too large or too complicated")));
        }
        Ended::Badly | Ended::NotStarted => {
            return Some(Err(lang_texts("PDF 已损坏或加密", "the PDF is damaged or encrypted")));
        }
    };
    let mut plan = PlanText { pieces: paragraphs(&text), ..PlanText::default() };
    info(file, &mut plan);
    letters(file, &mut plan);
    Some(Ok(plan))
}

/// Lines of the page to paragraphs: a full line that does not end a sentence goes on in the next.
fn paragraphs(text: &str) -> Vec<Piece> {
    let lines: Vec<&str> = text.split(['\n', '\u{c}']).map(str::trim).filter(|line| !line.is_empty()).collect();
    let widest = lines.iter().map(|line| line.chars().count()).max().unwrap_or_default();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut goes_on = false;
    for line in lines {
        match pieces.last_mut() {
            Some(last) if goes_on => {
                let both_latin = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
                if both_latin(last.text.chars().next_back()) && both_latin(line.chars().next()) {
                    last.text.push(' ');
                }
                last.text.push_str(line);
            }
            _ => pieces.push(Piece { kind: PieceKind::Paragraph, text: line.to_owned() }),
        }
        let ends = line.ends_with(['。', '！', '？', '；', '：', '.', '!', '?', ':', ';']);
        goes_on = line.chars().count() * 10 >= widest * 8 && !ends;
    }
    pieces
}

/// Pages, page size and what the file says of itself.
fn info(file: &Path, plan: &mut PlanText) {
    let Some(program) = find_program(&["pdfinfo"]) else { return };
    let Ended::Well(bytes) = run(&program, &[OsStr::new("-isodates"), file.as_os_str()], &[], LIMITS) else { return };
    let text = String::from_utf8_lossy(&bytes);
    for (key, value) in text.lines().filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        let held = Some(value.to_owned()).filter(|value| !value.is_empty());
        match key {
            "Author" => plan.properties.author = held,
            "Creator" => plan.properties.program = held,
            "CreationDate" => plan.properties.created = held,
            "ModDate" => plan.properties.modified = held,
            "Pages" => plan.layout.page_count = value.parse().ok(),
            "Page size" => {
                let points: Vec<f64> = value.split_whitespace().filter_map(|part| part.parse().ok()).take(2).collect();
                if let [width, height] = points[..] {
                    let millimetres = |points: f64| (points * MILLIMETRES_PER_POINT * 10.0).round() / 10.0;
                    plan.layout.pages_mm = vec![(millimetres(width), millimetres(height))];
                }
            }
            _ => {}
        }
    }
}

static FONT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"<fontspec id="(\d+)" size="(-?\d+)" family="[^"]*" color="(#[0-9a-fA-F]{6})""#).ok()
});
static TEXT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"<text top="(-?\d+)"[^>]*font="(\d+)"[^>]*>(.*?)</text>"#).ok());

/// Font sizes, line distances and white letters.
fn letters(file: &Path, plan: &mut PlanText) {
    let (Some(fonts), Some(texts)) = (FONT.as_ref(), TEXT.as_ref()) else { return };
    let Some(program) = find_program(&["pdftohtml"]) else { return };
    let arguments = ["-xml", "-i", "-zoom", "1", "-q", "-stdout"].map(OsStr::new);
    let arguments: Vec<&OsStr> = arguments.into_iter().chain([file.as_os_str()]).collect();
    let Ended::Well(bytes) = run(&program, &arguments, &[], LIMITS) else { return };
    let text = String::from_utf8_lossy(&bytes);
    let mut known: BTreeMap<&str, (i64, bool)> = BTreeMap::new();
    let mut sizes: BTreeMap<i64, usize> = BTreeMap::new();
    let mut steps: BTreeMap<i64, usize> = BTreeMap::new();
    let mut before: Option<(i64, i64)> = None;
    for line in text.lines() {
        if let Some(found) = fonts.captures(line) {
            let (Some(id), Some(size), Some(colour)) = (found.get(1), found.get(2), found.get(3)) else { continue };
            let white = colour.as_str().chars().skip(1).step_by(2).all(|digit| matches!(digit, 'f' | 'F'));
            known.insert(id.as_str(), (size.as_str().parse().unwrap_or_default(), white));
        } else if let Some(found) = texts.captures(line) {
            let (Some(top), Some(font), Some(inner)) = (found.get(1), found.get(2), found.get(3)) else { continue };
            let Some((size, white)) = known.get(font.as_str()).copied() else { continue };
            let shown = without_tags(inner.as_str());
            let count = shown.chars().filter(|letter| !letter.is_whitespace()).count();
            if count == 0 {
                continue;
            }
            if white || size <= 3 {
                let by = if white { HiddenBy::White } else { HiddenBy::Tiny };
                plan.hidden.push(Hidden { by, text: shown });
                continue;
            }
            *sizes.entry(size).or_default() += count;
            let top: i64 = top.as_str().parse().unwrap_or_default();
            if let Some((last, last_size)) = before
                && last_size == size
                && top > last
                && size > 0
                && top - last < 4 * size
            {
                // In thousandths of a single line of Song type, 1.3 times its size.
                let distance = (top - last) * 10_000 / (size * 13);
                *steps.entry((distance + 125) / 250 * 250).or_default() += count;
            }
            before = Some((top, size));
        }
    }
    drop_hidden(plan);
    plan.layout.font_sizes = shares(&sizes, 1.0);
    plan.layout.line_spacings = shares(&steps, 1000.0);
}

/// Takes hidden passages out of the text that was read without regard to colours.
fn drop_hidden(plan: &mut PlanText) {
    let hidden: Vec<String> = plan.hidden.iter().map(|held| held.text.trim().to_owned()).collect();
    for passage in hidden.iter().filter(|passage| passage.chars().count() >= 4) {
        for piece in &mut plan.pieces {
            if piece.text.contains(passage.as_str()) {
                piece.text = piece.text.replacen(passage.as_str(), "", 1);
                break;
            }
        }
    }
    plan.pieces.retain(|piece| !piece.text.trim().is_empty());
}

fn without_tags(markup: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in markup.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            other if !inside => text.push(other),
            _ => {}
        }
    }
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", "\"").replace("&amp;", "&")
}
