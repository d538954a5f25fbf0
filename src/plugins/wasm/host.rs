//! Loads a module and calls it: checks its interface, compiles it once, and gives every call an instance of its own under the limits.
//! Nothing is linked into a module, so it reaches neither files nor network, neither clock nor random numbers.

use std::path::Path;

use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, Store, Trap};

use super::cache::Entry;
use super::convert::{checked_output, clean, guest_sample};
use super::limits::{Clock, Memory, ticks};
use super::{Limits, MOST_MODULE_BYTES, Output, Sample, WasmProblem, Yields};

/// The interface as the engine sees it.
pub(super) mod interface {
    #![allow(missing_docs)]
    wasmtime::component::bindgen!({ path: "wit/manyi-metrics/v1", world: "metric-module" });
}

/// The WIT file that modules are built against.
pub fn interface_text() -> &'static str {
    include_str!("../../../wit/manyi-metrics/v1/metrics.wit")
}

/// First bytes of a core module, as opposed to a component.
const CORE_HEADER: &[u8] = b"\0asm\x01\0\0\0";

/// Bytes of stack for the calls inside a module.
const STACK_BYTES: usize = 512 << 10;

/// A module ready to be called, from any thread.
pub struct Module {
    engine: Engine,
    ready: interface::MetricModulePre<Memory>,
    limits: Limits,
    _clock: Clock,
}

impl Module {
    /// Compiles a module, or takes its machine code from the cache folder.
    ///
    /// # Errors
    /// A [`WasmProblem`] if the file is no component, asks for imports or does not export the interface.
    pub fn load(bytes: &[u8], limits: Limits, cache: Option<&Path>) -> Result<Self, WasmProblem> {
        if bytes.len() > MOST_MODULE_BYTES {
            return Err(WasmProblem::FileSize(bytes.len()));
        }
        if bytes.starts_with(CORE_HEADER) {
            return Err(WasmProblem::CoreModule);
        }
        let entry = cache.and_then(|folder| Entry::open(folder, bytes));
        let engine = engine(entry.as_ref())?;
        let component =
            Component::from_binary(&engine, bytes).map_err(|error| WasmProblem::NotAComponent(words(&error)))?;
        if let Some(entry) = &entry {
            entry.seal();
        }
        let imports: Vec<String> = component.component_type().imports(&engine).map(|(name, _)| clean(name)).collect();
        if !imports.is_empty() {
            return Err(WasmProblem::Imports(imports));
        }
        let ready = Linker::new(&engine)
            .instantiate_pre(&component)
            .and_then(interface::MetricModulePre::new)
            .map_err(|error| WasmProblem::WrongInterface(words(&error)))?;
        let clock = Clock::start(&engine).map_err(|error| WasmProblem::Engine(error.to_string()))?;
        Ok(Self { engine, ready, limits, _clock: clock })
    }

    /// Calls the module with the answers of one group and checks what it returns against `yields`.
    ///
    /// # Errors
    /// A [`WasmProblem`] for a call that broke off, went over a limit, was refused by the module or returned something unsound.
    pub fn compute(&self, sample: &Sample, yields: &Yields) -> Result<Output, WasmProblem> {
        let guest_sample = guest_sample(sample)?;
        let mut store = Store::new(&self.engine, Memory::new(&self.limits));
        store.limiter(|memory| memory);
        store.set_epoch_deadline(ticks(&self.limits));
        store.set_hostcall_fuel((self.limits.output_kb as usize) << 10);
        let returned = self
            .ready
            .instantiate(&mut store)
            .and_then(|instance| instance.manyi_metrics_module().call_compute(&mut store, &guest_sample));
        match returned {
            Ok(Ok(output)) => checked_output(output, yields, sample.weights.len()),
            Ok(Err(problem)) => {
                Err(WasmProblem::Refused { code: clean(&problem.code), message: clean(&problem.message) })
            }
            Err(error) => Err(broken_off(&error, store.data())),
        }
    }
}

fn engine(entry: Option<&Entry>) -> Result<Engine, WasmProblem> {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .max_wasm_stack(STACK_BYTES)
        .concurrency_support(false)
        // The same answers give the same bits on every machine.
        .cranelift_nan_canonicalization(true)
        .wasm_relaxed_simd(false)
        .cache(entry.and_then(Entry::engine_cache));
    Engine::new(&config).map_err(|error| WasmProblem::Engine(words(&error)))
}

fn broken_off(error: &wasmtime::Error, memory: &Memory) -> WasmProblem {
    match error.downcast_ref::<Trap>() {
        Some(Trap::Interrupt) => return WasmProblem::Time,
        Some(Trap::StackOverflow) => return WasmProblem::Stack,
        _ if memory.refused => return WasmProblem::Memory,
        _ => {}
    }
    let detail = words(error);
    // The engine has no type for it.
    if detail.contains("fuel allocated for hostcalls") { WasmProblem::OutputSize } else { WasmProblem::Trap(detail) }
}

/// The innermost cause in one line.
fn words(error: &wasmtime::Error) -> String {
    clean(&error.root_cause().to_string())
}
