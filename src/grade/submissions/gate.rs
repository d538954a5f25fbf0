//! Is what came out of a file the student's text, or rubbish that should not be graded?

use super::document::PlanText;
use crate::diagnostics::{LocalizedTexts, lang_texts};

/// Fewest letters that are a text.
const FEWEST: usize = 20;
/// Largest share of characters that mean nothing.
const MOST_RUBBISH: f64 = 0.02;
/// From so many letters on, a text in which no Han or Latin words stand is rubbish.
const FEWEST_WORDS: f64 = 0.5;

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// There is none.
    Empty,
    /// It cannot be the student's.
    Rubbish(LocalizedTexts),
}

/// Judges what was read. `least_han` is the smallest share of Han characters among all letters, 0 to 1.
pub fn judge(plan: &PlanText, least_han: f64) -> Option<Fault> {
    let text = plan.text();
    let letters: Vec<char> = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    if letters.len() < FEWEST {
        return Some(Fault::Empty);
    }
    let all = letters.len() as f64;
    let share = |test: fn(char) -> bool| letters.iter().filter(|letter| test(**letter)).count() as f64 / all;
    let rubbish = share(is_rubbish);
    if rubbish > MOST_RUBBISH {
        let percent = (rubbish * 100.0).round();
        return Some(Fault::Rubbish(lang_texts(
            format!("{percent}% 的字符无法辨认"),
            format!("{percent}% of its characters are unreadable"),
        )));
    }
    let han = share(is_han);
    let words = share(|letter| is_han(letter) || letter.is_alphanumeric());
    if han < least_han || words < FEWEST_WORDS {
        let percent = (han * 100.0).round();
        return Some(Fault::Rubbish(lang_texts(
            format!("汉字只占 {percent}%"),
            format!("only {percent}% of its characters are Han characters"),
        )));
    }
    None
}

/// A Han character.
pub fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3fffd}' | '\u{3007}')
}

/// Replacement characters, private use and control characters.
fn is_rubbish(letter: char) -> bool {
    matches!(letter, '\u{fffd}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
        || (letter.is_control() && !letter.is_whitespace())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::grade::submissions::text::read_text;

    #[test]
    fn rubbish_is_not_graded() {
        let judged = |text: &str| judge(&read_text(text.as_bytes()).unwrap(), 0.3);
        assert_eq!(judged("短"), Some(Fault::Empty));
        assert_eq!(judged(&"食堂排队太长，同学们不满意。".repeat(5)), None);
        assert!(matches!(judged(&"食堂\u{fffd}排\u{e001}队".repeat(9)), Some(Fault::Rubbish(_))));
        assert!(matches!(judged(&"!!!@@@###$$$ abc ".repeat(9)), Some(Fault::Rubbish(_))));
    }
}
