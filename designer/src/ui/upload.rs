//! A file on its way to the server, with its progress. `fetch` does not tell how far an upload is, `XMLHttpRequest` does;
//! it is spoken to by name here, because this one place does not justify its bindings in everybody's first page.

use ::api::Problem;
use ::api::file::FileInfo;
use js_sys::{Array, Function, Reflect};
use leptos::prelude::{Callable, Callback};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use crate::api::UNREACHABLE;
use crate::app::app;
use crate::nav;

/// An upload that has begun.
#[derive(Clone)]
pub struct Upload(JsValue);

impl Upload {
    /// Gives it up.
    pub fn abort(&self) {
        call(&self.0, "abort", &[]);
    }
}

/// A file somebody chose or dropped.
#[derive(Clone)]
pub struct Chosen {
    file: JsValue,
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Media type, as the browser takes it to be.
    pub media: String,
}

impl Chosen {
    /// What was made here rather than chosen; none: nothing was made.
    pub fn made(file: JsValue, name: &str) -> Option<Self> {
        let size = member(&file, "size").as_f64().filter(|it| *it > 0.0)? as u64;
        Some(Chosen { name: name.to_owned(), size, media: member(&file, "type").as_string().unwrap_or_default(), file })
    }
}

/// The files of an `<input type=file>` or of what was dropped: both have a list `files`.
pub fn chosen(from: &JsValue) -> Vec<Chosen> {
    let files = member(from, "files");
    if files.is_null() || files.is_undefined() {
        return Vec::new();
    }
    let text = |it: &JsValue, name: &str| member(it, name).as_string().unwrap_or_default();
    let one = |it: JsValue| Chosen {
        name: text(&it, "name"),
        size: member(&it, "size").as_f64().unwrap_or_default() as u64,
        media: text(&it, "type"),
        file: it,
    };
    Array::from(&files).iter().map(one).collect()
}

/// What was dropped, of a drag event.
pub fn dropped(event: &JsValue) -> Vec<Chosen> {
    let data = member(event, "dataTransfer");
    if data.is_null() || data.is_undefined() { Vec::new() } else { chosen(&data) }
}

/// Sends a file. `progress` hears the share that has arrived, `done` the outcome, once.
pub fn send(it: &Chosen, progress: Callback<f64>, done: Callback<Result<FileInfo, Problem>>) -> Option<Upload> {
    let make: Function = member(&js_sys::global(), "XMLHttpRequest").dyn_into().ok()?;
    let request = Reflect::construct(&make, &Array::new()).ok()?;
    call(&request, "open", &["POST".into(), format!("/api/files?name={}", nav::encode(&it.name)).into()]);
    let header = |name: &str, value: &str| call(&request, "setRequestHeader", &[name.into(), value.into()]);
    header("accept", "application/json");
    header("content-type", "application/octet-stream");
    if let Some(session) = app().session_now() {
        header("x-csrf", &session.csrf);
    }
    let far = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
        let number = |name: &str| member(&event, name).as_f64().unwrap_or_default();
        if number("total") > 0.0 {
            progress.run(number("loaded") / number("total"));
        }
    });
    call(&member(&request, "upload"), "addEventListener", &["progress".into(), far.into_js_value()]);
    let own = request.clone();
    let ended = Closure::<dyn Fn(JsValue)>::new(move |_event: JsValue| done.run(outcome(&own)));
    // Whether it arrived, failed or was given up: it ends once.
    call(&request, "addEventListener", &["loadend".into(), ended.into_js_value()]);
    call(&request, "send", std::slice::from_ref(&it.file));
    Some(Upload(request))
}

fn outcome(request: &JsValue) -> Result<FileInfo, Problem> {
    let status = member(request, "status").as_f64().unwrap_or_default() as u16;
    let body = member(request, "responseText").as_string().unwrap_or_default();
    if status == 0 {
        return Err(Problem { kind: UNREACHABLE.into(), ..Problem::default() });
    }
    if (200..300).contains(&status) {
        return runtime::plain::parse(&body).map_err(|why| Problem {
            kind: "malformed".into(),
            detail: why.to_string(),
            ..Problem::default()
        });
    }
    let mut problem: Problem = runtime::plain::parse(&body).unwrap_or_default();
    problem.status = status;
    if problem.kind.is_empty() {
        problem.kind = if status == 413 { "too-large".into() } else { "internal".into() };
    }
    if status == 401 {
        leptos::prelude::Set::set(&app().expired, true);
    }
    Err(problem)
}

fn member(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn call(on: &JsValue, name: &str, arguments: &[JsValue]) {
    if let Ok(function) = member(on, name).dyn_into::<Function>() {
        let _ = function.apply(on, &arguments.iter().collect());
    }
}
