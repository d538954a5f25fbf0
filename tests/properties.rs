//! What must hold for every table of answers: groups add up to the whole, waves add up to the file they were cut from, the order
//! of rows changes no bit, the scale of the weights changes nothing.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int32Array, StringArray};
use datafusion::arrow::datatypes::Int32Type;
use manyi::config::raw::RawSettings;
use manyi::diagnostics::Localized;
use manyi::metrics::{Estimate, MetricResults, SegmentInfo};
use proptest::prelude::*;

use crate::support::memory::{Answers, compute};
use crate::support::{close, root};

const WAVES: usize = 3;
const GROUPS: [&str; 4] = ["a", "b", "c", "d"];
/// Metrics of `tests/coverage` whose estimate times its weighted base is a sum over the answers.
const SUMS: [&str; 7] =
    ["rating_mean", "regular_rating", "spend_mean", "half", "net_promoters", "rating_index", "promoters"];

/// One answer; unknown values are those that proptest makes `None`.
#[derive(Debug, Clone)]
struct Row {
    wave: usize,
    group: usize,
    weight: f64,
    rating: Option<u8>,
    spend: Option<u16>,
    half: Option<bool>,
    regular: Option<bool>,
    recommend: Option<u8>,
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let answers = (
        prop::option::weighted(0.9, 1u8..=5),
        prop::option::weighted(0.9, 0u16..3000),
        prop::option::weighted(0.9, any::<bool>()),
        prop::option::weighted(0.9, any::<bool>()),
        prop::option::weighted(0.9, 0u8..=10),
    );
    let row = (0..WAVES, 0..GROUPS.len(), 0.05f64..20.0, answers);
    let row = row.prop_map(|(wave, group, weight, (rating, spend, half, regular, recommend))| Row {
        wave,
        group,
        weight,
        rating,
        spend,
        half,
        regular,
        recommend,
    });
    prop::collection::vec(row, 1..120)
}

/// All metrics of `tests/coverage` for which there are inputs, by wave if asked for, in total and by group.
fn results(rows: &[Row], by_wave: bool) -> MetricResults {
    fn numbers<T: Into<f64> + Copy>(rows: &[Row], of: impl Fn(&Row) -> Option<T>) -> ArrayRef {
        Arc::new(rows.iter().map(|row| of(row).map(Into::into)).collect::<Float64Array>())
    }
    let flags = |of: fn(&Row) -> Option<bool>| -> ArrayRef { Arc::new(rows.iter().map(of).collect::<BooleanArray>()) };
    let codes = Int32Array::from_iter_values(rows.iter().map(|row| row.group as i32));
    let groups: DictionaryArray<Int32Type> = DictionaryArray::new(codes, Arc::new(StringArray::from(GROUPS.to_vec())));
    let columns: Vec<(&'static str, ArrayRef)> = vec![
        ("rating", numbers(rows, |row| row.rating)),
        ("spend", numbers(rows, |row| row.spend)),
        ("recommend", numbers(rows, |row| row.recommend)),
        ("half", flags(|row| row.half)),
        ("regular", flags(|row| row.regular)),
        ("group", Arc::new(groups)),
    ];
    let wave = |row: &Row| if by_wave { row.wave as i32 } else { 0 };
    let answers = Answers {
        columns,
        waves: (0..if by_wave { WAVES } else { 1 }).map(|wave| wave.to_string()).collect(),
        wave_of: rows.iter().map(wave).collect(),
        weights: rows.iter().map(|row| row.weight).collect(),
    };
    let segment = SegmentInfo {
        column: "group".to_owned(),
        title: Localized::from("group"),
        groups: GROUPS.map(|group| (group.to_owned(), Localized::from(group))).to_vec(),
    };
    let settings = RawSettings { suppress_below: 0.0, flag_below: 0.0, ..RawSettings::default() };
    compute(&["coverage"], Some(&root().join("tests/coverage")), answers, vec![segment], settings, None)
}

