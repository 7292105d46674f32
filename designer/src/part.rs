//! A part of the app that travels when somebody first needs it: how far it has come, and what waits for it. What the parts are is
//! told in [`crate::later`].

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use ::api::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::SplitLoaderError;

use crate::app::{Tone, app};
use crate::text;
use crate::ui::fetch::skeleton;
use crate::ui::problem;

type Loading<T> = Pin<Box<dyn Future<Output = T>>>;

/// A part of the app: what it hands out, once it has come.
pub struct Part<T: Copy + Send + Sync + 'static> {
    load: fn() -> Loading<Result<T, SplitLoaderError>>,
    here: OnceLock<T>,
    way: Way,
}

/// How far a part has come, and what waits for it; of all parts the same, so that the browser gets its code once.
struct Way {
    state: OnceLock<ArcRwSignal<State>>,
    waiting: Mutex<Vec<Act>>,
}

type Act = Box<dyn FnOnce() + Send>;

#[derive(Clone, Copy, PartialEq)]
enum State {
    Coming,
    Here,
    Failed,
}

impl<T: Copy + Send + Sync + 'static> Part<T> {
    pub const fn new(load: fn() -> Loading<Result<T, SplitLoaderError>>) -> Self {
        let way = Way { state: OnceLock::new(), waiting: Mutex::new(Vec::new()) };
        Part { load, here: OnceLock::new(), way }
    }

    /// Fetches it, unless that was done before. A failure is no reason not to try again.
    pub fn fetch(&'static self) {
        self.way.begin(&|| {
            Box::pin(async move {
                let found = (self.load)().await;
                found.is_ok_and(|it| self.here.set(it).is_ok())
            })
        });
    }

    /// Draws something of the part, and until it has come, that it is coming.
    pub fn draw(&'static self, content: impl Fn(T) -> AnyView + Send + 'static) -> AnyView {
        self.fetch();
        self.way.draw(self.made(content), || skeleton().into_any(), failed)
    }

    /// Draws something of the part when it is there, that it does not come when it does not, and nothing until then.
    pub fn draw_late(&'static self, content: impl Fn(T) -> AnyView + Send + 'static) -> AnyView {
        self.fetch();
        self.way.draw(self.made(content), nothing, failed)
    }

    /// A dialog of the part, which is asked for each time it is opened; that it does not come is said over everything, for where it
    /// would stand nobody looks.
    pub fn draw_open(&'static self, open: RwSignal<bool>, content: impl Fn(T) -> AnyView + Send + 'static) -> AnyView {
        Effect::new(move |_| {
            if open.get() {
                self.with(|_| ());
            }
        });
        self.way.draw(self.made(content), nothing, nothing)
    }

    /// Draws something of the part when it is there: beside what says that it is coming, or does not come.
    pub fn draw_if(&'static self, content: impl Fn(T) -> AnyView + Send + 'static) -> AnyView {
        self.fetch();
        self.way.draw(self.made(content), nothing, nothing)
    }

    fn made(&'static self, content: impl Fn(T) -> AnyView + Send + 'static) -> Box<dyn Fn() -> Option<AnyView> + Send> {
        Box::new(move || self.here().map(&content))
    }

    /// Does something with the part once it has come, in the order it was asked for; says so when it does not come.
    pub fn with(&'static self, act: impl FnOnce(T) + Send + 'static) {
        self.fetch();
        self.way.after(Box::new(move || {
            if let Some(it) = self.here() {
                act(it);
            }
        }));
    }

    /// The part, if it has come.
    pub fn here(&'static self) -> Option<T> {
        self.here.get().copied()
    }
}

impl Way {
    fn state(&self) -> &ArcRwSignal<State> {
        self.state.get_or_init(|| ArcRwSignal::new(State::Failed))
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Act>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets out, unless it is under way or there.
    fn begin(&'static self, load: &dyn Fn() -> Loading<bool>) {
        let state = self.state();
        if state.get_untracked() != State::Failed {
            return;
        }
        state.set(State::Coming);
        let coming = load();
        spawn_local(async move {
            let came = coming.await;
            state.set(if came { State::Here } else { State::Failed });
            let waiting = std::mem::take(&mut *self.waiting());
            if came {
                waiting.into_iter().for_each(|act| act());
            } else if !waiting.is_empty() {
                app().say(Tone::Bad, text::UNREACHABLE);
            }
        });
    }

    fn after(&self, act: Act) {
        if self.state().get_untracked() == State::Here {
            act();
        } else {
            self.waiting().push(act);
        }
    }

    fn draw(
        &self,
        content: Box<dyn Fn() -> Option<AnyView> + Send>,
        coming: fn() -> AnyView,
        failed: fn() -> AnyView,
    ) -> AnyView {
        let state = self.state().clone();
        (move || match state.get() {
            State::Coming => Some(coming()),
            State::Here => content(),
            State::Failed => Some(failed()),
        })
        .into_any()
    }
}

fn nothing() -> AnyView {
    ().into_any()
}

fn failed() -> AnyView {
    let why = Problem { kind: crate::api::UNREACHABLE.to_owned(), ..Problem::default() };
    // The page anew, not the part alone: the server may have a newer app by now, which has other parts.
    problem::screen(&why, Some(Callback::new(|()| drop(window().location().reload()))))
}
