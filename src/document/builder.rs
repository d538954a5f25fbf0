//! From rendered Markdown to a finished document: directives become cards, charts and tables, then chapters, tables and
//! figures are numbered and references filled.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::IndicatorSummary;
use crate::analysis::banner::BannerQuestion;
use crate::config::fragment;
use crate::diagnostics::messages::document as messages;
use crate::diagnostics::{Diagnostic, Diagnostics, Lang};
use crate::document::arguments::Arguments;
use crate::document::blocks::{Block, Document, Figure, Inline, Meta, Table};
use crate::document::figures::{self, Drawn, Order};
use crate::document::markdown::{self, Directive, Directives};
use crate::document::material::Material;
use crate::document::taiwan::in_its_language;
use crate::document::{
    banner_tables, cards, finding_tables, format, forms, indicator_figures, method_tables, model_figures, model_tables,
    numbering, plan_figures, plan_tables, quote_tables, share_figures, tables,
};
use crate::metrics::Distribution;

/// Waves that a trend shows unless its directive says otherwise.
const WAVES_SHOWN: usize = 12;
/// Things to do on the summary page.
const TODOS_SHOWN: usize = 3;

/// Notes that say how to read every chart or table of a kind.
const GENERAL_NOTES: [&str; 15] = [
    "note_whiskers",
    "note_band",
    "note_bar_bad",
    "note_hollow",
    "note_likert",
    "note_likert_questions",
    "note_change",
    "note_letters",
    "note_no_letters",
    "note_small_base",
    "note_suppressed",
    "note_weighted",
    "note_benchmark",
    "note_benchmark_constant",
    "note_benchmark_error",
];

/// Kinds of the directive `table`.
const TABLES: [&str; 25] = [
    "indicators",
    "segments",
    "waves",
    "definitions",
    "inputs",
    "missing",
    "bases",
    "steps",
    "questions",
    "files",
    "objectives",
    "actions",
    "budget",
    "benefits",
    "contingencies",
    "model",
    "models",
    "findings",
    "priorities",
    "reach",
    "load",
    "sensitivity",
    "swot",
    "themes",
    "quotes",
];
/// Kinds of the directive `form`.
const FORMS: [&str; 2] = ["questionnaire", "evaluation"];
/// Kinds of the directive `chart`.
const CHARTS: [&str; 15] = [
    "bar",
    "trend",
    "likert",
    "radar",
    "model",
    "waterfall",
    "heatmap",
    "funnel",
    "small_multiples",
    "gap",
    "gantt",
    "tornado",
    "pareto",
    "lorenz",
    "gauge",
];

/// Builds the document from Markdown that a template rendered. `file` names the Markdown in diagnostics.
pub fn document_from_markdown(
    material: &Material<'_>,
    markdown: &str,
    file: &str,
    diagnostics: &mut Diagnostics,
) -> Document {
    let mut resolver = Resolver { material, file, said: BTreeSet::new() };
    let mut blocks = markdown::parse_markdown(markdown, file, &mut resolver, diagnostics);
    numbering::finish(&mut blocks, &material.words, file, diagnostics);
    in_its_language(Document { meta: meta(material), blocks })
}

/// Name of the period as it is printed.
pub fn period_text(material: &Material<'_>) -> String {
    let about = &material.inputs.project.raw.project;
    let name = about.period.as_deref().or(material.results().current_wave()).unwrap_or_default();
    format::wave(name, material.lang)
}

