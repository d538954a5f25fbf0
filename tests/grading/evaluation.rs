//! How well copies are found: recall by level and false pairs, on plans that no threshold was chosen on.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use manyi::grade::copying::{Source, compare};
use manyi::grade::evidence::topic::Topic;
use manyi::grade::rubric::Copying;

use super::generator::{Level, copy, plans, texts};

/// Draws of each copy.
const SEEDS: u64 = 6;

/// A document of the experiment.
struct Made {
    text: String,
    /// Plans that it was made of; the first is the source that is to be found.
    sources: Vec<usize>,
    level: Option<Level>,
    share: f64,
}

/// What was found at a level.
#[derive(Debug, Default, Clone)]
pub struct Found {
    pub copies: usize,
    pub listed: usize,
    /// Of the copies, those at least half covered by their source (both sources for mosaics).
    pub half: usize,
    pub error: f64,
    pub worst: f64,
}

/// The outcome on one half of the plans.
pub struct Outcome {
    pub levels: Vec<(Level, Found)>,
    pub unrelated: usize,
    pub false_pairs: usize,
}

/// Runs the experiment on the plans with the given numbers.
pub fn evaluate(sample: &Path, keep: fn(usize) -> bool) -> Outcome {
    let all = plans(sample);
    let held: Vec<String> = all.into_iter().enumerate().filter(|(at, _)| keep(*at)).map(|(_, text)| text).collect();
    let mut made: Vec<Made> = held
        .iter()
        .enumerate()
        .map(|(at, text)| Made { text: text.clone(), sources: vec![at], level: None, share: 1.0 })
        .collect();
    for source in 0..held.len() {
        for level in Level::ALL {
            for seed in 0..SEEDS {
                let other = (source + 1 + seed as usize) % held.len();
                let copied = copy(&held, source, other, level, seed * 1_000 + source as u64);
                let mut sources: Vec<usize> = copied.sources.into_iter().filter(|at| *at != source).collect();
                sources.insert(0, source);
                made.push(Made { text: copied.text, sources, level: Some(level), share: copied.share });
            }
        }
    }
    let settings = Copying { common: 1.0, ..Copying::default() };
    let class: Vec<Source> = made.iter().map(|held| Source { text: held.text.clone(), received: None }).collect();
    let reusable = fs::read_to_string(sample.join("handout/survey-report.md")).unwrap();
    let comparison = compare(&class, &[], &[reusable], &settings);
    let related = |one: &Made, other: &Made| one.sources.iter().any(|source| other.sources.contains(source));
    let mut levels: Vec<(Level, Found)> = Level::ALL.into_iter().map(|level| (level, Found::default())).collect();
    let listed: std::collections::BTreeSet<(usize, usize)> =
        comparison.pairs.iter().map(|pair| (pair.left, pair.right)).collect();
    for (at, held) in made.iter().enumerate() {
        let Some(level) = held.level else { continue };
        let found = &mut levels.iter_mut().find(|(known, _)| *known == level).unwrap().1;
        found.copies += 1;
        found.listed += usize::from(listed.contains(&(held.sources[0], at)));
        let share = comparison.share_in(at, &[held.sources[0]]);
        let all = if level == Level::Mosaic { comparison.share_in(at, &held.sources) } else { share };
        found.half += usize::from(all >= settings.half);
        found.error += (share - held.share).abs();
        found.worst = found.worst.max((share - held.share).abs());
    }
    let (mut unrelated, mut false_pairs) = (0, 0);
    for left in 0..made.len() {
        for right in left + 1..made.len() {
            if !related(&made[left], &made[right]) {
                unrelated += 1;
                false_pairs += usize::from(listed.contains(&(left, right)));
            }
        }
    }
    Outcome { levels, unrelated, false_pairs }
}

/// The row of `docs/grading.md` for Word files turned into PDF; errors as shares, 0 to 1.
pub fn pdf_table(copies: usize, found: usize, error: f64, worst: f64) -> String {
    let (low, high) = manyi_wilson(found as f64 / copies as f64, copies as f64);
    format!(
        "| level | copies | found (listed) | coverage error, mean (worst), points |\n|---|--:|--:|--:|\n| Word file turned into PDF by LibreOffice | {copies} | {:.3} ({low:.3}–{high:.3}) | {:.1} ({:.1}) |\n",
        found as f64 / copies as f64,
        100.0 * error,
        100.0 * worst,
    )
}

