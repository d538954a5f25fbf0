//! The `plan:` part of the project file as it is written: foreword, objectives, strategies, actions, finance, contingencies.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostics::Localized;

/// The planning half of the document, written by the planner.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawPlan {
    /// 前言: theme in one sentence, purpose, content; at most 100 characters.
    pub foreword: Option<Localized>,
    /// Three sentences for the summary page; default: made from the indicators.
    pub verdict: Option<Localized>,
    /// 界定问题: the problem in words, beside the tables.
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
    /// The objective in words.
    pub text: Localized,
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
    pub text: Localized,
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
    pub what: Localized,
    /// Why.
    #[serde(default)]
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
    pub how: Localized,
    /// 1 is first.
    #[serde(default)]
    pub priority: Option<u32>,
}

/// Costs and benefits.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawFinance {
    /// Currency printed after amounts, such as 元.
    pub currency: Option<Localized>,
    /// Itemised costs.
    pub costs: Vec<RawCost>,
    /// Expected benefits, each with the assumption behind it.
    pub benefits: Vec<RawBenefit>,
}

/// One line of the budget; the amount is quantity times unit price.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawCost {
    /// Action it pays for, by id.
    pub action: String,
    /// What is bought.
    pub item: Localized,
    /// How many.
    pub quantity: f64,
    /// Unit, such as 台 or 人·月.
    #[serde(default)]
    pub unit: Option<Localized>,
    /// Price of one.
    pub price: f64,
}

/// An expected benefit with its assumption.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBenefit {
    /// What is gained.
    pub item: Localized,
    /// Amount in the currency of the budget.
    pub amount: f64,
    /// What must hold for it, with its source.
    pub assumption: Localized,
}

/// A trigger and the answer to it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawContingency {
    /// What sets it off.
    pub trigger: Localized,
    /// What is done in the first hour.
    pub response: Localized,
    /// Who answers for it.
    pub who: Localized,
    /// What follows.
    #[serde(default)]
    pub follow_up: Option<Localized>,
}
