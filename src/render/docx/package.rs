//! The ZIP package of a Word file: its parts by name, their content types and their relations. Reading is bounded in entries, bytes and
//! ratio; writing gives the same bytes for the same parts. The only place that knows `zip`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::xml::{Element, el, parse};
use crate::diagnostics::{Lang, LocalizedTexts, lang_texts};

/// More entries than any report has.
const MOST_ENTRIES: usize = 4_000;
/// All parts together, unpacked.
const MOST_BYTES: u64 = 256 << 20;
/// Unpacked to packed size over the whole file; texts reach 20, drawings 100.
const HIGHEST_RATIO: u64 = 200;

/// Name of the part that says what the others are.
pub(crate) const CONTENT_TYPES: &str = "[Content_Types].xml";
const CONTENT_TYPES_SPACE: &str = "http://schemas.openxmlformats.org/package/2006/content-types";
const RELATIONS_SPACE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
/// Beginning of the relation types of office files.
pub(crate) const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
/// Beginning of the content types of Word's parts.
pub(crate) const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.";

/// The parts of a file by name, without a leading slash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Package {
    pub(crate) parts: BTreeMap<String, Vec<u8>>,
}

impl Package {
    /// Unpacks a file. The error says why that is impossible, to fill a diagnostic.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, LocalizedTexts> {
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
        if archive.len() > MOST_ENTRIES {
            return Err(lang_texts(
                format!("其中的条目超过 {MOST_ENTRIES} 个"),
                format!("it has more than {MOST_ENTRIES} entries"),
            ));
        }
        let most = MOST_BYTES.min((bytes.len() as u64).saturating_mul(HIGHEST_RATIO));
        let mut package = Self::default();
        let mut seen = BTreeSet::new();
        let mut total: u64 = 0;
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).map_err(damaged)?;
            let name = entry.name().map_err(damaged)?.into_owned();
            if entry.is_dir() {
                continue;
            }
            let odd = name.starts_with('/')
                || name.contains('\\')
                || name.split('/').any(|step| step == ".." || step.is_empty());
            if odd || !seen.insert(name.to_ascii_lowercase()) {
                return Err(lang_texts(
                    format!("其中的条目 `{name}` 名称不合法或重复"),
                    format!("its entry `{name}` has an impossible name or stands twice"),
                ));
            }
            let mut content = Vec::new();
            let read = entry.by_ref().take(most - total + 1).read_to_end(&mut content).map_err(damaged)?;
            total += read as u64;
            if total > most {
                let most = MOST_BYTES >> 20;
                return Err(lang_texts(
                    format!("解压后超过 {most} MB 或自身大小的 {HIGHEST_RATIO} 倍"),
                    format!("it unpacks to more than {most} MB or {HIGHEST_RATIO} times its size"),
                ));
            }
            package.parts.insert(name, content);
        }
        Ok(package)
    }

    /// The file. Entries bear no clock time and stand in a fixed order.
    pub(crate) fn write(&self) -> Result<Vec<u8>, LocalizedTexts> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().last_modified_time(DateTime::default()).unix_permissions(0o644);
        let first = [CONTENT_TYPES, "_rels/.rels"];
        let others = self.parts.keys().map(String::as_str).filter(|name| !first.contains(name));
        for name in first.into_iter().chain(others) {
            let Some(content) = self.parts.get(name) else { continue };
            // Pictures are packed already.
            let method = if name.ends_with(".png") { CompressionMethod::Stored } else { CompressionMethod::Deflated };
            let written = archive.start_file(name, options.compression_method(method)).map_err(damaged);
            written.and_then(|()| archive.write_all(content).map_err(damaged))?;
        }
        archive.finish().map(Cursor::into_inner).map_err(damaged)
    }

    /// A part as a tree.
    pub(crate) fn xml(&self, name: &str) -> Result<Element, LocalizedTexts> {
        let content = self
            .parts
            .get(name)
            .ok_or_else(|| lang_texts(format!("其中没有部件 `{name}`"), format!("it has no part `{name}`")))?;
        parse(content).map_err(|problem| {
            lang_texts(
                format!("其中的部件 `{name}` 无法读取：{}", problem.get(Lang::ZhCn)),
                format!("its part `{name}` cannot be read: {}", problem.get(Lang::En)),
            )
        })
    }

    pub(crate) fn set_xml(&mut self, name: &str, root: &Element) {
        self.parts.insert(name.to_owned(), root.to_part());
    }

    /// Name of the main part, and its content type.
    pub(crate) fn main_part(&self) -> Result<(String, String), LocalizedTexts> {
        let relations = Relations::of(self, "");
        let main = relations.list.iter().find(|relation| relation.kind == format!("{OFFICE}officeDocument"));
        let name = main.map(|relation| resolve("", &relation.target));
        let name = name.ok_or_else(|| lang_texts("其中没有 Word 文档", "it has no Word document inside"))?;
        let types = self.xml(CONTENT_TYPES)?;
        let matches =
            |held: &&Element| held.attribute("PartName").is_some_and(|part| part.trim_start_matches('/') == name);
        let kind = types.elements().find(matches).and_then(|held| held.attribute("ContentType")).unwrap_or_default();
        Ok((name, kind.to_owned()))
    }

    /// Says what the part `name` is.
    pub(crate) fn set_type(&mut self, name: &str, kind: &str) -> Result<(), LocalizedTexts> {
        let mut types = self.types()?;
        let part = format!("/{name}");
        let own = types.elements_mut().find(|held| held.attribute("PartName") == Some(&part));
        match own {
            Some(held) => held.set("ContentType", kind),
            None => types.push(el("Override").with("PartName", &part).with("ContentType", kind)),
        }
        self.set_xml(CONTENT_TYPES, &types);
        Ok(())
    }

    /// Says what all parts of an ending are, unless that is said already.
    pub(crate) fn set_default_type(&mut self, ending: &str, kind: &str) -> Result<(), LocalizedTexts> {
        let mut types = self.types()?;
        let said = |held: &Element| held.attribute("Extension").is_some_and(|known| known.eq_ignore_ascii_case(ending));
        if !types.elements().any(said) {
            let default = el("Default").with("Extension", ending).with("ContentType", kind);
            types.children.insert(0, default.into());
            self.set_xml(CONTENT_TYPES, &types);
        }
        Ok(())
    }

    fn types(&self) -> Result<Element, LocalizedTexts> {
        if self.parts.contains_key(CONTENT_TYPES) {
            return self.xml(CONTENT_TYPES);
        }
        Ok(el("Types").with("xmlns", CONTENT_TYPES_SPACE))
    }

    /// Drops the parts that nothing refers to any more, and what is said of them.
    pub(crate) fn drop_unreachable(&mut self) -> Result<(), LocalizedTexts> {
        let mut reached: BTreeSet<String> = [CONTENT_TYPES.to_owned()].into();
        let mut open = vec![String::new()];
        while let Some(part) = open.pop() {
            reached.insert(relations_name(&part));
            for relation in Relations::of(self, &part).list.iter().filter(|relation| !relation.external) {
                let target = resolve(&part, &relation.target);
                if reached.insert(target.clone()) {
                    open.push(target);
                }
            }
        }
        self.parts.retain(|name, _| reached.contains(name));
        let mut types = self.types()?;
        let kept = |held: &Element| {
            held.attribute("PartName").is_none_or(|part| reached.contains(part.trim_start_matches('/')))
        };
        types.children.retain(|node| !matches!(node, super::xml::Node::Element(held) if !kept(held)));
        self.set_xml(CONTENT_TYPES, &types);
        Ok(())
    }
}

