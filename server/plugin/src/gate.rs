//! How many calls run at once, and the clock they are measured by. Calls beyond the limit wait, so that many
//! of them at once cannot take more memory than that; the clock stands still while nobody runs.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{io, thread};

use wasmtime::Engine;

/// How often running guests look at the clock.
pub const TICK: Duration = Duration::from_millis(10);

/// The gate of one host.
pub struct Gate {
    most: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    running: usize,
    closed: bool,
}

/// The right to run one call; given back when dropped.
pub struct Pass<'a>(&'a Gate);

impl Gate {
    /// A gate for `most` calls, and the thread that moves `engine`'s clock while any of them runs.
    pub fn new(most: usize, engine: Engine) -> io::Result<Arc<Gate>> {
        let gate = Arc::new(Gate { most: most.max(1), state: Mutex::default(), changed: Condvar::new() });
        let clock = gate.clone();
        thread::Builder::new().name("plugin-clock".to_owned()).spawn(move || clock.tick(&engine))?;
        Ok(gate)
    }

    /// Waits for a place.
    pub fn enter(&self) -> Pass<'_> {
        let mut state = self.wait_while(|state| state.running >= self.most);
        state.running += 1;
        self.changed.notify_all();
        Pass(self)
    }

    /// Ends the clock; nobody may be inside.
    pub fn close(&self) {
        self.state().closed = true;
        self.changed.notify_all();
    }

    fn tick(&self, engine: &Engine) {
        while !self.wait_while(|state| state.running == 0 && !state.closed).closed {
            engine.increment_epoch();
            thread::sleep(TICK);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while(&self, not_yet: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let waited = self.changed.wait_while(self.state(), |state| not_yet(state));
        waited.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.0.state().running -= 1;
        self.0.changed.notify_all();
    }
}
