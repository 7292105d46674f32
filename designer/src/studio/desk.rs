//! The desk: an open pack with its document, what the checker says of it, and how far it is saved. All edits of the
//! studio go through [`Desk::edit`].

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ::api::Problem;
use ::api::publish::Planned;
use ::api::studio::{DraftSaved, PackFiles, SaveDraft};
use edit::allowed::{self, Forbidden};
use edit::compare::Files;
use edit::delta::Told;
use edit::{Document, Edit, FlowEdit};
use gloo_net::http::Method;
use leptos::{prelude::*, task::spawn_local};
use runtime::alert::{Alert, Severity};
use runtime::model::pack::Texts;
use runtime::model::patch::{OutOfStep, Patch, Splice};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::together::{self, Meeting, Other};
use super::words;
use crate::app::{Tone, app};
use crate::{api, nav, rules};

/// Quiet time before a draft is saved.
const SAVE_AFTER: Duration = Duration::from_millis(800);
/// Quiet time before the checker looks at what an edit has not touched.
const REST_AFTER: Duration = Duration::from_millis(250);

/// How far the draft is saved.
#[derive(Clone, Debug, PartialEq)]
pub enum Saved {
    /// Nothing was changed since it was opened.
    Clean,
    Dirty,
    Saving,
    Done,
    Failed,
    /// Somebody else has saved a newer revision.
    Conflict,
}

#[derive(Deserialize)]
struct Checked {
    /// What has changed in the list of them.
    alerts: Vec<Splice<Alert>>,
    /// It was told of all of it anew.
    #[serde(skip)]
    anew: bool,
    /// Of the flows whose verdict has changed.
    processes: BTreeMap<String, Value>,
    more: bool,
}

/// What the checker is about to say.
type Answer = Pin<Box<dyn Future<Output = Result<Checked, rules::Failure>>>>;

/// What an edit has changed, for the checker.
#[derive(Serialize)]
struct Edited {
    id: String,
    step: u64,
    patches: Vec<Patch>,
}

/// What the checker knows of the document.
#[derive(Clone, Default)]
struct Known {
    told: Told,
    /// Edits told since the whole.
    step: u64,
}

/// One step through the history, either way, and what has to be seen to once there are steps.
#[derive(Clone, Copy)]
struct Steps {
    back: fn(Desk),
    forth: fn(Desk),
    begun: fn(Desk),
}

/// What was on the desk that was left last: whoever goes on to another designer of the pack can still take back what was done.
struct Left {
    /// Hash of the live files it stands on.
    hash: String,
    document: Document,
    steps: Steps,
}

static LEFT: Mutex<Option<Left>> = Mutex::new(None);

/// An open pack; a bundle of signals.
#[derive(Clone, Copy)]
pub struct Desk {
    pub document: RwSignal<Document>,
    pub alerts: RwSignal<Vec<Alert>>,
    /// Alerts somebody lives with.
    pub silenced: RwSignal<Vec<Alert>>,
    /// What the checker says of the runs of each flow ([`Process`](runtime::check::Process)), unread: few look at it, after all else is there.
    pub processes: RwSignal<BTreeMap<String, Value>>,
    pub checking: RwSignal<bool>,
    pub saved: RwSignal<Saved>,
    pub source: StoredValue<PackFiles>,
    /// Where an alert wants to be looked at: file, pointer, element.
    pub jump: RwSignal<Option<(String, String, Option<String>)>>,
    /// Code and pointer of the alert the keyboard went to last.
    pub gone_to: StoredValue<Option<(String, String)>>,
    /// Other windows at this draft.
    pub others: RwSignal<BTreeMap<String, Other>>,
    /// Somebody has to say whose word counts.
    pub meeting: RwSignal<Option<Meeting>>,
    /// The dialog in which that is said is open.
    pub choosing: RwSignal<bool>,
    /// What this window is known by to the others.
    pub editor: StoredValue<String>,
    /// All files as the server and this window last agreed on them.
    pub base: StoredValue<Files>,
    /// A publication that waits for its time.
    pub planned: RwSignal<Option<Planned>>,
    revision: StoredValue<i64>,
    /// What waits for the desk is the desk's, not of the row or dialog that asked.
    owner: StoredValue<Owner>,
    saving: StoredValue<Option<TimeoutHandle>>,
    /// Taking back and doing again. The first edit brings them; there is nothing to take back before one. Thus all that changes,
    /// saves and tells comes with what edits, and a pack that is looked at needs none of it.
    steps: StoredValue<Option<Steps>>,
    turn: StoredValue<u64>,
    /// None: it has to be told everything.
    known: StoredValue<Option<Known>>,
    /// All alerts as the checker lists them.
    whole: StoredValue<Vec<Alert>>,
}

