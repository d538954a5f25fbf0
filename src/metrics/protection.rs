//! Which groups a table must not show, base by base: those with too few answers, and those that would give them away to a reader
//! of everything that is published of the table: indicators, banners, models and the documents about single groups.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use datafusion::error::DataFusionError;
use datafusion::logical_expr::Expr;

use crate::data::Responses;
use crate::data::expressions::{ExpectedType, Expression, quote_name};
use crate::metrics::bind::Item;
use crate::metrics::cube::{Cell, WeightGrid};
use crate::metrics::disclosure::{Products, Space};
use crate::metrics::estimate::effective_number;
use crate::metrics::overlaps::{Areas, Atom, count_atoms};
use crate::metrics::scan::weight_grid;
use crate::metrics::suppression::{Base, hidden_within_columns, is_below};

/// Rank of the numbers of models.
pub(super) const MODEL: u8 = 3;

/// Numbers that are published on one base.
#[derive(Debug, Clone)]
pub struct PublishedBase {
    /// Known for the answers of the base.
    pub item: Item,
    /// What the numbers are about: columns whose sums over the base they tell.
    pub about: BTreeSet<String>,
    /// Columns that decide who is in the base: its size tells about them.
    pub conditions: BTreeSet<String>,
    /// Groupings whose groups have the numbers.
    pub groupings: Vec<usize>,
    /// Documents about single groups have them too.
    pub repeated: bool,
    /// Of several numbers that cannot all be shown, those of the lowest rank stay.
    pub rank: u8,
    /// What differs from another such base about the same columns by too few answers is hidden.
    pub exact: bool,
    /// What is hidden already, wave by wave and area by area; none if that is still to be found.
    pub decided: Option<Vec<bool>>,
}

impl PublishedBase {
    /// The numbers made of an item.
    pub fn of_item(item: &Item, groupings: Vec<usize>, origins: &Origins) -> Self {
        let (mut about, mut conditions) = parts_of(&item.value);
        about.extend(item.per.iter().flat_map(columns_of));
        if about.is_empty() {
            about = std::mem::take(&mut conditions);
        }
        let (about, conditions) = (origins.of(about), origins.of(conditions));
        Self { item: item.clone(), about, conditions, groupings, repeated: true, rank: 0, exact: true, decided: None }
    }
}

/// Columns that other columns are derived from.
#[derive(Debug, Clone, Default)]
pub struct Origins(pub BTreeMap<String, BTreeSet<String>>);

impl Origins {
    /// The columns that these are made of, at the end of every chain.
    pub(super) fn of(&self, columns: BTreeSet<String>) -> BTreeSet<String> {
        let mut open: Vec<String> = columns.into_iter().collect();
        let (mut seen, mut found) = (BTreeSet::new(), BTreeSet::new());
        while let Some(column) = open.pop().filter(|_| seen.len() < 10_000) {
            if !seen.insert(column.clone()) {
                continue;
            }
            match self.0.get(&column) {
                Some(origins) if !origins.is_empty() => open.extend(origins.iter().cloned()),
                _ => {
                    found.insert(column);
                }
            }
        }
        found
    }
}

pub(super) fn columns_of(expression: &Expr) -> BTreeSet<String> {
    expression.column_refs().into_iter().map(|column| column.name.clone()).collect()
}

/// Columns of the value and of the condition of an item: `CASE WHEN condition THEN value END`.
fn parts_of(value: &Expr) -> (BTreeSet<String>, BTreeSet<String>) {
    match value {
        Expr::Case(case) if case.expr.is_none() && case.else_expr.is_none() && case.when_then_expr.len() == 1 => {
            let (when, then) = &case.when_then_expr[0];
            (columns_of(then), columns_of(when))
        }
        _ => (columns_of(value), BTreeSet::new()),
    }
}

/// The condition of an item as text; empty without one.
pub(super) fn condition_of(value: &Expr) -> String {
    match value {
        Expr::Case(case) if case.expr.is_none() && case.else_expr.is_none() && case.when_then_expr.len() == 1 => {
            case.when_then_expr[0].0.to_string()
        }
        _ => String::new(),
    }
}

