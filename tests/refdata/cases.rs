//! The numbers of the projects in `tests/projects`, with the places where the reference files hold them.

use super::Field::{Estimate, Lower, N, NEff, NWeighted, Se, Upper};
use super::Rule::{Rows, Same, Times};
use super::{Field, Row, Rule};

/// A project, changes to its `manyi.yaml`, and the rows to compare with one reference file.
pub struct Group {
    pub project: &'static str,
    pub replacements: &'static [(&'static str, &'static str)],
    pub reference: &'static str,
    pub rows: Vec<Row>,
}

/// Rows of the survey files, the design of each wave.
const SFO_2016: u32 = 3087;
const SFO_2017: u32 = 2831;
/// Rows of the design that the reference's `se_domain` was computed in.
const SFO_ALL: u32 = 11_685;
const NPS: u32 = 1000;

const R_SURVEY: &str = "survey_weights/expected_survey_R.json";
const STRATA: &str = "  design: { strata: level, fpc: schools_in_stratum }\n";

pub fn groups() -> Vec<Group> {
    vec![
        Group { project: "apistrat", replacements: &[], reference: R_SURVEY, rows: stratified() },
        Group {
            project: "apistrat",
            replacements: &[("proportion_interval: logit", "proportion_interval: beta")],
            reference: R_SURVEY,
            rows: vec![
                total("goal_share", Lower, "/dstrat_ciprop_beta/ci/0", Times(100.0)),
                total("goal_share", Upper, "/dstrat_ciprop_beta/ci/1", Times(100.0)),
            ],
        },
        Group {
            project: "apistrat",
            replacements: &[("proportion_interval: logit", "proportion_interval: wald")],
            reference: R_SURVEY,
            rows: vec![
                total("goal_share", Lower, "/dstrat_ciprop_mean/ci/0", Times(100.0)),
                total("goal_share", Upper, "/dstrat_ciprop_mean/ci/1", Times(100.0)),
            ],
        },
        Group {
            project: "apistrat",
            replacements: &[(", fpc: schools_in_stratum", "")],
            reference: R_SURVEY,
            rows: vec![
                total("score_mean", Estimate, "/dstrat_nofpc_api00/est/api00", Same),
                total("score_mean", Se, "/dstrat_nofpc_api00/se/api00", Same),
            ],
        },
        Group { project: "apistrat", replacements: &[(STRATA, "")], reference: R_SURVEY, rows: weights_only() },
        Group {
            project: "apiclus1",
            replacements: &[],
            reference: R_SURVEY,
            rows: vec![
                total("score_mean", Estimate, "/dclus1_api00/est/api00", Same),
                total("score_mean", Se, "/dclus1_api00/se/api00", Same),
            ],
        },
        Group { project: "nps", replacements: &[], reference: "nps/expected_NPS_R.json", rows: nps() },
        Group {
            project: "sfo-2017",
            replacements: &[],
            reference: "real/sfo/expected_sfo_R.json",
            rows: airport("2017", None, SFO_2017, true),
        },
        Group {
            project: "sfo-2016-2017",
            replacements: &[],
            reference: "real/sfo/expected_sfo_R.json",
            rows: [airport("2016", Some("2016"), SFO_2016, false), airport("2017", Some("2017"), SFO_2017, false)]
                .concat(),
        },
    ]
}

/// A row for the total of a project without waves.
pub fn total(metric: &str, field: Field, pointer: &str, rule: Rule) -> Row {
    Row { metric: metric.to_owned(), wave: None, segment: None, field, pointer: pointer.to_owned(), rule }
}

