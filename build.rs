//! Rebuilds when a file is added to the embedded folders; changes inside known files are tracked by the embedding itself.

fn main() {
    for folder in ["plugins", "templates"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
