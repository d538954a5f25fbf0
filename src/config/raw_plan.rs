//! The `plan:` part of the project file as it is written: foreword, objectives, strategies, actions, contingencies, and what
//! the planner says to the suggestions of the program.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::prose::prose;
use crate::config::raw_finance::{RawCostLine, RawFinance};
use crate::diagnostics::Localized;

/// The planning half of the document, written by the planner.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawPlan {
    /// 前言: theme in one sentence, purpose, content; at most 100 characters.
    #[serde(deserialize_with = "prose")]
    pub foreword: Option<Localized>,
    /// The headline of the summary page, one sentence; default: made from the indicators.
    #[serde(deserialize_with = "prose")]
    pub headline: Option<Localized>,
    /// Three sentences for the summary page; default: made from the indicators.
    #[serde(deserialize_with = "prose")]
    pub verdict: Option<Localized>,
    /// 界定问题: the problem in words, beside the tables.
    #[serde(deserialize_with = "prose")]
    pub problem: Option<Localized>,
    /// 营销目标.
    pub objectives: Vec<RawObjective>,
    /// 策略方案.
    pub strategies: Vec<RawStrategy>,
    /// 行动方案.
    pub actions: Vec<RawAction>,
    /// 财务分析.
    pub finance: RawFinance,
    /// 应急预案.
    pub contingencies: Vec<RawContingency>,
    /// SWOT analysis 环境分析; strengths and weaknesses come from the data as well.
    pub swot: Option<RawSwot>,
    /// Whether objectives and strategies are suggested from the findings; default: where none are written.
    pub suggest: Option<RawSuggest>,
    /// Strategies of the library that are taken in any case, by id.
    pub pick: Vec<String>,
    /// Strategies of the library that are never suggested, by id.
    pub drop: Vec<String>,
    /// Order of the strategies by id; those not named follow.
    pub order: Vec<String>,
    /// Changes to strategies of the library, by id.
    pub edit: IndexMap<String, RawStrategyEdit>,
    /// Metrics whose findings are accepted as they are: nothing is planned for them.
    pub accept: Vec<String>,
    /// Who fills a role of the library: `{ 门店经理: 周敏 }`.
    pub people: IndexMap<String, Localized>,
}

/// Whether and how the plan is suggested.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawSuggest {
    /// On or off.
    Switch(bool),
    /// On, with limits.
    Detailed(RawSuggestDetail),
}

/// Limits of the suggested plan.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawSuggestDetail {
    /// Objectives at most; default 4.
    pub objectives: Option<usize>,
    /// Strategies at most; default 6.
    pub strategies: Option<usize>,
    /// Strategies an objective at most; default 2.
    pub per_objective: Option<usize>,
    /// First day of the plan; default a week after the date of the document.
    pub begins: Option<String>,
    /// By when objectives are to be reached; default half a year after the plan begins.
    pub until: Option<String>,
}

/// A SWOT analysis as the planner writes it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawSwot {
    /// Strengths beside those that the data show.
    #[serde(deserialize_with = "prose")]
    pub strengths: Vec<Localized>,
    /// Weaknesses beside those that the data show.
    #[serde(deserialize_with = "prose")]
    pub weaknesses: Vec<Localized>,
    /// Opportunities 机会.
    #[serde(deserialize_with = "prose")]
    pub opportunities: Vec<Localized>,
    /// Threats 威胁.
    #[serde(deserialize_with = "prose")]
    pub threats: Vec<Localized>,
}

/// A change to a strategy of the library.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawStrategyEdit {
    /// Title.
    pub title: Option<Localized>,
    /// The strategy in words.
    #[serde(deserialize_with = "prose")]
    pub text: Option<Localized>,
    /// Part of the marketing mix.
    pub kind: Option<StrategyKind>,
    /// Objectives it serves, by id.
    pub serves: Option<Vec<String>>,
    /// Actions that are left out, by id.
    pub drop_actions: Vec<String>,
    /// Changes to its actions, by id.
    pub actions: IndexMap<String, RawActionEdit>,
}

