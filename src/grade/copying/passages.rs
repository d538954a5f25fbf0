//! What two plans have in common: runs of equal characters, extended and merged over small differences, then sentences that were
//! reworded but kept most of their characters in order.

use std::ops::Range;

use super::normalise::Normal;

/// How two passages are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The same but for small differences.
    Same,
    /// The same sentence in other words.
    Reworded,
}

/// A passage that stands in both, as ranges of compared characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// In the first plan.
    pub left: Range<usize>,
    /// In the second.
    pub right: Range<usize>,
    /// How they are alike.
    pub kind: Kind,
}

impl Passage {
    /// Whether another passage lies in it in both plans.
    pub fn holds(&self, other: &Self) -> bool {
        let inside = |outer: &Range<usize>, inner: &Range<usize>| outer.start <= inner.start && inner.end <= outer.end;
        inside(&self.left, &other.left) && inside(&self.right, &other.right)
    }
}

/// Differences that a passage goes over, in characters.
const WIDEST_GAP: usize = 8;
/// Share of equal characters in a merged passage.
const DENSEST: f64 = 0.6;
/// Fewest characters of a sentence that is compared as a whole.
const SHORTEST_SENTENCE: usize = 12;
/// Share of the characters of both sentences that must stand in the same order in both.
const REWORDED: f64 = 0.62;

/// Merges places of equal grams, given as first characters in both texts, into passages with at least `shortest` equal characters.
pub fn merge(mut hits: Vec<(usize, usize)>, gram: usize, shortest: usize) -> Vec<Passage> {
    // Runs along a diagonal first.
    hits.sort_unstable_by_key(|(left, right)| (*right as i64 - *left as i64, *left));
    let mut runs: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for (left, right) in hits {
        match runs.last_mut() {
            Some((held, other)) if left <= held.end && left >= held.start && right + held.end == other.end + left => {
                held.end = held.end.max(left + gram);
                other.end = other.end.max(right + gram);
            }
            _ => runs.push((left..left + gram, right..right + gram)),
        }
    }
    runs.sort_unstable_by_key(|(left, right)| (left.start, right.start));
    // Then runs that follow each other in both texts with little between them.
    let mut merged: Vec<(Range<usize>, Range<usize>, usize)> = Vec::new();
    for (left, right) in runs {
        let near = merged.iter_mut().rev().take(64).find(|(held, other, _)| {
            let step = |before: usize, after: usize| after + gram >= before && after <= before + WIDEST_GAP;
            step(held.end, left.start) && step(other.end, right.start) && left.end > held.end && right.end > other.end
        });
        match near {
            Some((held, other, equal)) => {
                *equal += left.end - left.start.max(held.end);
                held.end = left.end;
                other.end = right.end;
            }
            None => {
                let equal = left.len();
                merged.push((left, right, equal));
            }
        }
    }
    let long = merged.into_iter().filter(|(left, right, equal)| {
        *equal >= shortest && *equal as f64 >= DENSEST * left.len().max(right.len()) as f64
    });
    long.map(|(left, right, _)| Passage { left, right, kind: Kind::Same }).collect()
}

/// Whether two sentences are the same in other words: most of the characters of both stand in both in the same order.
pub fn is_reworded(left: &[char], right: &[char]) -> bool {
    let (short, long) = (left.len().min(right.len()), left.len().max(right.len()));
    if short < SHORTEST_SENTENCE || (short as f64) < REWORDED * long as f64 {
        return false;
    }
    let common = longest_common_subsequence(left, right);
    common as f64 >= REWORDED * long as f64
}

/// Length of the longest common subsequence.
pub fn longest_common_subsequence(left: &[char], right: &[char]) -> usize {
    let mut row = vec![0_usize; right.len() + 1];
    for letter in left {
        let mut diagonal = 0;
        for (at, other) in right.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if letter == other { diagonal + 1 } else { above.max(row[at]) };
            diagonal = above;
        }
    }
    row[right.len()]
}

/// Sentences that can be compared as wholes.
pub fn comparable(normal: &Normal) -> impl Iterator<Item = &Range<usize>> {
    normal.sentences.iter().filter(|sentence| (SHORTEST_SENTENCE..=200).contains(&sentence.len()))
}

/// A set of characters of a text, for the union of ranges.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cover(Vec<bool>);

impl Cover {
    /// Nothing of a text of this length.
    pub fn new(length: usize) -> Self {
        Self(vec![false; length])
    }

    /// Adds a range.
    pub fn add(&mut self, range: &Range<usize>) {
        let end = range.end.min(self.0.len());
        self.0[range.start.min(end)..end].fill(true);
    }

    /// Whether a character is in it.
    pub fn holds(&self, at: usize) -> bool {
        self.0.get(at).copied().unwrap_or(false)
    }

    /// Characters in it.
    pub fn count(&self) -> usize {
        self.0.iter().filter(|held| **held).count()
    }

    /// Characters in it that are not in another.
    pub fn count_without(&self, other: &Self) -> usize {
        self.0.iter().enumerate().filter(|(at, held)| **held && !other.holds(*at)).count()
    }

    /// Its ranges.
    pub fn ranges(&self) -> Vec<Range<usize>> {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for at in (0..self.0.len()).filter(|at| self.0[*at]) {
            match ranges.last_mut() {
                Some(last) if last.end == at => last.end = at + 1,
                _ => ranges.push(at..at + 1),
            }
        }
        ranges
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn letters(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn runs_grow_over_small_differences() {
        // Equal at 0..10 and 12..22 on the one side, 3..13 and 14..24 on the other.
        let hits = (0..6).map(|at| (at, at + 3)).chain((0..6).map(|at| (at + 12, at + 14))).collect();
        let passages = merge(hits, 5, 13);
        assert_eq!(passages, [Passage { left: 0..22, right: 3..24, kind: Kind::Same }]);
        assert!(merge(vec![(0, 0), (1, 1)], 5, 13).is_empty());
    }

    #[test]
    fn common_subsequences_and_rewordings() {
        assert_eq!(longest_common_subsequence(&letters("晚餐排队太长"), &letters("午餐排队时间太长")), 5);
        let said = letters("食堂晚餐窗口排队时间过长引起同学们的不满");
        assert!(is_reworded(&said, &letters("食堂晚餐窗口等候时间太长引发同学们的抱怨")));
        assert!(!is_reworded(&said, &letters("食堂应当在晚餐高峰时段增加打饭的窗口和人手")));
    }

    #[test]
    fn covers_are_unions() {
        let mut cover = Cover::new(10);
        cover.add(&(0..4));
        cover.add(&(2..6));
        cover.add(&(8..30));
        assert_eq!((cover.count(), cover.ranges()), (8, vec![0..6, 8..10]));
    }
}
