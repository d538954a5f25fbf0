//! A text as it is compared: one form for every character, without marks, spaces and invisible characters, and the place in the
//! text as written for each character that is left.

use std::collections::HashMap;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// A normalised text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Normal {
    /// The characters that are compared.
    pub letters: Vec<char>,
    /// For each, its place among the characters of the text as written.
    pub places: Vec<usize>,
    /// Sentences as ranges of `letters`.
    pub sentences: Vec<Range<usize>>,
}

/// Latin letters that Cyrillic and Greek ones are mistaken for.
const ALIKE: [(&str, &str); 2] = [("асеорхуіѕјһԁԛԝмтнвкг", "aceopxyisjhdqwmthbkr"), ("αεικνορτυχ", "aeikvoptux")];
/// Radicals that compatibility decomposition leaves as they are.
const RADICALS: (&str, &str) = (
    "⺁⺄⺆⺇⺈⺊⺌⺍⺕⺗⺝⺟⺠⺣⺥⺩⺪⺫⺬⺭⺮⺯⺲⺶⺷⺻⺼⺾⻁⻂⻄⻅⻆⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻤⻥⻦⻨⻩⻬⻮⻰⻳",
    "厂乙冂几勹卜小小彐心月母民火爪王疋罒示礻竹糸网羊羊聿肉艹虎衤西见角贝足车辶辶辶邑钅长镸长门阝雨青韦页风飞食饣饣马鬼鱼鸟麦黄齐齿龙龟",
);

fn one_for_one(from: &str, to: &str, letter: char) -> Option<char> {
    from.chars().position(|held| held == letter).and_then(|at| to.chars().nth(at))
}

/// The simplified form of a character.
pub fn simplified(letter: char) -> char {
    if !('\u{3400}'..='\u{9fff}').contains(&letter) {
        return letter;
    }
    let mut buffer = [0; 4];
    let converted = simplet2s::convert(letter.encode_utf8(&mut buffer));
    converted.chars().next().unwrap_or(letter)
}

/// The character that one only looks like: radicals, compatibility forms of Han characters, full-width digits and letters. Marks stay.
pub fn plain(letter: char) -> char {
    match letter {
        '\u{2e80}'..='\u{2fdf}' | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}' | '\u{ff10}'..='\u{ff5a}' => {
            let han = one_for_one(RADICALS.0, RADICALS.1, letter).unwrap_or(letter);
            let composed = std::iter::once(han).nfkc().next().unwrap_or(han);
            if composed.is_alphanumeric() { composed } else { letter }
        }
        _ => letter,
    }
}

/// Turns characters into the form in which they are compared; remembers what it has seen.
#[derive(Debug, Default)]
pub struct Normaliser {
    known: HashMap<char, Vec<char>>,
}

impl Normaliser {
    /// The characters that one becomes; none for marks, spaces and invisible ones.
    fn forms(&mut self, letter: char) -> &[char] {
        self.known.entry(letter).or_insert_with(|| {
            let plain = one_for_one(RADICALS.0, RADICALS.1, letter).unwrap_or(letter);
            let composed = std::iter::once(plain).nfkc().flat_map(char::to_lowercase);
            let alike = |letter| ALIKE.iter().find_map(|(from, to)| one_for_one(from, to, letter)).unwrap_or(letter);
            composed.filter(|letter| letter.is_alphanumeric()).map(alike).map(simplified).collect()
        })
    }

    /// Normalises a text.
    pub fn normalise(&mut self, text: &str) -> Normal {
        let mut normal = Normal::default();
        let mut start = 0;
        for (place, letter) in text.chars().enumerate() {
            if matches!(letter, '。' | '！' | '？' | '!' | '?' | '；' | ';' | '\n') {
                if normal.letters.len() > start {
                    normal.sentences.push(start..normal.letters.len());
                }
                start = normal.letters.len();
                continue;
            }
            for form in self.forms(letter) {
                normal.letters.push(*form);
                normal.places.push(place);
            }
        }
        if normal.letters.len() > start {
            normal.sentences.push(start..normal.letters.len());
        }
        normal
    }
}

impl Normal {
    /// The range of characters as written that a range of compared characters came from.
    pub fn written(&self, range: &Range<usize>) -> Range<usize> {
        let first = self.places.get(range.start).copied().unwrap_or_default();
        let last = range.end.checked_sub(1).and_then(|last| self.places.get(last)).copied().unwrap_or(first);
        first..last + 1
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn disguises_fall_off() {
        let mut normaliser = Normaliser::default();
        let mut of = |text: &str| normaliser.normalise(text).letters.iter().collect::<String>();
        let plain = of("我们用心服务顾客，满意度达到85%。CSI");
        for disguised in [
            "我們用心服務顧客，滿意度達到85%。CSI",
            "我 们\u{200b}用心\u{202e}服务、顾客！满意度达到８５％ ＣＳＩ",
            "我们⽤⼼服务顾客满意度达到85СSІ",
        ] {
            assert_eq!(of(disguised), plain, "{disguised}");
        }
    }

    #[test]
    fn places_lead_back_to_the_text() {
        let text = "一、 我\u{200b}们：滿意。好";
        let normal = Normaliser::default().normalise(text);
        assert_eq!(normal.letters.iter().collect::<String>(), "一我们满意好");
        let written = normal.written(&(1..5));
        assert_eq!(text.chars().skip(written.start).take(written.len()).collect::<String>(), "我\u{200b}们：滿意");
        assert_eq!(normal.sentences, [0..5, 5..6]);
    }
}
