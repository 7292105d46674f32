//! The loaded plugins, and calling them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use jsonschema::Validator;
use serde_json::Value;
use wasmtime::component::{InstancePre, Linker};
use wasmtime::{Config, Engine, OptLevel, Store, Trap};

use crate::cache::Cache;
use crate::gate::{Gate, TICK};
use crate::guest::{self, Guest};
use crate::{Error, Limits, Manifest};

/// Runs plugins. Cheap to share behind an `Arc`; every method may be called from any thread. Calls
/// block for as long as the guest computes, so async code makes them on a blocking thread.
pub struct Host {
    engine: Engine,
    linker: Linker<Guest>,
    cache: Cache,
    gate: Arc<Gate>,
    limits: Limits,
    plugins: RwLock<BTreeMap<String, Arc<Plugin>>>,
}

struct Plugin {
    manifest: Arc<Manifest>,
    component: InstancePre<Guest>,
    schemas: BTreeMap<String, Schemas>,
}

struct Schemas {
    input: Validator,
    output: Validator,
}

impl Host {
    /// A host without plugins. Compiled components are kept in `cache`, a folder of its own.
    pub fn new(cache: impl Into<PathBuf>, limits: Limits) -> Result<Host, Error> {
        let broken = |error: &dyn std::fmt::Display| Error::Host(error.to_string());
        let mut config = Config::new();
        config
            .wasm_component_model(true)
            .consume_fuel(true)
            .epoch_interruption(true)
            .cranelift_opt_level(OptLevel::Speed);
        let engine = Engine::new(&config).map_err(|error| broken(&error))?;
        let mut linker = Linker::new(&engine);
        guest::imports(&mut linker).map_err(|error| broken(&error))?;
        let cache = Cache::new(cache.into()).map_err(|error| broken(&error))?;
        let gate = Gate::new(limits.calls, engine.clone()).map_err(|error| broken(&error))?;
        Ok(Host { engine, linker, cache, gate, limits, plugins: RwLock::default() })
    }

    /// Makes a plugin callable, in place of an earlier one with the same id; calls that are under
    /// way finish on the earlier one.
    pub fn load(&self, manifest: Manifest, component: &[u8]) -> Result<(), Error> {
        let bad = |reason: String| Error::BadComponent { plugin: manifest.id.clone(), reason };
        if component.len() > self.limits.component {
            return Err(bad(format!("at most {} bytes, found {}", self.limits.component, component.len())));
        }
        let schemas = manifest.functions.iter().map(|function| {
            let compile = |schema: &Value, which: &str| {
                jsonschema::validator_for(schema)
                    .map_err(|error| Error::BadManifest(format!("{which} schema of `{}`: {error}", function.name)))
            };
            let input = compile(&function.input, "input")?;
            let output = compile(&function.output, "output")?;
            Ok((function.name.clone(), Schemas { input, output }))
        });
        let schemas = schemas.collect::<Result<_, Error>>()?;
        let compiled = self.cache.component(&self.engine, component).map_err(|error| bad(format!("{error:#}")))?;
        if compiled.get_export_index(None, "call").is_none() {
            return Err(bad("found no export `call`".to_owned()));
        }
        let component = self.linker.instantiate_pre(&compiled).map_err(|error| bad(format!("{error:#}")))?;

        let plugin = Plugin { manifest: Arc::new(manifest), component, schemas };
        let mut plugins = self.plugins.write().unwrap_or_else(PoisonError::into_inner);
        plugins.insert(plugin.manifest.id.clone(), Arc::new(plugin));
        Ok(())
    }

    /// What is loaded, by id.
    pub fn manifests(&self) -> Vec<Arc<Manifest>> {
        let plugins = self.plugins.read().unwrap_or_else(PoisonError::into_inner);
        plugins.values().map(|plugin| plugin.manifest.clone()).collect()
    }

