//! The chain behind `samples/supermarket-chain`: an invented population with known true values, a random sample of it, and the
//! files of the sample, which are compared byte for byte.

mod chain;
mod comments;
mod draw;
mod inside;
mod members;
mod paths;
mod people;
mod service;
mod survey;
mod truth;

use std::fs;

use crate::support;

/// Set to write the sample's files instead of comparing them.
const WRITE: &str = "MANYI_WRITE_SAMPLES";
/// Seed of the committed files: a sample that tells the story of the population plainly.
const SEED: u64 = 20_261_401;

/// Name and bytes of every file.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let people = people::draw(SEED);
    let mut texts = survey::files(&people, SEED + 10);
    texts.extend(members::files(&people, SEED + 20));
    texts.extend(service::files(SEED + 30));
    texts.extend(inside::files(SEED + 50));
    let mut files: Vec<_> = texts.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
    files.push(("visits.csv", service::visits(SEED + 40)));
    files
}

#[test]
fn committed_files_are_what_the_generator_gives() {
    let folder = support::root().join("samples/supermarket-chain/data");
    for (name, bytes) in files() {
        let path = folder.join(name);
        if std::env::var_os(WRITE).is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &bytes).unwrap();
        }
        let committed = fs::read(&path).unwrap_or_default();
        assert!(committed == bytes, "{name} differs from the generator; set {WRITE}=1 to write it again");
    }
}
