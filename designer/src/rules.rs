//! The rule engine, asked from the page: the only place that talks to the worker (`designer/rules`).
//! The worker is started after the first page shows ([`warm`]) or by the first question. A worker that traps or
//! does not answer in time is replaced; modules that were loaded into it are loaded again.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::task::Poll;
use std::time::Duration;

use js_sys::{Function, Promise};
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::mailbox::Mailbox;

/// How long a question may take once the engine is there.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the engine may take to arrive, on a slow line.
const LOADING: Duration = Duration::from_secs(60);
/// Milliseconds the page waits for an answer when it has nothing else to do before it is painted.
const GRACE: f64 = 6.0;
/// Workers replaced in a row before we give up.
const REPLACEMENTS: u32 = 3;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The engine could not be loaded, or died too often. Forms still work; the server checks.
    Unavailable,
    /// It took too long.
    Timeout,
    /// The engine said no: code and sentence.
    Refused(String, String),
}

#[derive(Default)]
struct Client {
    worker: Option<Worker>,
    mailbox: Option<Mailbox>,
    /// The page is about to look into it.
    looking: bool,
    ready: bool,
    /// The part for the studio is there as well: one of its questions was answered.
    studio: bool,
    replaced: u32,
    last: u64,
    waiting: BTreeMap<u64, Waiting>,
    /// Questions with [`keep`], sent again to a new worker.
    kept: BTreeMap<String, String>,
}

/// Who waits for an answer.
struct Waiting {
    resolve: Function,
    /// The part for the studio answers it (`designer/rules/src/studio.rs`).
    studio: bool,
}

thread_local! {
    static CLIENT: RefCell<Client> = RefCell::default();
}

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since the page was opened.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

#[derive(Serialize)]
struct Question<'a, A> {
    id: u64,
    call: &'a str,
    args: &'a A,
}

#[derive(Deserialize)]
struct Answer<'a> {
    id: u64,
    #[serde(borrow, default)]
    ok: Option<&'a RawValue>,
    #[serde(default)]
    error: Option<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    code: String,
    message: String,
}

/// Starts the worker when the browser has nothing better to do. Call once, after the first page is mounted.
pub fn warm() {
    leptos::prelude::request_animation_frame(|| {
        leptos::prelude::set_timeout(|| CLIENT.with_borrow_mut(start), Duration::from_millis(50));
    });
}

/// Asks the engine. Questions are answered in their order.
pub async fn call<A: Serialize, R: DeserializeOwned>(name: &str, args: &A) -> Result<R, Failure> {
    begin(name, args).await
}

/// The same; the question is on its way before anything waits for the answer, and so before what has changed is drawn.
pub fn begin<A: Serialize, R: DeserializeOwned>(
    name: &str,
    args: &A,
) -> impl Future<Output = Result<R, Failure>> + use<A, R> {
    let asked = CLIENT.with_borrow_mut(|it| send(it, name, args));
    if let Some((id, _)) = &asked {
        watch(*id, for_studio(name));
    }
    async move {
        let (_, promise) = asked.ok_or(Failure::Unavailable)?;
        read(&heard(promise).await?)
    }
}

/// The text of an answer.
async fn heard(promise: Promise) -> Result<String, Failure> {
    let answer = JsFuture::from(promise).await.map_err(|_| Failure::Unavailable)?;
    answer.as_string().ok_or(if answer.is_null() { Failure::Timeout } else { Failure::Unavailable })
}

fn read<R: DeserializeOwned>(text: &str) -> Result<R, Failure> {
    let malformed = |it: serde_json::Error| Failure::Refused("malformed".into(), it.to_string());
    let answer: Answer = serde_json::from_str(text).map_err(malformed)?;
    if let Some(fault) = answer.error {
        return Err(Failure::Refused(fault.code, fault.message));
    }
    runtime::plain::parse(answer.ok.map_or("null", RawValue::get)).map_err(malformed)
}

/// Asks, and asks again whenever a new worker has replaced an old one. For what the engine is to remember
/// (`form.load`); `slot` names it, a later `keep` of the same slot takes its place.
pub async fn keep<A: Serialize>(slot: &str, name: &str, args: &A) -> Result<(), Failure> {
    if let Ok(text) = serde_json::to_string(&Question { id: 0, call: name, args }) {
        CLIENT.with_borrow_mut(|it| it.kept.insert(slot.to_owned(), text));
    }
    call::<A, serde::de::IgnoredAny>(name, args).await.map(|_| ())
}

