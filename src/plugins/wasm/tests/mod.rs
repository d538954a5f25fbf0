//! Modules that behave and modules that do not, assembled from text in the test itself.
#![allow(clippy::unwrap_used, clippy::panic)]

mod guests;
mod hostile;

use guests::{Image, module, returning, spread};

use super::*;

/// Numbers in one column `x` with weights.
fn sample(values: &[Option<f64>], weights: &[f64]) -> Sample {
    Sample {
        columns: vec![Column { name: "x".to_owned(), answers: Answers::Numbers(values.to_vec()) }],
        weights: weights.to_vec(),
        confidence: 0.95,
        ..Sample::default()
    }
}

fn yields(estimates: &[&str]) -> Yields {
    Yields { estimates: estimates.iter().map(|&id| id.to_owned()).collect(), tables: Vec::new() }
}

fn load(bytes: &[u8]) -> Result<Module, WasmProblem> {
    Module::load(bytes, Limits { seconds: 0.3, memory_mb: 16, output_kb: 64 }, None)
}

/// The problem of a module that is expected to have one.
fn problem_of(bytes: &[u8], yields: &Yields) -> WasmProblem {
    match load(bytes).and_then(|module| module.compute(&sample(&[Some(1.0)], &[1.0]), yields)) {
        Ok(output) => panic!("it returned {output:?}"),
        Err(problem) => problem,
    }
}

#[test]
fn a_module_computes_a_weighted_spread() {
    let module = load(&spread()).unwrap();
    let compute = |sample: &Sample| module.compute(sample, &yields(&["spread"])).unwrap().estimates.remove(0);
    // 1, 3, 5: mean 3, squared distances 4, 0, 4, so the root of 8/3. Unknown answers do not count.
    let plain = compute(&sample(&[Some(1.0), None, Some(3.0), Some(f64::NAN), Some(5.0)], &[1.0; 5]));
    assert!((plain.value.unwrap() - (8.0f64 / 3.0).sqrt()).abs() < 1e-15);
    assert_eq!((plain.n, plain.standard_error, plain.interval), (3, None, None));
    // Weights 1 and 3 on 0 and 4: mean 3, (9 + 3 * 1) / 4 = 3.
    let weighted = compute(&sample(&[Some(0.0), Some(4.0)], &[1.0, 3.0]));
    assert!((weighted.value.unwrap() - 3.0f64.sqrt()).abs() < 1e-15);
    let nobody = compute(&sample(&[None], &[1.0]));
    assert_eq!((nobody.value, nobody.n), (None, 0));
    let empty = compute(&sample(&[], &[]));
    assert_eq!((empty.value, empty.n), (None, 0));
}

/// The skeleton's module is the text one, assembled: `MANYI_WRITE_SAMPLES=1` writes it again.
#[test]
fn the_module_of_the_skeleton_is_made_of_its_text() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/skeleton/wasm/module.wasm");
    if std::env::var_os("MANYI_WRITE_SAMPLES").is_some() {
        std::fs::write(&path, spread()).unwrap();
    }
    assert_eq!(std::fs::read(&path).unwrap(), spread());
}

#[test]
fn a_module_may_say_why_it_has_no_result() {
    let mut wrong = sample(&[], &[1.0]);
    wrong.columns[0].answers = Answers::Truths(vec![Some(true)]);
    assert_eq!(
        load(&spread()).unwrap().compute(&wrong, &yields(&["spread"])),
        Err(WasmProblem::Refused {
            code: "no_numbers".to_owned(),
            message: "the first column must hold numbers".to_owned()
        })
    );
}

