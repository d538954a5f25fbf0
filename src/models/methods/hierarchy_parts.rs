//! The tree of an index hierarchy as its options write it: parts within parts down to the items, and where the weights of each
//! set of siblings come from. Mistakes are reported at their place; judgements that contradict each other are a warning.

use serde_json::Value as Json;

use crate::diagnostics::messages::models as messages;
use crate::diagnostics::{Diagnostic, Localized, LocalizedTexts, lang_texts};
use crate::models::ahp::{AhpError, Judgements, Priorities, RandomIndex, WeightMethod};
use crate::models::hierarchy::{Hierarchy, HierarchyError};
use crate::models::options::Options;
use crate::models::registry::ItemInfo;

/// Where the weights of siblings come from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source {
    /// The numbers beside the parts.
    Given,
    /// Judgements of pairs.
    Judged(Priorities),
    /// How far the groups differ in each part.
    Entropy,
    /// What each part contributes to explaining the outcome.
    Derived,
}

/// A part of the tree.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Part {
    pub(super) id: String,
    /// Name: that of the options, of the item, or the id.
    pub(super) title: Localized,
    pub(super) parent: Option<usize>,
    /// Weight as given, 1 where it is not.
    pub(super) weight: f64,
    /// Number of the item, for a leaf.
    pub(super) item: Option<usize>,
    /// True if 100 less the value counts.
    pub(super) reverse: bool,
}

/// Parts with the same parent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Siblings {
    pub(super) parent: Option<usize>,
    pub(super) members: Vec<usize>,
    pub(super) source: Source,
}

/// The whole tree: parents stand before their parts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Tree {
    pub(super) parts: Vec<Part>,
    /// The sets of siblings, the first level first.
    pub(super) siblings: Vec<Siblings>,
}

impl Tree {
    pub(super) fn parents(&self) -> Vec<Option<usize>> {
        self.parts.iter().map(|part| part.parent).collect()
    }
}

/// Keys of a part; those of the first level are options of the model.
const KEYS: [&str; 6] = ["title", "weight", "weights", "judgements", "parts", "reverse"];

/// How judgements become weights.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judging {
    pub(super) method: WeightMethod,
    pub(super) table: RandomIndex,
}

/// Reads the tree. `None` where an item of it is not fed, or after a mistake.
pub(super) fn read_tree(options: &mut Options<'_>, items: &[ItemInfo], judging: Judging) -> Option<Tree> {
    let top = ["weights", "judgements", "parts"].map(|key| options.take(key));
    let mut reading = Reading { tree: Tree::default(), items, judging, sound: true, options };
    reading.siblings("", None, top)?;
    let Reading { tree, sound, .. } = reading;
    for item in items.iter().filter(|_| sound) {
        let used = tree.parts.iter().filter(|part| part.item.is_some_and(|index| items[index].id == item.id)).count();
        if used != 1 {
            let problem = match used {
                0 => lang_texts(
                    format!("题项 `{}` 不在任何部分中", item.id),
                    format!("the item `{}` stands in no part", item.id),
                ),
                _ => lang_texts(
                    format!("题项 `{}` 用了 {used} 次", item.id),
                    format!("the item `{}` stands in {used} places", item.id),
                ),
            };
            options.problem("parts", Diagnostic::error(&messages::BAD_HIERARCHY).words("problem", problem));
            return None;
        }
    }
    let given: Vec<f64> = tree.parts.iter().map(|part| part.weight).collect();
    if let Err(error) = Hierarchy::new(&tree.parents(), &given).map_err(|error| mistake(&error, &tree)) {
        options.problem("parts", Diagnostic::error(&messages::BAD_HIERARCHY).words("problem", error));
        return None;
    }
    sound.then_some(tree)
}

struct Reading<'r, 'o> {
    tree: Tree,
    items: &'r [ItemInfo],
    judging: Judging,
    sound: bool,
    options: &'r mut Options<'o>,
}