/// What is hidden of each base: wave by wave, area by area.
///
/// # Errors
/// An error of the engine.
pub fn hidden_areas(
    responses: &Responses,
    bases: &[PublishedBase],
    areas: &Areas,
    limit: f64,
) -> Result<Vec<Vec<bool>>, DataFusionError> {
    let conditions: BTreeSet<&String> = bases.iter().flat_map(|base| &base.conditions).collect();
    let mut items: Vec<Item> = bases.iter().map(|base| base.item.clone()).collect();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for column in conditions {
        let text = format!("CASE WHEN {} IS NOT NULL THEN 1.0 END", quote_name(column));
        if let Ok(parsed) = Expression::parse(&text, &responses.schema, ExpectedType::Number) {
            known.insert(column, items.len());
            items.push(Item { value: parsed.logical().clone(), per: None });
        }
    }
    let grid = weight_grid(responses);
    let atoms = count_atoms(responses, &items, areas, grid)?;
    let waves = responses.waves.len().max(1);
    let plan = Plan { bases, areas, atoms: &atoms, known: &known, same: same_bases(&atoms, items.len()), waves, limit };
    Ok(plan.hidden(grid))
}

/// For each item the first one with the same answers in its base.
fn same_bases(atoms: &[Atom], items: usize) -> Vec<usize> {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); items];
    for (number, atom) in atoms.iter().enumerate() {
        atom.bases.iter().for_each(|base| members[*base].push(number));
    }
    let mut first: BTreeMap<&[usize], usize> = BTreeMap::new();
    members.iter().enumerate().map(|(item, members)| *first.entry(members).or_insert(item)).collect()
}

/// A number of a base in an area, with the rows of equations that it tells.
struct Published {
    base: usize,
    area: usize,
    n: u64,
    rows: Vec<(usize, usize)>,
}

struct Plan<'a> {
    bases: &'a [PublishedBase],
    areas: &'a Areas,
    atoms: &'a [Atom],
    known: &'a BTreeMap<&'a str, usize>,
    same: Vec<usize>,
    waves: usize,
    limit: f64,
}

/// All that is published about one column in one wave.
#[derive(Default)]
struct Family {
    /// Item and area to the number of the row.
    rows: BTreeMap<(usize, usize), usize>,
    secrets: BTreeSet<usize>,
    /// Items of bases whose difference may be a secret.
    exact: BTreeSet<usize>,
    remainders: BTreeSet<(usize, usize)>,
}

