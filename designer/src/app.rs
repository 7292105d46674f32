//! What every screen shares: who is logged in, language, theme, place, toasts. One [`App`] per page,
//! made by [`start`] and reached with [`app`]; all of it are signals.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use ::api::live::Live;
use ::api::session::Session;
use leptos::prelude::*;

use crate::module::Known;
use crate::nav::{self, Place};
use crate::text::Text;

/// A language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    En,
    Zh,
}

impl Lang {
    /// The tag: `en` or `zh-CN`.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Zh => "zh-CN",
        }
    }

    /// The language a tag stands for; unknown ones are English.
    pub fn of(tag: &str) -> Self {
        if tag.starts_with("zh") { Lang::Zh } else { Lang::En }
    }
}

/// Who uses the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Who {
    /// Not asked yet.
    Unknown,
    Nobody,
    Person(Arc<Session>),
}

/// A short message at the edge of the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    pub id: u64,
    pub tone: Tone,
    pub words: String,
    /// Where a click on it leads.
    pub link: Option<String>,
}

/// Something a screen can do, for the palette.
#[derive(Clone)]
pub struct Command {
    pub words: Text,
    pub symbol: &'static str,
    pub act: Callback<()>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Bad,
    Info,
}

/// Shared state; a bundle of signals, cheap to copy.
#[derive(Clone, Copy)]
pub struct App {
    pub who: RwSignal<Who>,
    /// The session ended while the page was open.
    pub expired: RwSignal<bool>,
    pub lang: RwSignal<Lang>,
    /// `light`, `dark` or `system`.
    pub theme: RwSignal<String>,
    /// Chosen on the log-in page: language, theme. What was chosen wins over what the server remembers.
    pub preferred: RwSignal<(bool, bool)>,
    pub place: RwSignal<Place>,
    pub toasts: RwSignal<Vec<Toast>>,
    pub open_tasks: RwSignal<u64>,
    pub unread: RwSignal<u64>,
    /// The newest live message, with a number that counts up.
    pub live: RwSignal<(u64, Option<Live>)>,
    pub online: RwSignal<bool>,
    /// Counts up when the server is reached again after it was not.
    pub reached: RwSignal<u64>,
    pub palette: RwSignal<bool>,
    /// What the screens shown offer in the palette, each under its number; a screen takes its own away when it goes.
    pub commands: RwSignal<Vec<(u32, Command)>>,
    /// Number of forms with unsaved changes.
    pub unsaved: RwSignal<u32>,
    /// Where the person wanted to go when unsaved changes stood in the way.
    pub leaving: RwSignal<Option<String>>,
    pub modules: RwSignal<BTreeMap<String, Known>>,
}

static APP: OnceLock<App> = OnceLock::new();

/// The shared state. [`start`] has run before any component asks.
pub fn app() -> App {
    *APP.get_or_init(make)
}

/// Makes the shared state under the root, so that it lives as long as the page.
pub fn start() -> App {
    app()
}

fn make() -> App {
    let lang = document().document_element().and_then(|root| root.get_attribute("lang")).unwrap_or_default();
    let theme = stored("theme").unwrap_or_else(|| "system".to_owned());
    App {
        who: RwSignal::new(Who::Unknown),
        expired: RwSignal::new(false),
        lang: RwSignal::new(Lang::of(&lang)),
        theme: RwSignal::new(theme),
        preferred: RwSignal::new((false, false)),
        place: RwSignal::new(nav::current()),
        toasts: RwSignal::new(Vec::new()),
        open_tasks: RwSignal::new(0),
        unread: RwSignal::new(0),
        live: RwSignal::new((0, None)),
        online: RwSignal::new(true),
        reached: RwSignal::new(0),
        palette: RwSignal::new(false),
        commands: RwSignal::new(Vec::new()),
        unsaved: RwSignal::new(0),
        leaving: RwSignal::new(None),
        modules: RwSignal::new(BTreeMap::new()),
    }
}

impl App {
    /// The session, if somebody is logged in.
    pub fn session(self) -> Option<Arc<Session>> {
        match self.who.get() {
            Who::Person(session) => Some(session),
            Who::Unknown | Who::Nobody => None,
        }
    }

    /// As [`App::session`], without following its changes.
    pub fn session_now(self) -> Option<Arc<Session>> {
        match self.who.get_untracked() {
            Who::Person(session) => Some(session),
            Who::Unknown | Who::Nobody => None,
        }
    }

    /// Shows a toast for some seconds.
    pub fn toast(self, tone: Tone, words: impl Into<String>) {
        self.toast_to(tone, words, None);
    }

    /// A toast in the language of the moment.
    pub fn say(self, tone: Tone, text: Text) {
        self.toast(tone, text.now());
    }

    /// A toast that leads somewhere.
    pub fn toast_to(self, tone: Tone, words: impl Into<String>, link: Option<String>) {
        let id = self.toasts.with_untracked(|it| it.last().map_or(1, |last| last.id + 1));
        self.toasts.update(|it| {
            if it.len() > 3 {
                it.remove(0);
            }
            it.push(Toast { id, tone, words: words.into(), link });
        });
        let seconds = if tone == Tone::Bad { 12 } else { 6 };
        set_timeout(
            move || self.toasts.update(|it| it.retain(|toast| toast.id != id)),
            std::time::Duration::from_secs(seconds),
        );
    }
}

/// The text of the current language among texts by language tag; falls back to any.
pub fn pick(titles: &BTreeMap<String, String>, lang: Lang) -> String {
    titles.get(lang.tag()).or_else(|| titles.get("en")).or_else(|| titles.values().next()).cloned().unwrap_or_default()
}

/// As [`pick`], for pairs.
pub fn pick_pair(titles: &[(String, String)], lang: Lang) -> String {
    let find = |tag: &str| titles.iter().find(|(it, _)| it == tag).map(|(_, text)| text.clone());
    find(lang.tag()).or_else(|| find("en")).or_else(|| titles.first().map(|(_, text)| text.clone())).unwrap_or_default()
}

/// A value this browser remembers.
pub fn stored(key: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Remembers a value in this browser; none forgets it. A full or forbidden storage is no fault.
pub fn store(key: &str, value: Option<&str>) {
    if let Some(storage) = window().local_storage().ok().flatten() {
        let _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
}
