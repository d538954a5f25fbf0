//! What every room of the tab book shares: the material with its words, and cells for estimates, reasons and notes.

use super::sheet::{Cell, NumberFormat, Tone};
use crate::analysis::printed_decimals;
use crate::diagnostics::Lang;
use crate::document::format;
use crate::document::material::Material;
use crate::metrics::{Better, Estimate, MetricInfo, Reason, Unit};

/// The material and what is made of it for all sheets.
#[derive(Clone, Copy)]
pub(super) struct Book<'m, 'a> {
    /// The material.
    pub material: &'m Material<'a>,
}

impl Book<'_, '_> {
    /// Language.
    pub fn lang(&self) -> Lang {
        self.material.lang
    }

    /// A word of the pack, or the program's own where the pack has none.
    pub fn word(&self, key: &str, zh_cn: &str, en: &str) -> String {
        self.material.word_or(key, zh_cn, en)
    }

    /// A text with its placeholders filled.
    pub fn fill(&self, key: &str, values: &[(&str, &str)], zh_cn: &str, en: &str) -> String {
        self.material.fill_or(key, values, zh_cn, en)
    }

    /// Unit as a column prints it.
    pub fn unit(&self, unit: Unit) -> String {
        match unit {
            Unit::Percent => "%".to_owned(),
            Unit::Points => self.word("unit_points", "分", "points"),
            Unit::Score => self.word("unit_score", "分（量表）", "score"),
            Unit::Number => String::new(),
        }
    }

    /// Name of an indicator.
    pub fn title(&self, info: &MetricInfo) -> String {
        info.title.get(self.lang()).to_owned()
    }

    /// Cell with the name of an indicator: bold for those of the summary page, indented for variants, with its definition as
    /// comment.
    pub fn name(&self, info: &MetricInfo) -> Cell {
        let lead = self.material.lead().iter().any(|held| held.info.id == info.id);
        let indent = u8::from(info.variant_of.is_some());
        Cell::text(self.title(info)).strong(lead).indent(indent).note(self.definition(info))
    }

    /// Definition, calculation, base and direction in a few lines.
    pub fn definition(&self, info: &MetricInfo) -> String {
        let line = |title: String, text: String| {
            if text.is_empty() {
                None
            } else {
                Some(self.fill("book_line", &[("t", &title), ("x", &text)], "{t}：{x}", "{t}: {x}"))
            }
        };
        let lines = [
            Some(info.definition.get(self.lang()).to_owned()).filter(|text| !text.is_empty()),
            line(self.estimator(&info.estimator), self.calculation(info)),
            line(self.word("col_base", "基数范围", "Base"), self.base(info)),
            line(self.word("book_direction", "方向", "Direction"), self.direction(info.better)),
        ];
        lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }

    /// Numerator, and the denominator of a ratio, as the plugin writes them.
    pub fn calculation(&self, info: &MetricInfo) -> String {
        match &info.per {
            Some(per) => format!("{} / {per}", info.of),
            None => info.of.clone(),
        }
    }

    /// The base in words and, where it says more, as written.
    pub fn base(&self, info: &MetricInfo) -> String {
        let words = info.base_title.get(self.lang());
        match (words, info.base.as_str()) {
            ("", "") => self.word("all_answers", "全部答卷", "all answers"),
            ("", base) => base.to_owned(),
            (words, base) if base.is_empty() || words == base => words.to_owned(),
            (words, base) => format!("{words} [{base}]"),
        }
    }

    /// Name of an estimator.
    pub fn estimator(&self, id: &str) -> String {
        let (zh_cn, en) = match id {
            "mean" => ("均值", "Mean"),
            "proportion" => ("比例", "Share"),
            "ratio" => ("比率", "Ratio"),
            "net" => ("净值", "Net score"),
            "quantile" => ("分位数", "Quantile"),
            "composite" => ("加权合成", "Weighted composite"),
            "model" => ("模型", "Model"),
            "wasm" => ("插件计算", "Computed by the plugin"),
            other => (other, other),
        };
        self.word(&format!("estimator_{id}"), zh_cn, en)
    }

    /// Which way is good.
    pub fn direction(&self, better: Better) -> String {
        match better {
            Better::Higher => self.word("better_higher", "越高越好", "higher is better"),
            Better::Lower => self.word("better_lower", "越低越好", "lower is better"),
            Better::Neutral => self.word("better_neutral", "无", "neither"),
        }
    }

    /// An estimate as a number with the mark of small bases; where it is withheld or missing, that in words.
    pub fn estimate(&self, estimate: Option<&Estimate>) -> Cell {
        let decimals = |unit| u8::try_from(printed_decimals(unit)).unwrap_or(2);
        match estimate {
            Some(held) if held.estimate.is_some() => {
                let decimals = decimals(held.unit);
                let format =
                    if held.flagged { NumberFormat::SmallBase(decimals) } else { NumberFormat::Estimate(decimals) };
                held.estimate.map_or_else(Cell::default, |number| Cell::of_number(number, format))
            }
            Some(held) if held.suppressed => {
                let mark = Cell::text(self.word("suppressed_mark", "（略）", "(omitted)")).right().tone(Tone::Faint);
                mark.note(self.reason(Some(held)))
            }
            other => Cell::text("–").right().tone(Tone::Faint).note(self.reason(other)),
        }
    }

