//! How often do 95% intervals hold the true value? Thousands of simulated surveys of five designs go through the program, from
//! file to interval, and the shares are printed as the table of `docs/statistics.md`. Run by `make coverage-study`.

mod designs;
mod population;
mod table;
mod textbook;
mod theory;

use std::collections::BTreeMap;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use manyi::config::load_project;
use manyi::config::raw::ProportionInterval;
use manyi::data::load_tables;
use manyi::diagnostics::{Diagnostics, Lang};
use manyi::metrics::distributions::student_t_quantile;
use manyi::metrics::{Computation, compute};
use manyi::models::compute_models;
use manyi::plugins::{Plugin, discover};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::support;
use designs::Design;
use population::Population;
use textbook::{Held, Survey};

/// Surveys of each design; `MANYI_COVERAGE_SURVEYS` asks for another number, for a look in passing.
const SURVEYS: usize = 2000;
/// Which surveys are drawn; `MANYI_COVERAGE_SET` asks for others. The third set had no part in making the study what it is.
const SET: u64 = 3;
/// Surveys that the methods by themselves are tried on, others than those of the program.
const REFERENCE: usize = 10_000;
/// Replicates of a bootstrap, as in the plugin.
const REPLICATES: usize = 400;
/// Surveys that go through the program together, each a wave of its own.
const TOGETHER: usize = 20;
/// Metrics whose interval is the default of its kind, by their id in the plugin.
const METRICS: [&str; 12] = [
    "rating_mean",
    "regular_rating",
    "spend_mean",
    "half",
    "tenth",
    "rare",
    "spend_per_visit",
    "net_promoters",
    "minutes_median",
    "minutes_p90",
    "rating_median",
    "index",
];
const PROPORTIONS: [&str; 3] = ["half", "tenth", "rare"];

/// What was estimated (its name in the plugin, with the interval where there are several) to the number of hits.
type Hits = BTreeMap<String, usize>;

/// Where the hits stand on which program and textbook disagree survey by survey.
const DISAGREEMENTS: &str = "disagreements";

/// A design with what the runs of it share.
struct Study<'a> {
    design: Design,
    population: &'a Population,
    truth: BTreeMap<&'static str, f64>,
    plugins: &'a BTreeMap<String, Plugin>,
    /// Seed of the first chunk.
    seed: u64,
}

