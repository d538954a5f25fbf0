//! PLS path models of the mobile phone survey (250 answers, 24 questions, scale of 1 to 10) against semPLS, SmartPLS and the R
//! package seminr. The survey and the numbers are read from the reference folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use manyi::models::pls::{self, Answers, Construct, Fit, Indicator, Mode, Model, Scale, Settings, fit};
use serde_json::Value;

use crate::support;

/// Iterative results of different programs.
const TOLERANCE: f64 = 1e-6;

/// A model with names: constructs with their columns, and an estimate of it.
struct Survey {
    /// Names of the constructs with those of their columns.
    blocks: Vec<(String, Vec<String>)>,
    model: Model,
    fit: Fit,
}

impl Survey {
    /// Estimates the constructs of `blocks` in Mode A under the path scheme.
    fn estimate(folder: &Path, blocks: Vec<(String, Vec<String>)>, arrows: &[(String, String)]) -> Self {
        let answers = column_values(&folder.join("mobi.csv"));
        let names: Vec<&String> = blocks.iter().flat_map(|(_, columns)| columns).collect();
        let columns: Vec<&[f64]> = names.iter().map(|name| answers[*name].as_slice()).collect();
        let scale = Scale { lowest: 1.0, highest: 10.0 };
        let mut next = 0..;
        let constructs = blocks.iter().map(|(_, columns)| Construct {
            mode: Mode::A,
            indicators: columns.iter().zip(&mut next).map(|(_, column)| Indicator { column, scale }).collect(),
        });
        let number = |name: &str| blocks.iter().position(|(known, _)| known == name).unwrap();
        let paths = arrows.iter().map(|(from, to)| pls::Path { from: number(from), to: number(to) });
        let model = Model::new(constructs.collect(), paths.collect()).unwrap();
        let moments = Answers::new(&columns).unwrap().moments(&vec![1.0; columns[0].len()]).unwrap();
        let fit = fit(&moments, &model, &Settings { tolerance: 1e-9, ..Settings::default() }).unwrap();
        Self { blocks, model, fit }
    }

    /// The model of the European Customer Satisfaction Index, from the files of semPLS.
    fn ecsi(folder: &Path) -> Self {
        let mut blocks: Vec<(String, Vec<String>)> = Vec::new();
        for (construct, column) in pairs(&folder.join("semPLS_ECSImeasuremod.csv")) {
            match blocks.iter_mut().find(|(name, _)| *name == construct) {
                Some((_, columns)) => columns.push(column),
                None => blocks.push((construct, vec![column])),
            }
        }
        Self::estimate(folder, blocks, &pairs(&folder.join("semPLS_ECSIstrucmod.csv")))
    }

    fn name(&self, construct: usize) -> &str {
        &self.blocks[construct].0
    }

