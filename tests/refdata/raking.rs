//! Raked and post-stratified weights against published ones: the cluster sample of schools of the R package `survey`, and
//! tables A and B of Kalton and Flores-Cervantes (2003).

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::support;

/// Rows of a comma-separated file as texts, without its header.
fn rows(file: &Path) -> Vec<Vec<String>> {
    let records = csv::Reader::from_path(file).unwrap().into_records();
    records.map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Weights of a project over `data` with these columns and this weighting.
fn weights(data: &Path, columns: &str, weighting: &str) -> Vec<f64> {
    let folder = tempfile::tempdir().unwrap();
    let file = data.canonicalize().unwrap();
    let yaml = format!(
        "manyi: 1\nproject: {{ title: t }}\ndata:\n  sources: [{{ file: {:?}, dialect: plain }}]\n  weighting:\n    tolerance: 1e-13\n{weighting}\ncolumns:\n{columns}\n",
        file.to_string_lossy()
    );
    fs::write(folder.path().join("manyi.yaml"), yaml).unwrap();
    support::weights(&support::responses(folder.path()))
}

fn compare(what: &str, found: &[f64], wanted: &[f64], tolerance: f64) {
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (row, (found, wanted)) in found.iter().zip(wanted).enumerate() {
        assert!((found - wanted).abs() <= tolerance * wanted, "{what}, row {row}: {found} is not {wanted}");
    }
}

#[test]
fn schools_are_raked_as_in_r() {
    let Some(data) = support::reference_data("schools_are_raked_as_in_r") else { return };
    let file = data.join("survey_weights/apiclus1.csv");
    let columns = "  stype: { type: single }\n  sch_wide: { type: single, from: sch.wide }\n  pw: { type: number }";
    let published = rows(&data.join("raking/apiclus1_rake_weights_expected.csv"));
    let column = |index: usize| published.iter().map(|row| row[index].parse().unwrap()).collect::<Vec<f64>>();
    let types = "stype: { E: 4421, H: 755, M: 1018 }";
    let two = format!(
        "    start: pw\n    population: 6194\n    margins: {{ {types}, sch_wide: {{ 'No': 1072, 'Yes': 5122 }} }}"
    );
    let raked = weights(&file, columns, &two);
    compare("raked", &raked, &column(4), 1e-9);
    let one = format!("    start: pw\n    method: poststratify\n    population: 6194\n    margins: {{ {types} }}");
    compare("post-stratified", &weights(&file, columns, &one), &column(5), 1e-9);

    // Published with the package: mean of api00 641.23, total of enroll 3647280.
    let header = csv::Reader::from_path(&file).unwrap().headers().unwrap().clone();
    let schools = rows(&file);
    let values = |name: &str| {
        let place = header.iter().position(|held| held == name).unwrap();
        schools.iter().map(|row| row[place].parse().unwrap()).collect::<Vec<f64>>()
    };
    let sum = |values: &[f64]| values.iter().zip(&raked).map(|(value, weight)| value * weight).sum::<f64>();
    assert_eq!(format!("{:.2}", sum(&values("api00")) / 6194.0), "641.23");
    assert_eq!(format!("{:.0}", sum(&values("enroll"))), "3647280");
}

#[test]
fn tables_of_kalton_and_flores_cervantes() {
    let Some(data) = support::reference_data("tables_of_kalton_and_flores_cervantes") else { return };
    let cells = rows(&data.join("raking/kalton_flores_cervantes_2003.csv"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answers.csv");
    let mut answers = "a,b\n".to_owned();
    let (mut factors_raked, mut factors_stratified, mut crossed) = (Vec::new(), Vec::new(), String::new());
    for cell in &cells {
        let sampled: usize = cell[2].parse().unwrap();
        answers.push_str(&format!("{},{}\n", cell[0], cell[1]).repeat(sampled));
        factors_raked.extend(vec![cell[4].parse::<f64>().unwrap(); sampled]);
        factors_stratified.extend(vec![cell[5].parse::<f64>().unwrap(); sampled]);
    }
    for a in 1..=4 {
        let of_row = cells.iter().filter(|cell| cell[0] == a.to_string());
        let figures: Vec<String> = of_row.map(|cell| format!("{}: {}", cell[1], cell[3])).collect();
        write!(crossed, "{a}: {{ {} }}, ", figures.join(", ")).unwrap();
    }
    fs::write(&file, answers).unwrap();
    let columns = "  a: { type: single }\n  b: { type: single }";
    // Row totals 175, 550, 430, 345 and column totals 365, 415, 720 of table A.
    let margins =
        "    population: 1500\n    margins: { a: { 1: 175, 2: 550, 3: 430, 4: 345 }, b: { 1: 365, 2: 415, 3: 720 } }";
    compare("table B", &weights(&file, columns, margins), &factors_raked, 1e-9);
    let crossed = format!("    population: 1500\n    method: poststratify\n    margins: {{ a × b: {{ {crossed} }} }}");
    compare("table A", &weights(&file, columns, &crossed), &factors_stratified, 1e-9);
}
