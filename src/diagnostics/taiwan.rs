//! Chinese as it is written in Taiwan, made from that of the mainland: characters, and the terms of the field. What the data say
//! stays as typed: it stands between two marks, which are taken out here.

use std::borrow::Cow;

use zhconv::{Variant, zhconv};

/// Opens what is not to be converted. Unicode keeps these two code points free for use inside a program; no file holds them.
const OPEN: char = '\u{fdd0}';
/// Closes it.
const CLOSE: char = '\u{fdd1}';

/// Terms of the field that the dictionary does not have or has otherwise, the mainland's first; where one holds another, the longer
/// one stands in front of it.
const TERMS: [(&str, &str); 1] = [("质量", "品質")];

/// A text between the marks. Marks inside it are dropped, so that it cannot end the protection early.
pub(super) fn marked(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let mut marked = String::with_capacity(text.len() + 6);
    marked.push(OPEN);
    marked.extend(text.chars().filter(|letter| !is_mark(*letter)));
    marked.push(CLOSE);
    marked
}

/// The text without the marks around it.
pub(super) fn unmarked(marked: &str) -> &str {
    marked.trim_start_matches(OPEN).trim_end_matches(CLOSE)
}

fn is_mark(letter: char) -> bool {
    letter == OPEN || letter == CLOSE
}

/// A word with `{placeholders}`, marked all around them: what fills them is converted or not as it says itself.
pub fn marked_around_placeholders(word: &str) -> String {
    let mut written = String::new();
    let mut rest = word;
    while let Some((before, name, after)) =
        rest.split_once('{').and_then(|(before, rest)| rest.split_once('}').map(|(name, after)| (before, name, after)))
    {
        written.push_str(&marked(before));
        written.push_str(&format!("{{{name}}}"));
        rest = after;
    }
    written + &marked(rest)
}

/// The text without marks, for readers in other languages than the text was fetched for.
pub fn without_marks(mut text: String) -> String {
    if text.contains(is_mark) {
        text.retain(|letter| !is_mark(letter));
    }
    text
}

/// The text in Taiwan's characters and terms, but for what stands between marks; the marks are gone.
pub fn to_taiwan(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        written.push_str(&converted(before));
        let (kept, end) = after.split_once(CLOSE).unwrap_or((after, ""));
        written.push_str(kept);
        rest = end;
    }
    written.push_str(&converted(rest));
    written.retain(|letter| !is_mark(letter));
    written
}

fn converted(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut own: Cow<'_, str> = Cow::Borrowed(text);
    for (mainland, taiwan) in TERMS {
        if own.contains(mainland) {
            own = Cow::Owned(own.replace(mainland, taiwan));
        }
    }
    Cow::Owned(zhconv(&own, Variant::ZhTW))
}
