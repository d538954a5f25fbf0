//! Who wrote what first: shared passages between the plans of a class and those of prior years, without what may be reused and what
//! most of the class shares, and a proposal by the copy rule. The teacher decides; the earliest writer is never penalised.

pub mod alignment;
pub mod index;
pub mod normalise;
pub mod passages;
pub mod verdicts;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use chrono::NaiveDateTime;

use crate::grade::rubric::Copying;
use alignment::{Bigram, Weights, align, bigrams};
use index::{GRAM, Index, grams};
use normalise::{Normal, Normaliser};
use passages::{Cover, Kind, Passage, comparable, is_reworded, merge};

/// A plan to compare.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The text as written.
    pub text: String,
    /// When it was received.
    pub received: Option<NaiveDateTime>,
}

/// What two plans share.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// A plan of the class.
    pub left: usize,
    /// Another one, with a greater number; plans of prior years follow those of the class.
    pub right: usize,
    /// Share of the left plan's own text that stands in the right one, 0 to 1.
    pub cover_left: f64,
    /// Share of the right plan's own text that stands in the left one.
    pub cover_right: f64,
    /// Characters of the longest passage.
    pub longest: usize,
    /// The passages as ranges of characters as written, in the order of the left plan.
    pub passages: Vec<Shared>,
}

/// A shared passage in characters as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// In the left plan.
    pub left: Range<usize>,
    /// In the right one.
    pub right: Range<usize>,
    /// How they are alike.
    pub kind: Kind,
}

/// The outcome of a comparison.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    /// Pairs that share at least the share that is shown, the most alike first.
    pub pairs: Vec<Pair>,
    /// For each plan of the class, ranges of characters as written that were left out: reusable, or common to most.
    pub subtracted: Vec<Vec<Range<usize>>>,
    /// For each plan of the class, the characters of its own that were compared.
    pub own: Vec<usize>,
    /// For each pair of the class that shares anything at all, the larger share; for the distribution.
    pub similarities: Vec<f64>,
    covers: BTreeMap<(usize, usize), Cover>,
    masks: Vec<Cover>,
}

impl Comparison {
    /// The plans that one shares a shown part with, in the order of the pairs.
    pub fn partners(&self, plan: usize) -> impl Iterator<Item = usize> {
        self.pairs.iter().filter_map(move |pair| match plan {
            held if held == pair.left => Some(pair.right),
            held if held == pair.right => Some(pair.left),
            _ => None,
        })
    }

    /// Share of a plan's own text that stands in any of the `others`, 0 to 1.
    pub fn share_in(&self, plan: usize, others: &[usize]) -> f64 {
        let own = self.own.get(plan).copied().unwrap_or_default();
        let Some(mask) = self.masks.get(plan).filter(|_| own > 0) else { return 0.0 };
        let mut union: Option<Cover> = None;
        for other in others {
            let Some(cover) = self.covers.get(&(plan, *other)) else { continue };
            match &mut union {
                Some(union) => cover.ranges().iter().for_each(|range| union.add(range)),
                None => union = Some(cover.clone()),
            }
        }
        union.map_or(0.0, |union| union.count_without(mask) as f64 / own as f64)
    }
}

/// Shortest run that counts between plans that share `LONG_ENOUGH` characters in longer passages: shuffled short sentences.
const SHORTEST_OF_COPIES: usize = 7;
const LONG_ENOUGH: usize = 60;

/// Fewest characters of their own that two plans are compared by.
const FEWEST_OWN: usize = 60;

/// Compares the plans of a class with each other and with those of prior years. `reusable` are texts that everybody may reuse.
pub fn compare(class: &[Source], archive: &[Source], reusable: &[String], settings: &Copying) -> Comparison {
    let mut normaliser = Normaliser::default();
    let texts: Vec<Normal> = class.iter().chain(archive).map(|source| normaliser.normalise(&source.text)).collect();
    let reused: Vec<Normal> = reusable.iter().map(|text| normaliser.normalise(text)).collect();
    let index = Index::new(&texts);
    let masks = masks(&texts[..class.len()], &reused, &index, settings);
    let mut comparison = Comparison {
        own: texts.iter().zip(&masks).map(|(text, mask)| text.letters.len() - mask.count()).collect(),
        subtracted: texts
            .iter()
            .zip(&masks)
            .map(|(text, mask)| mask.ranges().iter().map(|range| text.written(range)).collect())
            .collect(),
        ..Comparison::default()
    };
    let sentences = Sentences::new(&texts);
    let weights = Weights::new(&texts);
    let none = Cover::default();
    for left in (0..class.len()).filter(|plan| comparison.own[*plan] >= FEWEST_OWN) {
        let mut found = same_passages(left, &texts[left], &masks[left], &index, settings);
        sentences.reworded(left, &texts, &masks[left], &mut found);
        for (right, mut passages) in found {
            if comparison.own.get(right).is_some_and(|own| *own < FEWEST_OWN) {
                continue;
            }
            let measure = |passages: &[Passage]| {
                let masks = (&masks[left], masks.get(right).unwrap_or(&none));
                Measured::new((&texts[left], &texts[right]), masks, passages)
            };
            let mut measured = measure(&passages);
            if measured.most() >= settings.show {
                let reworded = align(&texts[left], &texts[right], &passages, &weights);
                passages.retain(|held| !reworded.iter().any(|whole| whole.holds(held)));
                passages.extend(reworded);
                measured = measure(&passages);
            }
            if right < class.len() {
                comparison.similarities.push(measured.most());
            }
            if measured.most() < settings.show {
                continue;
            }
            let longest = passages.iter().map(|passage| passage.left.len()).max().unwrap_or_default();
            let shared = passages.into_iter().map(|passage| Shared {
                left: texts[left].written(&passage.left),
                right: texts[right].written(&passage.right),
                kind: passage.kind,
            });
            let mut shared: Vec<Shared> = shared.collect();
            shared.sort_by_key(|shared| (shared.left.start, shared.right.start));
            let Measured { cover, back, cover_left, cover_right } = measured;
            if right < class.len() {
                comparison.covers.insert((right, left), back);
            }
            comparison.covers.insert((left, right), cover);
            comparison.pairs.push(Pair { left, right, cover_left, cover_right, longest, passages: shared });
        }
    }
    comparison.masks = masks;
    comparison.pairs.sort_by(|one, other| {
        let most = |pair: &Pair| pair.cover_left.max(pair.cover_right);
        most(other).total_cmp(&most(one)).then((one.left, one.right).cmp(&(other.left, other.right)))
    });
    comparison
}

