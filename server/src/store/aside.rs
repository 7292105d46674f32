//! SQLite: what a unit has left to write is carried out by a thread beside the one that decides, so that the next unit is
//! decided meanwhile. There is still one connection and one order: whoever wants the connection for anything else waits
//! until all that was handed over is done.
//!
//! A statement that fails spoils the transaction: what follows is not carried out, and everybody who asks is told so
//! until the transaction has ended.

use std::panic::AssertUnwindSafe;
use std::sync::mpsc;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use super::sql::{Query, fault};
use crate::error::Error;

/// Carries out one statement.
type Carry = Box<dyn Fn(&Query) -> Result<(), Error> + Send>;

/// The way to the thread.
pub(super) struct Aside {
    queue: mpsc::Sender<Vec<Query>>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    now: Mutex<Now>,
    changed: Condvar,
}

#[derive(Default)]
struct Now {
    /// Hand-overs that are not done.
    open: usize,
    /// Why the transaction is spoilt.
    failed: Option<String>,
}

impl State {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(|it| it.into_inner())
    }
}

impl Aside {
    /// Starts the thread; it ends when this is dropped.
    pub fn open(carry: Carry) -> Result<Self, Error> {
        let state = Arc::new(State::default());
        let (queue, handed) = mpsc::channel::<Vec<Query>>();
        let at = state.clone();
        let thread = std::thread::Builder::new().name("scribe".to_owned());
        thread.spawn(move || {
            for statements in handed {
                let spoilt = at.now().failed.is_some();
                // A panic is a refusal like others: somebody waits for every hand-over.
                let work = || if spoilt { Ok(()) } else { statements.iter().try_for_each(&carry) };
                let done = std::panic::catch_unwind(AssertUnwindSafe(work));
                let done = done.unwrap_or_else(|_| Err(fault("writing a unit's rows panicked")));
                let mut now = at.now();
                now.open -= 1;
                if let Err(error) = done {
                    now.failed = Some(error.for_log());
                }
                if now.open == 0 {
                    at.changed.notify_all();
                }
            }
        })?;
        Ok(Self { queue, state })
    }

    /// Hands statements over, to be carried out behind those that were handed over before.
    pub fn hand_over(&self, statements: Vec<Query>) -> Result<(), Error> {
        self.state.now().open += 1;
        self.queue.send(statements).map_err(|_| {
            self.state.now().open -= 1;
            fault("the thread that writes has ended")
        })
    }

    /// Waits until everything is done. An error: something of it was refused.
    pub fn done(&self) -> Result<(), Error> {
        let now = self.state.now();
        let now = self.state.changed.wait_while(now, |it| it.open > 0).unwrap_or_else(|it| it.into_inner());
        match &now.failed {
            Some(why) => Err(fault(why)),
            None => Ok(()),
        }
    }

    /// The transaction has ended: nothing is spoilt any more.
    pub fn forget(&self) {
        self.state.now().failed = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_carried_out_in_order_and_none_behind_one_that_fails() {
        let (heard, hears) = mpsc::channel();
        let aside = Aside::open(Box::new(move |query| {
            heard.send(query.text.clone()).unwrap();
            assert_ne!(query.text, "worse", "a fault of ours");
            if query.text == "bad" { Err(fault("no")) } else { Ok(()) }
        }))
        .unwrap();
        let hand = |texts: &[&str]| aside.hand_over(texts.iter().map(|it| Query::new(*it)).collect()).unwrap();
        hand(&["a", "b"]);
        hand(&["c"]);
        assert!(aside.done().is_ok());
        hand(&["d", "bad", "e"]);
        hand(&["f"]);
        assert!(matches!(aside.done(), Err(Error::Internal(why)) if why == "no"));
        assert!(aside.done().is_err(), "it stays spoilt");
        aside.forget();
        hand(&["g"]);
        assert!(aside.done().is_ok());
        // Nobody waits for ever for what panicked, and the next transaction is written.
        hand(&["worse", "h"]);
        assert!(aside.done().is_err());
        aside.forget();
        hand(&["i"]);
        assert!(aside.done().is_ok());
        assert_eq!(hears.try_iter().collect::<Vec<_>>(), ["a", "b", "c", "d", "bad", "g", "worse", "i"]);
    }
}
