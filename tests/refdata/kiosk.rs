//! The kiosk survey as a project: 24 expectation and perception pairs, 29 Kano pairs, 24 importance and performance pairs,
//! four overall items and a multi-select. Headers and answer wordings come from the survey's own codebook at run time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::Field::{Estimate, N, Se};
use super::Row;
use super::Rule::{Rows, Same, Times};
use super::cases::total;

/// Answers in the file and users among them; the others skipped all items.
const ROWS: u32 = 211;
const USERS: u32 = 207;

/// What the survey's files say about its columns.
pub struct Kiosk {
    /// Code of a question to its header in the original file.
    headers: BTreeMap<String, String>,
    /// Kano wording to position, 1 (like) to 5 (dislike).
    kano_wordings: BTreeMap<String, u32>,
    /// Options of the multi-select, free texts included, and those with a published count.
    options: BTreeSet<String>,
    counted: Vec<String>,
}

impl Kiosk {
    /// Reads the codebook, the original file and the coded one.
    pub fn load(folder: &Path) -> Self {
        let read = |name: &str| fs::read(folder.join(name)).unwrap();
        let original = encoding_rs::EUC_KR.decode(&read("kiosk_original_cp949.csv")).0.into_owned();
        let original = rows(&original);
        let coded = rows(&String::from_utf8(read("kiosk_kservqual_utf8.csv")).unwrap());
        let codebook = rows(&String::from_utf8(read("codebook.csv")).unwrap());
        let expected: Value = serde_json::from_slice(&read("expected_python.json")).unwrap();

        let mut headers = BTreeMap::new();
        let mut positions = BTreeMap::new();
        for entry in &codebook[1..] {
            let position = entry[1].parse::<usize>().unwrap() - 1;
            // Readers give a tab inside a header as a space.
            headers.insert(entry[0].clone(), original[0][position].trim().replace('\t', " "));
            positions.insert(entry[0].clone(), position);
        }
        let coded_position =
            |code: &str| coded[0].iter().position(|header| header.trim_start_matches('\u{feff}') == code);
        let mut kano_wordings = BTreeMap::new();
        for (code, &position) in positions.iter().filter(|(code, _)| code.starts_with("kano")) {
            let coded_position = coded_position(code).unwrap();
            for (texts, codes) in original[1..].iter().zip(&coded[1..]) {
                if let Ok(code) = codes[coded_position].parse() {
                    kano_wordings.insert(texts[position].trim().to_owned(), code);
                }
            }
        }
        let counted: Vec<String> = expected["motive_multi"]["mentions"].as_object().unwrap().keys().cloned().collect();
        let mut options: BTreeSet<String> = counted.iter().cloned().collect();
        for answer in original[1..].iter().map(|row| &row[positions["motive_multi"]]) {
            let mut rest = answer.clone();
            for option in &counted {
                rest = rest.replace(option, "");
            }
            let rest = rest.trim_matches([',', ' ']);
            if !rest.is_empty() {
                options.insert(rest.to_owned());
            }
        }
        Self { headers, kano_wordings, options, counted }
    }

