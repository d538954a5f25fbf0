//! From shared passages to a proposal: who stands earlier, how much of a plan stands there, and what the copy rule makes of it.

use chrono::{Duration, NaiveDateTime};
use serde::Serialize;

use super::{Comparison, Source};
use crate::grade::rubric::Copying;

/// What the copy rule proposes for a plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verdict {
    /// What it looks like.
    pub kind: VerdictKind,
    /// Share of the plan's own text that stands in earlier plans (or, where the order is undetermined, in any), 0 to 1.
    pub share: f64,
    /// The plan that it shares most with.
    pub source: usize,
    /// The plans that the share counts.
    #[serde(skip)]
    pub beside: Vec<usize>,
    /// Percent of the score that is left, if the teacher confirms.
    pub keeps: f64,
}

/// What a plan looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictKind {
    /// Copied in full.
    Full,
    /// Half copied; the place in the ladder counts from 0.
    Half {
        /// Half copiers of the same source before this one.
        place: usize,
    },
    /// It shares much with another, and who wrote first is unknown; nothing is proposed.
    OrderUndetermined,
}

/// Whether one plan stands before another; `None` where that is unknown.
fn is_earlier(one: Option<NaiveDateTime>, other: Option<NaiveDateTime>, settings: &Copying) -> Option<bool> {
    let (one, other) = (one?, other?);
    let between = one.signed_duration_since(other);
    if between.abs() <= Duration::minutes(i64::from(settings.tie_minutes)) {
        None
    } else {
        Some(between < Duration::zero())
    }
}

/// Proposals for the plans of a class, in their order. Plans of prior years stand before all others.
pub fn verdicts(comparison: &Comparison, class: &[Source], settings: &Copying) -> Vec<Option<Verdict>> {
    let mut found: Vec<Option<Verdict>> = vec![None; class.len()];
    let mut order: Vec<usize> = (0..class.len()).collect();
    order.sort_by_key(|plan| (class[*plan].received.is_none(), class[*plan].received, *plan));
    for plan in order {
        let (mut earlier, mut unknown) = (Vec::new(), Vec::new());
        for other in comparison.partners(plan) {
            let before = match class.get(other) {
                None => Some(true),
                Some(held) => is_earlier(held.received, class[plan].received, settings),
            };
            match before {
                Some(true) => earlier.push(other),
                Some(false) => {}
                None => unknown.push(other),
            }
        }
        let closest = |others: &[usize]| {
            let by_share = others.iter().map(|other| (comparison.share_in(plan, &[*other]), *other));
            by_share.max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1))).map(|(_, other)| other)
        };
        let share = comparison.share_in(plan, &earlier);
        if share >= settings.half {
            let Some(source) = closest(&earlier) else { continue };
            if share >= settings.full {
                let (kind, keeps) = (VerdictKind::Full, settings.full_keeps);
                found[plan] = Some(Verdict { kind, share, source, beside: earlier, keeps });
                continue;
            }
            let origin = origin(source, &found);
            let held = found.iter().flatten();
            let place = held
                .filter(|verdict| {
                    matches!(verdict.kind, VerdictKind::Half { .. }) && self::origin(verdict.source, &found) == origin
                })
                .count();
            let keeps = settings.kept(place);
            found[plan] = Some(Verdict { kind: VerdictKind::Half { place }, share, source, beside: earlier, keeps });
            continue;
        }
        let everything: Vec<usize> = earlier.iter().chain(&unknown).copied().collect();
        let share = comparison.share_in(plan, &everything);
        if share >= settings.half
            && !unknown.is_empty()
            && let Some(source) = closest(&everything)
        {
            let kind = VerdictKind::OrderUndetermined;
            found[plan] = Some(Verdict { kind, share, source, beside: everything, keeps: 100.0 });
        }
    }
    found
}