/// Bases and the sum behind the estimates: answers, weights, weights times values.
fn sums<'e>(estimates: impl Iterator<Item = &'e Estimate>) -> (u64, f64, f64) {
    estimates.fold((0, 0.0, 0.0), |(n, weight, sum), one| {
        (n + one.n, weight + one.n_weighted, sum + one.n_weighted * one.estimate.unwrap_or_default())
    })
}

/// Sums of parts agree with those of the whole; the sums of net scores may cancel, so they are held against their weights.
fn agree(parts: (u64, f64, f64), whole: (u64, f64, f64)) -> bool {
    let scale = 3000.0 * whole.1.max(1.0);
    parts.0 == whole.0 && close(parts.1, whole.1, 1e-12) && (parts.2 - whole.2).abs() <= 1e-12 * scale
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn groups_add_up_to_the_whole(rows in rows()) {
        let results = results(&rows, true);
        for metric in SUMS {
            for wave in (0..WAVES).map(|wave| wave.to_string()) {
                let of_wave = || results.estimates.iter().filter(|one| one.metric == metric && one.wave.as_ref() == Some(&wave));
                let parts = sums(of_wave().filter(|one| !one.segment.is_empty()));
                let whole = sums(of_wave().filter(|one| one.segment.is_empty()));
                prop_assert!(agree(parts, whole), "{} in wave {}: {:?} of {:?}", metric, wave, parts, whole);
            }
        }
    }

    #[test]
    fn waves_add_up_to_the_file_they_were_cut_from(rows in rows()) {
        let (cut, whole) = (results(&rows, true), results(&rows, false));
        let groups = std::iter::once(None).chain(GROUPS.iter().map(|group| Some(("group", *group))));
        for (metric, group) in SUMS.iter().flat_map(|metric| groups.clone().map(move |group| (metric, group))) {
            let waves = (0..WAVES).map(|wave| wave.to_string());
            let found: Vec<&Estimate> = waves.map(|wave| cut.find(metric, Some(&wave), group).unwrap()).collect();
            let (parts, all) = (sums(found.into_iter()), sums(whole.find(metric, Some("0"), group).into_iter()));
            prop_assert!(agree(parts, all), "{} {:?}: {:?} of {:?}", metric, group, parts, all);
        }
    }

    #[test]
    fn the_order_of_rows_changes_no_bit((rows, order) in rows().prop_flat_map(|rows| {
        let order: Vec<usize> = (0..rows.len()).collect();
        (Just(rows), Just(order).prop_shuffle())
    })) {
        let turned: Vec<Row> = order.iter().map(|row| rows[*row].clone()).collect();
        // Every number as JSON writes it, which tells any two apart.
        let shown = |rows: &[Row]| serde_json::to_string(&results(rows, true).estimates).unwrap();
        prop_assert_eq!(shown(&rows), shown(&turned));
    }

    #[test]
    fn the_scale_of_the_weights_changes_nothing(rows in rows(), factor in 1e-6f64..1e6) {
        let scaled: Vec<Row> = rows.iter().map(|row| Row { weight: row.weight * factor, ..row.clone() }).collect();
        let (plain, scaled) = (results(&rows, true), results(&scaled, true));
        for (one, other) in plain.estimates.iter().zip(&scaled.estimates) {
            // Of a single answer the standard error is nothing or rounding.
            let some = |value: Option<f64>| value.filter(|value| *value > 1e-9);
            let same = |a: Option<f64>, b: Option<f64>| match (a, b) {
                (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(100.0),
                (a, b) => a == b,
            };
            prop_assert_eq!((one.n, one.reason), (other.n, other.reason));
            prop_assert!(same(one.estimate, other.estimate) && same(some(one.se), some(other.se)), "{:?} {:?}", one, other);
            prop_assert!(close(one.n_weighted * factor, other.n_weighted, 1e-9) && close(one.n_eff, other.n_eff, 1e-9));
        }
    }
}
