//! Fixture of the document tests: a campus with four canteens asked in three waves, as results and as a project file.
//! Standard errors follow from value and base, `sqrt(p (100 - p) / n)`, unless a case gives its own.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use indexmap::IndexMap;

use crate::analysis::control_charts;
use crate::config::{KeyPositions, Project, fragment};
use crate::data::Column;
use crate::data::table::{ColumnCounts, InputFile, Step, StepKind};
use crate::diagnostics::{Diagnostics, Lang, Localized};
use crate::document::material::{DocumentInputs, Material};
use crate::document::pack::{Pack, PackFiles};
use crate::metrics::{
    Better, Distribution, DistributionRow, Estimate, MetricInfo, MetricResults, Reason, SegmentInfo, Unavailable, Unit,
};
use crate::models::ModelResults;
use crate::plan::{Library, PlanInputs, Planned, make_plan};
use crate::plugins::Plugin;

/// The project.
#[allow(clippy::unwrap_used)]
pub fn project() -> Project {
    let value = fragment::parse(include_str!("../../tests/document/canteen.yaml")).unwrap();
    Project {
        root: PathBuf::from("/project"),
        raw: serde_json::from_value(value).unwrap(),
        positions: KeyPositions::new("manyi.yaml"),
        table: String::new(),
        window: None,
    }
}

fn words(zh: &str, en: &str) -> Localized {
    let value = serde_json::json!({ "zh-CN": zh, "en": en });
    serde_json::from_value(value).unwrap_or_else(|_| Localized::from(zh))
}

/// Id, Chinese and English title, unit, direction, variant of, values of the three waves, values of the four canteens.
type Row = (&'static str, &'static str, &'static str, Unit, Better, Option<&'static str>, [f64; 3], [f64; 4]);

const ROWS: [Row; 8] = [
    ("csi", "综合CSI", "overall CSI", Unit::Points, Better::Higher, None, [65.6, 66.3, 68.4], [71.8, 61.9, 69.4, 72.0]),
    (
        "reputation",
        "美誉度",
        "reputation",
        Unit::Percent,
        Better::Higher,
        None,
        [72.1, 73.2, 76.4],
        [81.2, 68.7, 77.9, 79.4],
    ),
    (
        "reputation_net",
        "美誉度净值",
        "net reputation",
        Unit::Points,
        Better::Higher,
        Some("reputation"),
        [60.2, 61.0, 66.1],
        [72.0, 55.4, 68.0, 70.1],
    ),
    (
        "named_preference",
        "指名度",
        "named preference",
        Unit::Percent,
        Better::Higher,
        None,
        [40.2, 41.1, 41.7],
        [44.0, 38.2, 43.1, 45.2],
    ),
    (
        "return_rate",
        "回头率",
        "return rate",
        Unit::Percent,
        Better::Higher,
        None,
        [79.0, 80.6, 83.0],
        [87.5, 76.1, 84.0, 85.1],
    ),
    (
        "complaint_rate",
        "抱怨率",
        "complaint rate",
        Unit::Percent,
        Better::Lower,
        None,
        [9.1, 10.3, 14.2],
        [8.9, 23.6, 10.4, 9.8],
    ),
    (
        "complaint_to_company",
        "投诉率",
        "complaints to us",
        Unit::Percent,
        Better::Lower,
        Some("complaint_rate"),
        [3.1, 3.3, 4.0],
        [2.9, 6.2, 3.3, 2.1],
    ),
    (
        "sales_power_proxy",
        "销售力（代理指标）",
        "sales power (proxy)",
        Unit::Percent,
        Better::Higher,
        None,
        [59.0, 59.2, 58.3],
        [61.2, 54.8, 57.5, 60.3],
    ),
];