fn meta(material: &Material<'_>) -> Meta {
    let lang = material.lang;
    let about = &material.inputs.project.raw.project;
    let text = |held: &Option<crate::diagnostics::Localized>| {
        held.as_ref().map(|text| text.get(lang).to_owned()).filter(|text| !text.is_empty())
    };
    let mut words = usual_words(lang);
    words.extend(material.words.all().clone());
    // A pack with a title of its own, such as a form, does not bear that of the plan.
    let own_title = material.words.all().get("document_title");
    // The title of the project names the group that a document is about; such a title has to be told.
    let own_title = own_title.map(|title| match material.inputs.subject {
        Some(subject) if lang == Lang::En => format!("{title}: {}", subject.title.get(lang)),
        Some(subject) => format!("{title}：{}", subject.title.get(lang)),
        None => title.clone(),
    });
    Meta {
        subtitle: text(&about.subtitle).filter(|_| own_title.is_none()),
        title: own_title.unwrap_or_else(|| about.title.get(lang).to_owned()),
        client: text(&about.client),
        planner: text(&about.planner),
        lang,
        date: material.inputs.date.to_owned(),
        date_text: format::date_text(material.inputs.date, lang),
        period: period_text(material),
        words,
        brand: None,
    }
}

/// Words that every document prints, for those whose pack has none of them.
pub fn usual_words(lang: Lang) -> BTreeMap<String, String> {
    let usual = match lang {
        Lang::ZhCn | Lang::ZhTw => [
            ("contents", "目录"),
            ("table", "表"),
            ("figure", "图"),
            ("net", "净值"),
            ("page_of", "第 {page} 页　共 {pages} 页"),
        ],
        Lang::En => [
            ("contents", "Contents"),
            ("table", "Table"),
            ("figure", "Figure"),
            ("net", "Net"),
            ("page_of", "Page {page} of {pages}"),
        ],
    };
    usual.into_iter().map(|(key, word)| (key.to_owned(), word.to_owned())).collect()
}

struct Resolver<'m, 'a> {
    material: &'m Material<'a>,
    file: &'m str,
    /// General notes that already stand in the document.
    said: BTreeSet<String>,
}

impl Directives for Resolver<'_, '_> {
    fn resolve(&mut self, directive: &Directive, diagnostics: &mut Diagnostics) -> Vec<Block> {
        if let Some(blocks) = self.banner(directive, diagnostics) {
            return blocks;
        }
        let block = match directive.name.as_str() {
            "cover" => self.cover(directive, diagnostics),
            "contents" => Some(Block::Contents),
            "pagebreak" => Some(Block::PageBreak),
            "cards" => self.cards(directive, diagnostics),
            "chart" => self.chart(directive, diagnostics),
            "table" => self.table(directive, diagnostics),
            "todos" => self.todos(directive, diagnostics),
            "form" => self.form(directive, diagnostics),
            _ => None,
        };
        block.into_iter().collect()
    }
}

impl<'m, 'a> Resolver<'m, 'a> {
    fn cover(&self, directive: &Directive, diagnostics: &mut Diagnostics) -> Option<Block> {
        let arguments = Arguments::parse(directive, self.file, &["rows"], diagnostics)?;
        let rows = arguments.pairs("rows", diagnostics).unwrap_or_default();
        Some(Block::Cover { rows })
    }

    fn cards(&self, directive: &Directive, diagnostics: &mut Diagnostics) -> Option<Block> {
        let arguments = Arguments::parse(directive, self.file, &["metrics", "scope"], diagnostics)?;
        let cards: Vec<_> =
            self.metrics(&arguments, diagnostics).iter().map(|held| cards::card(self.material, held)).collect();
        (!cards.is_empty()).then_some(Block::Cards { cards })
    }

    fn todos(&self, directive: &Directive, diagnostics: &mut Diagnostics) -> Option<Block> {
        let arguments = Arguments::parse(directive, self.file, &["title", "limit"], diagnostics)?;
        let limit = arguments.count("limit", diagnostics).unwrap_or(TODOS_SHOWN);
        let title = markdown::plain_text(&arguments.markdown("title", diagnostics));
        let items = cards::todos(self.material, limit);
        (!items.is_empty()).then_some(Block::Todos { title, items })
    }