impl Desk {
    /// Lays out what the server gave.
    pub fn open(source: PackFiles) -> Self {
        let seed = (js_sys::Math::random() * 9_007_199_254_740_991.0) as u64;
        let document = Document::open(&source.id, &source.files, &source.draft, seed);
        let left = LEFT.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The very same, as far as its files go.
        let left = left.filter(|it| {
            it.hash == source.hash && it.document.pack == source.id && it.document.files() == document.files()
        });
        let (document, steps) = left.map_or((document, None), |it| (it.document, Some(it.steps)));
        let desk = Desk {
            document: RwSignal::new(document),
            alerts: RwSignal::new(Vec::new()),
            silenced: RwSignal::new(Vec::new()),
            processes: RwSignal::new(BTreeMap::new()),
            checking: RwSignal::new(true),
            saved: RwSignal::new(if source.draft.is_empty() { Saved::Clean } else { Saved::Done }),
            revision: StoredValue::new(source.draft_revision),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
            others: RwSignal::new(BTreeMap::new()),
            meeting: RwSignal::new(None),
            choosing: RwSignal::new(false),
            editor: StoredValue::new(format!("{seed:x}")),
            base: StoredValue::new(together::whole(&source.files, &source.draft)),
            planned: RwSignal::new(source.planned.clone()),
            source: StoredValue::new(source),
            jump: RwSignal::new(None),
            gone_to: StoredValue::new(None),
            saving: StoredValue::new(None),
            steps: StoredValue::new(steps),
            turn: StoredValue::new(0),
            known: StoredValue::new(None),
            whole: StoredValue::new(Vec::new()),
        };
        desk.load();
        if let Some(it) = steps {
            (it.begun)(desk);
        }
        together::join(desk);
        desk.check(None);
        // What could not be saved lies in this window alone.
        nav::hold(move || matches!(desk.saved.get(), Saved::Failed | Saved::Conflict));
        desk
    }

    /// Gives the checker the live files.
    fn load(self) {
        let load = self.source.with_value(|it| {
            json!({ "id": it.id, "files": it.files, "required": it.required, "role_holders": it.role_holders, "plugins": it.plugins })
        });
        self.known.set_value(None);
        spawn_local(async move {
            if rules::keep("studio", "pack.load", &load).await.is_err() {
                self.checking.try_set(false);
            }
        });
    }

    /// Lays out what was put together of what is here and what the server has (`source`, which is `theirs` in whole).
    /// Steps that touch none of the files `taken` from the other can still be taken back.
    pub fn lay(
        self,
        source: PackFiles,
        draft: &dyn Fn(&Files) -> BTreeMap<String, Option<String>>,
        theirs: Files,
        taken: &BTreeSet<String>,
    ) {
        let seed = (js_sys::Math::random() * 9_007_199_254_740_991.0) as u64;
        let mut document = Document::open(&source.id, &source.files, &draft(&source.files), seed);
        self.document.update(|it| {
            document.selection = std::mem::take(&mut it.selection);
            document.history = it.history.beside(|address| taken.contains(&address.path()));
            *it = document;
        });
        self.base.set_value(theirs);
        self.revision.set_value(source.draft_revision);
        self.planned.set(source.planned.clone());
        let reload = self.source.with_value(|it| it.hash != source.hash);
        self.source.set_value(source);
        if reload {
            self.load();
        }
        self.check(self.tell());
    }

    /// Does an edit; what is not allowed is said in a toast.
    pub fn edit(self, edit: Edit) -> bool {
        let done = self.document.try_update(|it| it.apply(&edit));
        match done {
            Some(Ok(_)) => {
                self.changed();
                true
            }
            Some(Err(why)) => {
                self.refuse(why);
                false
            }
            None => false,
        }
    }

    /// Shorthand for an edit of a flow.
    pub fn flow(self, flow: &str, it: FlowEdit) -> bool {
        self.edit(Edit::flow(flow, it))
    }

