//! The models against the numbers that other programs give for real data: relaimpo and Johnson's weights for `mtcars`, alpha of
//! the European index for mobile phones, Kano categories and the importance map of the kiosk survey.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use manyi::models::importance_performance::{Cuts, Quadrant, stated};
use manyi::models::kano::{Category, kano};
use manyi::models::relative_weights::relative_weights;
use manyi::models::reliability::reliability;
use manyi::models::shapley::shapley;
use serde_json::Value;

use crate::support;

/// Cells of a CSV file by column; a cell that is no number is `None`.
fn columns(file: &Path) -> HashMap<String, Vec<Option<f64>>> {
    let mut reader = csv::Reader::from_path(file).unwrap();
    let name = |name: &str| name.trim_start_matches('\u{feff}').to_owned();
    let names: Vec<String> = reader.headers().unwrap().iter().map(name).collect();
    let mut columns: HashMap<String, Vec<Option<f64>>> = HashMap::new();
    for row in reader.records() {
        for (name, cell) in names.iter().zip(&row.unwrap()) {
            columns.entry(name.clone()).or_default().push(cell.parse().ok());
        }
    }
    columns
}

/// The named columns in the rows where all of them have a number.
fn complete(columns: &HashMap<String, Vec<Option<f64>>>, names: &[String]) -> Vec<Vec<f64>> {
    let rows = columns[&names[0]].len();
    let whole = |row: &usize| names.iter().all(|name| columns[name][*row].is_some());
    let kept: Vec<usize> = (0..rows).filter(whole).collect();
    names.iter().map(|name| kept.iter().filter_map(|row| columns[name][*row]).collect()).collect()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn json(file: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

fn assert_close(what: &str, found: f64, expected: &Value) {
    let expected = expected.as_f64().unwrap_or_else(|| panic!("the reference has no number for {what}"));
    assert!(support::close(found, expected, 1e-9), "{what}: expected {expected}, found {found}");
}

#[test]
fn drivers_of_mtcars_agree_with_relaimpo() {
    let Some(data) = support::reference_data("drivers_of_mtcars_agree_with_relaimpo") else { return };
    let folder = data.join("keydrivers");
    let predictors = ["cyl", "disp", "hp", "gear"];
    let columns = complete(&columns(&folder.join("mtcars.csv")), &names(&["cyl", "disp", "hp", "gear", "mpg"]));
    let weights = vec![1.0; columns[0].len()];
    let expected = &json(&folder.join("expected_keydrivers_R.json"))["mtcars_mpg_cyl_disp_hp_gear"];
    let johnson = relative_weights(&columns[..4], &columns[4], &weights).unwrap();
    let lmg = shapley(&columns[..4], &columns[4], &weights).unwrap();
    assert_close("R2 of the relative weights", johnson.r2, &expected["r2"]);
    assert_close("R2 of the Shapley shares", lmg.r2, &expected["r2"]);
    for (place, predictor) in predictors.into_iter().enumerate() {
        let pairs = [
            ("johnson_relative_weights", johnson.raw[place]),
            ("std_beta", johnson.coefficients[place]),
            ("lmg_shapley", lmg.raw[place]),
            ("first", lmg.first[place]),
            ("last", lmg.last[place]),
        ];
        for (key, found) in pairs {
            assert_close(&format!("{key} of {predictor}"), found, &expected[key][predictor]);
        }
    }
}

/// The file gives the standardised alpha of the latent variables of the index.
#[test]
fn alpha_of_the_mobile_index_agrees_with_sem_pls() {
    let Some(data) = support::reference_data("alpha_of_the_mobile_index_agrees_with_sem_pls") else { return };
    let folder = data.join("ecsi_pls");
    let columns = columns(&folder.join("mobi.csv"));
    let blocks = [("Image", "IMAG", 5), ("Expectation", "CUEX", 3), ("Value", "PERV", 2), ("Satisfaction", "CUSA", 3)];
    let mut reader = csv::Reader::from_path(folder.join("reliability.csv")).unwrap();
    let expected: HashMap<String, f64> =
        reader.records().map(Result::unwrap).map(|row| (row[0].to_owned(), row[1].parse().unwrap())).collect();
    assert_eq!(expected.len(), blocks.len());
    for (block, prefix, count) in blocks {
        let items: Vec<String> = (1..=count).map(|item| format!("{prefix}{item}")).collect();
        let items = complete(&columns, &items);
        let found = reliability(&items, &vec![1.0; items[0].len()]).unwrap();
        assert_close(block, found.standardized_alpha.unwrap(), &expected[block].into());
    }
}

#[test]
fn kano_categories_of_the_kiosks_agree_with_python() {
    let Some(data) = support::reference_data("kano_categories_of_the_kiosks_agree_with_python") else { return };
    let folder = data.join("real/kiosk_kservqual");
    let columns = columns(&folder.join("kiosk_kservqual_utf8.csv"));
    let expected = json(&folder.join("expected_python.json"));
    let features = expected["kano"].as_object().unwrap();
    assert_eq!(features.len(), 29);
    for (feature, expected) in features {
        let pair = complete(&columns, &[format!("{feature}_func"), format!("{feature}_dysf")]);
        let found = kano(&pair[0], &pair[1], &vec![1.0; pair[0].len()]).unwrap();
        assert_eq!(Some(found.rows as u64), expected["n"].as_u64(), "{feature}");
        for (place, category) in found.categories.iter().zip(Category::ALL) {
            let letter = category.letter().to_string();
            assert_eq!(Some(place.answers as u64), expected[&letter].as_u64(), "{feature} {letter}");
            assert!(support::close(place.share * found.rows as f64, place.answers as f64, 1e-12));
        }
        assert_eq!(found.category.letter().to_string(), expected["mode_MOAIRQ_ties"], "{feature}");
        assert_close(feature, found.category_strength, &expected["category_strength"]);
        assert_close(feature, found.total_strength, &expected["total_strength"]);
        assert_close(feature, found.better.unwrap(), &expected["better"]);
        assert_close(feature, found.worse.unwrap(), &expected["worse"]);
    }
}

#[test]
fn importance_map_of_the_kiosks_agrees_with_python() {
    let Some(data) = support::reference_data("importance_map_of_the_kiosks_agrees_with_python") else { return };
    let folder = data.join("real/kiosk_kservqual");
    let expected = &json(&folder.join("expected_python.json"))["ipa"];
    let items = expected["items"].as_object().unwrap();
    assert_eq!(items.len(), 24);
    let sides = ["imp", "sat"].into_iter().flat_map(|side| items.keys().map(move |item| format!("{item}_{side}")));
    let answers = complete(&columns(&folder.join("kiosk_kservqual_utf8.csv")), &sides.collect::<Vec<_>>());
    let (importance, performance) = answers.split_at(24);
    let found = stated(importance, performance, &vec![1.0; answers[0].len()], Cuts::GrandMeans).unwrap();
    assert_close("cut of importance", found.importance_cut, &expected["grand_mean_importance"]);
    assert_close("cut of performance", found.performance_cut, &expected["grand_mean_performance"]);
    for ((item, expected), found) in items.iter().zip(&found.items) {
        assert_close(item, found.importance, &expected["importance"]);
        assert_close(item, found.performance, &expected["performance"]);
        let gap = expected["performance"].as_f64().unwrap() - expected["importance"].as_f64().unwrap();
        assert_close(item, found.gap.unwrap(), &gap.into());
        let quadrant = match found.quadrant {
            Quadrant::KeepUp => "keep_up",
            Quadrant::ConcentrateHere => "concentrate_here",
            Quadrant::LowPriority => "low_priority",
            Quadrant::PossibleOverkill => "possible_overkill",
        };
        assert_eq!(quadrant, expected["quadrant"], "{item}");
    }
}
