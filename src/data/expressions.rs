//! SQL expressions over the columns of a table: the only place that parses, checks and evaluates them, on DataFusion.
//! A text and a schema come in; a checked [`Expression`] goes out, or an [`ExpressionError`] in the user's words.

use std::sync::{Arc, OnceLock};

use datafusion::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{DFSchema, DataFusionError, ScalarValue};
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::{Expr, ExprSchemable, Operator};
use datafusion::optimizer::simplify_expressions::{ExprSimplifier, SimplifyContext};
use datafusion::physical_plan::PhysicalExpr;
use datafusion::prelude::SessionConfig;
use datafusion::sql::sqlparser::ast::{Expr as SqlExpr, ExprWithAlias};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::Parser;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer, Word};
use indexmap::{IndexMap, IndexSet};

use crate::data::expression_checks::{
    ValueKind, check_names, check_types, identifiers, refuse_constructs, refuse_queries,
};
use crate::data::functions::functions;
use crate::data::row_functions::is_row_function;
use crate::diagnostics::messages::coding as messages;
use crate::diagnostics::{Diagnostic, Location};

/// What an expression must yield.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedType {
    /// Yes or no, as a condition does.
    Boolean,
    /// A number.
    Number,
    /// Whatever it yields.
    Any,
}

/// A checked expression over named columns.
#[derive(Debug, Clone)]
pub struct Expression {
    text: String,
    logical: Expr,
    schema: Arc<DFSchema>,
    data_type: DataType,
}

/// What is wrong with an expression. Places are line and character in the expression, both from 1.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ExpressionError {
    /// It cannot be parsed.
    #[error("{reason} at {line}:{column}")]
    Syntax {
        /// What the parser expected and found.
        reason: String,
        /// Line in the expression.
        line: u64,
        /// Character in the line.
        column: u64,
    },
    /// It names a column that does not exist.
    #[error("no column `{name}`")]
    UnknownColumn {
        /// The name as written.
        name: String,
        /// It stood in double quotes, which a text must not.
        quoted: bool,
        /// Columns there are.
        known: Vec<String>,
    },
    /// It calls a function that does not exist.
    #[error("no function `{name}`")]
    UnknownFunction {
        /// The name as written.
        name: String,
        /// Functions there are.
        known: Vec<String>,
    },
    /// An operator joins values of different types.
    #[error("`{left}` is {left_type}, `{right}` is {right_type}")]
    TypeMismatch {
        /// Left operand.
        left: String,
        /// Its type, as the codebook calls it.
        left_type: &'static str,
        /// The operator.
        operator: String,
        /// Right operand.
        right: String,
        /// Its type.
        right_type: &'static str,
    },
    /// It uses something that expressions must not: aggregates, windows, subqueries, volatile functions.
    #[error("`{what}` is not allowed")]
    Refused {
        /// The construct as written.
        what: String,
    },
    /// It yields another type than it must.
    #[error("yields {found}, must yield {expected}")]
    WrongType {
        /// Type it yields.
        found: &'static str,
        /// Type it must yield.
        expected: &'static str,
    },
    /// The engine refuses it for another reason.
    #[error("{reason}")]
    Invalid {
        /// The engine's words.
        reason: String,
        /// True if it was at work on the cells, which its words may hold.
        on_cells: bool,
    },
}

impl Expression {
    /// Parses `text` and checks it against the columns of `schema`.
    ///
    /// Names are taken as written (`Praise` is not `praise`) and may be Chinese; texts stand in single quotes.
    pub fn parse(text: &str, schema: &Schema, expect: ExpectedType) -> Result<Self, ExpressionError> {
        let parsed = parse_sql(text)?;
        refuse_queries(&parsed)?;
        check_names(&parsed, schema)?;
        let schema = Arc::new(DFSchema::try_from(schema.clone()).map_err(invalid)?);
        let aliased = ExprWithAlias { expr: parsed, alias: None };
        let planned = state().create_logical_expr_from_sql_expr(aliased, &schema).map_err(invalid)?;
        // A function called by its second name comes back under an alias, which means nothing inside an expression.
        let logical = planned.unalias_nested().data;
        refuse_constructs(&logical)?;
        check_types(&logical, &schema)?;
        // The physical form is made once here so that a wrong argument is found before any data is read.
        let physical = physical(&logical, &schema).map_err(invalid)?;
        let data_type = physical.data_type(schema.as_arrow()).map_err(invalid)?;
        let found = ValueKind::of(&data_type);
        let expected = match expect {
            ExpectedType::Boolean => ValueKind::Boolean,
            ExpectedType::Number => ValueKind::Number,
            ExpectedType::Any => found,
        };
        if found != expected && found != ValueKind::Null {
            return Err(ExpressionError::WrongType { found: found.name(), expected: expected.name() });
        }
        Ok(Self { text: text.to_owned(), logical, schema, data_type })
    }