/// What the archive says of itself when it cannot be read.
fn damaged(error: impl std::fmt::Display) -> LocalizedTexts {
    lang_texts(format!("它不是完好的 ZIP 文件（{error}）"), format!("it is no sound ZIP file ({error})"))
}

/// The relations of one part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Relations {
    pub(crate) list: Vec<Relation>,
}

/// A relation to another part or an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Relation {
    pub(crate) id: String,
    /// Whole type, an address.
    pub(crate) kind: String,
    /// As written: relative to the part's folder, or from the root with a slash.
    pub(crate) target: String,
    pub(crate) external: bool,
}

impl Relations {
    /// Those of `part` (empty: of the package). None, or unreadable ones, are no relations.
    pub(crate) fn of(package: &Package, part: &str) -> Self {
        let Ok(root) = package.xml(&relations_name(part)) else { return Self::default() };
        let list = root.elements().filter_map(|held| {
            Some(Relation {
                id: held.attribute("Id")?.to_owned(),
                kind: held.attribute("Type")?.to_owned(),
                target: held.attribute("Target")?.to_owned(),
                external: held.attribute("TargetMode") == Some("External"),
            })
        });
        Self { list: list.collect() }
    }

    /// The id of a relation, a new one if there is none yet. `kind` is the last word of the type.
    pub(crate) fn id(&mut self, kind: &str, target: &str, external: bool) -> String {
        let kind = if kind.contains("://") { kind.to_owned() } else { format!("{OFFICE}{kind}") };
        let same = |held: &&Relation| held.kind == kind && held.target == target && held.external == external;
        if let Some(held) = self.list.iter().find(same) {
            return held.id.clone();
        }
        let mut number = self.list.len() + 1;
        while self.list.iter().any(|held| held.id == format!("rId{number}")) {
            number += 1;
        }
        let id = format!("rId{number}");
        self.list.push(Relation { id: id.clone(), kind, target: target.to_owned(), external });
        id
    }

