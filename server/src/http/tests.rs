//! The API as a program meets it: the door, its faults, sessions. Both databases.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use jiff::SignedDuration;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::Site;
use crate::app::App;
use crate::auth::{first, sessions};
use crate::clock::Clock;
use crate::config::Config;
use crate::testing::{Home, on_both};

pub(super) const PASSWORD: &str = "tea at four o'clock";

/// A server on a database of its own, and at most one person at it.
pub(super) struct Web {
    router: Router,
    pub(super) app: Arc<App>,
    clock: Clock,
    cookie: String,
    csrf: String,
    _folder: tempfile::TempDir,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    headers: HeaderMap,
    pub(super) body: Value,
    pub(super) text: String,
}

impl Answer {
    /// Status and problem code.
    pub(super) fn problem(&self) -> (u16, &str) {
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{}", self.text);
        assert_eq!(self.body["request"], self.headers["x-request-id"].to_str().expect("text"));
        (self.status.as_u16(), self.body["type"].as_str().expect("a code"))
    }
}

impl Web {
    /// With an administrator `anna` and a clerk `ben`.
    pub(super) async fn new(home: &Home) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let plugins = crate::plugins::open(folder.path()).expect("plugins");
        let app = App::open(home.options.clone(), home.clock.clone(), plugins).await.expect("a database");
        for (login, roles) in [("anna", vec!["admin".to_owned()]), ("ben", Vec::new())] {
            let ask = api::admin::SaveUser {
                login: Some(login.to_owned()),
                name: Some(login.to_owned()),
                roles: Some(roles),
                ..Default::default()
            };
            first::add(&app, ask, PASSWORD.to_owned()).await.expect("a person");
        }
        let router = Site::new(app.clone(), Config::default()).router();
        Self { router, app, clock: home.clock.clone(), cookie: String::new(), csrf: String::new(), _folder: folder }
    }

    async fn send(&self, method: Method, path: &str, body: Body, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "crm.example");
        if !self.cookie.is_empty() {
            request = request.header(header::COOKIE, format!("{}={}", sessions::COOKIE, self.cookie));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.router.clone().oneshot(request.body(body).expect("a request")).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let bytes = axum::body::to_bytes(body, 16 << 20).await.expect("a body");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, body, text }
    }

    /// An open stream of live updates.
    async fn listen(&self) -> axum::body::BodyDataStream {
        let cookie = format!("{}={}", sessions::COOKIE, self.cookie);
        let request = Request::get("/api/live").header(header::COOKIE, cookie).body(Body::empty());
        let answer = self.router.clone().oneshot(request.expect("a request")).await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        answer.into_body().into_data_stream()
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty(), &[]).await
    }

    pub(super) async fn ask(&self, method: Method, path: &str, body: Value) -> Answer {
        let headers = [("content-type", "application/json"), ("x-csrf", self.csrf.as_str())];
        self.send(method, path, Body::from(body.to_string()), &headers).await
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, body).await
    }

    pub(super) async fn enter(&mut self, user: &str, password: &str) -> Answer {
        let answer = self.post("/api/login", json!({ "user": user, "password": password })).await;
        if answer.status == StatusCode::OK {
            let cookie = answer.headers[header::SET_COOKIE].to_str().expect("text");
            let value = cookie.split(['=', ';']).nth(1).expect("a value");
            self.cookie = value.to_owned();
            self.csrf = answer.body["csrf"].as_str().expect("a token").to_owned();
        }
        answer
    }
}

