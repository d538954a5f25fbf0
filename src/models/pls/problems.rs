//! What can be wrong with a path model, what can stop its estimation, and what a reader should know of a result.
//! All of it is data: constructs, columns and rows are named by their numbers, and the caller finds the words.

/// A mistake in the structure of a model, found before any answer is looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ModelProblem {
    /// A construct has no indicator.
    NoIndicators {
        /// Number of the construct.
        construct: usize,
    },
    /// A column measures two constructs, or one twice.
    IndicatorTwice {
        /// Number of the second construct.
        construct: usize,
        /// Number of the column.
        column: usize,
    },
    /// The ends of an indicator's scale are not finite, or the lowest is not below the highest.
    InvalidScale {
        /// Number of the construct.
        construct: usize,
        /// Number of the column.
        column: usize,
    },
    /// A path begins or ends at a construct that does not exist.
    UnknownConstruct {
        /// Number of the path.
        path: usize,
    },
    /// A path leads from a construct to itself.
    PathToItself {
        /// Number of the path.
        path: usize,
    },
    /// Two paths join the same constructs in the same direction.
    PathTwice {
        /// Number of the second path.
        path: usize,
    },
    /// A construct has no path to or from any other.
    Unconnected {
        /// Number of the construct.
        construct: usize,
    },
    /// Paths lead in a circle, so that total effects have no end.
    Circle {
        /// Number of a construct on the circle, or behind one.
        construct: usize,
    },
}

/// Why a model could not be estimated from the answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Failure {
    /// A column has another number of rows than the first one.
    UnequalColumns {
        /// Number of the column.
        column: usize,
    },
    /// A value is missing or infinite; only complete rows can be used.
    IncompleteRow {
        /// Number of the column.
        column: usize,
        /// Number of the row.
        row: usize,
    },
    /// There are more or fewer weights than rows.
    WeightsDoNotFit,
    /// A weight is negative, missing or infinite.
    InvalidWeight {
        /// Number of the row.
        row: usize,
    },
    /// The weights add up to 0, or there is no row.
    NoWeight,
    /// The model names a column that was not given.
    UnknownColumn {
        /// Number of the construct.
        construct: usize,
        /// Number of the column.
        column: usize,
    },
    /// All rows of positive weight give the same answer, so that there is nothing to correlate.
    ConstantIndicator {
        /// Number of the construct.
        construct: usize,
        /// Number of the column.
        column: usize,
    },
    /// The indicators of a Mode B construct determine one another, so that their weights are not unique.
    SingularBlock {
        /// Number of the construct.
        construct: usize,
    },
    /// The constructs that lead to one determine one another, so that their coefficients are not unique.
    SingularRegression {
        /// Number of the construct that they lead to.
        construct: usize,
    },
    /// The indicators of a construct are uncorrelated with all neighbouring constructs, so that its weights vanish.
    NoOuterWeights {
        /// Number of the construct.
        construct: usize,
    },
    /// The weights still moved in the last permitted iteration.
    NotConverged {
        /// Iterations made.
        iterations: usize,
        /// Largest change of a weight in the last one.
        change: f64,
    },
}

/// Something that a reader of the result should know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Note {
    /// A construct is measured by one indicator: it is that indicator, and its reliability cannot be estimated.
    SingleIndicator {
        /// Number of the construct.
        construct: usize,
    },
    /// An indicator correlates negatively with its own construct; perhaps its scale runs the other way.
    NegativeLoading {
        /// Number of the construct.
        construct: usize,
        /// Number of the column.
        column: usize,
    },
    /// The outer weight of an indicator is negative; the index counts it as 0.
    NegativeIndexWeight {
        /// Number of the construct.
        construct: usize,
        /// Number of the column.
        column: usize,
    },
    /// No indicator has a positive outer weight, so that the construct has no index.
    NoIndex {
        /// Number of the construct.
        construct: usize,
    },
}