    /// The expression as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The columns it reads, in order of appearance.
    pub fn columns(&self) -> Vec<String> {
        let mut names = IndexSet::new();
        let _ = self.logical.apply(|node| {
            if let Expr::Column(column) = node {
                names.insert(column.name.clone());
            }
            Ok(TreeNodeRecursion::Continue)
        });
        names.into_iter().collect()
    }

    /// Arrow type of its values.
    pub fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// The DataFusion form, before type coercion.
    pub fn logical(&self) -> &Expr {
        &self.logical
    }

    /// The options it asks for by name, as (column, text): `grade = '大一'`, `grade in ('大一')`, `selected(why, '近')`.
    pub fn options(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut note = |column: &Expr, text: &Expr| {
            if let (Expr::Column(column), Expr::Literal(value, _)) = (column, text)
                && let Some(Some(text)) = value.try_as_str()
            {
                found.push((column.name.clone(), text.to_owned()));
            }
        };
        let _ = self.logical.apply(|node| {
            match node {
                Expr::BinaryExpr(binary) if matches!(binary.op, Operator::Eq | Operator::NotEq) => {
                    note(&binary.left, &binary.right);
                    note(&binary.right, &binary.left);
                }
                Expr::InList(list) => list.list.iter().for_each(|item| note(&list.expr, item)),
                Expr::ScalarFunction(call) if matches!(call.name(), "selected" | "rank_of") => {
                    if let [column, option] = call.args.as_slice() {
                        note(column, option);
                    }
                }
                _ => {}
            }
            Ok(TreeNodeRecursion::Continue)
        });
        found
    }

    /// One value a row of `batch`, which must hold the columns it reads.
    pub fn evaluate(&self, batch: &RecordBatch) -> Result<ArrayRef, ExpressionError> {
        let schema = DFSchema::try_from(batch.schema().as_ref().clone()).map_err(invalid)?;
        let physical = physical(&self.logical, &schema).map_err(invalid)?;
        let value = physical.evaluate(batch).map_err(stopped)?;
        value.into_array(batch.num_rows()).map_err(stopped)
    }

    /// The same over loose columns of `rows` rows; an expression without columns needs the number of rows.
    pub fn evaluate_columns(
        &self,
        schema: &SchemaRef,
        columns: Vec<ArrayRef>,
        rows: usize,
    ) -> Result<ArrayRef, ExpressionError> {
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
            .map_err(|error| ExpressionError::Invalid { reason: error.to_string(), on_cells: true })?;
        self.evaluate(&batch)
    }

    /// The expression for a table that lacks the columns for which `known` is false: where such a column stands in an argument
    /// of a row function, the argument is taken as null. `None` if one stands elsewhere, or if no argument is left.
    pub fn without_unknown(&self, known: impl Fn(&str) -> bool) -> Option<Self> {
        let reads_unknown = |expr: &Expr| expr.column_refs().iter().any(|column| !known(&column.name));
        if !reads_unknown(&self.logical) {
            return Some(self.clone());
        }
        let replaced = self.logical.clone().transform_up(|node| match node {
            Expr::ScalarFunction(mut call) if is_row_function(call.name()) => {
                if call.args.iter().all(&reads_unknown) {
                    return Ok(Transformed::no(Expr::ScalarFunction(call)));
                }
                for argument in call.args.iter_mut().filter(|argument| reads_unknown(argument)) {
                    *argument = Expr::Literal(ScalarValue::Float64(None), None);
                }
                Ok(Transformed::yes(Expr::ScalarFunction(call)))
            }
            other => Ok(Transformed::no(other)),
        });
        let logical = replaced.ok()?.data;
        (!reads_unknown(&logical)).then(|| Self { logical, ..self.clone() })
    }

