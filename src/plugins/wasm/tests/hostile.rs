//! Modules that loop, hoard, recurse, lie about lengths or return nonsense: each is stopped, and the host goes on.

use std::time::{Duration, Instant};

use super::guests::{Image, component, computing, estimate_record, module, pair, returning, spread};
use super::*;

fn nothing() -> Yields {
    Yields::default()
}

/// The problem of a module whose `compute` has this body.
fn problem_of_body(body: &str) -> WasmProblem {
    problem_of(&module(&[0; 64], &computing(body)), &nothing())
}

fn is_trap(problem: &WasmProblem, part: &str) -> bool {
    matches!(problem, WasmProblem::Trap(words) if words.contains(part))
}

#[test]
fn endless_loops_are_stopped() {
    let began = Instant::now();
    assert_eq!(problem_of_body("(loop $forever (br $forever)) (unreachable)"), WasmProblem::Time);
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(300) && took < Duration::from_secs(20), "{took:?}");
    let start = r#"(func $start (loop $forever (br $forever))) (start $start)"#;
    let bytes = module(&[], &format!("{start} {}", computing("(i32.const 0)")));
    assert_eq!(problem_of(&bytes, &nothing()), WasmProblem::Time);
    let allocator = r#"(core module $main (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (loop $forever (br $forever)) (unreachable))
      (func (export "compute") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 f64) (result i32) (i32.const 0)))"#;
    assert_eq!(problem_of(&component(allocator), &nothing()), WasmProblem::Time);
}

#[test]
fn memory_bombs_are_refused() {
    let until_refused = "(loop $more (br_if $more (i32.ne (i32.const -1) (memory.grow (i32.const 16))))) (unreachable)";
    assert_eq!(problem_of_body(until_refused), WasmProblem::Memory);
    let at_once = "(if (i32.eq (i32.const -1) (memory.grow (i32.const 60000))) (then (unreachable))) (i32.const 0)";
    assert_eq!(problem_of_body(at_once), WasmProblem::Memory);
    let tables = r#"(table $t 1 funcref) "#.to_owned()
        + &computing(
            "(loop $more (br_if $more (i32.ne (i32.const -1) (table.grow $t (ref.null func) (i32.const 65536))))) (unreachable)",
        );
    assert_eq!(problem_of(&module(&[], &tables), &nothing()), WasmProblem::Memory);
    let from_the_start = r#"(core module $main (memory (export "memory") 20000)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
      (func (export "compute") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 f64) (result i32) (i32.const 0)))"#;
    assert_eq!(problem_of(&component(from_the_start), &nothing()), WasmProblem::Memory);
    // A module that asks for too much and does without is fine.
    let modest = "(drop (memory.grow (i32.const 60000))) (i32.const 0)";
    load(&module(&[0; 64], &computing(modest))).unwrap().compute(&sample(&[], &[]), &nothing()).unwrap();
}

#[test]
fn the_answers_count_against_the_memory() {
    let many = vec![Some(1.0); 2_000_000];
    let weights = vec![1.0; 2_000_000];
    let found = load(&spread()).unwrap().compute(&sample(&many, &weights), &yields(&["spread"]));
    assert_eq!(found, Err(WasmProblem::Memory));
}

#[test]
fn deep_recursion_is_stopped() {
    let recursion = r#"(func $deep (param i32) (result i32) (i32.add (i32.const 1) (call $deep (local.get 0)))) "#;
    let bytes = module(&[], &format!("{recursion} {}", computing("(call $deep (i32.const 1))")));
    assert_eq!(problem_of(&bytes, &nothing()), WasmProblem::Stack);
}

#[test]
fn traps_are_told() {
    assert!(is_trap(&problem_of_body("(unreachable)"), "unreachable"));
    assert!(is_trap(&problem_of_body("(i32.div_u (i32.const 1) (i32.const 0))"), "divide by zero"));
    assert!(is_trap(&problem_of_body("(i32.load (i32.const -8))"), "out of bounds"));
    let start = format!("(func $start (unreachable)) (start $start) {}", computing("(i32.const 0)"));
    assert!(is_trap(&problem_of(&module(&[], &start), &nothing()), "unreachable"));
}

