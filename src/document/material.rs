//! Everything one document is made from, in one place: the stage results as they come in ([`DocumentInputs`]) and the same
//! with comparisons made, links followed and words chosen for one language ([`Material`]).

use std::collections::BTreeMap;

use crate::analysis::BannerTable;
use crate::analysis::summary::{self, Findings, IndicatorSummary};
use crate::analysis::voices::Voices;
use crate::analysis::whole::{WholeComparison, against_whole};
use crate::config::Project;
use crate::config::brand::ToneNames;
use crate::config::raw::Correction;
use crate::data::table::{InputFile, Step};
use crate::data::weighting::WaveWeights;
use crate::data::{Column, TableSource};
use crate::diagnostics::{Lang, Localized};
use crate::document::format::{self, Money};
use crate::document::pack::{Pack, Words, filled};
use crate::metrics::{Better, Distribution, Estimate, MetricInfo, MetricResults, Reason};
use crate::models::ModelResults;
use crate::plan::{self, Plan, Planned};
use crate::plugins::Plugin;

/// What the earlier stages hand over for a document.
#[derive(Debug, Clone, Copy)]
pub struct DocumentInputs<'a> {
    /// The project.
    pub project: &'a Project,
    /// The estimates.
    pub results: &'a MetricResults,
    /// Answers by level of the scale columns; may be empty.
    pub distributions: &'a [Distribution],
    /// Row counts from file to analysis.
    pub steps: &'a [Step],
    /// Files read.
    pub files: &'a [InputFile],
    /// Columns of the responses with their counts.
    pub columns: &'a [Column],
    /// Answers in the analysis, all waves; of a document about a group its own.
    pub answers: u64,
    /// Answers of all groups, where the document is about one; else as `answers`.
    pub answers_of_all: u64,
    /// Answers by wave, in time order; empty where unknown.
    pub wave_answers: &'a [(String, u64)],
    /// True if the answers are weighted.
    pub weighted: bool,
    /// What the models say.
    pub models: &'a ModelResults,
    /// Operational tables beside the survey.
    pub tables: &'a [TableSource],
    /// The group that the document is about, if it is about one; all numbers are then of this group.
    pub subject: Option<&'a Subject>,
    /// The numbers of all answers, where the document is about a group.
    pub whole: Option<&'a MetricResults>,
    /// Findings and the plan that answers them.
    pub planned: &'a Planned,
    /// What the weighting came to, wave by wave; empty where the weights are given or there are none.
    pub weighting: &'a [WaveWeights],
    /// What people wrote, theme by theme; empty where the project takes no themes of an open answer.
    pub voices: &'a [Voices],
    /// Banner tables; empty where the project has none.
    pub banners: &'a [BannerTable],
    /// All plugins by id; those not in use too.
    pub plugins: &'a BTreeMap<String, Plugin>,
    /// Date of the document, `2026-11-20`.
    pub date: &'a str,
    /// What the colours of good and bad are called in the brand that the document bears.
    pub tones: ToneNames,
}

impl DocumentInputs<'_> {
    /// The placeholders `{good_colour}` and `{bad_colour}` of texts that explain colours, with the names that fill them.
    fn colours(&self, lang: Lang) -> [(&'static str, &'static str); 2] {
        [("good_colour", self.tones.good.word(lang)), ("bad_colour", self.tones.bad.word(lang))]
    }
}

/// The group that a document is about, such as a branch.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// Segment column.
    pub column: String,
    /// Value.
    pub value: String,
    /// Name of the group.
    pub title: Localized,
    /// Parameters of the templates, by name.
    pub parameters: BTreeMap<String, Localized>,
}

/// Indicators without an index over them that a summary page still holds: one row of cards.
const MOST_LEADING: usize = 7;

/// The inputs with everything derived for one language.
#[derive(Debug, Clone)]
pub struct Material<'a> {
    /// As handed over.
    pub inputs: DocumentInputs<'a>,
    /// Language of the document.
    pub lang: Lang,
    /// Words of the pack.
    pub words: Words,
    /// Every metric with its comparisons, in the order of the results.
    pub summaries: Vec<IndicatorSummary<'a>>,
    /// What stands out.
    pub findings: Findings,
    /// The plan with its links.
    pub plan: &'a Plan,
    /// How amounts are printed.
    pub money: Money,
}

impl<'a> Material<'a> {
    /// Compares and chooses words.
    pub fn new(inputs: DocumentInputs<'a>, pack: &Pack, lang: Lang) -> Self {
        let project = inputs.project;
        let summaries = plan::summaries(project, inputs.results);
        let findings = summary::findings(&summaries);
        let plan = &inputs.planned.plan;
        let money = money(inputs.planned, lang);
        let words = pack.words(lang).filled(&inputs.colours(lang));
        Self { inputs, lang, words, summaries, findings, plan, money }
    }

