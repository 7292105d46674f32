//! A person at the HTTP API: logs in, carries cookie and CSRF header, reads problems.

use anyhow::{Context, Result};
use api::session::{Login, Session};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The password of every demo user.
pub const PASSWORD: &str = "flowloom";

/// A logged-in person.
pub struct Person {
    http: reqwest::Client,
    base: String,
    pub session: Session,
}

/// An answer: status and JSON body (null when empty).
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

impl Answer {
    /// The body as a type; fails with the status and body in the message when it is not 2xx.
    pub fn ok<T: DeserializeOwned>(self) -> Result<T> {
        anyhow::ensure!((200..300).contains(&self.status), "expected success, came {}: {}", self.status, self.body);
        serde_json::from_value(self.body.clone()).with_context(|| format!("body {}", self.body))
    }

    /// The problem's code.
    pub fn problem(&self) -> String {
        self.body["type"].as_str().unwrap_or_default().to_owned()
    }
}

impl Person {
    /// Logs a demo user in.
    pub async fn login(base: &str, user: &str) -> Result<Self> {
        let http = reqwest::Client::builder().cookie_store(true).build()?;
        let login = Login { user: user.to_owned(), password: PASSWORD.to_owned() };
        let answer = http.post(format!("{base}/api/login")).json(&login).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        anyhow::ensure!(status.is_success(), "{user} could not log in: {status} {text}");
        Ok(Self { http, base: base.to_owned(), session: serde_json::from_str(&text)? })
    }

    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.send(self.http.get(format!("{}{path}", self.base))).await
    }

    /// Asks and reads the answer without looking into it: its status.
    pub async fn raw(&self, path: &str) -> Result<u16> {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await?;
        let status = answer.status().as_u16();
        answer.bytes().await?;
        Ok(status)
    }

    /// An answer that is read while it comes.
    pub async fn stream(&self, path: &str) -> Result<reqwest::Response> {
        Ok(self.http.get(format!("{}{path}", self.base)).send().await?.error_for_status()?)
    }

    pub async fn post(&self, path: &str, body: Value) -> Result<Answer> {
        self.send(self.http.post(format!("{}{path}", self.base)).json(&body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Result<Answer> {
        self.send(self.http.put(format!("{}{path}", self.base)).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Result<Answer> {
        self.send(self.http.patch(format!("{}{path}", self.base)).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Result<Answer> {
        self.send(self.http.delete(format!("{}{path}", self.base))).await
    }

    /// Sends a file as it is.
    pub async fn upload(&self, name: &str, content: impl Into<reqwest::Body>) -> Result<Answer> {
        let request = self.http.post(format!("{}/api/files", self.base)).query(&[("name", name)]);
        self.send(request.header("content-type", "application/octet-stream").body(content)).await
    }

    /// An answer's headers and its body as it is.
    pub async fn bytes(&self, path: &str) -> Result<(reqwest::header::HeaderMap, Vec<u8>)> {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await?.error_for_status()?;
        Ok((answer.headers().clone(), answer.bytes().await?.to_vec()))
    }

    /// Sends a body that need not be JSON, with headers that need not be right.
    pub async fn raw_post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Result<Answer> {
        let mut request = self.http.post(format!("{}{path}", self.base)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Answer> {
        let answer = request.header("x-csrf", &self.session.csrf).send().await?;
        let status = answer.status().as_u16();
        let text = answer.text().await?;
        let body =
            if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
        Ok(Answer { status, body })
    }
}
