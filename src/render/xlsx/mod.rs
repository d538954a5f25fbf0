//! The tab book: all numbers of a project as a workbook of linked sheets, for those who compute with them. In come the inputs of
//! a document and the banner tables; out go the bytes of an XLSX file, the same for the same inputs.
//!
//! Sheets are filled as plain data (`sheet`), one room a kind; `writer`, `charts` and `look` alone know the file format.

mod answers;
mod apart;
mod banners;
mod book;
mod charts;
mod contents;
mod definitions;
mod estimates;
mod indicators;
mod inputs;
mod look;
mod models;
mod names;
mod plan;
mod segments;
mod sheet;
#[cfg(test)]
mod tests;
mod waves;
mod writer;

use crate::analysis::BannerTable;
use crate::diagnostics::taiwan::to_taiwan;
use crate::diagnostics::{Diagnostics, Lang};
use crate::document::brand::DocumentBrand;
use crate::document::format;
use crate::document::material::{DocumentInputs, Material};
use crate::document::pack::Pack;

use book::Book;
use look::Look;
use sheet::Sheet;
use writer::Furniture;

/// What a tab book is made from.
#[derive(Debug, Clone, Copy)]
pub struct WorkbookInput<'a> {
    /// What every document is made from.
    pub inputs: DocumentInputs<'a>,
    /// The pack, for its words.
    pub pack: &'a Pack,
    /// The banner tables; may be empty.
    pub banners: &'a [BannerTable],
    /// The brand of the document.
    pub brand: Option<&'a DocumentBrand>,
}

/// The workbook as bytes. `None` where it cannot be written; the reason is reported. Problems of the plan are not: the document
/// beside it reports them.
pub fn render_workbook(input: &WorkbookInput<'_>, lang: Lang, diagnostics: &mut Diagnostics) -> Option<Vec<u8>> {
    let material = Material::new(input.inputs, input.pack, lang);
    let mut furniture = furniture(&material, input.brand);
    let mut sheets = sheets(Book { material: &material }, input.banners, &furniture);
    if lang == Lang::ZhTw {
        sheets.iter_mut().for_each(|sheet| sheet.change_texts(to_taiwan));
        for text in [&mut furniture.title, &mut furniture.client, &mut furniture.planner, &mut furniture.date] {
            *text = to_taiwan(text);
        }
    }
    sheets.iter_mut().for_each(apart::set_apart);
    let tabs = names::tab_names(sheets.iter().map(|sheet| sheet.tab.as_str()));
    writer::write(&sheets, &tabs, Look::of(lang, input.brand), &furniture, diagnostics)
}

fn furniture(material: &Material<'_>, brand: Option<&DocumentBrand>) -> Furniture {
    let about = &material.inputs.project.raw.project;
    let text = |held: &Option<crate::diagnostics::Localized>| {
        held.as_ref().map_or_else(String::new, |text| text.get(material.lang).to_owned())
    };
    Furniture {
        title: about.title.get(material.lang).to_owned(),
        client: text(&about.client),
        planner: text(&about.planner),
        date: format::date_text(material.inputs.date, material.lang),
        day: material.inputs.date.to_owned(),
        header: brand.map_or_else(String::new, |brand| brand.header.clone()),
        footer: brand.map_or_else(String::new, |brand| brand.footer.clone()),
        logo: brand.and_then(|brand| brand.logo.as_ref()?.dots.clone()),
        company: brand.map_or_else(String::new, |brand| brand.company.clone()),
    }
}

/// All sheets in their order, the contents first.
fn sheets(book: Book<'_, '_>, tables: &[BannerTable], furniture: &Furniture) -> Vec<Sheet> {
    let (estimates, rows) = estimates::estimates(book);
    let mut sheets: Vec<Sheet> = Vec::new();
    sheets.extend(indicators::indicators(book));
    sheets.extend(waves::waves(book, &rows));
    sheets.extend(segments::segments(book, &rows));
    sheets.extend(banners::banners(book, tables));
    sheets.extend(models::models(book));
    sheets.extend(plan::plan(book));
    sheets.extend(definitions::definitions(book));
    sheets.extend(answers::questions(book));
    sheets.extend(answers::distributions(book));
    sheets.push(inputs::inputs(book));
    sheets.push(estimates);
    let contents = contents::contents(book, furniture, &mut sheets);
    sheets.insert(0, contents);
    sheets
}
