//! Cells that hold several options: splitting a joined cell by whole option labels, and joining one column per option.

use crate::data::table::OPTION_SEPARATOR;

/// Cuts a joined cell into options. A declared label is matched whole, the longest first, even where it contains a separator;
/// what no label matches ends at the next separator. Empty pieces are left out.
pub fn split_options<'a>(cell: &'a str, separators: &[&str], declared: &[String]) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut rest = cell.trim();
    while !rest.is_empty() {
        let (option, after) = match longest_label(rest, separators, declared) {
            Some(length) => (&rest[..length], &rest[length..]),
            None => match next_separator(rest, separators) {
                Some((start, _)) => (&rest[..start], &rest[start..]),
                None => (rest, ""),
            },
        };
        let option = option.trim();
        if !option.is_empty() {
            found.push(option);
        }
        let after = after.trim_start();
        rest = match next_separator(after, separators) {
            Some((0, length)) => after[length..].trim_start(),
            _ => after,
        };
    }
    found
}

/// Length of the longest declared label that starts the text and ends at a separator or the end.
fn longest_label(text: &str, separators: &[&str], declared: &[String]) -> Option<usize> {
    let ends_well = |length: usize| {
        let after = text[length..].trim_start();
        after.is_empty() || separators.iter().any(|separator| after.starts_with(separator.trim()))
    };
    declared
        .iter()
        .filter(|label| !label.is_empty() && text.starts_with(label.as_str()) && ends_well(label.len()))
        .map(String::len)
        .max()
}

/// Start and length of the first separator; blanks around a separator do not count, except where it is nothing but blanks.
fn next_separator(text: &str, separators: &[&str]) -> Option<(usize, usize)> {
    separators
        .iter()
        .map(|separator| if separator.trim().is_empty() { *separator } else { separator.trim() })
        .filter(|separator| !separator.is_empty())
        .filter_map(|separator| text.find(separator).map(|start| (start, separator.len())))
        .min_by_key(|&(start, length)| (start, std::cmp::Reverse(length)))
}

/// Joins options as the responses hold them, each once; the separator itself cannot occur inside one.
pub fn join_options<'a>(options: impl IntoIterator<Item = &'a str>) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for option in options {
        if !seen.contains(&option) {
            seen.push(option);
        }
    }
    let cleaned: Vec<String> = seen.iter().map(|option| option.replace(OPTION_SEPARATOR, " ")).collect();
    cleaned.join(&OPTION_SEPARATOR.to_string())
}

/// The option that a header of an expanded question names: the text in its last brackets, else the whole header.
pub fn option_of_header(header: &str) -> &str {
    let header = header.trim();
    let inner = [('(', ')'), ('（', '）'), ('[', ']'), ('【', '】')].iter().find_map(|&(open, close)| {
        let body = header.strip_suffix(close)?;
        // Labels may hold brackets of their own: match them from the end.
        let mut depth = 1;
        for (index, character) in body.char_indices().rev() {
            if character == close {
                depth += 1;
            } else if character == open {
                depth -= 1;
            }
            if depth == 0 {
                return Some(&body[index + open.len_utf8()..]);
            }
        }
        None
    });
    let inner = inner.map(str::trim).filter(|inner| !inner.is_empty());
    inner
        .or_else(|| header.rsplit_once(':').map(|(_, option)| option.trim()).filter(|option| !option.is_empty()))
        .unwrap_or(header)
}

/// The option of an "other" answer with free text: `〖其他〗文字` and `其他〖文字〗` give 其他; `None` without such brackets.
pub fn without_free_text(option: &str) -> Option<&str> {
    let open = option.find('〖')?;
    if open > 0 {
        return Some(option[..open].trim());
    }
    let inner = &option['〖'.len_utf8()..];
    Some(inner.split('〗').next().unwrap_or(inner).trim())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whole_labels_win_over_separators() {
        let declared: Vec<String> = ["价格, 实惠", "近", "价格", "口味好"].map(str::to_owned).to_vec();
        let cases: [(&str, &[&str], &[&str]); 7] = [
            ("价格, 实惠, 近", &[", "], &["价格, 实惠", "近"]),
            ("近, 价格", &[", "], &["近", "价格"]),
            ("近,价格, 实惠,口味好", &[","], &["近", "价格, 实惠", "口味好"]),
            ("近┋口味好", &["┋"], &["近", "口味好"]),
            ("近, 服务好", &[","], &["近", "服务好"]),
            (" ,, 近,", &[","], &["近"]),
            ("近处", &[","], &["近处"]),
        ];
        for (cell, separators, expected) in cases {
            assert_eq!(split_options(cell, separators, &declared), expected, "{cell}");
        }
    }

    #[test]
    fn headers_and_free_texts() {
        assert_eq!(option_of_header("4、来本食堂的原因(价格实惠)"), "价格实惠");
        assert_eq!(option_of_header("Q4[SQ001]"), "SQ001");
        assert_eq!(option_of_header("原因(其他(请注明))"), "其他(请注明)");
        assert_eq!(option_of_header("4.原因:价格"), "价格");
        assert_eq!(option_of_header("价格"), "价格");
        assert_eq!(without_free_text("〖其他〗离家近"), Some("其他"));
        assert_eq!(without_free_text("其他〖离家近〗"), Some("其他"));
        assert_eq!(without_free_text("其他"), None);
    }

    proptest! {
        #[test]
        fn joined_labels_split_into_the_same(picks in proptest::collection::vec(0usize..4, 1..5)) {
            let declared: Vec<String> = ["a, b", "a", "c", "b, c, d"].map(str::to_owned).to_vec();
            let chosen: Vec<&str> = picks.iter().map(|&pick| declared[pick].as_str()).collect();
            // Only unambiguous sequences can be asked back: "a" followed by "b…" reads as the longer label.
            prop_assume!(!chosen.windows(2).any(|pair| pair[0] == "a" && pair[1].starts_with('b')));
            let cell = chosen.join(", ");
            prop_assert_eq!(split_options(&cell, &[", "], &declared), chosen);
        }

        #[test]
        fn no_text_panics(cell in "\\PC{0,20}", separator in "\\PC{0,2}") {
            let _ = split_options(&cell, &[&separator], &["满意".to_owned()]);
            let _ = (option_of_header(&cell), without_free_text(&cell));
        }
    }
}
