//! Something read from the server into a signal: keeps the old value while loading, ignores answers
//! that come too late, and draws skeleton and faults.

use ::api::Problem;
use leptos::{prelude::*, task::spawn_local};
use serde::de::DeserializeOwned;

use crate::api;
use crate::app::app;
use crate::text;
use crate::ui::problem;

/// What a screen reads.
pub struct Fetch<T: Send + Sync + 'static> {
    pub value: RwSignal<Option<T>>,
    pub fault: RwSignal<Option<Problem>>,
    pub busy: RwSignal<bool>,
    again: RwSignal<u64>,
}

impl<T: Send + Sync + 'static> Clone for Fetch<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Fetch<T> {}

impl<T: Send + Sync + 'static> Fetch<T> {
    /// Reads once more.
    pub fn reload(self) {
        self.again.update(|it| *it += 1);
    }

    /// Reads again whenever the server tells of something.
    pub fn live(self) -> Self {
        Effect::new(move |first: Option<()>| {
            crate::app::app().live.track();
            if first.is_some() {
                self.reload();
            }
        });
        self
    }
}

/// Reads the path the closure gives, and again whenever it gives another; none: nothing to read.
pub fn fetch<T: DeserializeOwned + Send + Sync + 'static>(
    path: impl Fn() -> Option<String> + Send + Sync + 'static,
) -> Fetch<T> {
    let it = Fetch {
        value: RwSignal::new(None),
        fault: RwSignal::new(None),
        busy: RwSignal::new(true),
        again: RwSignal::new(0),
    };
    when_reached(it.fault, Callback::new(move |()| it.reload()));
    let path = Memo::new(move |_| path());
    let turn = StoredValue::new(0u64);
    // What the value is an answer to.
    let answered = StoredValue::new(None::<String>);
    Effect::new(move |before: Option<Option<String>>| {
        it.again.track();
        let now = path.get();
        let other = before.is_some_and(|before| before != now);
        turn.update_value(|it| *it += 1);
        let mine = turn.get_value();
        let Some(wanted) = now.clone() else {
            it.value.set(None);
            it.busy.set(false);
            return now;
        };
        it.busy.set(true);
        if other {
            it.fault.set(None);
        }
        spawn_local(async move {
            let answer = api::get::<T>(&wanted).await;
            if turn.try_get_value() != Some(mine) {
                return;
            }
            it.busy.set(false);
            match answer {
                Ok(value) => {
                    answered.set_value(Some(wanted));
                    it.fault.set(None);
                    it.value.set(Some(value));
                }
                Err(why) => {
                    // The answer to another question is none to this one.
                    if answered.with_value(|it| it.as_ref() != Some(&wanted)) {
                        it.value.set(None);
                    }
                    it.fault.set(Some(why));
                }
            }
        });
        now
    });
    it
}

/// Tries again by itself what failed because the server was not reached.
pub fn when_reached(fault: RwSignal<Option<Problem>>, again: Callback<()>) {
    Effect::new(move |first: Option<()>| {
        app().reached.track();
        let lost = fault.with_untracked(|it| it.as_ref().is_some_and(|it| it.kind == api::UNREACHABLE));
        if first.is_some() && lost {
            again.run(());
        }
    });
}

/// Draws what was read, or that it is loading, or why it failed. Read anew and the same, it is not drawn anew: the keyboard
/// and what stands open in it stay. What is there stays also when it cannot be read again; that is said above it.
pub fn draw<T: Clone + PartialEq + Send + Sync + 'static>(
    it: Fetch<T>,
    content: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> impl IntoView {
    drawn(it, Memo::new(move |_| it.value.get()), content)
}

/// The same for what is worked on from then on: read anew it begins anew, because what is there is not what was read.
pub fn draw_anew<T: Clone + Send + Sync + 'static>(
    it: Fetch<T>,
    content: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> impl IntoView {
    drawn(it, Memo::new_with_compare(move |_| it.value.get(), |_, _| true), content)
}

fn drawn<T: Clone + Send + Sync + 'static>(
    it: Fetch<T>,
    known: Memo<Option<T>>,
    content: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let there = Signal::derive(move || known.with(Option::is_some));
    let again = Callback::new(move |()| it.reload());
    framed(it.fault, there, again, Box::new(move || known.get().map(&content)))
}

/// Of all kinds of content the same, so that the browser gets its code once.
fn framed(
    fault: RwSignal<Option<Problem>>,
    there: Signal<bool>,
    again: Callback<()>,
    content: Box<dyn Fn() -> Option<AnyView> + Send + Sync>,
) -> AnyView {
    // Whose right to it is gone sees it no more.
    let withheld = |why: &Problem| matches!(why.status, 403 | 404);
    let instead = Memo::new(move |_| fault.get().filter(|why| !there.get() || withheld(why)));
    let above = Signal::derive(move || fault.get().filter(|why| there.get() && !withheld(why)));
    let body = move || match instead.get() {
        Some(why) => problem::screen(&why, Some(again)),
        None => content().unwrap_or_else(|| skeleton().into_any()),
    };
    view! { {problem::banner(above, Some(again))}{body} }.into_any()
}

/// Grey lines where content will be; the style sheet shows them after a short while only.
pub fn skeleton() -> impl IntoView {
    view! {
        <div class="loading" role="status" aria-label=text::LOADING.get()>
            {(0..7).map(|_| view! { <span></span> }).collect_view()}
        </div>
    }
}