/// The plan at the beginning of a chain of copies.
fn origin(plan: usize, found: &[Option<Verdict>]) -> usize {
    let mut plan = plan;
    for _ in 0..found.len() {
        match found.get(plan).and_then(Option::as_ref) {
            Some(verdict) if verdict.kind != VerdictKind::OrderUndetermined => plan = verdict.source,
            _ => break,
        }
    }
    plan
}

/// Groups of plans of the class that share at least the half threshold with one another, in their order.
pub fn clusters(comparison: &Comparison, class: usize, least: f64) -> Vec<Vec<usize>> {
    let mut group: Vec<usize> = (0..class).collect();
    for pair in
        comparison.pairs.iter().filter(|pair| pair.right < class && pair.cover_left.max(pair.cover_right) >= least)
    {
        let (one, other) = (group[pair.left], group[pair.right]);
        let (low, high) = (one.min(other), one.max(other));
        group.iter_mut().filter(|held| **held == high).for_each(|held| *held = low);
    }
    let mut clusters: Vec<Vec<usize>> = Vec::new();
    for first in 0..class {
        let members: Vec<usize> = (0..class).filter(|plan| group[*plan] == first).collect();
        if members.len() > 1 {
            clusters.push(members);
        }
    }
    clusters
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use crate::grade::copying::compare;
    use crate::grade::submissions::roster::parse_moment;

    /// Eighty different sentences, so that any part of a text can be copied.
    fn sentence(seed: u32) -> String {
        let letters: Vec<char> = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈剑号巨阙珠称夜光果珍李柰菜重芥姜".chars().collect();
        let mut state = u64::from(seed) * 2_654_435_761 + 12_345;
        let mut text: String = (0..20)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                letters[(state >> 33) as usize % letters.len()]
            })
            .collect();
        text.push('。');
        text
    }

    fn source(sentences: impl IntoIterator<Item = u32>, received: &str) -> Source {
        Source { text: sentences.into_iter().map(sentence).collect(), received: parse_moment(received) }
    }

    #[test]
    fn the_first_writer_is_never_penalised_and_the_ladder_goes_down() {
        let settings = Copying::default();
        let half = |own: u32| (0..10).chain(own..own + 10);
        let class = [
            source(half(100), "2026-11-20 12:00"),
            source(0..20, "2026-11-19 12:00"),
            source(half(200), "2026-11-20 10:00"),
            source(0..20, "2026-11-21 12:00"),
            source(300..320, "2026-11-21 12:00"),
        ];
        let comparison = compare(&class, &[], &[], &settings);
        let found = verdicts(&comparison, &class, &settings);
        let kinds: Vec<Option<(VerdictKind, f64)>> =
            found.iter().map(|held| held.as_ref().map(|held| (held.kind, held.keeps))).collect();
        let half = |place, keeps| Some((VerdictKind::Half { place }, keeps));
        assert_eq!(kinds, [half(1, 70.0), None, half(0, 80.0), Some((VerdictKind::Full, 0.0)), None]);
        assert_eq!(clusters(&comparison, 5, settings.half), [[0, 1, 2, 3]]);
    }

    #[test]
    fn ties_and_unknown_times_are_left_open() {
        let settings = Copying::default();
        let class = [
            source(0..20, "2026-11-20 12:00"),
            source(0..20, "2026-11-20 12:00:30"),
            source(50..70, ""),
            source(50..70, ""),
        ];
        let found = verdicts(&compare(&class, &[], &[], &settings), &class, &settings);
        for verdict in found {
            let verdict = verdict.unwrap();
            assert_eq!((verdict.kind, verdict.keeps), (VerdictKind::OrderUndetermined, 100.0));
        }
    }

    #[test]
    fn plans_of_prior_years_come_first() {
        let settings = Copying::default();
        let class = [source(0..20, "")];
        let found = verdicts(&compare(&class, &[source(0..20, "")], &[], &settings), &class, &settings);
        assert_eq!(found[0].as_ref().unwrap().kind, VerdictKind::Full);
    }
}