impl Reading<'_, '_> {
    /// Reads the parts of `parent`, whose options stand at `place`; `None` where something is missing.
    fn siblings(
        &mut self,
        place: &str,
        parent: Option<usize>,
        [weights, judgements, parts]: [Option<&Json>; 3],
    ) -> Option<()> {
        let key = |name: &str| format!("{place}{name}");
        let listed = parts.and_then(Json::as_object).filter(|listed| !listed.is_empty());
        let Some(listed) = listed else {
            self.refuse(&key("parts"), "{ id: { … } }", parts.unwrap_or(&Json::Null));
            return None;
        };
        let names: Vec<&String> = listed.keys().collect();
        let source = match (weights.map(|weights| weights.as_str().unwrap_or_default()), judgements) {
            (None | Some("ahp"), Some(given)) => self.judged(place, given, &names),
            (None | Some("given"), None) => Source::Given,
            (Some("entropy"), None) => Source::Entropy,
            (Some("derived"), None) => Source::Derived,
            (Some("ahp"), None) => {
                self.refuse(&key("judgements"), "[[1, 3], [1/3, 1]]", &Json::Null);
                Source::Given
            }
            (Some(_), _) => {
                self.refuse(&key("weights"), "given, ahp, entropy, derived", weights.unwrap_or(&Json::Null));
                Source::Given
            }
        };
        let first = self.tree.parts.len();
        let members = (first..first + names.len()).collect();
        self.tree.siblings.push(Siblings { parent, members, source });
        for (id, given) in listed {
            let part = self.part(&format!("{place}parts.{id}"), id, given, parent);
            self.tree.parts.push(part);
        }
        let mut complete = Some(());
        for (offset, (id, given)) in listed.iter().enumerate() {
            let below = ["weights", "judgements", "parts"].map(|key| given.get(key));
            let place = format!("{place}parts.{id}");
            let part = first + offset;
            if below[2].is_some() {
                complete = complete.and(self.siblings(&format!("{place}."), Some(part), below));
            } else if self.tree.parts[part].item.is_none() {
                let problem = Diagnostic::error(&messages::UNKNOWN_MODEL_ITEM)
                    .arg("item", id)
                    .suggest(id, self.items.iter().map(|item| item.id.as_str()));
                self.options.problem(place, problem);
                complete = None;
            }
        }
        complete
    }

    /// A part: `id: 2`, `id:` alone or `id: { title, weight, … }`.
    fn part(&mut self, place: &str, id: &str, given: &Json, parent: Option<usize>) -> Part {
        let title = self.items.iter().find(|item| item.id == id).map(|item| item.title.clone());
        let title = title.unwrap_or_else(|| Localized::from(id));
        let mut part = Part { id: id.to_owned(), title, parent, weight: 1.0, item: None, reverse: false };
        let fits = match given {
            Json::Null => true,
            Json::Number(weight) => {
                part.weight = weight.as_f64().unwrap_or(f64::NAN);
                true
            }
            Json::Object(entries) => {
                let title = entries.get("title").and_then(|title| serde_json::from_value(title.clone()).ok());
                part.title = title.unwrap_or(part.title);
                part.weight = entries.get("weight").map_or(1.0, |weight| weight.as_f64().unwrap_or(f64::NAN));
                part.reverse = entries.get("reverse").is_some_and(|reverse| reverse.as_bool().unwrap_or_default());
                entries.keys().all(|key| KEYS.contains(&key.as_str()))
            }
            _ => false,
        };
        if !fits {
            self.refuse(place, &KEYS.join(", "), given);
        }
        if given.get("parts").is_none() {
            part.item = self.items.iter().position(|item| item.id == id);
        }
        if part.item.is_some_and(|item| self.items[item].range.is_none()) {
            self.options.problem(place, Diagnostic::error(&messages::RANGE_NEEDED).arg("option", id));
            self.sound = false;
        }
        part
    }