/// The table of `docs/grading.md`.
pub fn table(outcome: &Outcome) -> String {
    let wilson = |count: usize, of: usize| {
        let held = manyi_wilson(count as f64 / of as f64, of as f64);
        format!("{:.3} ({:.3}–{:.3})", count as f64 / of as f64, held.0, held.1)
    };
    let mut text = String::from(
        "| level | copies | found (listed) | at least half covered | coverage error, mean (worst), points |\n|---|--:|--:|--:|--:|\n",
    );
    for (level, found) in &outcome.levels {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {:.1} ({:.1}) |",
            level.title(),
            found.copies,
            wilson(found.listed, found.copies),
            wilson(found.half, found.copies),
            100.0 * found.error / found.copies as f64,
            100.0 * found.worst,
        );
    }
    let _ =
        writeln!(text, "\nUnrelated pairs: {}; listed by mistake: {} ({}).", outcome.unrelated, outcome.false_pairs, {
            let held = manyi_wilson(outcome.false_pairs as f64 / outcome.unrelated as f64, outcome.unrelated as f64);
            format!("95% interval {:.1}–{:.1} in 10,000", 10_000.0 * held.0, 10_000.0 * held.1)
        });
    text
}

/// Wilson's interval at 95%.
fn manyi_wilson(share: f64, cases: f64) -> (f64, f64) {
    let z = 1.959_963_984_540_054_f64;
    let spread = z * z / cases;
    let centre = (share + spread / 2.0) / (1.0 + spread);
    let half = z / (1.0 + spread) * (share * (1.0 - share) / cases + spread / (4.0 * cases)).sqrt();
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

/// What was found of texts that are off the topic.
pub struct OffTopic {
    /// Honest plans, and those of them in which a passage was shown.
    pub honest: (usize, usize),
    /// Texts that are handed in as plans, and those that are shown.
    pub alone: (usize, usize),
    /// Texts that are pasted into honest plans, and those of which at least half is shown.
    pub pasted: (usize, usize),
}

/// Each text of the folder `off-topic` handed in as a plan, and pasted into every honest plan.
pub fn off_topic(sample: &Path, keep: fn(usize) -> bool) -> OffTopic {
    let kept = |folder: &str| -> Vec<String> {
        let all = texts(&sample.join(folder)).into_iter().enumerate();
        all.filter(|(at, _)| keep(*at)).map(|(_, text)| text).collect()
    };
    let (plans, strays) = (kept("plans"), kept("off-topic"));
    let reading = fs::read_to_string(sample.join("handout/survey-report.md")).unwrap();
    let topic = |class: &[String]| Topic::new(class.iter().map(String::as_str), [reading.as_str()]);
    let usual = topic(&plans);
    let shown = plans.iter().filter(|plan| !usual.strays(plan).is_empty()).count();
    let mut found = OffTopic { honest: (plans.len(), shown), alone: (strays.len(), 0), pasted: (0, 0) };
    for stray in &strays {
        let class = [&plans[..], std::slice::from_ref(stray)].concat();
        found.alone.1 += usize::from(!topic(&class).strays(stray).is_empty());
        for (at, plan) in plans.iter().enumerate() {
            let lines: Vec<&str> = plan.lines().collect();
            let middle = 2 + at % (lines.len() - 3);
            let front = lines[..middle].join("\n");
            let text = format!("{front}\n{stray}\n{}", lines[middle..].join("\n"));
            let start = front.chars().count() + 1;
            let end = start + stray.chars().count();
            let mut class = plans.clone();
            class[at] = text.clone();
            let inside = topic(&class).strays(&text).into_iter();
            let inside = inside.map(|held| held.range.end.min(end).saturating_sub(held.range.start.max(start)));
            found.pasted.0 += 1;
            found.pasted.1 += usize::from(inside.sum::<usize>() * 2 >= end - start);
        }
    }
    found
}

/// Its table in `docs/grading.md`.
pub fn off_topic_table(found: &OffTopic) -> String {
    let line = |what: &str, (of, count): (usize, usize)| {
        let (low, high) = manyi_wilson(count as f64 / of as f64, of as f64);
        format!("| {what} | {of} | {count} | {low:.2}–{high:.2} |\n")
    };
    format!(
        "| | texts | shown | share, 95% interval |\n|---|--:|--:|--:|\n{}{}{}",
        line("honest plans", found.honest),
        line("news, lyrics and plans for other things, handed in as plans", found.alone),
        line("the same pasted into honest plans, at least half of it shown", found.pasted),
    )
}