    /// Why there is no number.
    pub fn reason(&self, estimate: Option<&Estimate>) -> String {
        self.reason_of(estimate.and_then(|held| held.reason).unwrap_or(Reason::EmptyBase))
    }

    /// A reason in words.
    pub fn reason_of(&self, reason: Reason) -> String {
        let (key, zh_cn, en) = match reason {
            Reason::SmallBase => ("reason_small_base", "样本过少", "too few answers"),
            Reason::EmptyBase => ("reason_empty_base", "没有答卷", "no answers"),
            Reason::ZeroDenominator => ("reason_zero_denominator", "分母为零", "zero denominator"),
            Reason::MissingComponent => ("reason_missing_component", "缺少分项", "a component is missing"),
            Reason::MissingInput => ("reason_missing_input", "未设题目", "not asked"),
            Reason::SingleUnitStratum => ("reason_single_unit", "层内只有一个单元", "single-unit stratum"),
            Reason::NoModelResult => ("reason_no_model_result", "模型没有结果", "the model has no result"),
            Reason::Complement => ("reason_complement", "略去，以免推算出另一组", "omitted to protect another group"),
        };
        self.word(key, zh_cn, en)
    }

    /// Heads of a column of lower and upper limits.
    pub fn limits(&self) -> [String; 2] {
        let level = self.material.confidence();
        [
            self.fill("book_low", &[("level", &level)], "{level} 下限", "{level} low"),
            self.fill("book_high", &[("level", &level)], "{level} 上限", "{level} high"),
        ]
    }

    /// Head of the standard error.
    pub fn standard_error(&self) -> String {
        self.word("book_se", "标准误", "SE")
    }

    /// Heads of the bases: unweighted, and where answers are weighted also weighted and effective, which otherwise are the same.
    pub fn bases(&self) -> Vec<String> {
        let mut heads = vec![
            self.word("book_n", "样本 n", "n"),
            self.word("book_n_weighted", "加权 n", "Weighted n"),
            self.word("book_n_eff", "有效 n", "Effective n"),
        ];
        heads.truncate(if self.material.inputs.weighted { 3 } else { 1 });
        heads
    }

    /// The bases of an estimate under these heads.
    pub fn bases_of(&self, estimate: Option<&Estimate>) -> Vec<Cell> {
        let weights = estimate.and_then(Estimate::printed_weights);
        let mut cells = vec![
            Cell::maybe(estimate.and_then(Estimate::printed_n).map(|n| n as f64), 0),
            Cell::maybe(weights.map(|held| held[0]), 1),
            Cell::maybe(weights.map(|held| held[1]), 1),
        ];
        cells.truncate(self.bases().len());
        cells
    }

    /// Head of the names of indicators.
    pub fn indicator(&self) -> String {
        self.word("col_indicator", "指标", "Indicator")
    }

    /// Head of the units.
    pub fn unit_head(&self) -> String {
        self.word("book_unit", "单位", "Unit")
    }

    /// What every sheet with estimates says about its numbers.
    pub fn number_notes(&self) -> Vec<String> {
        let settings = &self.material.inputs.project.raw.settings;
        let (small, hidden) =
            (format::short_number(settings.flag_below, 0), format::short_number(settings.suppress_below, 0));
        let mark = self.word("suppressed_mark", "（略）", "(omitted)");
        let mut notes = vec![
            self.word(
                "book_note_percent",
                "单位为 % 的数值为 0 至 100 的百分数（14.2 即 14.2%），单元格内保留全部精度。",
                "Numbers in % run from 0 to 100 (14.2 is 14.2 %); cells hold them in full precision.",
            ),
            self.fill(
                "book_note_small",
                &[("small", &small), ("hidden", &hidden), ("mark", &mark)],
                "†：n 或有效 n 小于 {small}，仅供参考。{mark}：n 或有效 n 小于 {hidden}，或一经列出即可推算出这样的组，不予列出。",
                "†: n or effective n below {small}, indicative only. {mark}: n or effective n below {hidden}, or a group that would give such a one away.",
            ),
        ];
        if self.material.inputs.weighted {
            notes.push(self.word(
                "book_note_weighted",
                "数值经加权；n 为未加权人数，有效 n 为 Kish 有效样本量。",
                "Values are weighted; n counts answers, effective n is Kish's effective sample size.",
            ));
        }
        notes
    }

    /// The newest wave in words; empty in a project without waves.
    pub fn wave(&self) -> String {
        self.material.results().current_wave().map_or_else(String::new, |wave| format::wave(wave, self.lang()))
    }

    /// Parts joined by the comma of the language, empty ones left out.
    pub fn commas(&self, parts: &[String]) -> String {
        let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        parts.join(&self.word("comma", "，", ", "))
    }

    /// What stands under a title: the wave and what the base is.
    pub fn base_line(&self, base: String) -> String {
        let lead = self.word("book_base", "基数：", "Base: ");
        let wave = self.wave();
        let wave = if wave.is_empty() {
            wave
        } else {
            self.fill("book_wave", &[("wave", &wave)], "调查期：{wave}。", "Wave: {wave}. ")
        };
        format!("{wave}{lead}{base}")
    }
}
