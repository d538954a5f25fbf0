//! A hierarchy of one to three levels of indicators: weights among siblings become weights in the whole. Takes the parent and
//! the local weight of each node, from wherever they come (given, AHP, entropy, derived); gives levels and global weights.

use thiserror::Error;

/// Most levels of a hierarchy.
pub const MOST_LEVELS: usize = 3;

/// Why nodes are no hierarchy. Nodes count from 0.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum HierarchyError {
    /// There is no node, or not one local weight a node.
    #[error("{nodes} nodes have {weights} weights")]
    Size {
        /// Number of nodes.
        nodes: usize,
        /// Number of weights.
        weights: usize,
    },
    /// The parent of a node does not stand before it.
    #[error("the parent of node {node} does not stand before it")]
    Parent {
        /// The node.
        node: usize,
    },
    /// A node lies deeper than [`MOST_LEVELS`].
    #[error("node {node} lies below the third level")]
    TooDeep {
        /// The node.
        node: usize,
    },
    /// A weight is not a finite number of at least 0.
    #[error("the weight of node {node} is `{weight}`, not a number of at least 0")]
    Weight {
        /// The node.
        node: usize,
        /// Its weight.
        weight: f64,
    },
    /// The weights of the children of a node (`None`: of the first level) sum to 0.
    #[error("the weights of the siblings below {parent:?} sum to 0")]
    NoWeight {
        /// Their parent.
        parent: Option<usize>,
    },
}

/// A node of a hierarchy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// The node above; `None` on the first level.
    pub parent: Option<usize>,
    /// 1 to 3.
    pub level: usize,
    /// Weight among its siblings; they sum to 1.
    pub local: f64,
    /// Product of the local weights from the first level down to here; over all leaves they sum to 1.
    pub global: f64,
    /// Whether nothing lies below.
    pub leaf: bool,
}

/// A tree of weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Hierarchy {
    /// The nodes in the order given: parents before their children.
    pub nodes: Vec<Node>,
}

impl Hierarchy {
    /// Builds the tree from the parent (`None`: first level) and weight of each node. Weights of siblings are divided by their
    /// sum.
    ///
    /// # Errors
    /// A parent that does not stand before its child, more than three levels, a weight below 0, or siblings without weight.
    pub fn new(parents: &[Option<usize>], weights: &[f64]) -> Result<Self, HierarchyError> {
        if parents.is_empty() || parents.len() != weights.len() {
            return Err(HierarchyError::Size { nodes: parents.len(), weights: weights.len() });
        }
        // Sums of siblings: place 0 is the first level, place p + 1 the children of p.
        let mut sums = vec![0.0; parents.len() + 1];
        let place = |parent: Option<usize>| parent.map_or(0, |parent| parent + 1);
        for (node, (parent, weight)) in parents.iter().zip(weights).enumerate() {
            if parent.is_some_and(|parent| parent >= node) {
                return Err(HierarchyError::Parent { node });
            }
            if !weight.is_finite() || *weight < 0.0 {
                return Err(HierarchyError::Weight { node, weight: *weight });
            }
            sums[place(*parent)] += weight;
        }
        let mut nodes: Vec<Node> = Vec::with_capacity(parents.len());
        for (node, (&parent, weight)) in parents.iter().zip(weights).enumerate() {
            let (level, above) = parent.map_or((1, 1.0), |parent| (nodes[parent].level + 1, nodes[parent].global));
            if level > MOST_LEVELS {
                return Err(HierarchyError::TooDeep { node });
            }
            let sum = sums[place(parent)];
            if sum <= 0.0 {
                return Err(HierarchyError::NoWeight { parent });
            }
            let local = weight / sum;
            nodes.push(Node { parent, level, local, global: above * local, leaf: true });
        }
        for parent in parents.iter().flatten() {
            nodes[*parent].leaf = false;
        }
        Ok(Self { nodes })
    }

    /// The index at every node from the values of the leaves (what stands at other nodes is not read): the mean of its children
    /// by local weight. `values` has one place a node. `None` where a child that carries weight has no value: an index is
    /// never averaged over the rest.
    pub fn roll_up(&self, values: &[Option<f64>]) -> Vec<Option<f64>> {
        let value_of = |node: usize| values.get(node).copied().flatten();
        let mut found: Vec<Option<f64>> =
            (0..self.nodes.len()).map(|node| if self.nodes[node].leaf { value_of(node) } else { Some(0.0) }).collect();
        for node in (0..self.nodes.len()).rev() {
            let Node { parent: Some(parent), local, .. } = self.nodes[node] else { continue };
            if local > 0.0 {
                found[parent] = found[parent].zip(found[node]).map(|(sum, value)| sum + local * value);
            }
        }
        found
    }