    /// The results.
    pub fn results(&self) -> &'a MetricResults {
        self.inputs.results
    }

    /// An indicator of a group against all answers.
    pub fn against_whole(&self, held: &IndicatorSummary<'_>) -> Option<WholeComparison> {
        let whole = self.inputs.whole?.published(&held.info.id, self.results().current_wave())?;
        let confidence = self.inputs.project.raw.settings.confidence;
        against_whole(held.current?, whole, held.info.better, confidence)
    }

    /// A word of the pack.
    pub fn word(&self, key: &str) -> String {
        self.words.get(key).to_owned()
    }

    /// The confidence level as text, `95%`.
    pub fn confidence(&self) -> String {
        format::confidence(self.inputs.project.raw.settings.confidence)
    }

    /// The correction of the tests between groups, in words that follow the name of the test.
    pub fn correction(&self) -> String {
        match self.inputs.project.raw.settings.correction {
            Correction::Holm => self.word_or("correction_holm", "Holm 校正", "Holm correction"),
            Correction::Bonferroni => self.word_or("correction_bonferroni", "Bonferroni 校正", "Bonferroni correction"),
            Correction::Bh => self.word_or("correction_bh", "Benjamini–Hochberg 校正", "Benjamini–Hochberg correction"),
            Correction::None => self.word_or("correction_none", "未校正", "no correction"),
        }
    }

    /// A note about tests between groups, with the level and the correction filled in.
    pub fn group_test_note(&self, key: &str) -> String {
        self.words.fill(key, &[("level", &self.confidence()), ("correction", &self.correction())])
    }

    /// The headline indicators (no variants) that have a value in the current wave.
    pub fn headline(&self) -> Vec<&IndicatorSummary<'a>> {
        self.summaries.iter().filter(|held| held.info.variant_of.is_none() && held.info.unavailable.is_none()).collect()
    }

    /// The overall index: the first composite among the headline indicators.
    pub fn overall(&self) -> Option<&IndicatorSummary<'a>> {
        self.headline().into_iter().find(|held| held.info.estimator == "composite" && held.has_value())
    }

    /// The indicators that belong on the summary page: those of the module that holds the overall index, the overall index first.
    /// Without an index all of them, or, where they are more than [`MOST_LEADING`], those of the first indicator's module.
    pub fn lead(&self) -> Vec<&IndicatorSummary<'a>> {
        let headline = self.headline();
        let indexed = headline.iter().any(|held| held.info.estimator == "composite");
        if !indexed && headline.len() <= MOST_LEADING {
            return headline;
        }
        let overall = self.overall();
        let Some(module) = overall.or(headline.first().copied()).map(|held| held.info.module.as_str()) else {
            return Vec::new();
        };
        let rest = headline
            .into_iter()
            .filter(|held| held.info.module == module && overall.is_none_or(|overall| overall.info.id != held.info.id));
        overall.into_iter().chain(rest).collect()
    }

    /// The headline indicators that are not on the summary page.
    pub fn others(&self) -> Vec<&IndicatorSummary<'a>> {
        let lead: Vec<&str> = self.lead().iter().map(|held| held.info.id.as_str()).collect();
        self.headline().into_iter().filter(|held| !lead.contains(&held.info.id.as_str())).collect()
    }

    /// A name as it stands inside a sentence: in English without the capital of its first word, abbreviations excepted.
    pub fn inline_name(&self, title: &str) -> String {
        let mut letters = title.chars();
        match (self.lang, letters.next(), letters.next()) {
            (Lang::En, Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
                first.to_lowercase().chain(title.chars().skip(1)).collect()
            }
            _ => title.to_owned(),
        }
    }

    /// A metric by id.
    pub fn summary(&self, metric: &str) -> Option<&IndicatorSummary<'a>> {
        self.summaries.iter().find(|held| held.info.id == metric)
    }

    /// Title of a metric.
    pub fn title(&self, info: &MetricInfo) -> String {
        info.title.get(self.lang).to_owned()
    }

    /// Title of a metric as sentences say it, and the unit named in it as printed right behind a value.
    pub fn spoken(&self, info: &MetricInfo) -> (String, String) {
        let (title, suffix) = format::spoken_title(info.title.get(self.lang), info.unit, self.lang);
        (title.to_owned(), suffix)
    }

    /// Title of a group of a segment, by indices.
    pub fn group_title(&self, segment: usize, group: usize) -> String {
        self.results()
            .segments
            .get(segment)
            .and_then(|held| held.groups.get(group))
            .map(|(value, title)| {
                let text = title.get(self.lang);
                if text.is_empty() { value.clone() } else { text.to_owned() }
            })
            .unwrap_or_default()
    }

    /// The goal of a metric.
    pub fn target(&self, info: &MetricInfo) -> Option<f64> {
        plan::target_value(self.inputs.project, &info.id).filter(|_| info.better != Better::Neutral)
    }

    /// The goal of a metric as text, `≥ 75%`.
    pub fn target_text(&self, info: &MetricInfo) -> Option<String> {
        self.target(info).map(|goal| format::goal(goal, info.better == Better::Higher, info.unit, self.lang))
    }

    /// The estimate with unit, or a dash.
    pub fn value_text(&self, estimate: Option<&Estimate>) -> String {
        estimate
            .and_then(|held| held.estimate.map(|value| format::value_with_unit(value, held.unit, self.lang)))
            .unwrap_or_else(|| format::NO_VALUE.to_owned())
    }

    /// The interval without unit, `73.9–78.8`.
    pub fn interval_text(&self, estimate: &Estimate) -> Option<String> {
        let [low, high] = estimate.ci?;
        let (low, high) = (format::value(low, estimate.unit), format::value(high, estimate.unit));
        Some(format::range(&low, &high, self.lang))
    }

    /// Why there is no number, in words.
    pub fn reason_text(&self, estimate: Option<&Estimate>) -> String {
        let key = match estimate.and_then(|held| held.reason) {
            Some(Reason::SmallBase) => "reason_small_base",
            Some(Reason::EmptyBase) | None => "reason_empty_base",
            Some(Reason::ZeroDenominator) => "reason_zero_denominator",
            Some(Reason::MissingComponent) => "reason_missing_component",
            Some(Reason::MissingInput) => "reason_missing_input",
            Some(Reason::SingleUnitStratum) => "reason_single_unit",
            Some(Reason::NoModelResult) => {
                return self.word_or("reason_no_model_result", "模型没有结果", "the model has no result");
            }
            Some(Reason::Complement) => {
                return self.word_or("reason_complement", "略去，以免推算出另一组", "omitted to protect another group");
            }
        };
        self.word(key)
    }

    /// The note under a table in which a group is omitted for the sake of another.
    pub fn complement_note(&self) -> String {
        self.word_or(
            "note_complement",
            "某列分组中仅一组样本不足时，样本次少的一组一并略去，以免由总体推算出该组。",
            "Where one group alone has too few answers, the next smallest is omitted too: the total would give the first away.",
        )
    }

    /// A word that packs may leave out.
    pub fn word_or(&self, key: &str, zh_cn: &str, en: &str) -> String {
        let own = if self.lang.is_chinese() { zh_cn } else { en };
        match self.words.all().get(key) {
            Some(word) => word.clone(),
            None => filled(own, &self.inputs.colours(self.lang)),
        }
    }

    /// A text that packs may leave out, with its `{placeholders}` filled.
    pub fn fill_or(&self, key: &str, values: &[(&str, &str)], zh_cn: &str, en: &str) -> String {
        filled(&self.word_or(key, zh_cn, en), values)
    }

    /// `▲ 3.9` or `▼ 0.9`; `●` where the printed difference is zero. No unit.
    pub fn change_mark(&self, delta: f64, info: &MetricInfo) -> String {
        let size = format::value(delta.abs(), info.unit);
        let printed = format::round_half_away(delta, format::printed_decimals(info.unit));
        if printed > 0.0 {
            format!("▲ {size}")
        } else if printed < 0.0 {
            format!("▼ {size}")
        } else {
            size
        }
    }
}

