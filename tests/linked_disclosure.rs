//! A reader of everything that a project publishes: indicators on nested bases, their numbers of answers, banners, models and the
//! document about every group. He knows which answers each group holds and works sums out by linear algebra. He must not get at
//! any number on fewer answers than the limit, nor at the few answers between two bases, and must get at some where only small
//! bases themselves are hidden: a test that he can never pass would show nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use manyi::analysis::compute_banners;
use manyi::analysis::rounding::round_half_away;
use manyi::diagnostics::Diagnostics;
use manyi::document::material::Subject;
use manyi::metrics::{BoundTables, Estimate, compute};
use manyi::pipeline::batch::measure_subject;
use manyi::pipeline::{Measured, measure};
use nalgebra::{DMatrix, DVector};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const LIMIT: usize = 20;
const COLUMNS: [&str; 3] = ["region", "city", "channel"];

const PLUGIN: &str = "
manifest: 1
id: nested
version: 1.0.0
title: { zh-CN: 嵌套, en: Nested }
description: { zh-CN: 嵌套, en: Nested }
inputs:
  aware: { type: boolean, ask: aware }
  customer: { type: boolean, ask: customer }
  praise: { type: scale, range: [1, 5], ask: praise }
  taste: { type: scale, range: [1, 5], ask: taste }
metrics:
  - { id: aware_share, title: Aware, estimator: proportion, of: aware, better: higher }
  - { id: customer_share, title: Customers, estimator: proportion, of: customer, better: higher }
  - { id: praise_all, title: Praise, estimator: mean, of: praise, better: higher }
  - { id: praise_aware, title: Praise of the aware, estimator: mean, of: praise, base: aware, better: higher }
  - { id: praise_customers, title: Praise of customers, estimator: mean, of: praise, base: customer, better: higher }
  - { id: taste_customers, title: Taste, estimator: mean, of: taste, base: customer, better: higher }
models:
  - id: scale
    title: Scale
    definition: Scale
    model: reliability
    items: [praise, taste]
    bootstrap: 0
    by: [total, segments]
";

/// An answer: group in each column, then what was said.
#[derive(Clone)]
struct Answer {
    groups: [String; 3],
    aware: bool,
    customer: bool,
    praise: f64,
    taste: Option<f64>,
}

/// Whose values are summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    All,
    Aware,
    Customers,
    /// Customers who rated the taste.
    Tasters,
    /// Those who gave both ratings.
    Complete,
}

impl Base {
    fn holds(self, answer: &Answer) -> bool {
        match self {
            Self::All => true,
            Self::Aware => answer.aware,
            Self::Customers => answer.customer,
            Self::Tasters => answer.customer && answer.taste.is_some(),
            Self::Complete => answer.taste.is_some(),
        }
    }
}

/// What is summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Variable {
    Aware,
    Customer,
    Praise,
    Taste,
}

impl Variable {
    fn of(self, answer: &Answer) -> f64 {
        let flag = |value: bool| f64::from(u8::from(value));
        match self {
            Self::Aware => flag(answer.aware),
            Self::Customer => flag(answer.customer),
            Self::Praise => answer.praise,
            Self::Taste => answer.taste.unwrap_or(0.0),
        }
    }
}

/// A sum that a published number tells: of a variable, over a base, in some groups.
#[derive(Debug, Clone)]
struct Told {
    variable: Variable,
    base: Base,
    area: Vec<(String, String)>,
    /// As published; none where hidden.
    sum: Option<f64>,
    source: &'static str,
}

impl Told {
    fn inside<'a>(&'a self, answers: &'a [Answer]) -> impl Iterator<Item = &'a Answer> {
        let within = |answer: &&Answer| {
            self.area.iter().all(|(column, value)| {
                let place = COLUMNS.iter().position(|known| known == column).unwrap();
                answer.groups[place] == *value
            })
        };
        answers.iter().filter(within)
    }

    fn members<'a>(&'a self, answers: &'a [Answer]) -> impl Iterator<Item = &'a Answer> {
        self.inside(answers).filter(|answer| self.base.holds(answer))
    }

    fn truth(&self, answers: &[Answer]) -> f64 {
        self.members(answers).map(|answer| self.variable.of(answer)).sum()
    }
}