    /// The same expression with columns replaced by the expressions mapped to their names; other columns stay.
    #[must_use]
    pub fn substitute(&self, mapping: &IndexMap<String, Self>) -> Self {
        let replaced = self.logical.clone().transform_up(|node| {
            Ok(match &node {
                Expr::Column(column) => match mapping.get(&column.name) {
                    Some(expression) => Transformed::yes(expression.logical.clone()),
                    None => Transformed::no(node),
                },
                _ => Transformed::no(node),
            })
        });
        let logical = replaced.map_or_else(|_| self.logical.clone(), |transformed| transformed.data);
        let mut fields: IndexMap<String, Arc<Field>> = IndexMap::new();
        let kept = std::iter::once(self).filter(|own| own.columns().iter().any(|name| !mapping.contains_key(name)));
        for source in mapping.values().chain(kept) {
            for field in source.schema.fields() {
                fields.entry(field.name().clone()).or_insert_with(|| Arc::clone(field));
            }
        }
        let merged = Schema::new(fields.into_values().collect::<Vec<_>>());
        let schema = DFSchema::try_from(merged).map_or_else(|_| Arc::clone(&self.schema), Arc::new);
        let data_type = logical.get_type(schema.as_ref()).unwrap_or_else(|_| self.data_type.clone());
        Self { text: self.text.clone(), logical, schema, data_type }
    }
}

impl ExpressionError {
    /// The problem as a diagnostic at a place of a YAML file.
    pub fn diagnostic(&self, text: &str, location: Location, key_path: &str) -> Diagnostic {
        let diagnostic = match self {
            Self::Syntax { reason, line, column } => Diagnostic::error(&messages::EXPRESSION_SYNTAX)
                .arg("reason", reason)
                .arg("line", line)
                .arg("column", column),
            Self::UnknownColumn { name, quoted: true, .. } => {
                Diagnostic::error(&messages::EXPRESSION_DOUBLE_QUOTES).arg("name", name)
            }
            Self::UnknownColumn { name, known, .. } => Diagnostic::error(&messages::EXPRESSION_UNKNOWN_COLUMN)
                .arg("name", name)
                .suggest(name, known.iter().map(String::as_str)),
            Self::UnknownFunction { name, known } => Diagnostic::error(&messages::EXPRESSION_UNKNOWN_FUNCTION)
                .arg("name", name)
                .suggest(name, known.iter().map(String::as_str)),
            Self::TypeMismatch { left, left_type, operator, right, right_type } => {
                Diagnostic::error(&messages::EXPRESSION_TYPE_MISMATCH)
                    .arg("left", left)
                    .arg("left_type", left_type)
                    .arg("operator", operator)
                    .arg("right", right)
                    .arg("right_type", right_type)
            }
            Self::Refused { what } => Diagnostic::error(&messages::EXPRESSION_REFUSED).arg("what", what),
            Self::WrongType { found, expected } => {
                Diagnostic::error(&messages::EXPRESSION_WRONG_TYPE).arg("found", found).arg("expected", expected)
            }
            Self::Invalid { reason, on_cells: false } => {
                Diagnostic::error(&messages::EXPRESSION_INVALID).arg("reason", reason)
            }
            Self::Invalid { reason, .. } => Diagnostic::error(&messages::EXPRESSION_INVALID).quote("reason", reason),
        };
        diagnostic.arg("expression", text).at(location).key(key_path)
    }
}

/// The columns that an expression names, known or not; for ordering derived columns before their types are known.
pub fn names_in(text: &str) -> Result<Vec<String>, ExpressionError> {
    Ok(identifiers(&parse_sql(text)?).into_iter().map(|identifier| identifier.value).collect())
}

