//! Signs that an answer was not given honestly: straight lines, haste, copies, bursts. Takes columns of answers, durations, times
//! and sources; gives a flag an answer with the numbers behind it. A flag is a reason to look, not a proof.

use std::collections::HashMap;

use thiserror::Error;

/// Why answers cannot be looked at.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IntegrityError {
    /// There is no column, or the columns are not of one length.
    #[error("the columns are not of one length")]
    Columns,
    /// A setting lies outside its limits.
    #[error("a setting lies outside its limits")]
    Setting,
}

/// When a run of equal answers is a straight line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StraightLineRule {
    /// Least number of answered items; answers with fewer are not judged. At least 2.
    pub items: usize,
    /// Least share of the answered items in the longest run, above 0 to 1; 1: all alike.
    pub share: f64,
}

impl Default for StraightLineRule {
    /// All alike over five items or more.
    fn default() -> Self {
        Self { items: 5, share: 1.0 }
    }
}

/// How one person answered a block of items.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StraightLine {
    /// Items answered.
    pub answered: usize,
    /// Longest run of equal answers, in the order of the items; items without answer are passed over ("long string", Johnson 2005).
    pub longest_run: usize,
    /// Whether at least two items were answered and all alike.
    pub identical: bool,
    /// Standard deviation over the items, divisor n - 1 ("intra-individual response variability", Dunn et al. 2018); `None`
    /// below two answered items.
    pub standard_deviation: Option<f64>,
    /// Whether the rule flags it.
    pub flagged: bool,
}

/// Straight lines in a block of items on one scale: one column an item, `None` where not answered. One entry an answer.
///
/// Sources: Johnson, J. A. (2005), *Journal of Research in Personality* 39, 103-129; Dunn, A. M. et al. (2018), *Journal of Business
/// and Psychology* 33, 105-121.
///
/// # Errors
/// No column, columns of different length, or a rule outside its limits.
pub fn straight_lines(block: &[&[Option<f64>]], rule: StraightLineRule) -> Result<Vec<StraightLine>, IntegrityError> {
    let answers = length_of(block)?;
    if rule.items < 2 || !(rule.share > 0.0 && rule.share <= 1.0) {
        return Err(IntegrityError::Setting);
    }
    let mut given = Vec::with_capacity(block.len());
    let judge = |answer: usize| {
        given.clear();
        given.extend(block.iter().filter_map(|column| column[answer]));
        let longest_run = longest_run(&given);
        let flagged = given.len() >= rule.items && longest_run as f64 >= rule.share * given.len() as f64 - 1e-9;
        let identical = given.len() >= 2 && longest_run == given.len();
        let standard_deviation = deviation(&given);
        StraightLine { answered: given.len(), longest_run, identical, standard_deviation, flagged }
    };
    Ok((0..answers).map(judge).collect())
}

/// Answers given in haste.
#[derive(Debug, Clone, PartialEq)]
pub struct Speeding {
    /// Answers with a duration.
    pub timed: usize,
    /// Their median duration, unweighted, in the unit given.
    pub median: f64,
    /// Durations below this are flagged.
    pub threshold: f64,
    /// One flag an answer; never for one without duration.
    pub flags: Vec<bool>,
}

/// Flags answers that took less than `fraction` (above 0, below 1; a third is usual) of the median duration. Durations are numbers
/// of at least 0 of one unit; others count as unknown. `None` if no duration is known or the fraction lies outside its limits.
///
/// Source: Greszki, R., Meyer, M. and Schoen, H. (2015), *Public Opinion Quarterly* 79, 471-503, who compare such cuts of the median.
pub fn speeding(durations: &[Option<f64>], fraction: f64) -> Option<Speeding> {
    if !(fraction > 0.0 && fraction < 1.0) {
        return None;
    }
    let known = |duration: &Option<f64>| duration.filter(|duration| duration.is_finite() && *duration >= 0.0);
    let mut ordered: Vec<f64> = durations.iter().filter_map(known).collect();
    ordered.sort_by(f64::total_cmp);
    let timed = ordered.len();
    let median = f64::midpoint(*ordered.get(timed.checked_sub(1)? / 2)?, *ordered.get(timed / 2)?);
    let threshold = median * fraction;
    let flags = durations.iter().map(|duration| known(duration).is_some_and(|duration| duration < threshold)).collect();
    Some(Speeding { timed, median, threshold, flags })
}

/// Answers that repeat another over a block of items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicates {
    /// Number of patterns that occur more than once.
    pub patterns: usize,
    /// For each answer the number of its pattern, counted from 0 in order of first occurrence; `None` if it occurs once or is not
    /// judged.
    pub pattern: Vec<Option<usize>>,
}