    /// The first target of a kind (last word of the type).
    pub(crate) fn target(&self, kind: &str) -> Option<&str> {
        let kind = format!("{OFFICE}{kind}");
        self.list.iter().find(|held| held.kind == kind && !held.external).map(|held| held.target.as_str())
    }

    pub(crate) fn save(&self, package: &mut Package, part: &str) {
        let name = relations_name(part);
        if self.list.is_empty() {
            package.parts.remove(&name);
            return;
        }
        let mut root = el("Relationships").with("xmlns", RELATIONS_SPACE);
        for held in &self.list {
            let relation =
                el("Relationship").with("Id", &held.id).with("Type", &held.kind).with("Target", &held.target);
            root.push(if held.external { relation.with("TargetMode", "External") } else { relation });
        }
        package.set_xml(&name, &root);
    }
}

/// Name of the part that holds the relations of `part`.
fn relations_name(part: &str) -> String {
    match part.rsplit_once('/') {
        Some((folder, file)) => format!("{folder}/_rels/{file}.rels"),
        None => format!("_rels/{part}.rels"),
    }
}

/// The part that `target` names, seen from `part`.
pub(crate) fn resolve(part: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = part.split('/').collect();
    steps.pop();
    for step in target.split('/') {
        match step {
            ".." => {
                steps.pop();
            }
            "." | "" => {}
            other => steps.push(other),
        }
    }
    steps.join("/")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;

    fn zip_of(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in entries {
            archive.start_file(*name, SimpleFileOptions::default()).unwrap();
            archive.write_all(content).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn bombs_and_impossible_names_are_refused() {
        let bomb = zip_of(&[("word/document.xml", &vec![b' '; 8 << 20])]);
        assert!(Package::read(&bomb).unwrap_err().get(Lang::En).contains("times its size"));
        for name in ["../evil", "/etc/passwd", "a\\b", "a//b"] {
            assert!(
                Package::read(&zip_of(&[(name, b"x")])).unwrap_err().get(Lang::En).contains("impossible name"),
                "{name}"
            );
        }
        assert!(Package::read(&zip_of(&[("a.xml", b"x"), ("A.xml", b"y")])).is_err());
        assert!(Package::read(b"no zip at all").is_err());
        assert!(Package::read(b"").is_err());
    }

    #[test]
    fn the_same_parts_give_the_same_bytes() {
        let mut package = Package::default();
        package.parts.insert("word/a.xml".into(), b"<a/>".to_vec());
        package.parts.insert(CONTENT_TYPES.into(), b"<Types/>".to_vec());
        let bytes = package.write().unwrap();
        assert_eq!(bytes, package.write().unwrap());
        assert_eq!(Package::read(&bytes).unwrap(), package);
    }

    #[test]
    fn targets_are_seen_from_their_part() {
        assert_eq!(resolve("", "word/document.xml"), "word/document.xml");
        assert_eq!(resolve("word/document.xml", "media/a.png"), "word/media/a.png");
        assert_eq!(resolve("word/document.xml", "../custom/x.xml"), "custom/x.xml");
        assert_eq!(resolve("word/document.xml", "/word/styles.xml"), "word/styles.xml");
    }

    #[test]
    fn what_nothing_refers_to_is_dropped() {
        let mut package = Package::default();
        let mut root = Relations::default();
        root.id("officeDocument", "word/document.xml", false);
        root.save(&mut package, "");
        for (name, kind) in [("word/document.xml", "main"), ("word/media/old.xml", "old")] {
            package.parts.insert(name.into(), b"<x/>".to_vec());
            package.set_type(name, kind).unwrap();
        }
        package.drop_unreachable().unwrap();
        assert_eq!(
            package.parts.keys().map(String::as_str).collect::<Vec<_>>(),
            [CONTENT_TYPES, "_rels/.rels", "word/document.xml"]
        );
        assert_eq!(package.main_part().unwrap(), ("word/document.xml".to_owned(), "main".to_owned()));
    }
}
