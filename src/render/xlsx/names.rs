//! Names of tabs that every program takes: Excel's limits, no character that a file system refuses (a sheet exported as CSV is
//! named after its tab), and no name twice. Wanted names come in, in order; the names to use go out.

use std::collections::BTreeSet;

/// Longest name of a tab, in UTF-16 units.
const LONGEST: usize = 31;

/// A name for every wanted one, in the same order.
pub(super) fn tab_names<'a>(wanted: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    // Excel keeps this name for itself.
    taken.insert("history".to_owned());
    wanted
        .into_iter()
        .map(|name| {
            let clean = clean(name);
            let mut found = cut(&clean, LONGEST);
            let mut number = 2;
            while !taken.insert(found.to_lowercase()) {
                let tail = format!(" ({number})");
                found = format!("{}{tail}", cut(&clean, LONGEST - tail.len()));
                number += 1;
            }
            found
        })
        .collect()
}

/// Without the characters that Excel or a file system refuses.
fn clean(name: &str) -> String {
    let replaced: String = name
        .chars()
        .map(|letter| match letter {
            '[' => '(',
            ']' => ')',
            '\'' => '’',
            '"' => '”',
            ':' | '/' | '\\' | '?' | '*' | '<' | '>' | '|' | ',' | ';' | '!' => '-',
            other if other.is_control() || is_invisible(other) => ' ',
            other => other,
        })
        .collect();
    let words: Vec<&str> = replaced.split_whitespace().collect();
    let name = words.join(" ").trim_matches(['-', '.', ' ']).to_owned();
    if name.is_empty() { "–".to_owned() } else { name }
}

/// Marks that turn the direction of a line or take no room.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The first letters, at most `limit` UTF-16 units, without a space at the end.
fn cut(name: &str, limit: usize) -> String {
    let mut length = 0;
    let kept: String = name
        .chars()
        .take_while(|letter| {
            length += letter.len_utf16();
            length <= limit
        })
        .collect();
    kept.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_short_and_unique() {
        let long = "满".repeat(40);
        let wanted = ["按食堂/校区", "A:B?", "a-b", "'=cmd'!A1", "", "History", &long, &long, "\u{202e}x"];
        let names = tab_names(wanted);
        assert_eq!(names[0], "按食堂-校区");
        assert_eq!(names[1..3], ["A-B", "a-b (2)"]);
        assert_eq!(names[3], "’=cmd’-A1");
        assert_eq!(names[4..6], ["–", "History (2)"]);
        assert_eq!(names[6], "满".repeat(31));
        assert_eq!(names[7], format!("{} (2)", "满".repeat(27)));
        assert_eq!(names[8], "x");
        for name in &names {
            assert!(name.encode_utf16().count() <= 31 && !name.contains(['[', ']', ':', '*', '?', '/', '\\', '\'']));
        }
    }

    #[test]
    fn letters_outside_the_basic_plane_count_twice() {
        let names = tab_names(["😀".repeat(20).as_str()]);
        assert_eq!(names[0].encode_utf16().count(), 30);
    }
}
