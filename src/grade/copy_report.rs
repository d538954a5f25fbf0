//! The copy report: one self-contained HTML file without scripts, with the distribution of similarities, the clusters as a graph, the
//! pairs side by side with coloured passages, what was left out, and a switch that hides the names.

use std::fmt::Write as _;
use std::ops::Range;

use crate::diagnostics::Lang;
use crate::grade::copying::Pair;
use crate::grade::copying::passages::Kind;
use crate::grade::copying::verdicts::VerdictKind;
use crate::grade::course::Course;
use crate::grade::rubric::titles::setting_title;
use crate::render::html::escape;

const STYLE: &str = include_str!("copy_report.css");
/// Pairs that are shown side by side; the rest is in the table.
const MOST_PAIRS: usize = 120;
/// Bars of the distribution.
const BARS: usize = 20;

/// Writes the report.
pub fn copy_report(course: &Course, lang: Lang) -> String {
    let report = Report { course, lang };
    let mut html = String::with_capacity(256 * 1024);
    let title = report.say("雷同检查报告", "Copy report");
    let _ = write!(
        html,
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<input type=\"checkbox\" id=\"anonymous\"><label for=\"anonymous\">{}</label>\n<main>\n<h1>{title}</h1>\n<p class=\"sub\">{}</p>\n",
        lang.tag(),
        report.say("匿名显示", "hide names"),
        escape(course.rubric.title.get(lang)),
    );
    report.summary(&mut html);
    report.distribution(&mut html);
    report.graph(&mut html);
    report.table(&mut html);
    report.pairs(&mut html);
    report.left_out(&mut html);
    report.settings(&mut html);
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

struct Report<'c> {
    course: &'c Course,
    lang: Lang,
}

