//! Two plans that share much, sentence by sentence: which sentence of the one is which of the other in other words. Comes after the
//! search for passages and only for pairs that it has listed, so that nothing found here makes a pair of two strangers.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::normalise::Normal;
use super::passages::{Cover, Kind, Passage, longest_common_subsequence};

/// Two characters in a row.
pub type Bigram = [char; 2];

/// Shortest sentence that is looked at, a heading for instance.
const SHORTEST: usize = 3;
/// Sentences shorter than this are the same only if they are equal or stand between two that are.
const SHORT: usize = 6;
/// Share of a sentence that may be left uncovered before it is looked at.
const UNCOVERED: f64 = 0.05;
/// A sentence beside an aligned one needs this part of what another one needs.
const BESIDE: f64 = 0.5;
/// Shorter to longer length of two sentences that stand in the same place.
const ALIKE_LENGTH: f64 = 0.6;
/// Share of the characters that a sentence in the same place must still have, in order.
const SAME_PLACE: f64 = 0.15;

/// Plans that are added to those that there are when shares are taken.
const SMOOTHING: f64 = 10.0;
/// Share of the plans below which a bigram is simply rare, and above which it is simply common.
const RARE: f64 = 0.05;
const COMMON: f64 = 0.9;

/// How much a pair of characters says: the rarer among the plans, the more.
#[derive(Debug, Default)]
pub struct Weights {
    plans: f64,
    with: HashMap<Bigram, u32>,
}

impl Weights {
    /// Counts in how many texts each bigram stands.
    pub fn new(texts: &[Normal]) -> Self {
        let mut with: HashMap<Bigram, u32> = HashMap::new();
        for text in texts {
            for bigram in bigrams(&text.letters) {
                *with.entry(bigram).or_default() += 1;
            }
        }
        Self { plans: texts.len() as f64, with }
    }

    /// Inverse document frequency, smoothed so that a class of two can be compared, too; what few plans have says the same,
    /// however few they are.
    fn of(&self, bigram: Bigram) -> f64 {
        let with = f64::from(self.with.get(&bigram).copied().unwrap_or(0));
        -(with / (self.plans + SMOOTHING)).clamp(RARE, COMMON).ln()
    }
}

/// The different bigrams of a passage.
pub fn bigrams(letters: &[char]) -> HashSet<Bigram> {
    letters.windows(2).map(|pair| [pair[0], pair[1]]).collect()
}

/// A sentence with what is asked of it again and again.
struct Sentence<'t> {
    letters: &'t [char],
    /// Its bigrams in order, each with its weight.
    weighted: Vec<(Bigram, f64)>,
    known: HashSet<Bigram>,
    /// Weight of all its characters: each counts as the weightier of its two bigrams.
    total: f64,
}

impl<'t> Sentence<'t> {
    fn new(letters: &'t [char], weights: &Weights) -> Self {
        let weighted: Vec<(Bigram, f64)> =
            letters.windows(2).map(|pair| [pair[0], pair[1]]).map(|bigram| (bigram, weights.of(bigram))).collect();
        let known = weighted.iter().map(|(bigram, _)| *bigram).collect();
        let mut sentence = Self { letters, weighted, known, total: 0.0 };
        sentence.total = sentence.weight_of(|_| true);
        sentence
    }

    /// Weight of the characters that lie in bigrams with a property.
    fn weight_of(&self, has: impl Fn(&Bigram) -> bool) -> f64 {
        let (mut sum, mut before) = (0.0, 0.0_f64);
        for (bigram, weight) in &self.weighted {
            let here = if has(bigram) { *weight } else { 0.0 };
            sum += before.max(here);
            before = here;
        }
        sum + before
    }

    /// How much of both sentences stands in the other one, whatever the order: the smaller share of weight, 0 to 1.
    fn likeness(&self, other: &Self) -> f64 {
        if self.known.is_disjoint(&other.known) {
            return 0.0;
        }
        let share = |one: &Self, two: &Self| one.weight_of(|bigram| two.known.contains(bigram)) / one.total;
        share(self, other).min(share(other, self))
    }
}

/// Likeness that two sentences must reach, by the length of the shorter one.
fn wanted(length: usize) -> f64 {
    0.1 + 2.0 / length as f64
}

