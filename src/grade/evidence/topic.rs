//! Passages whose words hardly share with what the class writes about: pasted news, lyrics, a plan for something else. Shown to the
//! teacher, never scored.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::grade::copying::alignment::{Bigram, bigrams};
use crate::grade::copying::normalise::{Normal, Normaliser};
use crate::grade::evidence::{Mark, Reason};
use crate::grade::submissions::gate::is_han;

/// Characters of the shortest passage that is judged.
const SHORTEST: usize = 100;
/// Plans of which a class must have as many, or it has no words in common.
const FEWEST_PLANS: usize = 8;
/// Share of the other plans that must have a pair of characters before it belongs to the class.
const COMMON: f64 = 0.06;
/// A passage with less than this part of what the class's passages usually share is off the topic.
const FAR: f64 = 0.45;
/// What they must usually share; below it the plans have nothing in common to be held against.
const LEAST_USUAL: f64 = 0.15;

/// What a class writes about.
#[derive(Debug, Default)]
pub struct Topic {
    reading: HashSet<Bigram>,
    with: HashMap<Bigram, usize>,
    least: usize,
    usual: f64,
}

/// A passage off the topic.
#[derive(Debug, Clone, PartialEq)]
pub struct Stray {
    /// Characters of the text as written.
    pub range: Range<usize>,
    /// Share of its pairs of characters that the class or its reading has, too.
    pub share: f64,
}

fn is_word(bigram: &Bigram) -> bool {
    bigram.iter().all(|letter| is_han(*letter))
}

