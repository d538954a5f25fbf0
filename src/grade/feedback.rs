//! Documents about the grading, as blocks: feedback for one student, an overview of the class for the teacher, and the evidence of
//! one case of copying.

use std::collections::BTreeMap;

use crate::diagnostics::Lang;
use crate::document::blocks::{Align, Block, Document, Inline, Meta, Table, TableCell, TableColumn, TableRow, Tone};
use crate::document::builder::usual_words;
use crate::document::format;
use crate::grade::copying::verdicts::VerdictKind;
use crate::grade::course::{Course, Graded};
use crate::grade::evidence::{Mark, Reason};
use crate::grade::exports::expand;
use crate::grade::gradebook::{LATE, Row, open_criteria, sources_in_words};
use crate::grade::rubric::titles::setting_title;
use crate::grade::submissions::State;

/// Things that would raise the score, of which so many stand in front.
const MOST_RAISING: usize = 6;

/// Writes documents in one language with one date.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'c> {
    /// The course.
    pub course: &'c Course,
    /// Language.
    pub lang: Lang,
    /// Date, `2026-11-20`.
    pub date: &'c str,
    /// Reusable comments by code.
    pub comments: &'c BTreeMap<String, String>,
}

fn cell(text: impl Into<String>) -> TableCell {
    TableCell { content: vec![Inline::text(text)], tone: Tone::Neutral }
}

fn paragraph(text: impl Into<String>) -> Block {
    Block::Paragraph { content: vec![Inline::text(text)] }
}

/// What keeps totals open, in words; `None` where nothing does. `open` holds titles of criteria and numbers of students.
pub fn open_words(open: &[(&str, usize)], lang: Lang) -> Option<String> {
    if open.is_empty() {
        return None;
    }
    let zh = lang == Lang::ZhCn;
    let one = |(title, count): &(&str, usize)| {
        if zh { format!("{title}（{count} 人）") } else { format!("{title} ({count})") }
    };
    let listed = open.iter().map(one).collect::<Vec<_>>().join(if zh { "、" } else { ", " });
    Some(if zh {
        format!("总分尚缺待教师评定的分数：{listed}。在 grades.xlsx 的“教师”列填写后再次运行，总分随即给出。")
    } else {
        format!(
            "Totals wait for scores that only the teacher can give (students): {listed}. Write them into the teacher's columns of grades.xlsx and run again."
        )
    })
}

fn points(value: Option<f64>) -> String {
    value.map_or_else(|| format::NO_VALUE.to_owned(), |value| format::short_number(value, 1))
}

