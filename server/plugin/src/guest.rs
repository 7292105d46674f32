//! One call's world: what the guest may import, and the account of what it has used.

use std::collections::BTreeMap;
use std::sync::Arc;

use wasmtime::component::{ComponentType, Lift, Linker};
use wasmtime::{ResourceLimiter, StoreContextMut};

use crate::{Limits, Manifest};

/// What a store carries: one per call.
pub struct Guest {
    /// Who is running.
    pub manifest: Arc<Manifest>,
    /// The settings handed in; only those the manifest asks for are given out.
    pub config: BTreeMap<String, String>,
    /// Set when growing was refused: the trap that follows is then about memory.
    pub memory_refused: bool,
    limits: Limits,
    memory: usize,
    table: usize,
    log: usize,
}

/// `host.level`
#[derive(ComponentType, Lift, Clone, Copy, Debug)]
#[component(enum)]
#[repr(u8)]
#[expect(dead_code, reason = "only wasmtime makes them, from what the guest passes")]
enum Level {
    #[component(name = "debug")]
    Debug,
    #[component(name = "info")]
    Info,
    #[component(name = "warn")]
    Warn,
    #[component(name = "error")]
    Error,
}

impl Guest {
    /// A fresh account.
    pub fn new(manifest: Arc<Manifest>, config: BTreeMap<String, String>, limits: Limits) -> Guest {
        Guest { manifest, config, memory_refused: false, limits, memory: 0, table: 0, log: 0 }
    }

    fn config(&self, key: &str) -> Option<String> {
        if !self.manifest.capabilities.config.contains(key) {
            tracing::warn!(plugin = %self.manifest.id, key, "asks for a setting its manifest does not name");
            return None;
        }
        self.config.get(key).cloned()
    }

    fn log(&mut self, level: Level, message: &str) {
        let room = self.limits.log.saturating_sub(self.log);
        if room == 0 {
            return;
        }
        let message = &message[..message.floor_char_boundary(room)];
        // An empty message costs too, else they would be endless.
        self.log += message.len().max(16);
        let plugin = &self.manifest.id;
        match level {
            Level::Debug => tracing::debug!(%plugin, "{message}"),
            Level::Info => tracing::info!(%plugin, "{message}"),
            Level::Warn => tracing::warn!(%plugin, "{message}"),
            Level::Error => tracing::error!(%plugin, "{message}"),
        }
    }
}

impl ResourceLimiter for Guest {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let total = self.memory.saturating_add(desired.saturating_sub(current));
        if total > self.limits.memory {
            self.memory_refused = true;
            return Ok(false);
        }
        self.memory = total;
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let total = self.table.saturating_add(desired.saturating_sub(current));
        if total > self.limits.table {
            self.memory_refused = true;
            return Ok(false);
        }
        self.table = total;
        Ok(true)
    }

    // A component made of one Rust crate has four instances, one memory and two tables.
    fn instances(&self) -> usize {
        64
    }

    fn tables(&self) -> usize {
        16
    }

    fn memories(&self) -> usize {
        8
    }
}

/// Everything a guest may import: the interface `host` of `plugins/wit/plugin.wit`.
pub fn imports(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut host = linker.instance("flowloom:plugin/host@0.1.0")?;
    host.func_wrap("log", |mut guest: StoreContextMut<'_, Guest>, (level, message): (Level, String)| {
        guest.data_mut().log(level, &message);
        Ok(())
    })?;
    host.func_wrap("config", |guest: StoreContextMut<'_, Guest>, (key,): (String,)| Ok((guest.data().config(&key),)))
}