fn write_project(folder: &Path, answers: &[Answer], banner: &str, segments: &str) {
    let mut rows = format!("{},aware,customer,praise,taste\n", COLUMNS.join(","));
    for answer in answers {
        let flag = u8::from;
        let taste = answer.taste.map_or_else(String::new, |taste| taste.to_string());
        let (aware, customer) = (flag(answer.aware), flag(answer.customer));
        writeln!(rows, "{},{aware},{customer},{},{taste}", answer.groups.join(","), answer.praise).unwrap();
    }
    fs::create_dir_all(folder.join("plugins/nested")).unwrap();
    fs::write(folder.join("plugins/nested/plugin.yaml"), PLUGIN).unwrap();
    fs::write(folder.join("a.csv"), rows).unwrap();
    let yaml = format!(
        "manyi: 1
project: {{ title: t, lang: en }}
data: {{ sources: [{{ file: a.csv, dialect: plain }}] }}
columns:
  region: {{ type: single }}
  city: {{ type: single }}
  channel: {{ type: single }}
  aware: {{ type: boolean }}
  customer: {{ type: boolean }}
  praise: {{ type: scale, range: [1, 5] }}
  taste: {{ type: scale, range: [1, 5] }}
segments: {segments}
settings: {{ suppress_below: {LIMIT} }}
banners:
  - {{ id: crossed, questions: [aware, praise, taste], segments: {banner} }}
reports:
  - {{ id: each, for_each: channel, formats: [html] }}
plugins:
  nested:
    inputs: {{ aware: aware, customer: customer, praise: praise, taste: taste }}
"
    );
    fs::write(folder.join("manyi.yaml"), yaml).unwrap();
}

/// What the estimates of the project, or of a document about `within`, tell.
fn told_by_estimates(measured: &Measured, within: &[(String, String)], source: &'static str) -> Vec<Told> {
    let mut told = Vec::new();
    for estimate in &measured.indicators.results.estimates {
        let mut area: Vec<(String, String)> =
            estimate.segment.iter().map(|(column, value)| (column.clone(), value.clone())).collect();
        area.extend(within.iter().cloned());
        let n = estimate.printed_n().map(|n| n as f64);
        let sum = |estimate: &Estimate, unit: f64| estimate.estimate.zip(n).map(|(value, n)| value * n / unit);
        let (variable, base, unit) = match estimate.metric.as_str() {
            "aware_share" => (Variable::Aware, Base::All, 100.0),
            "customer_share" => (Variable::Customer, Base::All, 100.0),
            "praise_all" => (Variable::Praise, Base::All, 1.0),
            "praise_aware" => (Variable::Praise, Base::Aware, 1.0),
            "praise_customers" => (Variable::Praise, Base::Customers, 1.0),
            "taste_customers" => (Variable::Taste, Base::Tasters, 1.0),
            other => panic!("{other}"),
        };
        told.push(Told { variable, base, area: area.clone(), sum: sum(estimate, unit), source });
        // The number of answers of these is the number of people who said so.
        let counted = match base {
            Base::Aware => Some(Variable::Aware),
            Base::Customers => Some(Variable::Customer),
            _ => None,
        };
        if let Some(variable) = counted {
            told.push(Told { variable, base: Base::All, area, sum: n, source: "n" });
        }
    }
    told
}

fn told_by_models(measured: &Measured) -> Vec<Told> {
    let mut told = Vec::new();
    for result in &measured.models.results {
        let area: Vec<(String, String)> =
            result.segment.iter().map(|(column, value)| (column.clone(), value.clone())).collect();
        for (item, variable) in [("praise", Variable::Praise), ("taste", Variable::Taste)] {
            let row = result.tables.iter().flat_map(|table| &table.rows).find(|row| row.id == item);
            let mean = row.and_then(|row| row.number("mean")).map(|(mean, _)| mean);
            let sum = mean.map(|mean| mean * result.n as f64);
            told.push(Told { variable, base: Base::Complete, area: area.clone(), sum, source: "model" });
        }
    }
    told
}

fn told_by_banners(measured: &Measured) -> Vec<Told> {
    let mut diagnostics = Diagnostics::new();
    let tables = compute_banners(&measured.project, &measured.tables, Some(&measured.indicators), &mut diagnostics);
    assert!(!diagnostics.has_errors());
    let mut told = Vec::new();
    for question in tables.iter().flat_map(|table| &table.questions) {
        let (variable, base, row, unit) = match question.column.as_str() {
            "aware" => (Variable::Aware, Base::All, &question.rows[0], 100.0),
            "praise" => (Variable::Praise, Base::All, question.rows.iter().rev().nth(1).unwrap(), 1.0),
            _ => (Variable::Taste, Base::Complete, question.rows.iter().rev().nth(1).unwrap(), 1.0),
        };
        for ((column, base_of), cell) in tables[0].columns.iter().zip(&question.bases).zip(&row.cells) {
            let area = column.segment.clone().zip(column.value.clone()).into_iter().collect();
            let sum = cell.estimate.zip(base_of.n).map(|(value, n)| value * n as f64 / unit);
            told.push(Told { variable, base, area, sum, source: "banner" });
        }
    }
    told
}