impl Plan<'_> {
    /// What is hidden of each base. Waves have no answers in common, so each is looked at by itself, side by side on the machine's
    /// cores.
    fn hidden(&self, grid: WeightGrid) -> Vec<Vec<bool>> {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let share = self.waves.div_ceil(workers).max(1);
        let waves: Vec<usize> = (0..self.waves).collect();
        let of_waves: Vec<Vec<Vec<bool>>> = std::thread::scope(|scope| {
            let parts: Vec<_> = waves
                .chunks(share)
                .map(|part| {
                    scope.spawn(move || part.iter().map(|wave| self.hidden_in(*wave, grid)).collect::<Vec<_>>())
                })
                .collect();
            let join = |part: std::thread::ScopedJoinHandle<'_, Vec<Vec<Vec<bool>>>>| match part.join() {
                Ok(flags) => flags,
                Err(payload) => std::panic::resume_unwind(payload),
            };
            parts.into_iter().flat_map(join).collect()
        });
        let of_base = |base: usize| of_waves.iter().flat_map(|flags| flags[base].iter().copied()).collect();
        (0..self.bases.len()).map(of_base).collect()
    }

    /// What is hidden of each base in a wave, area by area.
    fn hidden_in(&self, wave: usize, grid: WeightGrid) -> Vec<Vec<bool>> {
        let own = wave * self.areas.count()..(wave + 1) * self.areas.count();
        let sizes = self.sizes(wave, grid);
        let mut flags: Vec<Vec<bool>> = self
            .bases
            .iter()
            .zip(&sizes)
            .map(|(base, sizes)| match &base.decided {
                Some(decided) => decided[own.clone()].to_vec(),
                None => self.hidden_by_size(base, sizes),
            })
            .collect();
        self.protect(wave, &sizes, &mut flags);
        flags
    }

    /// The bases of a wave, area by area.
    fn sizes(&self, wave: usize, grid: WeightGrid) -> Vec<Vec<Base>> {
        let mut cells = vec![vec![Cell::default(); self.areas.count()]; self.bases.len()];
        for atom in self.atoms.iter().filter(|atom| atom.wave == wave) {
            for base in atom.bases.iter().filter(|base| **base < self.bases.len()) {
                atom.areas.iter().for_each(|area| cells[*base][*area].merge(&atom.cell));
            }
        }
        cells.iter().map(|cells| cells.iter().map(|cell| base_of(cell, grid, self.limit)).collect()).collect()
    }

    /// What is hidden for its size, or beside the only such group of a column.
    fn hidden_by_size(&self, base: &PublishedBase, sizes: &[Base]) -> Vec<bool> {
        let mut hidden: Vec<bool> = sizes.iter().map(|size| size.hidden).collect();
        let columns: Vec<Range<usize>> = base
            .groupings
            .iter()
            .filter(|grouping| **grouping > 0)
            .map(|&grouping| {
                let first = self.areas.group(grouping, 0);
                first..first + self.areas.groupings[grouping].levels.len()
            })
            .collect();
        let within = hidden_within_columns(sizes, &columns);
        hidden.iter_mut().zip(within).for_each(|(flag, more)| *flag |= more);
        hidden
    }

    /// Hides more numbers of a wave until no small base follows from what is shown.
    fn protect(&self, wave: usize, sizes: &[Vec<Base>], flags: &mut [Vec<bool>]) {
        let mut families: Vec<Family> = Vec::new();
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        let mut all: Vec<Published> = Vec::new();
        for (number, base) in self.bases.iter().enumerate() {
            // A base without answers tells that nobody met its condition.
            let tells = |area: &usize| sizes[number][*area].n > 0 || !base.conditions.is_empty();
            for area in self.areas_of(base).into_iter().filter(tells) {
                let mut rows = Vec::new();
                let own = self.same[number];
                let told = base.about.iter().map(|column| (column.as_str(), own));
                let counted = base
                    .conditions
                    .iter()
                    .filter_map(|column| Some((column.as_str(), self.same[*self.known.get(column.as_str())?])));
                for (column, item) in told.chain(counted) {
                    let family = *names.entry(column).or_insert_with(|| {
                        families.push(Family::default());
                        families.len() - 1
                    });
                    let next = families[family].rows.len();
                    let row = *families[family].rows.entry((item, area)).or_insert(next);
                    rows.push((family, row));
                }
                if base.exact {
                    for &(family, _) in &rows[..base.about.len()] {
                        families[family].exact.insert(own);
                    }
                }
                if flags[number][area] {
                    for &(family, row) in &rows[..base.about.len()] {
                        families[family].secrets.insert(row);
                    }
                }
                all.push(Published { base: number, area, n: sizes[number][area].n, rows });
            }
        }
        let linked = |family: &Family| !family.secrets.is_empty() || family.exact.len() > 1;
        let shared = |family: &Family| if linked(family) { self.shared(wave, family) } else { Products::none(0) };
        let shared: Vec<Products> = families.iter().map(shared).collect();
        self.find_remainders(&all, &shared, sizes, &mut families);
        let open: Vec<bool> =
            families.iter().map(|family| !(family.secrets.is_empty() && family.remainders.is_empty())).collect();
        let mut spaces: Vec<Option<Space>> = families
            .iter()
            .zip(shared)
            .zip(&open)
            .map(|((family, shared), open)| {
                let secrets: Vec<usize> = family.secrets.iter().copied().collect();
                let remainders: Vec<(usize, usize)> = family.remainders.iter().copied().collect();
                open.then(|| Space::new(shared, &secrets, &remainders))
            })
            .collect();
        // What is decided comes first, then by rank; the total before groups, large before small groups, the last of several
        // first.
        all.sort_by_key(|held| {
            let base = &self.bases[held.base];
            let place = (held.area > 0, held.area >= self.areas.group(self.areas.groupings.len(), 0));
            (base.decided.is_none(), base.rank, place, std::cmp::Reverse((held.n, held.area)), held.base)
        });
        for held in &all {
            let flag = &mut flags[held.base][held.area];
            if *flag {
                continue;
            }
            let mut rows = held.rows.iter().filter_map(|&(family, row)| Some((spaces[family].as_ref()?, row)));
            // Models have methods of their own for missing answers, so that their totals are not sums over complete answers alone.
            let total_of_model = self.bases[held.base].rank == MODEL && held.area == 0;
            if self.bases[held.base].decided.is_none()
                && !total_of_model
                && rows.any(|(space, row)| space.gives_away(row))
            {
                *flag = true;
                // What is hidden now must not follow from what is published later.
                for &(family, row) in &held.rows[..self.bases[held.base].about.len()] {
                    if let Some(space) = &mut spaces[family] {
                        space.keep_secret(row);
                    }
                }
                continue;
            }
            for &(family, row) in &held.rows {
                if let Some(space) = &mut spaces[family] {
                    space.publish(row);
                }
            }
        }
    }

    /// The areas that a base is published for.
    fn areas_of(&self, base: &PublishedBase) -> Vec<usize> {
        let level_count = |grouping: usize| self.areas.groupings[grouping].levels.len();
        let groups = base
            .groupings
            .iter()
            .flat_map(|&grouping| (0..level_count(grouping)).map(move |level| self.areas.group(grouping, level)));
        let crossings =
            self.areas.crossings.iter().filter(|(outer, inner)| {
                base.repeated && base.groupings.contains(outer) && base.groupings.contains(inner)
            });
        let crossed = crossings.flat_map(|&(outer, inner)| {
            (0..level_count(outer)).flat_map(move |one| {
                (0..level_count(inner)).filter_map(move |other| self.areas.crossed((outer, one), (inner, other)))
            })
        });
        groups.chain(crossed).collect()
    }

    /// Answers of weight above 0 that every two rows of a family share.
    fn shared(&self, wave: usize, family: &Family) -> Products {
        let count = self.areas.count();
        let mut items: Vec<usize> = family.rows.keys().map(|(item, _)| *item).collect();
        items.dedup();
        let mut row_of = vec![None; items.len() * count];
        for ((item, area), row) in &family.rows {
            if let Ok(place) = items.binary_search(item) {
                row_of[place * count + area] = Some(*row);
            }
        }
        let mut shared = Products::none(family.rows.len());
        let mut inside: Vec<usize> = Vec::new();
        for atom in self.atoms.iter().filter(|atom| atom.wave == wave && atom.weighing > 0) {
            inside.clear();
            for (place, _) in items.iter().enumerate().filter(|(_, item)| atom.bases.binary_search(item).is_ok()) {
                inside.extend(atom.areas.iter().filter_map(|area| row_of[place * count + area]));
            }
            inside.sort_unstable();
            shared.add(&inside, atom.weighing);
        }
        shared
    }

    /// Two bases about the same columns, one within the other and both large: the few answers between them are a secret.
    fn find_remainders(&self, all: &[Published], shared: &[Products], sizes: &[Vec<Base>], families: &mut [Family]) {
        let mut by_area: BTreeMap<usize, Vec<&Published>> = BTreeMap::new();
        let exact = |held: &&Published| self.bases[held.base].exact && sizes[held.base][held.area].shown;
        all.iter().filter(exact).for_each(|held| by_area.entry(held.area).or_default().push(held));
        for held in by_area.values() {
            for whole in held {
                for part in held {
                    let alike = self.bases[whole.base].about == self.bases[part.base].about;
                    if !alike || self.same[whole.base] == self.same[part.base] {
                        continue;
                    }
                    let about = self.bases[whole.base].about.len();
                    for (&(family, outer), &(_, inner)) in whole.rows[..about].iter().zip(&part.rows[..about]) {
                        let shared = &shared[family];
                        let (both, whole_part) = (shared.get(outer, inner), shared.get(inner, inner));
                        let left = shared.get(outer, outer) - both;
                        if both == whole_part && left > 0 && is_few(left, self.limit) {
                            families[family].remainders.insert((outer, inner));
                        }
                    }
                }
            }
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of answers are far below 2^53")]
fn is_few(answers: u64, limit: f64) -> bool {
    (answers as f64) < limit
}

/// A base as suppression sees it.
pub(super) fn base_of(cell: &Cell, grid: WeightGrid, limit: f64) -> Base {
    let weight = grid.weight(cell.weight);
    let n_eff = effective_number(weight, grid.weight_squared(cell.weight_squared));
    let small = is_below((cell.count, n_eff), limit);
    Base { n: cell.count, hidden: weight > 0.0 && small, shown: weight > 0.0 && !small }
}