    /// The tables of a `table` of kind `banner`; none for anything else.
    fn banner(&mut self, directive: &Directive, diagnostics: &mut Diagnostics) -> Option<Vec<Block>> {
        let kind = fragment::parse(&directive.body).ok()?.get("kind")?.as_str()? == "banner";
        if directive.name != "table" || !kind {
            return None;
        }
        let known = ["kind", "id", "caption", "banner", "by", "note"];
        let arguments = Arguments::parse(directive, self.file, &known, diagnostics)?;
        let id = arguments.id("banner", diagnostics).unwrap_or_default();
        let ids = banner_tables::ids(self.material);
        if !ids.contains(&id.as_str()) {
            arguments.refuse("banner", &id, &ids, diagnostics);
        }
        let by = arguments.id("by", diagnostics).unwrap_or_default();
        let anchor = arguments.id("id", diagnostics).unwrap_or_default();
        let mut blocks = Vec::new();
        for (index, table) in banner_tables::banner(self.material, &id, &by).into_iter().enumerate() {
            let mut notes = table.notes;
            let extra = arguments.markdown("note", diagnostics);
            notes.extend((!extra.is_empty()).then_some(extra));
            notes.retain(|note| self.said.insert(markdown::plain_text(note)));
            let id = if index == 0 { anchor.clone() } else { String::new() };
            let caption = arguments.markdown("caption", diagnostics);
            blocks.push(Block::Table(Table { id, caption, notes, ..table }));
        }
        Some(blocks)
    }

    fn form(&self, directive: &Directive, diagnostics: &mut Diagnostics) -> Option<Block> {
        let arguments = Arguments::parse(directive, self.file, &["kind", "plugins"], diagnostics)?;
        let plugins = arguments.ids("plugins", diagnostics);
        let kind = arguments.text("kind").unwrap_or_default();
        let form = match kind.as_str() {
            "questionnaire" => forms::questionnaire(self.material),
            "evaluation" => forms::evaluation(self.material, plugins.as_deref()),
            other => {
                arguments.refuse("kind", other, &FORMS, diagnostics);
                return None;
            }
        };
        (!form.items.is_empty()).then_some(Block::Form(form))
    }

    fn chart(&mut self, directive: &Directive, diagnostics: &mut Diagnostics) -> Option<Block> {
        let known = [
            "kind", "id", "caption", "metric", "metrics", "by", "column", "columns", "order", "limit", "scope", "note",
            "model", "variants", "question", "banner",
        ];
        let arguments = Arguments::parse(directive, self.file, &known, diagnostics)?;
        let kind = arguments.text("kind").unwrap_or_default();
        let material = self.material;
        let drawn = match kind.as_str() {
            "bar" => {
                let metric = self.metrics(&arguments, diagnostics).into_iter().next()?;
                let segment = self.segment(&arguments, diagnostics)?;
                let order = match arguments.text("order").as_deref() {
                    None | Some("value") => Order::Value,
                    Some("codebook") => Order::Codebook,
                    Some(other) => {
                        arguments.refuse("order", other, &["value", "codebook"], diagnostics);
                        Order::Value
                    }
                };
                figures::bar(material, metric, segment, order)
            }
            "trend" => {
                let limit = arguments.count("limit", diagnostics).unwrap_or(WAVES_SHOWN);
                figures::trend(material, &self.metrics(&arguments, diagnostics), limit)
            }
            "likert" => {
                let segment = arguments.text("by").and_then(|_| self.segment(&arguments, diagnostics));
                match self.distributions(&arguments, diagnostics).as_slice() {
                    [] => None,
                    [only] => figures::likert(material, only, segment),
                    several => figures::likert_questions(material, several),
                }
            }
            "radar" => {
                let segment = self.segment(&arguments, diagnostics)?;
                figures::radar(material, &self.metrics(&arguments, diagnostics), segment)
            }
            "model" => {
                let model = self.model(&arguments, diagnostics);
                model_figures::model(material, &model)
            }
            "waterfall" => {
                let metric = self.metrics(&arguments, diagnostics).into_iter().next()?;
                indicator_figures::waterfall(material, metric)
            }
            "heatmap" => {
                let segment = self.segment(&arguments, diagnostics)?;
                indicator_figures::heatmap(material, &self.metrics(&arguments, diagnostics), segment)
            }
            "small_multiples" => {
                let limit = arguments.count("limit", diagnostics).unwrap_or(WAVES_SHOWN);
                indicator_figures::small_multiples(material, &self.metrics(&arguments, diagnostics), limit)
            }
            "pareto" if arguments.text("question").is_some() => {
                share_figures::pareto_of_question(material, self.question(&arguments, diagnostics)?)
            }
            "pareto" => share_figures::pareto_of_metrics(material, &self.metrics(&arguments, diagnostics)),
            "lorenz" => {
                let model = self.model(&arguments, diagnostics);
                share_figures::lorenz(material, &model)
            }
            "gauge" => share_figures::gauge(material, &self.metrics(&arguments, diagnostics)),
            "funnel" => indicator_figures::funnel(material),
            "gap" => indicator_figures::gap(material),
            "gantt" => plan_figures::gantt(material),
            "tornado" => plan_figures::tornado(material),
            other => {
                arguments.refuse("kind", other, &CHARTS, diagnostics);
                None
            }
        };
        let Drawn { chart, mut notes } = drawn?;
        let extra = arguments.markdown("note", diagnostics);
        notes.extend((!extra.is_empty()).then_some(extra));
        let caption = arguments.markdown("caption", diagnostics);
        if !caption.is_empty() {
            self.say_once(&mut notes);
        }
        Some(Block::Figure(Figure {
            id: arguments.id("id", diagnostics).unwrap_or_default(),
            number: String::new(),
            caption,
            chart: Box::new(chart),
            notes,
        }))
    }

