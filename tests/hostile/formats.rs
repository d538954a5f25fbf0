//! What is mutated: a valid file of every format, and what is done with it.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use manyi::config::brand::ToneNames;
use manyi::config::{Project, load_project};
use manyi::data::load_tables;
use manyi::diagnostics::{Diagnostics, Lang, Level};
use manyi::document::material::DocumentInputs;
use manyi::document::pack::{Pack, PackFiles};
use manyi::pipeline::{Measured, measure, pack_files};
use manyi::plan::Planned;
use manyi::plugins::{Plugin, discover};
use manyi::render::tera::PackTemplates;

use crate::support::root;

/// A kind of input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A survey file with this ending.
    Data(&'static str),
    /// `manyi.yaml`.
    Project,
    /// `plugin.yaml`.
    Manifest,
    /// A template of a pack.
    Template,
}

const DATA: [&str; 8] = ["csv", "xlsx", "xls", "ods", "parquet", "json", "sav", "zsav"];

impl Format {
    pub fn named(name: &str) -> Self {
        match name {
            "yaml" => Self::Project,
            "manifest" => Self::Manifest,
            "template" => Self::Template,
            other => Self::Data(DATA.into_iter().find(|known| *known == other).unwrap()),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Data(ending) => ending,
            Self::Project => "yaml",
            Self::Manifest => "manifest",
            Self::Template => "template",
        }
    }

    pub fn is_archive(self) -> bool {
        matches!(self, Self::Data("xlsx" | "ods"))
    }

    /// Words of the format that a mutation puts in.
    pub fn words(self) -> &'static [&'static str] {
        match self {
            Self::Data("csv") => &[
                "\"",
                "\"\"",
                ",",
                "\n",
                "\r",
                "\t",
                ";",
                "\0",
                "\u{feff}",
                "NaN",
                "1e999",
                "-3",
                "┋",
                "id",
                "=cmd|' /C calc'!A0",
                "2026/02/30 25:61:00",
            ],
            Self::Data("json") => &[
                "[", "]", "{", "}", "\"", "\\u0000", "\\ud800", ",", ":", "null", "1e999", "-0", "{\"id\":", "\"id\"",
                "NaN",
            ],
            Self::Data("xlsx" | "ods") => &[
                "<",
                ">",
                "</c>",
                "<c r=\"XFD1048576\"><v>1</v></c>",
                "<row r=\"99999999999\">",
                "t=\"s\"",
                "<v>99999999</v>",
                "&amp;",
                "&#0;",
                "&x;",
                "<!DOCTYPE x [<!ENTITY x \"y\">]>",
                "ref=\"A1:XFD1048576\"",
                "count=\"4294967295\"",
                "table:number-columns-repeated=\"999999999\"",
                "table:number-rows-repeated=\"1048576\"",
                "NaN",
                "\"",
                "rId9",
                "../../x",
            ],
            Self::Data(_) => &[
                "\0",
                "\u{1}\0\0\0",
                "PAR1",
                "$FL2",
                "$FL3",
                "\u{7f}\u{7f}\u{7f}\u{7f}",
                "shop",
                "        ",
                "UTF-8",
                "GB18030",
            ],
            Self::Project | Self::Manifest => &[
                "\n",
                "\t",
                ":",
                "- ",
                "{",
                "}",
                "[",
                "]",
                "&a ",
                "*a",
                "<<: *a",
                "!!binary ",
                "|",
                ">",
                "---\n",
                "#",
                "\"",
                "'",
                "null",
                "~",
                "yes",
                ".inf",
                ".nan",
                "-1",
                "1e400",
                "99999999999999999999",
                "[[[[",
                "type",
                "columns:",
                "id",
                "../../etc/passwd",
                "%2e%2e/",
                "praise >= 4",
                "1/0",
                "(((((",
                "CASE WHEN",
                "中",
                "\u{202e}",
                "2026-02-30",
                "metrics:",
                "models:",
            ],
            Self::Template => &[
                "{{",
                "}}",
                "{%",
                "%}",
                "{# ",
                "{{ project.title }}",
                "{{ nothing }}",
                "{% for a in metrics %}",
                "{% endfor %}",
                "{% if a %}",
                "{% endif %}",
                "{% include \"missing\" %}",
                "```",
                "```chart\nbar\n```",
                "```table\n",
                "| ",
                "#",
                "![](http://example.org/a.png)",
                "<script>",
                "metric: ",
                "kind: ",
                "$x$",
                "\\",
                "| number(decimals=99)",
                "99999999999",
                "{% set a = a %}",
                "\u{202e}",
                "~~~",
                "> ",
            ],
        }
    }
}

/// What became of an input.
pub enum Outcome {
    Read,
    Refused,
    /// Neither a result nor a diagnostic with a place, or a panic.
    Wrong(String),
}

/// A project in a folder of its own, one file of which is replaced again and again.
pub struct Tried {
    format: Format,
    root: PathBuf,
    /// The file that is replaced.
    file: PathBuf,
    good: Vec<u8>,
    project: Option<Project>,
    rest: Option<Rest>,
}