/// How much of two plans lies in shared passages.
struct Measured {
    cover: Cover,
    back: Cover,
    cover_left: f64,
    cover_right: f64,
}

impl Measured {
    fn new(texts: (&Normal, &Normal), masks: (&Cover, &Cover), passages: &[Passage]) -> Self {
        let mut cover = Cover::new(texts.0.letters.len());
        let mut back = Cover::new(texts.1.letters.len());
        for passage in passages {
            cover.add(&passage.left);
            back.add(&passage.right);
        }
        let share = |cover: &Cover, text: &Normal, mask: &Cover| {
            cover.count_without(mask) as f64 / (text.letters.len() - mask.count()).max(1) as f64
        };
        let (cover_left, cover_right) = (share(&cover, texts.0, masks.0), share(&back, texts.1, masks.1));
        Self { cover, back, cover_left, cover_right }
    }

    /// The larger share.
    fn most(&self) -> f64 {
        self.cover_left.max(self.cover_right)
    }
}

/// What counts for nobody in each plan of the class: passages that may be reused, and those that most of the class shares.
fn masks(class: &[Normal], reused: &[Normal], index: &Index, settings: &Copying) -> Vec<Cover> {
    let reusable: HashSet<u64> = reused.iter().flat_map(|text| grams(text).collect::<Vec<_>>()).collect();
    let number = class.len() as u32;
    let most = (settings.common * class.len() as f64).max(f64::from(settings.common_least));
    let mut known: HashMap<u64, bool> = HashMap::new();
    class
        .iter()
        .map(|text| {
            let mut cover = Cover::new(text.letters.len());
            for (at, gram) in grams(text).enumerate() {
                let out = *known
                    .entry(gram)
                    .or_insert_with(|| reusable.contains(&gram) || index.texts_with(gram, number) as f64 > most);
                if out {
                    cover.add(&(at..at + GRAM));
                }
            }
            cover
        })
        .collect()
}

/// Equal passages with every text of a greater number.
fn same_passages(
    left: usize,
    text: &Normal,
    mask: &Cover,
    index: &Index,
    settings: &Copying,
) -> BTreeMap<usize, Vec<Passage>> {
    let mut hits: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    for (at, gram) in grams(text).enumerate() {
        if (at..at + GRAM).all(|at| mask.holds(at)) {
            continue;
        }
        for place in index.places(gram).iter().filter(|place| place.text as usize > left) {
            hits.entry(place.text as usize).or_default().push((at, place.at as usize));
        }
    }
    let shortest = settings.shortest as usize;
    let merged = hits.into_iter().map(|(right, hits)| {
        let mut passages = merge(hits, GRAM, SHORTEST_OF_COPIES.min(shortest));
        let long: usize = passages.iter().map(|passage| passage.left.len()).filter(|length| *length >= shortest).sum();
        // Short runs are chance, unless the plans share long ones, too.
        if long < LONG_ENOUGH {
            passages.retain(|passage| passage.left.len() >= shortest);
        }
        (right, passages)
    });
    merged.filter(|(_, passages)| !passages.is_empty()).collect()
}

/// The sentences of all texts, found by pairs of characters.
struct Sentences {
    /// Text and range of each.
    all: Vec<(usize, Range<usize>)>,
    /// Sentences with a pair of characters; pairs that stand in too many are left out.
    with: HashMap<Bigram, Vec<u32>>,
}