fn send<A: Serialize>(client: &mut Client, call: &str, args: &A) -> Option<(u64, Promise)> {
    start(client);
    let worker = client.worker.clone()?;
    client.last += 1;
    let id = client.last;
    let text = serde_json::to_string(&Question { id, call, args }).ok()?;
    let mut resolver = None;
    let promise = Promise::new(&mut |resolve, _| resolver = Some(resolve));
    client.waiting.insert(id, Waiting { resolve: resolver?, studio: for_studio(call) });
    worker.post_message(&JsValue::from_str(&text)).ok()?;
    let here = client.ready && (client.studio || !for_studio(call));
    if here && client.mailbox.is_some() && !std::mem::replace(&mut client.looking, true) {
        spawn_local(look_soon());
        leptos::prelude::request_animation_frame(|| {
            look();
        });
    }
    Some((id, promise))
}

/// Looks into the mailbox as soon as the page has drawn what it asked about: the answer is part of the same picture when it is there by
/// then, or almost.
async fn look_soon() {
    let (mut waited, mut last) = (0.0, now());
    while waited < GRACE {
        // Whatever else is to be done in this turn is done in between.
        turn().await;
        if look() {
            break;
        }
        let gap = now() - last;
        // A longer one is no waiting: something was drawn.
        waited += if gap < 1.0 { gap.max(0.001) } else { 0.0 };
        last += gap;
    }
    CLIENT.with_borrow_mut(|it| it.looking = false);
}

/// Lets everything go first that waits by now.
pub async fn turn() {
    let mut gone = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut gone, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Hears the answer that lies in the mailbox; whether there was one.
fn look() -> bool {
    let text = CLIENT.with_borrow(|it| it.mailbox.as_ref().and_then(Mailbox::take));
    if let Some(text) = &text {
        hear(text);
    }
    text.is_some()
}

/// Whether a part of the engine answers it that is loaded by the first such question.
fn for_studio(call: &str) -> bool {
    !["ping", "form.", "expr."].iter().any(|it| call.starts_with(it))
}

/// Gives up on a question that takes too long, and on the worker with it: it may be stuck for ever.
fn watch(id: u64, studio: bool) {
    let here = CLIENT.with_borrow(|it| it.ready && (it.studio || !studio));
    let patience = if here { PATIENCE } else { LOADING };
    leptos::prelude::set_timeout(
        move || {
            let late = CLIENT.with_borrow_mut(|it| it.waiting.remove(&id));
            if let Some(late) = late {
                let _ = late.resolve.call1(&JsValue::NULL, &JsValue::NULL);
                replace();
            }
        },
        patience,
    );
}

fn start(client: &mut Client) {
    if client.worker.is_some() || client.replaced > REPLACEMENTS {
        return;
    }
    let Some(url) = leptos::prelude::document()
        .query_selector("meta[name=rules-worker]")
        .ok()
        .flatten()
        .and_then(|it| it.get_attribute("content"))
    else {
        return;
    };
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let Ok(worker) = Worker::new_with_options(&url, &options) else {
        return;
    };
    // The worker lives as long as the page; so do its two listeners.
    let heard = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
        look();
        // An empty one says that an answer was laid into the mailbox.
        if let Some(text) = event.data().as_string().filter(|it| !it.is_empty()) {
            CLIENT.with_borrow_mut(|it| it.mailbox.iter_mut().for_each(Mailbox::count));
            hear(&text);
        }
    });
    worker.set_onmessage(Some(heard.into_js_value().unchecked_ref()));
    let broken = Closure::<dyn FnMut(JsValue)>::new(|_| replace());
    worker.set_onerror(Some(broken.into_js_value().unchecked_ref()));
    client.mailbox = Mailbox::new().filter(|it| worker.post_message(it.memory()).is_ok());
    for text in client.kept.values() {
        let _ = worker.post_message(&JsValue::from_str(text));
    }
    client.ready = false;
    client.studio = false;
    client.worker = Some(worker);
}

fn hear(text: &str) {
    let Ok(answer) = serde_json::from_str::<Answer>(text) else {
        return;
    };
    if answer.id == 0 {
        match answer.error {
            Some(fault) if fault.code == "dead" => replace(),
            Some(_) => (),
            None => CLIENT.with_borrow_mut(|it| it.ready = true),
        }
        return;
    }
    let waiting = CLIENT.with_borrow_mut(|it| {
        it.replaced = 0;
        let waiting = it.waiting.remove(&answer.id);
        it.studio |= answer.ok.is_some() && waiting.as_ref().is_some_and(|it| it.studio);
        waiting
    });
    if let Some(waiting) = waiting {
        let _ = waiting.resolve.call1(&JsValue::NULL, &JsValue::from_str(text));
    }
}

/// Ends the worker, tells everybody who waits, and starts another.
fn replace() {
    let waiting = CLIENT.with_borrow_mut(|it| {
        if let Some(worker) = it.worker.take() {
            worker.terminate();
        }
        it.replaced += 1;
        std::mem::take(&mut it.waiting)
    });
    for it in waiting.values() {
        let _ = it.resolve.call1(&JsValue::NULL, &JsValue::UNDEFINED);
    }
    CLIENT.with_borrow_mut(start);
}