    /// Reports a table that a model with a result does not have.
    fn check_model_table(&self, model: &str, table: &str, arguments: &Arguments<'_>, diagnostics: &mut Diagnostics) {
        let wave = self.material.results().current_wave();
        let Some(result) = self.material.inputs.models.find(model, wave, None) else { return };
        let known: Vec<&str> = result.tables.iter().map(|held| held.id.as_str()).collect();
        if !known.is_empty() && !known.contains(&table) {
            let error = Diagnostic::error(&messages::UNKNOWN_MODEL_TABLE).arg("model", model).arg("id", table);
            diagnostics.push(arguments.place(error.suggest(table, known)));
        }
    }

    /// The question of a banner that a directive names; an unknown one is reported.
    fn question(&self, arguments: &Arguments<'_>, diagnostics: &mut Diagnostics) -> Option<&'m BannerQuestion> {
        let column = arguments.id("question", diagnostics).unwrap_or_default();
        let banner = arguments.id("banner", diagnostics);
        let questions = share_figures::questions(self.material, banner.as_deref());
        let mut held = questions.iter().copied().filter(|question| question.column == column);
        let found = held.next();
        // Tables beside the survey may have a column of the same name.
        if held.any(|other| found.is_some_and(|found| found.rows != other.rows)) {
            let banners = banner_tables::ids(self.material).join(", ");
            let error = Diagnostic::error(&messages::AMBIGUOUS_QUESTION).arg("id", &column).arg("banners", banners);
            diagnostics.push(arguments.place(error));
            return None;
        }
        if found.is_none() {
            let known = questions.iter().map(|question| question.column.as_str());
            let error = Diagnostic::error(&messages::UNKNOWN_QUESTION).arg("id", &column);
            diagnostics.push(arguments.place(error.suggest(&column, known)));
        }
        found
    }

    /// The id of the model that a directive names; an unknown one is reported.
    fn model(&self, arguments: &Arguments<'_>, diagnostics: &mut Diagnostics) -> String {
        let model = arguments.id("model", diagnostics).unwrap_or_default();
        let models = &self.material.inputs.models;
        if models.info(&model).is_none() {
            let known = models.models.iter().map(|info| info.id.as_str());
            let error = Diagnostic::error(&messages::UNKNOWN_MODEL).arg("id", &model);
            diagnostics.push(arguments.place(error.suggest(&model, known)));
        }
        model
    }

    fn table(&mut self, directive: &Directive, diagnostics: &mut Diagnostics) -> Option<Block> {
        let known = [
            "kind",
            "id",
            "caption",
            "metric",
            "metrics",
            "by",
            "limit",
            "variants",
            "differing",
            "scope",
            "note",
            "model",
            "table",
            "column",
        ];
        let arguments = Arguments::parse(directive, self.file, &known, diagnostics)?;
        let kind = arguments.text("kind").unwrap_or_default();
        let material = self.material;
        let table = match kind.as_str() {
            "indicators" => tables::indicators(material, &self.metrics(&arguments, diagnostics)),
            "segments" => {
                let segment = self.segment(&arguments, diagnostics)?;
                let mut metrics = self.metrics(&arguments, diagnostics);
                if arguments.flag("differing") && metrics.iter().any(|held| tables::differs(held, segment)) {
                    metrics.retain(|held| tables::differs(held, segment));
                }
                tables::segment(material, segment, &metrics)
            }
            "waves" => {
                let limit = arguments.count("limit", diagnostics).unwrap_or(6);
                tables::waves(material, &self.metrics(&arguments, diagnostics), limit)
            }
            "definitions" => method_tables::definitions(material),
            "inputs" => method_tables::inputs(material),
            "missing" => method_tables::missing(material),
            "bases" => method_tables::bases(material),
            "steps" => method_tables::steps(material),
            "questions" => method_tables::questions(material),
            "files" => method_tables::files(material),
            "objectives" => plan_tables::objectives(material),
            "actions" => plan_tables::actions(material),
            "budget" => plan_tables::budget(material),
            "benefits" => plan_tables::benefits(material),
            "contingencies" => plan_tables::contingencies(material),
            "trace" => plan_tables::trace(material),
            "findings" | "priorities" => {
                let others = kind == "findings" && arguments.text("scope").as_deref() == Some("others");
                let usual = if others { finding_tables::OTHERS_SHOWN } else { finding_tables::FINDINGS_SHOWN };
                let limit = arguments.count("limit", diagnostics).unwrap_or(usual);
                let make = match kind.as_str() {
                    "findings" if others => finding_tables::other_findings,
                    "findings" => finding_tables::findings,
                    _ => finding_tables::priorities,
                };
                make(material, limit)
            }
            "reach" => finding_tables::reach(material),
            "load" => finding_tables::load(material),
            "sensitivity" => finding_tables::sensitivity(material),
            "swot" => finding_tables::swot(material),
            "model" => {
                let model = self.model(&arguments, diagnostics);
                let table = arguments.id("table", diagnostics);
                if let Some(table) = &table {
                    self.check_model_table(&model, table, &arguments, diagnostics);
                }
                model_tables::model(material, &model, table.as_deref())
            }
            "models" => model_tables::definitions(material),
            "themes" | "quotes" => {
                let column = arguments.id("column", diagnostics);
                let known = quote_tables::columns(material);
                if let Some(named) = column.as_deref().filter(|named| !known.contains(named)) {
                    arguments.refuse("column", named, &known, diagnostics);
                }
                if kind == "quotes" {
                    quote_tables::quotes(material, column.as_deref())
                } else {
                    let segment = arguments.text("by").and_then(|_| self.segment(&arguments, diagnostics));
                    let segment = segment.map(|index| material.results().segments[index].column.as_str());
                    quote_tables::themes(material, column.as_deref(), segment)
                }
            }
            other => {
                let kinds: Vec<&str> = TABLES.iter().copied().chain(["trace", "banner"]).collect();
                arguments.refuse("kind", other, &kinds, diagnostics);
                None
            }
        }?;
        let mut notes = table.notes;
        let extra = arguments.markdown("note", diagnostics);
        notes.extend((!extra.is_empty()).then_some(extra));
        let caption: Vec<Inline> = arguments.markdown("caption", diagnostics);
        if !caption.is_empty() {
            self.say_once(&mut notes);
        }
        let id = arguments.id("id", diagnostics).unwrap_or_default();
        Some(Block::Table(Table { id, caption, notes, ..table }))
    }

    /// Drops the general notes that stand under an earlier table or figure. Those without a caption are read on their own
    /// and keep all of theirs.
    fn say_once(&mut self, notes: &mut Vec<Vec<Inline>>) {
        let material = self.material;
        let settings = &material.inputs.project.raw.settings;
        let (level, correction) = (material.confidence(), material.correction());
        let flag = format::short_number(settings.flag_below, 0);
        let suppress = format::short_number(settings.suppress_below, 0);
        let general: Vec<String> = GENERAL_NOTES
            .iter()
            .map(|key| {
                let limit = if *key == "note_suppressed" { &suppress } else { &flag };
                material.words.fill(key, &[("level", &level), ("limit", limit), ("correction", &correction)])
            })
            .collect();
        notes.retain(|note| {
            let text = markdown::plain_text(note);
            !general.contains(&text) || self.said.insert(text)
        });
    }

    /// The metrics that a directive names, or the headline indicators of its `scope` (`all`, those of the summary page
    /// as `lead`, or the `others`); `variants: true` adds each one's variants.
    fn metrics(&self, arguments: &Arguments<'_>, diagnostics: &mut Diagnostics) -> Vec<&'m IndicatorSummary<'a>> {
        let ids = arguments.ids("metrics", diagnostics).or_else(|| arguments.ids("metric", diagnostics));
        let chosen: Vec<&'m IndicatorSummary<'a>> = match ids {
            Some(ids) => ids
                .iter()
                .filter_map(|id| {
                    let held = self.material.summary(id);
                    if held.is_none() {
                        let known = self.material.results().metrics.iter().map(|info| info.id.as_str());
                        let error = Diagnostic::error(&messages::UNKNOWN_METRIC).arg("id", id);
                        diagnostics.push(arguments.place(error.suggest(id, known)));
                    }
                    held
                })
                .collect(),
            None => match arguments.text("scope").as_deref() {
                None | Some("all") => self.material.headline(),
                Some("lead") => self.material.lead(),
                Some("others") => self.material.others(),
                Some(other) => {
                    arguments.refuse("scope", other, &["all", "lead", "others"], diagnostics);
                    Vec::new()
                }
            },
        };
        if !arguments.flag("variants") {
            return chosen;
        }
        chosen
            .into_iter()
            .flat_map(|held| {
                let variants = self.material.summaries.iter().filter(move |other| {
                    other.info.variant_of.as_deref() == Some(held.info.id.as_str()) && other.info.unavailable.is_none()
                });
                std::iter::once(held).chain(variants)
            })
            .collect()
    }

    /// The distributions that a directive names under `column` or `columns`.
    fn distributions(&self, arguments: &Arguments<'_>, diagnostics: &mut Diagnostics) -> Vec<&'m Distribution> {
        let columns = arguments.ids("columns", diagnostics).or_else(|| arguments.ids("column", diagnostics));
        let known = self.material.inputs.distributions;
        let find = |column: &String| {
            let held = known.iter().find(|held| held.column == *column);
            if held.is_none() {
                let error = Diagnostic::error(&messages::UNKNOWN_DISTRIBUTION).arg("id", column);
                let names = known.iter().map(|held| held.column.as_str());
                diagnostics.push(arguments.place(error.suggest(column, names)));
            }
            held
        };
        columns.unwrap_or_default().iter().filter_map(find).collect()
    }

    /// The segment that a directive names under `by`, or the first one.
    fn segment(&self, arguments: &Arguments<'_>, diagnostics: &mut Diagnostics) -> Option<usize> {
        let segments = &self.material.results().segments;
        match arguments.id("by", diagnostics) {
            None => (!segments.is_empty()).then_some(0),
            Some(column) => {
                let index = segments.iter().position(|segment| segment.column == column);
                if index.is_none() {
                    let known = segments.iter().map(|segment| segment.column.as_str());
                    let error = Diagnostic::error(&messages::UNKNOWN_SEGMENT).arg("id", &column);
                    diagnostics.push(arguments.place(error.suggest(&column, known)));
                }
                index
            }
        }
    }
}
