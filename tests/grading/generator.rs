//! Copies of plans made by rule from a seed: verbatim, in part, reworded, shuffled, disguised.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How a plan was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Verbatim,
    Half,
    Mosaic,
    Words10,
    Words30,
    Words50,
    Reordered,
    HalfWords30,
    ReorderedWords30,
    Traditional,
    Punctuation,
    ZeroWidth,
    LookAlike,
}

impl Level {
    pub const ALL: [Self; 13] = [
        Self::Verbatim,
        Self::Half,
        Self::Mosaic,
        Self::Words10,
        Self::Words30,
        Self::Words50,
        Self::Reordered,
        Self::HalfWords30,
        Self::ReorderedWords30,
        Self::Traditional,
        Self::Punctuation,
        Self::ZeroWidth,
        Self::LookAlike,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::Verbatim => "verbatim",
            Self::Half => "half of the sentences",
            Self::Mosaic => "mosaic of two sources",
            Self::Words10 => "10% of the words replaced",
            Self::Words30 => "30% of the words replaced",
            Self::Words50 => "50% of the words replaced",
            Self::Reordered => "sentences reordered",
            Self::HalfWords30 => "half of the sentences, 30% of their words replaced",
            Self::ReorderedWords30 => "sentences reordered, 30% of the words replaced",
            Self::Traditional => "traditional characters",
            Self::Punctuation => "other punctuation",
            Self::ZeroWidth => "zero-width characters",
            Self::LookAlike => "look-alike characters",
        }
    }
}

/// A copy.
#[derive(Debug, Clone)]
pub struct Copied {
    pub text: String,
    /// Numbers of the plans that it was made of.
    pub sources: BTreeSet<usize>,
    /// Share of its letters and digits in sentences that come from the first source, disguised and reworded ones included, or that
    /// stand there too, 0 to 1.
    pub share: f64,
}

/// The plans written for the corpus, in the order of their files.
pub fn plans(sample: &Path) -> Vec<String> {
    texts(&sample.join("plans"))
}

/// The texts of a folder, in the order of their files.
pub fn texts(folder: &Path) -> Vec<String> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

/// Sentences with their marks, line breaks as sentences of their own.
pub fn sentences(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for letter in text.chars() {
        found.last_mut().unwrap().push(letter);
        if matches!(letter, '。' | '！' | '？' | '；' | '\n') {
            found.push(String::new());
        }
    }
    found.retain(|sentence| !sentence.is_empty());
    found
}

fn letters(text: &str) -> usize {
    text.chars().filter(|letter| letter.is_alphanumeric()).count()
}

/// Copies plan number `source` of `plans` at a level; `other` is the plan that fills the rest.
pub fn copy(plans: &[String], source: usize, other: usize, level: Level, seed: u64) -> Copied {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let text = &plans[source];
    let whole = |text: String| Copied { text, sources: [source].into(), share: 1.0 };
    match level {
        Level::Verbatim => whole(text.clone()),
        Level::Half | Level::Mosaic | Level::HalfWords30 => {
            let (own, rest) = (half(text, &mut random), half(&plans[other], &mut random));
            // Headings such as 营销目标 stand in most plans.
            let known: BTreeSet<String> = sentences(text).iter().map(|sentence| bare(sentence)).collect();
            let common = sentences(&rest).into_iter().filter(|sentence| known.contains(&bare(sentence)));
            let shared = letters(&own) + common.map(|sentence| letters(&sentence)).sum::<usize>();
            let share = shared as f64 / (letters(&own) + letters(&rest)) as f64;
            let own = if level == Level::HalfWords30 { replaced(plans, source, &own, 0.3, &mut random) } else { own };
            Copied { text: format!("{own}\n{rest}"), sources: [source, other].into(), share }
        }
        Level::Words10 => whole(replaced(plans, source, text, 0.1, &mut random)),
        Level::Words30 => whole(replaced(plans, source, text, 0.3, &mut random)),
        Level::Words50 => whole(replaced(plans, source, text, 0.5, &mut random)),
        Level::Reordered => whole(shuffled(text, &mut random)),
        Level::ReorderedWords30 => {
            let order = shuffled(text, &mut random);
            whole(replaced(plans, source, &order, 0.3, &mut random))
        }
        Level::Traditional => whole(text.chars().map(traditional).collect()),
        Level::Punctuation => {
            let mark = |letter: char| match letter {
                '，' => {
                    if random.random_bool(0.5) {
                        "、".to_owned()
                    } else {
                        ",".to_owned()
                    }
                }
                '。' => {
                    if random.random_bool(0.5) {
                        "！".to_owned()
                    } else {
                        "\n".to_owned()
                    }
                }
                '：' | '；' => " ".to_owned(),
                '“' | '”' => String::new(),
                other => other.to_string(),
            };
            whole(text.chars().map(mark).collect())
        }
        Level::ZeroWidth => {
            let mut disguised = String::new();
            for letter in text.chars() {
                disguised.push(letter);
                if random.random_bool(0.3) {
                    disguised.push(*['\u{200b}', '\u{200d}', '\u{2060}', '\u{feff}'].choose(&mut random).unwrap());
                }
            }
            whole(disguised)
        }
        Level::LookAlike => whole(text.chars().map(look_alike).collect()),
    }
}

