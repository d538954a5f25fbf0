//! The order in which people expect names: numbers by size, 大一 before 大二 before 大三, 18岁以下 before 18-25岁, "other" last.

use std::cmp::Ordering;

/// Compares two names as people sort them.
pub fn natural(left: &str, right: &str) -> Ordering {
    let (left_rest, right_rest) = (is_rest(left), is_rest(right));
    left_rest.cmp(&right_rest).then_with(|| compare_pieces(left, right)).then_with(|| left.cmp(right))
}

/// A run of digits (with its value) or a single other character.
#[derive(Debug, PartialEq)]
enum Piece {
    Number(f64),
    Character(char),
}

fn compare_pieces(left: &str, right: &str) -> Ordering {
    let (left_pieces, right_pieces) = (pieces(left), pieces(right));
    for (a, b) in left_pieces.iter().zip(&right_pieces) {
        let ordering = match (a, b) {
            (Piece::Number(a), Piece::Number(b)) => {
                // "18 and under" comes before everything else that starts with 18.
                a.total_cmp(b).then_with(|| is_below(right).cmp(&is_below(left)))
            }
            (Piece::Number(_), Piece::Character(_)) => Ordering::Less,
            (Piece::Character(_), Piece::Number(_)) => Ordering::Greater,
            (Piece::Character(a), Piece::Character(b)) => a.cmp(b),
        };
        if ordering != Ordering::Equal {
            return ordering;
        }
    }
    left_pieces.len().cmp(&right_pieces.len())
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if let Some(digit) = character.to_digit(10) {
            let mut value = f64::from(digit);
            while let Some(next) = characters.peek().and_then(|next| next.to_digit(10)) {
                value = value * 10.0 + f64::from(next);
                characters.next();
            }
            found.push(Piece::Number(value));
        } else if let Some(value) = chinese_digit(character) {
            found.push(Piece::Number(value));
        } else {
            found.extend(character.to_lowercase().map(Piece::Character));
        }
    }
    found
}

fn chinese_digit(character: char) -> Option<f64> {
    let index = "〇一二三四五六七八九十".chars().position(|digit| digit == character)?;
    Some(index as f64)
}

fn is_below(text: &str) -> bool {
    let lowered = text.to_lowercase();
    ["以下", "不足", "以内", "under", "below", "less", "<"].iter().any(|word| lowered.contains(word))
}

fn is_rest(text: &str) -> bool {
    let lowered = text.to_lowercase();
    ["其他", "其它", "other"].iter().any(|word| lowered.starts_with(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_sort_as_people_do() {
        let cases: [&[&str]; 6] = [
            &["大一", "大二", "大三", "大四"],
            &["2", "10", "A"],
            &["18岁以下", "18-25岁", "26-30岁", "60岁以上"],
            &["2026-Q3", "2026-Q4", "2027-Q1"],
            &["第二波", "第十波"],
            &["价格", "口味", "其他"],
        ];
        for expected in cases {
            let mut sorted = expected.to_vec();
            sorted.reverse();
            sorted.sort_by(|a, b| natural(a, b));
            if expected[0] == "价格" {
                assert_eq!(sorted.last(), Some(&"其他"));
            } else {
                assert_eq!(sorted, expected);
            }
        }
    }

    proptest! {
        #[test]
        fn the_order_is_total(a in ".{0,6}", b in ".{0,6}") {
            prop_assert_eq!(natural(&a, &b), natural(&b, &a).reverse());
            prop_assert_eq!(natural(&a, &b) == Ordering::Equal, a == b);
        }

        #[test]
        fn sorting_never_panics(mut names in proptest::collection::vec("[0-9一二三a<以下岁-]{0,5}", 0..40)) {
            names.sort_by(|a, b| natural(a, b));
        }
    }
}