    fn number(&self, name: &str) -> usize {
        self.blocks.iter().position(|(known, _)| known == name).unwrap()
    }
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn column_values(path: &Path) -> BTreeMap<String, Vec<f64>> {
    let rows = rows(path);
    let column = |place: usize| rows[1..].iter().map(|row| row[place].parse().unwrap()).collect();
    rows[0].iter().enumerate().map(|(place, name)| (name.clone(), column(place))).collect()
}

fn pairs(path: &Path) -> Vec<(String, String)> {
    rows(path)[1..].iter().map(|row| (row[0].clone(), row[1].clone())).collect()
}

/// A table of SmartPLS: names of the rows with the numbers by column name; decimal commas.
fn smartpls(path: &Path) -> Vec<(String, BTreeMap<String, f64>)> {
    let text = fs::read_to_string(path).unwrap();
    let cells = |line: &str| line.split('\t').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let mut lines = text.lines();
    let header = cells(lines.next().unwrap());
    let number = |cell: &String| cell.replace(',', ".").parse::<f64>().ok();
    let row = |cells: Vec<String>| {
        let values = header.iter().zip(&cells).skip(1);
        (cells[0].clone(), values.filter_map(|(name, cell)| Some((name.clone(), number(cell)?))).collect())
    };
    lines.map(cells).map(row).collect()
}

fn report(wrong: &[String], compared: usize, least: usize) {
    assert!(wrong.is_empty(), "{} of {compared} numbers differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared >= least, "only {compared} numbers were compared");
}

#[test]
fn the_european_index_agrees_with_sempls() {
    let Some(data) = support::reference_data("the_european_index_agrees_with_sempls") else { return };
    let folder = data.join("ecsi_pls");
    let text = fs::read_to_string(folder.join("expected_mobi_semPLS_R.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    let survey = Survey::ecsi(&folder);
    let mut found: Vec<(String, f64)> = Vec::new();
    let arrow = |from: usize, to: usize| format!("{} -> {}", survey.name(from), survey.name(to));
    for (path, coefficient) in survey.model.paths().iter().zip(&survey.fit.paths) {
        found.push((format!("/pathWeighting/std/paths/{}", arrow(path.from, path.to)), *coefficient));
    }
    for effect in &survey.fit.effects {
        found.push((format!("/pathWeighting/std/total_effects/{}", arrow(effect.from, effect.to)), effect.total));
    }
    for ((name, columns), construct) in survey.blocks.iter().zip(&survey.fit.constructs) {
        let index = construct.index.as_ref().unwrap();
        for (place, column) in columns.iter().enumerate() {
            let weight = construct.outer_weights[place];
            found.push((format!("/pathWeighting/std/outer_weights/{name}/{column}"), weight));
            let shares = format!("/pathWeighting/index_0_100_unstd_weights/{name}/weights_unstd_sum1/{column}");
            found.push((shares, index.weights[place]));
        }
        found.push((format!("/pathWeighting/index_0_100_unstd_weights/{name}/mean"), index.value));
        if let Some(r_squared) = construct.r_squared {
            found.push((format!("/pathWeighting/std/rsq/{name}"), r_squared.plain));
        }
    }
    let mut wrong = Vec::new();
    for (pointer, value) in &found {
        let given = expected.pointer(pointer).and_then(Value::as_f64);
        if !given.is_some_and(|given| support::close(*value, given, TOLERANCE)) {
            wrong.push(format!("{pointer}: {given:?} expected, {value} found"));
        }
    }
    report(&wrong, found.len(), 94);
}

#[test]
fn the_european_index_agrees_with_smartpls() {
    let Some(data) = support::reference_data("the_european_index_agrees_with_smartpls") else { return };
    let folder = data.join("ecsi_pls");
    let survey = Survey::ecsi(&folder);
    let (mut wrong, mut compared) = (Vec::new(), 0);
    let mut compare = |name: String, given: f64, value: f64| {
        compared += 1;
        // Printed with eight decimals, after iterations that stopped at 1e-7.
        if (given - value).abs() > 1e-8 {
            wrong.push(format!("{name}: {given} expected, {value} found"));
        }
    };
    for (column, weights) in smartpls(&folder.join("smartpls_pathWeighting_outerWeights.txt")) {
        for (construct, given) in weights {
            let number = survey.number(&construct);
            let place = survey.blocks[number].1.iter().position(|known| *known == column);
            let value = place.map_or(0.0, |place| survey.fit.constructs[number].outer_weights[place]);
            compare(format!("{column} of {construct}"), given, value);
        }
    }
    for (from, coefficients) in smartpls(&folder.join("smartpls_pathWeighting_pathCoefficients.txt")) {
        for (to, given) in coefficients {
            let ends = pls::Path { from: survey.number(&from), to: survey.number(&to) };
            let place = survey.model.paths().iter().position(|path| *path == ends);
            let value = place.map_or(0.0, |place| survey.fit.paths[place]);
            compare(format!("{from} -> {to}"), given, value);
        }
    }
    report(&wrong, compared, 24 * 7 + 7 * 7);
}

/// seminr's table is of its introductory model, in which image, expectation and value lead to satisfaction.
#[test]
fn reliability_agrees_with_seminr() {
    let Some(data) = support::reference_data("reliability_agrees_with_seminr") else { return };
    let folder = data.join("ecsi_pls");
    let items = |stem: &str, count: usize| (1..=count).map(|item| format!("{stem}{item}")).collect();
    let blocks = vec![
        ("Image".to_owned(), items("IMAG", 5)),
        ("Expectation".to_owned(), items("CUEX", 3)),
        ("Value".to_owned(), items("PERV", 2)),
        ("Satisfaction".to_owned(), items("CUSA", 3)),
    ];
    let arrows = ["Image", "Expectation", "Value"].map(|name| (name.to_owned(), "Satisfaction".to_owned()));
    let survey = Survey::estimate(&folder, blocks, &arrows);
    let table = rows(&folder.join("reliability.csv"));
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for row in &table[1..] {
        let found = survey.fit.constructs[survey.number(&row[0])].reliability.unwrap();
        for (name, given) in table[0].iter().zip(row).skip(1) {
            let value = match name.as_str() {
                "alpha" => found.alpha,
                "rhoC" => found.rho_c,
                "AVE" => found.average_variance,
                _ => found.rho_a.unwrap(),
            };
            compared += 1;
            if !support::close(value, given.parse().unwrap(), TOLERANCE) {
                wrong.push(format!("{} {name}: {given} expected, {value} found", row[0]));
            }
        }
    }
    report(&wrong, compared, 16);
}
