//! What may stand in an expression: names that exist, operators between values of one kind, nothing that looks beyond one row.
//! Parsed and planned expressions come in, [`ExpressionError`]s in the user's words go out.

use std::ops::ControlFlow;

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::common::DFSchema;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::{Expr, ExprSchemable, Operator, Volatility};
use datafusion::sql::sqlparser::ast::{Expr as SqlExpr, Ident, visit_expressions};

use crate::data::expressions::{ExpressionError, state};

/// Types of values as the codebook calls them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A number.
    Number,
    /// Yes or no.
    Boolean,
    /// A text or an option.
    Text,
    /// A date or moment.
    Date,
    /// A length of time.
    Interval,
    /// Nothing.
    Null,
    /// Anything else.
    Other,
}

impl ValueKind {
    /// The kind of an Arrow type.
    pub fn of(data_type: &DataType) -> Self {
        match data_type {
            DataType::Boolean => Self::Boolean,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::Text,
            DataType::Dictionary(_, values) => Self::of(values),
            DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => Self::Date,
            DataType::Interval(_) | DataType::Duration(_) => Self::Interval,
            DataType::Null => Self::Null,
            other if other.is_numeric() => Self::Number,
            _ => Self::Other,
        }
    }

    /// The kind as the codebook writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Text => "text",
            Self::Date => "date",
            Self::Interval => "interval",
            Self::Null => "null",
            Self::Other => "other",
        }
    }
}

/// Refuses subqueries and window calls, which cannot even be planned.
pub fn refuse_queries(parsed: &SqlExpr) -> Result<(), ExpressionError> {
    let found = visit_expressions(parsed, |node| {
        let refused = match node {
            SqlExpr::Subquery(_) | SqlExpr::InSubquery { .. } | SqlExpr::Exists { .. } => true,
            SqlExpr::Function(function) => function.over.is_some(),
            _ => false,
        };
        if refused { ControlFlow::Break(node.to_string()) } else { ControlFlow::Continue(()) }
    });
    match found {
        ControlFlow::Break(what) => Err(ExpressionError::Refused { what }),
        ControlFlow::Continue(()) => Ok(()),
    }
}

/// Identifiers that stand for columns; `a.b` counts as one name.
pub fn identifiers(parsed: &SqlExpr) -> Vec<Ident> {
    let mut found = Vec::new();
    let _ = visit_expressions(parsed, |node| {
        match node {
            SqlExpr::Identifier(identifier) => found.push(identifier.clone()),
            SqlExpr::CompoundIdentifier(parts) => {
                let joined: Vec<&str> = parts.iter().map(|part| part.value.as_str()).collect();
                found.push(Ident::new(joined.join(".")));
            }
            _ => {}
        }
        ControlFlow::<()>::Continue(())
    });
    found
}

/// Reports the first column or function that does not exist.
pub fn check_names(parsed: &SqlExpr, schema: &Schema) -> Result<(), ExpressionError> {
    for identifier in identifiers(parsed) {
        if schema.index_of(&identifier.value).is_err() {
            let known = schema.fields().iter().map(|field| field.name().clone()).filter(|name| !name.starts_with("__"));
            return Err(ExpressionError::UnknownColumn {
                name: identifier.value,
                quoted: identifier.quote_style == Some('"'),
                known: known.collect(),
            });
        }
    }
    let unknown = visit_expressions(parsed, |node| {
        let SqlExpr::Function(function) = node else { return ControlFlow::Continue(()) };
        let name = function.name.to_string().to_lowercase();
        let state = state();
        let known = state.scalar_functions().contains_key(&name)
            || state.aggregate_functions().contains_key(&name)
            || state.window_functions().contains_key(&name);
        if known { ControlFlow::Continue(()) } else { ControlFlow::Break(function.name.to_string()) }
    });
    match unknown {
        ControlFlow::Break(name) => {
            let functions = state().scalar_functions();
            let allowed = functions.iter().filter(|(_, function)| is_allowed(function.signature().volatility));
            let mut known: Vec<String> = allowed.map(|(name, _)| name.clone()).collect();
            known.sort();
            Err(ExpressionError::UnknownFunction { name, known })
        }
        ControlFlow::Continue(()) => Ok(()),
    }
}