    /// Says why not.
    pub fn refuse(self, why: Forbidden) {
        app().toast(Tone::Info, words::REFUSED.fill_now(&[super::canvas::words::forbidden(why).now()]));
    }

    /// Whether an edit may be done now; for buttons.
    pub fn may(self, edit: &Edit) -> bool {
        self.document.with(|it| allowed::allowed(it, edit).is_ok())
    }

    pub fn undo(self) {
        if let Some(it) = self.steps.get_value() {
            (it.back)(self);
        }
    }

    pub fn redo(self) {
        if let Some(it) = self.steps.get_value() {
            (it.forth)(self);
        }
    }

    fn back(self) {
        if self.document.try_update(Document::undo).flatten().is_some() {
            self.changed();
        }
    }

    fn forth(self) {
        if self.document.try_update(Document::redo).flatten().is_some() {
            self.changed();
        }
    }

    /// Names a thing in the language shown: its own name in the pack's language, a text otherwise.
    pub fn rename(self, own: Edit, address: &str, text: &str) {
        let shown = app().lang.get_untracked().tag().to_owned();
        let foreign = self.document.with_untracked(|it| it.language() != shown);
        if foreign {
            self.edit(Edit::Text { language: shown, address: address.to_owned(), text: text.to_owned() });
        } else {
            self.edit(own);
        }
    }

    /// A text in the language shown; the pack's own where there is none.
    pub fn words(self, document: &Document, address: &str, own: &str) -> String {
        let shown = app().lang.get().tag();
        if document.language() == shown {
            return own.to_owned();
        }
        document.texts(shown).get(address).cloned().unwrap_or_else(|| own.to_owned())
    }

    /// The same, read once.
    pub fn words_now(self, document: &Document, address: &str, own: &str) -> String {
        let shown = app().lang.get_untracked().tag();
        if document.language() == shown {
            return own.to_owned();
        }
        document.texts(shown).get(address).cloned().unwrap_or_else(|| own.to_owned())
    }

    fn changed(self) {
        if self.steps.get_value().is_none() {
            self.steps.set_value(Some(Steps { back: Desk::back, forth: Desk::forth, begun: Desk::leave_well }));
            self.leave_well();
        }
        self.saved.update(|it| {
            if *it != Saved::Conflict {
                *it = Saved::Dirty;
            }
        });
        if let Some(old) = self.saving.get_value() {
            old.clear();
        }
        self.saving.set_value(set_timeout_with_handle(move || self.save(), SAVE_AFTER).ok());
        self.check(self.tell());
    }

    /// What was not saved yet when the page is left is saved at once, and what was done is remembered.
    fn leave_well(self) {
        let Some(owner) = self.owner.try_get_value() else { return };
        owner.with(|| {
            on_cleanup(move || {
                if self.saved.try_get_untracked() == Some(Saved::Dirty) {
                    self.save();
                }
                self.remember();
            });
        });
    }

    fn remember(self) {
        let (Some(Some(steps)), Some(hash)) =
            (self.steps.try_get_value(), self.source.try_with_value(|it| it.hash.clone()))
        else {
            return;
        };
        let left = self.document.try_with_untracked(|it| {
            // Another screen has other things to select.
            let mut document = it.clone();
            document.selection.clear();
            Left { hash, document, steps }
        });
        *LEFT.lock().unwrap_or_else(PoisonError::into_inner) = left;
    }

    /// Has the checker look at what it is `told`, at once, so that it looks while the page draws; none: at all of it.
    fn check(self, told: Option<Answer>) {
        self.turn.update_value(|it| *it += 1);
        let mine = self.turn.get_value();
        self.checking.set(true);
        spawn_local(self.ask(mine, told));
    }

    /// Asks until everything has been looked at, or the document is another one.
    async fn ask(self, mine: u64, told: Option<Answer>) {
        let overtaken = || self.turn.try_get_value() != Some(mine);
        let mut answer = match told {
            Some(it) => match it.await {
                Err(rules::Failure::Refused(..)) => self.tell_all().await,
                other => other.ok(),
            },
            None => self.tell_all().await,
        };
        let mut asked = 0;
        while let Some(it) = answer {
            let more = it.more;
            self.hear(it);
            // It is shown before more is asked.
            rules::turn().await;
            if overtaken() {
                return;
            }
            if !more {
                break;
            }
            // What the edit touched is told by now; the rest waits until the hand rests.
            if asked == 1 {
                pause(REST_AFTER).await;
            }
            if overtaken() {
                return;
            }
            asked += 1;
            let Some(id) = self.document.try_with_untracked(|it| it.pack.clone()) else { return };
            answer = rules::call("check.more", &json!({ "id": id })).await.ok();
        }
        if !overtaken() {
            self.checking.try_set(false);
        }
    }

