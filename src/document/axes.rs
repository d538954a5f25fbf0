//! Value axes with round ticks: bars begin at zero, lines use the room around their values.

use crate::charts::Axis;
use crate::diagnostics::Lang;
use crate::document::format;
use crate::metrics::Unit;

/// An axis for bars: from zero (below it only where values are negative) to a round number above the highest value.
pub fn from_zero(values: impl Iterator<Item = f64>, unit: Unit, lang: Lang) -> Axis {
    let (low, high) = extent(values);
    let (low, high) = (low.min(0.0), high.max(0.0));
    build(low, if high > low { high } else { low + 1.0 }, unit, lang)
}

/// An axis for lines: round numbers around the values, not necessarily zero.
pub fn around(values: impl Iterator<Item = f64>, unit: Unit, lang: Lang) -> Axis {
    let (low, high) = extent(values);
    let room = ((high - low) * 0.1).max(high.abs() * 0.005).max(0.05);
    let floor = if low >= 0.0 { (low - room).max(0.0) } else { low - room };
    let ceiling = if unit == Unit::Percent && high <= 100.0 { (high + room).min(100.0) } else { high + room };
    build(floor, ceiling, unit, lang)
}

fn extent(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (low, high) = values
        .filter(|value| value.is_finite())
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    if low.is_finite() { (low, high) } else { (0.0, 1.0) }
}

/// The smallest of 1, 2, 5 times a power of ten that gives at most five steps.
fn step(span: f64) -> f64 {
    let rough = span / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|&held| held >= rough * (1.0 - 1e-9))
        .unwrap_or(rough)
}

fn build(low: f64, high: f64, unit: Unit, lang: Lang) -> Axis {
    let step = step(high - low);
    let first = (low / step + 1e-9).floor();
    let last = (high / step - 1e-9).ceil();
    let decimals = if step >= 1.0 {
        0
    } else if step >= 0.1 {
        1
    } else {
        2
    };
    let count = (last - first).round() as usize;
    let ticks = (0..=count)
        .map(|index| {
            let value = (first + index as f64) * step;
            (format::round_half_away(value, 6), format::number(value, decimals))
        })
        .collect();
    Axis {
        min: format::round_half_away(first * step, 6),
        max: format::round_half_away(last * step, 6),
        ticks,
        unit: format::unit_suffix(unit, lang).trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|(_, label)| label.as_str()).collect()
    }

    #[test]
    fn bars_begin_at_zero() {
        let axis = from_zero([8.9, 23.6, 26.9].into_iter(), Unit::Percent, Lang::ZhCn);
        assert_eq!((axis.min, axis.max), (0.0, 30.0));
        assert_eq!(labels(&axis), ["0", "10", "20", "30"]);
        let full = from_zero([87.5, 98.2].into_iter(), Unit::Percent, Lang::ZhCn);
        assert_eq!(full.max, 100.0);
        let net = from_zero([-30.0, 45.0].into_iter(), Unit::Points, Lang::En);
        assert_eq!(labels(&net), ["−40", "−20", "0", "20", "40", "60"]);
    }

    #[test]
    fn lines_use_their_room() {
        let axis = around([63.9, 68.4, 70.0].into_iter(), Unit::Points, Lang::ZhCn);
        assert_eq!((axis.min, axis.max), (62.0, 72.0));
        assert_eq!(labels(&axis), ["62", "64", "66", "68", "70", "72"]);
        // A flat line and no values at all still give an axis.
        assert!(around([4.2].into_iter(), Unit::Score, Lang::En).max > 4.2);
        assert!(around(std::iter::empty(), Unit::Score, Lang::En).max > 0.0);
    }
}