    /// The index of the whole: the mean of the first level by local weight. `None` as in [`Self::roll_up`].
    pub fn total(&self, values: &[Option<f64>]) -> Option<f64> {
        let found = self.roll_up(values);
        let first = self.nodes.iter().zip(found).filter(|(node, _)| node.parent.is_none() && node.local > 0.0);
        first.map(|(node, value)| value.map(|value| node.local * value)).sum()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Two factors 3 : 1; the first has parts 1 : 1, of which the second has parts 1 : 4; the other factor is a leaf.
    fn example() -> Hierarchy {
        let parents = [None, None, Some(0), Some(0), Some(3), Some(3)];
        Hierarchy::new(&parents, &[3.0, 1.0, 1.0, 1.0, 0.2, 0.8]).unwrap()
    }

    #[test]
    fn global_weights_are_products_of_local_weights() {
        let expected = [0.75, 0.25, 0.375, 0.375, 0.075, 0.3];
        for (node, expected) in example().nodes.iter().zip(expected) {
            assert!((node.global - expected).abs() < 1e-15, "{node:?}");
        }
        let levels: Vec<usize> = example().nodes.iter().map(|node| node.level).collect();
        let leaves: Vec<bool> = example().nodes.iter().map(|node| node.leaf).collect();
        assert_eq!(levels, [1, 1, 2, 2, 3, 3]);
        assert_eq!(leaves, [false, true, true, false, true, true]);
    }

    /// Leaves 60, 80, 50, 100: the inner part is 0.2 * 50 + 0.8 * 100 = 90, its factor (80 + 90) / 2 = 85, the whole
    /// 0.75 * 85 + 0.25 * 60 = 78.75.
    #[test]
    fn values_roll_up() {
        let values = [None, Some(60.0), Some(80.0), None, Some(50.0), Some(100.0)];
        let found = example().roll_up(&values);
        assert!((found[3].unwrap() - 90.0).abs() < 1e-12);
        assert!((found[0].unwrap() - 85.0).abs() < 1e-12);
        assert!((example().total(&values).unwrap() - 78.75).abs() < 1e-12);
        let gap = [None, Some(60.0), Some(80.0), None, None, Some(100.0)];
        assert_eq!(example().roll_up(&gap)[0], None);
        assert_eq!(example().total(&gap), None);
    }

    #[test]
    fn a_value_without_weight_is_not_needed() {
        let hierarchy = Hierarchy::new(&[None, None], &[1.0, 0.0]).unwrap();
        assert_eq!(hierarchy.total(&[Some(7.0), None]), Some(7.0));
    }

    #[test]
    fn errors_name_the_node() {
        assert_eq!(Hierarchy::new(&[], &[]), Err(HierarchyError::Size { nodes: 0, weights: 0 }));
        assert_eq!(Hierarchy::new(&[None], &[]), Err(HierarchyError::Size { nodes: 1, weights: 0 }));
        assert_eq!(Hierarchy::new(&[Some(0)], &[1.0]), Err(HierarchyError::Parent { node: 0 }));
        assert_eq!(Hierarchy::new(&[None], &[-1.0]), Err(HierarchyError::Weight { node: 0, weight: -1.0 }));
        assert_eq!(Hierarchy::new(&[None, Some(0)], &[1.0, 0.0]), Err(HierarchyError::NoWeight { parent: Some(0) }));
        let chain = [None, Some(0), Some(1), Some(2)];
        assert_eq!(Hierarchy::new(&chain, &[1.0; 4]), Err(HierarchyError::TooDeep { node: 3 }));
    }

    proptest! {
        /// The leaves carry the whole weight, and equal values give that value.
        #[test]
        fn leaves_carry_all_weight(first in prop::collection::vec(0.01f64..10.0, 1..5), below in prop::collection::vec(0.01f64..10.0, 1..5)) {
            let mut parents = vec![None; first.len()];
            parents.extend(vec![Some(0); below.len()]);
            let weights: Vec<f64> = first.iter().chain(&below).copied().collect();
            let hierarchy = Hierarchy::new(&parents, &weights).unwrap();
            let leaves: f64 = hierarchy.nodes.iter().filter(|node| node.leaf).map(|node| node.global).sum();
            prop_assert!((leaves - 1.0).abs() < 1e-12);
            let total = hierarchy.total(&vec![Some(42.0); weights.len()]).unwrap();
            prop_assert!((total - 42.0).abs() < 1e-10);
        }
    }
}
