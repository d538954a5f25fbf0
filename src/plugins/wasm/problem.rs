//! What can go wrong with a module, as data and in words: each problem becomes a message that names plugin, metric, group and
//! remedy.

use thiserror::Error;

use super::{Limits, MOST_MODULE_BYTES, MOST_TEXT};
use crate::diagnostics::messages::wasm as messages;
use crate::diagnostics::{Diagnostic, Message, lang_texts};

/// Why a module gives no output.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum WasmProblem {
    /// The engine cannot be set up on this machine.
    #[error("the engine cannot start: {0}")]
    Engine(String),
    /// The file is larger than [`MOST_MODULE_BYTES`].
    #[error("the file has {0} bytes")]
    FileSize(usize),
    /// The file is no WebAssembly component, or is damaged.
    #[error("no WebAssembly component: {0}")]
    NotAComponent(String),
    /// A core module that was not made a component.
    #[error("a core module, not a component")]
    CoreModule,
    /// It asks for something from outside.
    #[error("imports {}", .0.join(", "))]
    Imports(Vec<String>),
    /// It does not export the interface.
    #[error("the interface does not fit: {0}")]
    WrongInterface(String),
    /// The lists of the sample differ in length.
    #[error("`{0}` has another length than the weights")]
    UnequalLengths(String),
    /// More memory than allowed.
    #[error("more memory than allowed")]
    Memory,
    /// More time than allowed.
    #[error("more time than allowed")]
    Time,
    /// More output than allowed.
    #[error("more output than allowed")]
    OutputSize,
    /// Calls nested too deeply.
    #[error("calls nested too deeply")]
    Stack,
    /// It ended itself by a trap, or broke the rules of the interface.
    #[error("{0}")]
    Trap(String),
    /// It says itself why there is no output.
    #[error("{code}: {message}")]
    Refused {
        /// Code for programs.
        code: String,
        /// Sentence for people.
        message: String,
    },
    /// An id that the manifest does not declare.
    #[error("`{0}` is not declared")]
    Undeclared(String),
    /// A declared id that was not returned.
    #[error("`{0}` is missing")]
    Missing(String),
    /// An id that was returned twice.
    #[error("`{0}` stands twice")]
    Repeated(String),
    /// A number that is NaN or infinite.
    #[error("`{0}` is not a number")]
    NotFinite(String),
    /// A negative standard error, or an interval with the upper bound first.
    #[error("`{0}` is out of order")]
    Unordered(String),
    /// More answers than there are.
    #[error("`{0}` rests on more answers than there are")]
    Base(String),
    /// A table with other columns than declared, or a row with another number of cells.
    #[error("`{0}` has another shape")]
    Shape(String),
    /// A text that is too long or holds control characters.
    #[error("a text of `{0}` cannot be used")]
    Text(String),
}

/// Whose call a problem comes from.
#[derive(Debug, Clone, Copy, Default)]
pub struct CallSite<'a> {
    /// Plugin id.
    pub plugin: &'a str,
    /// Metric, model or table that is wanted of it.
    pub metric: &'a str,
    /// The group of answers in words.
    pub segment: &'a str,
    /// The limits in force.
    pub limits: Limits,
}

impl WasmProblem {
    /// The problem as a message; what the module computes is missing, everything else goes on. A module that cannot be loaded
    /// fails for all groups and is told in the same words for each, so that one message is enough.
    pub fn diagnostic(&self, site: &CallSite) -> Diagnostic {
        let (message, fill): (&'static Message, Vec<(&'static str, String)>) = match self {
            Self::Engine(detail) => (&messages::ENGINE, vec![("detail", detail.clone())]),
            Self::FileSize(bytes) => {
                (&messages::FILE_SIZE, vec![("bytes", bytes.to_string()), ("most", MOST_MODULE_BYTES.to_string())])
            }
            Self::NotAComponent(detail) => (&messages::NOT_A_COMPONENT, vec![("detail", detail.clone())]),
            Self::CoreModule => (&messages::CORE_MODULE, Vec::new()),
            Self::Imports(names) => (&messages::IMPORTS, vec![("names", names.join(", "))]),
            Self::WrongInterface(detail) => (&messages::WRONG_INTERFACE, vec![("detail", detail.clone())]),
            Self::UnequalLengths(column) => (&messages::UNEQUAL_LENGTHS, vec![("column", column.clone())]),
            Self::Memory => (&messages::MEMORY, vec![("limit", site.limits.memory_mb.to_string())]),
            Self::Time => (&messages::TIME, vec![("limit", site.limits.seconds.to_string())]),
            Self::OutputSize => (&messages::OUTPUT_SIZE, vec![("limit", site.limits.output_kb.to_string())]),
            Self::Stack => (&messages::STACK, Vec::new()),
            Self::Trap(detail) => (&messages::TRAP, vec![("detail", detail.clone())]),
            Self::Refused { code, message } => {
                (&messages::REFUSED, vec![("code", code.clone()), ("words", message.clone())])
            }
            Self::Undeclared(id) => (&messages::UNDECLARED, vec![("id", id.clone())]),
            Self::Missing(id) => (&messages::MISSING, vec![("id", id.clone())]),
            Self::Repeated(id) => (&messages::REPEATED, vec![("id", id.clone())]),
            Self::NotFinite(id) => (&messages::NOT_FINITE, vec![("id", id.clone())]),
            Self::Unordered(id) => (&messages::UNORDERED, vec![("id", id.clone())]),
            Self::Base(id) => (&messages::BASE, vec![("id", id.clone())]),
            Self::Shape(id) => (&messages::SHAPE, vec![("id", id.clone())]),
            Self::Text(id) => (&messages::TEXT, vec![("id", id.clone()), ("most", MOST_TEXT.to_string())]),
        };
        let problem = Diagnostic::error(message).arg("plugin", site.plugin).arg("metric", site.metric);
        let problem = match self.is_of_module() {
            true => problem.words("segment", lang_texts("全部分组", "all groups")),
            false => problem.arg("segment", site.segment),
        };
        fill.into_iter().fold(problem, |problem, (name, value)| problem.arg(name, value))
    }

    /// True if the module itself is at fault, whatever the answers.
    pub fn is_of_module(&self) -> bool {
        matches!(
            self,
            Self::Engine(_)
                | Self::FileSize(_)
                | Self::NotAComponent(_)
                | Self::CoreModule
                | Self::Imports(_)
                | Self::WrongInterface(_)
        )
    }
}