/// Sentences of `left` that stand reworded in `right`, beside the passages that are known. What is known already is left out.
pub fn align(left: &Normal, right: &Normal, known: &[Passage], weights: &Weights) -> Vec<Passage> {
    let (ours, theirs) = (sentences(left), sentences(right));
    if ours.is_empty() || theirs.is_empty() {
        return Vec::new();
    }
    let mut held = Cover::new(left.letters.len());
    known.iter().for_each(|passage| held.add(&passage.left));
    let mut table = Table::new(weighed(left, &ours, weights), weighed(right, &theirs, weights));
    table.best_first();
    while table.beside() {}
    let aligned = table.chosen.iter().enumerate().filter_map(|(one, other)| Some((ours[one].clone(), (*other)?)));
    let bare = |range: &Range<usize>| range.clone().filter(|at| !held.holds(*at)).count() as f64;
    let new = aligned.filter(|(range, _)| bare(range) > UNCOVERED * range.len() as f64);
    new.map(|(range, other)| Passage { left: range, right: theirs[other].clone(), kind: Kind::Reworded }).collect()
}

fn weighed<'t>(normal: &'t Normal, ranges: &[Range<usize>], weights: &Weights) -> Vec<Sentence<'t>> {
    ranges.iter().map(|range| Sentence::new(&normal.letters[range.clone()], weights)).collect()
}

fn sentences(normal: &Normal) -> Vec<Range<usize>> {
    normal.sentences.iter().filter(|sentence| sentence.len() >= SHORTEST).cloned().collect()
}

/// The likeness of all sentences of two plans, and which is which.
struct Table<'t> {
    left: Vec<Sentence<'t>>,
    right: Vec<Sentence<'t>>,
    likeness: Vec<Vec<f64>>,
    chosen: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl<'t> Table<'t> {
    fn new(left: Vec<Sentence<'t>>, right: Vec<Sentence<'t>>) -> Self {
        let likeness = left.iter().map(|one| right.iter().map(|other| one.likeness(other)).collect()).collect();
        Self { likeness, chosen: vec![None; left.len()], taken: vec![false; right.len()], left, right }
    }

    fn choose(&mut self, one: usize, other: usize) {
        self.chosen[one] = Some(other);
        self.taken[other] = true;
    }

    /// What is like enough by itself, the most alike first, each sentence once.
    fn best_first(&mut self) {
        let mut found: Vec<(f64, usize, usize)> = Vec::new();
        for (one, row) in self.likeness.iter().enumerate() {
            for (other, likeness) in row.iter().enumerate() {
                let shorter = self.left[one].letters.len().min(self.right[other].letters.len());
                let equal = self.left[one].letters == self.right[other].letters;
                if equal || (shorter >= SHORT && *likeness >= wanted(shorter)) {
                    found.push((*likeness, one, other));
                }
            }
        }
        found.sort_by(|one, other| other.0.total_cmp(&one.0).then((one.1, one.2).cmp(&(other.1, other.2))));
        for (_, one, other) in found {
            if self.chosen[one].is_none() && !self.taken[other] {
                self.choose(one, other);
            }
        }
    }

    /// Aligns sentences that stand beside aligned ones in both plans; tells whether there were any.
    fn beside(&mut self) -> bool {
        let mut found = false;
        for one in 0..self.left.len() {
            if self.chosen[one].is_some() {
                continue;
            }
            let before = one.checked_sub(1).and_then(|at| self.chosen[at]).map(|at| at + 1);
            let after = self.chosen.get(one + 1).copied().flatten().and_then(|at| at.checked_sub(1));
            let free = |at: &usize| self.taken.get(*at).is_some_and(|taken| !taken);
            let between = before.filter(|at| after == Some(*at));
            let place = [before, after].into_iter().flatten().filter(free).find(|other| {
                let (short, long) = {
                    let (one, other) = (self.left[one].letters.len(), self.right[*other].letters.len());
                    (one.min(other), one.max(other))
                };
                if (short as f64) < ALIKE_LENGTH * long as f64 {
                    return false;
                }
                let like = self.likeness[one][*other];
                let same_place = between == Some(*other)
                    && (short < SHORT
                        || longest_common_subsequence(self.left[one].letters, self.right[*other].letters) as f64
                            >= SAME_PLACE * long as f64);
                same_place || like >= BESIDE * wanted(short)
            });
            if let Some(other) = place {
                self.choose(one, other);
                found = true;
            }
        }
        found
    }
}