    /// Tells the checker what it does not know yet; none: it has to be told all. Questions are answered in their order, so what
    /// was sent counts as known.
    fn tell(self) -> Option<Answer> {
        let (id, told) = self.document.try_with_untracked(|it| (it.pack.clone(), it.told()))?;
        let known = self.known.try_get_value()??;
        let patches = self.document.try_with_untracked(|it| it.since(&known.told))??;
        let step = known.step + 1;
        self.known.set_value(Some(Known { told, step }));
        Some(Box::pin(rules::begin("check.edit", &Edited { id, step, patches })))
    }

    /// Tells the checker all of it.
    async fn tell_all(self) -> Option<Checked> {
        let (id, draft, told) = self.document.try_with_untracked(|it| (it.pack.clone(), it.files(), it.told()))?;
        self.known.try_set_value(Some(Known { told, step: 0 }));
        let answer = rules::call("check.pack", &json!({ "id": id, "draft": draft })).await.ok();
        if answer.is_none() {
            self.known.try_set_value(None);
        }
        answer.map(|it: Checked| Checked { anew: true, ..it })
    }

    fn hear(self, it: Checked) {
        // Verdicts first: the list of alerts reads them for what can be played and mended. Of flows that are gone there are none.
        let gone = |all: &BTreeMap<String, Value>| {
            self.document.try_with_untracked(|it| all.keys().any(|key| it.flow(key).is_none())).unwrap_or(false)
        };
        if !it.processes.is_empty() || self.processes.try_with_untracked(gone).unwrap_or(false) {
            self.processes.try_update(|all| {
                all.extend(it.processes);
                self.document.try_with_untracked(|it| all.retain(|key, _| it.flow(key).is_some()));
            });
        }
        self.take(it.alerts, it.anew);
    }

    /// Takes what has changed in the list of alerts; those that somebody lives with stand in it at their place. `anew`: the
    /// list begins empty.
    fn take(self, changes: Vec<Splice<Alert>>, anew: bool) {
        if changes.is_empty() && !anew {
            return;
        }
        let quiet = |it: &Alert| it.silenced.is_some();
        let taken = self.whole.try_update_value(|whole| {
            if anew {
                whole.clear();
            }
            let done = changes.iter().try_for_each(|it| it.clone().apply(whole));
            done.map(|()| whole.iter().any(quiet))
        });
        match taken {
            None => {}
            Some(Err(OutOfStep)) => {
                self.known.set_value(None);
                self.check(None);
            }
            // As a rule nobody lives with any, and the list is the one that is shown.
            Some(Ok(false)) if !anew && self.silenced.try_with_untracked(Vec::is_empty) == Some(true) => {
                self.alerts.try_update(|all| changes.into_iter().for_each(|it| drop(it.apply(all))));
            }
            Some(Ok(_)) => {
                let all = self.whole.try_get_value().unwrap_or_default();
                let (silenced, told) = all.into_iter().partition(quiet);
                self.silenced.try_set(silenced);
                self.alerts.try_set(told);
            }
        }
    }

