//! True values behind the sample, added up from the probabilities of the population, and a check that the program's estimates from
//! the committed files lie around them.

use super::chain::{self, Mood, Place, Wave, rating, yes as share};
use super::people::complained;
use super::{members, service};
use crate::support;

/// An indicator with its true value in the printed unit.
type True = (&'static str, f64);

/// Every kind of resident with their share of the population and their mood.
fn residents(wave: Wave) -> Vec<(f64, Place, Mood)> {
    let mut kinds = Vec::new();
    for (region, region_share) in chain::RESIDENTS.into_iter().enumerate() {
        for (age, age_share) in chain::AGE_SHARES.into_iter().enumerate() {
            for (delivered, delivered_share) in [(true, chain::DELIVERED), (false, 1.0 - chain::DELIVERED)] {
                let place = Place { wave, region, age, delivered };
                for (mood, mood_share) in Mood::ALL.into_iter().zip(chain::mood_shares(region, age, wave)) {
                    kinds.push((region_share * age_share * delivered_share * mood_share, place, mood));
                }
            }
        }
    }
    kinds
}

/// Expected value among those in the base; the second function gives the chance to be in it.
fn expected(wave: Wave, value: impl Fn(Place, Mood) -> f64, base: impl Fn(Place) -> f64) -> f64 {
    let (mut sum, mut whole) = (0.0, 0.0);
    for (weight, place, mood) in residents(wave) {
        sum += weight * base(place) * value(place, mood);
        whole += weight * base(place);
    }
    sum / whole
}

fn aware(place: Place) -> f64 {
    share::AWARE[place.region]
}

fn customer(place: Place) -> f64 {
    aware(place) * share::CUSTOMER[place.region]
}

/// Share of the points from `from` on.
fn top(shares: &[f64], from: usize) -> f64 {
    shares[from..].iter().sum()
}

/// Mean of points that count from `first`.
fn mean(shares: &[f64], first: f64) -> f64 {
    shares.iter().enumerate().map(|(point, share)| share * (first + point as f64)).sum()
}

fn of_wave(wave: Wave) -> Vec<True> {
    let percent = |value: f64| 100.0 * value;
    let of_customers = |value: &dyn Fn(Place, Mood) -> f64| expected(wave, value, customer);
    vec![
        ("awareness", percent(expected(wave, |place, _| aware(place), |_| 1.0))),
        ("reputation", percent(expected(wave, |_, mood| top(&chain::FIVE[mood as usize], 3), aware))),
        (
            "named_preference",
            percent(expected(wave, |place, mood| aware(place) * share::FIRST_CHOICE[mood as usize], |_| 1.0)),
        ),
        ("return_rate", percent(of_customers(&|_, mood| share::REPURCHASED[mood as usize]))),
        ("complaint_rate", percent(of_customers(&complained))),
        ("sales_power", percent(expected(wave, |place, _| share::CUSTOMER[place.region], aware))),
        ("csat_top2", percent(of_customers(&|_, mood| top(&chain::FIVE[mood as usize], 3)))),
        (
            "nps",
            percent(of_customers(&|_, mood| {
                let shares = &chain::ELEVEN[mood as usize];
                top(shares, 9) - (1.0 - top(shares, 7))
            })),
        ),
        (
            "expectation_gap",
            of_customers(&|_, mood| mean(&chain::SEVEN[mood as usize], 1.0)) - mean(&chain::EXPECTED_SEVEN, 1.0),
        ),
        (
            "dim_on_time_delivery_score",
            25.0 * (expected(
                wave,
                |place, mood| mean(&rating(mood, 0.6, place.late()), 0.0),
                |place| if place.delivered { customer(place) } else { 0.0 },
            )),
        ),
        ("loyalty_repurchase", percent(of_customers(&|_, mood| share::BOUGHT_AGAIN[mood as usize]))),
        ("integrity_pressed", percent(of_customers(&|place, _| share::PRESSED[usize::from(place.queue())]))),
        ("complaints_settled_in_time", percent(service::IN_TIME[wave as usize])),
        ("after_sales_arrived_24h", percent(service::ARRIVED[wave as usize])),
        ("visits_would_return", percent(service::WOULD_RETURN.iter().sum::<f64>() / 5.0)),
    ]
}

/// Perception minus expectation of the factors of service quality, averaged: their items are all alike but for the share of
/// perceptions that are a point lower (1 stays 1).
fn service_quality_gap() -> f64 {
    let perceived = |lower: f64| {
        expected(
            Wave::November,
            |_, mood| {
                let shares = &chain::SEVEN[mood as usize];
                mean(shares, 1.0) - lower * (1.0 - shares[0])
            },
            customer,
        )
    };
    chain::FACTORS.iter().map(|(_, _, lower)| perceived(*lower) - mean(&chain::EXPECTED_SEVEN, 1.0)).sum::<f64>() / 5.0
}

/// Estimates of the program from the committed files lie within four of their standard errors of the truth.
#[test]
fn estimates_of_the_sample_lie_around_the_truth() {
    let results = support::metrics(&support::root().join("samples/supermarket-chain"));
    let mut compared: Vec<(String, f64, &serde_json::Value)> = Vec::new();
    for wave in Wave::ALL {
        for (metric, value) in of_wave(wave) {
            let name = format!("{metric} in {}", wave.name());
            compared.push((name, value, support::find(&results, metric, Some(wave.name()), None)));
        }
    }
    let november = Some(Wave::November.name());
    for (metric, value) in [("servqual_total", service_quality_gap()), ("value_profit_lost", members::PROFIT_LOST)] {
        compared.push((metric.to_owned(), value, support::find(&results, metric, november, None)));
    }
    for (brand, rival) in ["甲超市", "乙超市"].into_iter().zip(chain::RIVALS) {
        let found = support::find(&results, "brand_satisfaction", november, Some(("brand", brand)));
        compared.push((format!("brand_satisfaction of {brand}"), 100.0 * top(&rival.1, 3), found));
    }
    let off: Vec<String> = compared
        .iter()
        .filter_map(|(name, value, found)| {
            let (estimate, error) = (found["estimate"].as_f64()?, found["se"].as_f64()?);
            println!("{name}: truth {value:.2}, estimate {estimate:.2}, standard error {error:.2}");
            ((estimate - value).abs() > 4.0 * error).then(|| format!("{name}: truth {value:.3}, found {estimate:.3}"))
        })
        .collect();
    assert!(off.is_empty(), "{}", off.join("\n"));
    let missing = compared.iter().filter(|(_, _, found)| found["estimate"].is_null() || found["se"].is_null()).count();
    assert_eq!(missing, 0, "every indicator compared has an estimate");
}

/// The explained shares that follow from the path coefficients, worked out by hand for the first three: expectation 0.6² = 0.36,
/// quality 0.5² = 0.25; value 0.15² + 0.55² + 2 · 0.15 · 0.55 · 0.5 = 0.4075.
#[test]
fn explained_shares_follow_from_the_path_coefficients() {
    let explained = super::paths::explained();
    for (found, by_hand) in explained.into_iter().zip([0.0, 0.36, 0.25, 0.4075]) {
        assert!((found - by_hand).abs() < 1e-12, "{found} is not {by_hand}");
    }
    assert!(explained[4..].iter().all(|share| *share > 0.4 && *share < 0.8), "{explained:?}");
}
