//! The `finance:` part of a plan as it is written: cost lines, benefits with their assumptions, and how uncertain they are.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::diagnostics::Localized;

/// Costs and benefits.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawFinance {
    /// Currency printed after amounts, such as 元.
    pub currency: Option<Localized>,
    /// Itemised costs.
    pub costs: Vec<RawCost>,
    /// What the cost lines add up to as stated elsewhere; a different sum is an error.
    pub total: Option<f64>,
    /// Expected benefits, each with the assumption behind it.
    pub benefits: Vec<RawBenefit>,
    /// Months over which the benefits arise; default 12.
    pub months: Option<f64>,
    /// Share of the change asked for that the plan attains, from 0 to 1; default 1.
    pub attainment: Option<RawRange>,
    /// Draws of the simulation; default 10,000.
    pub draws: Option<u32>,
    /// Seed of the simulation; default 1.
    pub seed: Option<u64>,
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
    /// The amount as stated elsewhere; anything but quantity times price is an error.
    #[serde(default)]
    pub amount: Option<f64>,
    /// A guide price that has to be confirmed.
    #[serde(default)]
    pub estimate: bool,
}

/// A cost line inside the change to an action.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawCostLine {
    /// What is bought.
    pub item: Localized,
    /// How many.
    pub quantity: f64,
    /// Unit.
    #[serde(default)]
    pub unit: Option<Localized>,
    /// Price of one.
    pub price: f64,
}

/// An expected benefit with its assumption: a plain `amount`, or `customers` × `value`, times the
/// change asked and the attainment where it follows from an `objective`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBenefit {
    /// What is gained.
    pub item: Localized,
    /// Amount in the currency of the budget. It counts as certain; what is not is written as `customers` and `value` with limits.
    #[serde(default)]
    pub amount: Option<f64>,
    /// What must hold for it, with its source.
    pub assumption: Localized,
    /// Objective whose change brings it, by id. Without one the benefit is `customers` times `value`.
    #[serde(default)]
    pub objective: Option<String>,
    /// Customers the indicator speaks of; without an objective those won, kept or served.
    #[serde(default)]
    pub customers: Option<RawRange>,
    /// What one customer kept, one complaint avoided or one buyer won is worth over the months.
    #[serde(default)]
    pub value: Option<RawRange>,
}

/// A number that is not known exactly: the likeliest value, and the lowest and highest that are thought possible.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawRange {
    /// Taken as known.
    Exact(f64),
    /// With its limits.
    Between(RawBetween),
}

/// A number between limits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBetween {
    /// Lowest value thought possible.
    pub low: f64,
    /// Likeliest value.
    pub likely: f64,
    /// Highest value thought possible.
    pub high: f64,
}

impl RawRange {
    /// Lowest, likeliest and highest value.
    pub fn limits(self) -> [f64; 3] {
        match self {
            Self::Exact(value) => [value; 3],
            Self::Between(range) => [range.low, range.likely, range.high],
        }
    }
}