    /// A project over the original file in a folder of its own.
    pub fn write_project(&self, data: &Path) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let plugin = folder.path().join("plugins/kiosk");
        fs::create_dir_all(&plugin).unwrap();
        fs::write(folder.path().join("manyi.yaml"), self.project(data)).unwrap();
        fs::write(plugin.join("plugin.yaml"), self.plugin()).unwrap();
        folder
    }

    fn questions(&self) -> impl Iterator<Item = (&String, &String)> {
        let prefixes = ["sq", "kano", "ipa", "ov_", "motive"];
        self.headers.iter().filter(move |(code, _)| prefixes.iter().any(|prefix| code.starts_with(prefix)))
    }

    fn project(&self, data: &Path) -> String {
        let file = data.canonicalize().unwrap().join("kiosk_original_cp949.csv");
        let mut yaml = format!(
            "manyi: 1\nproject: {{ title: Kiosks, lang: en }}\ndata:\n  sources:\n    - {{ file: {}, dialect: plain, \
             encoding: euc-kr }}\nsettings: {{ suppress_below: 0, flag_below: 0 }}\ncolumns:\n",
            quoted(&file.to_string_lossy())
        );
        let wordings: Vec<String> =
            self.kano_wordings.iter().map(|(text, code)| format!("{}: {code}", quoted(text))).collect();
        let options: Vec<String> =
            self.options.iter().map(|option| format!("{}: {}", quoted(option), quoted(option))).collect();
        for (code, header) in self.questions() {
            let kind = match kind(code) {
                ("multi", _) => format!("type: multi, separator: \", \", labels: {{ {} }}", options.join(", ")),
                (_, 5) if code.starts_with("kano") => {
                    format!("type: scale, range: [1, 5], labels: {{ {} }}", wordings.join(", "))
                }
                (_, points) => format!("type: scale, range: [1, {points}]"),
            };
            writeln!(yaml, "  {code}: {{ from: {}, {kind} }}", quoted(header)).unwrap();
        }
        yaml.push_str("plugins:\n  kiosk:\n    inputs:\n");
        for (code, _) in self.questions() {
            writeln!(yaml, "      {code}: {code}").unwrap();
        }
        yaml
    }

    fn plugin(&self) -> String {
        let mut yaml = "manifest: 1\nid: kiosk\nversion: 1.0.0\ntitle: Kiosk survey\ninputs:\n".to_owned();
        for (code, _) in self.questions() {
            match kind(code) {
                ("multi", _) => writeln!(yaml, "  {code}: {{ type: multi }}").unwrap(),
                (_, points) => writeln!(yaml, "  {code}: {{ type: scale, range: [1, {points}] }}").unwrap(),
            }
        }
        yaml.push_str("metrics:\n");
        let mut metric = |id: &str, rest: &str| writeln!(yaml, "  - {{ id: {id}, title: {id}, {rest} }}").unwrap();
        for item in 1..=24 {
            let (expected, perceived) = (format!("sq{item:02}_exp"), format!("sq{item:02}_per"));
            let both = format!("base: \"{expected} IS NOT NULL AND {perceived} IS NOT NULL\"");
            metric(&format!("sq{item:02}_gap"), &format!("estimator: mean, of: {perceived} - {expected}"));
            metric(&format!("sq{item:02}_expected"), &format!("estimator: mean, of: {expected}, {both}"));
            metric(&format!("sq{item:02}_perceived"), &format!("estimator: mean, of: {perceived}, {both}"));
            metric(&format!("ipa{item:02}_importance"), &format!("estimator: mean, of: ipa{item:02}_imp"));
            metric(&format!("ipa{item:02}_performance"), &format!("estimator: mean, of: ipa{item:02}_sat"));
        }
        for item in 1..=29 {
            // Attractive, one-dimensional, must-be and indifferent are the cells left of "dislike" and right of "like".
            let (with, without) = (format!("kano{item:02}_func"), format!("kano{item:02}_dysf"));
            let base = format!("base: \"{with} <= 4 AND {without} >= 2\"");
            metric(&format!("kano{item:02}_better"), &format!("estimator: proportion, of: {with} = 1, {base}"));
            metric(&format!("kano{item:02}_worse"), &format!("estimator: proportion, of: {without} = 5, {base}"));
        }
        for code in self.overall() {
            metric(&format!("{code}_mean"), &format!("estimator: mean, of: {code}"));
            metric(&format!("{code}_top2"), &format!("estimator: proportion, of: {code} >= 4"));
            metric(&format!("{code}_index"), &format!("estimator: mean, of: {code}, rescale: [1, 5], unit: points"));
        }
        for (index, option) in self.counted.iter().enumerate() {
            let of = quoted(&format!("selected(motive_multi, '{}')", option.replace('\'', "''")));
            metric(&format!("motive_{index}"), &format!("estimator: proportion, of: {of}"));
        }
        yaml
    }

    fn overall(&self) -> impl Iterator<Item = &String> {
        self.headers.keys().filter(|code| code.starts_with("ov_"))
    }

    /// Every published number that is an estimate of one of the metrics.
    pub fn rows(&self) -> Vec<Row> {
        let error = |unit| Rows { theirs: USERS, ours: ROWS, unit };
        let mut rows = Vec::new();
        for item in 1..=24 {
            let gap = format!("/servqual/sq{item:02}");
            rows.push(total(&format!("sq{item:02}_gap"), N, &format!("{gap}/n"), Same));
            rows.push(total(&format!("sq{item:02}_gap"), Estimate, &format!("{gap}/gap"), Same));
            rows.push(total(&format!("sq{item:02}_gap"), Se, &format!("{gap}/se_gap"), error(1.0)));
            rows.push(total(&format!("sq{item:02}_expected"), Estimate, &format!("{gap}/mean_exp"), Same));
            rows.push(total(&format!("sq{item:02}_perceived"), Estimate, &format!("{gap}/mean_per"), Same));
            for key in ["importance", "performance"] {
                rows.push(total(
                    &format!("ipa{item:02}_{key}"),
                    Estimate,
                    &format!("/ipa/items/ipa{item:02}/{key}"),
                    Same,
                ));
            }
        }
        for item in 1..=29 {
            rows.push(total(
                &format!("kano{item:02}_better"),
                Estimate,
                &format!("/kano/kano{item:02}/better"),
                Times(100.0),
            ));
            rows.push(total(
                &format!("kano{item:02}_worse"),
                Estimate,
                &format!("/kano/kano{item:02}/worse"),
                Times(-100.0),
            ));
        }
        let per_root_n = 1.0 / f64::from(USERS).sqrt();
        for code in self.overall() {
            let pointer = |key: &str| format!("/overall/{code}/{key}");
            rows.push(total(&format!("{code}_mean"), Estimate, &pointer("mean"), Same));
            rows.push(total(&format!("{code}_mean"), Se, &pointer("sd"), error(per_root_n)));
            rows.push(total(&format!("{code}_top2"), Estimate, &pointer("top2"), Times(100.0)));
            rows.push(total(&format!("{code}_index"), Estimate, &pointer("index_0_100"), Same));
            rows.push(total(&format!("{code}_index"), Se, &pointer("sd"), error(25.0 * per_root_n)));
        }
        for (index, option) in self.counted.iter().enumerate() {
            let option = option.replace('~', "~0").replace('/', "~1");
            let pointer = format!("/motive_multi/mentions/{option}");
            rows.push(total(&format!("motive_{index}"), Estimate, &pointer, Times(100.0 / f64::from(ROWS))));
        }
        rows
    }
}

/// Kind of a question and, for scales, its number of points.
fn kind(code: &str) -> (&'static str, u32) {
    match code {
        _ if code.starts_with("motive") => ("multi", 0),
        _ if code.starts_with("kano") || code.starts_with("ov_") => ("scale", 5),
        _ => ("scale", 7),
    }
}

/// A text as a double-quoted YAML scalar; JSON's escapes are YAML's too.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}