/// Reads the second column as truths and the third as categories and returns a number made of every list.
const READER: &str = r#"
  (func $count (param $list i32) (param $len i32) (result i32) (local $sum i32)
    (loop $next
      (if (local.get $len) (then
        (local.set $len (i32.sub (local.get $len) (i32.const 1)))
        (local.set $sum (i32.add (local.get $sum) (i32.load8_u (i32.add (local.get $list) (local.get $len)))))
        (br $next))))
    (local.get $sum))
  (func $total (param $list i32) (param $len i32) (result i32) (local $sum i32)
    (loop $next
      (if (local.get $len) (then
        (local.set $len (i32.sub (local.get $len) (i32.const 1)))
        (local.set $sum (i32.add (local.get $sum)
          (i32.load (i32.add (local.get $list) (i32.shl (local.get $len) (i32.const 2))))))
        (br $next))))
    (local.get $sum))
  (func (export "compute")
    (param $c i32) (param $columns i32) (param $weights i32) (param $answers i32)
    (param $has-units i32) (param $units i32) (param $units-len i32)
    (param $has-strata i32) (param $strata i32) (param $strata-len i32)
    (param $confidence f64) (result i32) (local $t i32) (local $k i32)
    (local.set $t (i32.add (local.get $c) (i32.const 36)))
    (local.set $k (i32.add (local.get $c) (i32.const 72)))
    (f64.store (i32.const 2064) (f64.add (f64.add (f64.add (f64.add
      ;; truths that are true, and those known: 12 and 20
      (f64.convert_i32_u (call $count (i32.load offset=12 (local.get $t)) (i32.load offset=16 (local.get $t))))
      (f64.mul (f64.const 10)
        (f64.convert_i32_u (call $count (i32.load offset=20 (local.get $t)) (i32.load offset=24 (local.get $t))))))
      ;; codes, and names
      (f64.add
        (f64.mul (f64.const 100)
          (f64.convert_i32_u (call $total (i32.load offset=12 (local.get $k)) (i32.load offset=16 (local.get $k)))))
        (f64.mul (f64.const 1000) (f64.convert_i32_u (i32.load offset=24 (local.get $k))))))
      (f64.add
        (f64.mul (f64.const 10000) (f64.convert_i32_u (call $total (local.get $units) (local.get $units-len))))
        (f64.mul (f64.const 100000) (f64.convert_i32_u (call $total (local.get $strata) (local.get $strata-len))))))
      (local.get $confidence)))
    (i32.const 1024))"#;

#[test]
fn every_kind_of_column_arrives() {
    // The estimate's record begins at 2048, its value at 2064.
    let mut image = Image::new(4096);
    let estimate = image.estimate("read", Some(0.0), None, None, 0);
    assert_eq!(estimate.len(), 72);
    let data = image.place_estimates_at(2048, &[estimate]);
    let module = load(&module(&data, READER)).unwrap();
    let mut sample = sample(&[None; 4], &[1.0; 4]);
    sample.columns.push(Column {
        name: "truths".to_owned(),
        answers: Answers::Truths(vec![Some(true), Some(true), None, Some(false)]),
    });
    sample.columns.push(Column {
        name: "grade".to_owned(),
        answers: Answers::Categories {
            codes: vec![Some(0), Some(1), Some(2), None],
            names: vec!["大一".to_owned(), "大二".to_owned(), "大三".to_owned(), "大四".to_owned()],
        },
    });
    sample.units = Some(vec![0, 1, 1, 3]);
    sample.strata = Some(vec![0, 0, 1, 1]);
    let output = module.compute(&sample, &yields(&["read"])).unwrap();
    // 2 true, 3 known, codes 0+1+2, 4 names, units 0+1+1+3, strata 0+0+1+1, and the confidence.
    assert_eq!(output.estimates[0].value, Some(2.0 + 30.0 + 300.0 + 4000.0 + 50_000.0 + 200_000.0 + 0.95));
}

#[test]
fn tables_and_intervals_come_back_in_the_declared_order() {
    let mut image = Image::new(4096);
    let second = image.estimate("second", None, None, None, 0);
    let first = image.estimate("first", Some(1.5), Some(0.25), Some([1.0, 2.0]), 1);
    let text = image.text_cell("优先改进");
    let number = image.number_cell(0.5);
    let nothing = image.empty_cell();
    let rows = [image.row("queue", &[number, text]), image.row("price", &[nothing.clone(), nothing])];
    let table = image.table("drivers", &["weight", "verdict"], &rows);
    let wanted = Yields {
        tables: vec![TableShape { id: "drivers".to_owned(), columns: vec!["weight".to_owned(), "verdict".to_owned()] }],
        ..yields(&["first", "second"])
    };
    let bytes = returning(image, &[second, first], &[table]);
    let output = load(&bytes).unwrap().compute(&sample(&[Some(1.0)], &[1.0]), &wanted).unwrap();
    let estimate = |id: &str, value, standard_error, interval, n| Estimate {
        id: id.to_owned(),
        value,
        standard_error,
        interval,
        n,
    };
    assert_eq!(
        output.estimates,
        [estimate("first", Some(1.5), Some(0.25), Some([1.0, 2.0]), 1), estimate("second", None, None, None, 0)]
    );
    let row = |id: &str, cells: [Cell; 2]| Row { id: id.to_owned(), cells: cells.to_vec() };
    assert_eq!(
        output.tables[0].rows,
        [
            row("queue", [Cell::Number(0.5), Cell::Text("优先改进".to_owned())]),
            row("price", [Cell::Empty, Cell::Empty])
        ]
    );
}

