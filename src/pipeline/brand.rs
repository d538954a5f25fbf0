//! The brand of a project's documents: `brand.yaml` of the project in front of those of its template packs, its fonts looked up
//! among the installed ones, its logo drawn.

use crate::config::Project;
use crate::config::brand::{BRAND_FILE, Brand, BrandFile, FontPair, ToneNames};
use crate::config::load::read_text;
use crate::diagnostics::messages::brand as messages;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::document::blocks::Meta;
use crate::document::brand::{DocumentBrand, DocumentLogo, Fonts as Families, logo_path};
use crate::output::manifest::FileRecord;
use crate::render::templates::{files_of, lineage};
use crate::render::typst::{Fonts, TypstSources, render_logo_png};

/// An error that has been reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported;

/// The files of the project and of the pack's lineage, as one brand; none without any. Every problem is reported once, however
/// many documents bear the brand.
///
/// # Errors
/// What is reported, or was for another document.
fn read_brand(project: &Project, packs: &[&str], diagnostics: &mut Diagnostics) -> Result<Option<Brand>, Reported> {
    let mut found = Diagnostics::new();
    let mut files = Vec::new();
    let path = project.path(BRAND_FILE);
    if path.exists() {
        let text = read_text(&path, BRAND_FILE, &mut found);
        files.extend(text.and_then(|text| BrandFile::parse(&text, BRAND_FILE, &project.root, &mut found)));
    }
    let templates = project.path("templates");
    for pack in packs {
        let mut ids = lineage(pack, Some(&templates), &mut Diagnostics::new());
        ids.reverse();
        for id in ids {
            let held = files_of(&id, Some(&templates), &mut Diagnostics::new()).remove(BRAND_FILE);
            files.extend(
                held.and_then(|held| BrandFile::parse(&held.text, &held.origin, &templates.join(&id), &mut found)),
            );
        }
    }
    let brand = (!files.is_empty()).then(|| Brand::new(files, &mut found));
    let broken = found.has_errors();
    found.into_iter().for_each(|problem| diagnostics.push_once(problem));
    if broken { Err(Reported) } else { Ok(brand) }
}

/// Reports what is wrong with the brand of any report.
pub fn check_brand(project: &Project, diagnostics: &mut Diagnostics) {
    let mut packs: Vec<&str> = project.raw.reports.iter().map(|report| report.pack.as_str()).collect();
    packs.sort_unstable();
    packs.dedup();
    // Without a report there is the project's own brand at least.
    for pack in packs.into_iter().map(|pack| vec![pack]).chain([Vec::new()]) {
        if let Ok(Some(brand)) = read_brand(project, &pack, diagnostics) {
            let mut found = Diagnostics::new();
            let fonts = Fonts::system();
            installed(&brand, "fonts.heading", &brand.heading, &fonts, &mut found);
            installed(&brand, "fonts.body", &brand.body, &fonts, &mut found);
            found.into_iter().for_each(|problem| diagnostics.push_once(problem));
        }
    }
}

/// The brand that the documents of one report bear.
#[derive(Debug, Clone)]
pub struct ReportBrand {
    brand: Brand,
    families: Families,
    logo: Option<DocumentLogo>,
    /// The files that it was read from, for the list of what a document was made of.
    pub records: Vec<FileRecord>,
}

impl ReportBrand {
    /// Reads the brand of a report with this pack and puts the logo among the files of its theme.
    ///
    /// # Errors
    /// What is reported, or was for another document.
    pub fn load(
        project: &Project,
        pack: &str,
        sources: &mut TypstSources,
        fonts: &Fonts,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Self>, Reported> {
        let Some(brand) = read_brand(project, &[pack], diagnostics)? else { return Ok(None) };
        let mut found = Diagnostics::new();
        let families = Families {
            heading: installed(&brand, "fonts.heading", &brand.heading, fonts, &mut found),
            body: installed(&brand, "fonts.body", &brand.body, fonts, &mut found),
        };
        let mut records = Vec::new();
        let own = std::fs::read(project.path(BRAND_FILE)).ok();
        records.extend(own.map(|bytes| FileRecord::of(BRAND_FILE, &bytes)));
        let mut logo = None;
        if let Some(held) = &brand.logo {
            sources.insert_picture(&logo_path(held.kind), held.bytes.to_vec());
            records.push(FileRecord::of(&held.file, &held.bytes));
            let mut drawn = DocumentLogo::new(held);
            match render_logo_png(&drawn.path, sources, fonts) {
                Ok(dots) => {
                    drawn.dots = Some(dots);
                    logo = Some(drawn);
                }
                Err(problem) => {
                    let error = Diagnostic::error(&messages::LOGO_NOT_DRAWN).arg("file", &held.file);
                    found.push(brand.place("logo", error.words("problem", problem)));
                }
            }
        }
        let broken = found.has_errors();
        found.into_iter().for_each(|problem| diagnostics.push_once(problem));
        if broken { Err(Reported) } else { Ok(Some(Self { brand, families, logo, records })) }
    }

    /// What its colours of good and bad are called.
    pub fn tones(&self) -> ToneNames {
        self.brand.palette.tone_names()
    }

    /// The brand as a document shows it.
    pub fn of(&self, meta: &Meta) -> Box<DocumentBrand> {
        Box::new(DocumentBrand::new(&self.brand, &self.families, self.logo.as_ref(), meta))
    }
}

/// The families that stand in for those that are not installed; none where nothing comes near.
fn installed(brand: &Brand, key: &str, wished: &FontPair, fonts: &Fonts, diagnostics: &mut Diagnostics) -> FontPair {
    let mut find = |script: &str, family: &Option<String>, chinese: bool| {
        let family = family.as_deref()?;
        let nearest = fonts.family_like(family, chinese);
        if !nearest.as_deref().is_some_and(|found| found.eq_ignore_ascii_case(family)) {
            let used = nearest.clone().or_else(|| fonts.usual_family(chinese, key == "fonts.body")).unwrap_or_default();
            let problem = Diagnostic::warning(&messages::UNKNOWN_FONT).arg("font", family).arg("used", used);
            diagnostics.push(brand.place(&format!("{key}.{script}"), problem));
        }
        nearest
    };
    FontPair { han: find("han", &wished.han, true), latin: find("latin", &wished.latin, false) }
}