    /// Weights out of a matrix of judgements, or of several, one a judge.
    fn judged(&mut self, place: &str, given: &Json, names: &[&String]) -> Source {
        let key = format!("{place}judgements");
        let rows = given.as_array().map_or(&[][..], Vec::as_slice);
        let is_matrix =
            |rows: &[Json]| rows.iter().all(|row| row.as_array().is_some_and(|row| !row.iter().any(Json::is_array)));
        let matrices: Vec<&[Json]> = if is_matrix(rows) {
            vec![rows]
        } else {
            rows.iter().map(|judge| judge.as_array().map_or(&[][..], Vec::as_slice)).collect()
        };
        let mut judges = Vec::new();
        for matrix in matrices {
            let cells = || matrix.iter().flat_map(|row| row.as_array().map_or(&[][..], Vec::as_slice));
            let Some(values) = cells().map(judgement).collect::<Option<Vec<f64>>>() else {
                self.refuse(&key, "[[1, 3], [1/3, 1]]", given);
                return Source::Given;
            };
            match Judgements::new(names.len(), &values) {
                Ok(judge) => judges.push(judge),
                Err(error) => {
                    let problem = Diagnostic::error(&messages::BAD_HIERARCHY).words("problem", in_words(&error, names));
                    self.options.problem(&key, problem);
                    self.sound = false;
                    return Source::Given;
                }
            }
        }
        let equal = vec![1.0; judges.len()];
        let Ok(panel) = Judgements::combined(&judges, &equal) else {
            self.refuse(&key, "[[1, 3], [1/3, 1]]", given);
            return Source::Given;
        };
        let found = panel.priorities(self.judging.method, self.judging.table);
        if let (Some(false), Some(ratio), Some(worst)) = (found.consistent, found.consistency_ratio, found.worst) {
            let node =
                place.trim_end_matches('.').rsplit('.').next().filter(|node| !node.is_empty()).unwrap_or("parts");
            let warning = Diagnostic::warning(&messages::INCONSISTENT)
                .arg("node", node)
                .arg("ratio", format!("{ratio:.3}"))
                .arg("pair", format!("{} / {}", names[worst.row], names[worst.column]))
                .arg("given", format!("{:.2}", worst.given))
                .arg("implied", format!("{:.2}", worst.implied));
            self.options.problem(&key, warning);
        }
        Source::Judged(found)
    }

    fn refuse(&mut self, place: &str, wanted: &str, found: &Json) {
        self.options.refuse(place, wanted, found);
        self.sound = false;
    }
}

/// A number, or a quotient written as text: `1/3`.
fn judgement(given: &Json) -> Option<f64> {
    if let Some(text) = given.as_str() {
        let (above, below) = text.split_once('/').unwrap_or((text, "1"));
        return Some(above.trim().parse::<f64>().ok()? / below.trim().parse::<f64>().ok()?);
    }
    given.as_f64()
}

fn in_words(error: &AhpError, names: &[&String]) -> LocalizedTexts {
    match error {
        AhpError::Size { size, found } => lang_texts(
            format!("{size} 个部分需要 {size}×{size} 的判断矩阵，却有 {found} 个值"),
            format!("{size} parts need a matrix of {size} by {size} judgements, found {found} values"),
        ),
        AhpError::NotPositive { row, column, value } => lang_texts(
            format!("{} 对 {} 的判断 {value} 不是大于 0 的数", names[*row], names[*column]),
            format!("the judgement of {} against {} is {value}, not a number above 0", names[*row], names[*column]),
        ),
        AhpError::NotReciprocal { row, column, value, opposite } => lang_texts(
            format!(
                "{} 与 {} 的两个判断 {value} 和 {opposite} 不互为倒数（倒数可写作 \"1/3\"）",
                names[*row], names[*column]
            ),
            format!(
                "the two judgements of {} and {}, {value} and {opposite}, are not each other's inverse (an inverse may be written \"1/3\")",
                names[*row], names[*column]
            ),
        ),
        AhpError::Judges | AhpError::JudgeWeights => {
            lang_texts("各位判断者比较的部分不一致", "the judges do not compare the same parts")
        }
    }
}

fn mistake(error: &HierarchyError, tree: &Tree) -> LocalizedTexts {
    let name = |node: usize| tree.parts.get(node).map_or("", |part| part.id.as_str());
    match error {
        HierarchyError::TooDeep { node } => lang_texts(
            format!("`{}` 在第三层以下", name(*node)),
            format!("`{}` lies below the third level", name(*node)),
        ),
        HierarchyError::Weight { node, .. } => lang_texts(
            format!("`{}` 的权重不是不小于 0 的数", name(*node)),
            format!("the weight of `{}` is not a number of at least 0", name(*node)),
        ),
        HierarchyError::NoWeight { parent } => {
            let place = parent.map_or("parts", name);
            lang_texts(
                format!("`{place}` 各部分的权重之和为 0"),
                format!("the weights of the parts of `{place}` sum to 0"),
            )
        }
        HierarchyError::Size { .. } | HierarchyError::Parent { .. } => lang_texts("没有部分", "there are no parts"),
    }
}