/// True for functions that give the same result for the same answer in every run.
fn is_allowed(volatility: Volatility) -> bool {
    volatility == Volatility::Immutable
}

/// Refuses what looks beyond one row or changes from run to run.
pub fn refuse_constructs(logical: &Expr) -> Result<(), ExpressionError> {
    let mut refused = None;
    let _ = logical.apply(|node| {
        let bad = match node {
            Expr::AggregateFunction(_)
            | Expr::WindowFunction(_)
            | Expr::Exists(_)
            | Expr::InSubquery(_)
            | Expr::ScalarSubquery(_)
            | Expr::SetComparison(_)
            | Expr::Placeholder(_)
            | Expr::ScalarVariable(..)
            | Expr::Unnest(_)
            | Expr::Alias(_) => true,
            Expr::ScalarFunction(call) => !is_allowed(call.func.signature().volatility),
            _ => false,
        };
        if bad {
            refused = Some(node.human_display().to_string());
            return Ok(TreeNodeRecursion::Stop);
        }
        Ok(TreeNodeRecursion::Continue)
    });
    refused.map_or(Ok(()), |what| Err(ExpressionError::Refused { what }))
}

/// Finds operators between values of different kinds, which the engine would silently convert or refuse in its own words.
pub fn check_types(logical: &Expr, schema: &DFSchema) -> Result<(), ExpressionError> {
    let mut found = Ok(());
    let _ = logical.apply(|node| {
        let checked = match node {
            Expr::BinaryExpr(binary) => {
                check_pair(&binary.left, &binary.op.to_string(), Some(binary.op), &binary.right, schema)
            }
            Expr::InList(list) => {
                list.list.iter().try_for_each(|item| check_pair(&list.expr, "in", None, item, schema))
            }
            Expr::Between(between) => [&between.low, &between.high]
                .into_iter()
                .try_for_each(|bound| check_pair(&between.expr, "between", None, bound, schema)),
            _ => Ok(()),
        };
        if checked.is_err() {
            found = checked;
            return Ok(TreeNodeRecursion::Stop);
        }
        Ok(TreeNodeRecursion::Continue)
    });
    found
}

fn check_pair(
    left: &Expr,
    written: &str,
    operator: Option<Operator>,
    right: &Expr,
    schema: &DFSchema,
) -> Result<(), ExpressionError> {
    let (Ok(left_type), Ok(right_type)) = (left.get_type(schema), right.get_type(schema)) else { return Ok(()) };
    let (left_kind, right_kind) = (ValueKind::of(&left_type), ValueKind::of(&right_type));
    let free = |kind| matches!(kind, ValueKind::Null | ValueKind::Other);
    if free(left_kind) || free(right_kind) {
        return Ok(());
    }
    let literal = |expr: &Expr| matches!(expr, Expr::Literal(..));
    let fits = match operator {
        Some(Operator::And | Operator::Or) => left_kind == ValueKind::Boolean && right_kind == ValueKind::Boolean,
        Some(Operator::Plus | Operator::Minus) => {
            let moment = |kind| matches!(kind, ValueKind::Date | ValueKind::Interval);
            (left_kind == ValueKind::Number && right_kind == ValueKind::Number)
                || (moment(left_kind) && moment(right_kind))
        }
        Some(Operator::Multiply | Operator::Divide | Operator::Modulo) => {
            left_kind == ValueKind::Number && right_kind == ValueKind::Number
        }
        // A date may be compared with a date written as text.
        Some(_) | None => match (left_kind, right_kind) {
            (ValueKind::Date, ValueKind::Text) => literal(right),
            (ValueKind::Text, ValueKind::Date) => literal(left),
            (a, b) => a == b || matches!(operator, Some(Operator::StringConcat)),
        },
    };
    if fits {
        return Ok(());
    }
    Err(ExpressionError::TypeMismatch {
        left: left.human_display().to_string(),
        left_type: left_kind.name(),
        operator: written.to_owned(),
        right: right.human_display().to_string(),
        right_type: right_kind.name(),
    })
}