const WAVES: [&str; 3] = ["2026-09", "2026-10", "2026-11"];
const WAVE_BASES: [u64; 3] = [902, 915, 968];
const CANTEENS: [(&str, &str, u64); 4] = [
    ("第一食堂", "Canteen 1", 412),
    ("第二食堂", "Canteen 2", 388),
    ("清真餐厅", "Halal restaurant", 121),
    ("教工餐厅", "Staff restaurant", 47),
];
const GRADES: [(&str, &str, u64, f64); 4] = [
    ("大一", "Year 1", 301, 1.2),
    ("大二", "Year 2", 266, -0.4),
    ("大三", "Year 3", 254, -0.9),
    ("大四", "Year 4", 147, -0.2),
];
const GENDERS: [(&str, &str, u64, f64); 2] = [("女", "Female", 503, 0.5), ("男", "Male", 465, -0.5)];

fn estimate(row: &Row, wave: &str, segment: Option<(&str, &str)>, value: f64, n: u64) -> Estimate {
    // A composite or net score varies about as a share of two thirds would.
    let spread = if row.3 == Unit::Percent { value * (100.0 - value) } else { 900.0 };
    let se = (spread / n as f64).sqrt();
    let (low, high) = match (row.0, wave, segment) {
        ("complaint_rate", "2026-11", None) => (12.2, 16.4),
        _ => (value - 1.962 * se, value + 1.962 * se),
    };
    Estimate {
        metric: row.0.into(),
        module: "enterprise-csi".into(),
        wave: Some(wave.into()),
        segment: segment.map(|(column, name)| (column.to_owned(), name.to_owned())).into_iter().collect(),
        n,
        n_weighted: n as f64 * 1.01,
        n_eff: n as f64 * 0.87,
        estimate: Some(value),
        se: Some(se),
        ci: Some([low, high]),
        df: Some(n as f64 - 1.0),
        unit: row.3,
        base: String::new(),
        suppressed: false,
        flagged: n < 50,
        reason: None,
    }
}

/// The results.
pub fn results() -> MetricResults {
    let mut results = MetricResults {
        waves: WAVES.iter().map(|&wave| wave.to_owned()).collect(),
        segments: vec![
            segment("canteen", words("食堂", "Canteen"), CANTEENS.iter().map(|held| (held.0, held.1))),
            segment("grade", words("年级", "Year of study"), GRADES.iter().map(|held| (held.0, held.1))),
            segment("gender", words("性别", "Gender"), GENDERS.iter().map(|held| (held.0, held.1))),
        ],
        ..MetricResults::default()
    };
    for row in &ROWS {
        results.metrics.push(info(row));
        for (index, wave) in WAVES.iter().enumerate() {
            results.estimates.push(estimate(row, wave, None, row.6[index], WAVE_BASES[index]));
            if index < 2 {
                continue;
            }
            for (place, held) in CANTEENS.iter().enumerate() {
                results.estimates.push(estimate(row, wave, Some(("canteen", held.0)), row.7[place], held.2));
            }
            for held in GRADES {
                results.estimates.push(estimate(row, wave, Some(("grade", held.0)), row.6[2] + held.3, held.2));
            }
            for held in GENDERS {
                results.estimates.push(estimate(row, wave, Some(("gender", held.0)), row.6[2] + held.3, held.2));
            }
        }
    }
    let mut awareness = info(&ROWS[1]);
    awareness.id = "awareness".into();
    awareness.title = words("知名度", "awareness");
    awareness.unavailable = Some(Unavailable {
        missing_inputs: vec![("aware_asked".into(), words("您听说过本食堂吗？", "Have you heard of this canteen?"))],
    });
    results.metrics.push(awareness);
    results
}

fn info(row: &Row) -> MetricInfo {
    MetricInfo {
        id: row.0.into(),
        module: "enterprise-csi".into(),
        module_version: "1.0.0".into(),
        title: words(row.1, row.2),
        definition: words(
            &format!("在相应基数中符合{}条件者所占的比例", row.1),
            &format!("share of the base that meets the condition of {}", row.2),
        ),
        unit: row.3,
        better: row.4,
        variant_of: row.5.map(ToOwned::to_owned),
        of: "praise >= 4".into(),
        per: None,
        base: "aware".into(),
        base_title: words("听说过本食堂的就餐者", "diners who know the canteen"),
        estimator: if row.0 == "csi" { "composite".into() } else { "proportion".into() },
        unavailable: None,
        left_out: Vec::new(),
        topics: Vec::new(),
        parts: Vec::new(),
        table: None,
    }
}