    /// One call. `config` holds the plugin's settings; it sees those its manifest asks for.
    pub fn call(
        &self,
        plugin: &str,
        function: &str,
        input: &Value,
        config: &BTreeMap<String, String>,
    ) -> Result<Value, Error> {
        let found = self.plugins.read().unwrap_or_else(PoisonError::into_inner).get(plugin).cloned();
        let loaded = found.ok_or_else(|| Error::NoSuchPlugin(plugin.to_owned()))?;
        let Some(schemas) = loaded.schemas.get(function) else {
            let known = loaded.schemas.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            return Err(Error::NoSuchFunction { plugin: plugin.to_owned(), function: function.to_owned(), known });
        };
        let place = format!("{plugin}.{function}");

        let bad_input = |reason| Error::BadInput { place: place.clone(), reason };
        fits(&schemas.input, input).map_err(bad_input)?;
        let text = input.to_string();
        within(text.len(), self.limits.input).map_err(bad_input)?;

        let answer = self.run(&loaded, &place, function, &text, config)?.map_err(Error::Refused)?;

        let bad_output = |reason| Error::BadOutput { place: place.clone(), reason };
        within(answer.len(), self.limits.output).map_err(bad_output)?;
        let output = serde_json::from_str(&answer).map_err(|error| bad_output(format!("expected JSON; {error}")))?;
        fits(&schemas.output, &output).map_err(bad_output)?;
        Ok(output)
    }

    fn run(
        &self,
        plugin: &Plugin,
        place: &str,
        function: &str,
        input: &str,
        config: &BTreeMap<String, String>,
    ) -> Result<Result<String, String>, Error> {
        let _pass = self.gate.enter();
        let guest = Guest::new(plugin.manifest.clone(), config.clone(), self.limits);
        let mut store = Store::new(&self.engine, guest);
        store.limiter(|guest| guest);
        store.set_fuel(self.limits.fuel).map_err(|error| Error::Host(error.to_string()))?;
        // The present tick is partly over, so one more.
        let ticks = self.limits.deadline.as_millis().div_ceil(TICK.as_millis()) + 1;
        store.set_epoch_deadline(u64::try_from(ticks).unwrap_or(u64::MAX / 2));

        let answer = answer(&mut store, plugin, function, input);
        answer.map_err(|error| self.fault(place, &error, store.data()))
    }

    /// What stopped the guest.
    fn fault(&self, place: &str, error: &wasmtime::Error, guest: &Guest) -> Error {
        let place = place.to_owned();
        if guest.memory_refused {
            return Error::Memory { place, bytes: self.limits.memory };
        }
        match error.downcast_ref::<Trap>() {
            Some(Trap::OutOfFuel) => Error::OutOfFuel { place, fuel: self.limits.fuel },
            Some(Trap::Interrupt) => Error::Deadline { place, milliseconds: self.limits.deadline.as_millis() },
            Some(trap) => Error::Trap { place, reason: trap.to_string() },
            None => Error::Trap { place, reason: error.root_cause().to_string() },
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.gate.close();
    }
}

fn answer(
    store: &mut Store<Guest>,
    plugin: &Plugin,
    function: &str,
    input: &str,
) -> wasmtime::Result<Result<String, String>> {
    let instance = plugin.component.instantiate(&mut *store)?;
    let call = instance.get_typed_func::<(&str, &str), (Result<String, String>,)>(&mut *store, "call")?;
    let (answer,) = call.call(&mut *store, (function, input))?;
    Ok(answer)
}

fn fits(schema: &Validator, value: &Value) -> Result<(), String> {
    match schema.iter_errors(value).next() {
        None => Ok(()),
        Some(error) => Err(format!("at `{}`: {}", error.instance_path(), short(error.to_string()))),
    }
}

/// A schema's error quotes the value, which may be long.
fn short(mut text: String) -> String {
    if text.len() > 400 {
        text.truncate(text.floor_char_boundary(400));
        text.push('…');
    }
    text
}

fn within(found: usize, most: usize) -> Result<(), String> {
    if found > most {
        return Err(format!("expected at most {most} bytes, found {found}"));
    }
    Ok(())
}