/// What a changed manifest or template meets.
struct Rest {
    measured: Measured,
    files: PackFiles,
    entry: String,
}

fn own(name: &str) -> PathBuf {
    root().join("tests/hostile").join(name)
}

impl Tried {
    pub fn new(format: Format, root: &Path) -> Self {
        let ending = if let Format::Data(ending) = format { ending } else { "csv" };
        let name = format!("answers.{ending}");
        let yaml = fs::read_to_string(own("manyi.yaml")).unwrap().replace("FILE", &name);
        fs::write(root.join("manyi.yaml"), &yaml).unwrap();
        fs::copy(own(&name), root.join(&name)).unwrap();
        let mut found = Diagnostics::new();
        let measured = measure(root, &mut found);
        let words: Vec<String> = found.iter().map(|one| one.text(Lang::En)).collect();
        let measured = measured.unwrap_or_else(|| panic!("{words:?}"));
        let (file, good, rest) = match format {
            Format::Data(_) => (root.join(&name), fs::read(own(&name)).unwrap(), None),
            Format::Project => (root.join("manyi.yaml"), yaml.into_bytes(), None),
            Format::Manifest => {
                let folder = root.join("plugins/complaints");
                fs::create_dir_all(&folder).unwrap();
                let good = fs::read_to_string(crate::support::root().join("plugins/complaints/plugin.yaml")).unwrap();
                let good = good.replacen("id: complaints", "id: complaints\nreplace: true", 1);
                (folder.join("plugin.yaml"), good.into_bytes(), None)
            }
            Format::Template => {
                let files = pack_files("satisfaction-plan", None, &mut found);
                let entry = "zh-CN/problem.md.tera".to_owned();
                let text = files.get(&entry).map(|file| file.text.clone());
                let text =
                    text.unwrap_or_else(|| panic!("{:?}", files.iter().map(|(path, _)| path).collect::<Vec<_>>()));
                (root.join("unused"), text.into_bytes(), Some(Rest { measured: measured.clone(), files, entry }))
            }
        };
        let project = Some(measured.project).filter(|_| matches!(format, Format::Data(_)));
        Self { format, root: root.to_owned(), file, good, project, rest }
    }

    pub fn good(&self) -> &[u8] {
        &self.good
    }

    /// What the program makes of an input.
    pub fn outcome(&self, input: &[u8]) -> Outcome {
        let mut found = Diagnostics::new();
        let done = catch_unwind(AssertUnwindSafe(|| self.tried(input, &mut found)));
        let Ok(done) = done else { return Outcome::Wrong("a panic".to_owned()) };
        let errors: Vec<_> = found.iter().filter(|one| one.level == Level::Error).collect();
        if let Some(lost) = errors.iter().find(|error| error.location.is_none()) {
            return Outcome::Wrong(format!("an error without a place: {}", lost.text(Lang::En)));
        }
        match (done, errors.is_empty()) {
            (true, true) => Outcome::Read,
            (_, false) => Outcome::Refused,
            (false, true) => Outcome::Wrong("neither a result nor an error".to_owned()),
        }
    }

    /// True if there is a result.
    fn tried(&self, input: &[u8], found: &mut Diagnostics) -> bool {
        if let Some(rest) = &self.rest {
            return rest.document(input, found);
        }
        fs::write(&self.file, input).unwrap();
        match self.format {
            Format::Data(_) => {
                let project = self.project.as_ref().unwrap();
                load_tables(project, found).is_some()
            }
            Format::Project => load_project(&self.root, found)
                .is_some_and(|project| found.has_errors() || load_tables(&project, found).is_some()),
            Format::Manifest => {
                let plugins: std::collections::BTreeMap<String, Plugin> = discover(Some(&self.root), found);
                plugins.contains_key("complaints")
            }
            Format::Template => unreachable!("templates have no file"),
        }
    }
}

impl Rest {
    fn document(&self, input: &[u8], found: &mut Diagnostics) -> bool {
        let mut files = self.files.clone();
        files.insert(&self.entry, &self.entry, String::from_utf8_lossy(input));
        let Some(pack) = Pack::load("satisfaction-plan", files, found) else { return false };
        let Some(templates) = PackTemplates::parse(&pack, Lang::ZhCn, found) else { return false };
        let Measured { project, plugins, tables, indicators, models, .. } = &self.measured;
        let survey = &tables.survey;
        let planned = Planned::default();
        let inputs = DocumentInputs {
            project,
            results: &indicators.results,
            distributions: &[],
            steps: &survey.steps,
            files: &survey.inputs,
            columns: &survey.columns,
            answers: survey.row_count() as u64,
            answers_of_all: survey.row_count() as u64,
            wave_answers: &[],
            weighted: true,
            models,
            tables: &[],
            subject: None,
            whole: None,
            planned: &planned,
            weighting: &[],
            voices: &[],
            banners: &[],
            plugins,
            date: "2026-11-30",
            tones: ToneNames::default(),
        };
        templates.document(&inputs, &pack, found).is_some()
    }
}