impl Writer<'_> {
    fn say(&self, zh: &str, en: &str) -> String {
        if self.lang == Lang::ZhCn { zh.to_owned() } else { en.to_owned() }
    }

    fn document(&self, title: String, subtitle: Option<String>, blocks: Vec<Block>) -> Document {
        let date = (self.say("日期", "Date"), format::date_text(self.date, self.lang));
        let cover = Block::Cover { rows: vec![date] };
        let blocks = std::iter::once(cover).chain(blocks).collect();
        Document {
            meta: Meta {
                title,
                subtitle,
                client: None,
                planner: None,
                lang: self.lang,
                date: self.date.to_owned(),
                date_text: format::date_text(self.date, self.lang),
                period: self.course.rubric.title.get(self.lang).to_owned(),
                words: usual_words(self.lang),
                brand: None,
            },
            blocks,
        }
    }

    fn heading(&self, level: u8, id: impl Into<String>, text: impl Into<String>) -> Block {
        Block::Heading { level, small: false, id: id.into(), number: None, content: vec![Inline::text(text)] }
    }

    fn table(&self, id: &str, head: &[(String, Align, f64)], rows: Vec<TableRow>) -> Block {
        let columns = head.iter().map(|(title, align, parts)| TableColumn {
            title: vec![Inline::text(title)],
            align: *align,
            parts: *parts,
        });
        Block::Table(Table { id: id.to_owned(), columns: columns.collect(), rows, ..Table::default() })
    }

    /// A reason as an item of a list, with its passage. A cross stands only where points were lost (`lost`).
    fn item(&self, reason: &Reason, lost: bool) -> Vec<Block> {
        let sign = match reason.mark {
            Mark::Found => "✓ ",
            Mark::Missing if lost => "✗ ",
            Mark::Missing | Mark::Note => "",
        };
        let mut content = vec![Inline::text(format!("{sign}{}", reason.text.get(self.lang)))];
        if let Some(quote) = &reason.quote {
            let (open, close) = if self.lang == Lang::ZhCn { ("：“", "”") } else { (": “", "”") };
            content.push(Inline::text(format!("{open}{}{close}", quote.replace('\n', " "))));
        }
        vec![Block::Paragraph { content }]
    }

    fn list(&self, reasons: &[Reason], lost: bool) -> Block {
        Block::List { ordered: false, start: 1, items: reasons.iter().map(|reason| self.item(reason, lost)).collect() }
    }

    /// Feedback for one student: scores, reasons, passages, what would raise the score. Copying and flags are the teacher's matter
    /// and do not stand here, unless the teacher confirmed a discount.
    pub fn student(&self, held: &Graded, row: &Row) -> Document {
        let student = &held.submission.student;
        let course = self.course.rubric.title.get(self.lang);
        let title = self.say(&format!("{course}：批改反馈"), &format!("Feedback: {course}"));
        let subtitle = [&student.class, &student.name, &student.number];
        let subtitle = subtitle.into_iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
        let mut blocks = Vec::new();
        match &held.submission.state {
            State::Read(_) => {}
            State::Missing => blocks.push(paragraph(self.say("没有收到你的作业。", "Your work was not received."))),
            State::Empty => {
                blocks.push(paragraph(self.say(
                    "提交的文件没有文字，请改交 DOCX 文件。",
                    "The file holds no text; please hand in a DOCX file.",
                )))
            }
            State::Unreadable(problem) => {
                let why = problem.get(self.lang);
                blocks.push(paragraph(self.say(
                    &format!("提交的文件无法读取（{why}），请改交 DOCX 文件。"),
                    &format!("The file cannot be read ({why}); please hand in a DOCX file."),
                )));
            }
        }
        if held.submission.plan().is_some() {
            blocks.push(self.score_table(row));
            let raise = self.raise(held, row);
            if !raise.is_empty() {
                blocks.push(self.heading(1, "raise", self.say("怎样提高得分", "What would raise the score")));
                let (first, rest) = raise.split_at(raise.len().min(MOST_RAISING));
                blocks.push(self.list(first, true));
                if !rest.is_empty() {
                    let count = rest.len();
                    blocks.push(paragraph(self.say(
                        &format!("另有 {count} 处，以 ✗ 标在下面的依据中。"),
                        &format!("{count} more are marked ✗ among the reasons below."),
                    )));
                }
            }
            blocks.push(self.heading(1, "reasons", self.say("依据", "Reasons")));
            for (criterion, proposal) in self.course.rubric.criteria.iter().zip(&held.proposals) {
                blocks.push(self.heading(2, criterion.id.clone(), criterion.title.get(self.lang)));
                if !proposal.reasons.is_empty() {
                    let lost = row.score(&criterion.id, criterion.points).is_none_or(|score| score < criterion.points);
                    blocks.push(self.list(&proposal.reasons, lost));
                }
                if let Some(comment) = row.entries.get(&format!("{}.comment", criterion.id)) {
                    blocks.push(Block::Quote { blocks: vec![paragraph(expand(comment, self.comments))] });
                }
            }
        }
        self.document(title, Some(subtitle).filter(|text| !text.is_empty()), blocks)
    }

    fn score_table(&self, row: &Row) -> Block {
        let mut rows = Vec::new();
        let mut line = |title: String, most: String, score: String, by: String, strong: bool| {
            let cells = vec![cell(title), cell(most), cell(score), cell(by)];
            rows.push(TableRow { cells, strong });
        };
        for criterion in &self.course.rubric.criteria {
            let decided = row.decided(&format!("{}.teacher", criterion.id), criterion.points).is_some();
            let score = row.score(&criterion.id, criterion.points);
            let by = match (decided, score) {
                (true, _) => self.say("教师", "teacher"),
                (false, Some(_)) => self.say("程序建议", "proposed by the program"),
                (false, None) => self.say("待教师评定", "to be given by the teacher"),
            };
            line(criterion.title.get(self.lang).to_owned(), points(Some(criterion.points)), points(score), by, false);
        }
        let by = |decided: bool| {
            if decided { self.say("教师", "teacher") } else { self.say("程序建议", "proposed by the program") }
        };
        if let Some(off) = row.late().filter(|off| *off > 0.0) {
            let decided = row.decided(LATE, 100.0).is_some();
            line(self.say("迟交扣分", "late"), String::new(), format!("−{}", points(Some(off))), by(decided), false);
        }
        if let Some(kept) = row.kept().filter(|kept| *kept < 100.0) {
            let title = self.say("雷同：保留比例", "copying: share kept");
            line(title, "100%".to_owned(), format!("{kept}%"), by(true), false);
        }
        line(
            self.say("总分", "total"),
            points(Some(self.course.rubric.total())),
            points(row.total(self.course)),
            String::new(),
            true,
        );
        let head = [
            (self.say("项目", "criterion"), Align::Left, 3.0),
            (self.say("满分", "most"), Align::Right, 1.0),
            (self.say("得分", "score"), Align::Right, 1.0),
            (self.say("来源", "given by"), Align::Left, 2.0),
        ];
        self.table("scores", &head, rows)
    }

    /// What is missing in the criteria that lost points, the most costly first.
    fn raise(&self, held: &Graded, row: &Row) -> Vec<Reason> {
        let mut losses: Vec<(f64, &Vec<Reason>)> = Vec::new();
        for (criterion, proposal) in self.course.rubric.criteria.iter().zip(&held.proposals) {
            if let Some(score) = row.score(&criterion.id, criterion.points) {
                losses.push((criterion.points - score, &proposal.reasons));
            }
        }
        losses.sort_by(|one, other| other.0.total_cmp(&one.0));
        let missing = losses.into_iter().filter(|(lost, _)| *lost > 0.0).flat_map(|(_, reasons)| reasons);
        missing.filter(|reason| reason.mark == Mark::Missing).cloned().collect()
    }

    /// The overview of the class for the teacher: a line a student, what to look at, and every setting.
    pub fn class(&self, rows: &[Row]) -> Document {
        let title = self.say("批改总览", "Overview of the grading");
        let mut head = vec![
            (self.say("学生", "student"), Align::Left, 2.0),
            (self.say("状态", "state"), Align::Left, 2.0),
            (self.say("总字数", "words"), Align::Right, 1.5),
        ];
        head.extend(
            self.course.rubric.criteria.iter().map(|held| (held.title.get(self.lang).to_owned(), Align::Right, 1.5)),
        );
        head.push((self.say("总分", "total"), Align::Right, 1.5));
        head.push((self.say("雷同", "copying"), Align::Left, 6.0));
        let lines = self.course.students.iter().zip(rows).map(|(held, row)| {
            let mut cells = vec![cell(held.label.clone()), cell(row.text("state")), cell(row.text("words"))];
            for criterion in &self.course.rubric.criteria {
                cells.push(cell(points(row.score(&criterion.id, criterion.points))));
            }
            cells.push(cell(points(row.total(self.course))));
            let tone = if held.verdict.is_some() { Tone::Bad } else { Tone::Neutral };
            cells.push(TableCell { tone, ..cell(row.text("copy.finding")) });
            TableRow { cells, strong: false }
        });
        let open = open_criteria(self.course, rows);
        let open = open.iter().map(|(held, count)| (held.title.get(self.lang), *count)).collect::<Vec<_>>();
        let mut blocks = vec![
            paragraph(self.say(
                "分数为程序的建议，教师在 grades.xlsx 中填写的分数优先；雷同折扣只有教师确认后才生效。",
                "Scores are proposals; what the teacher writes into grades.xlsx comes first, and a discount for copying counts only when the teacher confirms it.",
            )),
            self.table("class", &head, lines.collect()),
        ];
        blocks.splice(1..1, open_words(&open, self.lang).map(paragraph));
        blocks.push(self.heading(1, "look", self.say("请教师查看", "To be looked at")));
        for (at, held) in self.course.students.iter().enumerate().filter(|(_, held)| !held.flags.is_empty()) {
            blocks.push(self.heading(2, format!("look-{at}"), held.label.clone()));
            blocks.push(self.list(&held.flags, true));
        }
        blocks.push(self.heading(1, "settings", self.say("本次使用的设置", "Settings used")));
        let settings = self.course.rubric.settings();
        let lines = settings.into_iter().map(|(key, value)| {
            let cells = vec![cell(setting_title(&key, self.lang)), cell(value), cell(key)];
            TableRow { cells, strong: false }
        });
        let head = [
            (self.say("设置", "setting"), Align::Left, 3.0),
            (self.say("值", "value"), Align::Left, 2.0),
            (self.say("rubric.yaml 中的键", "key in rubric.yaml"), Align::Left, 2.0),
        ];
        blocks.push(self.table("settings-table", &head, lines.collect()));
        self.document(title, Some(self.course.rubric.title.get(self.lang).to_owned()), blocks)
    }

    /// The evidence of one case: the passages that a plan shares with the one that it shares most with, side by side. `None` where
    /// nothing is proposed.
    pub fn case(&self, plan: usize) -> Option<Document> {
        let held = self.course.students.get(plan)?;
        let verdict = held.verdict.as_ref()?;
        let pair = self.course.comparison.pairs.iter().find(|pair| {
            (pair.left, pair.right) == (plan, verdict.source) || (pair.right, pair.left) == (plan, verdict.source)
        })?;
        let (own, other) = (self.course.name(plan), self.course.name(verdict.source));
        let sources = sources_in_words(self.course, plan, self.lang);
        let percent = (verdict.share * 100.0).round();
        let proposal = match verdict.kind {
            VerdictKind::OrderUndetermined => {
                self.say("先后不明，不作建议。", "The order is undetermined; nothing is proposed.")
            }
            _ => self.say(
                &format!("建议保留 {}% 的分数，由教师决定。", verdict.keeps),
                &format!("Proposed: {}% of the score is kept. The teacher decides.", verdict.keeps),
            ),
        };
        let time = |plan: usize| {
            let received = self.course.students.get(plan).and_then(|held| held.submission.received);
            received.map_or_else(|| self.say("未知", "unknown"), |moment| moment.format("%Y-%m-%d %H:%M").to_string())
        };
        let intro = self.say(
            &format!("{own}的自有文字中有{percent}%也出现在{sources}的作业中；下面是与{other}相同的段落。提交时间：{own} {}，{other} {}。{proposal}", time(plan), time(verdict.source)),
            &format!("{percent}% of {own}'s own text stands in the work of {sources}; below are the passages shared with {other}. Received: {own} {}, {other} {}. {proposal}", time(plan), time(verdict.source)),
        );
        let passage = |text: &str, range: &std::ops::Range<usize>| {
            text.chars().skip(range.start).take(range.len()).collect::<String>()
        };
        let rows = pair.passages.iter().map(|shared| {
            let (left, right) = (
                passage(&self.course.texts[pair.left], &shared.left),
                passage(&self.course.texts[pair.right], &shared.right),
            );
            let cells = if pair.left == plan { vec![cell(left), cell(right)] } else { vec![cell(right), cell(left)] };
            TableRow { cells, strong: false }
        });
        let head = [(own.to_owned(), Align::Left, 1.0), (other.to_owned(), Align::Left, 1.0)];
        let blocks = vec![paragraph(intro), self.table("passages", &head, rows.collect())];
        Some(self.document(
            self.say("雷同证据", "Evidence of shared passages"),
            Some(format!("{own} – {other}")),
            blocks,
        ))
    }
}