impl Study<'_> {
    /// Draws surveys, takes them through the program as the waves of one project, and counts the intervals with the truth in them.
    fn run(&self, chunk: usize, surveys: usize) -> Hits {
        let names: Vec<String> = (0..surveys).map(|survey| format!("w{survey:03}")).collect();
        let seed = self.seed + chunk as u64;
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut file = designs::HEADER.to_owned();
        let drawn: Vec<_> = names.iter().map(|_| self.design.drawn(self.population, &mut random)).collect();
        names.iter().zip(&drawn).for_each(|(name, drawn)| Design::write(name, drawn, &mut file));
        let mut known: Vec<Held> =
            drawn.iter().map(|drawn| Survey::new(self.design, self.population, drawn).held(&self.truth)).collect();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("answers.csv"), file).unwrap();
        let template = fs::read_to_string(support::root().join("tests/coverage/project.yaml")).unwrap();
        let yaml = template.replace("# DESIGN", &self.design.declared(self.population));
        fs::write(folder.path().join("manyi.yaml"), yaml).unwrap();

        // As the pipeline does it, but for the plugins, which are read once.
        let mut found = Diagnostics::new();
        let mut project = load_project(folder.path(), &mut found).unwrap();
        let mut plugins = self.plugins.clone();
        for model in plugins.get_mut("coverage").into_iter().flat_map(|plugin| &mut plugin.manifest.models) {
            model.seed = seed;
        }
        let tables = load_tables(&project, &mut found);
        let problems = || found.iter().map(|one| one.text(Lang::En)).collect::<Vec<_>>();
        let tables = tables.unwrap_or_else(|| panic!("{:?}", problems()));
        let mut found = Diagnostics::new();
        let indicators = compute(&project, &plugins, &tables, &mut found).unwrap();
        let models = compute_models(&project, &plugins, &tables, &indicators, &mut found).unwrap();

        let mut hits = Hits::new();
        let mut count = |survey: usize, name: &str, truth: &str, ci: Option<[f64; 2]>| {
            let truth = self.truth[truth];
            let hit = ci.is_some_and(|[low, high]| low <= truth && truth <= high);
            *hits.entry(name.to_owned()).or_default() += usize::from(hit);
            let differs = known[survey].remove(name).is_some_and(|known| known != hit);
            *hits.entry(DISAGREEMENTS.to_owned()).or_default() += usize::from(differs);
        };
        let computation = indicators.survey();
        for (survey, name) in names.iter().enumerate() {
            let wave = Some(name.as_str());
            for metric in METRICS {
                count(survey, metric, metric, indicators.results.find(metric, wave, None).unwrap().ci);
            }
            count(survey, "difference", "difference", difference(computation, wave));
            for (model, value) in [("items", "alpha"), ("drivers", "share")] {
                let result = models.find(model, wave, None).unwrap();
                let ci = match value {
                    "alpha" => result.values["alpha"].ci,
                    _ => interval_in(result, "item_1", "share"),
                };
                count(survey, value, value, ci);
            }
        }
        project.raw.settings.proportion_interval = ProportionInterval::Beta;
        project.raw.plugins["coverage"].metrics = Some(PROPORTIONS.map(str::to_owned).to_vec());
        let indicators = compute(&project, &plugins, &tables, &mut found).unwrap();
        let each = names.iter().enumerate();
        for (survey, name, metric) in each.flat_map(|(survey, name)| PROPORTIONS.map(|metric| (survey, name, metric))) {
            let ci = indicators.results.find(metric, Some(name), None).unwrap().ci;
            count(survey, &format!("{metric} beta"), metric, ci);
        }
        assert!(
            known.iter().all(BTreeMap::is_empty),
            "the textbook knows intervals that the program was not asked for"
        );
        hits
    }

    /// The hits of the methods by themselves.
    fn textbook(&self, chunk: usize, surveys: usize) -> Hits {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        // Other draws than those of the program, whatever its set.
        random.set_stream(1 + chunk as u64);
        let mut hits = Hits::new();
        for _ in 0..surveys {
            let drawn = self.design.drawn(self.population, &mut random);
            let survey = Survey::new(self.design, self.population, &drawn);
            let held = survey.held(&self.truth).into_iter();
            let all = held.chain(survey.held_by_bootstrap(&self.truth, REPLICATES, &mut random));
            all.for_each(|(name, hit)| *hits.entry(name).or_default() += usize::from(hit));
        }
        hits
    }
}

/// The interval of the difference between both groups in the mean rating, by the test's own standard error and degrees of freedom.
fn difference(computation: &Computation, wave: Option<&str>) -> Option<[f64; 2]> {
    let metric = computation.metrics.iter().find(|metric| metric.info.id == "rating_mean").unwrap();
    let address = |group| computation.address(wave, Some(("group", group)));
    let found = computation.difference(metric, address("g0")?, address("g1")?)?;
    let reach = student_t_quantile(0.975, found.degrees)? * found.se;
    Some([found.delta - reach, found.delta + reach])
}

fn interval_in(result: &manyi::models::ModelResult, row: &str, measure: &str) -> Option<[f64; 2]> {
    let rows = result.tables.iter().flat_map(|table| &table.rows);
    match rows.filter(|known| known.id == row).find_map(|known| known.cells.get(measure))?.as_ref()? {
        manyi::models::info::CellResult::Number { ci, .. } => *ci,
        manyi::models::info::CellResult::Text { .. } => None,
    }
}

/// The hits of all surveys of a design, on every core; `run` gets the number of a chunk and how many surveys are in it.
fn hits(surveys: usize, run: impl Fn(usize, usize) -> Hits + Sync) -> Hits {
    let (next, total) = (AtomicUsize::new(0), Mutex::new(Hits::new()));
    let work = || loop {
        let chunk = next.fetch_add(1, Ordering::Relaxed);
        let left = surveys.saturating_sub(chunk * TOGETHER);
        if left == 0 {
            return;
        }
        let found = run(chunk, left.min(TOGETHER));
        let mut total = total.lock().unwrap();
        found.into_iter().for_each(|(name, hits)| *total.entry(name).or_default() += hits);
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(work))));
    total.into_inner().unwrap()
}

