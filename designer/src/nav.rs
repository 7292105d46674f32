//! Addresses: where we are, going elsewhere, and the guard over unsaved changes. Links are plain
//! `<a href="/…">`; [`listen`] turns clicks on them into steps without loading the page anew.

use leptos::{ev, prelude::*};
use wasm_bindgen::{JsCast, JsValue};

use crate::app::app;

/// Path and query of the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    pub path: String,
    pub query: Vec<(String, String)>,
}

impl Place {
    /// Parses `/path?a=b`.
    pub fn parse(text: &str) -> Self {
        let text = text.split('#').next().unwrap_or_default();
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let query = query.split('&').filter(|it| !it.is_empty()).map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key), decode(value))
        });
        Place { path: path.to_owned(), query: query.collect() }
    }

    /// Segments of the path, decoded.
    pub fn segments(&self) -> Vec<String> {
        self.path.split('/').filter(|it| !it.is_empty()).map(decode).collect()
    }

    /// A value of the query.
    pub fn get(&self, key: &str) -> Option<String> {
        self.query.iter().find(|(it, _)| it == key).map(|(_, value)| value.clone()).filter(|it| !it.is_empty())
    }

    /// The same place with one value of the query set or removed.
    pub fn with(&self, key: &str, value: Option<&str>) -> Self {
        let mut query: Vec<_> = self.query.iter().filter(|(it, _)| it != key).cloned().collect();
        if let Some(value) = value.filter(|it| !it.is_empty()) {
            query.push((key.to_owned(), value.to_owned()));
        }
        Place { path: self.path.clone(), query }
    }

    /// As it stands in the address bar.
    pub fn href(&self) -> String {
        if self.query.is_empty() {
            return self.path.clone();
        }
        let pairs: Vec<_> =
            self.query.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
        format!("{}?{}", self.path, pairs.join("&"))
    }
}

/// Percent-encodes a part of an address.
pub fn encode(text: &str) -> String {
    String::from(js_sys::encode_uri_component(text))
}

fn decode(text: &str) -> String {
    js_sys::decode_uri_component(&text.replace('+', " ")).map_or_else(|_| text.to_owned(), String::from)
}

/// Where the browser is.
pub fn current() -> Place {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    Place::parse(&format!("{path}{}", location.search().unwrap_or_default()))
}

/// Counts among what is not saved for as long as it says so: who leaves meanwhile is asked.
pub fn hold(unsaved: impl Fn() -> bool + Send + Sync + 'static) {
    let unsaved = Memo::new(move |_| unsaved());
    let count = |was: bool, now: bool| match (was, now) {
        (false, true) => app().unsaved.update(|it| *it += 1),
        (true, false) => app().unsaved.update(|it| *it = it.saturating_sub(1)),
        (true, true) | (false, false) => {}
    };
    let held = StoredValue::new(false);
    Effect::new(move |_| {
        let now = unsaved.get();
        count(held.get_value(), now);
        held.set_value(now);
    });
    on_cleanup(move || count(held.try_get_value().unwrap_or_default(), false));
}

/// Goes to a place of the app, asking first when a form has unsaved changes.
pub fn go(href: &str) {
    if app().unsaved.get_untracked() > 0 {
        app().leaving.set(Some(href.to_owned()));
    } else {
        leave_for(href);
    }
}

/// Goes without asking.
pub fn leave_for(href: &str) {
    push(href, false);
    app().unsaved.set(0);
    app().place.set(Place::parse(href));
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

/// Changes the address without a new entry in the browser's history.
pub fn replace(place: Place) {
    push(&place.href(), true);
    app().place.set(place);
}

fn push(href: &str, replace: bool) {
    let Ok(history) = window().history() else { return };
    let _ = if replace {
        history.replace_state_with_url(&JsValue::NULL, "", Some(href))
    } else {
        history.push_state_with_url(&JsValue::NULL, "", Some(href))
    };
}

/// Sets the title of the browser's tab.
pub fn title(words: &str) {
    document().set_title(&format!("{words} · Flowloom"));
}

/// Follows clicks on links, the back button and the closing of the tab.
pub fn listen() {
    let app = app();
    let _ = window_event_listener(ev::click, move |event| {
        if event.default_prevented()
            || event.button() != 0
            || event.ctrl_key()
            || event.meta_key()
            || event.shift_key()
            || event.alt_key()
        {
            return;
        }
        let Some(target) = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok()) else { return };
        let Some(link) = target.closest("a[href]").ok().flatten() else { return };
        let href = link.get_attribute("href").unwrap_or_default();
        if href.starts_with('/')
            && !href.starts_with("/api/")
            && !link.has_attribute("target")
            && !link.has_attribute("download")
        {
            event.prevent_default();
            go(&href);
        }
    });
    let _ = window_event_listener(ev::popstate, move |_| {
        let there = current();
        if app.unsaved.get_untracked() > 0 {
            let here = app.place.get_untracked().href();
            push(&here, false);
            app.leaving.set(Some(there.href()));
        } else {
            app.place.set(there);
        }
    });
    let _ = window_event_listener(ev::beforeunload, move |event| {
        if app.unsaved.get_untracked() > 0 {
            event.prevent_default();
        }
    });
    let _ = window_event_listener(ev::online, move |_| {
        app.online.set(true);
        app.reached.update(|it| *it += 1);
    });
    let _ = window_event_listener(ev::offline, move |_| app.online.set(false));
}