#[test]
fn wrong_addresses_and_lengths_are_traps() {
    // The result itself out of memory, or at an odd address.
    assert!(is_trap(&problem_of_body("(i32.const -64)"), "out of bounds"));
    assert!(is_trap(&problem_of_body("(i32.const 2)"), "align"));
    // More estimates than memory, an id beyond its end, a kind of result that there is none, bytes that are no text.
    let results = [
        ("list", [vec![0, 0, 0, 0], pair(0, 1 << 30), pair(0, 0)].concat(), "out of bounds"),
        ("discriminant", [vec![9, 0, 0, 0], pair(0, 0), pair(0, 0)].concat(), "discriminant"),
        ("text", [vec![1, 0, 0, 0], pair(u32::MAX - 8, 64), pair(0, 0)].concat(), "out of bounds"),
        ("utf-8", [vec![1, 0, 0, 0], pair(40, 2), pair(0, 0), vec![0; 20], vec![0xff, 0xfe]].concat(), "utf-8"),
    ];
    for (name, result, words) in results {
        let found = problem_of(&module(&result, &computing("(i32.const 0)")), &nothing());
        assert!(is_trap(&found, words), "{name}: {found:?}");
    }
    let allocator = r#"(core module $main (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const -16))
      (func (export "compute") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 f64) (result i32) (i32.const 0)))"#;
    let found = problem_of(&component(allocator), &nothing());
    assert!(is_trap(&found, "beyond end of memory"), "{found:?}");
}

#[test]
fn gigantic_outputs_are_refused() {
    // One text of a mebibyte, and a thousand ids that all are the same text of 32 KiB.
    let one = module(&[vec![1, 0, 0, 0], pair(64, 1 << 20), pair(0, 0)].concat(), &{
        computing("(drop (memory.grow (i32.const 32))) (i32.const 0)")
    });
    assert_eq!(problem_of(&one, &nothing()), WasmProblem::OutputSize);
    let mut image = Image::new(32 << 10);
    let record = estimate_record(pair(0, 32 << 10), None, None, None, 0);
    let records = vec![record; 1000];
    image.put(&[]);
    assert_eq!(problem_of(&returning(image, &records, &[]), &nothing()), WasmProblem::OutputSize);
    // What fits the limit but is no id is named shortly.
    let mut image = Image::new(64);
    let long = image.estimate(&"x".repeat(5000), None, None, None, 0);
    match problem_of(&returning(image, &[long], &[]), &nothing()) {
        WasmProblem::Undeclared(id) => assert_eq!(id.len(), MOST_TEXT),
        other => panic!("{other:?}"),
    }
}

/// The problem of a module that returns this one estimate as `a`, where `a` is declared.
fn problem_of_estimate(value: Option<f64>, error: Option<f64>, interval: Option<[f64; 2]>, n: u64) -> WasmProblem {
    let mut image = Image::new(64);
    let estimate = image.estimate("a", value, error, interval, n);
    problem_of(&returning(image, &[estimate], &[]), &yields(&["a"]))
}

#[test]
fn numbers_must_be_numbers() {
    let id = || "a".to_owned();
    assert_eq!(problem_of_estimate(Some(f64::NAN), None, None, 1), WasmProblem::NotFinite(id()));
    assert_eq!(problem_of_estimate(Some(f64::INFINITY), None, None, 1), WasmProblem::NotFinite(id()));
    assert_eq!(problem_of_estimate(Some(1.0), Some(f64::NAN), None, 1), WasmProblem::NotFinite(id()));
    assert_eq!(problem_of_estimate(Some(1.0), None, Some([f64::NEG_INFINITY, 2.0]), 1), WasmProblem::NotFinite(id()));
    assert_eq!(problem_of_estimate(Some(1.0), Some(-1.0), None, 1), WasmProblem::Unordered(id()));
    assert_eq!(problem_of_estimate(Some(1.0), None, Some([2.0, 1.0]), 1), WasmProblem::Unordered(id()));
    assert_eq!(problem_of_estimate(Some(1.0), None, None, 2), WasmProblem::Base(id()));
    assert_eq!(problem_of_estimate(Some(1.0), None, None, u64::MAX), WasmProblem::Base(id()));
}

#[test]
fn ids_must_be_those_declared() {
    let returned = |ids: &[&str]| {
        let mut image = Image::new(64);
        let estimates: Vec<Vec<u8>> = ids.iter().map(|id| image.estimate(id, Some(1.0), None, None, 1)).collect();
        problem_of(&returning(image, &estimates, &[]), &yields(&["a", "b"]))
    };
    assert_eq!(returned(&["a", "c", "b"]), WasmProblem::Undeclared("c".to_owned()));
    assert_eq!(returned(&["a", "a", "b"]), WasmProblem::Repeated("a".to_owned()));
    assert_eq!(returned(&["a"]), WasmProblem::Missing("b".to_owned()));
    assert_eq!(returned(&[]), WasmProblem::Missing("a".to_owned()));
    assert_eq!(returned(&["a\u{7}", "b"]), WasmProblem::Undeclared("a ".to_owned()));
}

