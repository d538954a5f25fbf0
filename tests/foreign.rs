//! Files that other programs write: LibreOffice's XLS, ODS and XLSX, and SPSS files of the ReadStat library, hold the answers that the
//! CSV holds. A program that is absent is named and skipped.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::{copy_folder, find, manyi, metrics, office, root};

/// The November export of the sample as UTF-8 without a mark.
fn november() -> String {
    let text = fs::read_to_string(root().join("samples/campus-canteen/data/2026-11.csv")).unwrap();
    text.trim_start_matches('\u{feff}').to_owned()
}

/// The sample with another file for November.
fn sample_with(folder: &Path, file: &Path) -> Value {
    copy_folder(&root().join("samples/campus-canteen"), folder);
    let name = file.file_name().unwrap().to_str().unwrap();
    fs::remove_file(folder.join("data/2026-11.csv")).unwrap();
    fs::copy(file, folder.join("data").join(name)).unwrap();
    let project = folder.join("manyi.yaml");
    let text = fs::read_to_string(&project).unwrap();
    fs::write(&project, text.replace("data/2026-11.csv", &format!("data/{name}"))).unwrap();
    metrics(folder)
}

#[test]
fn spreadsheets_of_libreoffice_give_the_numbers_of_the_csv() {
    let work = tempfile::tempdir().unwrap();
    if office::skipped("spreadsheets_of_libreoffice_give_the_numbers_of_the_csv") {
        return;
    }
    let csv = work.path().join("november.csv");
    fs::write(&csv, november()).unwrap();
    let known = metrics(&root().join("samples/campus-canteen"));
    for format in ["xls", "ods", "xlsx"] {
        let delimited = ["--infilter=CSV:44,34,76,1,,0,false,false"];
        let file = office::convert_with(&delimited, &csv, format, work.path());
        let found = sample_with(&work.path().join(format), &file);
        assert_eq!(found["estimates"], known["estimates"], "{format}");
    }
}

/// Values are numbers with labels, skipped and unreached questions (-3, -2) user-missing values.
const WRITE_SAV: &str = "
import csv, sys
import pandas, pyreadstat
table = pandas.read_csv(sys.argv[1])
canteen, praise = table.columns[7], table.columns[13]
frame = pandas.DataFrame({'canteen': table[canteen].astype(float), 'praise': table[praise].astype(float)})
labels = {'canteen': {1: '第一食堂', 2: '第二食堂', 3: '清真餐厅', 4: '教工餐厅'}}
pyreadstat.write_sav(frame, sys.argv[2], variable_value_labels=labels, missing_ranges={'praise': [-3, -2]},
                     column_labels=['请您评价的食堂', '总体评价'])
";

#[test]
fn spss_files_of_readstat_keep_labels_and_missing_values() {
    let work = tempfile::tempdir().unwrap();
    let known = Command::new("python3").args(["-c", "import pandas, pyreadstat"]).output();
    if !known.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped spss_files_of_readstat_keep_labels_and_missing_values: python3 with pyreadstat is absent");
        return;
    }
    let (csv, sav) = (work.path().join("november.csv"), work.path().join("november.sav"));
    fs::write(&csv, november()).unwrap();
    let output = Command::new("python3").args(["-c", WRITE_SAV]).arg(&csv).arg(&sav).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let project = "manyi: 1\nproject: { title: t, lang: en, date: \"2026-11-30\" }\ndata: { sources: [{ file: november.sav }] }\ncolumns:\n  canteen: { type: single }\n  praise: { type: scale, range: [1, 5] }\nplugins:\n  csat: { inputs: { satisfaction: praise } }\nsegments: [canteen]\n";
    fs::write(work.path().join("manyi.yaml"), project).unwrap();
    let checked = manyi().arg("check").arg(work.path()).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    // Counted in the CSV by Python: 372 answers, 264 of them 4 or 5; of 142 about Canteen 2 86.
    let found = metrics(work.path());
    let all = find(&found, "csat_top2", None, None);
    assert_eq!(all["n"], 372);
    assert!((all["estimate"].as_f64().unwrap() - 100.0 * 264.0 / 372.0).abs() < 1e-9);
    let second = find(&found, "csat_top2", None, Some(("canteen", "第二食堂")));
    assert_eq!(second["n"], 142);
    assert!((second["estimate"].as_f64().unwrap() - 100.0 * 86.0 / 142.0).abs() < 1e-9);
}