on_both! {
    async fn a_person_enters_and_leaves(home: Home) {
        let mut web = Web::new(&home).await;
        assert_eq!(web.get("/api/session").await.problem(), (401, "not-logged-in"));
        assert_eq!(web.enter("anna", "wrong").await.problem(), (401, "wrong-password"));
        assert_eq!(web.enter("nobody", PASSWORD).await.problem(), (401, "wrong-password"));

        let entered = web.enter(" Anna ", PASSWORD).await;
        assert_eq!(entered.status, StatusCode::OK, "{}", entered.text);
        assert!(entered.body["admin"].as_bool().expect("a flag"));
        let cookie = entered.headers[header::SET_COOKIE].to_str().expect("text").to_owned();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");
        assert!(!entered.text.contains(&web.cookie), "the session's id is for the cookie alone");
        assert_eq!(web.get("/api/session").await.body["login"], "anna");

        let left = web.post("/api/logout", json!({})).await;
        assert_eq!(left.status, StatusCode::NO_CONTENT);
        assert_eq!(web.get("/api/session").await.problem(), (401, "not-logged-in"));

        web.enter("anna", PASSWORD).await;
        let audit = web.get("/api/admin/audit").await;
        let kinds: Vec<_> = audit.body.as_array().expect("a list").iter().map(|it| it["kind"].as_str().expect("text").to_owned()).collect();
        let expected = ["login", "logout", "login", "login-failed", "login-failed"];
        assert_eq!(kinds[..5], expected, "{}", audit.text);
        assert!(!audit.text.contains(PASSWORD) && !audit.text.contains("nobody"));
    }

    async fn five_failures_lock_an_account_for_a_while(home: Home) {
        let mut web = Web::new(&home).await;
        for _ in 0..5 {
            assert_eq!(web.enter("ben", "wrong").await.problem(), (401, "wrong-password"));
        }
        let locked = web.enter("ben", PASSWORD).await;
        assert_eq!(locked.problem(), (429, "throttled"));
        let wait: u64 = locked.headers[header::RETRY_AFTER].to_str().expect("text").parse().expect("seconds");
        assert!((590..=600).contains(&wait), "{wait}");
        assert_eq!(web.enter("anna", PASSWORD).await.status, StatusCode::OK, "others are not locked");
        let audit = web.get("/api/admin/audit?kind=login-failed").await;
        let marked = audit.body.as_array().expect("a list").iter().filter(|it| it["info"]["locked"] == true).count();
        assert_eq!(marked, 1, "{}", audit.text);
        web.clock.advance(SignedDuration::from_mins(11));
        assert_eq!(web.enter("ben", PASSWORD).await.status, StatusCode::OK);
    }

    async fn who_has_the_right_password_may_come_many_times_at_once(home: Home) {
        let web = Web::new(&home).await;
        let ask = || web.post("/api/login", json!({ "user": "ben", "password": PASSWORD }));
        let all = futures::future::join_all((0..8).map(|_| ask())).await;
        assert!(all.iter().all(|it| it.status == StatusCode::OK), "{:?}", all.iter().map(|it| it.status).collect::<Vec<_>>());
    }

    async fn an_unused_session_ends(home: Home) {
        let mut web = Web::new(&home).await;
        web.enter("anna", PASSWORD).await;
        web.clock.advance(SignedDuration::from_hours(11));
        assert_eq!(web.get("/api/session").await.status, StatusCode::OK);
        web.clock.advance(SignedDuration::from_hours(11));
        assert_eq!(web.get("/api/session").await.status, StatusCode::OK, "it was used in between");
        web.clock.advance(SignedDuration::from_hours(13));
        assert_eq!(web.get("/api/session").await.problem(), (401, "not-logged-in"));
    }

    async fn changing_needs_the_token_and_our_own_page(home: Home) {
        let mut web = Web::new(&home).await;
        web.enter("anna", PASSWORD).await;
        let body = || Body::from(r#"{"language":"en","theme":"dark"}"#);
        let json = ("content-type", "application/json");
        let token = web.csrf.clone();
        let without = web.send(Method::PUT, "/api/preferences", body(), &[json]).await;
        assert_eq!(without.problem(), (403, "csrf"));
        let wrong = web.send(Method::PUT, "/api/preferences", body(), &[json, ("x-csrf", "guess")]).await;
        assert_eq!(wrong.problem(), (403, "csrf"));
        let elsewhere = [json, ("x-csrf", token.as_str()), ("origin", "https://evil.example")];
        assert_eq!(web.send(Method::PUT, "/api/preferences", body(), &elsewhere).await.problem(), (403, "csrf"));
        let ours = [json, ("x-csrf", token.as_str()), ("origin", "https://crm.example")];
        assert_eq!(web.send(Method::PUT, "/api/preferences", body(), &ours).await.status, StatusCode::NO_CONTENT);
        assert_eq!(web.get("/api/session").await.body["preferences"], json!({ "language": "en", "theme": "dark" }));
        // A form of another site cannot log somebody in as somebody else.
        let form = [("content-type", "application/x-www-form-urlencoded")];
        assert_eq!(web.send(Method::POST, "/api/login", Body::from("user=anna"), &form).await.problem(), (400, "malformed"));
    }

    async fn what_cannot_be_read_is_said_with_its_place(home: Home) {
        let mut web = Web::new(&home).await;
        web.enter("anna", PASSWORD).await;
        let token = web.csrf.clone();
        let headers = [("content-type", "application/json"), ("x-csrf", token.as_str())];
        let put = |text: String| web.send(Method::POST, "/api/admin/users", Body::from(text), &headers);

        assert_eq!(put("{".to_owned()).await.problem(), (400, "malformed"));
        assert_eq!(put("\u{0}".to_owned()).await.problem(), (400, "malformed"));
        let unknown = put(r#"{"login":"x","colour":"red"}"#.to_owned()).await;
        assert_eq!(unknown.problem(), (400, "malformed"));
        assert!(unknown.body["detail"].as_str().expect("text").contains("colour"), "{}", unknown.text);
        let typed = put(r#"{"roles":["a",7]}"#.to_owned()).await;
        assert_eq!(typed.problem(), (400, "malformed"));
        assert_eq!(typed.body["fields"][0]["pointer"], "/roles/1");
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert_eq!(put(deep).await.problem(), (400, "malformed"));
        assert_eq!(put(format!("\"{}\"", "x".repeat(10 << 20))).await.problem(), (413, "too-large"));

        assert_eq!(web.get("/api/tasks?colour=red").await.problem(), (400, "malformed"));
        assert_eq!(web.get("/api/no/such/thing").await.problem(), (404, "not-found"));
        assert_eq!(web.send(Method::PATCH, "/api/session", Body::empty(), &headers).await.problem(), (405, "method-not-allowed"));
        assert_eq!(web.get("/api/session").await.status, StatusCode::OK, "the server goes on");
    }

    async fn rights_are_asked_at_the_door(home: Home) {
        let mut web = Web::new(&home).await;
        web.enter("ben", PASSWORD).await;
        assert_eq!(web.get("/api/admin/users").await.problem(), (403, "no-rights"));
        assert_eq!(web.get("/api/admin/audit").await.problem(), (403, "no-rights"));
        assert_eq!(web.get("/api/admin/terms").await.problem(), (403, "no-rights"));
        assert_eq!(web.get("/api/studio/packs").await.problem(), (403, "no-rights"));
        let made = web.post("/api/admin/users", json!({ "login": "eve", "password": "long enough" })).await;
        assert_eq!(made.problem(), (403, "no-rights"));
        // Nothing but the open routes answers without a session.
        web.cookie = String::new();
        for route in crate::http::routes::table() {
            if route.access == crate::http::route::Access::Open {
                continue;
            }
            let path = route.path.replace(['{', '}'], "");
            let answer = web.send(route.method.clone(), &path, Body::empty(), &[]).await;
            assert_eq!(answer.problem(), (401, "not-logged-in"), "{} {path}", route.method);
        }
    }

    async fn people_are_added_changed_and_shut_out(home: Home) {
        let mut web = Web::new(&home).await;
        web.enter("anna", PASSWORD).await;
        let short = web.post("/api/admin/users", json!({ "login": "eve", "password": "short" })).await;
        assert_eq!(short.problem(), (422, "invalid-fields"));
        assert_eq!(short.body["fields"][0]["pointer"], "/password");
        let nameless = web.post("/api/admin/users", json!({ "login": "eve", "name": " ", "password": "long enough" })).await;
        assert_eq!(nameless.body["fields"][0]["pointer"], "/name", "{}", nameless.text);
        let strange = web.post("/api/admin/users", json!({ "login": "eve", "name": "Eve", "password": "long enough", "roles": ["emperor"] })).await;
        assert_eq!(strange.body["fields"][0]["pointer"], "/roles", "{}", strange.text);
        let terms = web.get("/api/admin/terms").await;
        assert_eq!(terms.status, StatusCode::OK, "{}", terms.text);
        let made = web.post("/api/admin/users", json!({ "login": "Eve", "name": "Eve", "password": "long enough" })).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        assert!(!made.text.contains("password") && !made.text.contains("argon2"));
        let twice = web.post("/api/admin/users", json!({ "login": "eve", "name": "Eve", "password": "long enough" })).await;
        assert_eq!(twice.problem(), (422, "invalid-fields"));

        let (anna, token) = (web.cookie.clone(), web.csrf.clone());
        assert_eq!(web.enter("eve", "long enough").await.status, StatusCode::OK);
        let eve = web.cookie.clone();
        (web.cookie, web.csrf) = (anna, token);
        let id = made.body["id"].as_str().expect("an id");
        let changed = web.ask(Method::PATCH, &format!("/api/admin/users/{id}"), json!({ "disabled": true })).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
        web.cookie = eve;
        assert_eq!(web.get("/api/session").await.problem(), (401, "not-logged-in"), "shut out at once");
        assert_eq!(web.enter("eve", "long enough").await.problem(), (401, "wrong-password"));
    }

    async fn a_person_chooses_another_password(home: Home) {
        let mut web = Web::new(&home).await;
        web.enter("ben", PASSWORD).await;
        let elsewhere = web.cookie.clone();
        web.enter("ben", PASSWORD).await;
        let change = |current: &str, password: &str| json!({ "current": current, "password": password });
        let wrong = web.ask(Method::PUT, "/api/password", change("not it", "a long walk home")).await;
        assert_eq!(wrong.problem(), (422, "invalid-fields"));
        assert_eq!(wrong.body["fields"][0]["pointer"], "/current", "{}", wrong.text);
        let short = web.ask(Method::PUT, "/api/password", change(PASSWORD, "short")).await;
        assert_eq!(short.body["fields"][0]["pointer"], "/password", "{}", short.text);
        let done = web.ask(Method::PUT, "/api/password", change(PASSWORD, "a long walk home")).await;
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.text);
        assert_eq!(web.get("/api/session").await.status, StatusCode::OK, "this session stays");
        let here = std::mem::replace(&mut web.cookie, elsewhere);
        assert_eq!(web.get("/api/session").await.problem(), (401, "not-logged-in"), "the others end");
        assert_eq!(web.enter("ben", PASSWORD).await.problem(), (401, "wrong-password"));
        // Guessing it from an open session is counted as at the door.
        web.cookie = here;
        for _ in 0..4 {
            assert_eq!(web.ask(Method::PUT, "/api/password", change("guess", "a long walk home")).await.problem(), (422, "invalid-fields"));
        }
        assert_eq!(web.ask(Method::PUT, "/api/password", change("guess", "a long walk home")).await.problem(), (429, "throttled"));
    }

    async fn the_server_tells_how_it_is(home: Home) {
        let web = Web::new(&home).await;
        assert_eq!(web.get("/health/live").await.status, StatusCode::OK);
        assert_eq!(web.get("/health/ready").await.status, StatusCode::OK);
        let metrics = web.get("/metrics").await;
        assert!(metrics.text.contains("flowloom_http_requests_total"), "{}", metrics.text);
        assert!(!metrics.text.contains("anna"));
        let page = web.get("/records/complaint/rec_1").await;
        let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe-inline"), "{policy}");
        assert_eq!(page.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }

    async fn records_are_behind_the_same_door(home: Home) {
        let mut web = Web::new(&home).await;
        crate::definitions::install_shipped(&web.app).await.expect("the shipped packs");
        web.enter("anna", PASSWORD).await;
        assert_eq!(web.get("/api/records/nonsense").await.problem(), (404, "not-found"));
        assert_eq!(web.get("/api/modules/nonsense").await.problem(), (404, "not-found"));
        assert_eq!(web.get("/api/records/customer/rec_nobody").await.problem(), (404, "not-found"));
        assert_eq!(web.get("/api/records/customer?filter=%7Bbad").await.problem(), (400, "malformed"));
        let faulty = web.post("/api/records/customer", json!({ "data": { "name": "A", "colour": "red" } })).await;
        assert_eq!(faulty.problem(), (422, "invalid-fields"), "{}", faulty.text);
        let data = json!({ "name": "Acme", "kind": "org", "type": "end_user", "region": "320506", "lifecycle": "active" });
        let made = web.post("/api/records/customer", json!({ "data": data })).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let address = format!("/api/records/customer/{}", made.body["id"].as_str().expect("an id"));
        assert_eq!(web.get(&address).await.status, StatusCode::OK);
        let document = web.get("/api/openapi.json").await;
        assert!(document.body["paths"]["/api/records/customer"]["post"].is_object(), "{}", document.status);

        // Who may not read it is not told that it is there.
        web.enter("ben", PASSWORD).await;
        assert_eq!(web.get(&address).await.problem(), (404, "not-found"));
        assert_eq!(web.get("/api/records/customer").await.problem(), (403, "no-rights"));
        let change = json!({ "version": 1, "data": { "name": "Mine" } });
        assert!(matches!(web.ask(Method::PATCH, &address, change).await.problem(), (403 | 404, _)));
        let document = web.get("/api/openapi.json").await;
        assert!(document.body["paths"]["/api/records/customer"].is_null(), "what ben may not see is not described to him");
    }

    async fn only_who_may_see_it_hears_of_a_change(home: Home) {
        let mut web = Web::new(&home).await;
        crate::definitions::install_shipped(&web.app).await.expect("the shipped packs");
        web.enter("ben", PASSWORD).await;
        let mut deaf = web.listen().await;
        web.enter("anna", PASSWORD).await;
        let mut heard = web.listen().await;
        assert!(next(&mut heard).await.expect("an event").contains("\"inbox\""));
        assert!(next(&mut deaf).await.expect("an event").contains("\"inbox\""));
        let data = json!({ "name": "Acme", "kind": "org", "type": "end_user", "region": "320506", "lifecycle": "active" });
        let made = web.post("/api/records/customer", json!({ "data": data })).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let event = next(&mut heard).await.expect("an event");
        assert!(event.contains(made.body["id"].as_str().expect("an id")), "{event}");
        assert_eq!(next(&mut deaf).await, None, "ben may not read customers");
    }
}

/// The next event of a stream, unless nothing comes for a while.
async fn next(stream: &mut axum::body::BodyDataStream) -> Option<String> {
    let wait = std::time::Duration::from_millis(1500);
    let chunk = tokio::time::timeout(wait, futures::StreamExt::next(stream)).await.ok()??;
    Some(String::from_utf8_lossy(&chunk.expect("a chunk")).into_owned())
}