/// A change to an action of the library.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawActionEdit {
    /// What is done.
    #[serde(deserialize_with = "prose")]
    pub what: Option<Localized>,
    /// Why.
    #[serde(deserialize_with = "prose")]
    pub why: Option<Localized>,
    /// Who answers for it.
    pub who: Option<Localized>,
    /// First day.
    pub start: Option<String>,
    /// Last day.
    pub end: Option<String>,
    /// Where.
    #[serde(rename = "where")]
    pub place: Option<Localized>,
    /// How.
    #[serde(deserialize_with = "prose")]
    pub how: Option<Localized>,
    /// People it needs.
    #[serde(deserialize_with = "prose")]
    pub people: Option<Localized>,
    /// Equipment it needs.
    #[serde(deserialize_with = "prose")]
    pub equipment: Option<Localized>,
    /// Days of work of the one who answers for it.
    pub effort: Option<f64>,
    /// 1 is first.
    pub priority: Option<u32>,
    /// Its cost lines, instead of those of the library.
    pub costs: Option<Vec<RawCostLine>>,
}

/// A concrete objective on an indicator.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawObjective {
    /// Name used by strategies to refer to it.
    pub id: String,
    /// Metric id, such as `complaint_rate`.
    pub metric: String,
    /// Value to reach; default the metric's target.
    #[serde(default)]
    pub target: Option<f64>,
    /// By when, `2026-12-31`.
    pub by: String,
    /// The group or place that it is about above all, such as the weakest branch.
    #[serde(default)]
    pub focus: Option<Localized>,
    /// The objective in words; made from indicator, value, date and focus if left out.
    #[serde(default, deserialize_with = "prose")]
    pub text: Option<Localized>,
}

/// The marketing mix a strategy belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StrategyKind {
    /// 产品策略
    Product,
    /// 价格策略
    Price,
    /// 渠道策略
    Place,
    /// 促销策略
    Promotion,
    /// 服务策略
    Service,
    /// 支持策略
    Support,
}

/// A strategy that serves objectives.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawStrategy {
    /// Name used by actions to refer to it.
    pub id: String,
    /// Part of the marketing mix.
    pub kind: StrategyKind,
    /// Objectives it serves, by id.
    pub serves: Vec<String>,
    /// Title.
    pub title: Localized,
    /// The strategy in words.
    #[serde(deserialize_with = "prose")]
    pub text: Localized,
    /// What it is expected to do.
    #[serde(default, deserialize_with = "prose")]
    pub effect: Option<Localized>,
    /// How the effect is known: a publication, or an assumption and how it is checked.
    #[serde(default, deserialize_with = "prose")]
    pub effect_source: Option<Localized>,
}

/// An action: what, why, who, when, where, how (5W1H).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAction {
    /// Name used by cost lines to refer to it.
    pub id: String,
    /// Strategy it carries out, by id.
    pub strategy: String,
    /// What is done.
    #[serde(deserialize_with = "prose")]
    pub what: Localized,
    /// Why.
    #[serde(default, deserialize_with = "prose")]
    pub why: Option<Localized>,
    /// Who answers for it.
    pub who: Localized,
    /// First day, `2026-12-01`.
    pub start: String,
    /// Last day.
    pub end: String,
    /// Where.
    #[serde(rename = "where")]
    pub place: Localized,
    /// How.
    #[serde(deserialize_with = "prose")]
    pub how: Localized,
    /// Groups that it concerns, by column: `{ region: [南城] }`; default those that `where` names, else all. Documents of groups
    /// print what concerns them.
    #[serde(default)]
    pub groups: IndexMap<String, Vec<String>>,
    /// People it needs 人员.
    #[serde(default, deserialize_with = "prose")]
    pub people: Option<Localized>,
    /// Equipment it needs 设备.
    #[serde(default, deserialize_with = "prose")]
    pub equipment: Option<Localized>,
    /// Actions that must be finished before it starts, by id.
    #[serde(default)]
    pub after: Vec<String>,
    /// Days of work of the one who answers for it.
    #[serde(default)]
    pub effort: Option<f64>,
    /// 1 is first.
    #[serde(default)]
    pub priority: Option<u32>,
}

/// A trigger and the answer to it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawContingency {
    /// What sets it off.
    #[serde(deserialize_with = "prose")]
    pub trigger: Localized,
    /// What is done in the first hour.
    #[serde(deserialize_with = "prose")]
    pub response: Localized,
    /// Who answers for it.
    pub who: Localized,
    /// Who speaks to customers and the press 对外发言人.
    #[serde(default)]
    pub speaker: Option<Localized>,
    /// What those affected are offered 补救.
    #[serde(default, deserialize_with = "prose")]
    pub remedy: Option<Localized>,
    /// What follows.
    #[serde(default, deserialize_with = "prose")]
    pub follow_up: Option<Localized>,
    /// Strategy whose risk it answers, by id; without it a crisis of the whole.
    #[serde(default, rename = "for")]
    pub strategy: Option<String>,
}