fn stratified() -> Vec<Row> {
    let mut rows = vec![
        total("score_mean", Estimate, "/dstrat_api00/est/api00", Same),
        total("score_mean", Se, "/dstrat_api00/se/api00", Same),
        total("score_mean", Lower, "/dstrat_api00_ci_t/0", Same),
        total("score_mean", Upper, "/dstrat_api00_ci_t/1", Same),
        total("score_mean", NEff, "/kish/neff", Same),
        total("score_mean", NWeighted, "/kish/sumw", Same),
        total("goal_share", Estimate, "/dstrat_schwide/est/sch.wideYes", Times(100.0)),
        total("goal_share", Se, "/dstrat_schwide/se/sch.wideYes", Times(100.0)),
        total("goal_share", Lower, "/dstrat_ciprop_xlogit/ci/0", Times(100.0)),
        total("goal_share", Upper, "/dstrat_ciprop_xlogit/ci/1", Times(100.0)),
        total("elementary_share", Estimate, "/dstrat_stype/est/stypeE", Times(100.0)),
        total("elementary_share", Se, "/dstrat_stype/se/stypeE", Times(100.0)),
        total("high_share", Estimate, "/dstrat_stype/est/stypeH", Times(100.0)),
        total("high_share", Se, "/dstrat_stype/se/stypeH", Times(100.0)),
        total("tested_ratio", Estimate, "/dstrat_ratio_apistu_enroll/est", Same),
        total("tested_ratio", Se, "/dstrat_ratio_apistu_enroll/se", Same),
    ];
    for (index, metric) in ["score_q25", "score_median", "score_q75"].into_iter().enumerate() {
        for (column, field) in [Estimate, Lower, Upper, Se].into_iter().enumerate() {
            rows.push(total(metric, field, &format!("/dstrat_quantile_api00/{index}/{column}"), Same));
        }
    }
    for (index, level) in ["E", "H", "M"].into_iter().enumerate() {
        let segment = Some(("level", level));
        for (field, key) in [(Estimate, "api00"), (Se, "se")] {
            let pointer = format!("/dstrat_by_stype_api00/{index}/{key}");
            rows.push(Row { segment, ..total("score_mean", field, &pointer, Same) });
        }
    }
    rows
}

fn weights_only() -> Vec<Row> {
    vec![
        total("score_mean", Estimate, "/weights_only_api00/est/api00", Same),
        total("score_mean", Se, "/weights_only_api00/se/api00", Same),
        total("goal_share", Estimate, "/weights_only_prop_schwide/est/sch.wideYes", Times(100.0)),
        total("goal_share", Se, "/weights_only_prop_schwide/se/sch.wideYes", Times(100.0)),
    ]
}

/// The package takes the variance with divisor n and reports shares of 1.
fn nps() -> Vec<Row> {
    let error = Rows { theirs: 0, ours: NPS, unit: 100.0 };
    let mut rows = vec![
        total("nps", Estimate, "/overall/nps.x", Times(100.0)),
        total("nps", Se, "/overall/se.hat", error),
        total("nps", N, "/overall/n.x", Same),
        total("promoters", Estimate, "/counts/Promoter", Times(0.1)),
        total("passives", Estimate, "/counts/Passive", Times(0.1)),
        total("detractors", Estimate, "/counts/Detractor", Times(0.1)),
    ];
    for region in ["NAM", "EMEA", "APAC", "LATAM"] {
        let segment = Some(("region", region));
        for (field, key, rule) in [(Estimate, "nps.x", Times(100.0)), (Se, "se.hat", error), (N, "n.x", Same)] {
            rows.push(Row { segment, ..total("nps", field, &format!("/by_region/{region}/{key}"), rule) });
        }
    }
    rows
}

fn airport(year: &str, wave: Option<&'static str>, rows_of_wave: u32, with_nps: bool) -> Vec<Row> {
    let mut metrics = vec![("overall_mean", "q7all", 1.0), ("overall_top2", "top2", 100.0)];
    if with_nps {
        metrics.push(("nps", "nps", 1.0));
    }
    let valid = |key: &str| match (year, key) {
        ("2016", _) => 2919,
        (_, "nps") => 2746,
        _ => 2688,
    };
    let mut rows = Vec::new();
    for (metric, key, unit) in metrics {
        let mut add = |field, name: &str, rule| {
            rows.push(Row { wave, ..total(metric, field, &format!("/{year}/{key}/{name}"), rule) });
        };
        add(N, "n", Same);
        add(NEff, "n_eff", Same);
        add(Estimate, "mean", Times(unit));
        add(Se, "se_wave_only", Rows { theirs: valid(key), ours: rows_of_wave, unit });
        add(Se, "se_domain", Rows { theirs: SFO_ALL, ours: rows_of_wave, unit });
    }
    rows
}