/// Finds answers that are equal in every item of a block (one column an item; not answered equals not answered). Answers with
/// fewer than `items` answered items (at least 2), and straight lines, are not judged: these are alike without being copied.
///
/// # Errors
/// No column, columns of different length, or fewer than two items.
pub fn duplicates(block: &[&[Option<f64>]], items: usize) -> Result<Duplicates, IntegrityError> {
    let answers = length_of(block)?;
    if items < 2 {
        return Err(IntegrityError::Setting);
    }
    let mut rows_of: HashMap<Vec<Option<u64>>, Vec<usize>> = HashMap::new();
    let mut given = Vec::with_capacity(block.len());
    for answer in 0..answers {
        given.clear();
        given.extend(block.iter().filter_map(|column| column[answer]));
        if given.len() >= items && longest_run(&given) < given.len() {
            // Zero has two signs.
            let key = block.iter().map(|column| column[answer].map(|value| (value + 0.0).to_bits())).collect();
            rows_of.entry(key).or_default().push(answer);
        }
    }
    let mut repeated: Vec<Vec<usize>> = rows_of.into_values().filter(|rows| rows.len() > 1).collect();
    repeated.sort();
    let mut pattern = vec![None; answers];
    for (number, rows) in repeated.iter().enumerate() {
        rows.iter().for_each(|row| pattern[*row] = Some(number));
    }
    Ok(Duplicates { patterns: repeated.len(), pattern })
}

/// How many answers in how short a time are too many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BurstRule {
    /// More answers than this within the window are a burst. At least 1.
    pub answers: usize,
    /// Length of the window in seconds, above 0; its ends belong to it.
    pub seconds: f64,
}

/// Flags every answer that lies in a window of the rule's length with more answers than the rule allows. `times` are seconds from
/// any origin. With `sources` (address, device or interviewer of each answer, by number) each source is looked at by itself, and
/// an answer without source is not judged; nor is one without time.
///
/// # Errors
/// Slices of different length, or a rule outside its limits.
pub fn bursts(
    times: &[Option<f64>],
    sources: Option<&[Option<usize>]>,
    rule: BurstRule,
) -> Result<Vec<bool>, IntegrityError> {
    if sources.is_some_and(|sources| sources.len() != times.len()) {
        return Err(IntegrityError::Columns);
    }
    if rule.answers == 0 || !rule.seconds.is_finite() || rule.seconds <= 0.0 {
        return Err(IntegrityError::Setting);
    }
    let source_of = |answer: usize| sources.map_or(Some(0), |sources| sources[answer]);
    let mut ordered: Vec<(usize, f64, usize)> = (0..times.len())
        .filter_map(|answer| Some((source_of(answer)?, times[answer].filter(|time| time.is_finite())?, answer)))
        .collect();
    ordered.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
    let mut flags = vec![false; times.len()];
    let (mut first, mut flagged) = (0, 0);
    for last in 0..ordered.len() {
        while ordered[first].0 != ordered[last].0 || ordered[last].1 - ordered[first].1 > rule.seconds {
            first += 1;
        }
        if last - first + 1 > rule.answers {
            for (_, _, answer) in &ordered[first.max(flagged)..=last] {
                flags[*answer] = true;
            }
            flagged = last + 1;
        }
    }
    Ok(flags)
}

/// Counts of flags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlagCounts {
    /// Number of answers.
    pub answers: usize,
    /// Flagged answers of each check, in the order given.
    pub each: Vec<usize>,
    /// Answers with at least one flag.
    pub any: usize,
    /// Answers with at least two flags.
    pub several: usize,
}

/// Counts the flags of several checks, one slice a check.
///
/// # Errors
/// No check, or checks of different length.
pub fn count_flags(checks: &[&[bool]]) -> Result<FlagCounts, IntegrityError> {
    let answers = length_of(checks)?;
    let flags_of = |answer: usize| checks.iter().filter(|check| check[answer]).count();
    let each = checks.iter().map(|check| check.iter().filter(|flag| **flag).count()).collect();
    let any = (0..answers).filter(|answer| flags_of(*answer) >= 1).count();
    let several = (0..answers).filter(|answer| flags_of(*answer) >= 2).count();
    Ok(FlagCounts { answers, each, any, several })
}

fn length_of<T>(columns: &[&[T]]) -> Result<usize, IntegrityError> {
    let length = columns.first().ok_or(IntegrityError::Columns)?.len();
    if columns.iter().any(|column| column.len() != length) { Err(IntegrityError::Columns) } else { Ok(length) }
}

fn longest_run(values: &[f64]) -> usize {
    values.chunk_by(|a, b| a == b).map(<[f64]>::len).max().unwrap_or(0)
}