impl Sentences {
    fn new(texts: &[Normal]) -> Self {
        let mut all = Vec::new();
        let mut with: HashMap<Bigram, Vec<u32>> = HashMap::new();
        for (text, normal) in texts.iter().enumerate() {
            for sentence in comparable(normal) {
                let number = all.len() as u32;
                all.push((text, sentence.clone()));
                for bigram in bigrams(&normal.letters[sentence.clone()]) {
                    with.entry(bigram).or_default().push(number);
                }
            }
        }
        let most = (all.len() / 20).clamp(50, 2_000);
        with.retain(|_, sentences| sentences.len() <= most);
        Self { all, with }
    }

    /// Adds sentences of a text that stand reworded in texts of a greater number, where they are not covered yet.
    fn reworded(&self, left: usize, texts: &[Normal], mask: &Cover, found: &mut BTreeMap<usize, Vec<Passage>>) {
        let normal = &texts[left];
        for sentence in comparable(normal) {
            let masked = sentence.clone().filter(|at| mask.holds(*at)).count();
            if masked * 2 > sentence.len() {
                continue;
            }
            let own = bigrams(&normal.letters[sentence.clone()]);
            let mut shared: HashMap<u32, usize> = HashMap::new();
            for number in own.iter().filter_map(|pair| self.with.get(pair)).flatten() {
                *shared.entry(*number).or_default() += 1;
            }
            // A reworded sentence keeps about a quarter of its pairs.
            let enough = (own.len() / 5).max(3);
            let mut candidates: Vec<u32> =
                shared.into_iter().filter(|(_, count)| *count >= enough).map(|(number, _)| number).collect();
            candidates.sort_unstable();
            for (right, other) in candidates.into_iter().map(|number| &self.all[number as usize]) {
                if *right <= left {
                    continue;
                }
                let known = found.get(right).map_or(&[][..], Vec::as_slice);
                let covered = |range: &Range<usize>| {
                    range.clone().filter(|at| known.iter().any(|held| held.left.contains(at))).count() * 5
                        >= range.len() * 4
                };
                if covered(sentence)
                    || !is_reworded(&normal.letters[sentence.clone()], &texts[*right].letters[other.clone()])
                {
                    continue;
                }
                let passage = Passage { left: sentence.clone(), right: other.clone(), kind: Kind::Reworded };
                found.entry(*right).or_default().push(passage);
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    const ONE: &str = "晚餐高峰时第二食堂的排队时间平均达到十八分钟，三成同学因此改点外卖。餐具上常有油渍，消毒柜坏了两周没有人修。我们建议从十二月起在六号窗口加装一台刷卡机，由后勤张主管负责，费用一千二百元。";
    const TWO: &str = "图书馆的座位被书包占去一半，真正来读书的人反而站着。空调在下午三点以后开得太低，靠窗的同学披着外套。建议由流通部李老师每两小时巡视一次，把离座超过三十分钟的物品收到前台。";

    fn plans(texts: &[&str]) -> Vec<Source> {
        texts.iter().map(|text| Source { text: (*text).to_owned(), received: None }).collect()
    }

    fn shares(texts: &[&str], reusable: &[String]) -> Vec<(usize, usize, f64, f64)> {
        let settings = Copying::default();
        let found = compare(&plans(texts), &[], reusable, &settings);
        found.pairs.iter().map(|pair| (pair.left, pair.right, pair.cover_left, pair.cover_right)).collect()
    }

    #[test]
    fn verbatim_and_disguised_copies_are_covered() {
        assert!(shares(&[ONE, TWO], &[]).is_empty());
        let disguised = ONE.replace('，', "\u{200b}、").replace("时间", "時間").replace('。', " ! ");
        let found = shares(&[ONE, &disguised, TWO], &[]);
        assert_eq!(found.len(), 1);
        assert!(found[0].2 > 0.99 && found[0].3 > 0.99, "{found:?}");
    }

    #[test]
    fn a_mosaic_is_covered_by_both_sources() {
        let half = |text: &str| text.split('。').take(2).collect::<Vec<_>>().join("。");
        let mosaic = format!("{}。{}。", half(ONE), half(TWO));
        let settings = Copying::default();
        let found = compare(&plans(&[ONE, TWO, &mosaic]), &[], &[], &settings);
        let (one, both) = (found.share_in(2, &[0]), found.share_in(2, &[0, 1]));
        assert!(one < 0.7 && both > 0.97, "{one} {both}");
    }

    #[test]
    fn reworded_and_reordered_sentences_are_found() {
        let reworded = "消毒柜坏了两周无人维修，餐具上经常有油污。晚餐高峰时第二食堂的等候时间平均达到十八分钟，三成学生因此改叫外卖。我们建议自十二月起在六号窗口加装一台刷卡器，由后勤张主管负责，花费一千二百元。";
        let found = shares(&[ONE, reworded], &[]);
        assert!(found.len() == 1 && found[0].2 > 0.6, "{found:?}");
    }

    #[test]
    fn what_may_be_reused_does_not_count() {
        let survey = ONE.split('。').next().unwrap().to_owned();
        let other = format!("{survey}。{TWO}");
        assert_eq!(shares(&[ONE, &other], &[]).len(), 1);
        assert!(shares(&[ONE, &other], &[survey]).is_empty());
    }
}