/// A column name as an expression must write it: bare where SQL allows, else in double quotes.
pub fn quote_name(name: &str) -> String {
    // Words such as `end` are names in one place and keywords in another: try both.
    let names = names_in(&format!("case when {name} > 1 then {name} else {name} end"));
    let bare = matches!(parse_sql(name), Ok(SqlExpr::Identifier(_))) && names.is_ok_and(|names| names == [name; 3]);
    if bare { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// The engine's functions with manyi's own; names keep their case. Built once: it is constant and costs milliseconds.
pub(super) fn state() -> &'static SessionState {
    static STATE: OnceLock<SessionState> = OnceLock::new();
    STATE.get_or_init(|| {
        let mut config = SessionConfig::new();
        config.options_mut().sql_parser.enable_ident_normalization = false;
        let mut builder = SessionStateBuilder::new().with_config(config).with_default_features();
        builder.scalar_functions().get_or_insert_default().extend(functions().map(Arc::new));
        builder.build()
    })
}

/// An expression made ready for batches of columns of this schema, what is constant in it reckoned once.
///
/// # Errors
/// What the engine has against the expression.
pub fn physical(expression: &Expr, schema: &DFSchema) -> Result<Arc<dyn PhysicalExpr>, DataFusionError> {
    let context = SimplifyContext::builder().with_schema(Arc::new(schema.clone())).build();
    let simplifier = ExprSimplifier::new(context);
    let simple = simplifier.simplify(simplifier.coerce(expression.clone(), schema)?)?;
    state().create_physical_expr(simple, schema)
}

fn invalid(error: DataFusionError) -> ExpressionError {
    let reason = error.strip_backtrace();
    let reason = reason.strip_prefix("Error during planning: ").unwrap_or(&reason);
    ExpressionError::Invalid { reason: reason.lines().next().unwrap_or_default().to_owned(), on_cells: false }
}

/// What the engine says while it is at work on the cells.
fn stopped(error: DataFusionError) -> ExpressionError {
    match invalid(error) {
        ExpressionError::Invalid { reason, .. } => ExpressionError::Invalid { reason, on_cells: true },
        other => other,
    }
}

/// Operators of an expression at most.
const MOST_OPERATORS: usize = 1000;

/// True for what may stand between two values, or before one.
fn is_operator(token: &Token) -> bool {
    let word = |word: &Word| matches!(word.keyword, Keyword::AND | Keyword::OR | Keyword::NOT | Keyword::WHEN);
    match token {
        Token::Word(held) => word(held),
        Token::Whitespace(_) | Token::Number(..) | Token::SingleQuotedString(_) | Token::Comma => false,
        Token::LParen | Token::RParen | Token::Period | Token::EOF => false,
        _ => true,
    }
}

fn parse_sql(text: &str) -> Result<SqlExpr, ExpressionError> {
    let dialect = GenericDialect {};
    let tokens =
        Tokenizer::new(&dialect, text).tokenize_with_location().map_err(|error| syntax(text, &error.to_string()))?;
    // Long rows of operators nest as deeply as brackets do, and everything that walks them needs that much stack.
    if let Some(beyond) = tokens.iter().filter(|token| is_operator(&token.token)).nth(MOST_OPERATORS) {
        let (line, column) = (beyond.span.start.line, beyond.span.start.column);
        return Err(ExpressionError::Syntax { reason: format!("more than {MOST_OPERATORS} operators"), line, column });
    }
    let mut parser = Parser::new(&dialect).with_tokens_with_locations(tokens);
    let parsed = parser.parse_expr().map_err(|error| syntax(text, &error.to_string()))?;
    let next = parser.peek_token();
    if next.token != Token::EOF {
        let (line, column) = (next.span.start.line, next.span.start.column);
        return Err(ExpressionError::Syntax { reason: format!("unexpected `{}`", next.token), line, column });
    }
    Ok(parsed)
}

/// Takes the place out of the parser's sentence, which ends in ` at Line: 1, Column: 8`; without one, the text ended too early.
fn syntax(text: &str, sentence: &str) -> ExpressionError {
    let sentence = sentence.strip_prefix("sql parser error: ").unwrap_or(sentence);
    let (reason, place) = sentence.rsplit_once(" at Line: ").unwrap_or((sentence, ""));
    let mut numbers = place.split(", Column: ").map(|number| number.trim().parse().ok());
    let (line, column) = numbers.next().flatten().zip(numbers.next().flatten()).unwrap_or_else(|| end_of(text));
    ExpressionError::Syntax { reason: reason.to_owned(), line, column }
}

/// Line and character behind the last one that is no blank.
fn end_of(text: &str) -> (u64, u64) {
    let text = text.trim_end();
    let last = text.rsplit('\n').next().unwrap_or_default();
    (text.matches('\n').count() as u64 + 1, last.chars().count() as u64 + 1)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use datafusion::arrow::array::{
        Array, AsArray, BooleanArray, DictionaryArray, Float64Array, Int32Array, StringArray, TimestampMillisecondArray,
    };
    use datafusion::arrow::datatypes::{Float64Type, Int32Type, TimeUnit};

    use super::*;

    fn schema() -> Schema {
        let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        Schema::new(vec![
            Field::new("praise", DataType::Float64, true),
            Field::new("Aware", DataType::Boolean, true),
            Field::new("年级", dictionary, true),
            Field::new("reasons", DataType::Utf8, true),
            Field::new("submitted", DataType::Timestamp(TimeUnit::Millisecond, None), true),
        ])
    }

    fn batch() -> RecordBatch {
        let grades = StringArray::from(vec!["大一", "大二"]);
        let keys = Int32Array::from(vec![Some(0), Some(1), None]);
        RecordBatch::try_new(
            Arc::new(schema()),
            vec![
                Arc::new(Float64Array::from(vec![Some(5.0), Some(2.0), None])),
                Arc::new(BooleanArray::from(vec![Some(true), Some(false), None])),
                Arc::new(DictionaryArray::<Int32Type>::new(keys, Arc::new(grades))),
                Arc::new(StringArray::from(vec![Some("价格, 实惠\u{1f}近"), Some(""), None])),
                // 2026-09-03 and 2026-10-01, midnight.
                Arc::new(TimestampMillisecondArray::from(vec![Some(1_788_393_600_000), Some(1_790_812_800_000), None])),
            ],
        )
        .unwrap()
    }

    fn booleans(text: &str) -> Vec<Option<bool>> {
        let expression = Expression::parse(text, &schema(), ExpectedType::Boolean).unwrap();
        expression.evaluate(&batch()).unwrap().as_boolean().iter().collect()
    }

    fn error(text: &str, expect: ExpectedType) -> ExpressionError {
        Expression::parse(text, &schema(), expect).unwrap_err()
    }

    #[test]
    fn conditions_are_evaluated_with_sql_nulls() {
        let cases: [(&str, [Option<bool>; 3]); 13] = [
            ("praise >= 4", [Some(true), Some(false), None]),
            ("Aware", [Some(true), Some(false), None]),
            ("praise >= 4 and Aware", [Some(true), Some(false), None]),
            ("praise is null", [Some(false), Some(false), Some(true)]),
            ("年级 = '大一'", [Some(true), Some(false), None]),
            ("年级 in ('大一', '大三')", [Some(true), Some(false), None]),
            ("年级 like '大%'", [Some(true), Some(true), None]),
            ("\"年级\" <> '大一'", [Some(false), Some(true), None]),
            ("selected(reasons, '价格, 实惠')", [Some(true), Some(false), None]),
            ("rank_of(reasons, '近') = 2", [Some(true), Some(false), None]),
            ("rank_of(reasons, '近') <= 3", [Some(true), Some(false), None]),
            ("submitted >= '2026-10-01'", [Some(false), Some(true), None]),
            ("coalesce(praise >= 4, Aware, true)", [Some(true), Some(false), Some(true)]),
        ];
        for (text, expected) in cases {
            assert_eq!(booleans(text), expected, "{text}");
        }
        assert_eq!(booleans("praise between 1 and 3"), [Some(false), Some(true), None]);
    }

    #[test]
    fn columns_stand_in_order_of_appearance() {
        let text = "case when Aware then praise * 20 + length(年级) end";
        let expression = Expression::parse(text, &schema(), ExpectedType::Number).unwrap();
        assert_eq!(expression.columns(), ["Aware", "praise", "年级"]);
    }

    #[test]
    fn errors_speak_the_users_words() {
        use ExpressionError as E;
        let any = ExpectedType::Any;
        assert!(matches!(error("praise >=", any), E::Syntax { .. }));
        assert!(
            matches!(error("praise >= 4 4", any), E::Syntax { line: 1, column: 13, .. }),
            "{:?}",
            error("praise >= 4 4", any)
        );
        assert!(matches!(error("prase >= 4", any), E::UnknownColumn { quoted: false, .. }));
        assert!(matches!(error("aware", any), E::UnknownColumn { .. }));
        assert!(matches!(error("年级 = \"大一\"", any), E::UnknownColumn { quoted: true, .. }));
        assert!(matches!(error("lenght(年级)", any), E::UnknownFunction { .. }));
        assert!(matches!(
            error("praise", ExpectedType::Boolean),
            E::WrongType { found: "number", expected: "boolean" }
        ));
        assert!(matches!(error("Aware", ExpectedType::Number), E::WrongType { .. }));
        for text in
            ["年级 >= 4", "Aware = 1", "praise = '5'", "praise + Aware > 1", "praise and Aware", "praise in ('5')"]
        {
            assert!(matches!(error(text, any), E::TypeMismatch { .. }), "{text}: {:?}", error(text, any));
        }
        for text in ["sum(praise)", "now()", "random() > 0.5", "row_number() over ()", "praise > (select 1)"] {
            assert!(matches!(error(text, any), E::Refused { .. }), "{text}: {:?}", error(text, any));
        }
    }

    #[test]
    fn the_mismatch_names_both_sides() {
        let expected = ExpressionError::TypeMismatch {
            left: "年级".into(),
            left_type: "text",
            operator: ">=".into(),
            right: "4".into(),
            right_type: "number",
        };
        assert_eq!(error("年级 >= 4", ExpectedType::Any), expected);
    }

    #[test]
    fn a_syntax_error_at_the_end_points_there() {
        for (text, place) in
            [("praise >", (1, 9)), ("年级 =  ", (1, 5)), ("praise\n  and (", (2, 8)), ("praise > > 1", (1, 10))]
        {
            let ExpressionError::Syntax { line, column, .. } = error(text, ExpectedType::Any) else { panic!("{text}") };
            assert_eq!((line, column), place, "{text}");
        }
    }

    #[test]
    fn only_functions_that_may_be_used_are_suggested() {
        let ExpressionError::UnknownFunction { known, .. } = error("rnd()", ExpectedType::Any) else {
            panic!("rnd is known")
        };
        for refused in ["rand", "random", "now", "uuid"] {
            assert!(!known.iter().any(|name| name == refused), "{refused}");
        }
        assert!(known.iter().any(|name| name == "round") && known.iter().any(|name| name == "selected"));
    }

    #[test]
    fn substitution_replaces_inputs_once() {
        let inputs = Schema::new(vec![
            Field::new("score", DataType::Float64, true),
            Field::new("praise", DataType::Float64, true),
        ]);
        let declared = Expression::parse("score - praise", &inputs, ExpectedType::Number).unwrap();
        let parse = |text: &str| Expression::parse(text, &schema(), ExpectedType::Number).unwrap();
        let mapping =
            IndexMap::from([("score".to_owned(), parse("praise * 2")), ("praise".to_owned(), parse("praise + 1"))]);
        let replaced = declared.substitute(&mapping);
        assert_eq!(replaced.columns(), ["praise"]);
        // 5*2 - (5+1) = 4 and 2*2 - (2+1) = 1.
        let values = replaced.evaluate(&batch()).unwrap();
        assert_eq!(values.as_primitive::<Float64Type>().iter().collect::<Vec<_>>(), [Some(4.0), Some(1.0), None]);
        assert_eq!(values.len(), 3);
    }

    #[test]
    fn names_are_quoted_where_needed() {
        assert_eq!(quote_name("年级"), "年级");
        assert_eq!(quote_name("q1 a"), "\"q1 a\"");
        assert_eq!(quote_name("null"), "\"null\"");
    }
}