#[test]
fn tables_must_have_the_declared_shape() {
    let wanted = Yields {
        estimates: Vec::new(),
        tables: vec![TableShape { id: "t".to_owned(), columns: vec!["x".to_owned(), "y".to_owned()] }],
    };
    let returned = |columns: &[&str], rows: &[(&str, &[&str])]| {
        let mut image = Image::new(64);
        let rows: Vec<Vec<u8>> = rows
            .iter()
            .map(|(id, cells)| {
                let cells: Vec<Vec<u8>> = cells
                    .iter()
                    .map(|text| if *text == "NaN" { image.number_cell(f64::NAN) } else { image.text_cell(text) })
                    .collect();
                image.row(id, &cells)
            })
            .collect();
        let table = image.table("t", columns, &rows);
        problem_of(&returning(image, &[], &[table]), &wanted)
    };
    let id = || "t".to_owned();
    assert_eq!(returned(&["x"], &[]), WasmProblem::Shape(id()));
    assert_eq!(returned(&["y", "x"], &[]), WasmProblem::Shape(id()));
    assert_eq!(returned(&["x", "y"], &[("r", &["1"])]), WasmProblem::Shape(id()));
    assert_eq!(returned(&["x", "y"], &[("r", &["1", "2", "3"])]), WasmProblem::Shape(id()));
    assert_eq!(returned(&["x", "y"], &[("r", &["1", "NaN"])]), WasmProblem::NotFinite(id()));
    assert_eq!(returned(&["x", "y"], &[("r", &["1", "\u{1b}[31m"])]), WasmProblem::Text(id()));
    assert_eq!(returned(&["x", "y"], &[("r", &["1", &"长".repeat(MOST_TEXT + 1)])]), WasmProblem::Text(id()));
    assert_eq!(returned(&["x", "y"], &[("", &["1", "2"])]), WasmProblem::Text(id()));
    assert_eq!(returned(&["x", "y"], &[("r", &["1", "2"]), ("r", &["1", "2"])]), WasmProblem::Repeated("r".to_owned()));
    assert_eq!(problem_of(&returning(Image::new(64), &[], &[]), &wanted), WasmProblem::Missing(id()));
}

#[test]
fn files_that_are_no_module_are_refused() {
    let refused = |bytes: &[u8]| load(bytes).err();
    assert!(matches!(refused(b""), Some(WasmProblem::NotAComponent(_))));
    assert!(matches!(refused(b"(component)"), Some(WasmProblem::NotAComponent(_))));
    assert!(matches!(refused(&spread()[..600]), Some(WasmProblem::NotAComponent(_))));
    assert_eq!(refused(&wat::parse_str("(module)").unwrap()), Some(WasmProblem::CoreModule));
    assert!(matches!(refused(&wat::parse_str("(component)").unwrap()), Some(WasmProblem::WrongInterface(_))));
    assert_eq!(refused(&vec![0; MOST_MODULE_BYTES + 1]), Some(WasmProblem::FileSize(MOST_MODULE_BYTES + 1)));
    let clock = r#"(component (import "wasi:clocks/wall-clock@0.2.0" (instance (export "now" (func (result u64))))))"#;
    assert_eq!(
        refused(&wat::parse_str(clock).unwrap()),
        Some(WasmProblem::Imports(vec!["wasi:clocks/wall-clock@0.2.0".to_owned()]))
    );
    let other = r#"(component (component $c) (instance $i (instantiate $c)) (export "manyi:metrics/module@1.0.0" (instance $i)))"#;
    assert!(matches!(refused(&wat::parse_str(other).unwrap()), Some(WasmProblem::WrongInterface(_))));
}

#[test]
fn columns_of_another_length_are_refused() {
    let mut short = sample(&[Some(1.0)], &[1.0, 1.0]);
    let spread = load(&spread()).unwrap();
    let refused = |sample: &Sample| spread.compute(sample, &yields(&["spread"]));
    assert_eq!(refused(&short), Err(WasmProblem::UnequalLengths("x".to_owned())));
    short.columns.clear();
    short.units = Some(vec![0]);
    assert_eq!(refused(&short), Err(WasmProblem::UnequalLengths("units".to_owned())));
}
