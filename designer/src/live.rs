//! Live updates: server-sent events into [`App::live`](crate::app::App), reconnected with growing pauses.

use std::time::Duration;

use ::api::live::Live;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, MessageEvent};

use crate::app::{Tone, Who, app};
use crate::module;

/// Does something whenever a record of a module has changed, from now on.
pub fn follow(module: String, act: impl Fn() + 'static) {
    Effect::new(move |first: Option<()>| {
        let (_, last) = app().live.get();
        let of = match &last {
            Some(Live::Module { module } | Live::Record { module, .. }) => Some(module),
            Some(Live::Inbox { .. } | Live::Notice { .. } | Live::Published { .. } | Live::Editing { .. }) | None => {
                None
            }
        };
        if first.is_some() && of == Some(&module) {
            untrack(&act);
        }
    });
}

/// Opens the stream whenever somebody is logged in and closes it when they leave.
pub fn listen() {
    let source = StoredValue::new_local(None::<EventSource>);
    let user = Memo::new(|_| app().session().map(|it| it.user.clone()));
    Effect::new(move |_| {
        let user = user.get();
        source.update_value(|old| {
            if let Some(old) = old.take() {
                old.close();
            }
        });
        if user.is_some() {
            open(source, 1);
        }
    });
}

fn open(source: StoredValue<Option<EventSource>, LocalStorage>, pause: u64) {
    if !matches!(app().who.get_untracked(), Who::Person(_)) {
        return;
    }
    let Ok(stream) = EventSource::new("/api/live") else { return };
    let message = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
        if let Some(live) = event.data().as_string().and_then(|it| runtime::plain::parse::<Live>(&it).ok()) {
            take(live);
        }
    });
    // The server may name its events; the name is the same as the `event` inside the data.
    for name in ["message", "inbox", "record", "module", "notice", "published", "editing"] {
        let _ = stream.add_event_listener_with_callback(name, message.as_ref().unchecked_ref());
    }
    message.forget();
    let failed = Closure::<dyn Fn()>::new(move || {
        let mut mine = false;
        source.update_value(|it| {
            if let Some(stream) = it.take() {
                stream.close();
                mine = true;
            }
        });
        if mine {
            wonder();
            let next = (pause * 2).min(20);
            set_timeout(move || open(source, next), Duration::from_secs(pause));
        }
    });
    // It was lost and is back: what could not be read meanwhile is read now.
    if pause > 1 {
        let back = Closure::<dyn Fn()>::new(|| {
            app().online.set(true);
            app().reached.update(|it| *it += 1);
        });
        stream.set_onopen(Some(back.as_ref().unchecked_ref()));
        back.forget();
    }
    stream.set_onerror(Some(failed.as_ref().unchecked_ref()));
    failed.forget();
    source.set_value(Some(stream));
}

/// The stream ended: is the server there at all? The browser tells only of the machine's own connection.
fn wonder() {
    leptos::task::spawn_local(async {
        if gloo_net::http::Request::get("/health/live").send().await.is_err() {
            app().online.set(false);
        }
    });
}

fn take(live: Live) {
    let app = app();
    match &live {
        Live::Inbox { open_tasks } => app.open_tasks.set(*open_tasks),
        Live::Notice { title, link, unread, .. } => {
            app.unread.set(*unread);
            app.toast_to(Tone::Info, title.clone(), Some(link.clone()));
        }
        Live::Published { .. } => module::renew_all(),
        Live::Record { .. } | Live::Module { .. } | Live::Editing { .. } => {}
    }
    app.live.update(|(count, last)| {
        *count += 1;
        *last = Some(live);
    });
}