fn deviation(values: &[f64]) -> Option<f64> {
    if values.len() < 2 {
        return None;
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    Some((values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Columns from rows; 0 is no answer.
    fn columns(rows: &[&[u8]]) -> Vec<Vec<Option<f64>>> {
        let value = |cell: u8| (cell > 0).then(|| f64::from(cell));
        (0..rows[0].len()).map(|item| rows.iter().map(|row| value(row[item])).collect()).collect()
    }

    fn views(columns: &[Vec<Option<f64>>]) -> Vec<&[Option<f64>]> {
        columns.iter().map(Vec::as_slice).collect()
    }

    #[test]
    fn straight_lines_by_hand() {
        let columns =
            columns(&[&[4, 4, 4, 4, 4], &[4, 4, 0, 4, 4], &[3, 5, 5, 5, 1], &[1, 2, 3, 4, 5], &[2, 0, 0, 0, 0]]);
        let rule = StraightLineRule { items: 4, share: 1.0 };
        let found = straight_lines(&views(&columns), rule).unwrap();
        let runs: Vec<(usize, usize, bool, bool)> =
            found.iter().map(|line| (line.answered, line.longest_run, line.identical, line.flagged)).collect();
        assert_eq!(
            runs,
            [(5, 5, true, true), (4, 4, true, true), (5, 3, false, false), (5, 1, false, false), (1, 1, false, false)]
        );
        assert_eq!(found[0].standard_deviation, Some(0.0));
        // 1 to 5: squares 4 + 1 + 0 + 1 + 4 over 4.
        assert!((found[3].standard_deviation.unwrap() - 2.5_f64.sqrt()).abs() < 1e-15);
        assert_eq!(found[4].standard_deviation, None);
        let loose = straight_lines(&views(&columns), StraightLineRule { items: 5, share: 0.6 }).unwrap();
        assert_eq!(loose.iter().map(|line| line.flagged).collect::<Vec<_>>(), [true, false, true, false, false]);
    }

    /// Median of 60, 90, 300, 330, 600 is 300; a third of it is 100.
    #[test]
    fn haste_by_hand() {
        let durations = [Some(600.0), Some(60.0), None, Some(300.0), Some(90.0), Some(330.0), Some(f64::NAN)];
        let found = speeding(&durations, 1.0 / 3.0).unwrap();
        assert_eq!((found.timed, found.median), (5, 300.0));
        assert_eq!(found.flags, [false, true, false, false, true, false, false]);
        assert_eq!(speeding(&[Some(100.0), Some(200.0)], 0.5).unwrap().median, 150.0);
        assert_eq!(speeding(&[None], 0.5), None);
        assert_eq!(speeding(&[Some(1.0)], 1.0), None);
    }

    #[test]
    fn copies_by_hand() {
        let columns =
            columns(&[&[1, 2, 3], &[4, 4, 4], &[5, 1, 0], &[1, 2, 3], &[4, 4, 4], &[5, 1, 0], &[5, 1, 2], &[1, 2, 3]]);
        let found = duplicates(&views(&columns), 3).unwrap();
        let (none, first) = (None, Some(0));
        assert_eq!((found.patterns, found.pattern), (1, vec![first, none, none, first, none, none, none, first]));
        let found = duplicates(&views(&columns), 2).unwrap();
        assert_eq!((found.patterns, found.pattern[2], found.pattern[5], found.pattern[1]), (2, Some(1), Some(1), None));
    }

    /// More than two answers within ten seconds: 0, 4, 10 are three; 21, 30 are two; 100, 101, 102, 103 are four.
    #[test]
    fn bursts_by_hand() {
        let rule = BurstRule { answers: 2, seconds: 10.0 };
        let times = [103.0, 0.0, 4.0, 10.0, 21.0, 30.0, 100.0, 101.0, 102.0].map(Some);
        let found = bursts(&times, None, rule).unwrap();
        assert_eq!(found, [true, true, true, true, false, false, true, true, true]);
        // The first three come from two sources; of the last four three come from one.
        let sources = [7, 1, 2, 1, 1, 1, 7, 8, 7].map(Some);
        let found = bursts(&times, Some(&sources), rule).unwrap();
        assert_eq!(found, [true, false, false, false, false, false, true, false, true]);
        let unknown = bursts(&[Some(1.0), None, Some(1.0), Some(1.0)], Some(&[None, Some(1), Some(1), Some(1)]), rule);
        assert_eq!(unknown.unwrap(), [false; 4]);
    }

    #[test]
    fn flags_are_counted() {
        let found = count_flags(&[&[true, true, false], &[true, false, false]]).unwrap();
        assert_eq!(found, FlagCounts { answers: 3, each: vec![2, 1], any: 2, several: 1 });
        assert_eq!(count_flags(&[]), Err(IntegrityError::Columns));
    }

    #[test]
    fn wrong_shapes_and_settings_are_errors() {
        let (long, short) = ([Some(1.0), None], [Some(1.0)]);
        let uneven: [&[Option<f64>]; 2] = [&long, &short];
        assert_eq!(straight_lines(&uneven, StraightLineRule::default()), Err(IntegrityError::Columns));
        assert_eq!(duplicates(&[], 3), Err(IntegrityError::Columns));
        assert_eq!(duplicates(&[&long], 1), Err(IntegrityError::Setting));
        let rule = StraightLineRule { items: 1, share: 1.0 };
        assert_eq!(straight_lines(&[&long], rule), Err(IntegrityError::Setting));
        assert_eq!(bursts(&long, None, BurstRule { answers: 0, seconds: 1.0 }), Err(IntegrityError::Setting));
        assert_eq!(bursts(&long, Some(&[]), BurstRule { answers: 1, seconds: 1.0 }), Err(IntegrityError::Columns));
    }
}