fn segment<'a>(column: &str, title: Localized, groups: impl Iterator<Item = (&'a str, &'a str)>) -> SegmentInfo {
    SegmentInfo {
        column: column.into(),
        title,
        groups: groups.map(|(zh, en)| (zh.to_owned(), words(zh, en))).collect(),
    }
}

/// The answers to the praise question by canteen, and in all.
pub fn distributions() -> Vec<Distribution> {
    let row = |canteen: Option<&str>, shares: [f64; 5], n| DistributionRow {
        segment: canteen.map(|name| ("canteen".to_owned(), name.to_owned())),
        wave: Some("2026-11".into()),
        shares: shares.to_vec(),
        n,
    };
    vec![Distribution {
        column: "praise".into(),
        title: Some(words("您愿意向同学称赞本食堂吗？", "Would you praise this canteen to fellow students?")),
        levels: vec![
            words("很不愿意", "Not at all"),
            words("不愿意", "Rather not"),
            words("说不清", "Neither"),
            words("愿意", "Rather"),
            words("很愿意", "Very much"),
        ],
        rows: vec![
            row(None, [3.1, 7.2, 13.3, 45.2, 31.2], 968),
            row(Some("第一食堂"), [1.9, 5.0, 11.9, 46.1, 35.1], 412),
            row(Some("第二食堂"), [5.2, 11.3, 14.8, 43.6, 25.1], 388),
            row(Some("清真餐厅"), [2.5, 5.8, 13.8, 46.3, 31.6], 121),
            row(Some("教工餐厅"), [2.1, 6.4, 12.1, 44.7, 34.7], 47),
        ],
    }]
}

/// Steps from file to analysis.
pub fn steps() -> Vec<Step> {
    vec![
        Step { kind: StepKind::Read { file: "data/survey.csv".into() }, rows: 2861, dropped: 0 },
        Step { kind: StepKind::Duplicates { column: "id".into() }, rows: 2840, dropped: 21 },
        Step {
            kind: StepKind::Filter {
                keep: "seconds >= 40".into(), reason: Some("剔除答题不足40秒的答卷".into())
            },
            rows: 2785,
            dropped: 55,
        },
    ]
}

/// Files read.
pub fn files() -> Vec<InputFile> {
    vec![InputFile { file: "data/survey.csv".into(), sha256: "3f2a".repeat(16), rows: 2861, headers: Vec::new() }]
}

/// Columns with their counts.
pub fn columns() -> Vec<Column> {
    project()
        .raw
        .columns
        .iter()
        .map(|(name, raw)| Column {
            name: name.clone(),
            kind: raw.kind,
            title: raw.title.clone().unwrap_or_else(|| Localized::from("")),
            categories: Vec::new(),
            category_titles: IndexMap::new(),
            range: raw.range,
            counts: ColumnCounts { valid: 2770, missing: 12, not_applicable: 3, invalid: 0 },
        })
        .collect()
}

/// The built-in pack, from the source tree.
#[allow(clippy::unwrap_used)]
pub fn pack() -> Pack {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("templates/satisfaction-plan");
    let mut files = PackFiles::new();
    for entry in walkdir::WalkDir::new(&root).sort_by_file_name().into_iter().flatten() {
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            let text = std::fs::read_to_string(entry.path()).unwrap();
            files.insert(path.clone(), format!("templates/satisfaction-plan/{path}"), text);
        }
    }
    let mut diagnostics = Diagnostics::new();
    let pack = Pack::load("satisfaction-plan", files, &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{:?}", diagnostics.iter().map(|d| d.text(Lang::En)).collect::<Vec<_>>());
    pack.unwrap()
}