/// Everything that is published, with the groups' documents.
fn published(answers: &[Answer], banner: &str, segments: &str) -> Vec<Told> {
    let folder = tempfile::tempdir().unwrap();
    write_project(folder.path(), answers, banner, segments);
    let mut diagnostics = Diagnostics::new();
    let measured = measure(folder.path(), &mut diagnostics).unwrap();
    let found: Vec<_> = diagnostics.iter().map(|found| format!("{found:?}")).collect();
    assert!(!diagnostics.has_errors(), "{found:?}");
    let mut told = told_by_estimates(&measured, &[], "indicator");
    told.extend(told_by_models(&measured));
    told.extend(told_by_banners(&measured));
    let each = measured.project.raw.reports[0].for_each.clone().unwrap();
    let metrics = BoundTables::bind(&measured.project, &measured.plugins, &measured.tables, &mut diagnostics).unwrap();
    // The groups beside each other, also where their column is no segment.
    let mut project = measured.project.clone();
    if !project.raw.segments.iter().any(|known| known == each.column()) {
        project.raw.segments.push(each.column().to_owned());
    }
    let beside = compute(&project, &measured.plugins, &measured.tables, &mut diagnostics).unwrap();
    let segment = beside.results.segments.iter().find(|segment| segment.column == each.column()).unwrap();
    for (value, title) in &segment.groups {
        let subject = Subject {
            column: segment.column.clone(),
            value: value.clone(),
            title: title.clone(),
            parameters: BTreeMap::new(),
        };
        let all = (&measured, &beside);
        if let Some(own) = measure_subject(all, &metrics, None, &subject, &mut diagnostics) {
            let within = [(subject.column.clone(), subject.value.clone())];
            told.extend(told_by_estimates(&own, &within, "document"));
        }
    }
    told
}

/// What must stay hidden: sums over fewer answers than the limit, and the few answers between two bases of the same groups.
fn secrets(told: &[Told], answers: &[Answer]) -> Vec<(Vec<(Told, f64)>, String)> {
    let few = |n: usize| n > 0 && n < LIMIT;
    let mut found = Vec::new();
    for held in told.iter().filter(|held| held.source != "n") {
        if few(held.members(answers).count()) {
            found.push((vec![(held.clone(), 1.0)], format!("{:?} {:?} {:?}", held.variable, held.base, held.area)));
        }
    }
    for (whole, part) in [(Base::All, Base::Aware), (Base::All, Base::Customers)] {
        for held in told.iter().filter(|held| held.variable == Variable::Praise && held.base == whole) {
            let narrow = Told { base: part, ..held.clone() };
            let between = held.members(answers).count() - narrow.members(answers).count();
            if few(between) && narrow.members(answers).count() >= LIMIT {
                let name = format!("praise between {whole:?} and {part:?} {:?}", held.area);
                found.push((vec![(held.clone(), 1.0), (narrow, -1.0)], name));
            }
        }
    }
    found
}

/// The secrets that the reader works out, each checked against the truth. Without `protected` he also sees what is hidden only
/// for the sake of others.
fn worked_out(told: &[Told], answers: &[Answer], protected: bool) -> Vec<String> {
    // Answers alike in groups and bases are one unknown sum; knowing more would not help him.
    let signature = |answer: &Answer| (answer.groups.clone(), answer.aware, answer.customer, answer.taste.is_some());
    let mut atoms: BTreeMap<_, Vec<Answer>> = BTreeMap::new();
    answers.iter().for_each(|answer| atoms.entry(signature(answer)).or_default().push(answer.clone()));
    let row = |held: &Told| -> DVector<f64> {
        let size =
            |atom: &Vec<Answer>| if held.members(&atom[..1]).count() > 0 { (atom.len() as f64).sqrt() } else { 0.0 };
        DVector::from_iterator(atoms.len(), atoms.values().map(size))
    };
    let secrets = secrets(told, answers);
    let mut found = Vec::new();
    for variable in [Variable::Aware, Variable::Customer, Variable::Praise, Variable::Taste] {
        let seen: Vec<(&Told, f64)> = told
            .iter()
            .filter(|held| held.variable == variable)
            .filter_map(|held| {
                let enough = held.members(answers).count() >= LIMIT && held.inside(answers).count() >= LIMIT;
                let sum = held.sum.or_else(|| (!protected && enough).then(|| held.truth(answers)));
                Some((held, sum?))
            })
            .collect();
        let rows = DMatrix::from_columns(&seen.iter().map(|(held, _)| row(held)).collect::<Vec<_>>());
        let values = DVector::from_iterator(seen.len(), seen.iter().map(|(_, sum)| *sum));
        let space = rows.svd(true, true);
        for (parts, name) in secrets.iter().filter(|(parts, _)| parts[0].0.variable == variable) {
            let wanted = parts.iter().fold(DVector::zeros(atoms.len()), |sum, (held, sign)| sum + row(held) * *sign);
            let factors = space.solve(&wanted, 1e-9).unwrap();
            let rest = &wanted - space.clone().recompose().unwrap() * &factors;
            if rest.norm() < 1e-6 * wanted.norm() {
                let truth: f64 = parts.iter().map(|(held, sign)| sign * held.truth(answers)).sum();
                let got = factors.dot(&values);
                assert!((got - truth).abs() < 1e-4 * truth.abs().max(1.0), "{name}: {got} is not {truth}");
                found.push(name.clone());
            }
        }
    }
    found
}