use rand::seq::IndexedRandom;

/// About half of the sentences of a text, in their order.
fn half(text: &str, random: &mut ChaCha8Rng) -> String {
    let all: Vec<String> = sentences(text).into_iter().filter(|sentence| letters(sentence) > 0).collect();
    let wanted = letters(text) / 2;
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.shuffle(random);
    let mut taken = BTreeSet::new();
    let mut count = 0;
    for at in order {
        if count < wanted {
            count += letters(&all[at]);
            taken.insert(at);
        }
    }
    taken.into_iter().map(|at| all[at].as_str()).collect::<Vec<_>>().concat()
}

/// The sentences of a text in another order.
fn shuffled(text: &str, random: &mut ChaCha8Rng) -> String {
    let mut order: Vec<String> = sentences(text).into_iter().filter(|sentence| sentence != "\n").collect();
    order.shuffle(random);
    order.concat()
}

/// A sentence without marks.
fn bare(sentence: &str) -> String {
    sentence.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

/// Cuts each run of Han characters into words of two and replaces a share of them by words of another plan. Whether the new word
/// means the same makes no difference to a comparison of characters.
fn replaced(plans: &[String], source: usize, text: &str, share: f64, random: &mut ChaCha8Rng) -> String {
    let han = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let other = &plans[(source + plans.len() / 2) % plans.len()];
    let pool: Vec<char> = other.chars().filter(|letter| han(*letter)).collect();
    let letters: Vec<char> = text.chars().collect();
    let mut text = String::new();
    let mut at = 0;
    while at < letters.len() {
        let word = at + 1 < letters.len() && han(letters[at]) && han(letters[at + 1]);
        if word && random.random_bool(share) {
            let from = random.random_range(0..pool.len() - 1);
            text.extend(&pool[from..from + 2]);
        } else {
            text.extend(&letters[at..(at + if word { 2 } else { 1 })]);
        }
        at += if word { 2 } else { 1 };
    }
    text
}

fn one_for_one(from: &str, to: &str, letter: char) -> char {
    from.chars().position(|held| held == letter).and_then(|at| to.chars().nth(at)).unwrap_or(letter)
}

fn traditional(letter: char) -> char {
    const FROM: &str = "满务顾对学这个们来时经过会为说话问题应当开关门车场长么还进连运选达远划处号标准备质业价钱费员卖买宾馆图书饭餐厅队线总结组织统计发现与观点负责实验营销环节简单复杂种类难领导显愿欢让认调查谈论证据变动势窗师间钟鲜热汤盘筛楼层门给宿设备时节约练习惯级别写画报纸红绿蓝黄银铁铜钢";
    const TO: &str = "滿務顧對學這個們來時經過會為說話問題應當開關門車場長麼還進連運選達遠劃處號標準備質業價錢費員賣買賓館圖書飯餐廳隊線總結組織統計發現與觀點負責實驗營銷環節簡單複雜種類難領導顯願歡讓認調查談論證據變動勢窗師間鐘鮮熱湯盤篩樓層門給宿設備時節約練習慣級別寫畫報紙紅綠藍黃銀鐵銅鋼";
    one_for_one(FROM, TO, letter)
}

/// Radicals and full-width forms that look like the characters they stand for.
fn look_alike(letter: char) -> char {
    const FROM: &str = "一人口工手日月水火用生目示立老而肉自行见言足车走金门长青面食高0123456789";
    const TO: &str = "⼀⼈⼝⼯⼿⽇⽉⽔⽕⽤⽣⽬⽰⽴⽼⽽⾁⾃⾏⻅⾔⾜⻋⾛⾦⻔⻓⻘⾯⻝⾼０１２３４５６７８９";
    one_for_one(FROM, TO, letter)
}
