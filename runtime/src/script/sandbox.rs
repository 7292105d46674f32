//! The one place that builds rhai engines. No file, network, clock, chance, print or `eval`; every limit is set.
//! Two engines, made once and shared: expressions and scripts differ only in what they may spend.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicIteratorPackage, BasicMapPackage, BasicMathPackage, BasicStringPackage,
    LanguageCorePackage, LogicPackage, MoreStringPackage, Package,
};
use rhai::{AST, Dynamic, Engine, EvalAltResult, OptimizationLevel, Position};

use super::{Library, Needs, Scope, functions, watch};
use crate::limits;

/// Somebody with a clock is asked every so many steps.
const WATCHED: u64 = 64;

/// Which profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Expression,
    Script,
}

/// Where and why rhai stopped.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stop {
    pub message: String,
    pub line: usize,
    pub column: usize,
    /// It had used up its steps, its room or its time.
    pub spent: bool,
}

/// What native functions may ask during one evaluation.
#[derive(Clone)]
pub(super) struct Surroundings {
    pub library: Arc<Library>,
    pub today: jiff::civil::Date,
}

thread_local! {
    // rhai hands native functions no place for data of one evaluation when a whole script is run (its `tag` is
    // set only through function calls), so the surroundings of the running evaluation stand here. A stack:
    // nothing evaluates inside an evaluation today, but a stack cannot be wrong if something does.
    static SURROUNDINGS: RefCell<Vec<Surroundings>> = const { RefCell::new(Vec::new()) };
}

struct Entered(#[expect(dead_code, reason = "ends when this does")] watch::Evaluation);

impl Entered {
    fn new(scope: &Scope) -> Self {
        let it = Surroundings { library: scope.library.clone(), today: scope.today };
        SURROUNDINGS.with_borrow_mut(|stack| stack.push(it));
        Self(watch::Evaluation::begin())
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        SURROUNDINGS.with_borrow_mut(|stack| stack.pop());
    }
}

pub(super) fn surroundings() -> Option<Surroundings> {
    SURROUNDINGS.with_borrow(|stack| stack.last().cloned())
}

fn engine(kind: Kind) -> &'static Engine {
    static EXPRESSIONS: OnceLock<Engine> = OnceLock::new();
    static SCRIPTS: OnceLock<Engine> = OnceLock::new();
    match kind {
        Kind::Expression => EXPRESSIONS.get_or_init(|| build(limits::EXPR_OPERATIONS)),
        Kind::Script => SCRIPTS.get_or_init(|| build(limits::SCRIPT_OPERATIONS)),
    }
}

fn build(operations: u64) -> Engine {
    let mut engine = Engine::new_raw();
    LanguageCorePackage::new().register_into_engine(&mut engine);
    ArithmeticPackage::new().register_into_engine(&mut engine);
    LogicPackage::new().register_into_engine(&mut engine);
    BasicStringPackage::new().register_into_engine(&mut engine);
    MoreStringPackage::new().register_into_engine(&mut engine);
    BasicMathPackage::new().register_into_engine(&mut engine);
    BasicArrayPackage::new().register_into_engine(&mut engine);
    BasicMapPackage::new().register_into_engine(&mut engine);
    BasicIteratorPackage::new().register_into_engine(&mut engine);
    functions::register(&mut engine);

    // Off: our own `/` and our blank-safe operators must win over the built-in ones.
    engine.set_fast_operators(false);
    // Off: folding would hide what an expression reads.
    engine.set_optimization_level(OptimizationLevel::None);
    for word in ["eval", "Fn", "call", "curry", "import", "export", "sleep", "print", "debug"] {
        engine.disable_symbol(word);
    }
    engine.on_print(|_| {});
    engine.on_debug(|_, _, _| {});
    engine.set_max_operations(operations);
    engine.set_max_expr_depths(limits::EXPR_DEPTH, limits::EXPR_DEPTH);
    engine.set_max_call_levels(limits::CALL_DEPTH);
    engine.set_max_string_size(limits::SCRIPT_STRING);
    engine.set_max_array_size(limits::SCRIPT_ARRAY);
    engine.set_max_map_size(limits::SCRIPT_MAP);
    engine.set_max_variables(limits::SCRIPT_VARIABLES);
    engine.set_max_functions(limits::SCRIPT_VARIABLES);
    engine.set_max_strings_interned(0);
    // A step may copy a list of thousands of items, so steps alone do not bound the time.
    engine.on_progress(|step| (step % WATCHED == 0 && watch::over()).then_some(Dynamic::UNIT));
    engine
}

/// Parses. Expressions allow no statements, assignments or loops.
pub(crate) fn compile(kind: Kind, source: &str) -> Result<AST, Stop> {
    if source.len() > limits::SCRIPT_SOURCE {
        return Err(Stop { message: "the source is too long".into(), line: 0, column: 0, spent: false });
    }
    let parsed = match kind {
        Kind::Expression => engine(kind).compile_expression(source),
        Kind::Script => engine(kind).compile(source),
    };
    parsed.map_err(|it| {
        let at = it.position();
        stop(it.err_type().to_string(), at)
    })
}

/// Evaluates in a copy of what it needs of the scope.
pub(crate) fn run(kind: Kind, ast: &AST, needs: &Needs, scope: &Scope) -> Result<Dynamic, Stop> {
    let _entered = Entered::new(scope);
    let mut variables = scope.copy(needs);
    engine(kind).eval_ast_with_scope::<Dynamic>(&mut variables, ast).map_err(|it| {
        let at = it.position();
        Stop { spent: spent(&it), ..stop(message(&it), at) }
    })
}

/// Runs statements over variables that are made of the scope and what stands beside it; answers them after that.
pub(super) fn run_in(
    ast: &AST,
    scope: &Scope,
    mut variables: rhai::Scope<'static>,
) -> Result<rhai::Scope<'static>, Stop> {
    let _entered = Entered::new(scope);
    engine(Kind::Script).run_ast_with_scope(&mut variables, ast).map_err(|it| {
        let at = it.position();
        Stop { spent: spent(&it), ..stop(message(&it), at) }
    })?;
    Ok(variables)
}

fn stop(message: String, at: Position) -> Stop {
    Stop { message, line: at.line().unwrap_or(0), column: at.position().unwrap_or(0), spent: false }
}

/// True if it was not wrong but too much.
fn spent(error: &EvalAltResult) -> bool {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, _, inner, _) => spent(inner),
        EvalAltResult::ErrorTooManyOperations(_)
        | EvalAltResult::ErrorTerminated(..)
        | EvalAltResult::ErrorDataTooLarge(..)
        | EvalAltResult::ErrorStackOverflow(_)
        | EvalAltResult::ErrorTooManyVariables(_) => true,
        // rhai's own enum: whatever else it says is a fault of the script.
        _ => false,
    }
}

/// The innermost reason, without rhai's call chain.
fn message(error: &EvalAltResult) -> String {
    match error {
        EvalAltResult::ErrorInFunctionCall(name, _, inner, _) => format!("in `{name}`: {}", message(inner)),
        EvalAltResult::ErrorRuntime(value, _) => value.to_string(),
        EvalAltResult::ErrorTooManyOperations(_) => "it takes too many steps".to_owned(),
        EvalAltResult::ErrorTerminated(..) => "it takes too long".to_owned(),
        other => {
            let mut text = other.to_string();
            if let Some(at) = text.rfind(" (line ") {
                text.truncate(at);
            }
            text
        }
    }
}
