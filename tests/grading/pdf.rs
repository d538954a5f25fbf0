//! Word files turned into PDF: read as poppler reads them, and found as copies of the plans that they were made of.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use manyi::grade::copying::{Source, compare};
use manyi::grade::rubric::Copying;
use manyi::grade::submissions::read::{Answer, read_file};
use unicode_normalization::UnicodeNormalization;

use crate::support::office;

use super::{class, evaluation, generator, sample, stands_in_the_docs};

/// Letters without what readers put between them.
fn bare(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace() && !letter.is_control()).collect()
}

fn of_poppler(pdf: &Path) -> String {
    let output = Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(pdf).arg("-").output().unwrap();
    assert!(output.status.success());
    bare(&String::from_utf8(output.stdout).unwrap())
}

fn of_manyi(pdf: &Path) -> String {
    match read_file(pdf) {
        Answer::Read(plan) => plan.text(),
        Answer::Failed(problem) => panic!("{}: {problem:?}", pdf.display()),
    }
}

/// Letters by how often they stand there: the order of what stands side by side on a page is each reader's own, and so is which of two
/// characters with one glyph (日 and the radical ⽇) it takes for it, and how many characters without any.
fn letters(text: &str) -> BTreeMap<char, usize> {
    let mut counted = BTreeMap::new();
    let seen = |letter: &char| !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
    bare(text).nfkc().filter(seen).for_each(|letter| *counted.entry(letter).or_default() += 1);
    counted
}

/// Plans with odd numbers as Word files of two sizes of letters, made PDF by LibreOffice; `MANYI_WRITE_GRADING=1` writes the row of
/// `docs/grading.md`.
#[test]
fn copies_turned_into_pdf_are_read_and_found() {
    if office::skipped("copies_turned_into_pdf_are_read_and_found") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let held = generator::plans(&sample()).into_iter().skip(1).step_by(2).collect::<Vec<_>>();
    let words = held.iter().enumerate().map(|(at, text)| {
        let file = folder.path().join(format!("{at:02}.docx"));
        fs::write(&file, class::docx(text, "")).unwrap();
        file
    });
    let made = office::convert_all(&words.collect::<Vec<_>>(), "pdf", folder.path());
    let mut texts = held.clone();
    for (pdf, text) in made.iter().zip(&held) {
        let own = of_manyi(pdf);
        assert_eq!(bare(&own), of_poppler(pdf), "{}: other letters than poppler's", pdf.display());
        assert_eq!(bare(&own), bare(text), "{}: other letters than the plan's", pdf.display());
        texts.push(own);
    }
    let sources: Vec<Source> = texts.iter().map(|text| Source { text: text.clone(), received: None }).collect();
    let reusable = fs::read_to_string(sample().join("handout/survey-report.md")).unwrap();
    let comparison = compare(&sources, &[], &[reusable], &Copying { common: 1.0, ..Copying::default() });
    let (count, mut found, mut error, mut worst) = (held.len(), 0, 0.0, 0.0_f64);
    for at in 0..count {
        found += usize::from(comparison.pairs.iter().any(|pair| (pair.left, pair.right) == (at, at + count)));
        let off = 1.0 - comparison.share_in(at + count, &[at]);
        error += off / count as f64;
        worst = worst.max(off);
    }
    let strangers = comparison.pairs.iter().filter(|pair| pair.left + count != pair.right).count();
    assert_eq!((found, strangers), (count, 0));
    assert!(worst < 0.03, "coverage is {worst} off");
    stands_in_the_docs("pdf", &evaluation::pdf_table(count, found, error, worst));
}

/// Pages that the program itself sets, with tables, heads, feet and page numbers: the same letters, each as often, as poppler finds.
#[test]
fn reports_are_read_with_the_letters_that_poppler_finds() {
    if office::skipped("reports_are_read_with_the_letters_that_poppler_finds") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let course = super::course();
    let output = crate::support::manyi()
        .args(["grade", "--quiet"])
        .arg(course.path())
        .arg("--out")
        .arg(folder.path().join("out"))
        .output()
        .unwrap();
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    let mut compared = 0;
    for pdf in
        super::walk(&folder.path().join("out")).iter().filter(|file| file.extension().is_some_and(|held| held == "pdf"))
    {
        let Answer::Read(plan) = read_file(pdf) else { panic!("{} cannot be read", pdf.display()) };
        let own = format!("{}{}", plan.text(), plan.apart.join(""));
        assert_eq!(letters(&own), letters(&of_poppler(pdf)), "{}", pdf.display());
        compared += 1;
    }
    assert!(compared >= 40, "only {compared} files were compared");
}
