//! Answers that repeat another over a block of items, as a model: how many there are, and in how many patterns.

use std::sync::Arc;

use crate::diagnostics::{Localized, lang_texts};
use crate::models::integrity::duplicates;
use crate::models::registry::{ItemInfo, Method, Need};
use crate::models::{Fit, Frame, Measure, Model, ModelProblem, options::Options};

/// The method in the registry: the items are the block.
pub const METHOD: Method = Method {
    name: "duplicates",
    outcome: |_| false,
    group: |_| Need::No,
    fewest_items: 5,
    most_items: usize::MAX,
    keys: &["of"],
    optional_keys: &[],
    replicates: 0,
    build,
};

#[derive(Debug)]
struct Copies {
    answered: usize,
}

fn build(options: &mut Options<'_>, _items: &[ItemInfo]) -> Option<Arc<dyn Model>> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 2 and 1000")]
    let answered = options.number("answered", [2.0, 1000.0], 5.0) as usize;
    Some(Arc::new(Copies { answered }))
}

impl Model for Copies {
    /// Whoever answered enough of the block.
    fn cases(&self, frame: &Frame) -> Vec<bool> {
        let answered = |row: usize| frame.items.iter().filter(|item| item.values()[row].is_finite()).count();
        (0..frame.len()).map(|row| answered(row) >= self.answered).collect()
    }

    #[allow(clippy::cast_precision_loss, reason = "counts of answers are far below 2^53")]
    fn fit(&self, frame: &Frame, _weights: &[f64]) -> Result<Fit, ModelProblem> {
        let known = |value: &f64| value.is_finite().then_some(*value);
        let columns: Vec<Vec<Option<f64>>> =
            frame.items.iter().map(|item| item.values().iter().map(known).collect()).collect();
        let block: Vec<&[Option<f64>]> = columns.iter().map(Vec::as_slice).collect();
        let found = duplicates(&block, self.answered)
            .map_err(|error| ModelProblem::Other { problem: lang_texts("题组不完整", error.to_string()) })?;
        let mut sizes = vec![0usize; found.patterns];
        found.pattern.iter().flatten().for_each(|pattern| sizes[*pattern] += 1);
        let copies: usize = sizes.iter().sum();
        let values = vec![
            Measure::new("share", "与他卷雷同的答卷", "answers that equal another")
                .percent()
                .value(100.0 * copies as f64 / frame.len() as f64),
            Measure::new("copies", "雷同答卷数", "number of them").decimals(0).value(copies as f64),
            Measure::new("patterns", "雷同的作答模式数", "patterns that repeat")
                .decimals(0)
                .value(found.patterns as f64),
            Measure::new("largest", "最多重复的模式的答卷数", "answers in the largest of them")
                .decimals(0)
                .value(sizes.iter().max().copied().unwrap_or_default() as f64),
        ];
        let notes = vec![Localized::PerLang(lang_texts(
            "题目少、选项少而答卷多时，雷同也会偶然出现；直线作答不计入",
            "with few items, few options and many answers patterns repeat by chance; straight lines are not counted",
        ))];
        Ok(Fit { values, tables: Vec::new(), notes })
    }

    fn method(&self) -> Localized {
        let least = self.answered;
        Localized::PerLang(lang_texts(
            format!("雷同：在题组中至少答了 {least} 题、且每题（含未答）都与另一答卷相同；直线作答不判断；不加权"),
            format!(
                "copies: at least {least} items of the block answered, and every one, unanswered ones included, as in another answer; straight lines are not judged; unweighted"
            ),
        ))
    }
}