    /// Saves the draft now.
    pub fn save(self) {
        if matches!(self.saved.try_get_untracked(), None | Some(Saved::Saving | Saved::Conflict)) {
            return;
        }
        let Some(files) = self.document.try_with_untracked(Document::files) else {
            return;
        };
        let count = self.document.with_untracked(|it| it.history.count());
        let (path, body) = self.source.with_value(|it| {
            (
                format!("/api/studio/packs/{}/draft", nav::encode(&it.id)),
                SaveDraft {
                    base: it.hash.clone(),
                    revision: self.revision.get_value(),
                    files,
                    editor: self.editor.get_value(),
                },
            )
        });
        let sent = self.source.with_value(|it| together::whole(&it.files, &body.files));
        self.saved.set(Saved::Saving);
        spawn_local(async move {
            let answer = api::send::<_, DraftSaved>(Method::PUT, &path, &body).await;
            let again = self.document.try_with_untracked(|it| it.history.count() != count).unwrap_or(false);
            match answer {
                Ok(it) => {
                    self.base.try_set_value(sent);
                    self.revision.try_set_value(it.revision);
                    self.saved.try_set(if again { Saved::Dirty } else { Saved::Done });
                    if again {
                        self.save();
                    }
                }
                Err(why) if why.status == 409 => {
                    self.saved.try_set(Saved::Dirty);
                    together::meet(self, &BTreeMap::new());
                }
                Err(_) => {
                    self.saved.try_set(Saved::Failed);
                    set_timeout(
                        move || {
                            if self.saved.try_get_untracked() == Some(Saved::Failed) {
                                self.save();
                            }
                        },
                        Duration::from_secs(5),
                    );
                }
            }
        });
    }

    /// Does something once what was changed is saved; at once where it is.
    pub fn after_saving(self, act: impl Fn() + Send + Sync + 'static) {
        if self.saved.get_untracked() == Saved::Dirty {
            self.save();
        }
        let Some(owner) = self.owner.try_get_value() else { return };
        owner.with(|| {
            let act = StoredValue::new(Some(Box::new(act) as Box<dyn Fn() + Send + Sync>));
            Effect::new(move |_| {
                if matches!(self.saved.get(), Saved::Clean | Saved::Done)
                    && let Some(act) = act.try_update_value(Option::take).flatten()
                {
                    act();
                }
            });
        });
    }

    /// Whether a flow has a drawing, a whole one.
    pub fn is_drawn(self, flow: &str) -> bool {
        self.document.with_untracked(|it| it.is_drawn(flow))
    }

    /// Number of errors, warnings, hints.
    pub fn counts(self) -> (usize, usize, usize) {
        self.alerts.with(|it| {
            let count = |severity: Severity| it.iter().filter(|it| it.severity == severity).count();
            (count(Severity::Error), count(Severity::Warning), count(Severity::Info))
        })
    }

    /// Revision of the draft the server has.
    pub fn revision(self) -> i64 {
        self.revision.get_value()
    }

    /// The same; none when the desk is gone.
    pub fn try_path(self, rest: &str) -> Option<String> {
        self.source.try_with_value(|it| format!("/api/studio/packs/{}/{rest}", nav::encode(&it.id)))
    }

    /// An address of the pack's API: `publish`, `versions` …
    pub fn path(self, rest: &str) -> String {
        self.source.with_value(|it| format!("/api/studio/packs/{}/{rest}", nav::encode(&it.id)))
    }

    /// Drops the draft; tells why where it could not be.
    pub fn drop_draft(self, then: impl Fn(Result<(), Problem>) + 'static) {
        let path = self.source.with_value(|it| format!("/api/studio/packs/{}/draft", nav::encode(&it.id)));
        // Nothing is saved meanwhile: it would be there again.
        let before = self.saved.get_untracked();
        self.saved.set(Saved::Saving);
        spawn_local(async move {
            let answer = api::delete(&path).await;
            match (&answer, before) {
                (Ok(()), _) => drop(self.saved.try_set(Saved::Clean)),
                (Err(_), Saved::Dirty | Saved::Saving | Saved::Failed) => {
                    self.saved.try_set(Saved::Dirty);
                    self.save();
                }
                (Err(_), before @ (Saved::Clean | Saved::Done | Saved::Conflict)) => drop(self.saved.try_set(before)),
            }
            then(answer);
        });
    }
}

/// What the things of another pack are called in a language.
pub fn texts_of(files: &Files, language: &str) -> Texts {
    files.get(&format!("i18n/{language}.json")).and_then(|it| runtime::plain::parse(it).ok()).unwrap_or_default()
}

/// Comes back after a while.
async fn pause(time: Duration) {
    let mut wait = |resolve: js_sys::Function, _| {
        set_timeout(move || drop(resolve.call0(&wasm_bindgen::JsValue::NULL)), time);
    };
    drop(wasm_bindgen_futures::JsFuture::from(js_sys::Promise::new(&mut wait)).await);
}

/// A value of the schema as a person reads it.
pub fn plain(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(it)) => it.clone(),
        Some(it) => it.to_string(),
    }
}