impl Report<'_> {
    fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        if self.lang == Lang::ZhCn { zh } else { en }
    }

    /// Name and code of a plan, of which one is shown.
    fn name(&self, plan: usize) -> String {
        format!(
            "<span class=\"name\">{}</span><span class=\"code\">{}</span>",
            escape(self.course.name(plan)),
            self.code(plan)
        )
    }

    /// The plans that one stands in, with shares where there are several.
    fn sources(&self, plan: usize) -> String {
        let sources = self.course.sources(plan);
        let share = |share: f64| if sources.len() > 1 { format!(" {:.0}%", share * 100.0) } else { String::new() };
        let one = |(other, held): &(usize, f64)| format!("{}{}", self.name(*other), share(*held));
        sources.iter().map(one).collect::<Vec<_>>().join("<br>")
    }

    fn code(&self, plan: usize) -> String {
        let class = self.course.students.len();
        if plan < class { format!("S{:03}", plan + 1) } else { format!("A{:03}", plan - class + 1) }
    }

    fn summary(&self, html: &mut String) {
        let read = self.course.students.iter().filter(|held| held.submission.plan().is_some()).count();
        let cases = self.course.students.iter().filter(|held| held.verdict.is_some()).count();
        let text = match self.lang {
            Lang::ZhCn | Lang::ZhTw => format!(
                "比较了本班 {read} 份、往年 {} 份作业；{} 对相似达到 {}%，{cases} 份需要教师判断。折扣只有教师在成绩册中确认后才生效；最早提交的作业从不扣分。",
                self.course.archive.len(),
                self.course.comparison.pairs.len(),
                self.course.rubric.copying.show * 100.0
            ),
            Lang::En => format!(
                "{read} plans of the class and {} of prior years were compared; {} pairs share at least {}%, {cases} plans call for the teacher's judgement. A discount counts only when the teacher confirms it in the gradebook; the first to hand in is never penalised.",
                self.course.archive.len(),
                self.course.comparison.pairs.len(),
                self.course.rubric.copying.show * 100.0
            ),
        };
        let _ = writeln!(html, "<p>{text}</p>");
    }

    fn distribution(&self, html: &mut String) {
        let mut bars = [0_usize; BARS];
        for similarity in &self.course.comparison.similarities {
            bars[((similarity * BARS as f64) as usize).min(BARS - 1)] += 1;
        }
        let class = self.course.students.iter().filter(|held| held.submission.plan().is_some()).count();
        let silent = (class * class.saturating_sub(1) / 2).saturating_sub(self.course.comparison.similarities.len());
        bars[0] += silent;
        let most = bars.iter().copied().max().unwrap_or(1).max(1) as f64;
        let _ = writeln!(html, "<h2>{}</h2>", self.say("相似度分布", "Distribution of similarities"));
        let alt = self.say("每对作业相似度的直方图，纵轴为对数", "histogram of the similarity of pairs, logarithmic");
        let _ = write!(html, "<svg class=\"chart\" viewBox=\"0 0 640 190\" role=\"img\" aria-label=\"{alt}\">");
        for (at, count) in bars.iter().enumerate() {
            let height = if *count == 0 { 0.0 } else { 120.0 * (1.0 + *count as f64).ln() / (1.0 + most).ln() };
            let x = 20.0 + at as f64 * 30.0;
            let tone = if (at as f64) < self.course.rubric.copying.half * BARS as f64 { "bar" } else { "bar hot" };
            let _ = write!(
                html,
                "<rect class=\"{tone}\" x=\"{x}\" y=\"{:.1}\" width=\"26\" height=\"{height:.1}\"/>",
                150.0 - height
            );
            if *count > 0 {
                let _ = write!(html, "<text x=\"{}\" y=\"{:.1}\" class=\"n\">{count}</text>", x + 13.0, 145.0 - height);
            }
            if at % 4 == 0 {
                let _ = write!(html, "<text x=\"{x}\" y=\"168\">{}%</text>", at * 100 / BARS);
            }
        }
        let _ = writeln!(html, "<text x=\"610\" y=\"168\">100%</text></svg>");
    }

    fn graph(&self, html: &mut String) {
        let _ = writeln!(html, "<h2>{}</h2>", self.say("相似群", "Clusters"));
        if self.course.clusters.is_empty() {
            let _ = writeln!(html, "<p>{}</p>", self.say("没有。", "None."));
            return;
        }
        html.push_str("<div class=\"graphs\">");
        for members in &self.course.clusters {
            self.cluster(members, html);
        }
        let _ = writeln!(
            html,
            "</div><p class=\"sub\">{}</p>",
            self.say(
                "橙色为需要教师判断的作业，蓝色为其余的（多为出处），实心蓝为群中最早提交者；线越粗，相似越多。",
                "Orange: calls for the teacher's judgement. Blue: the others, mostly sources; filled where received first. The thicker the line, the more is shared."
            )
        );
    }

    fn cluster(&self, members: &[usize], html: &mut String) {
        let radius = 60.0 + members.len() as f64 * 6.0;
        let side = radius * 2.0 + 140.0;
        let place = |at: usize| {
            let angle = std::f64::consts::TAU * at as f64 / members.len() as f64 - std::f64::consts::FRAC_PI_2;
            (side / 2.0 + radius * angle.cos(), side / 2.0 + radius * angle.sin())
        };
        let alt = members.iter().map(|plan| self.code(*plan)).collect::<Vec<_>>().join(", ");
        let _ = write!(html, "<svg viewBox=\"0 0 {side} {side}\" width=\"{side}\" role=\"img\" aria-label=\"{alt}\">");
        for pair in &self.course.comparison.pairs {
            let ends = members
                .iter()
                .position(|plan| *plan == pair.left)
                .zip(members.iter().position(|plan| *plan == pair.right));
            let Some((one, other)) = ends else { continue };
            let ((x1, y1), (x2, y2)) = (place(one), place(other));
            let share = pair.cover_left.max(pair.cover_right);
            let _ = write!(
                html,
                "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke-width=\"{:.1}\"/>",
                1.0 + 7.0 * share
            );
        }
        let received = |plan: usize| self.course.students.get(plan).and_then(|held| held.submission.received);
        let first = members.iter().filter_map(|plan| received(*plan)).min();
        for (at, plan) in members.iter().enumerate() {
            let (x, y) = place(at);
            let judged = self.course.students.get(*plan).is_some_and(|held| held.verdict.is_some());
            let tone = match judged {
                true => "node",
                false if first.is_some() && received(*plan) == first => "node first",
                false => "node source",
            };
            // Away from the lines, which run inside the circle.
            let line = if y > side / 2.0 { y + 24.0 } else { y - 14.0 };
            let _ = write!(
                html,
                "<circle class=\"{tone}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"9\"/><text class=\"name\" x=\"{x:.1}\" y=\"{line:.1}\">{}</text><text class=\"code\" x=\"{x:.1}\" y=\"{line:.1}\">{}</text>",
                escape(self.course.name(*plan)),
                self.code(*plan),
            );
        }
        html.push_str("</svg>");
    }

    fn table(&self, html: &mut String) {
        let _ = writeln!(
            html,
            "<h2>{}</h2>\n<table><thead><tr><th>{}</th><th>{}</th><th class=\"num\">{}</th><th>{}</th><th>{}</th><th>{}</th></tr></thead><tbody>",
            self.say("建议", "Proposals"),
            self.say("作业", "plan"),
            self.say("提交时间", "received"),
            self.say("与较早作业相同", "stands earlier"),
            self.say("见于", "stands in"),
            self.say("建议", "proposal"),
            self.say("文件信息（仅供参考）", "file (evidence only)"),
        );
        for (plan, held) in self.course.students.iter().enumerate() {
            let Some(verdict) = &held.verdict else { continue };
            let (keeps, zh) = (verdict.keeps, self.lang == Lang::ZhCn);
            let proposal = match verdict.kind {
                VerdictKind::Full if zh => format!("全部雷同，保留 {keeps}%"),
                VerdictKind::Full => format!("copied in full, keeps {keeps}%"),
                VerdictKind::Half { place } if zh => format!("部分雷同，第 {} 位，保留 {keeps}%", place + 1),
                VerdictKind::Half { place } => format!("half copied, number {}, keeps {keeps}%", place + 1),
                VerdictKind::OrderUndetermined => {
                    self.say("先后不明，不作建议", "order undetermined, nothing is proposed").to_owned()
                }
            };
            let properties = held.submission.plan().map(|plan| plan.properties.clone()).unwrap_or_default();
            let day =
                |text: Option<String>| text.map(|text| text.replace('T', " ").chars().take(16).collect::<String>());
            let about = [
                (self.say("作者", "author"), properties.author),
                (self.say("最后修改者", "last changed by"), properties.last_author),
                (self.say("创建于", "created"), day(properties.created)),
                (self.say("修改于", "changed"), day(properties.modified)),
            ];
            let about = about.into_iter().filter_map(|(title, value)| Some(format!("{title} {}", value?)));
            let about = about.collect::<Vec<_>>().join(" · ");
            let received = held
                .submission
                .received
                .map_or_else(|| "–".to_owned(), |moment| moment.format("%Y-%m-%d %H:%M").to_string());
            let _ = writeln!(
                html,
                "<tr><td>{}</td><td>{received}</td><td class=\"num\">{:.0}%</td><td>{}</td><td>{proposal}</td><td class=\"name\">{}</td></tr>",
                self.name(plan),
                verdict.share * 100.0,
                self.sources(plan),
                escape(&about),
            );
        }
        html.push_str("</tbody></table>\n");
    }

    fn pairs(&self, html: &mut String) {
        let _ = writeln!(html, "<h2>{}</h2>", self.say("逐对对照", "Pairs side by side"));
        let all = &self.course.comparison.pairs;
        for (at, pair) in all.iter().take(MOST_PAIRS).enumerate() {
            let _ = writeln!(
                html,
                "<details{}><summary>{} ↔ {} <b>{:.0}% / {:.0}%</b> · {} {} · {} {}</summary><div class=\"pair\">",
                if at < 2 { " open" } else { "" },
                self.name(pair.left),
                self.name(pair.right),
                pair.cover_left * 100.0,
                pair.cover_right * 100.0,
                self.say("最长", "longest"),
                pair.longest,
                self.say("处数", "passages"),
                pair.passages.len(),
            );
            self.side(pair, true, html);
            self.side(pair, false, html);
            html.push_str("</div></details>\n");
        }
        if all.len() > MOST_PAIRS {
            let _ = writeln!(
                html,
                "<p class=\"sub\">{}: {}</p>",
                self.say("未展开的对数", "pairs not shown"),
                all.len() - MOST_PAIRS
            );
        }
    }

    /// One text of a pair with its passages in colours, the same colour on both sides.
    fn side(&self, pair: &Pair, left: bool, html: &mut String) {
        let plan = if left { pair.left } else { pair.right };
        let letters: Vec<char> = self.course.texts[plan].chars().collect();
        // What each character is: nothing, left out, or a passage.
        let mut marks: Vec<Option<usize>> = vec![None; letters.len()];
        for (number, shared) in pair.passages.iter().enumerate() {
            let range = if left { &shared.left } else { &shared.right };
            let end = range.end.min(marks.len());
            marks[range.start.min(end)..end].fill(Some(number));
        }
        let mut out = vec![false; letters.len()];
        for range in self.course.comparison.subtracted.get(plan).into_iter().flatten() {
            let end = range.end.min(out.len());
            out[range.start.min(end)..end].fill(true);
        }
        let _ = write!(html, "<article><h3>{}</h3><p>", self.name(plan));
        let mut start = 0;
        while start < letters.len() {
            let same = |at: &usize| marks[*at] == marks[start] && out[*at] == out[start];
            let end = (start..letters.len()).take_while(same).last().map_or(start + 1, |last| last + 1);
            let text = escape(&letters[start..end].iter().collect::<String>()).replace('\n', "<br>");
            let _ = match (out[start], marks[start]) {
                (true, _) => write!(html, "<s>{text}</s>"),
                (false, Some(number)) => {
                    let kind = if pair.passages[number].kind == Kind::Reworded { " reworded" } else { "" };
                    write!(html, "<mark class=\"c{}{kind}\">{text}</mark>", number % 6)
                }
                (false, None) => write!(html, "{text}"),
            };
            start = end;
        }
        html.push_str("</p></article>");
    }

    fn left_out(&self, html: &mut String) {
        let _ = writeln!(html, "<h2>{}</h2>", self.say("未计入的文字", "What was left out"));
        let files = if self.course.reusable.is_empty() {
            self.say("（没有指定）", "(none named)").to_owned()
        } else {
            self.course.reusable.join(", ")
        };
        let _ =
            writeln!(html, "<p>{}: {}</p><ul>", self.say("可以引用的文件", "files that may be reused"), escape(&files));
        for (plan, ranges) in self.course.comparison.subtracted.iter().enumerate() {
            let count: usize = ranges.iter().map(Range::len).sum();
            if count > 0 {
                let letters = self.course.texts[plan].chars();
                let first = ranges.iter().max_by_key(|range| range.len()).cloned().unwrap_or_default();
                let sample: String = letters.skip(first.start).take(first.len().min(40)).collect();
                let _ = writeln!(
                    html,
                    "<li>{}: {count} {} <q>{}</q></li>",
                    self.name(plan),
                    self.say("字", "characters"),
                    escape(&sample)
                );
            }
        }
        html.push_str("</ul>\n");
    }

    fn settings(&self, html: &mut String) {
        let _ = writeln!(html, "<h2>{}</h2><table><tbody>", self.say("设置", "Settings"));
        for (key, value) in
            self.course.rubric.settings().into_iter().filter(|(key, _)| key.starts_with("copying") || key == "reusable")
        {
            let title = setting_title(&key, self.lang);
            let _ = writeln!(
                html,
                "<tr><td>{}</td><td>{}</td><td class=\"sub\">{}</td></tr>",
                escape(&title),
                escape(&value),
                escape(&key)
            );
        }
        html.push_str("</tbody></table>\n");
    }
}
