//! The server's HTTP API: one function per verb, every fault a [`Problem`]. An ended session opens the
//! dialog that lets the person log in again without losing input.

use ::api::Problem;
use gloo_net::http::{Method, RequestBuilder, Response};
use leptos::prelude::{GetUntracked, Set, window};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};

use crate::app::{Who, app};

/// The `type` we give a request that never reached the server.
pub const UNREACHABLE: &str = "unreachable";

/// `GET path`.
pub async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Problem> {
    parse(&ask(Method::GET, path, None).await?)
}

/// Sends a body and reads the answer.
pub async fn send<B: Serialize, T: DeserializeOwned>(method: Method, path: &str, body: &B) -> Result<T, Problem> {
    parse(&ask(method, path, Some(text(body)?)).await?)
}

/// `POST` with a body.
pub async fn post<B: Serialize, T: DeserializeOwned>(path: &str, body: &B) -> Result<T, Problem> {
    send(Method::POST, path, body).await
}

/// Sends a body and reads the answer, `None` when it has no content (204).
pub async fn post_maybe<B: Serialize, T: DeserializeOwned>(path: &str, body: &B) -> Result<Option<T>, Problem> {
    let answer = ask(Method::POST, path, Some(text(body)?)).await?;
    if answer.is_empty() { Ok(None) } else { parse(&answer).map(Some) }
}

/// Sends a body and does not care for the answer's content.
pub async fn tell<B: Serialize>(method: Method, path: &str, body: &B) -> Result<(), Problem> {
    ask(method, path, Some(text(body)?)).await.map(|_| ())
}

/// `POST` of a page that is being left: sent even after it is gone; nobody hears the answer.
pub fn part<B: Serialize>(path: &str, body: &B) {
    let Ok(body) = text(body) else { return };
    let csrf = app().session_now().map(|it| it.csrf.clone()).unwrap_or_default();
    let object = |pairs: &[(&str, JsValue)]| {
        let object = js_sys::Object::new();
        for (key, value) in pairs {
            let _ = js_sys::Reflect::set(&object, &JsValue::from_str(key), value);
        }
        JsValue::from(object)
    };
    let headers = object(&[("content-type", "application/json".into()), ("x-csrf", csrf.into())]);
    let with = [("method", "POST".into()), ("body", body.into()), ("headers", headers), ("keepalive", true.into())];
    // `web-sys` knows no `keepalive` yet.
    let fetch = js_sys::Reflect::get(&window(), &JsValue::from_str("fetch")).ok();
    if let Some(fetch) = fetch.and_then(|it| it.dyn_into::<js_sys::Function>().ok()) {
        let _ = fetch.call2(&window(), &JsValue::from_str(path), &object(&with));
    }
}

/// `POST` without a body.
pub async fn poke(path: &str) -> Result<(), Problem> {
    ask(Method::POST, path, None).await.map(|_| ())
}

/// `DELETE path`.
pub async fn delete(path: &str) -> Result<(), Problem> {
    ask(Method::DELETE, path, None).await.map(|_| ())
}

fn text<B: Serialize>(body: &B) -> Result<String, Problem> {
    serde_json::to_string(body).map_err(|why| Problem {
        kind: "malformed".into(),
        detail: why.to_string(),
        ..Problem::default()
    })
}

fn parse<T: DeserializeOwned>(answer: &str) -> Result<T, Problem> {
    runtime::plain::parse(answer).map_err(|why| Problem {
        kind: "malformed".into(),
        detail: why.to_string(),
        ..Problem::default()
    })
}

async fn ask(method: Method, path: &str, body: Option<String>) -> Result<String, Problem> {
    let unreachable =
        |why: gloo_net::Error| Problem { kind: UNREACHABLE.into(), detail: why.to_string(), ..Problem::default() };
    let app = app();
    let mut builder = RequestBuilder::new(path).method(method.clone()).header("accept", "application/json");
    if method != Method::GET
        && let Some(session) = app.session_now()
    {
        builder = builder.header("x-csrf", &session.csrf);
    }
    let request = match body {
        Some(body) => builder.header("content-type", "application/json").body(body),
        None => builder.build(),
    };
    let response = match request.map_err(unreachable)?.send().await {
        Ok(response) => response,
        Err(why) => return Err(unreachable(why)),
    };
    app.online.set(true);
    if response.ok() {
        return response.text().await.map_err(unreachable);
    }
    let problem = problem(response).await;
    if problem.status == 401 && matches!(app.who.get_untracked(), Who::Person(_)) {
        app.expired.set(true);
    }
    Err(problem)
}

async fn problem(response: Response) -> Problem {
    let status = response.status();
    let request = response.headers().get("x-request-id").unwrap_or_default();
    let mut problem: Problem =
        response.text().await.ok().and_then(|it| runtime::plain::parse(&it).ok()).unwrap_or_default();
    problem.status = status;
    if problem.kind.is_empty() {
        problem.kind = match status {
            401 => "not-logged-in",
            403 => "no-rights",
            404 => "not-found",
            409 => "conflict",
            413 => "too-large",
            429 => "throttled",
            _ => "internal",
        }
        .to_owned();
    }
    if problem.request.is_empty() {
        problem.request = request;
    }
    problem
}