fn random_answers(seed: u64) -> Vec<Answer> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..random.random_range(200..400))
        .map(|_| {
            let city = (random.random::<f64>().powi(2) * 6.0) as u32;
            Answer {
                groups: [
                    format!("r{}", city / 2),
                    format!("c{city}"),
                    format!("h{}", (random.random::<f64>().powi(2) * 4.0) as u32),
                ],
                aware: random.random_bool(0.9),
                customer: random.random_bool(0.6),
                praise: f64::from(random.random_range(1..=5)),
                taste: random.random_bool(0.95).then(|| f64::from(random.random_range(1..=5))),
            }
        })
        .collect()
}

#[test]
fn nothing_follows_from_all_that_is_published() {
    let mut open: BTreeMap<bool, usize> = BTreeMap::new();
    // Documents about the groups of a segment, and of a column that is none.
    for (seed, segments) in (0..14).map(|seed| (seed, if seed < 10 { "[city, channel]" } else { "[city]" })) {
        let answers = random_answers(seed);
        let told = published(&answers, "[region, channel]", segments);
        assert!(told.iter().any(|held| held.sum.is_some() && held.source == "document"), "seed {seed}");
        assert_eq!(worked_out(&told, &answers, true), Vec::<String>::new(), "seed {seed}");
        *open.entry(false).or_default() += worked_out(&told, &answers, false).len();
    }
    assert!(open[&false] > 20, "the reader is too weak to show anything");
}

/// Each way to a small base by itself: the reader succeeds without protection and fails with it.
#[test]
fn every_way_is_closed() {
    let group = |region: &str, city: &str, channel: &str, n: usize, aware: usize| -> Vec<Answer> {
        (0..n)
            .map(|row| Answer {
                groups: [region.to_owned(), city.to_owned(), channel.to_owned()],
                aware: row < aware,
                customer: row % 2 == 0,
                praise: (row % 5 + 1) as f64,
                taste: Some((row % 4 + 1) as f64),
            })
            .collect()
    };
    let cases = [
        // Region west is city c less nothing: the banner shows regions, the indicators cities.
        ("banner", vec![group("n", "a", "w", 120, 60), group("n", "b", "w", 90, 45), group("w", "c", "w", 12, 6)]),
        // Of 130 in city a, 121 are aware: praise of all less praise of the aware is that of nine people.
        ("bases", vec![group("n", "a", "w", 130, 121), group("s", "b", "w", 100, 50), group("s", "c", "w", 90, 45)]),
        // The documents of the channels together are the whole: city b in channel v follows from city b.
        (
            "documents",
            vec![
                group("n", "a", "w", 90, 45),
                group("n", "a", "v", 80, 40),
                group("s", "b", "w", 90, 45),
                group("s", "b", "v", 9, 4),
            ],
        ),
    ];
    for (way, parts) in cases {
        let answers: Vec<Answer> = parts.into_iter().flatten().collect();
        let told = published(&answers, "[region]", "[city, channel]");
        assert!(!worked_out(&told, &answers, false).is_empty(), "{way}: the reader is too weak to show anything");
        assert_eq!(worked_out(&told, &answers, true), Vec::<String>::new(), "{way}");
    }
}

/// What is printed with one decimal gives the count away just as well, so rounding protects nothing and the reader above may work
/// with exact sums.
#[test]
fn rounding_hides_no_count() {
    for n in [20_u32, 57, 213, 499] {
        for count in 0..=n {
            let printed = round_half_away(100.0 * f64::from(count) / f64::from(n), 1);
            assert_eq!((printed / 100.0 * f64::from(n)).round(), f64::from(count), "{count} of {n}");
        }
    }
}