/// How amounts of a plan are printed.
fn money(planned: &Planned, lang: Lang) -> Money {
    let plan = &planned.plan;
    let own = plan.raw.finance.currency.as_ref().map(|currency| currency.get(lang));
    let currency = own.unwrap_or(match lang {
        Lang::ZhCn | Lang::ZhTw => "元",
        Lang::En => "yuan",
    });
    let benefits = planned.finance.benefits.iter().map(|benefit| benefit.amount);
    Money::new(currency, plan.costs.iter().map(|cost| cost.amount).chain(benefits), lang)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::fixtures::{self, Canteen};

    fn lead_of(canteen: &Canteen) -> Vec<String> {
        let pack = fixtures::pack();
        let material = Material::new(canteen.inputs(), &pack, Lang::En);
        material.lead().iter().map(|held| held.info.id.clone()).collect()
    }

    /// The fixture with complaints in a module of their own.
    fn of_two_modules() -> Canteen {
        let mut canteen = Canteen::new();
        for held in canteen.results.metrics.iter_mut().filter(|held| held.id == "complaint_rate") {
            held.module = "complaints".into();
        }
        canteen
    }

    #[test]
    fn an_index_leads_with_its_module() {
        let lead = lead_of(&of_two_modules());
        assert_eq!(lead, ["csi", "reputation", "named_preference", "return_rate", "sales_power_proxy"]);
    }

    #[test]
    fn without_an_index_the_indicators_of_all_modules_lead_if_they_are_few() {
        let mut canteen = of_two_modules();
        canteen.results.metrics[0].estimator = "mean".into();
        let lead = lead_of(&canteen);
        assert_eq!(
            lead,
            ["csi", "reputation", "named_preference", "return_rate", "complaint_rate", "sales_power_proxy"]
        );
        for id in ["cleanliness", "queue"] {
            let more = MetricInfo { id: id.into(), ..canteen.results.metrics[1].clone() };
            canteen.results.metrics.push(more);
        }
        let lead = lead_of(&canteen);
        assert_eq!(lead.len(), 7);
        assert!(!lead.contains(&"complaint_rate".to_owned()), "{lead:?}");
    }
}