#[test]
#[ignore = "10,000 surveys take minutes: make coverage-study"]
fn coverage_study() {
    let surveys = std::env::var("MANYI_COVERAGE_SURVEYS").map_or(SURVEYS, |given| given.parse().unwrap());
    let set = std::env::var("MANYI_COVERAGE_SET").map_or(SET, |given| given.parse().unwrap());
    let mut found = Diagnostics::new();
    let mut plugins = discover(Some(&support::root().join("tests/coverage")), &mut found);
    plugins.retain(|id, _| id == "coverage");
    assert!(!found.has_errors(), "{:?}", found.iter().map(|one| one.text(Lang::En)).collect::<Vec<_>>());
    // About 40,000 people in 400 clusters, and a short list.
    let (many, few) = (Population::new(1, 40, 50), Population::new(2, 2, 40));
    println!(
        "people: {} and {:?} by stratum",
        many.people.len(),
        few.of_stratum.iter().map(Vec::len).collect::<Vec<_>>()
    );
    let (mut columns, mut disagreements) = (Vec::new(), 0);
    for design in Design::ALL {
        let population = if design == Design::List { &few } else { &many };
        let seed = 10_000_000 * (set - 1) + 1_000_000 * design as u64;
        let study = Study { design, population, truth: population.truth(), plugins: &plugins, seed };
        let mut counted = hits(surveys, |chunk, surveys| study.run(chunk, surveys));
        let reference = hits(REFERENCE, |chunk, surveys| study.textbook(chunk, surveys));
        disagreements += counted.remove(DISAGREEMENTS).unwrap_or_default();
        let theory = theory::coverage(design, population);
        columns.push(table::Column { design, hits: counted, reference, theory });
    }
    let shares = table::Shares { surveys, reference_surveys: REFERENCE, columns };
    println!("{}\ndisagreements: {disagreements}", shares.markdown());
    let distances = shares.distances_to_theory();
    distances.iter().for_each(|(_, text)| println!("{text}"));
    let wrong: Vec<&String> = distances.iter().filter(|(distance, _)| *distance > 1.0).map(|(_, text)| text).collect();
    assert!(wrong.is_empty(), "closed forms that methods do not follow: {wrong:?}");
    if std::env::var_os("MANYI_WRITE_COVERAGE").is_some() {
        shares.write(&support::root().join("docs/statistics.md"));
    }
    let off = shares.off();
    assert_eq!(disagreements, 0, "program and textbook disagree on single surveys");
    assert!(off.is_empty(), "shares that differ from those of their methods:\n{}", off.join("\n"));
}

/// The ways to draw are what they claim to be: over many samples the weighted means lie around those of the population.
#[test]
fn samples_are_drawn_as_declared() {
    const SAMPLES: u64 = 200;
    let population = Population::new(2, 2, 40);
    let truth = population.truth()["rating_mean"];
    for design in [Design::Simple, Design::Stratified, Design::Clustered, Design::List] {
        let mut means = Vec::new();
        for seed in 0..SAMPLES {
            let mut file = String::new();
            let drawn = design.drawn(&population, &mut ChaCha8Rng::seed_from_u64(seed));
            Design::write("w", &drawn, &mut file);
            let cells = file.lines().map(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                (cells[3].parse::<f64>().unwrap(), cells[8].parse::<f64>().unwrap())
            });
            let (weights, sums) =
                cells.fold((0.0, 0.0), |sums, (weight, rating)| (sums.0 + weight, sums.1 + weight * rating));
            means.push(sums / weights);
        }
        let n = SAMPLES as f64;
        let mean = means.iter().sum::<f64>() / n;
        let error = (means.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt();
        assert!((mean - truth).abs() < 4.0 * error, "{design:?}: {mean} for {truth}, standard error {error}");
    }
}