#[test]
fn nothing_stays_from_one_call_to_the_next() {
    let mut image = Image::new(4096);
    let estimate = image.estimate("calls", Some(0.0), None, None, 0);
    let data = image.place_estimates_at(2048, &[estimate]);
    let count = r#"
      (global $calls (mut f64) (f64.const 0))
      (func (export "compute") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 f64) (result i32)
        (global.set $calls (f64.add (global.get $calls) (f64.const 1)))
        (f64.store (i32.const 2064) (global.get $calls))
        (i32.const 1024))"#;
    let module = load(&module(&data, count)).unwrap();
    for _ in 0..3 {
        let output = module.compute(&sample(&[], &[]), &yields(&["calls"])).unwrap();
        assert_eq!(output.estimates[0].value, Some(1.0));
    }
}

#[test]
fn machine_code_is_kept_by_hash_and_damage_is_repaired() {
    let files = |folder: &std::path::Path| {
        let entries = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
        let mut files: Vec<_> = entries
            .filter(|entry| entry.file_type().is_file() && entry.path().extension().is_none())
            .map(|entry| entry.path().to_path_buf())
            .collect();
        files.sort();
        files
    };
    let cache = tempfile::tempdir().unwrap();
    let run = || {
        let module = Module::load(&spread(), Limits::default(), Some(cache.path())).unwrap();
        let output = module.compute(&sample(&[Some(0.0), Some(2.0)], &[1.0, 1.0]), &yields(&["spread"])).unwrap();
        assert_eq!(output.estimates[0].value, Some(1.0));
    };
    run();
    let first = files(cache.path());
    assert_eq!(first.len(), 2, "machine code and seal: {first:?}");
    let code = first.iter().find(|path| path.file_name().unwrap() != "seal").unwrap().clone();
    let digest = crate::plugins::discovery::hex(&<sha2::Sha256 as sha2::Digest>::digest(spread()));
    assert!(code.starts_with(cache.path().join(digest)));
    assert!(code.to_string_lossy().contains("wasmtime-48"), "{code:?}");

    let written = std::fs::read(&code).unwrap();
    let time = std::fs::metadata(&code).unwrap().modified().unwrap();
    run();
    assert_eq!(std::fs::metadata(&code).unwrap().modified().unwrap(), time, "used, not written again");

    for damage in [&written[..written.len() / 2], b"", b"something else"] {
        std::fs::write(&code, damage).unwrap();
        run();
        assert_eq!(std::fs::read(&code).unwrap(), written);
    }
    let mut flipped = written.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    std::fs::write(&code, flipped).unwrap();
    run();
    assert_eq!(std::fs::read(&code).unwrap(), written);

    // A cache that cannot be written, here a file in its place, only costs time.
    let file = cache.path().join("file");
    std::fs::write(&file, "x").unwrap();
    Module::load(&spread(), Limits::default(), Some(&file)).unwrap();
}

#[test]
fn messages_name_plugin_metric_segment_and_remedy() {
    use crate::diagnostics::Lang;
    let site = problem::CallSite {
        plugin: "spread",
        metric: "rating_spread",
        segment: "grade=大一",
        limits: Limits::default(),
    };
    let message = WasmProblem::Time.diagnostic(&site);
    assert_eq!(
        message.text(Lang::En),
        "`rating_spread` of `spread` (grade=大一) is missing: its module ran longer than 5 s"
    );
    assert!(message.hint(Lang::En).unwrap().contains("`limits.seconds`"));
    assert!(message.text(Lang::ZhCn).contains("`spread` 的 `rating_spread`（grade=大一）"));
}