impl Topic {
    /// Learns what a class writes about, from its plans and what it was given to read.
    pub fn new<'t>(plans: impl IntoIterator<Item = &'t str>, reading: impl IntoIterator<Item = &'t str>) -> Self {
        let mut normaliser = Normaliser::default();
        let texts: Vec<Normal> = plans.into_iter().map(|text| normaliser.normalise(text)).collect();
        let texts: Vec<Normal> = texts.into_iter().filter(|text| text.letters.len() >= SHORTEST).collect();
        let mut topic = Self::default();
        for text in reading {
            topic.reading.extend(bigrams(&normaliser.normalise(text).letters).into_iter().filter(is_word));
        }
        for text in &texts {
            for bigram in bigrams(&text.letters).into_iter().filter(is_word) {
                *topic.with.entry(bigram).or_default() += 1;
            }
        }
        topic.least = ((texts.len() as f64 * COMMON).round() as usize).max(1);
        let mut shares: Vec<f64> =
            texts.iter().flat_map(|text| topic.windows(text).into_iter().map(|(_, share)| share)).collect();
        shares.sort_by(f64::total_cmp);
        let enough = texts.len() >= FEWEST_PLANS;
        topic.usual = shares.get(shares.len() / 2).copied().filter(|_| enough).unwrap_or_default();
        topic
    }

    /// Share of the pairs of Han characters of a passage that other plans or the reading have, too; its plan is one of the class.
    fn share(&self, letters: &[char]) -> f64 {
        let pairs = || letters.windows(2).map(|pair| [pair[0], pair[1]]).filter(is_word);
        let known = |bigram: &Bigram| {
            // The plan itself has it.
            self.reading.contains(bigram) || self.with.get(bigram).is_some_and(|plans| *plans > self.least)
        };
        pairs().filter(known).count() as f64 / pairs().count().max(1) as f64
    }

    /// Passages of whole sentences, one from each sentence on, as ranges of sentences with their shares.
    fn windows(&self, text: &Normal) -> Vec<(Range<usize>, f64)> {
        let mut found = Vec::new();
        for first in 0..text.sentences.len() {
            let begin = text.sentences[first].start;
            let last = (first..text.sentences.len()).find(|last| text.sentences[*last].end - begin >= SHORTEST);
            let Some(last) = last else { break };
            found.push((first..last + 1, self.share(&text.letters[begin..text.sentences[last].end])));
        }
        found
    }

    /// The passages of a plan of the class that are off its topic.
    pub fn strays(&self, plan: &str) -> Vec<Stray> {
        if self.usual < LEAST_USUAL {
            return Vec::new();
        }
        let text = Normaliser::default().normalise(plan);
        let mut off = vec![false; text.sentences.len()];
        for (sentences, share) in self.windows(&text) {
            if share < FAR * self.usual {
                off[sentences].fill(true);
            }
        }
        // Sentences at the edges that are like all others only fell into the window.
        let plain = |at: &usize| self.share(&text.letters[text.sentences[*at].clone()]) < self.usual;
        let mut strays = Vec::new();
        let mut at = 0;
        while at < off.len() {
            let end = (at..off.len()).find(|next| !off[*next]).unwrap_or(off.len());
            let (first, last) = ((at..end).find(plain), (at..end).rev().find(plain));
            if let (Some(first), Some(last)) = (first, last) {
                let range = text.sentences[first].start..text.sentences[last].end;
                strays.push(Stray { share: self.share(&text.letters[range.clone()]), range: text.written(&range) });
            }
            at = end + 1;
        }
        strays
    }

    /// What the teacher should look at.
    pub fn flags(&self, plan: &str) -> Vec<Reason> {
        let reason = |stray: Stray| {
            let passage: String = plan.chars().skip(stray.range.start).take(stray.range.len()).collect();
            let percent = |share: f64| (share * 100.0).round();
            let (own, usual, letters) = (percent(stray.share), percent(self.usual), stray.range.len());
            Reason::new(
                Mark::Note,
                format!("一段 {letters} 字的文字可能与题目无关：它的词语只有 {own}% 也见于阅读材料或其他同学的作业，全班通常约 {usual}%（按相邻两字统计）。不扣分；题材独特的作业也会出现这条提示"),
                format!("a passage of {letters} characters may be off the topic: {own}% of its words stand in the reading or in other plans, usually about {usual}% (pairs of characters). No points off; honest work on a subject of its own is shown, too"),
            )
            .quoting(&passage)
        };
        self.strays(plan).into_iter().map(reason).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    /// Eight plans of the same words in another order, and one of which the half is a recipe.
    #[test]
    fn a_passage_of_other_words_is_shown() {
        let sentences = [
            "第二食堂晚餐高峰的排队时间平均达到十八分钟，同学们最不满意。",
            "餐具上常有油渍，消毒柜坏了两周没有人修，卫生一项只有六成满意。",
            "我们建议在六号窗口加装一台刷卡机，由后勤张主管负责安装和维护。",
            "到期末用同一份问卷复测，满意度由百分之六十提高到百分之七十五。",
        ];
        let turned = |by: usize| (0..4).map(|at| sentences[(at + by) % 4]).collect::<String>();
        let recipe = "把面粉和酵母揉成光滑的面团，盖上湿布醒发四十分钟。胡萝卜切丝，木耳泡软剁碎，打两个鸡蛋炒散放凉。擀出圆圆的皮子，包上馅捏出十八道褶，冷水上锅蒸一刻钟，揭盖前先关火焖三分钟。";
        let mut plans: Vec<String> = (0..8).map(turned).collect();
        plans.push(format!("{}{recipe}", turned(1)));
        let topic = Topic::new(plans.iter().map(String::as_str), []);
        assert!(plans[..8].iter().all(|plan| topic.strays(plan).is_empty()));
        let strays = topic.strays(&plans[8]);
        let passage: String = plans[8].chars().skip(strays[0].range.start).take(strays[0].range.len()).collect();
        assert_eq!((strays.len(), format!("{passage}。")), (1, recipe.to_owned()));
        // A handful of plans has no words in common that anything could be held against.
        let few = Topic::new(plans[5..].iter().map(String::as_str), []);
        assert!(few.strays(&plans[8]).is_empty());
    }
}