/// Everything a document is made from, owned, so that tests may change it.
#[derive(Debug, Clone)]
pub struct Canteen {
    /// The project.
    pub project: Project,
    /// The results.
    pub results: MetricResults,
    /// The distributions.
    pub distributions: Vec<Distribution>,
    /// Steps.
    pub steps: Vec<Step>,
    /// Files.
    pub files: Vec<InputFile>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Answers by wave.
    pub wave_answers: Vec<(String, u64)>,
    /// What the models say.
    pub models: ModelResults,
    planned: OnceLock<Planned>,
    /// Plugins; none unless a test puts some in.
    pub plugins: BTreeMap<String, Plugin>,
}

impl Canteen {
    /// The whole fixture.
    #[allow(clippy::new_without_default, reason = "a fixture has no default")]
    pub fn new() -> Self {
        Self {
            project: project(),
            results: results(),
            distributions: distributions(),
            steps: steps(),
            files: files(),
            columns: columns(),
            wave_answers: WAVES.iter().zip(WAVE_BASES).map(|(wave, n)| ((*wave).to_owned(), n)).collect(),
            models: ModelResults::default(),
            planned: OnceLock::new(),
            plugins: BTreeMap::new(),
        }
    }

    /// The plan of the project as it stands at the first call.
    pub fn planned(&self) -> &Planned {
        self.planned.get_or_init(|| {
            let inputs = PlanInputs {
                project: &self.project,
                results: &self.results,
                models: &self.models,
                distributions: &self.distributions,
                controls: &control_charts(&self.project, &self.results, &[], &mut Diagnostics::new()),
                library: &Library::default(),
                date: Some("2026-11-20"),
            };
            make_plan(inputs, &mut Diagnostics::new())
        })
    }

    /// As the inputs of a document.
    pub fn inputs(&self) -> DocumentInputs<'_> {
        DocumentInputs {
            project: &self.project,
            results: &self.results,
            distributions: &self.distributions,
            steps: &self.steps,
            files: &self.files,
            columns: &self.columns,
            answers: 2785,
            answers_of_all: 2785,
            wave_answers: &self.wave_answers,
            weighted: true,
            models: &self.models,
            tables: &[],
            subject: None,
            whole: None,
            planned: self.planned(),
            weighting: &[],
            voices: &[],
            banners: &[],
            plugins: &self.plugins,
            date: "2026-11-20",
            tones: crate::config::brand::ToneNames::default(),
        }
    }

    /// Without waves: the newest one alone and unnamed.
    pub fn without_waves(mut self) -> Self {
        self.results.estimates.retain(|held| held.wave.as_deref() == Some("2026-11"));
        self.results.estimates.iter_mut().for_each(|held| held.wave = None);
        self.results.waves.clear();
        for row in self.distributions.iter_mut().flat_map(|held| held.rows.iter_mut()) {
            row.wave = None;
        }
        self.wave_answers.clear();
        self
    }

    /// Without segments.
    pub fn without_segments(mut self) -> Self {
        self.results.segments.clear();
        self.results.estimates.retain(|held| held.segment.is_empty());
        self
    }

    /// Without targets.
    pub fn without_targets(mut self) -> Self {
        self.project.raw.targets.clear();
        self
    }

    /// Without a plan.
    pub fn without_plan(mut self) -> Self {
        self.project.raw.plan = crate::config::raw::RawPlan::default();
        self
    }

    /// With the small canteen suppressed, and one indicator wholly.
    pub fn with_suppression(mut self) -> Self {
        for held in &mut self.results.estimates {
            let small = held.segment.get("canteen").is_some_and(|name| name == "教工餐厅");
            if small || held.metric == "named_preference" {
                held.hide(Reason::SmallBase);
            }
        }
        self
    }
}

/// Runs a test on the material of the fixture.
pub fn with_material(lang: Lang, test: impl FnOnce(&Material<'_>)) {
    let canteen = Canteen::new();
    let pack = pack();
    let material = Material::new(canteen.inputs(), &pack, lang);
    test(&material);
}
